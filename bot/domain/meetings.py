"""Meetings, and the one place where wall clocks become instants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.records import dataclass


class HourSkipped(ValueError):  # named for what happened to the hour, as people would say it
    """The clocks jump over this wall-clock time in this zone."""


class HourRepeated(ValueError):
    """The clocks show this wall-clock time twice in this zone."""


def instant(local: datetime, zone: str) -> datetime:
    """Return the UTC instant of a naive wall-clock time in an IANA zone.

    Raises `HourSkipped` or `HourRepeated` on the night of a clock change: such an hour is asked about, never guessed.
    """
    tz = ZoneInfo(zone)
    early, late = (local.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return early
    if early.astimezone(tz).replace(tzinfo=None) != local:
        raise HourSkipped(local.isoformat())
    raise HourRepeated(local.isoformat())


def nearest_instant(local: datetime, zone: str) -> datetime:
    """Return the instant of a wall-clock time, taking the first of two and the one after a gap: for lead times only."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def wall_clock(at: datetime, zone: str) -> datetime:
    """Return the naive wall-clock time that `at` shows in `zone`."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def series(first: datetime, count: int, every: int = 1) -> tuple[datetime, ...]:
    """Return `count` naive wall-clock times, `every` weeks apart: the hour stays what it is across clock changes."""
    return tuple(first + timedelta(weeks=every * number) for number in range(count))


class MeetingState(StrEnum):
    """Where a meeting is in its life."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    ENDED = "ended"
    """It is over and asks for attendance and plus/delta."""
    CLOSED = "closed"
    """Its plus/delta has been summed up."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a circle: a wall-clock time in a zone, plus the instant derived from it.

    `number` counts the circle's meetings from 1 in the order of time when they were planned; `topic` is the unit worked
    through. Empty `place` and `link` mean the circle's. `uid` and `sequence` are iCalendar's.
    """

    id: int
    circle: int
    number: int
    starts_local: datetime
    zone: str
    starts_at: datetime
    minutes: int
    topic: str = ""
    place: str = ""
    link: str = ""
    state: MeetingState = MeetingState.PLANNED
    uid: str = ""
    sequence: int = 0

    @property
    def ends_at(self) -> datetime:
        """The instant at which it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_on(self) -> bool:
        """Whether it still stands (it may have begun)."""
        return self.state is MeetingState.PLANNED

    def has_started(self, now: datetime) -> bool:
        """Whether it began at or before `now`."""
        return now >= self.starts_at

    def has_ended(self, now: datetime) -> bool:
        """Whether it was over at `now`."""
        return now >= self.ends_at


def lead_instant(meeting: Meeting, lead: timedelta) -> datetime:
    """Return when a reminder with this lead is due: whole days keep the wall-clock hour, the rest is real time."""
    if lead.seconds == 0 and lead.days:
        return nearest_instant(meeting.starts_local - lead, meeting.zone)
    return meeting.starts_at - lead


def next_weekly(after: datetime, weekday: int, at: time, zone: str) -> datetime:
    """Return the first instant strictly after `after` that is `at` on `weekday` (Monday = 0) in `zone`."""
    today: date = wall_clock(after, zone).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        due = nearest_instant(datetime.combine(day, at), zone)
        if day.weekday() == weekday and due > after:
            return due
    raise AssertionError  # nine days hold every weekday twice


def upcoming(meetings: Iterable[Meeting], now: datetime) -> tuple[Meeting, ...]:
    """Return the planned meetings that are not over, soonest first."""
    return tuple(
        sorted((m for m in meetings if m.is_on and not m.has_ended(now)), key=lambda meeting: meeting.starts_at)
    )


MOST_AHEAD = timedelta(days=731)
"""How far ahead a meeting may be planned: two years."""


def moved(meeting: Meeting, local: datetime, zone: str) -> Meeting:
    """Return the same meeting at another wall-clock time: identity and answers stay, the sequence rises.

    Raises `HourSkipped` or `HourRepeated`.
    """
    return replace(
        meeting,
        starts_local=local,
        zone=zone,
        starts_at=instant(local, zone),
        sequence=meeting.sequence + 1,
    )


def as_clocks_go(meeting: Meeting) -> Meeting:
    """Return the meeting at the instant that its wall clock means by the zone data of today; itself where it is there.

    Data change when a country decides to. The wall clock is what people agreed on and stays. Where its hour shows
    twice now, and the meeting is at one of the two, it stays at that one; where it is skipped now, the meeting is as
    long after the gap.
    """
    if is_true(meeting.zone, meeting.starts_local, meeting.starts_at):
        return meeting
    at = nearest_instant(meeting.starts_local, meeting.zone)
    return replace(meeting, starts_local=wall_clock(at, meeting.zone), starts_at=at, sequence=meeting.sequence + 1)


def is_true(zone: str, local: datetime, at: datetime) -> bool:
    """Return whether a zone's clocks show a wall-clock time at an instant, by the zone data of today."""
    return wall_clock(at, zone) == local


def overlaps(one: Meeting, other: Meeting) -> bool:
    """Return whether two meetings share any time."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def following(meetings: Iterable[Meeting], meeting: Meeting) -> tuple[Meeting, ...]:
    """Return the meeting and those of the same state that come after it, soonest first."""
    return tuple(
        sorted(
            (m for m in meetings if m.state is meeting.state and m.starts_at >= meeting.starts_at),
            key=lambda found: (found.starts_at, found.id),
        )
    )


def step_after(meetings: Iterable[Meeting], meeting: Meeting) -> timedelta:
    """Return the wall-clock time from a meeting to the next one that stands, a week where there is none."""
    later = [m.starts_local for m in meetings if m.is_on and m.starts_local > meeting.starts_local]
    return min(later) - meeting.starts_local if later else timedelta(weeks=1)
