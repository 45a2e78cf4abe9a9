"""Summer time and winter time, in every zone that there is: hours on the clock stay, and none is guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given

from bot.domain.circles import Circle, CircleState
from bot.domain.meetings import (
    HourRepeated,
    HourSkipped,
    Meeting,
    instant,
    lead_instant,
    next_weekly,
    series,
    wall_clock,
)
from bot.domain.notices import Reminder
from bot.domain.plans import circle_dues, reminder_times
from bot.features.meetings import dates
from bot.i18n import Catalogue
from tests.faults.clock_zones import BEGIN, Change, changes
from tests.support.cases import CASES, CHANCES, many, told
from tests.support.long import long

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SAMPLE = many(300, 100_000)


def _around(chance: Random) -> timedelta:
    """Return up to three days, either way."""
    return chance.randint(-3 * 24 * 60, 3 * 24 * 60) * MINUTE


def _leads(chance: Random) -> list[timedelta]:
    """Return up to four lead times, in days or in minutes."""
    few = range(chance.randrange(5))
    return [chance.choice((chance.randint(1, 14) * DAY, chance.randint(1, 5000) * MINUTE)) for _ in few]


def _evenings(chance: Random) -> list[tuple[timedelta, int]]:
    """Return a few meetings, each with its length in minutes."""
    return [(_around(chance), chance.randint(15, 300)) for _ in range(chance.randint(2, 5))]


def _weekly(chance: Random) -> tuple[int, int, int]:
    """Return a number of days, a day of the week and a minute of the day."""
    return chance.randint(-14, 14), chance.randrange(7), chance.randrange(24 * 60)


def _tried(chance: Random, *make: Callable[[Random], Any]) -> Iterator[tuple[Any, ...]]:
    """Yield changes, each with what is made beside it."""
    for change in chance.choices(changes(), k=CASES):
        yield (change, *(made(chance) for made in make))


def _means(local: datetime, zone: str) -> datetime | None:
    """Return the one instant that a wall-clock time means, None where there is none, or two."""
    try:
        return instant(local, zone)
    except (HourSkipped, HourRepeated):
        return None


def test_there_are_changes_to_look_at() -> None:
    """Most countries that change their clocks do so twice a year, by half an hour, an hour or two, either way."""
    found = changes()
    assert len(found) > 3000
    assert {change.by for change in found} >= {HOUR, -HOUR, 30 * MINUTE, -30 * MINUTE}
    assert {change.zone for change in found} >= {"Europe/Madrid", "America/New_York", "Australia/Lord_Howe"}


def _refused(change: Change) -> None:
    why = HourSkipped if change.by > timedelta(0) else HourRepeated
    for local in (change.from_local, change.to_local - MINUTE):
        with pytest.raises(why):
            instant(local, change.zone)
    for local in (change.from_local - MINUTE, change.to_local):
        assert wall_clock(instant(local, change.zone), change.zone) == local


def test_in_every_zone_the_hours_of_a_change_are_refused_and_no_others() -> None:
    """From its first minute to its last, each change of ten years: what is skipped is, what comes twice does."""
    for change in changes():
        _refused(change)


def test_whoever_is_refused_hears_what_would_do() -> None:
    """An hour later, an hour earlier, two hours later: what the bot proposes for the most unlucky minute exists."""
    t = Catalogue().speaker("en")
    for change in changes()[:: long(40, 1)]:
        local = change.to_local - MINUTE
        words = str(dates.problem(local, change.zone, change.at - DAY, t))
        if change.by > timedelta(0):
            assert "the clocks jump over it" in words
            others = [local + HOUR]
        else:
            assert "comes twice" in words
            others = [local - HOUR, local + 2 * HOUR]
        if abs(change.by) <= HOUR:  # of the few people in Antarctica/Troll, none meets at half past one at night
            assert [dates.problem(one, change.zone, change.at - DAY, t) for one in others] == [None] * len(others)


@SAMPLE
@given(CHANCES)
def test_a_series_keeps_its_hour(chance: Random) -> None:
    """Week after week the clocks of its zone show the same time; a week in which they cannot is refused."""
    for change, offset, every in _tried(chance, _around, lambda chance: chance.randint(1, 4)):
        with told((change, offset, every)):
            hour = (change.from_local + offset).replace(second=0) - timedelta(weeks=2 * every)
            at = [_means(local, change.zone) for local in series(hour, 5, every)]
            shown = {wall_clock(one, change.zone).time() for one in at if one is not None}
            assert shown == {hour.time()}
            there = [one for one in at if one is not None]
            assert there == sorted(set(there))
            for early, late in pairwise(there):
                weeks = (late - early) / timedelta(weeks=1)
                assert abs(weeks - round(weeks)) * timedelta(weeks=1) <= 2 * HOUR


@SAMPLE
@given(CHANCES)
def test_lead_times_are_days_on_the_clock(chance: Random) -> None:
    """Two days before is the same hour; an hour that is not there becomes the nearest; hours are real hours."""
    for change, offset, wanted in _tried(chance, _around, _leads):
        with told((change, offset, wanted)):
            local = (change.from_local + offset).replace(second=0)
            at = _means(local, change.zone)
            if at is None:
                continue
            meeting = Meeting(1, 1, 1, local, change.zone, at, 90)
            for lead in wanted:
                due = lead_instant(meeting, lead)
                assert due < at
                if lead % DAY:
                    assert at - due == lead
                    continue
                shown = wall_clock(due, change.zone)
                assert shown == local - lead or _means(local - lead, change.zone) is None
                assert abs(shown - (local - lead)) <= abs(change.by)
            times = reminder_times(meeting, wanted, None)
            assert [due for _, due, _ in times] == sorted(due for _, due, _ in times)
            assert all(due < expires <= at for _, due, expires in times)


@SAMPLE
@given(CHANCES)
def test_nothing_is_due_before_the_previous_meeting_is_over(chance: Random) -> None:
    """Meetings in the order of the clocks are in the order of time, and reminders stay between them, on any night."""
    for change, found, wanted in _tried(chance, _evenings, _leads):
        with told((change, found, wanted)):
            meetings = []
            for number, (offset, minutes) in enumerate(sorted(found), start=1):
                local = (change.from_local + offset).replace(second=0)
                at = _means(local, change.zone)
                if at is not None:
                    meetings.append(Meeting(number, 1, number, local, change.zone, at, minutes))
            for early, late in pairwise(meetings):
                assert (early.starts_at < late.starts_at) is (early.starts_local < late.starts_local)
            circle = Circle(1, 1, "Python", "en", change.zone, leads=tuple(wanted), state=CircleState.PUBLISHED)
            by_id = {meeting.id: meeting for meeting in meetings}
            for due in circle_dues(circle, meetings, [7]):
                if isinstance(due.notice, Reminder):
                    about = by_id[due.notice.meeting]
                    before = [one.ends_at for one in meetings if (one.starts_at, one.id) < (about.starts_at, about.id)]
                    assert max(before, default=due.due_at) <= due.due_at < about.starts_at


@SAMPLE
@given(CHANCES)
def test_a_digest_comes_once_a_week_at_its_hour(chance: Random) -> None:
    """Each follows the one before it by a week on the clock, also through both changes."""
    for change, (days, weekday, minute) in _tried(chance, _weekly):
        with told((change, (days, weekday, minute))):
            hour = time(*divmod(minute, 60))
            due, seen = change.at + days * DAY, []
            for _ in range(4):
                due = next_weekly(due, weekday, hour, change.zone)
                seen.append(due)
                shown = wall_clock(due, change.zone)
                wanted = datetime.combine(shown, hour)
                if shown.time() < hour and wanted.weekday() != weekday:  # the hour that is skipped ends at midnight
                    wanted -= DAY
                assert shown == wanted or _means(wanted, change.zone) is None
                assert wanted.weekday() == weekday
            assert all(6 * DAY < later - early < 8 * DAY for early, later in pairwise(seen))


def test_a_digest_in_an_hour_that_ends_at_midnight_comes_after_it() -> None:
    """In Greenland the last hour of a Saturday in March is skipped; the week after, it is there again."""
    due = next_weekly(datetime(2033, 3, 24, tzinfo=UTC), 5, time(23, 53), "America/Nuuk")
    assert wall_clock(due, "America/Nuuk") == datetime(2033, 3, 27, 0, 53)
    due = next_weekly(due, 5, time(23, 53), "America/Nuuk")
    assert wall_clock(due, "America/Nuuk") == datetime(2033, 4, 2, 23, 53)


def test_a_meeting_in_every_zone_is_where_its_clocks_say() -> None:
    """From the instant to the wall clock and back nothing changes, every eight hours of a year in every zone."""
    for zone in {change.zone for change in changes()}:
        for step in range(0, 3 * 365, long(7, 1)):
            at = BEGIN + step * 8 * HOUR
            local = wall_clock(at, zone)
            means = _means(local, zone)
            assert means in {None, at.astimezone(UTC)}
