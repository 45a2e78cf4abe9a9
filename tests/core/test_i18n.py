"""Languages: templates filled with spans, plurals, fallbacks, and translations that keep their promises."""

from __future__ import annotations

import string
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.chat.text import Bold, Moment, Shape, Slash, Text
from bot.i18n import DOMAIN, LOCALES, PSEUDO, Catalogue, Translator

AT = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
PO_FILES = sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def translated(folder: Path, language: str, texts: dict[str | tuple[str, str], str | tuple[str, ...]]) -> None:
    """Write a catalogue."""
    catalog = Catalog(locale=language)
    for source, target in texts.items():
        catalog.add(source, target)
    path = folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalog)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Return a catalogue of Spanish, a little of Mexico's, and Arabic."""
    translated(
        tmp_path,
        "es",
        {
            "Hello, {name}!": "¡Hola, {name}!",
            "Bye": "Adiós",
            "Lost {name}": "Perdido {nombre}",
            "Half {name}": "Medio {name",
            ("{n} person", "{n} people"): ("{n} persona", "{n} personas"),
            ("{n} pet", "{n} pets"): ("{m} mascota", "{m} mascotas"),
        },
    )
    translated(tmp_path, "es_MX", {"Bye": "Nos vemos"})
    translated(tmp_path, "ar", {"Bye": "وداعا"})
    return Catalogue(tmp_path)


def test_spans_fill_a_template(catalogue: Catalogue) -> None:
    """Whatever fills it stays what it is; braces in it are just braces."""
    t = catalogue.speaker("es")
    assert t("Hello, {name}!", name=Bold("{n} <b>")) == Text.of("¡Hola, ", Bold("{n} <b>"), "!")
    assert t.words("Hello, {name}!", name=Text.of("A", Bold("da"))) == "¡Hola, Ada!"
    assert str(t("Hello, {name}!", name=5)) == "¡Hola, 5!"


def test_a_command_in_a_template_is_one(catalogue: Catalogue) -> None:
    """Also in a translation and beside signs; as bare words it is just its name."""
    translated(catalogue._locales, "fr", {"/me shows it.": "Voyez « /me »."})
    t = catalogue.speaker("en")
    assert t("/next shows it. {name}: “/me”, or (/help)", name="Ada").spans == (
        Slash("next"),
        " shows it. ",
        "Ada",
        ": “",
        Slash("me"),
        "”, or (",
        Slash("help"),
        ")",
    )
    assert catalogue.speaker("fr")("/me shows it.").spans == ("Voyez « ", Slash("me"), " ».")
    assert t.plural("{n}: /next", "{n}: /next", 2).spans == ("2", ": ", Slash("next"))
    assert (
        t.words("/next shows {name}.", name="it") == t.plain(t("/next shows {name}.", name="it")) == "/next shows it."
    )


@pytest.mark.parametrize(
    "template",
    [
        "Plus / delta, and/or, 24/hour",
        "https://example.org/circles",
        "example.org/circles, ./circles, /etc/circles",
        "</circles:1>",
        "/círculos, /Circles, /circles_all, /circles-all, /circles@bot, /circles.html, /",
        "/{name}, {name}/circles",
        "/circles{name}",
        "{{/circles}}",
    ],
)
def test_what_only_has_a_slash_is_no_command(catalogue: Catalogue, template: str) -> None:
    """An address, a choice of words, and what a value touches are words."""
    assert not any(isinstance(span, Slash) for span in catalogue.speaker("en")(template, name="circles").spans)


def test_what_people_write_is_no_command(catalogue: Catalogue) -> None:
    """Wherever it stands: a circle may be called so."""
    t = catalogue.speaker("en")
    name = Text.of("/circles", Bold("/circles"))
    assert t("{name} and {again}", name="/circles", again=name).spans == ("/circles", " and ", *name.spans)


