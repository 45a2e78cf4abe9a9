"""Two people who turn out to be one: everything of the one becomes the other's, and nothing is counted twice.

Whatever points at people is named here, so that nothing goes with the person who is no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Column, Delete, Table, Update, and_, bindparam, case, delete, or_, select, update

from bot.domain.notices import (
    AskFacilitator,
    ConfirmAgain,
    DeliveryState,
    MembersChanged,
    Notice,
    Nudge,
    OfferLapses,
    Welcome,
)
from bot.domain.people import Role
from bot.ports import asked_key
from bot.records import dataclass
from storage.repository import AnyRow, Repository, bound
from storage.seats import Seats
from storage.tables import (
    accounts,
    attendance,
    circles,
    decisions,
    deliveries,
    drafts,
    feedback,
    feedback_given,
    feeds,
    invites,
    link_codes,
    link_tries,
    members,
    organizers,
    people,
    reflections,
    rsvps,
    settings,
    votes,
    waiting,
)

ONE_NOW: Final = "they are one person now"
_STAYS, _GOES, _BOTH = bound("stays"), bound("goes"), bound("both", expanding=True)
_ITS, _WHOSE = bound("its"), bound("whose")
Values = Mapping[str, Any]


# What is true of one of whom two things were noted: the row of who stays, and of who goes


def _nothing_more(stays: AnyRow, goes: AnyRow) -> Values:  # noqa: ARG001  # that there is a row says it all
    return {}


def _seat(stays: AnyRow, goes: AnyRow) -> Values:
    """Return a seat: the better role of those that are held still, since the first day; what was told is kept."""
    present = [row for row in (stays, goes) if row.left_at is None]
    held = present or [stays, goes]
    runs = any(row.role == Role.FACILITATOR.value for row in held)
    return {
        "role": (Role.FACILITATOR if runs else Role.LEARNER).value,
        "goal": stays.goal or goes.goal,
        "support": stays.support or goes.support,
        "answers": stays.answers if any(stays.answers) else goes.answers,
        "joined_at": min(row.joined_at for row in held),
        "left_at": None if present else max(stays.left_at, goes.left_at),
    }


def _place_in_line(stays: AnyRow, goes: AnyRow) -> Values:
    """Return a place on the waiting list: the one further ahead, with the seat that is held for either."""
    offers = [row.offered_until for row in (stays, goes) if row.offered_until is not None]
    return {
        "id": min(stays.id, goes.id),
        "goal": stays.goal or goes.goal,
        "support": stays.support or goes.support,
        "answers": stays.answers if any(stays.answers) else goes.answers,
        "since": min(stays.since, goes.since),
        "offered_until": max(offers, default=None),
    }


def _latest_answer(stays: AnyRow, goes: AnyRow) -> Values:
    last = goes if goes.at > stays.at else stays
    return {"answer": last.answer, "reason": last.reason, "stale": last.stale, "at": last.at}


def _came(stays: AnyRow, goes: AnyRow) -> Values:
    return {"came": stays.came or goes.came}


def _both_words(stays: AnyRow, goes: AnyRow) -> Values:
    return {"words": "\n".join(dict.fromkeys(filter(None, (stays.words, goes.words))))}


@dataclass(frozen=True, slots=True)
class Once:
    """A table in which a person stands once for each of something (`of`), and what two such rows come to."""

    table: Table
    of: Column[Any]
    joined: Callable[[AnyRow, AnyRow], Values]


ONCE: Final = (
    Once(organizers, organizers.c.community, _nothing_more),
    Once(members, members.c.circle, _seat),
    Once(waiting, waiting.c.circle, _place_in_line),
    Once(rsvps, rsvps.c.meeting, _latest_answer),
    Once(attendance, attendance.c.meeting, _came),
    Once(feedback_given, feedback_given.c.meeting, _nothing_more),
    Once(votes, votes.c.feedback, _nothing_more),
    Once(reflections, reflections.c.meeting, _both_words),
    Once(drafts, drafts.c.place, _nothing_more),
)
OFTEN: Final = (
    accounts.c.person,
    # What was said stays as it was said, signed or not: of what is not signed, nobody knows that one said it twice.
    feedback.c.person,
    decisions.c.owner,
    deliveries.c.person,
    invites.c.made_by,
    invites.c.used_by,
    link_codes.c.made_by,
    link_codes.c.taken_by,
    feeds.c.person,
)
"""Where a person may stand as often as there is reason for."""
LET_GO: Final = (link_tries.c.person,)
"""What is of no use any more."""


def _given_over(column: Column[Any]) -> Update:
    return update(column.table).where(column == _GOES).values({column: _STAYS})


def _rewritten(once: Once, names: Iterable[str]) -> Update:
    values = {name: bindparam(f"new_{name}", type_=once.table.c[name].type) for name in names}
    return update(once.table).where(once.of == _ITS, once.table.c.person == _WHOSE).values(values)


# Held: an answer that is being changed just now is waited for, not read as it was before.
_ROWS = {
    once: select(once.of.label("its"), *once.table.c)
    .where(once.table.c.person.in_(_BOTH))
    .order_by(once.of, case((once.table.c.person == _STAYS, 0), else_=1))
    .with_for_update()
    for once in ONCE
}
_DROP = {once: delete(once.table).where(once.of == _ITS, once.table.c.person == _WHOSE) for once in ONCE}
_WRITTEN_BY_ONE = {
    members: ("role", "goal", "support", "answers", "joined_at", "left_at"),
    waiting: ("id", "goal", "support", "answers", "since", "offered_until"),
    rsvps: ("answer", "reason", "stale", "at"),
    attendance: ("came",),
    reflections: ("words",),
}
_REWRITE = {once: _rewritten(once, _WRITTEN_BY_ONE[once.table]) for once in ONCE if once.table in _WRITTEN_BY_ONE}
_GIVE_OVER = (*(_given_over(once.table.c.person) for once in ONCE), *map(_given_over, OFTEN))
_SEATED = select(members.c.circle).where(members.c.person == _STAYS, members.c.left_at.is_(None))
_AFTER: tuple[Update | Delete, ...] = (
    delete(waiting).where(waiting.c.person == _STAYS, waiting.c.circle.in_(_SEATED)),
    delete(settings).where(settings.c.key == bindparam("asked")),
    delete(people).where(people.c.id == _GOES),
)
_EMPTY = select(people.c.language, people.c.zone).where(people.c.id == _GOES)
_FILL = (
    update(people)
    .where(people.c.id == _STAYS)
    .values(
        language=case((people.c.language == "", bindparam("its_language")), else_=people.c.language),
        zone=case((people.c.zone == "", bindparam("its_zone")), else_=people.c.zone),
    )
)
# Circles before people, as whoever takes a seat does: two who wait for each other would both lose.
_HOLD_CIRCLES = (
    select(circles.c.id)
    .where(circles.c.id.in_(bound("circles", expanding=True)))
    .order_by(circles.c.id)
    .with_for_update()
)
_HOLD_PEOPLE = select(people.c.id).where(people.c.id.in_(_BOTH)).order_by(people.c.id).with_for_update()

# What was planned for either. The last part of a delivery's key is the person whom it is for or about.

_KEY: Final = re.compile(r"(?P<before>.*:p?)(?P<person>\d+)(?P<aside>(?:#\d+)*)")
_TOLD_ONCE: Final = frozenset({Nudge.kind, ConfirmAgain.kind, AskFacilitator.kind, Welcome.kind})
"""What nobody is to hear twice, whichever account they heard it with."""
_LETTER = (deliveries.c.id, deliveries.c.key, deliveries.c.notice, deliveries.c.kind, deliveries.c.state)
_WAITS = DeliveryState.WAITING.value
_LETTERS = select(*_LETTER).where(
    or_(
        deliveries.c.person == _GOES,
        and_(
            deliveries.c.circle.in_(bound("circles", expanding=True)),
            deliveries.c.state == _WAITS,
            deliveries.c.kind.in_([OfferLapses.kind, MembersChanged.kind]),
        ),
    )
)
_FIND = select(*_LETTER).where(deliveries.c.key == bindparam("its_key"))
_READDRESS = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"))
    .values(key=bindparam("new_key"), notice=bindparam("new_notice"))
)
_DROP_LETTER = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"), deliveries.c.state == _WAITS)
    .values(state=DeliveryState.DROPPED.value, outcome=ONE_NOW, leased_by=None, leased_until=None)
)


def readdressed(key: str, goes: int, stays: int) -> str:
    """Return a delivery's key with the one who stays in the place of the one who goes."""
    found = _KEY.fullmatch(key)
    if found is None or found["person"] != str(goes):
        return key
    return f"{found['before']}{stays}{found['aside']}"


