"""The port to one chat platform, and the ways a post may fail.

* PostError
  + Unreachable    blocked, removed, gone: trying again will not help
  + Refused        the platform rejected the payload: our bug
  + TryLater       a rate limit or an outage: says how long to wait
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from bot.chat.forms import Choice
from bot.chat.inbound import Act, Inbound
from bot.chat.intents import Intent, Kind
from bot.chat.message import Card, Message, Posted, Redraw, Reply, Room
from bot.chat.pacing import Pacing
from bot.records import dataclass


class PostError(Exception):
    """A message did not go out."""


class Trouble(StrEnum):
    """Why a room cannot be reached: what to do about it hangs on it."""

    REMOVED = "removed"
    """The bot was taken out of the room, or the person blocked it."""
    MUTED = "muted"
    """The bot is there but may not write."""
    CLOSED = "closed"
    """The topic or thread is closed."""
    GONE = "gone"
    """There is no such room or message any more."""
    NO_EVENTS = "no events"
    """The bot may write there, but keep no events in the platform's calendar; everything else goes on."""


class Ability(StrEnum):
    """What a platform can do beyond what each of them can: the core offers it only there."""

    PICK_PEOPLE = "pick people"
    """Somebody can be picked from the platform's people, as the answer to a question of `Kind.PERSON`."""
    HAVE_SPACES = "have spaces"
    """Rooms lie in wider spaces (`Place.space`), each of which is a community by itself."""
    OPEN_ROOMS = "open rooms"
    """The bot can open a room beside another (a thread): `Branch`."""
    KEEP_EVENTS = "keep events"
    """The platform has a calendar of its own, in which the bot keeps meetings: `Message.event`."""
    KNOW_REPEATS = "know repeats"
    """Posted a second time with the same key, a message is the one that stands there already."""
    SERVE_ALONE = "serve alone"
    """One process at a time serves the platform: what people do there it tells one alone. Others stand by."""


class Unreachable(PostError):
    """The room or person cannot be reached, or a message is gone; trying again will not help until something changes.

    `trouble` is None where a message alone is gone, or nothing more is known.
    """

    def __init__(self, reason: str, trouble: Trouble | None = None) -> None:
        super().__init__(reason)
        self.trouble = trouble


class Refused(PostError):
    """The platform rejected what we sent: a mistake of ours, to be logged and counted."""


class TryLater(PostError):
    """A limit or an outage. `seconds` is how long the platform asks to wait, None where it does not say."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Option:
    """What can be said along with a command, as a menu shows it, in one language. Nothing has to be.

    `named` is its name in that language: one lower-case word of up to 32 letters, digits, -, ' and _. `choices` are all
    that there are, where that hangs on nobody; `is_completed` says that what was typed so far can be completed.
    """

    field: str
    named: str
    prompt: str
    kind: Kind
    choices: tuple[Choice, ...] = ()
    is_completed: bool = False
    longest: int = 200
    least: int = 0
    most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """A command as a menu shows it, in one language; `everyone` says that it is not for those alone who run things.

    `named` is its name in that language, of the same shape as an option's. One that is `unlisted` is for hardly
    anybody: where it can be typed without standing in a menu, it stands in none.
    """

    name: str
    summary: str
    intent: type[Intent]
    everyone: bool = True
    unlisted: bool = False
    named: str = ""
    options: tuple[Option, ...] = ()


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

    def drew(self, posted: Posted, reply: Redraw) -> None:
        """Note, soon, that a tapped card was drawn as `reply` says. Quick, and harmless where it is lost."""
        ...

    def minds_who_runs(self, act: Act) -> bool:
        """Say whether it matters for this act whether its sender runs the room (`Sender.runs_room`).

        Where finding that out takes asking the platform, an adapter need not do it for every tap.
        """
        ...

    async def recall(self, key: str) -> str:
        """Return what the adapter kept under `key` (up to 48 characters), empty where there is nothing."""
        ...

    async def keep(self, key: str, words: str) -> None:
        """Keep a few words across restarts: what the platform was told last, so that only changes are told."""
        ...

    async def commands(self, language: str) -> Sequence[CommandHelp]:
        """Return every command with its summary in `language`, in menu order."""
        ...

    async def completions(
        self, inbound: Inbound, intent: type[Intent], field: str, words: str
    ) -> Sequence[tuple[str, str]]:
        """Return up to 25 (value, label) pairs that complete `words` for an option of a command."""
        ...


class Adapter(Protocol):
    """One chat platform. Nothing here may be refused by an adapter."""

    platform: str
    abilities: frozenset[Ability]
    pacing: Pacing
    """Its limits, by which everything goes that is said in its rooms. Who posts or edits waits for it and counts."""

    def start_link(self, payload: str) -> str:
        """Return the address that opens the private chat with a payload, empty where the platform has none."""
        ...

    def group_link(self, payload: str) -> str:
        """Return the address that adds the bot to a group, where it hears the payload; empty where there is none."""
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
