"""What whoever runs the bot wants to know of the database: cheap to ask, however much is planned for later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, text

from bot.chat.message import RoomKind
from bot.domain.circles import CircleState
from bot.domain.notices import UNKNOWN, UNREACHED, DeliveryState
from bot.domain.operating import MANY, Queue
from bot.domain.people import Role
from storage.repository import Repository
from storage.tables import accounts, circle_places, circles, communities, deliveries, members, organizers, places

# Written out, not bound, as in storage.deliveries: so that the partial indexes serve.
_WAITS: ColumnElement[bool] = text("deliveries.state = 'waiting'")  # type: ignore[assignment]  # text() is a condition
_FAILED: ColumnElement[bool] = text("deliveries.state = 'failed'")  # type: ignore[assignment]
_UNLEASED = or_(deliveries.c.leased_until.is_(None), deliveries.c.leased_until <= bindparam("now"))


def _counted(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Return how many rows there are, counted up to `MANY`."""
    some = select(deliveries.c.id).where(*conditions).limit(MANY).subquery()
    return select(func.count().label("n")).select_from(some)


_DUE = _counted(_WAITS, deliveries.c.due_at <= bindparam("now"))
_SOON = _counted(_WAITS, deliveries.c.due_at > bindparam("now"), deliveries.c.due_at <= bindparam("until"))
_LEASED = _counted(_WAITS, deliveries.c.leased_by.is_not(None))
_OLDEST = (
    select(deliveries.c.due_at)
    .where(_WAITS, deliveries.c.due_at <= bindparam("now"), _UNLEASED)
    .order_by(deliveries.c.due_at)
    .limit(1)
)
_GIVEN_UP = _counted(
    _FAILED,
    deliveries.c.sent_at >= bindparam("since", type_=deliveries.c.sent_at.type),
    ~deliveries.c.outcome.startswith(UNREACHED, autoescape=True),
)
_private = places.alias("private")
_RUNS = circles.c.state == CircleState.PUBLISHED.value


def _can_be_told(person: ColumnElement[Any]) -> ColumnElement[bool]:
    return (
        select(accounts.c.person)
        .join(_private, and_(_private.c.platform == accounts.c.platform, _private.c.chat == accounts.c.user))
        .where(
            accounts.c.person == person,
            accounts.c.reachable,
            _private.c.kind == RoomKind.PRIVATE.value,
            _private.c.trouble == "",
        )
        .exists()
    )


_FACILITATED = (
    select(members.c.person)
    .where(
        members.c.circle == circles.c.id,
        members.c.role == Role.FACILITATOR.value,
        members.c.left_at.is_(None),
        _can_be_told(members.c.person),
    )
    .exists()
)
_ORGANIZED = (
    select(organizers.c.person)
    .where(organizers.c.community == circles.c.community, _can_be_told(organizers.c.person))
    .exists()
)
_ALONE = (
    select(places.c.id, places.c.title, places.c.platform)
    .distinct()
    .join(circle_places, circle_places.c.place == places.c.id)
    .join(circles, and_(circles.c.id == circle_places.c.circle, _RUNS))
    .where(places.c.trouble.not_in(["", UNKNOWN]), ~_FACILITATED, ~_ORGANIZED)
    .order_by(places.c.id)
    .limit(bindparam("limit"))
)
_ROOMS = (
    select(places.c.id)
    .distinct()
    .join(circle_places, circle_places.c.place == places.c.id)
    .join(circles, and_(circles.c.id == circle_places.c.circle, _RUNS))
    .where(places.c.id > bindparam("past"))
    .order_by(places.c.id)
    .limit(bindparam("limit"))
)
_ORGANIZERS = (
    select(organizers.c.person, func.min(communities.c.zone).label("zone"))
    .join(communities, communities.c.id == organizers.c.community)
    .where(organizers.c.person > bindparam("past"))
    .group_by(organizers.c.person)
    .order_by(organizers.c.person)
    .limit(bindparam("limit"))
)
_STATES = (
    select(deliveries.c.state, func.count().label("n"))
    .where(deliveries.c.key >= bindparam("prefix"), deliveries.c.key < bindparam("beyond"))
    .group_by(deliveries.c.state)
)


class Watching(Repository):
    """Implements `bot.ports.Watching`."""

    __slots__ = ()

    def queue(self, now: datetime) -> Queue:
        """Return what waits to be sent."""
        oldest = self._one(_OLDEST, now=now)
        return Queue(
            self._count(_DUE, now=now),
            self._count(_SOON, now=now, until=now + timedelta(hours=1)),
            self._count(_LEASED),
            None if oldest is None else oldest.due_at,
        )

    def given_up(self, since: datetime) -> int:
        """Return how many were given up since then for other reasons than that nobody could be reached."""
        return self._count(_GIVEN_UP, since=since)

    def lost_alone(self, limit: int) -> tuple[tuple[int, str, str], ...]:
        """Return rooms of running circles out of reach of which nobody can be told: number, title, platform."""
        return tuple((row.id, row.title, row.platform) for row in self._all(_ALONE, limit=limit))

    def rooms(self, past: int, limit: int) -> tuple[int, ...]:
        """Return the rooms of running circles, by number from past `past` on."""
        return tuple(row.id for row in self._all(_ROOMS, past=past, limit=limit))

    def organizers(self, past: int, limit: int) -> tuple[tuple[int, str], ...]:
        """Return everybody who organizes something with a zone of theirs, by number from past `past` on."""
        return tuple((row.person, row.zone) for row in self._all(_ORGANIZERS, past=past, limit=limit))

    def states(self, prefix: str) -> Mapping[DeliveryState, int]:
        """Return what became of the deliveries whose keys begin so."""
        beyond = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        return {DeliveryState(row.state): int(row.n) for row in self._all(_STATES, prefix=prefix, beyond=beyond)}

    def _count(self, statement: Select[Any], **values: Any) -> int:  # noqa: ANN401  # as many types as columns
        row = self._one(statement, **values)
        return int(row.n) if row is not None else 0
