"""What should stand in the outbox, given a circle, its meetings and its rooms: from the truth to what is due.

Keys name the meeting, the lead and the room, and nothing that changes when a meeting moves: moving it moves its
notices. A reminder that has gone out goes out again for the new time: see `move`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from bot.domain.circles import Circle, CircleState
from bot.domain.communities import Community
from bot.domain.meetings import Meeting, MeetingState, lead_instant, next_weekly
from bot.domain.notices import (
    Delivery,
    DeliveryState,
    DigestDue,
    Due,
    MeetingBegan,
    MeetingEnded,
    MeetingListed,
    NudgeRound,
    Reminder,
)

NUDGE_LEAD = timedelta(days=1)
"""How long before a meeting those who have not answered are asked, in wall-clock days."""
DIGEST_LASTS = timedelta(days=3)
"""How long after its time a digest is still worth reading."""
SKIPPED = "skipped"
"""How the outcome begins of what somebody chose not to have sent: planning does not bring it back."""
PREFIXES = ("remind:", "nudges:", "began:", "ended:", "event:")
"""How the keys of all that is planned here for a meeting begin."""


def circle_dues(circle: Circle, meetings: Iterable[Meeting], places: Collection[int]) -> tuple[Due, ...]:
    """Return all that a circle's planned meetings ask for, past or to come; nothing unless the circle is published.

    `meetings` are all of the circle's; `places` are the ids of its rooms.
    """
    if circle.state is not CircleState.PUBLISHED:
        return ()
    standing = sorted(
        (meeting for meeting in meetings if meeting.state is not MeetingState.CANCELLED),
        key=lambda meeting: (meeting.starts_at, meeting.id),
    )
    dues: list[Due] = []
    previous_end: datetime | None = None
    for meeting in standing:
        if meeting.is_on:
            dues += reminders(meeting, circle.leads, places, previous_end)
            dues += steps(meeting)
        previous_end = max(previous_end, meeting.ends_at) if previous_end else meeting.ends_at
    return tuple(dues)


def reminder_times(
    meeting: Meeting, leads: Iterable[timedelta], previous_end: datetime | None
) -> tuple[tuple[timedelta, datetime, datetime], ...]:
    """Return (lead, due, expires) for each reminder, soonest first.

    None is due before the previous meeting has ended: it waits for that end, unless another reminder is due by then and
    takes its place. Each is of use until the next one is due, the last until the meeting starts.
    """
    floor = previous_end or datetime.min.replace(tzinfo=meeting.starts_at.tzinfo)
    wanted = sorted(
        (max(lead_instant(meeting, lead), floor), -lead, lead) for lead in set(leads) if lead > timedelta(0)
    )
    times: list[tuple[timedelta, datetime, datetime]] = []
    expires = meeting.starts_at
    for due, _, lead in reversed(wanted):
        if due < expires:
            times.append((lead, due, expires))
            expires = due
    return tuple(reversed(times))


def reminders(
    meeting: Meeting, leads: Iterable[timedelta], places: Collection[int], previous_end: datetime | None
) -> tuple[Due, ...]:
    """Return a meeting's reminders for each room."""
    return tuple(
        Due(
            key=f"remind:{meeting.id}:{int(lead.total_seconds())}:{place}",
            notice=Reminder(meeting.id, int(lead.total_seconds())),
            due_at=due,
            expires_at=expires,
            place=place,
            circle=meeting.circle,
            meeting=meeting.id,
        )
        for lead, due, expires in reminder_times(meeting, leads, previous_end)
        for place in sorted(places)
    )


def steps(meeting: Meeting) -> tuple[Due, ...]:
    """Return what time does to a meeting: who has not answered is looked for, it begins, it ends."""
    return (
        Due(
            key=f"nudges:{meeting.id}",
            notice=NudgeRound(meeting.id),
            due_at=lead_instant(meeting, NUDGE_LEAD),
            expires_at=meeting.starts_at,
            circle=meeting.circle,
            meeting=meeting.id,
        ),
        Due(
            key=f"began:{meeting.id}",
            notice=MeetingBegan(meeting.id),
            due_at=meeting.starts_at,
            expires_at=meeting.ends_at,
            circle=meeting.circle,
            meeting=meeting.id,
        ),
        Due(
            key=f"ended:{meeting.id}",
            notice=MeetingEnded(meeting.id),
            due_at=meeting.ends_at,
            circle=meeting.circle,
            meeting=meeting.id,
        ),
    )


