"""Messages become data that holds words, never markup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from adapters.web import commands, forms, render
from adapters.web.texts import TEXTS, speech
from bot.chat.adapter import CommandHelp
from bot.chat.message import Button
from bot.chat.text import Bold, Link, Mention, Moment, Shape, Slash, Text, Typed
from bot.i18n import PSEUDO, Catalogue
from tests.adapters.web_support import FORM, Answered, Meet, Reached, invitation


def test_every_span_says_what_it_is() -> None:
    """Words stay words; an instant is told in UTC, whatever zone it was given in."""
    at = datetime(2026, 3, 12, 19, 0, tzinfo=timezone(timedelta(hours=1)))
    text = Text.of(
        "a<b>",
        Bold("*b*"),
        Typed("/next"),
        Moment(at, "Europe/Madrid", Shape.DATE),
        Mention("@everyone", (("web", "ada"), ("telegram", "7"))),
        Link("here", "https://example.org"),
    )
    assert render.spans(text) == [
        "a<b>",
        {"bold": "*b*"},
        {"typed": "/next"},
        {"moment": "2026-03-12T18:00:00.000Z", "zone": "Europe/Madrid", "shape": "date"},
        {"mention": "@everyone", "users": ["ada"]},
        {"link": "here", "url": "https://example.org"},
    ]


def test_words_in_a_row_are_one() -> None:
    """A command in a sentence is words here."""
    assert render.spans(Text.of("See ", Slash("next"), ".", Bold("b"), Slash("me"))) == [
        "See /next.",
        {"bold": "b"},
        "/me",
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//example.org", ""])
def test_a_link_leads_to_a_page_or_nowhere(url: str) -> None:
    """Anything but http(s) is shown as its words."""
    assert render.span(Link("here", url)) == "here"


def test_a_button_carries_its_payload_or_its_address() -> None:
    """And its style, which the label does not depend on."""
    assert render.button(Button("Yes", Answered(answer=Reached.YES))) == {
        "label": "Yes",
        "style": "plain",
        "press": "zza.yes",
    }
    assert render.button(Button("Course", url="https://example.org"))["url"] == "https://example.org"
    assert "url" not in render.button(Button("Course", url="javascript:x"))


def test_a_card_says_that_it_is_one() -> None:
    """With its title and rows."""
    drawn = render.drawn(invitation(["Ada"]))
    assert drawn["card"] == "meeting"
    assert [len(row) for row in drawn["rows"]] == [2, 1]


def test_instants_are_what_the_page_reads() -> None:
    """Milliseconds and a Z."""
    assert render.instant(datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC)) == "2026-01-02T03:04:05.678Z"


def test_a_form_keeps_choices_and_errors() -> None:
    """Nothing of a question is lost."""
    page = forms.page(FORM)
    assert (page["draft"], page["title"], page["step"], page["steps"]) == (7, "A new circle", 1, 2)
    assert page["questions"][2]["choices"] == [["mo", "Monday"], ["tu", "Tuesday"]]


def test_options_are_in_the_readers_language() -> None:
    """What is declared in English is translated where it is shown."""
    (meet,) = commands.menu([CommandHelp("meet", "⟦Arrange⟧", Meet)], Catalogue().speaker(PSEUDO))
    assert meet["examples"] == ["⟦Tuesday 6pm⟧"]
    assert [option["prompt"] for option in meet["options"]] == [
        "⟦When is it?⟧",
        "⟦Which city?⟧",
        "⟦How many people?⟧",
    ]
    assert [option["completes"] for option in meet["options"]] == [False, True, False]


def test_the_pages_words_keep_their_placeholders() -> None:
    """Whatever the language, the page fills the same gaps."""
    spoken = speech(Catalogue().speaker(PSEUDO))
    assert spoken.keys() == TEXTS.keys()
    assert spoken["step"] == "⟦Step {step} of {steps}⟧"