def renamed(notice: Notice, goes: int, stays: int) -> Notice:
    """Return a notice that speaks of the one who stays where it spoke of the one who goes."""
    if isinstance(notice, MembersChanged):
        came, went = (
            tuple(dict.fromkeys(stays if one == goes else one for one in ids)) for ids in (notice.came, notice.went)
        )
        return replace(notice, came=came, went=went)
    if getattr(notice, "person", None) == goes:
        return replace(notice, person=stays)  # type: ignore[call-arg]  # it has one
    return notice


class Merging(Repository):
    """The part of `bot.ports.Linking` that makes one of two."""

    __slots__ = ()

    def hold(self, one: int, other: int) -> None:
        """Let nobody else change two people, or the seats of their circles, until the transaction ends."""
        both = [one, other]
        self._all(_HOLD_CIRCLES, circles=self._circles(both))
        self._all(_HOLD_PEOPLE, both=both)

    def merge(self, stays: int, goes: int) -> tuple[int, ...]:
        """Make everything of one person another's; return the circles in which that shows."""
        found = self._circles([stays, goes])
        for once in ONCE:
            self._one_of_two(once, stays, goes)
        self._readdress(found, stays, goes)
        for statement in _GIVE_OVER:
            self._do(statement, stays=stays, goes=goes)
        empty = self._one(_EMPTY, goes=goes)
        if empty is not None:
            self._do(_FILL, stays=stays, its_language=empty.language, its_zone=empty.zone)
        seated, asked, gone = _AFTER
        self._do(seated, stays=stays)
        self._do(asked, asked=asked_key(goes))
        self._do(gone, goes=goes)
        return tuple(found)

    def _circles(self, both: list[int]) -> list[int]:
        return list(Seats(self._connection).circles_of(both))

    def _one_of_two(self, once: Once, stays: int, goes: int) -> None:
        """Where both stand for the same, leave one row that says what is true of both."""
        by_thing: dict[int, list[AnyRow]] = {}
        for row in self._all(_ROWS[once], both=[stays, goes], stays=stays):
            by_thing.setdefault(row.its, []).append(row)
        for its, rows in by_thing.items():
            if len(rows) == 1:
                continue
            true = once.joined(*rows)
            self._do(_DROP[once], its=its, whose=goes)
            if once in _REWRITE:
                self._do(_REWRITE[once], its=its, whose=stays, **{f"new_{name}": value for name, value in true.items()})

    def _readdress(self, circles_of_both: list[int], stays: int, goes: int) -> None:
        """Have all that is, was and will be said to one be said to the other, and once."""
        for row in self._all(_LETTERS, goes=goes, circles=circles_of_both):
            letter = _Letter.of(row)
            key = readdressed(letter.key, goes, stays)
            there = self._one(_FIND, its_key=key) if key != letter.key else None
            if there is not None:
                key = self._only_one(letter, _Letter.of(there), key)
            before = Notice.read(letter.notice)
            told = renamed(before, goes, stays)
            if key != letter.key or told != before:
                notice = letter.notice if told == before else told.written()
                self._do(_READDRESS, delivery=letter.id, new_key=key, new_notice=notice)

    def _only_one(self, letter: _Letter, there: _Letter, key: str) -> str:
        """Let one of two that say the same be said; return the key of the one that is readdressed."""
        aside = f"{key}#{letter.id}"
        if not letter.waits:
            if there.waits and letter.was_sent and letter.kind in _TOLD_ONCE:
                self._do(_DROP_LETTER, delivery=there.id)
            return aside
        if there.waits or there.kind in _TOLD_ONCE:
            self._do(_DROP_LETTER, delivery=letter.id)
            return aside
        self._do(_READDRESS, delivery=there.id, new_key=f"{key}#{there.id}", new_notice=there.notice)
        return key


@dataclass(frozen=True, slots=True)
class _Letter:
    """A delivery, as far as it matters here."""

    id: int
    key: str
    notice: str
    kind: str
    state: str

    @classmethod
    def of(cls, row: AnyRow) -> _Letter:
        """Return a row's."""
        return cls(*row)

    @property
    def waits(self) -> bool:
        """Whether it is still to be sent."""
        return self.state == _WAITS

    @property
    def was_sent(self) -> bool:
        """Whether it was read."""
        return self.state == DeliveryState.SENT.value
