"""A circle's life on Discord, told as people live it: what they read, and what must never have gone wrong."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

    from tests.discord.people import Person
    from tests.discord.server.state import Channel, Message
    from tests.discord.world import World

BUTTONS_ON_A_SCREEN = 10
"""More of them below what everybody sees are a wall."""
_ASLEEP = "50083 Thread is archived"
"""The one refusal that is right: only by it does the bot learn that a thread has fallen asleep."""


async def founded(
    who: Person, title: str, *, first: str = "10 March 18:00", language: str = "English", **options: object
) -> None:
    """Let somebody make a circle where they are, answering what must be answered, and publish it."""
    await who.types("newcircle", name=title, zone="Madrid", **options)
    await who.fills(first=first)
    await who.presses("Continue")
    await who.fills(language=language)
    await who.presses("Save")
    await who.presses("Publish")


async def joined(learners: Iterable[Person], label: str = "Join this circle") -> None:
    """Let people press the button, each where they are."""
    for who in learners:
        await who.presses(label)


def card(label: str, where: Channel) -> Message:
    """Return the newest message that everybody sees with a button that begins so."""
    for message in reversed(where.messages):
        if any(found.startswith(label) for found in message.buttons):
            return message
    raise AssertionError(f"no button {label!r} in {where.name}: {[(one.shown, one.buttons) for one in where.messages]}")


def newest(words: str, messages: Iterable[Message]) -> Message:
    """Return the newest of some messages with these words."""
    found = [message for message in messages if words in message.shown]
    assert found, f"nobody reads {words!r}"
    return found[-1]


def count(words: str, messages: Iterable[Message]) -> int:
    """Return how many of them have these words."""
    return sum(words in message.shown for message in messages)


def ever_read(where: Channel) -> str:
    """Return all that everybody could ever read in a place, also what was changed or taken away since."""
    states = [
        state for message in where.written.values() if message.only_for is None for state in (*message.edits, message)
    ]
    return "\n".join(words for state in states for words in (state.shown, *state.buttons))


def plain(words: str) -> str:
    """Return words with ordinary blanks only: between an hour and its AM stands a narrow one."""
    return words.replace("\u202f", " ").replace("\u00a0", " ")


def blameless(dc: World, log: pytest.LogCaptureFixture | None = None) -> None:
    """Assert that nobody read that something failed, that nothing was refused, and that nothing went wrong."""
    assert [did.told["data"] for did in dc.failed] == []
    refused = [refusal for refusal in dc.refusals if _ASLEEP not in refusal]
    assert not refused, refused
    assert dc.violations == []
    for message in dc.realm.messages.values():
        assert not message.is_loading, f"still thinking, for {message.only_for}"
        assert not message.notifies_everyone
        if message.only_for is None and message.channel.recipient is None:
            assert len(list(message.all_buttons())) <= BUTTONS_ON_A_SCREEN, message.buttons
    if log is not None:
        warned = [one.getMessage() for one in log.records if one.levelno >= logging.WARNING]
        assert not warned, warned


def is_with(name: str, words: str, text: str) -> bool:
    """Tell whether a name and some words stand in one line."""
    return any(re.search(rf"\b{name}\b", line) and words in line for line in text.splitlines())
