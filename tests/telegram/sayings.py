"""What a core might answer, for tests that play it."""

from __future__ import annotations

from typing import Any

from bot.chat.forms import Choice, Page, Question
from bot.chat.intents import Intent, Kind
from bot.chat.message import Button, Message, stacked
from bot.chat.text import Text
from tests.telegram.recording import Call


class Meet(Intent, tag="zmt", command="meet"):
    """Plan a meeting."""


def message(words: str = "Here you are.", **more: Any) -> Message:  # noqa: ANN401  # whatever a message has
    """Return a message."""
    return Message(Text.of(words), **more)


def panel(words: str = "The panel") -> Message:
    """Return a message with a button."""
    return message(words, rows=stacked(Button("Go", Meet())))


def page(*, kind: Kind = Kind.SHORT, step: int = 1, steps: int = 1, resume: str = "", error: str = "") -> Page:
    """Return a page of a form with one question."""
    choices = (Choice("1", "One"), Choice("2", "Two")) if kind is Kind.CHOICE else ()
    question = Question("weeks", "How many weeks?", kind, choices=choices, error=error)
    return Page(7, "A new circle", (question,), step=step, steps=steps, resume=resume)


def only(calls: list[Call], method: str) -> Call:
    """Return the one request, which is of this method."""
    assert [call.method for call in calls] == [method]
    return calls[0]
