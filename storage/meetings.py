"""Meetings of circles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import BigInteger, and_, bindparam, cast, func, or_, select, type_coerce, update

from bot.domain.circles import CircleState
from bot.domain.meetings import Meeting, MeetingState
from bot.errors import Overtaken
from storage.columns import Instant
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import circles, meetings

MEETING = (
    meetings.c.id,
    meetings.c.circle,
    meetings.c.number,
    meetings.c.starts_local,
    meetings.c.zone,
    meetings.c.starts_at,
    meetings.c.minutes,
    meetings.c.topic,
    meetings.c.place,
    meetings.c.link,
    meetings.c.state,
    meetings.c.uid,
    meetings.c.sequence,
)
_MINUTE = 60_000_000
"""In the microseconds of a stored instant."""


def meeting_of(row: AnyRow) -> Meeting:
    """Return the meeting whose `MEETING` columns the row begins with."""
    *plain, state, uid, sequence = row[: len(MEETING)]
    return Meeting(*(*plain, MeetingState(state), uid, sequence))


def _fields(meeting: Meeting) -> dict[str, Any]:
    values = {column.name: getattr(meeting, column.name) for column in MEETING[1:]}
    values["state"] = meeting.state.value
    return values


_CIRCLE = bound("circle")
_STANDS = meetings.c.state != MeetingState.CANCELLED.value
_ENDS_AT = type_coerce(meetings.c.starts_at, BigInteger) + cast(meetings.c.minutes, BigInteger) * _MINUTE

_ADD = insert(meetings).returning(*MEETING)
_GET = select(*MEETING).where(meetings.c.id == bindparam("meeting"))
_SAVE = update(meetings).where(meetings.c.id == bindparam("meeting"))
_SAVE_AS_READ = _SAVE.where(meetings.c.sequence == bindparam("its_sequence"))
_CHANGE_STATE = (
    update(meetings)
    .where(meetings.c.id == bindparam("meeting"), meetings.c.state == bindparam("before"))
    .values(state=bindparam("after"))
)
_OF_CIRCLE = select(*MEETING).where(meetings.c.circle == _CIRCLE).order_by(meetings.c.starts_at, meetings.c.id)
_NEXT = (
    _OF_CIRCLE.where(
        meetings.c.state == MeetingState.PLANNED.value,
        type_coerce(_ENDS_AT, Instant) > bindparam("now", type_=Instant),
    )
).limit(1)
_PREVIOUS = (
    select(*MEETING)
    .where(
        meetings.c.circle == _CIRCLE,
        _STANDS,
        or_(
            meetings.c.starts_at < bindparam("starts_at"),
            and_(meetings.c.starts_at == bindparam("starts_at"), meetings.c.id < bindparam("meeting")),
        ),
    )
    .order_by(meetings.c.starts_at.desc(), meetings.c.id.desc())
    .limit(1)
)
_BETWEEN = (
    select(*MEETING)
    .join(circles, circles.c.id == meetings.c.circle)
    .where(
        circles.c.community == bindparam("community"),
        circles.c.state.in_([CircleState.PUBLISHED.value, CircleState.ENDED.value]),
        meetings.c.starts_at >= bindparam("start"),
        meetings.c.starts_at < bindparam("end"),
    )
    .order_by(meetings.c.starts_at, meetings.c.id)
)
_IS_AHEAD = and_(meetings.c.state == MeetingState.PLANNED.value, meetings.c.starts_at > bindparam("now", type_=Instant))
_ZONES = select(meetings.c.zone).where(_IS_AHEAD).distinct()
_CLOCKS = select(meetings.c.zone, meetings.c.starts_local, meetings.c.starts_at).where(_IS_AHEAD).distinct()
_EARLIER = meetings.alias("earlier")
_RENUMBER = (
    update(meetings)
    .where(meetings.c.circle == bindparam("its_circle"), _STANDS)
    .values(
        number=select(func.count())
        .select_from(_EARLIER)
        .where(
            _EARLIER.c.circle == meetings.c.circle,
            _EARLIER.c.state != MeetingState.CANCELLED.value,
            or_(
                _EARLIER.c.starts_at < meetings.c.starts_at,
                and_(_EARLIER.c.starts_at == meetings.c.starts_at, _EARLIER.c.id <= meetings.c.id),
            ),
        )
        .scalar_subquery()
    )
)


class Meetings(Repository):
    """Implements `bot.ports.Meetings`."""

    __slots__ = ()

    def add(self, meetings: Sequence[Meeting]) -> tuple[Meeting, ...]:
        """Store new ones (`id`s are ignored, empty `uid`s made) and return them."""
        return tuple(self._add(meeting) for meeting in meetings)

    def _add(self, meeting: Meeting) -> Meeting:
        values = _fields(meeting)
        values["uid"] = meeting.uid or str(uuid4())
        return meeting_of(self._connection.execute(_ADD, values).one())

    def get(self, meeting: int) -> Meeting | None:
        """Return a meeting."""
        row = self._one(_GET, meeting=meeting)
        return None if row is None else meeting_of(row)

    def save(self, meeting: Meeting, was: Meeting | None = None) -> None:
        """Write what differs from what was read of a meeting; without that, every field.

        Raises `Overtaken` where somebody else has moved it or called it off since it was read.
        """
        if was is None:
            self._save(_SAVE, _fields(meeting), None, meeting=meeting.id)
        elif not self._save(
            _SAVE_AS_READ, _fields(meeting), _fields(was), meeting=meeting.id, its_sequence=was.sequence
        ):
            raise Overtaken(f"meeting {meeting.id} was changed meanwhile")

    def of_circle(self, circle: int) -> tuple[Meeting, ...]:
        """Return all of them in order of time, cancelled ones included."""
        return tuple(meeting_of(row) for row in self._all(_OF_CIRCLE, circle=circle))

    def next_of(self, circle: int, now: datetime) -> Meeting | None:
        """Return the planned meeting that is on now or comes next."""
        row = self._one(_NEXT, circle=circle, now=now)
        return None if row is None else meeting_of(row)

    def change_state(self, meeting: int, before: MeetingState, after: MeetingState) -> bool:
        """Return whether it was in `before` and is now in `after`: two at once cannot both succeed."""
        return self._do(_CHANGE_STATE, meeting=meeting, before=before.value, after=after.value) > 0

    def previous_of(self, meeting: Meeting) -> Meeting | None:
        """Return the meeting before it that was not cancelled."""
        row = self._one(_PREVIOUS, circle=meeting.circle, starts_at=meeting.starts_at, meeting=meeting.id)
        return None if row is None else meeting_of(row)

    def between(self, community: int, start: datetime, end: datetime) -> tuple[Meeting, ...]:
        """Return what a community's published or ended circles have in [start, end), in order of time."""
        rows = self._all(_BETWEEN, community=community, start=start, end=end)
        return tuple(meeting_of(row) for row in rows)

    def zones(self, now: datetime) -> frozenset[str]:
        """Return the zones in which meetings are planned."""
        return frozenset(row.zone for row in self._all(_ZONES, now=now))

    def clocks(self, now: datetime) -> tuple[tuple[str, datetime, datetime], ...]:
        """Return the zones, wall-clock times and instants at which planned meetings are to begin, each once."""
        return tuple((zone, local, at) for zone, local, at in self._all(_CLOCKS, now=now))

    def renumber(self, circle: int) -> None:
        """Count the circle's meetings that are not cancelled from 1 in order of time."""
        self._do(_RENUMBER, its_circle=circle)
