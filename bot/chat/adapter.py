"""The port to one chat platform, and the ways a post may fail.

* PostError
  + Unreachable    blocked, removed, gone: trying again will not help
  + Refused        the platform rejected the payload: our bug
  + TryLater       a rate limit or an outage: says how long to wait
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.chat.inbound import Inbound
from bot.chat.intents import Intent
from bot.chat.message import Card, Message, Posted, Reply, Room


class PostError(Exception):
    """A message did not go out."""


class Unreachable(PostError):
    """The room or person cannot be reached; trying again will not help until something changes."""


class Refused(PostError):
    """The platform rejected what we sent: a mistake of ours, to be logged and counted."""


class TryLater(PostError):
    """A limit or an outage. `seconds` is how long the platform asks to wait, None where it does not say."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """A command as a menu shows it, in one language."""

    name: str
    summary: str
    intent: type[Intent]


class Inbox(Protocol):
    """Where an adapter hands in what happened."""

    async def receive(self, inbound: Inbound) -> Reply:
        """Return the answer after the commit; only then may the adapter confirm the update to its platform.

        Never raises for what a person did: every refusal is a reply.
        """
        ...

    async def stands(self, card: Card, posted: Posted, message: Message) -> None:
        """Note that the adapter itself has drawn `message`, which shows `card`, at `posted`."""
        ...

    async def commands(self, language: str) -> Sequence[CommandHelp]:
        """Return every command with its summary in `language`, in menu order."""
        ...

    async def completions(
        self, inbound: Inbound, intent: type[Intent], field: str, words: str
    ) -> Sequence[tuple[str, str]]:
        """Return up to 25 (value, label) pairs that complete `words` for an option of a command."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform lets a bot speak; edits count like posts. None: as fast as it likes.

    `bot_second` counts over all rooms, `room_second` and `room_minute` in each; `redraw` is how many seconds lie at
    least between two drawings of the cards in one room.
    """

    bot_second: int | None = None
    room_second: int | None = None
    room_minute: int | None = None
    redraw: float = 0.0


class Adapter(Protocol):
    """One chat platform. Nothing here may be refused by an adapter."""

    platform: str

    def start_link(self, payload: str) -> str:
        """Return the address that opens the private chat with a payload, empty where the platform has none."""
        ...

    async def run(self, inbox: Inbox) -> None:
        """Serve the platform until cancelled."""
        ...

    async def post(self, room: Room, message: Message, key: str) -> Posted:
        """Post a message; `key` makes a repeat harmless where the platform can. Raises `PostError`."""
        ...

    async def edit(self, posted: Posted, message: Message) -> None:
        """Draw a posted message anew. Raises `PostError`; `Unreachable` where the message is gone."""
        ...
