"""What is to be sent, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from bot.domain.digests import TOO_LATE
from bot.domain.notices import UNREACHED, Delivery, DeliveryState, DigestDue, Due, Notice
from bot.domain.plans import PREFIXES
from storage.repository import AnyRow, Repository, believed_until, bound, insert
from storage.tables import accounts, circles, deliveries, places

OVERDUE = timedelta(hours=1)
"""How long after it has expired a delivery is left to whoever may still say what became of it."""
FORGOTTEN = timedelta(days=30)
"""How long a delivery without an end waits for somebody who takes it."""

_DELIVERY = (
    deliveries.c.id,
    deliveries.c.state,
    deliveries.c.attempts,
    deliveries.c.sent_at,
    deliveries.c.outcome,
    deliveries.c.leased_by,
    deliveries.c.key,
    deliveries.c.notice,
    deliveries.c.due_at,
    deliveries.c.expires_at,
    deliveries.c.place,
    deliveries.c.person,
    deliveries.c.circle,
    deliveries.c.meeting,
    deliveries.c.community,
)


def _delivery_of(row: AnyRow) -> Delivery:
    number, state, attempts, sent_at, outcome, holder, key, notice, *rest = row
    due = Due(key, Notice.read(notice), *rest)
    return Delivery(number, due, DeliveryState(state), attempts, sent_at, outcome, holder)


_ID, _KEYS = bound("delivery"), bound("keys", expanding=True)
# Written out, not bound: a partial index serves only a query that shows that it asks for no more than the index has.
_WAITS: ColumnElement[bool] = text("deliveries.state = 'waiting'")  # type: ignore[assignment]  # text() is a condition
_FAILED: ColumnElement[bool] = text("deliveries.state = 'failed'")  # type: ignore[assignment]
_UNLEASED = {"leased_by": None, "leased_until": None}

_PLAN = insert(deliveries)
_STAYS = {"id", "key", "state", "attempts", "leased_by", "leased_until", "sent_at", "message", "outcome"}
_AGAIN = {column.name: _PLAN.excluded[column.name] for column in deliveries.c if column.name not in _STAYS}
# What was sent before keeps its place in the log, under a key of its own; the new one has an id of its own, so that no
# platform takes it for a repeat.
_STEP_ASIDE = (
    update(deliveries)
    .where(deliveries.c.key == bindparam("its_key"), deliveries.c.state != DeliveryState.WAITING.value)
    .values(key=deliveries.c.key + "#" + cast(deliveries.c.id, String))
)
_PLAN = _PLAN.on_conflict_do_update(index_elements=["key"], set_=_AGAIN, where=_WAITS)


def _past(prefix: str) -> str:
    """Return the first key behind all that begin with a prefix: an index finds them, where LIKE may not."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


_STRAY = (
    _WAITS,
    deliveries.c.meeting.in_(bound("meetings", expanding=True)),
    or_(*(and_(deliveries.c.key >= prefix, deliveries.c.key < _past(prefix)) for prefix in PREFIXES)),
    deliveries.c.key.not_in(_KEYS),
)
_FORGET_STRAY = delete(deliveries).where(*_STRAY, deliveries.c.leased_by.is_(None))
_ENDED = update(deliveries).values(_UNLEASED)
_DROPPED = _ENDED.values(state=DeliveryState.DROPPED.value, outcome=bindparam("why"))
_DROP_STRAY = _DROPPED.where(*_STRAY)
_DROP = _DROPPED.where(_WAITS, deliveries.c.key.in_(_KEYS))
_DROP_PREFIX = _DROPPED.where(_WAITS, deliveries.c.key >= bindparam("prefix"), deliveries.c.key < bindparam("past"))

