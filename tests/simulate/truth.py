"""What is really so, as an onlooker keeps it who sees what people do: the oracle's own books.

Nothing here is computed by the bot's code: wall clocks become instants by `zoneinfo` alone.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tests.simulate.hands import Hand, Message
    from tests.simulate.ledger import Sighting

LEADS = (timedelta(days=2), timedelta(hours=2))
OPEN_FOR = timedelta(hours=48)
SHOWN_FROM = 3


@lru_cache(maxsize=1 << 18)
def instant(wall: datetime, zone: str) -> datetime:
    """Return when a wall clock shows a time; the first of two, and after a gap as if there were none."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def on_the_wall(at: datetime, zone: str) -> datetime:
    """Return what a wall clock shows."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def is_sane(wall: datetime, zone: str) -> bool:
    """Whether an hour exists, and once."""
    tz = ZoneInfo(zone)
    first, second = wall.replace(tzinfo=tz, fold=0), wall.replace(tzinfo=tz, fold=1)
    return first.utcoffset() == second.utcoffset()


def offset(at: datetime, zone: str) -> timedelta:
    """Return how far a zone is ahead of UTC."""
    found = at.astimezone(ZoneInfo(zone)).utcoffset()
    assert found is not None
    return found


@dataclass(eq=False)
class Soul:
    """A person, with an account or two, and their ways, each from 0 to 1."""

    name: str
    hands: dict[str, Hand] = field(default_factory=dict)
    answers: float = 0.8
    fickle: float = 0.1
    talks: float = 0.4
    chance: Random = field(default_factory=Random)
    """Their own: what they do must not hang on who is quicker."""
    takes_nudges: bool = True
    acting: bool = False
    """Whether they do something just now: what the bot writes to them then may be its reply."""
    is_reachable: bool = True
    """Whether the bot can write to them privately."""

    def hand(self, platform: str = "") -> Hand:
        """Return their account there, else the first."""
        return self.hands.get(platform) or next(iter(self.hands.values()))


@dataclass(eq=False)
class Room:
    """A group or a channel in which a circle is posted (or its community's digest)."""

    platform: str
    place: Any
    circle: Circle | None = None
    office_of: Community | None = None
    announced: Message | None = None
    acting: bool = False


@dataclass(eq=False)
class Said:
    """What somebody said of a meeting."""

    by: Soul
    plus: str
    delta: str
    mood: int | None


@dataclass(eq=False)
class Meeting:
    """A meeting as everybody knows it."""

    circle: Circle
    wall: datetime
    known_since: datetime
    is_on: bool = True
    is_held: bool = False
    """It came to its end."""
    is_judged: bool = False
    promised: list[datetime] = field(default_factory=list)
    """When its reminders are to come, or have come."""
    leads: dict[timedelta, datetime] = field(default_factory=dict)
    """The same by lead time, for the hour for which it is planned."""
    planned_for: datetime | None = None
    maybe: set[datetime] = field(default_factory=set)
    """Moments of a change, at which a fresh card may come."""
    answers: dict[Soul, str] = field(default_factory=dict)
    stale: dict[Soul, str] = field(default_factory=dict)
    """Who had said yes before it was moved."""
    answered_at: dict[Soul, datetime] = field(default_factory=dict)
    asked_again: list[tuple[datetime, set[Soul], datetime]] = field(default_factory=list)
    """When it was moved, who had said yes, and when it starts since."""
    changes: list[tuple[datetime, str]] = field(default_factory=list)
    marks: dict[Soul, bool] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    gave: set[Soul] = field(default_factory=set)
    closed_at: datetime | None = None
    reflected: bool = False
    votes: dict[str, set[Soul]] = field(default_factory=dict)
    members_before: dict[Soul, datetime] = field(default_factory=dict)
    """Who was in the circle a day before, and since when."""
    seen: list[Sighting] = field(default_factory=list)
    cards: dict[str, Message] = field(default_factory=dict)
    """The newest card with RSVP buttons, by platform."""
    payloads: dict[str, str] = field(default_factory=dict)
    """What its first button says to the bot."""
    old: list[tuple[str, Message, str]] = field(default_factory=list)
    """Buttons of cards for a time that has passed away: platform, message, payload."""

    @property
    def starts(self) -> datetime:
        """When it begins."""
        return instant(self.wall, self.circle.zone)

    @property
    def ends(self) -> datetime:
        """When it is over."""
        return self.starts + timedelta(minutes=self.circle.minutes)

    def replan(self, times: dict[timedelta, datetime], now: datetime) -> None:
        """Write down when its reminders are to come from now on."""
        has_moved, self.planned_for = self.planned_for != self.wall, self.wall
        past = [at for at in self.promised if at <= now]
        came = {} if has_moved else {lead: at for lead, at in self.leads.items() if at <= now}
        self.maybe.update(at for lead, at in times.items() if lead in came and at != came[lead])
        # What is late all at once, as the meeting before is called off, is sent once: now, or when it was to come.
        self.maybe.update(at for lead, at in self.leads.items() if at > now >= times.get(lead, at))
        self.leads = came | {lead: at for lead, at in times.items() if lead not in came}
        self.promised = past + sorted({at for at in self.leads.values() if at > now})

    def count(self, answer: str) -> int:
        """Return how many said so."""
        return sum(one == answer for one in self.answers.values())


@dataclass(eq=False)
class Decision:
    """A delta that was taken up."""

    words: str
    made: datetime
    done: datetime | None = None


@dataclass(eq=False)
class Circle:
    """A circle as everybody knows it."""

    title: str
    community: Community
    zone: str
    facilitator: Soul
    rooms: list[Room] = field(default_factory=list)
    minutes: int = 90
    leads: tuple[timedelta, ...] = LEADS
    seats: int | None = None
    learners: dict[Soul, datetime] = field(default_factory=dict)
    joined: list[tuple[datetime, Soul]] = field(default_factory=list)
    waiting: list[Soul] = field(default_factory=list)
    offered: dict[Soul, datetime] = field(default_factory=dict)
    """Whom a seat is held for, and until when."""
    asked: dict[Soul, datetime] = field(default_factory=dict)
    """When they were told of it."""
    meetings: list[Meeting] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    is_published: bool = False
    ended_at: datetime | None = None
    dropped_at: list[datetime] = field(default_factory=list)
    """When something promised could not be sent in time."""
    chance: Random = field(default_factory=Random)
    story: deque[str] = field(default_factory=lambda: deque(maxlen=80))

    def tells(self, at: datetime, words: str) -> None:
        """Add a line to its story, for whoever looks into what went wrong."""
        self.story.append(f"{at:%Y-%m-%d %H:%M}Z {words}")

    @property
    def is_living(self) -> bool:
        """Whether it runs."""
        return self.is_published and self.ended_at is None

    @property
    def standing(self) -> list[Meeting]:
        """Its meetings that were not called off, in the order of time."""
        return sorted((one for one in self.meetings if one.is_on), key=lambda one: one.starts)

    def ahead(self, now: datetime) -> list[Meeting]:
        """Return those that have not begun."""
        return [one for one in self.standing if one.starts > now]

    def numbered(self, number: int) -> Meeting | None:
        """Return the meeting with a number, which counts those that stand."""
        standing = self.standing
        return standing[number - 1] if 0 < number <= len(standing) else None

    def replan(self, now: datetime) -> None:
        """Write down anew when reminders are to come; what was to come until now stays as it was.

        A meeting that has not moved itself is not reminded of again because another one came before it: "nothing is
        sent twice". Two that would have come together may still come apart then.
        """
        before: datetime | None = None
        for meeting in self.standing:
            if meeting.starts > now:
                meeting.replan(reminder_times(meeting, before) if self.is_living else {}, now)
            before = meeting.ends if before is None else max(before, meeting.ends)
        for meeting in self.meetings:
            if not meeting.is_on:
                meeting.replan({}, now)


@dataclass(eq=False)
class Community:
    """An organizer's circles."""

    name: str
    zone: str
    organizer: Soul
    office: Room
    platform: str
    circles: list[Circle] = field(default_factory=list)
    place: Any = None
    """Its server, on Discord."""
    digests: list[datetime] = field(default_factory=list)
    quiet: int = 0
    """How many weeks in a row before the present one were quiet."""


def reminder_times(meeting: Meeting, before: datetime | None) -> dict[timedelta, datetime]:
    """Return when a meeting's reminders are to come, by their lead time.

    "2 days before, same hour": whole days go by the wall clock, the rest by the real one. "Never before the previous
    meeting has ended": then it waits for that end, and is one with another that waits for it, too.
    """
    times = {}
    for lead in meeting.circle.leads:
        at = (
            instant(meeting.wall - lead, meeting.circle.zone)
            if lead % timedelta(days=1) == timedelta(0)
            else meeting.starts - lead
        )
        times[lead] = at if before is None else max(at, before)
    return {lead: at for lead, at in times.items() if at < meeting.starts}
