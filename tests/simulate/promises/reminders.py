"""Reminders: "Reminder" and "Time" in the product's design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.simulate.ledger import Sighting, counts_on
from tests.simulate.promises import Court, Outage
from tests.simulate.truth import Meeting
from tests.simulate.world import TELEGRAM

CITIES = {"Lord Howe": "Lord Howe Island"}
"""Where a zone is not called as its city."""


def each_is_reminded_exactly_as_promised(court: Court, meeting: Meeting) -> Iterator[str]:
    """2 days and 2 hours before by default, per circle any list of lead times (Reminder).

    "After an outage, what is late but still useful is sent once, what is too late is dropped."
    """
    wanted, late = after_outages(meeting.promised, meeting.starts, court.outages)
    for room in meeting.circle.rooms:
        seen = Counter(one.at for one in meeting.seen if one.kind == "reminder" and one.room is room)
        for at in wanted:
            if not seen[at]:
                times = sorted(one.isoformat() for one in seen)
                yield f"{room.platform}: no reminder at {at} for {meeting.starts}; there were {times}"
            seen[at] -= 1
        for at, count in seen.items():
            if count > (at in meeting.maybe):
                yield f"{room.platform}: a reminder at {at} that nobody promised, for {meeting.starts}, only {wanted}"
    if late:
        meeting.circle.dropped_at += late


def after_outages(
    promised: Iterable[datetime], starts: datetime, outages: Iterable[Outage]
) -> tuple[list[datetime], list[datetime]]:
    """Return when reminders come although the bot was away, and which never do.

    Each is of use until the next one comes, the last until the meeting begins.
    """
    times = sorted(promised)
    wanted, never = [], []
    for at, following in zip(times, [*times[1:], starts], strict=False):
        up = next((up for down, up in outages if down <= at < up), at)
        if up is at or (up < following and up < starts):
            wanted.append(up)
        else:
            never.append(at)
    return wanted, never


def never_before_the_previous_meeting_has_ended(_court: Court, seen: Sighting) -> Iterator[str]:
    """Never before the previous meeting has ended (Reminder)."""
    meeting = seen.meeting
    assert meeting is not None
    for other in meeting.circle.standing:
        if other.starts < meeting.starts and other.ends > seen.at:
            yield f"a reminder of {meeting.starts} came at {seen.at}, before {other.starts} had ended"


def no_wrong_hour(_court: Court, seen: Sighting) -> Iterator[str]:
    """A meeting is a wall-clock time in an IANA zone plus the derived instant (Time).

    "Every reader sees their own zone where the platform can show it; otherwise the circle's zone is named."
    """
    meeting = seen.meeting
    if meeting is None:
        yield f"it tells of a meeting at {seen.starts} that nobody knows: {seen}"
        return
    if seen.starts != meeting.starts:
        yield f"it says {seen.starts}, the meeting is at {meeting.starts}"
    local = seen.room.platform == TELEGRAM if seen.room else False
    ways = as_written(meeting)
    if local and not any(way in seen.words for way in ways):
        yield f"it does not say {ways[0]!r}: {seen.words!r}"


def as_written(meeting: Meeting) -> tuple[str, str]:
    """Return a time as English has it, in full and shortened, with the city whose clock it is."""
    wall = meeting.starts.astimezone(ZoneInfo(meeting.circle.zone))
    city = meeting.circle.zone.rpartition("/")[2].replace("_", " ")
    city = CITIES.get(city, city)
    hour = f"{wall.hour % 12 or 12}:{wall:%M %p} ({city})"
    return f"{wall:%A}, {wall.day} {wall:%B %Y}, {hour}", f"{wall:%a} {wall.day} {wall:%b %Y}, {hour}"


def it_shows_live_counts(_court: Court, seen: Sighting) -> Iterator[str]:
    """Contains RSVP buttons with live counts (Reminder)."""
    meeting = seen.meeting
    assert meeting is not None
    wanted = tally(meeting)
    if (shown := counts_on(seen.words)) != wanted:
        yield f"it shows {shown}, people said {wanted}"


def tally(meeting: Meeting) -> dict[str, int]:
    """Return what people have said."""
    answers = {answer: meeting.count(answer) for answer in ("yes", "maybe", "no")}
    return answers | {"stale": len(meeting.stale)}


def decisions_stand_on_the_next_card_until_done(_court: Court, seen: Sighting) -> Iterator[str]:
    """Open decisions stand on the next meeting's card and can be ticked off (At the meeting's end)."""
    meeting = seen.meeting
    assert meeting is not None
    for decision in meeting.circle.decisions:
        stands = f"• {decision.words} (" in seen.words
        if decision.done is None and not stands:
            yield f"“{decision.words}” of {decision.made} is open and not on it: {seen.words!r}"
        if decision.done is not None and stands:
            yield f"“{decision.words}” was done at {decision.done} and is still on it"
