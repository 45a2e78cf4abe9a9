"""Who is in a circle. Whatever gives or takes a seat first locks the circle, so that seats are never oversold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import (
    JSON,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    union,
    update,
)

from bot.domain.circles import CircleState, Member, Seated, Waiting
from bot.domain.people import Person, Role
from storage.people import PERSON, person_of
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import circles, decisions, meetings, members, people, rsvps, waiting

_CIRCLE, _PERSON, _NOW = bound("circle"), bound("person"), bound("now")
# An UPDATE takes a parameter named like a column for that column's new value, so its own conditions have other names.
_IN_CIRCLE, _OF_PERSON = bound("in_circle"), bound("of_person")
_MEMBER = (
    members.c.circle,
    members.c.role,
    members.c.joined_at,
    members.c.goal,
    members.c.support,
    members.c.answers,
    members.c.left_at,
    *PERSON,
)
_FIRST_PERSON = len(_MEMBER) - len(PERSON)


def _member_of(row: AnyRow) -> Member:
    circle, role, joined_at, goal, support, answers, left_at = row[:_FIRST_PERSON]
    person = person_of(row, _FIRST_PERSON)
    return Member(circle, person, Role(role), joined_at, goal, support, tuple(answers), left_at)


_PRESENT = and_(members.c.circle == _CIRCLE, members.c.left_at.is_(None))
_ROSTER = select(*_MEMBER).join_from(members, people, people.c.id == members.c.person).where(_PRESENT)
_IN_ORDER = (members.c.role != Role.FACILITATOR.value, members.c.joined_at, members.c.person)
_ALL = _ROSTER.order_by(*_IN_ORDER)
_ONE = _ROSTER.where(members.c.person == _PERSON)
_SINCE = _ROSTER.where(members.c.joined_at >= bindparam("since")).order_by(*_IN_ORDER)
_FORMER = (
    select(*PERSON)
    .join_from(members, people, people.c.id == members.c.person)
    .where(members.c.circle == _CIRCLE, members.c.person == _PERSON)
)
_FACILITATORS = (
    select(*PERSON)
    .join_from(members, people, people.c.id == members.c.person)
    .where(_PRESENT, members.c.role == Role.FACILITATOR.value)
    .order_by(members.c.joined_at, members.c.person)
)
_ANY = bound("people", expanding=True)
_CIRCLES = union(
    select(members.c.circle).where(members.c.person.in_(_ANY)),
    select(waiting.c.circle).where(waiting.c.person.in_(_ANY)),
    select(decisions.c.circle).where(decisions.c.owner.in_(_ANY)),
    select(meetings.c.circle)
    .join_from(rsvps, meetings, meetings.c.id == rsvps.c.meeting)
    .where(rsvps.c.person.in_(_ANY)),
).order_by("circle")

# On PostgreSQL the lock makes everybody else wait here for the commit; SQLite has one writer anyway.
_LOCK = select(circles.c.seats).where(circles.c.id == _CIRCLE).with_for_update()
_IS_IN = select(literal_column("1", Integer)).select_from(members).where(_PRESENT, members.c.person == _PERSON)
_TAKEN = (
    select(func.count()).select_from(members).where(_PRESENT, members.c.role == Role.LEARNER.value).scalar_subquery()
)
# A seat is held until the offer is ended or taken back, also where that comes late: whoever counts, counts it.
_HELD = and_(waiting.c.circle == _CIRCLE, waiting.c.offered_until.is_not(None))
_HELD_FOR_OTHERS = select(func.count()).select_from(waiting).where(_HELD, waiting.c.person != _PERSON).scalar_subquery()
_ALL_HELD = select(func.count()).select_from(waiting).where(_HELD).scalar_subquery()
_MINE = select(waiting.c.id).where(waiting.c.circle == _CIRCLE, waiting.c.person == _PERSON).scalar_subquery()
_BEFORE = (
    select(func.count())
    .select_from(waiting)
    .where(
        waiting.c.circle == _CIRCLE,
        waiting.c.person != _PERSON,
        waiting.c.offered_until.is_(None),
        or_(_MINE.is_(None), waiting.c.id < _MINE),
    )
    .scalar_subquery()
)
_STANDING = select(
    (_TAKEN + _HELD_FOR_OTHERS).label("gone"),
    _BEFORE.label("before"),
)
_USED = select((_TAKEN + _ALL_HELD).label("gone"))

_SEAT = insert(members)
_SEAT = _SEAT.on_conflict_do_update(
    index_elements=["circle", "person"],
    set_={
        "role": _SEAT.excluded.role,
        "goal": _SEAT.excluded.goal,
        "support": _SEAT.excluded.support,
        "answers": _SEAT.excluded.answers,
        "joined_at": _SEAT.excluded.joined_at,
        "left_at": None,
    },
    where=members.c.left_at.is_not(None),
)
_JOIN_AS = insert(members)
_JOIN_AS = _JOIN_AS.on_conflict_do_update(
    index_elements=["circle", "person"],
    set_={
        # A facilitator who is there stays one, whatever list they are on besides.
        "role": case(
            (and_(members.c.left_at.is_(None), members.c.role == Role.FACILITATOR.value), members.c.role),
            else_=_JOIN_AS.excluded.role,
        ),
        "joined_at": case((members.c.left_at.is_(None), members.c.joined_at), else_=_JOIN_AS.excluded.joined_at),
        "left_at": None,
    },
)
_THIS_ONE = and_(members.c.circle == _IN_CIRCLE, members.c.person == _OF_PERSON, members.c.left_at.is_(None))
_LEAVE = update(members).where(_THIS_ONE).values(left_at=bindparam("now"))
_TELL = (
    update(members)
    .where(_THIS_ONE)
    .values(goal=bindparam("new_goal"), support=bindparam("new_support"), answers=bindparam("new_answers", type_=JSON))
)
_FORGET_RSVPS = delete(rsvps).where(
    rsvps.c.person == _PERSON,
    rsvps.c.meeting.in_(select(meetings.c.id).where(meetings.c.circle == _CIRCLE, meetings.c.starts_at > _NOW)),
)
_PRESENT_FACILITATORS = members.alias("others")
_SET_ROLE = (
    update(members)
    .where(
        _THIS_ONE,
        members.c.role != bindparam("new_role"),
        or_(
            literal(Role.FACILITATOR.value) == bindparam("new_role"),
            select(func.count())
            .select_from(_PRESENT_FACILITATORS)
            .where(
                _PRESENT_FACILITATORS.c.circle == _IN_CIRCLE,
                _PRESENT_FACILITATORS.c.left_at.is_(None),
                _PRESENT_FACILITATORS.c.role == Role.FACILITATOR.value,
            )
            .scalar_subquery()
            > 1,
        ),
    )
    .values(role=bindparam("new_role"))
)

_WAIT = insert(waiting)
_WAIT = _WAIT.on_conflict_do_update(
    index_elements=["circle", "person"],
    set_={"goal": _WAIT.excluded.goal, "support": _WAIT.excluded.support, "answers": _WAIT.excluded.answers},
)
_WAITING = select(waiting.c.person, waiting.c.offered_until).where(waiting.c.circle == _CIRCLE).order_by(waiting.c.id)
_OFF_LIST = delete(waiting).where(waiting.c.circle == _CIRCLE, waiting.c.person == _PERSON)
_LAPSED = _OFF_LIST.where(waiting.c.offered_until <= _NOW)
_ACCEPT = _OFF_LIST.where(waiting.c.offered_until.is_not(None)).returning(
    waiting.c.goal, waiting.c.support, waiting.c.answers
)
_FIRST_WAITING = (
    select(func.min(waiting.c.id))
    .where(waiting.c.circle == _IN_CIRCLE, waiting.c.offered_until.is_(None))
    .scalar_subquery()
)
# Looked at under the lock: a circle that comes to rest in this very moment holds no seat.
_RUNS = select(circles.c.id).where(circles.c.id == _IN_CIRCLE, circles.c.state == CircleState.PUBLISHED.value).exists()
_OFFER = (
    update(waiting)
    .where(waiting.c.id == _FIRST_WAITING, _RUNS)
    .values(offered_until=bindparam("until"))
    .returning(waiting.c.person)
)
_WITHDRAW = (
    update(waiting)
    .where(waiting.c.circle == _IN_CIRCLE, waiting.c.offered_until.is_not(None))
    .values(offered_until=None)
    .returning(waiting.c.person)
)
_LAST_OFFERED = (
    select(waiting.c.id)
    .where(waiting.c.circle == _IN_CIRCLE, waiting.c.offered_until.is_not(None))
    .order_by(waiting.c.id.desc())
    .limit(bindparam("surplus", type_=Integer))
)
_WITHDRAW_LAST = _WITHDRAW.where(waiting.c.id.in_(_LAST_OFFERED))
_HOLD_ON = (
    update(waiting)
    .where(waiting.c.circle == _IN_CIRCLE, waiting.c.person == _OF_PERSON, waiting.c.offered_until <= _NOW)
    .values(offered_until=bindparam("until"))
)


class Seats(Repository):
    """Implements `bot.ports.Seats`."""

    __slots__ = ()

    def take(self, member: Member, now: datetime) -> Seated | Waiting:
        """Seat a learner (again), or have them wait where the circle is full or others wait before them."""
        circle, person = member.circle, member.person.id
        seats = self._lock(circle)
        if self.is_in(circle, person):
            return Seated(fresh=False)
        self._withdraw_beyond(seats, circle)
        standing = self._connection.execute(_STANDING, {"circle": circle, "person": person}).one()
        said = {"goal": member.goal, "support": member.support, "answers": list(member.answers)}
        if (seats is None or standing.gone < seats) and not standing.before:
            self._do(_OFF_LIST, circle=circle, person=person)
            self._do(_SEAT, circle=circle, person=person, role=Role.LEARNER.value, joined_at=now, **said)
            return Seated()
        self._do(_WAIT, circle=circle, person=person, since=now, **said)
        return next(one for one in self.waiting(circle) if one.person == person)

    def join_as(self, circle: int, person: int, role: Role, now: datetime) -> None:
        """Make somebody a member in a role regardless of seats: facilitators, imports."""
        self._lock(circle)
        self._do(_OFF_LIST, circle=circle, person=person)
        self._do(_JOIN_AS, circle=circle, person=person, role=role.value, answers=[], joined_at=now)

    def leave(self, circle: int, person: int, now: datetime) -> bool:
        """Give up a seat, or the place on the waiting list; their future RSVPs go. Return whether there was one."""
        self._lock(circle)
        had_seat = self._do(_LEAVE, in_circle=circle, of_person=person, now=now)
        waited = self._do(_OFF_LIST, circle=circle, person=person)
        self._do(_FORGET_RSVPS, circle=circle, person=person, now=now)
        return had_seat + waited > 0

    def tell(self, circle: int, person: int, goal: str, support: str, answers: Sequence[str]) -> None:
        """Keep what a present member told about themselves, in place of what they had told."""
        self._do(
            _TELL, in_circle=circle, of_person=person, new_goal=goal, new_support=support, new_answers=list(answers)
        )

    def member(self, circle: int, person: int) -> Member | None:
        """Return a present member; None for those who left."""
        row = self._one(_ONE, circle=circle, person=person)
        return None if row is None else _member_of(row)

    def is_in(self, circle: int, person: int) -> bool:
        """Return whether somebody is a present member."""
        return self._one(_IS_IN, circle=circle, person=person) is not None

    def former(self, circle: int, person: int) -> Person | None:
        """Return somebody who is or was a member, None for those who never were."""
        row = self._one(_FORMER, circle=circle, person=person)
        return None if row is None else person_of(row)

    def roster(self, circle: int) -> tuple[Member, ...]:
        """Return the present members, facilitators first, then in the order in which they joined."""
        return tuple(_member_of(row) for row in self._all(_ALL, circle=circle))

    def joined_since(self, circle: int, since: datetime) -> tuple[Member, ...]:
        """Return the present members who joined at or after `since`."""
        return tuple(_member_of(row) for row in self._all(_SINCE, circle=circle, since=since))

    def facilitators(self, circle: int) -> tuple[Person, ...]:
        """Return the present facilitators, in the order in which they joined."""
        return tuple(person_of(row) for row in self._all(_FACILITATORS, circle=circle))

    def circles_of(self, people: Collection[int]) -> tuple[int, ...]:
        """Return the circles that have, or had, to do with any of these people, in the order to lock them in."""
        return tuple(row.circle for row in self._all(_CIRCLES, people=list(people)))

    def set_role(self, circle: int, person: int, role: Role) -> bool:
        """Change a member's role, never taking away the last facilitator; return whether it changed."""
        self._lock(circle)
        return self._do(_SET_ROLE, in_circle=circle, of_person=person, new_role=role.value) > 0

    def waiting(self, circle: int) -> tuple[Waiting, ...]:
        """Return the waiting list."""
        rows = self._all(_WAITING, circle=circle)
        return tuple(Waiting(row.person, position, row.offered_until) for position, row in enumerate(rows, start=1))

    def offer_next(self, circle: int, until: datetime) -> Waiting | None:
        """Hold a free seat for the first who waits without an offer; None where none is free, or the circle rests."""
        seats = self._lock(circle)
        used = self._connection.execute(_USED, {"circle": circle}).scalar_one()
        if seats is not None and used >= seats:
            return None
        row = self._one(_OFFER, in_circle=circle, until=until)
        return None if row is None else next(one for one in self.waiting(circle) if one.person == row.person)

    def accept(self, circle: int, person: int, now: datetime) -> bool:
        """Turn a held seat into a taken one; False where the offer has lapsed, was withdrawn, or never was."""
        self.withdraw_surplus(circle)
        row = self._one(_ACCEPT, circle=circle, person=person)
        if row is None:
            return False
        self._do(
            _SEAT,
            circle=circle,
            person=person,
            role=Role.LEARNER.value,
            goal=row.goal,
            support=row.support,
            answers=row.answers,
            joined_at=now,
        )
        return True

    def withdraw_offers(self, circle: int) -> tuple[int, ...]:
        """Hold no seat any more; return for whom one was held, who keep their places on the list."""
        self._lock(circle)
        return tuple(row.person for row in self._all(_WITHDRAW, in_circle=circle))

    def withdraw_surplus(self, circle: int) -> tuple[int, ...]:
        """Hold no seat that the circle has not any more, the last in line first; return whose offers are withdrawn."""
        return self._withdraw_beyond(self._lock(circle), circle)

    def hold_on(self, circle: int, person: int, until: datetime, now: datetime) -> bool:
        """Hold a seat anew whose time is over; False where it was taken or withdrawn, or is not over yet."""
        self.withdraw_surplus(circle)
        return self._do(_HOLD_ON, in_circle=circle, of_person=person, until=until, now=now) > 0

    def lapse(self, circle: int, person: int, now: datetime) -> bool:
        """End an offer that nobody took, and the place on the list; False where it was taken or is not over yet."""
        self._lock(circle)
        return self._do(_LAPSED, circle=circle, person=person, now=now) > 0

    def _withdraw_beyond(self, seats: int | None, circle: int) -> tuple[int, ...]:
        """Leave no more seats taken and held than there are: whoever has an offer still after it, has a seat."""
        if seats is None:
            return ()
        surplus = self._connection.execute(_USED, {"circle": circle}).scalar_one() - seats
        if surplus <= 0:
            return ()
        return tuple(row.person for row in self._all(_WITHDRAW_LAST, in_circle=circle, surplus=surplus))

    def _lock(self, circle: int) -> int | None:
        """Hold the circle until the transaction ends, and return how many seats it has, None for any number."""
        seats: int | None = self._connection.execute(_LOCK, {"circle": circle}).scalar_one_or_none()
        return seats
