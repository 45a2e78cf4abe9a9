"""Who says they come, and who came."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import and_, bindparam, case, false, literal_column, or_, select, update

from bot.domain.people import Person, Role
from bot.domain.rsvps import NAMES_SHOWN, Answer, Rsvp, Tally
from storage.people import PERSON, person_of
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import attendance, meetings, members, people, rsvps

_MEETING, _PERSON = bound("meeting"), bound("person")
_IN_ORDER = (rsvps.c.at, rsvps.c.person)

_ANSWER = insert(rsvps)
_SAME = and_(rsvps.c.answer == _ANSWER.excluded.answer, rsvps.c.stale.is_(False))
_ANSWER = _ANSWER.on_conflict_do_update(
    index_elements=["meeting", "person"],
    set_={
        "answer": _ANSWER.excluded.answer,
        # The same answer once more keeps its reason, and its place among the names.
        "reason": case(
            (and_(_SAME, _ANSWER.excluded.reason == literal_column("''")), rsvps.c.reason),
            else_=_ANSWER.excluded.reason,
        ),
        "stale": false(),
        "at": case((_SAME, rsvps.c.at), else_=_ANSWER.excluded.at),
    },
)
_COUNTED = (
    select(rsvps.c.answer, rsvps.c.stale, people.c.name)
    .join_from(rsvps, people, people.c.id == rsvps.c.person)
    .where(rsvps.c.meeting == _MEETING)
    .order_by(*_IN_ORDER)
)
_COUNTED_MANY = (
    select(rsvps.c.answer, rsvps.c.stale, people.c.name, rsvps.c.meeting)
    .join_from(rsvps, people, people.c.id == rsvps.c.person)
    .where(rsvps.c.meeting.in_(bindparam("meetings", expanding=True)))
    .order_by(*_IN_ORDER)
)
_RSVP = (rsvps.c.person, people.c.name, rsvps.c.answer, rsvps.c.reason, rsvps.c.stale)
_OF = (
    select(*_RSVP)
    .join_from(rsvps, people, people.c.id == rsvps.c.person)
    .join(meetings, meetings.c.id == rsvps.c.meeting)
    .join(
        members,
        and_(members.c.circle == meetings.c.circle, members.c.person == rsvps.c.person, members.c.left_at.is_(None)),
    )
    .where(rsvps.c.meeting == _MEETING)
    .order_by(*_IN_ORDER)
)
_OF_PERSON = (
    select(*_RSVP, rsvps.c.meeting)
    .join_from(rsvps, people, people.c.id == rsvps.c.person)
    .where(rsvps.c.person == _PERSON, rsvps.c.meeting.in_(bindparam("meetings", expanding=True)))
)
_UNANSWERED = (
    select(*PERSON)
    .select_from(meetings)
    .join(members, members.c.circle == meetings.c.circle)
    .join(people, people.c.id == members.c.person)
    .outerjoin(rsvps, and_(rsvps.c.meeting == meetings.c.id, rsvps.c.person == members.c.person))
    .where(
        meetings.c.id == _MEETING,
        members.c.left_at.is_(None),
        members.c.role == Role.LEARNER.value,
        or_(rsvps.c.person.is_(None), rsvps.c.stale),
    )
    .order_by(members.c.joined_at, members.c.person)
)
_ASK_AGAIN = (
    update(rsvps)
    .where(rsvps.c.meeting == bound("of_meeting"), rsvps.c.answer == Answer.YES.value)
    .values(stale=True)
    .returning(rsvps.c.person)
)
_MARK = insert(attendance)
_MARK = _MARK.on_conflict_do_update(index_elements=["meeting", "person"], set_={"came": _MARK.excluded.came})
_CAME = select(attendance.c.person, attendance.c.came).where(attendance.c.meeting == _MEETING)


def _rsvp_of(row: AnyRow) -> Rsvp:
    person, name, answer, reason, stale = row[: len(_RSVP)]
    return Rsvp(person, name, Answer(answer), reason, stale)


def _tally(rows: Iterable[AnyRow]) -> Tally:
    """Count rows that begin with the answer, whether it is stale, and a name."""
    names: dict[str, list[str]] = {"yes": [], "maybe": [], "no": []}
    stale = 0
    for row in rows:
        if row[1]:
            stale += 1
        else:
            names[row[0]].append(row[2])
    yes, maybe, no = names.values()
    return Tally(
        len(yes),
        len(maybe),
        len(no),
        stale,
        tuple(yes[:NAMES_SHOWN]),
        tuple(maybe[:NAMES_SHOWN]),
        tuple(no[:NAMES_SHOWN]),
    )


class Rsvps(Repository):
    """Implements `bot.ports.Rsvps`."""

    __slots__ = ()

    def answer(self, meeting: int, person: int, answer: Answer, at: datetime, reason: str = "") -> None:
        """Write (or change) an answer."""
        self._do(_ANSWER, meeting=meeting, person=person, answer=answer.value, reason=reason, stale=False, at=at)

    def tally(self, meeting: int) -> Tally:
        """Return the counts of a meeting."""
        return _tally(self._all(_COUNTED, meeting=meeting))

    def tallies(self, meetings: Collection[int]) -> Mapping[int, Tally]:
        """Return the counts of several meetings at once."""
        rows: dict[int, list[AnyRow]] = {meeting: [] for meeting in meetings}
        if rows:
            for row in self._all(_COUNTED_MANY, meetings=list(rows)):
                rows[row.meeting].append(row)
        return {meeting: _tally(its) for meeting, its in rows.items()}

    def of(self, meeting: int) -> tuple[Rsvp, ...]:
        """Return the answers of present members, in the order in which they answered."""
        return tuple(_rsvp_of(row) for row in self._all(_OF, meeting=meeting))

    def of_person(self, person: int, meetings: Collection[int]) -> Mapping[int, Rsvp]:
        """Return a person's answers by meeting."""
        rows = self._all(_OF_PERSON, person=person, meetings=list(meetings)) if meetings else ()
        return {row.meeting: _rsvp_of(row) for row in rows}

    def unanswered(self, meeting: int) -> tuple[Person, ...]:
        """Return the present learners without an answer, or with a stale one."""
        return tuple(person_of(row) for row in self._all(_UNANSWERED, meeting=meeting))

    def ask_again(self, meeting: int) -> tuple[int, ...]:
        """Make the yes answers stale and return whose they are."""
        return tuple(sorted(row.person for row in self._all(_ASK_AGAIN, of_meeting=meeting)))


class Attendance(Repository):
    """Implements `bot.ports.Attendance`."""

    __slots__ = ()

    def mark(self, meeting: int, person: int, *, came: bool) -> None:
        """Note whether somebody came."""
        self._do(_MARK, meeting=meeting, person=person, came=came)

    def of(self, meeting: int) -> Mapping[int, bool]:
        """Return whether each person came; those not marked are missing."""
        return {row.person: row.came for row in self._all(_CAME, meeting=meeting)}
