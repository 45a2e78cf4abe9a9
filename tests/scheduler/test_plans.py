"""What should stand in the outbox: pure functions, tried on chosen and on random circles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.circles import Circle, CircleState
from bot.domain.meetings import Meeting, MeetingState, nearest_instant
from bot.domain.notices import Delivery, DeliveryState, Due, MeetingEnded, MeetingListed, NudgeRound, Reminder
from bot.domain.plans import SKIPPED, Move, circle_dues, events, move, reminder_times

ZONE = "Europe/Madrid"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def meeting(number: int, local: datetime, *, minutes: int = 90, state: MeetingState = MeetingState.PLANNED) -> Meeting:
    """Return a meeting in Madrid."""
    return Meeting(number, 1, number, local, ZONE, nearest_instant(local, ZONE), minutes, state=state)


def circle(*leads: timedelta, state: CircleState = CircleState.PUBLISHED) -> Circle:
    """Return a circle with these lead times."""
    return Circle(1, 1, "Python", "en", ZONE, leads=leads or (2 * DAY, 2 * HOUR), state=state)


def wall(at: datetime) -> str:
    """Return what the clocks in Madrid show."""
    return at.astimezone(ZoneInfo(ZONE)).strftime("%m-%d %H:%M")


def remind(dues: tuple[Due, ...], number: int = 1) -> list[str]:
    """Return when a meeting's reminders are due, on the wall clock."""
    return [wall(due.due_at) for due in dues if isinstance(due.notice, Reminder) and due.meeting == number]


def test_a_reminder_days_ahead_keeps_the_hour_across_a_clock_change() -> None:
    """Two days before Monday 18:00 is Saturday 18:00, though the clocks change on Sunday: 47 hours in spring."""
    spring = meeting(1, datetime(2026, 3, 30, 18, 0))
    dues = circle_dues(circle(), [spring], [7])
    assert remind(dues) == ["03-28 18:00", "03-30 16:00"]
    (first, *_) = dues
    assert spring.starts_at - first.due_at == timedelta(hours=47)


def test_a_reminder_hours_ahead_is_real_time() -> None:
    """Five hours before Sunday 06:00 on the night of the change is midnight on the clocks, which skip an hour."""
    night = meeting(1, datetime(2026, 3, 29, 6, 0))
    assert remind(circle_dues(circle(5 * HOUR), [night], [7])) == ["03-29 00:00"]


def test_no_reminder_before_the_previous_meeting_has_ended() -> None:
    """Daily meetings: the reminder two days ahead waits for the end of yesterday's."""
    first, second = (meeting(n, datetime(2026, 3, 10 + n, 18, 0)) for n in (1, 2))
    assert remind(circle_dues(circle(), [second, first], [7]), 2) == ["03-11 19:30", "03-12 16:00"]


def test_reminders_that_wait_for_the_same_end_become_one() -> None:
    """Two reminders that would both come at the previous meeting's end: the later takes the earlier one's place."""
    first = meeting(1, datetime(2026, 3, 11, 18, 0))
    second = meeting(2, datetime(2026, 3, 11, 20, 0))
    assert remind(circle_dues(circle(), [first, second], [7]), 2) == ["03-11 19:30"]


def test_a_cancelled_meeting_holds_nothing_up_and_asks_for_nothing() -> None:
    """What was cancelled neither delays the next one's reminders nor has any."""
    first = meeting(1, datetime(2026, 3, 11, 18, 0), state=MeetingState.CANCELLED)
    second = meeting(2, datetime(2026, 3, 12, 18, 0))
    dues = circle_dues(circle(), [first, second], [7])
    assert remind(dues, 2)[0] == "03-10 18:00"
    assert {due.meeting for due in dues} == {2}


@pytest.mark.parametrize("state", [CircleState.DRAFT, CircleState.ENDED])
def test_only_a_published_circle_has_anything_due(state: CircleState) -> None:
    """Drafts and circles that have ended are silent."""
    assert circle_dues(circle(state=state), [meeting(1, datetime(2026, 3, 11, 18, 0))], [7]) == ()


def test_the_steps_of_a_meeting() -> None:
    """Answers are missed a wall-clock day before; a meeting begins and ends when it does."""
    dues = circle_dues(circle(), [meeting(1, datetime(2026, 3, 30, 1, 30))], [])
    assert [(due.notice.kind, wall(due.due_at)) for due in dues] == [
        ("nudges", "03-29 01:30"),
        ("began", "03-30 01:30"),
        ("ended", "03-30 03:00"),
    ]


def test_each_reminder_is_of_use_until_the_next() -> None:
    """The reminder two days ahead is too late once the one two hours ahead is due, that one once the meeting starts."""
    only = meeting(1, datetime(2026, 3, 11, 18, 0))
    (_, first, over), (_, second, end) = reminder_times(only, (2 * DAY, 2 * HOUR), None)
    assert first < over == second < end == only.starts_at


