"""What organizers should know of a week, and which circles need help: counts, and what groups have read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.records import dataclass

QUIET_WEEK = "quiet week"
"""Why a digest was dropped that would have had nothing to tell."""
TOO_LATE = "too late"
"""How the outcome begins of what could not be sent in time."""
WEEK = timedelta(days=7)
FEW = 4
"""A circle with fewer learners than this needs more of them."""
RECENT = timedelta(days=14)
"""What is further away than this says nothing of how a circle is."""
SOON = timedelta(days=2)
"""So long before a meeting somebody should have answered: the first reminder has gone out."""


class Need(StrEnum):
    """Why a circle needs help, the most pressing first."""

    UNDELIVERED = "undelivered"
    """Messages did not reach its room or people."""
    SILENT = "silent"
    """Its facilitators neither marked who came to the last meeting nor told how it went."""
    NO_ANSWERS = "no_answers"
    """Nobody answered for the last meeting, or for one that is near."""
    FALLING = "falling"
    """Fewer come, meeting by meeting."""
    FEW = "few"
    """Fewer than four learners."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the rules for help look at. `turnouts` are how many came to past meetings, where it is known, oldest first.

    `since_last` and `until_next` are None where there was no meeting yet, or none is planned; the answers are theirs.
    """

    title: str
    learners: int
    turnouts: tuple[int, ...] = ()
    since_last: timedelta | None = None
    last_answers: int = 0
    last_reported: bool = True
    until_next: timedelta | None = None
    next_answers: int = 0
    undelivered: int = 0


def is_silent(health: Health) -> bool:
    """Whether a day after the last meeting its facilitators have said nothing of it."""
    since = health.since_last
    return since is not None and timedelta(days=1) <= since <= RECENT and not health.last_reported


def has_no_answers(health: Health) -> bool:
    """Whether nobody answered where somebody should have."""
    if not health.learners:
        return False  # there are too few of them, which is another need
    near = health.until_next is not None and health.until_next <= SOON
    if near:
        return health.next_answers == 0
    return health.since_last is not None and health.since_last <= WEEK and health.last_answers == 0


def is_falling(turnouts: Sequence[int]) -> bool:
    """Whether fewer came twice in a row, or half as many as the time before."""
    if len(turnouts) >= 3 and turnouts[-3] > turnouts[-2] > turnouts[-1]:  # noqa: PLR2004  # twice in a row takes three
        return True
    return len(turnouts) > 1 and turnouts[-2] >= FEW and turnouts[-1] * 2 <= turnouts[-2]


def is_small(health: Health) -> bool:
    """Whether a circle that meets has too few learners; one that begins later may still fill up."""
    begun = health.since_last is not None
    begins = health.until_next is not None and health.until_next <= WEEK
    return health.learners < FEW and (begun or begins)


def needs(health: Health) -> tuple[Need, ...]:
    """Return why a published circle needs help, the most pressing first; nothing where all is well."""
    found = [Need.UNDELIVERED] if health.undelivered else []
    near = (health.since_last, health.until_next)
    if all(span is None or span > RECENT for span in near):
        return tuple(found)  # it rests, or is over
    rules = (
        (Need.SILENT, is_silent(health)),
        (Need.NO_ANSWERS, has_no_answers(health)),
        (Need.FALLING, is_falling(health.turnouts)),
        (Need.FEW, is_small(health)),
    )
    return (*found, *(need for need, so in rules if so))


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that took place. `came` is None where nobody marked it."""

    title: str
    number: int
    topic: str
    at: datetime
    zone: str
    yes: int
    came: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """The plus/delta of a meeting, as its group has read it; `mood` from 1 to 5, None where too few gave it."""

    title: str
    number: int
    mood: float | None
    pluses: tuple[str, ...]
    deltas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that a circle took."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A learner who joined."""

    title: str
    name: str
    goal: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """A meeting of the week that begins."""

    title: str
    number: int
    topic: str
    at: datetime
    zone: str
    yes: int
    answers: int
    learners: int


@dataclass(frozen=True, slots=True)
class Helpless:
    """A circle that needs help."""

    title: str
    why: tuple[Need, ...]
    undelivered: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """A community's week, from `start` until `end`, and what is ahead. `shown` are the meetings of the chart.

    `quiet_before` is how many digests were skipped just before this one, since there was nothing to tell.
    """

    name: str
    zone: str
    start: datetime
    end: datetime
    held: tuple[Held, ...] = ()
    shown: tuple[Held, ...] = ()
    said: tuple[Said, ...] = ()
    decided: tuple[Decided, ...] = ()
    newcomers: tuple[Newcomer, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    helpless: tuple[Helpless, ...] = ()
    quiet_before: int = 0

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.held or self.decided or self.newcomers or self.ahead or self.helpless)
