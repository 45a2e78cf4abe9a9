"""A circle's life on Telegram, told as people live it: they write and tap, and one looks at what they see.

life = Life(tg, bot)
await life.says(fay, "/newcircle", group)
await life.taps(fay, "Go on in private", group)
assert "What is the circle called?" in life.sees(fay)
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from tests.telegram.people import Answer

if TYPE_CHECKING:
    from datetime import datetime

    import pytest

    from tests.telegram.people import Person
    from tests.telegram.running import Running
    from tests.telegram.server.state import Chat, Message, Topic
    from tests.telegram.world import World

_NEVER_STARTED = "bot can't initiate conversation with a user"
"""The one refusal that is right: only by it does the bot learn that somebody has never opened the private chat."""


class Life:
    """Some people and the bot. Whatever is done, all that follows has happened when it returns."""

    def __init__(self, tg: World, bot: Running) -> None:
        tg.waits = False  # `settled` waits better
        self.tg = tg
        self.bot = bot

    # What people do

    async def says(
        self, who: Person, words: str, where: Chat | None = None, *, topic: Topic | None = None, anonymous: bool = False
    ) -> None:
        """Write privately to the bot, or in a group."""
        await who.says(where or who.chat, words, topic=topic, anonymous=anonymous)
        await self.bot.settled()

    async def replies(self, who: Person, words: str, to: Message) -> None:
        """Answer a message where it stands."""
        await who.replies(to, words)
        await self.bot.settled()

    async def taps(self, who: Person, label: str, where: Chat | None = None, *, topic: Topic | None = None) -> str:
        """Tap the newest button that begins so, follow where it leads, and return the word that is shown."""
        message = self.with_button(label, where or who.chat, topic)
        answer = await self.touches(who, message, label)
        if answer.url and "url" not in message.button(label):
            await who.follows(answer.url)
        await self.bot.settled()
        return answer.text

    async def touches(self, who: Person, message: Message, label: str) -> Answer:
        """Tap a button of one message, and stay where it leads to nowhere else."""
        answer = await who.presses(message, label)
        await self.bot.settled()
        return answer

    async def goes_through(self, who: Person, *steps: str) -> None:
        """Answer questions in the private chat, each by the button that begins so, else in words."""
        for step in steps:
            if any(label.startswith(step) for label in who.last.buttons):
                await self.taps(who, step)
            else:
                await self.says(who, step)

    async def moves_to(self, instant: datetime) -> None:
        """Let time pass."""
        await self.bot.moves_to(instant)

    # What one sees

    def with_button(self, label: str, where: Chat, topic: Topic | None = None) -> Message:
        """Return the newest message with a button that begins so."""
        there = self.said(where, topic)
        for message in reversed(there):
            if any(found.startswith(label) for found in message.buttons):
                return message
        shown = [(message.text, message.buttons) for message in there[-5:]]
        raise AssertionError(f"no button {label!r} in {where.title or 'the private chat'}, only {shown}")

    @staticmethod
    def said(where: Chat, topic: Topic | None = None) -> list[Message]:
        """Return what the bot said that still stands, in a chat or one of its topics."""
        return [one for one in where.said if topic is None or (one.in_topic and one.thread == topic.thread)]

    def texts(self, where: Chat, topic: Topic | None = None) -> list[str]:
        """Return the same as words."""
        return [plain(message) for message in self.said(where, topic)]

    def count(self, words: str, where: Chat) -> int:
        """Return how many of the bot's messages have these words."""
        return sum(words in text for text in self.texts(where))

    def newest(self, words: str, where: Chat, topic: Topic | None = None) -> Message:
        """Return the newest message with these words."""
        found = [message for message in self.said(where, topic) if words in message.text]
        assert found, f"nobody reads {words!r}, only {self.texts(where, topic)[-6:]}"
        return found[-1]

    @staticmethod
    def sees(who: Person) -> str:
        """Return the newest message of somebody's private chat."""
        return plain(who.last)

    @staticmethod
    def ever_read(where: Chat) -> str:
        """Return all that ever stood in a chat, also what was changed or taken away since."""
        states = [state for message in where.written.values() for state in (*message.edits, message)]
        return "\n".join(text for state in states for text in (state.text, *state.buttons))


async def founded(
    life: Life,
    who: Person,
    title: str,
    where: Chat,
    *,
    topic: Topic | None = None,
    first: str = "10 March 18:00",
    language: str = "English",
) -> None:
    """Let somebody make a circle in a group or topic, answering every question, and publish it."""
    await life.says(who, f"/newcircle {title}", where, topic=topic)
    await life.taps(who, "Go on in private", where, topic=topic)
    await life.goes_through(who, "Skip", "Skip", "Madrid", first, "Keep “6”", "Keep “90”", "Skip", "Skip")
    await life.taps(who, language if language in who.last.buttons else f"✓ {language}")
    await life.goes_through(who, "Save", "Publish")


def plain(message: Message) -> str:
    """Return a message's words with ordinary blanks only: between an hour and its AM stands a narrow one."""
    return message.text.replace("\u202f", " ").replace("\u00a0", " ")


def blameless(tg: World, log: pytest.LogCaptureFixture | None = None) -> None:
    """Assert that Telegram refused nothing it was told, that every tap was answered, and that nothing went wrong."""
    assert tg.floods == 0
    assert not tg.violations, tg.violations
    refused = [refusal for refusal in tg.refusals if _NEVER_STARTED not in refusal]
    assert not refused, refused
    assert [tap.id for tap in tg.telegram.taps.values() if not tap.answer.done()] == []
    assert not tg.telegram.updates.waiting
    if log is not None:
        warned = [one.getMessage() for one in log.records if one.levelno >= logging.WARNING]
        assert not warned, warned


def is_with(name: str, words: str, text: str) -> bool:
    """Tell whether a name and some words stand in one line."""
    return any(re.search(rf"\b{name}\b", line) and words in line for line in text.splitlines())
