"""Words that mean one of a few: a whole label, a part that one label alone has, or nothing."""

from __future__ import annotations

import pytest

from bot.answers import Reading
from bot.chat.forms import Choice
from bot.chat.intents import Asked, Kind
from bot.errors import BadAnswers
from bot.i18n import Catalogue


def reading() -> Reading:
    """Return the reading of a choice among circles."""
    labels = ("Python for beginners", "Chess", "Séwing", "Chess for seniors", "Knitting 2026")
    offered = tuple(Choice(str(number), label) for number, label in enumerate(labels, start=1))
    how = Asked("Which?", kind=Kind.CHOICE, choices="circles")
    return Reading("circle", how, required=True, t=Catalogue().speaker("en"), offered=offered)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [("python", "1"), ("PÝTHON FOR", "1"), ("beginners", "1"), ("sew", "3"), ("Chess", "2"), ("chess", "2")],
)
def test_a_part_that_one_choice_alone_has_chooses_it(words: str, chosen: str) -> None:
    """Case and accents aside, from the beginning of a word; a whole label comes before parts of others."""
    assert reading().read(words) == chosen


@pytest.mark.parametrize(
    ("words", "chosen"), [("ES", "es"), ("pt_BR", "pt-BR"), ("PT-br", "pt-BR"), ("pt", "pt"), ("español", "es")]
)
def test_a_languages_tag_is_taken_as_people_write_it(words: str, chosen: str) -> None:
    """Upper and lower case are the same there, a hyphen and an underline too; of several, only the whole tag counts."""
    labels = {"pt": "portugués", "pt-BR": "portugués de Brasil", "es": "español"}
    offered = tuple(Choice(value, label) for value, label in labels.items())
    how = Asked("Which?", kind=Kind.CHOICE, choices="languages")
    assert Reading("language", how, required=True, t=Catalogue().speaker(), offered=offered).read(words) == chosen


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("sé", "“sé” could be more than one: Séwing and Chess for seniors."),
        ("ython", "“ython” is not one of the choices."),
        ("2026", "“2026” is not one of the choices."),
    ],
)
def test_a_part_of_several_or_none_chooses_nothing(words: str, why: str) -> None:
    """The choices that could be meant are named; figures alone are too little to go by."""
    with pytest.raises(BadAnswers) as bad:
        reading().read(words)
    assert why in str(bad.value.errors["circle"])
