"""Circles themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.domain.circles import Circle, CircleState
from bot.domain.meetings import MeetingState
from bot.domain.people import Role
from bot.domain.words import folded
from bot.ports import Listed
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import circles, meetings, members

CIRCLE = (
    circles.c.id,
    circles.c.community,
    circles.c.title,
    circles.c.language,
    circles.c.zone,
    circles.c.course,
    circles.c.course_link,
    circles.c.about,
    circles.c.place,
    circles.c.link,
    circles.c.minutes,
    circles.c.seats,
    circles.c.sign_up,
    circles.c.named_feedback,
    circles.c.leads,
    circles.c.questions,
    circles.c.reminder,
    circles.c.state,
)


def circle_of(row: AnyRow, start: int = 0) -> Circle:
    """Return the circle whose `CIRCLE` columns begin at `start`."""
    *plain, leads, questions, reminder, state = row[start : start + len(CIRCLE)]
    kept = tuple(timedelta(seconds=lead) for lead in leads)
    return Circle(*(*plain, kept, tuple(questions), reminder, CircleState(state)))


def _fields(circle: Circle) -> dict[str, Any]:
    values = {column.name: getattr(circle, column.name) for column in CIRCLE[1:]}
    values["leads"] = [int(lead.total_seconds()) for lead in circle.leads]
    values["questions"] = list(circle.questions)
    values["state"] = circle.state.value
    return values


_CIRCLE, _PERSON = bound("circle"), bound("person")
_ADD = insert(circles).returning(*CIRCLE)
_GET = select(*CIRCLE).where(circles.c.id == _CIRCLE)
_SAVE = update(circles).where(circles.c.id == _CIRCLE)
_CHANGE_STATE = (
    update(circles)
    .where(circles.c.id == _CIRCLE, circles.c.state == bindparam("before"))
    .values(state=bindparam("after"))
)
_OF_PERSON = (
    select(*CIRCLE, members.c.role)
    .join_from(members, circles, circles.c.id == members.c.circle)
    .where(members.c.person == _PERSON, members.c.left_at.is_(None))
    .order_by((circles.c.state == CircleState.PUBLISHED.value).desc(), circles.c.id.desc())
)
_OF_COMMUNITY = select(*CIRCLE).where(circles.c.community == bindparam("community")).order_by(circles.c.id)
_LEARNERS = (
    select(func.count())
    .select_from(members)
    .where(members.c.circle == circles.c.id, members.c.role == Role.LEARNER.value, members.c.left_at.is_(None))
    .scalar_subquery()
)
_NEXT_AT = (
    select(func.min(meetings.c.starts_at))
    .where(
        meetings.c.circle == circles.c.id,
        meetings.c.state == MeetingState.PLANNED.value,
        meetings.c.starts_at > bindparam("now"),
    )
    .scalar_subquery()
)
_LISTED = select(*CIRCLE, _LEARNERS.label("learners"), _NEXT_AT.label("next_at")).where(
    circles.c.community.in_(bindparam("communities", expanding=True)),
    circles.c.state == CircleState.PUBLISHED.value,
    circles.c.sign_up,
)


class Circles(Repository):
    """Implements `bot.ports.Circles`."""

    __slots__ = ()

    def add(self, circle: Circle, now: datetime) -> Circle:
        """Store a new one (its `id` is ignored) and return it with its id."""
        row = self._one(_ADD, made_at=now, **_fields(circle))
        if row is None:
            raise LookupError(circle)
        return circle_of(row)

    def get(self, circle: int) -> Circle | None:
        """Return a circle."""
        row = self._one(_GET, circle=circle)
        return None if row is None else circle_of(row)

    def save(self, circle: Circle, was: Circle | None = None) -> None:
        """Write what differs from what was read of a circle; without that, every field."""
        self._save(_SAVE, _fields(circle), _fields(was) if was else None, circle=circle.id)

    def change_state(self, circle: int, before: CircleState, after: CircleState) -> bool:
        """Return whether it was in `before` and is now in `after`: two at once cannot both succeed."""
        return self._do(_CHANGE_STATE, circle=circle, before=before.value, after=after.value) > 0

    def of_person(self, person: int) -> tuple[tuple[Circle, Role], ...]:
        """Return the circles a person is in, running ones first, then newest first."""
        return tuple((circle_of(row), Role(row.role)) for row in self._all(_OF_PERSON, person=person))

    def of_community(self, community: int) -> tuple[Circle, ...]:
        """Return all circles of a community, oldest first."""
        return tuple(circle_of(row) for row in self._all(_OF_COMMUNITY, community=community))

    def listed(self, communities: Collection[int], words: str, now: datetime, limit: int = 25) -> tuple[Listed, ...]:
        """Return the open circles that have every word, case and accents aside, the one that meets soonest first."""
        rows = self._all(_LISTED, communities=list(communities), now=now) if communities else ()
        found = [Listed(circle_of(row), row.learners, row.next_at) for row in rows]
        wanted = folded(words).split()  # here and not in SQL: SQLite knows upper and lower case of ASCII alone
        found = [one for one in found if all(word in _searched(one.circle) for word in wanted)]
        found.sort(key=lambda one: (one.next_at is None, one.next_at or now, one.circle.id))
        return tuple(found[:limit])


def _searched(circle: Circle) -> str:
    return folded(f"{circle.title}\n{circle.course}\n{circle.place}\n{circle.about}")
