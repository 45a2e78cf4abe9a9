"""What whoever runs the bot needs to know: how it is, and what needs them. Pure facts, no personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.records import dataclass

LAST_BACKUP: Final = "backup:last"
"""Under what `Settings` keeps when a backup was made last: an instant in ISO 8601, with its zone."""
ANNOUNCEMENTS: Final = "announcement:"
"""How the keys begin under which `Settings` keeps announcements, as JSON; they are forgotten in time."""
NOTED: Final = "concerns"
"""Under what `Settings` keeps what needs an operator now."""
TOKEN_REFUSED: Final = "token"  # noqa: S105  # the word, not one
"""The trouble of a platform that does not know the bot by its token (any more)."""
MANY: Final = 10_000
"""Up to so many are counted: it means "so many, or more"."""
LITTLE: Final = 1_000_000_000
"""With fewer bytes free than this a disk is nearly full."""
SHARE: Final = 0.1
"""With less than this share of it free, too; but not while there is `PLENTY`."""
PLENTY: Final = 20_000_000_000
STUCK: Final = timedelta(minutes=15)
"""For how long something may be due before that is news."""
BUSY: Final = timedelta(minutes=5)
"""For how long on end the database may take nothing before that is news."""
SKEW: Final = timedelta(minutes=2)
"""By how much the clock may be wrong before that is news."""
REFUSED: Final = timedelta(minutes=10)
"""For how long a platform may refuse the token before the bot gives up, where nobody can be told elsewhere."""
STARTS: Final = 8
"""More starts than so many within `STARTS_WITHIN` are a crash loop."""
STARTS_WITHIN: Final = timedelta(minutes=10)
QUIET_AGAIN: Final = timedelta(hours=1)
"""After so long without another start, or without another delivery given up, the next one is news again."""


class Concern(StrEnum):
    """What needs an operator."""

    TOKEN = "token"  # noqa: S105  # the word, not one
    """A platform refuses the bot's token."""
    ROOM = "room"
    """Rooms cannot be reached, and nobody who looks after them can be told."""
    DISK = "disk"
    GIVEN_UP = "given up"
    """Deliveries were given up."""
    STUCK = "stuck"
    """What is due does not go out."""
    BUSY = "busy"
    """The database took nothing for long."""
    CLOCK = "clock"
    CRASHES = "crashes"
    """The bot starts again and again."""


@dataclass(frozen=True, slots=True)
class Found:
    """A concern that is there now. `about` says of what (a platform, a disk), `facts` hold numbers and short words."""

    concern: Concern
    about: str = ""
    facts: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """By what it is known from one look to the next."""
        return f"concern:{self.concern}:{self.about}"


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits to be sent, counted up to `MANY`."""

    due: int
    """Due by now."""
    soon: int
    """Due within the next hour."""
    leased: int
    """In the hands of a process."""
    oldest: datetime | None
    """When that was due which is due for longest and in nobody's hands; None where nothing is."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk on which something of ours lies, in bytes."""

    what: str
    free: int
    total: int

    @property
    def is_low(self) -> bool:
        """Whether it is nearly full."""
        return self.free < LITTLE or (self.free < self.total * SHARE and self.free < PLENTY)


@dataclass(frozen=True, slots=True)
class PlatformHealth:
    """How one platform is: `trouble` names what stands in the way, empty where nothing does."""

    is_up: bool
    trouble: str = ""
    is_elected: bool = False
    """Whether this process sends what is due there."""
    stands_by: bool = False
    """Whether another process serves it, and this one would take over."""

    @property
    def is_well(self) -> bool:
        """Whether people are served there, by this process or by another."""
        return self.stands_by or (self.is_up and not self.trouble)


@dataclass(frozen=True, slots=True)
class Vitals:
    """How this process is, as far as it knows without asking the database."""

    version: str = ""
    started_at: datetime | None = None
    platforms: Mapping[str, PlatformHealth] = field(default_factory=dict)
    disks: Sequence[Disk] = ()


class Addressees(StrEnum):
    """Whom an announcement goes to."""

    ROOMS = "rooms"
    """The rooms of all circles that run."""
    ORGANIZERS = "organizers"
    """Every organizer, privately."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What an operator says to many."""

    words: str
    to: Addressees
    by: int
    """The operator."""
    sent: bool = False
    """Whether it was let go, and not only looked at."""
    at: int = 0
    """When it was written, as Unix seconds; 0 in what a former release has kept."""


def announced_prefix(number: int) -> str:
    """Return how the keys of an announcement's deliveries begin."""
    return f"says:{number}:"


def announcement_key(number: int) -> str:
    """Return under what `Settings` keeps an announcement."""
    return f"{ANNOUNCEMENTS}{number}"
