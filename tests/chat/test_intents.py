"""Intents on buttons: what fits is known when a class is written, what was written comes back, the rest is refused."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.intents import PAYLOAD_BYTES, Asked, Intent, Kind, base36, built, known_from_payload, unbase36
from bot.errors import Unparsable


class Answer(StrEnum):
    """What one can say."""

    YES = "yes"
    NO = "no"
    LATER = "not-yet"


class Everything(Intent, tag="ev"):
    """One field of each kind that rides, and some that do not."""

    meeting: int
    words: str = ""
    answer: Answer = Answer.NO
    sure: bool = False
    when: datetime | None = None
    page: int | None = None


class Choosing(Intent, tag="ch"):
    """Asked for where it is not known."""

    circle: Annotated[int, Asked("Which?", kind=Kind.CHOICE, choices="circles")] = 0
    answer: Annotated[Answer, Asked("What?", kind=Kind.CHOICE)] = Answer.YES


everything = st.builds(
    Everything,
    meeting=st.integers(0, 2**63 - 1),
    answer=st.sampled_from(Answer),
    sure=st.booleans(),
    page=st.none() | st.integers(0, 2**63 - 1),
)


@given(everything)
def test_what_rides_comes_back(intent: Everything) -> None:
    """A payload fits every platform, and reads as the intent that it was written from."""
    payload = intent.payload()
    assert len(payload.encode()) <= PAYLOAD_BYTES
    assert payload.isascii()
    assert built(Everything, known_from_payload(Everything, payload)) == intent


def test_the_example_in_the_design() -> None:
    """Tag, then each rider, ints in base 36."""
    assert Everything(meeting=42, answer=Answer.YES).payload() == "ev.16.yes.0"


@given(st.text(max_size=80) | st.text("ev.0123456789abcdxyz-_ ", max_size=80).map("ev.".__add__))
def test_any_string_reads_or_is_refused(payload: str) -> None:
    """A payload is input: nothing but `Unparsable` ever comes of a bad one."""
    try:
        known = known_from_payload(Everything, payload)
    except Unparsable:
        return
    assert known.keys() <= set(Everything.riders)
    assert all(isinstance(value, int | Answer) for value in known.values())


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "xx.1",
        "ev.-1",
        "ev.+1",
        "ev.1_0",
        "ev.01",
        "ev.A",
        "ev.1.maybe",
        "ev.1.yes.2",
        "ev.1.yes.1.1.1",
        "ev.\u0661",
        f"ev.{base36(2**63 - 1)}0",
        "ev." + "z" * 5000,
        "ev" + "." * 5000,
    ],
)
def test_forged_payloads_are_refused(payload: str) -> None:
    """What we would never have written means nothing."""
    with pytest.raises(Unparsable):
        known_from_payload(Everything, payload)


def test_what_is_missing_is_refused_when_it_is_needed() -> None:
    """A payload of an older shape lacks something that is required now."""
    with pytest.raises(Unparsable):
        built(Everything, known_from_payload(Everything, "ev"))


@given(st.integers(0, 2**63 - 1))
def test_numbers_in_base_36(number: int) -> None:
    """Written and read, in at most 13 characters."""
    assert unbase36(base36(number)) == number
    assert len(base36(number)) <= 13


@pytest.mark.parametrize("number", [-1, 2**63])
def test_numbers_that_do_not_ride(number: int) -> None:
    """Ids are never negative and fit the databases."""
    with pytest.raises(ValueError, match="button"):
        base36(number)


# Partly known


def test_a_button_about_something_leaves_the_rest_open() -> None:
    """A default does not answer for the person: only what was said rides."""
    assert Choosing.about().payload() == "ch"
    assert Choosing.about(answer=Answer.NO).payload() == "ch..no"
    assert known_from_payload(Choosing, "ch..no") == {"answer": Answer.NO}
    assert Choosing(circle=5).payload() == "ch.5.yes"


def test_what_is_open_has_no_attribute() -> None:
    """Whoever looks at it says what it means to them that it is open."""
    partial = Choosing.about(circle=5)
    assert partial.circle == 5
    assert getattr(partial, "answer", None) is None
    assert partial == Choosing.about(circle=5)
    assert "5" in repr(partial)


def test_an_intent_about_what_it_has_not_is_our_mistake() -> None:
    """A misspelt field is noticed where it is written."""
    with pytest.raises(TypeError, match="circel"):
        Choosing.about(circel=5)


@pytest.mark.parametrize("known", [{"circle": "5"}, {"circle": -1}, {"answer": "perhaps"}])
def test_what_is_not_of_the_fields_type_does_not_ride(known: dict[str, object]) -> None:
    """Such a button would be refused when pressed, so it is never made."""
    with pytest.raises((TypeError, ValueError, AttributeError)):
        Choosing.about(**known).payload()


# Declared


def test_too_wide_for_a_button() -> None:
    """Five numbers fit, six do not; one learns it when the class is written."""
    with pytest.raises(TypeError, match="64 fit"):

        class Wide(Intent, tag="wi"):
            a: int
            b: int
            c: int
            d: int
            e: int
            answer: Answer


@pytest.mark.parametrize("tag", ["", "a", "Abc", "a.b", "abcd", "1ab", "ä1"])
def test_a_tag_is_two_or_three_plain_characters(tag: str) -> None:
    """A tag parts cleanly from what follows it."""
    with pytest.raises(TypeError, match="tag"):
        type("Bad", (Intent,), {"__doc__": "Bad.", "__module__": __name__}, tag=tag)


def test_a_member_that_cannot_ride() -> None:
    """A dot would part the payload, and other letters have more bytes than characters."""

    class Dotted(StrEnum):
        A = "a.b"

    with pytest.raises(TypeError, match="button"):

        class Bad(Intent, tag="bd"):
            choice: Dotted


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [(int, Kind.SHORT), (bool, Kind.NUMBER), (datetime, Kind.SHORT), (str, Kind.WHEN), (Answer, Kind.SHORT)],
)
def test_a_question_is_of_the_kind_that_its_field_takes(annotation: type, kind: Kind) -> None:
    """An answer that could never become a value is noticed when the class is written."""
    annotated = {"field": Annotated[annotation, Asked("?", kind=kind)]}
    with pytest.raises(TypeError, match="asked as"):
        type("Bad", (Intent,), {"__doc__": "Bad.", "__module__": __name__, "__annotations__": annotated}, tag="bd")


def test_the_declaration_is_read() -> None:
    """Riders in order; questions with the order of the fields."""
    assert tuple(Everything.riders) == ("meeting", "answer", "sure", "page")
    assert list(Choosing.asked) == ["circle", "answer"]
    assert Everything.tag == "ev"
