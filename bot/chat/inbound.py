"""What adapters report: facts about what people did, typed and free of any platform.

`key` identifies the platform's update, so that a repeated one changes nothing twice; empty where repeats cannot happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from bot.chat.message import Posted, Room
from bot.records import dataclass


@dataclass(frozen=True, slots=True)
class Sender:
    """Who did it, as the platform tells it.

    `language` and `zone` are the platform's hints (BCP 47, IANA), empty where it gives none; `runs_room` says that the
    platform holds them for an administrator of the room, which lets them set the room up and nothing else. `is_open`
    says that the bot may write to them privately without having been written to first.
    """

    platform: str
    user: str
    name: str
    language: str = ""
    zone: str = ""
    runs_room: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where it was done: the room, its title, and the platform's wider space (a Discord server), if it has one.

    `space_title` need be known only where `Inbox.minds_who_runs`.
    """

    room: Room
    title: str = ""
    space: str = ""
    space_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """What every act of a person has."""

    sender: Sender
    place: Place
    key: str = ""
    page_size: int = 5
    """How many questions of a form this platform shows at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(_Act):
    """A command: its name without the slash, what was typed after it, or options by field name.

    `at` is the instant that its words name, where the platform itself has read one in them; `moments` are those that
    options name, by field. `people` are the names of those who were picked as options, by user id.
    """

    name: str
    words: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    moments: Mapping[str, datetime] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(_Act):
    """A pressed button: its payload, and the message that it stands on.

    `card_follows` says that the platform leaves a room's cards to the painter: a handler may answer with its word
    alone, and save the drawing. `is_aside` says that in a room nobody else sees the message: it is none of the room's
    cards, whatever it shows.
    """

    payload: str
    posted: Posted | None = None
    card_follows: bool = False
    is_aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled(_Act):
    """A page of a form sent: raw answers by field; for the fields in `kept`, the value that stood there already.

    `moments` and `people` as in `Command`.
    """

    draft: int
    answers: Mapping[str, str]
    kept: tuple[str, ...] = ()
    moments: Mapping[str, datetime] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed(_Act):
    """Words that are no command: said to the bot in a private chat, or in a room as a reply to it.

    In a room they may be meant for people: without a form to fill in there, they are not answered. `at` is the instant
    that they name, where the platform itself has read one in them.
    """

    words: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(_Act):
    """A person opened the private chat; `start` is the payload of the link that led there, if any."""

    start: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(_Act):
    """The bot was added to a room, by `sender`.

    With `back`, it was there all the time and may write again: the room is not greeted a second time.
    """

    back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The bot was removed from a room or may not write there, or a person blocked it (in their private chat)."""

    room: Room
    muted: bool = False
    """Whether it is still there."""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A room has a new address; what stood in the old one stands there no more."""

    old: Room
    new: Room
    key: str = ""


Act = Command | Press | Filled | Typed | Opened | Joined
Inbound = Act | Left | Moved