_ROWS = select(*_DELIVERY)
_FIND = _ROWS.where(deliveries.c.key == bindparam("key"))
_BY_TIME = (deliveries.c.due_at, deliveries.c.id)
_PLATFORMS: BindParameter[Any] = bindparam("platforms", expanding=True)
_OURS = or_(
    and_(deliveries.c.place.is_(None), deliveries.c.person.is_(None)),
    exists().where(places.c.id == deliveries.c.place, places.c.platform.in_(_PLATFORMS)),
    exists().where(accounts.c.person == deliveries.c.person, accounts.c.platform.in_(_PLATFORMS)),
)
"""Steps, and what goes to the rooms and people of some platforms."""


def _leasing(*ours: ColumnElement[bool]) -> ReturningUpdate[Any]:
    due = (
        select(deliveries.c.id)
        .where(
            _WAITS,
            deliveries.c.due_at <= bindparam("now"),
            or_(
                deliveries.c.leased_until.is_(None),
                deliveries.c.leased_until <= bindparam("now"),
                deliveries.c.leased_until > bindparam("believed"),
            ),
            *ours,
        )
        .order_by(*_BY_TIME)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)
        # Its own step, so that PostgreSQL looks (and locks) once, not once for each row of the table it updates.
        .cte("due")
    )
    return (
        update(deliveries)
        .where(deliveries.c.id.in_(select(due.c.id)))
        .values(leased_by=bindparam("holder"), leased_until=bindparam("until"), attempts=deliveries.c.attempts + 1)
        .returning(*_DELIVERY)
    )


_LEASE, _LEASE_OURS = _leasing(), _leasing(_OURS)
_FREE = update(deliveries).where(_WAITS, deliveries.c.leased_by == bindparam("holder")).values(_UNLEASED)
_SENT = _ENDED.where(deliveries.c.id == _ID).values(
    state=DeliveryState.SENT.value,
    sent_at=bindparam("at"),
    message=bindparam("posted"),
    outcome="",
)
_MARKS = (
    func.unnest(bindparam("ids", type_=ARRAY(BigInteger)), bindparam("messages", type_=ARRAY(String)))
    .table_valued("delivery", "posted")
    .render_derived(name="marks")
)
# PostgreSQL takes them as one: what a statement costs there is above all the way to the server.
_ALL_SENT = _ENDED.where(deliveries.c.id == _MARKS.c.delivery).values(
    state=DeliveryState.SENT.value, sent_at=bindparam("at"), message=_MARKS.c.posted, outcome=""
)
_FINISH = _ENDED.where(deliveries.c.id == _ID, _WAITS).values(
    state=bindparam("after"), outcome=bindparam("why"), sent_at=bindparam("at")
)
_UNTIL = bindparam("until", type_=deliveries.c.due_at.type)
_PUT_OFF = _ENDED.where(deliveries.c.id == _ID, _WAITS).values(
    due_at=case((deliveries.c.due_at > _UNTIL, deliveries.c.due_at), else_=_UNTIL), outcome=bindparam("why")
)
_NOT_TRIED = _PUT_OFF.values(attempts=deliveries.c.attempts - 1)
_EXPIRE = _DROPPED.where(
    _WAITS,
    or_(deliveries.c.place.is_not(None), deliveries.c.person.is_not(None)),  # a step is taken by whoever comes
    or_(deliveries.c.leased_until.is_(None), deliveries.c.leased_until <= bindparam("now")),
    or_(deliveries.c.expires_at <= bindparam("late"), deliveries.c.due_at <= bindparam("forgotten")),
    deliveries.c.due_at <= bindparam("late"),
)
_NEXT_DUE = _ROWS.where(_WAITS).order_by(*_BY_TIME).limit(1)
_NEXT_OURS = _NEXT_DUE.where(_OURS)
_SEVERAL = _ROWS.where(deliveries.c.key.in_(_KEYS))
_WAITING = _ROWS.where(_WAITS).order_by(*_BY_TIME).limit(bindparam("limit"))
_DONE_AT = func.coalesce(deliveries.c.sent_at, deliveries.c.due_at)
_LOG = (
    _ROWS.where(
        deliveries.c.state != DeliveryState.WAITING.value,
        or_(deliveries.c.place.is_not(None), deliveries.c.person.is_not(None)),
    )
    .order_by(_DONE_AT.desc(), deliveries.c.id.desc())
    .limit(bindparam("limit"))
)
_UNREACHED = _ROWS.where(
    deliveries.c.place == bindparam("its_place"),
    _FAILED,
    deliveries.c.sent_at >= bindparam("since", type_=deliveries.c.sent_at.type),
    or_(deliveries.c.expires_at.is_(None), deliveries.c.expires_at > bindparam("now")),
    deliveries.c.outcome.startswith(UNREACHED, autoescape=True),
    # Not what has stepped aside for another try; a digest only makes room for the next week's.
    or_(~deliveries.c.key.contains("#"), deliveries.c.kind == DigestDue.kind),
).order_by(*_BY_TIME)
_LOG_SINCE = _LOG.where(bindparam("since", type_=deliveries.c.sent_at.type) <= _DONE_AT)