def test_plurals(catalogue: Catalogue) -> None:
    """Each language has its forms; the number fills itself in."""
    english, spanish = catalogue.speaker("en"), catalogue.speaker("es")
    assert [str(english.plural("{n} person", "{n} people", n)) for n in (0, 1, 2)] == [
        "0 people",
        "1 person",
        "2 people",
    ]
    assert [str(spanish.plural("{n} person", "{n} people", n)) for n in (0, 1, 2)] == [
        "0 personas",
        "1 persona",
        "2 personas",
    ]


def test_the_nearest_language_speaks(catalogue: Catalogue) -> None:
    """Mexico's words first, then everybody's Spanish, then English."""
    t = catalogue.speaker("es-MX")
    assert t.language == "es-MX"
    assert t.words("Bye") == "Nos vemos"
    assert t.words("Hello, {name}!", name="Ada") == "¡Hola, Ada!"
    assert t.words("Never translated") == "Never translated"


@pytest.mark.parametrize(
    ("wishes", "spoken"),
    [
        (("es-AR",), "es"),
        (("ES_mx",), "es-MX"),
        (("", "es"), "es"),
        (("xx", "es"), "es"),
        (("es-Latn-MX-x",), "es"),
        (("-",), "en"),
        ((), "en"),
        (("xx",), "en"),
        (("en-GB", "es"), "en"),
        ((PSEUDO,), PSEUDO),
    ],
)
def test_wishes(catalogue: Catalogue, wishes: tuple[str, ...], spoken: str) -> None:
    """The first wish that can be met, in whatever way it is written."""
    assert catalogue.speaker(*wishes).language == spoken
    assert catalogue.speaker(*wishes) is catalogue.speaker(spoken)


def test_languages_to_choose_from(catalogue: Catalogue) -> None:
    """English first; and a community may have another default."""
    assert catalogue.languages == ("en", "ar", "es", "es-MX")
    assert Catalogue(catalogue._locales, "es").speaker("xx").language == "es"


def test_a_translators_slip_costs_no_message(catalogue: Catalogue) -> None:
    """A placeholder that is misspelt or broken: the source speaks instead."""
    t = catalogue.speaker("es")
    assert t.words("Lost {name}", name="Ada") == "Lost Ada"
    assert t.words("Half {name}", name="Ada") == "Half Ada"
    assert [str(t.plural("{n} pet", "{n} pets", n)) for n in (1, 2)] == ["1 pet", "2 pets"]


def test_declared_texts_are_no_templates(catalogue: Catalogue) -> None:
    """What a form shows as it stands is never filled."""
    t = catalogue.speaker("es")
    assert t.declared("{not} a } template") == "{not} a } template"
    assert t.declared("Bye") == "Adiós"
    assert t.declared("") == ""


def test_direction(catalogue: Catalogue) -> None:
    """Arabic runs from right to left."""
    assert catalogue.speaker("ar").direction == "rtl"
    assert catalogue.speaker("es").direction == "ltr"


def test_moments(catalogue: Catalogue) -> None:
    """In the language, in their own zone, which is named where asked for."""
    english, spanish = catalogue.speaker("en"), catalogue.speaker("es")
    moment = Moment(AT, "Europe/Madrid")
    assert "10" in english.moment(moment)
    assert "6:00" in english.moment(moment)
    assert "Madrid" in english.moment(moment)
    assert "18:00" in spanish.moment(moment, name_zone=False)
    assert "Madrid" not in spanish.moment(moment, name_zone=False)
    assert english.moment(Moment(AT, "Asia/Tokyo", Shape.DATE)) == "Wednesday, 11 March"
    assert spanish.moment(Moment(AT, "UTC", Shape.DATE)) == "martes, 10 de marzo"
    assert spanish.moment(Moment(AT, "UTC", Shape.TIME), name_zone=False) == "17:00"
    assert english.moment(Moment(AT, "UTC", Shape.RELATIVE), AT - timedelta(days=2)) == "in 2 days"
    assert "2026" in english.moment(Moment(AT, "UTC", Shape.RELATIVE)), "without a now there is nothing to relate to"


