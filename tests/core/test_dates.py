"""Dates in words: what people write, what they mean, and what means nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.dates import WrittenDates

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""Monday the 2nd of March, noon in Madrid."""
DATES = WrittenDates()


def read(words: str, language: str = "en", zone: str = "Europe/Madrid") -> str:
    """Return what words mean, "" where they mean nothing."""
    found = DATES.read(words, language, zone, NOON)
    assert found is None or found.tzinfo is None
    return found.isoformat(" ", "minutes") if found else ""


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Tuesday 6pm", "2026-03-03 18:00"),
        ("tuesday 18:00", "2026-03-03 18:00"),
        ("  Tuesday,   6:00PM ", "2026-03-03 18:00"),
        ("6pm on Tuesday", "2026-03-03 18:00"),
        ("next Tuesday 6pm", "2026-03-03 18:00"),
        ("this Tuesday 6pm", "2026-03-03 18:00"),
        ("Monday 6pm", "2026-03-02 18:00"),
        ("Monday 9am", "2026-03-09 09:00"),
        ("Monday 9 March 18:00", "2026-03-09 18:00"),
        ("today 6pm", "2026-03-02 18:00"),
        ("tomorrow at 6pm", "2026-03-03 18:00"),
        ("tomorrow 12:00", "2026-03-03 12:00"),
        ("tomorrow noon", "2026-03-03 12:00"),
        ("3 March 18:30", "2026-03-03 18:30"),
        ("March 3 at 6:30 pm", "2026-03-03 18:30"),
        ("Tue 10 March, 6 p.m.", "2026-03-10 18:00"),
        ("10 Mar 18h", "2026-03-10 18:00"),
        ("1 March 18:00", "2027-03-01 18:00"),
        ("3 March 2027 18:30", "2027-03-03 18:30"),
        ("10/3 18:00", "2026-03-10 18:00"),
        ("2026-03-10 18:00", "2026-03-10 18:00"),
        ("2026-03-10T18:00", "2026-03-10 18:00"),
        ("in 2 hours", "2026-03-02 14:00"),
    ],
)
def test_english(words: str, meant: str) -> None:
    """As people write it; a weekday is the next one that is still ahead."""
    assert read(words) == meant


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("martes 18:00", "2026-03-03 18:00"),
        ("el jueves a las 6pm", "2026-03-05 18:00"),
        ("próximo martes 18:00", "2026-03-03 18:00"),
        ("martes a las 6 de la tarde", "2026-03-03 18:00"),
        ("mañana a las 18:30", "2026-03-03 18:30"),
        ("pasado mañana a las 10:00", "2026-03-04 10:00"),
        ("hoy a las 19h", "2026-03-02 19:00"),
        ("lunes a las 18", "2026-03-02 18:00"),
        ("3 de marzo a las 18:30", "2026-03-03 18:30"),
        ("el martes 10 de marzo a las 18:00", "2026-03-10 18:00"),
        ("Tuesday 6pm", "2026-03-03 18:00"),
    ],
)
def test_spanish(words: str, meant: str) -> None:
    """In one's own language, and in English all the same."""
    assert read(words, "es-MX") == meant


@pytest.mark.parametrize("language", ["eo", "xx", "zh-Hant", ""])
def test_other_languages_understand_english(language: str) -> None:
    """Also those that the library does not know."""
    assert read("Tuesday 6pm", language) == "2026-03-03 18:00"


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "asdf",
        "18",
        "Tuesday",
        "tomorrow",
        "March",
        "2027",
        "in 3 days",
        "31 February 18:00",
        "2026-02-30 18:00",
        "Tuesday 25:00",
        "99999-01-01 10:00",
        "Tuesday evening",
        "6pm CET",
        "Tuesday 6pm UTC",
        "18:00 +02:00",
        "x" * 200,
        "\u202e\x00",
        "💥 6",
    ],
)
def test_what_means_nothing(words: str) -> None:
    """No such day, no hour, another zone than the one at hand: asked again, never guessed."""
    assert read(words) == ""


def test_words_are_read_where_they_are_meant() -> None:
    """It is Monday noon in Madrid, and Monday evening in Tokyo."""
    assert read("in 2 hours", zone="Asia/Tokyo") == "2026-03-02 22:00"
    assert read("Monday 6pm", zone="Asia/Tokyo") == "2026-03-09 18:00"