def events(circle: Circle, ahead: Sequence[Meeting], places: Collection[int], now: datetime) -> tuple[Due, ...]:
    """Return when each of the meetings ahead, soonest first, is to stand in the calendars of the circle's rooms.

    One stands there at a time: the next one now, each other as soon as the one before it is over.
    """
    if circle.state is not CircleState.PUBLISHED:
        return ()
    coming = [meeting for meeting in ahead if not meeting.has_started(now)]
    from_when = [now, *(meeting.ends_at for meeting in coming)]
    return tuple(
        Due(
            key=f"event:{meeting.id}:{place}",
            notice=MeetingListed(meeting.id),
            due_at=due_at,
            expires_at=meeting.starts_at,
            place=place,
            circle=circle.id,
            meeting=meeting.id,
        )
        for due_at, meeting in zip(from_when, coming, strict=False)
        for place in sorted(places)
        if due_at < meeting.starts_at
    )


class Move(Enum):
    """What planning does about one thing that should stand."""

    PLAN = "plan"
    """Add it, or move it while it waits."""
    AGAIN = "again"
    """It has been delivered, for an earlier time: it is due once more."""
    LEAVE = "leave"


def move(due: Due, there: Delivery | None, now: datetime) -> Move:
    """Return what to do about something that should stand, given what is there under its key.

    What is new is planned if it lies ahead, or is the end of a meeting however long ago; for reminders of the next
    meeting that were never planned in time see `overdue`. What waits although its time has come (after an outage, or
    put off for a platform's sake) is left to wait. What was delivered for an earlier time and lies ahead again, because
    its meeting has moved, is delivered again, unless somebody chose to skip it at that time. What was dropped by a
    clock that was ahead is due again once that has been set back; what it sent is not sent twice.
    """
    ahead = due.due_at > now
    if isinstance(due.notice, MeetingListed):
        return _enter(there, now)
    if there is None:
        return Move.PLAN if ahead or isinstance(due.notice, MeetingEnded) else Move.LEAVE
    if there.state is DeliveryState.WAITING:
        return Move.PLAN if ahead and there.due != due else Move.LEAVE
    if not ahead or (there.outcome.startswith(SKIPPED) and there.due.due_at == due.due_at):
        return Move.LEAVE
    return Move.LEAVE if _was_sent_for(due, there) else Move.AGAIN


def _was_sent_for(due: Due, there: Delivery) -> bool:
    """Whether what lies ahead has gone out for that very time: by a clock that has been set back since.

    A platform that would not take it at once put off when it was due, but not when it expires.
    """
    is_the_same = there.due.due_at == due.due_at or there.due.expires_at == due.expires_at is not None
    return there.state is DeliveryState.SENT and is_the_same


def _enter(there: Delivery | None, now: datetime) -> Move:
    """Return what to do about an entry in a calendar: it follows its meeting by itself once it stands.

    While it waits, it may become due earlier. What was dropped as untrue or too late is true and in time again.
    """
    if there is None or (there.state is DeliveryState.WAITING and there.due.due_at > now):
        return Move.PLAN
    was_dropped = there.state is DeliveryState.DROPPED and not there.outcome.startswith(SKIPPED)
    return Move.AGAIN if was_dropped else Move.LEAVE


def overdue(meeting: Meeting, dues: Iterable[Due], now: datetime) -> tuple[Due, ...]:
    """Return a meeting's reminders whose time has come and that are of use still, due now: one for each room."""
    return tuple(
        replace(due, due_at=now)
        for due in dues
        if due.meeting == meeting.id
        and isinstance(due.notice, Reminder)
        and due.expires_at is not None
        and due.due_at <= now < due.expires_at
    )


def is_missed(due: Due, there: Delivery | None, meeting: Meeting) -> bool:
    """Whether an overdue reminder never stood, or waits for a time that its meeting has been moved away from.

    The last one never counts: whoever plans a meeting within that has just told everybody.
    """
    if due.expires_at is None or due.expires_at >= meeting.starts_at:
        return False
    return there is None or (there.state is DeliveryState.WAITING and there.due.expires_at != due.expires_at)


def is_held_up(due: Due, there: Delivery | None) -> bool:
    """Whether an overdue reminder waits for the end of a meeting that is not before its own any more.

    One that a platform would not take yet has been tried, or says why it was put off.
    """
    if there is None or there.state is not DeliveryState.WAITING or there.attempts or there.outcome:
        return False
    return there.due.due_at > due.due_at and there.due.expires_at == due.expires_at


def digest_key(community: int) -> str:
    """Return the key of a community's weekly digest: one stands at a time, and the next follows it."""
    return f"digest:{community}"


def digest_due(community: Community, now: datetime) -> Due | None:
    """Return a community's next digest after `now`, None where no room is to get it."""
    if community.digest_place is None:
        return None
    at = next_weekly(now, community.digest_weekday, community.digest_time, community.zone)
    return Due(
        key=digest_key(community.id),
        notice=DigestDue(community.id, until=int(at.timestamp())),
        due_at=at,
        expires_at=at + DIGEST_LASTS,
        place=community.digest_place,
        community=community.id,
    )