def _narrowed(rows: Select[Any]) -> dict[tuple[bool, bool], Select[Any]]:
    """Return the query by whether it asks for one circle, and for one community (with its circles)."""
    of_circle = deliveries.c.circle == bindparam("its_circle")
    of_community = or_(
        deliveries.c.community == bindparam("its_community"),
        deliveries.c.circle.in_(select(circles.c.id).where(circles.c.community == bindparam("its_community"))),
    )
    return {
        (False, False): rows,
        (True, False): rows.where(of_circle),
        (False, True): rows.where(of_community),
        (True, True): rows.where(of_circle, of_community),
    }


_WAITING_BY, _LOG_BY, _LOG_SINCE_BY = _narrowed(_WAITING), _narrowed(_LOG), _narrowed(_LOG_SINCE)


class Deliveries(Repository):
    """Implements `bot.ports.Deliveries`."""

    __slots__ = ()

    def plan(self, due: Sequence[Due]) -> None:
        """Upsert by key: one that still waits takes the new time and content; one that is done stays done."""
        if due:
            self._connection.execute(_PLAN, [_fields(one) for one in due])

    def send_again(self, due: Due) -> None:
        """Plan it even where its key has been sent before."""
        self._do(_STEP_ASIDE, its_key=due.key)
        self._do(_PLAN, **_fields(due))

    def keep_only(self, keys: Collection[str], *, meetings: Collection[int]) -> None:
        """Drop all that planning has let wait for these meetings (`PREFIXES`), but for `keys`.

        What is just being sent leaves its trace in the log; the rest was only a plan and is forgotten, so that it can
        be planned again.
        """
        if meetings:
            stray = {"meetings": list(meetings), "keys": list(keys)}
            self._do(_FORGET_STRAY, **stray)
            self._do(_DROP_STRAY, why="no longer planned", **stray)

    def drop(self, keys: Collection[str], why: str) -> int:
        """Drop what waits under these keys; return how many waited."""
        return self._do(_DROP, keys=list(keys), why=why) if keys else 0

    def drop_prefix(self, prefix: str, why: str) -> int:
        """Drop what waits under keys that begin so; return how many waited."""
        return self._do(_DROP_PREFIX, why=why, prefix=prefix, past=_past(prefix))

    def find(self, key: str) -> Delivery | None:
        """Return the delivery with a key."""
        row = self._one(_FIND, key=key)
        return None if row is None else _delivery_of(row)

    def several(self, keys: Collection[str]) -> Mapping[str, Delivery]:
        """Return those of the keys that are there."""
        found = map(_delivery_of, self._all(_SEVERAL, keys=list(keys)) if keys else ())
        return {delivery.due.key: delivery for delivery in found}

    def lease(
        self, now: datetime, holder: str, until: datetime, limit: int, platforms: Collection[str] | None = None
    ) -> tuple[Delivery, ...]:
        """Take up to `limit` that are due and not leased by a living holder, soonest first; counts an attempt each.

        With `platforms` only what goes to their rooms and people, and steps.
        """
        asked, of = (_LEASE, {}) if platforms is None else (_LEASE_OURS, {"platforms": list(platforms)})
        believed = believed_until(now, until)
        rows = self._all(asked, now=now, holder=holder, until=until, limit=limit, believed=believed, **of)
        return tuple(sorted(map(_delivery_of, rows), key=lambda taken: (taken.due.due_at, taken.id)))

    def sent(self, messages: Mapping[int, str], at: datetime) -> None:
        """Note that deliveries went out as these messages, whatever was decided about them meanwhile."""
        if len(messages) > 1 and self._driver is None:
            ids, posted = list(messages), list(messages.values())
            self._connection.execute(_ALL_SENT, {"ids": ids, "messages": posted, "at": at})
            return
        for delivery, message in messages.items():
            self._do(_SENT, delivery=delivery, posted=message, at=at)

    def finish(self, delivery: int, state: DeliveryState, outcome: str, at: datetime) -> None:
        """End one without a message: a step taken, dropped, or given up; `outcome` says why."""
        self._do(_FINISH, delivery=delivery, after=state.value, why=outcome, at=at)

    def free(self, holder: str) -> int:
        """Give back what a holder, known to be dead, had leased; return how many."""
        return self._do(_FREE, holder=holder)

    def expire(self, now: datetime) -> int:
        """Drop what was due and nobody took in time, such as what goes to a platform that is switched off."""
        why = f"{TOO_LATE}: nobody took it"
        return self._do(_EXPIRE, now=now, late=now - OVERDUE, forgotten=now - FORGOTTEN, why=why)

    def put_off(self, delivery: int, until: datetime, why: str, *, tried: bool = True) -> None:
        """Return a leased one to wait until `until`, or until its time where it was planned anew for later meanwhile.

        The attempt does not count unless it was `tried`.
        """
        self._do(_PUT_OFF if tried else _NOT_TRIED, delivery=delivery, until=until, why=why)

    def next_due(self, platforms: Collection[str] | None = None) -> Delivery | None:
        """Return the one that waits and is due soonest (of those that `lease` gives to these platforms)."""
        row = self._one(_NEXT_DUE) if platforms is None else self._one(_NEXT_OURS, platforms=list(platforms))
        return None if row is None else _delivery_of(row)

    def waiting(
        self, *, circle: int | None = None, community: int | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """Return what waits, soonest first."""
        asked = _WAITING_BY[circle is not None, community is not None]
        rows = self._all(asked, limit=limit, its_circle=circle, its_community=community)
        return tuple(map(_delivery_of, rows))

    def log(
        self,
        *,
        circle: int | None = None,
        community: int | None = None,
        since: datetime | None = None,
        limit: int = 50,
    ) -> tuple[Delivery, ...]:
        """Return what was sent, dropped or given up, newest first; steps are left out."""
        by = _LOG_BY if since is None else _LOG_SINCE_BY
        asked = by[circle is not None, community is not None]
        rows = self._all(asked, limit=limit, its_circle=circle, its_community=community, since=since)
        return tuple(map(_delivery_of, rows))

    def unreached(self, place: int, since: datetime, now: datetime) -> tuple[Delivery, ...]:
        """Return what a room did not get since then because it could not be reached, and is not too late even now."""
        return tuple(map(_delivery_of, self._all(_UNREACHED, its_place=place, since=since, now=now)))


def _fields(due: Due) -> dict[str, Any]:
    return {
        "key": due.key,
        "notice": due.notice.written(),
        "kind": due.notice.kind,
        "place": due.place,
        "person": due.person,
        "circle": due.circle,
        "meeting": due.meeting,
        "community": due.community,
        "due_at": due.due_at,
        "expires_at": due.expires_at,
        "state": DeliveryState.WAITING.value,
    }