def test_a_moment_in_bare_words(catalogue: Catalogue) -> None:
    """A label or a toast shows a moment as people read it, not as machines do."""
    words = catalogue.speaker("es").words("Hello, {name}!", name=Moment(AT, "Europe/Madrid"))
    assert "18:00" in words
    assert "T17:00" not in words


def test_the_languages_own_words(catalogue: Catalogue) -> None:
    """Lists, spans of time, weekdays, times of day, languages and zones."""
    english, spanish = catalogue.speaker("en"), catalogue.speaker("es")
    assert english.listed(["Ada", "Grace", "Linus"]) == "Ada, Grace, and Linus"
    assert spanish.listed(["Ada", "Grace"]) == "Ada y Grace"
    assert english.listed([]) == ""
    many = english.listed(str(number) for number in range(23))
    assert many.endswith("19, and 3 more")
    assert "20" not in many
    assert english.listed(["Ada", "Grace"], 0) == "2 more"
    assert [english.lead(timedelta(**{unit: 2})) for unit in ("days", "hours", "minutes")] == [
        "2 days",
        "2 hours",
        "2 minutes",
    ]
    assert english.lead(timedelta(days=7)) == "7 days"
    assert english.lead(timedelta(hours=36)) == "36 hours"
    assert english.lead(timedelta(minutes=90)) == "90 minutes"
    assert english.lead(timedelta(0)) == "0 minutes"
    assert spanish.weekday(0) == "lunes"
    assert spanish.clock(time(18, 30)) == "18:30"
    assert spanish.language_name("en") == "inglés"
    assert spanish.language_name("no such language") == "no such language"
    assert "Madrid" in english.zone("Europe/Madrid")


def test_the_pseudo_language_marks_everything(catalogue: Catalogue) -> None:
    """Texts, plurals, declared ones, and what the language says by itself; placeholders are filled all the same."""
    t = catalogue.speaker(PSEUDO)
    assert t.words("Hello, {name}!", name="Ada") == "⟦Hello, Ada!⟧"
    assert str(t.plural("{n} person", "{n} people", 2)) == "⟦2 people⟧"
    assert t.declared("Bye") == "⟦Bye⟧"
    assert t.words("") == t.declared("") == ""
    for words in (t.weekday(0), t.clock(time(18)), t.listed(["Ada"]), t.lead(timedelta(days=2)), t.zone("UTC")):
        assert words.startswith("⟦")
    assert t.moment(Moment(AT, "UTC")).startswith("⟦")


def test_a_speaker_is_made_once(catalogue: Catalogue) -> None:
    """A catalogue is compiled when its language is first spoken, and never again."""
    assert isinstance(catalogue.speaker("es"), Translator)
    assert catalogue.speaker("es", "en") is catalogue.speaker("es")


# The translations that we ship


def placeholders(template: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("path", PO_FILES, ids=lambda path: path.parent.parent.name)
def test_translations_keep_their_placeholders(path: Path) -> None:
    """No value is lost in translation, and none made up."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parent.parent.name)
    wrong = []
    for message in catalog:
        sources, targets = forms(message.id), forms(message.string)
        if not message.id or not any(targets):
            continue
        named = [placeholders(source) for source in sources]
        allowed, needed = set.union(*named), set.intersection(*named) - ({"n"} if len(sources) > 1 else set())
        wrong += [target for target in targets if not needed <= placeholders(target) <= allowed]
    assert wrong == []


def forms(text: object) -> tuple[str, ...]:
    """Return a message's plural forms, or its only one."""
    return tuple(map(str, text)) if isinstance(text, list | tuple) else (str(text or ""),)


def test_a_name_that_runs_the_other_way_is_set_apart_in_a_label() -> None:
    """In a line of bare words a name in Arabic stays where it stands; in spans the platform sees to it."""
    t = Catalogue().speaker("en")
    assert t.words("{what}: {about}", what="Done", about="ليلى") == "Done: \u2068ليلى\u2069"
    assert t.words("{what}: {about}", what="Done", about="José") == "Done: José"
