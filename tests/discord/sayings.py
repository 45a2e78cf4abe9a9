"""What a core might answer, for tests that play it."""

from __future__ import annotations

from typing import Any

from bot.chat.forms import Page, Question
from bot.chat.intents import Intent, Kind
from bot.chat.message import Button, Card, Chart, Message, Room, RoomKind, stacked
from bot.chat.text import Text
from tests.discord.happening import ADA, CHANNEL

CARD = Card("meeting", 1)
HERE = Room("discord", str(CHANNEL))
DIRECT = Room("discord", str(ADA), kind=RoomKind.PRIVATE)
IN_ROOM = "Done: everybody can see it in the room now."
NOT_SHOWN = "I have noted that, but could not show you the answer. Please ask me again in a moment."
BROKEN = "Something went wrong on my side. Please try again."


class Meet(Intent, tag="zmt", command="meet"):
    """Plan a meeting."""


class Forget(Intent, tag="zfg"):
    """Forget a form."""


def message(words: str = "Here you are.", **more: Any) -> Message:  # noqa: ANN401  # whatever a message has
    """Return a message."""
    return Message(Text.of(words), **more)


def panel(words: str = "The panel") -> Message:
    """Return a message with a button."""
    return message(words, rows=stacked(Button("Go", Meet())))


def page(*, value: str = "", error: str = "", draft: int = 7) -> Page:
    """Return a page of a form with two questions, of which the first may have been answered wrongly."""
    weeks = Question("weeks", "How many weeks?", Kind.SHORT, value=value, error=error)
    topic = Question("topic", "About what?", Kind.SHORT, value="Python")
    return Page(draft, "A new circle", (weeks, topic), drop=Forget())


def votes() -> Message:
    """Return a message with a chart."""
    return message("The votes", picture=Chart("Votes", (), (), "Seven votes."))