def test_one_meeting_at_a_time_stands_in_a_calendar() -> None:
    """The next one now, each other when the one before it is over; none that has begun by then."""
    first, during, after = (meeting(n, datetime(2026, 3, 11, hour, 0)) for n, hour in enumerate((18, 19, 21), start=1))
    now = first.starts_at - DAY
    dues = events(circle(), [first, during, after], [7, 8], now)
    assert [(due.key, due.due_at) for due in dues] == [
        ("event:1:7", now),
        ("event:1:8", now),
        ("event:3:7", during.ends_at),
        ("event:3:8", during.ends_at),
    ]
    assert events(circle(state=CircleState.DRAFT), [first], [7], now) == ()


NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AHEAD = Due("k", Reminder(1, 60), NOW + HOUR)
PAST = Due("k", Reminder(1, 60), NOW)
ENDING = replace(AHEAD, expires_at=NOW + 2 * HOUR)
LISTED = Due("k", MeetingListed(1), NOW)


@pytest.mark.parametrize(
    ("due", "there", "expected"),
    [
        (AHEAD, None, Move.PLAN),
        (PAST, None, Move.LEAVE),
        (Due("k", NudgeRound(1), NOW), None, Move.LEAVE),
        (Due("k", MeetingEnded(1), NOW - 9 * DAY), None, Move.PLAN),
        (AHEAD, Delivery(1, PAST), Move.PLAN),
        (PAST, Delivery(1, PAST), Move.LEAVE),
        (PAST, Delivery(1, PAST, DeliveryState.SENT), Move.LEAVE),
        (AHEAD, Delivery(1, PAST, DeliveryState.SENT), Move.AGAIN),
        (AHEAD, Delivery(1, AHEAD, DeliveryState.SENT), Move.LEAVE),
        (ENDING, Delivery(1, replace(ENDING, due_at=NOW), DeliveryState.SENT), Move.LEAVE),
        (AHEAD, Delivery(1, AHEAD, DeliveryState.DROPPED, outcome="no longer planned"), Move.AGAIN),
        (AHEAD, Delivery(1, AHEAD, DeliveryState.DROPPED, outcome="too late"), Move.AGAIN),
        (AHEAD, Delivery(1, AHEAD, DeliveryState.DROPPED, outcome=f"{SKIPPED} by Fatima"), Move.LEAVE),
        (AHEAD, Delivery(1, PAST, DeliveryState.DROPPED, outcome=f"{SKIPPED} by Fatima"), Move.AGAIN),
        (LISTED, None, Move.PLAN),
        (LISTED, Delivery(1, replace(LISTED, due_at=NOW + HOUR)), Move.PLAN),
        (LISTED, Delivery(1, LISTED), Move.LEAVE),
        (LISTED, Delivery(1, LISTED, DeliveryState.SENT), Move.LEAVE),
        (LISTED, Delivery(1, LISTED, DeliveryState.FAILED), Move.LEAVE),
        (LISTED, Delivery(1, LISTED, DeliveryState.DROPPED, outcome="no longer planned"), Move.AGAIN),
        (LISTED, Delivery(1, LISTED, DeliveryState.DROPPED, outcome=f"{SKIPPED} by Fatima"), Move.LEAVE),
    ],
)
def test_what_is_done_about_what_is_there(due: Due, there: Delivery | None, expected: Move) -> None:
    """New, waiting, late, sent for this or another time, skipped: each is planned, left or sent as people expect."""
    assert move(due, there, NOW) is expected


leads = st.lists(
    st.one_of(st.integers(1, 14).map(lambda n: n * DAY), st.integers(1, 5000).map(lambda n: timedelta(minutes=n))),
    max_size=5,
)
starts = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))
meetings = st.lists(st.tuples(starts, st.integers(15, 600), st.sampled_from(list(MeetingState))), max_size=8).map(
    lambda found: [meeting(n, at, minutes=long, state=state) for n, (at, long, state) in enumerate(found, start=1)]
)


@given(meetings, leads, st.sets(st.integers(1, 9), max_size=3))
def test_whatever_the_circle_reminders_come_in_time_and_once(
    found: list[Meeting], wanted: list[timedelta], places: set[int]
) -> None:
    """Every reminder is due before its meeting and before it expires, none before the previous end, none twice."""
    dues = circle_dues(circle(*wanted), found, places)
    by_id = {one.id: one for one in found}
    assert len({due.key for due in dues}) == len(dues)
    at_once = [(due.meeting, due.place, due.due_at) for due in dues if isinstance(due.notice, Reminder)]
    assert len(set(at_once)) == len(at_once)
    for due in dues:
        about = by_id[due.meeting or 0]
        assert about.is_on
        if not isinstance(due.notice, Reminder):
            continue
        assert due.expires_at is not None
        assert due.due_at < due.expires_at <= about.starts_at
        for other in found:
            stood_before = (other.starts_at, other.id) < (about.starts_at, about.id)
            if stood_before and other.state is not MeetingState.CANCELLED:
                assert due.due_at >= other.ends_at
