"""People and their accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, or_, select, update

from bot.chat.message import Room, RoomKind
from bot.domain.meetings import MeetingState
from bot.domain.people import Account, Person
from storage.cards import Cards
from storage.own_data import OwnData
from storage.repository import AnyRow, Values, insert
from storage.tables import accounts, meetings, members, people, places

SEEN_EVERY = timedelta(hours=1)
"""How exactly it is known when an account was last active: a tap need not write it down every time."""

PERSON = (
    people.c.id,
    people.c.name,
    people.c.language,
    people.c.zone,
    people.c.quiet_from,
    people.c.quiet_to,
    people.c.nudges,
    people.c.tips,
)


def person_of(row: AnyRow | Sequence[Any], start: int = 0) -> Person:
    """Return the person whose `PERSON` columns begin at `start`."""
    return Person(*row[start : start + len(PERSON)])


def _fields(person: Person) -> Values:
    return {column.name: getattr(person, column.name) for column in PERSON[1:]}


_THE_ACCOUNT = and_(accounts.c.platform == bindparam("its_platform"), accounts.c.user == bindparam("its_user"))
_BEHIND = (
    select(*PERSON, accounts.c.name, accounts.c.seen_at)
    .join_from(accounts, people, people.c.id == accounts.c.person)
    .where(_THE_ACCOUNT)
)
_ADD = insert(people).returning(people.c.id)
_REMOVE = delete(people).where(people.c.id == bindparam("person"))
_ADD_ACCOUNT = insert(accounts).on_conflict_do_nothing().returning(accounts.c.person)
_ADD_ROOM = insert(places).on_conflict_do_nothing()
_SEEN = update(accounts).where(_THE_ACCOUNT)
_HINTED = update(people).where(people.c.id == bindparam("person"))
_RENAME = update(people).where(people.c.id == bindparam("person"), people.c.name == bindparam("before"))
_NAMED_ON = (
    select(members.c.circle, meetings.c.id)
    .join_from(
        members,
        meetings,
        and_(
            meetings.c.circle == members.c.circle,
            or_(*(meetings.c.state == state.value for state in (MeetingState.PLANNED, MeetingState.ENDED))),
        ),
        isouter=True,
    )
    .where(members.c.person == bindparam("person"), members.c.left_at.is_(None))
)
_GET = select(*PERSON).where(people.c.id == bindparam("person"))
_MANY = select(*PERSON).where(people.c.id.in_(bindparam("people", expanding=True)))
_SAVE = update(people).where(people.c.id == bindparam("person"))
_ACCOUNTS = (
    select(accounts.c.platform, accounts.c.user, accounts.c.name)
    .where(accounts.c.person == bindparam("person"))
    .order_by(accounts.c.platform, accounts.c.user)
)
_PRIVATE = (
    select(places.c.platform, places.c.chat, places.c.thread)
    .join_from(accounts, places, and_(places.c.platform == accounts.c.platform, places.c.chat == accounts.c.user))
    .where(
        accounts.c.person == bindparam("person"),
        accounts.c.reachable,
        places.c.kind == RoomKind.PRIVATE.value,
        places.c.trouble == "",
    )
    .order_by(accounts.c.seen_at.desc(), places.c.id.desc())
    .limit(1)
)


class People(OwnData):
    """Implements `bot.ports.People`."""

    __slots__ = ()

    def meet(self, account: Account, language: str, zone: str, now: datetime, *, is_open: bool = False) -> Person:
        """Return the person behind an account, made on first sight; keeps the account's name up to date.

        What is hinted of language and zone holds where nothing is known yet: somebody else may have made them known.
        `is_open` says that the bot may write to them privately: on first sight their private chat is noted.
        """
        row = self._one(_BEHIND, its_platform=account.platform, its_user=account.user)
        if row is None:
            if is_open:
                self._do(_ADD_ROOM, platform=account.platform, chat=account.user, kind=RoomKind.PRIVATE.value)
            return self._first_sight(account, language, zone, now)
        person, name, seen_at = person_of(row), row[-2], row[-1]
        if (language and not person.language) or (zone and not person.zone):
            person = replace(person, language=person.language or language, zone=person.zone or zone)
            self._do(_HINTED, person=person.id, language=person.language, zone=person.zone)
        if name == account.name and now - seen_at < SEEN_EVERY:
            return person
        self._do(_SEEN, its_platform=account.platform, its_user=account.user, name=account.name, seen_at=now)
        # Whoever never chose another name is called as their account is.
        if name != account.name and self._do(_RENAME, person=person.id, before=name, name=account.name):
            self._renamed(person.id, now)
            return self.get(person.id) or person
        return person

    def _renamed(self, person: int, now: datetime) -> None:
        """Have the cards drawn anew that name them: of their circles, and of meetings that ask who comes or came."""
        shown, cards = self._all(_NAMED_ON, person=person), Cards(self._connection)
        cards.touch_several("meeting", {row.id for row in shown if row.id is not None}, now)
        cards.touch_several("circle", {row.circle for row in shown}, now)

    def _first_sight(self, account: Account, language: str, zone: str, now: datetime) -> Person:
        made = self._one(_ADD, name=account.name, language=language, zone=zone, met_at=now)
        person: int = made[0] if made else 0
        added = self._one(
            _ADD_ACCOUNT, platform=account.platform, user=account.user, person=person, name=account.name, seen_at=now
        )
        if added is None:  # somebody else met them in this very moment
            self._do(_REMOVE, person=person)
        row = self._one(_BEHIND, its_platform=account.platform, its_user=account.user)
        if row is None:
            raise LookupError(account)
        return person_of(row)

    def known(self, account: Account) -> Person | None:
        """Return the person behind an account without noting anything."""
        row = self._one(_BEHIND, its_platform=account.platform, its_user=account.user)
        return None if row is None else person_of(row)

    def get(self, person: int) -> Person | None:
        """Return a person."""
        row = self._one(_GET, person=person)
        return None if row is None else person_of(row)

    def many(self, people: Collection[int]) -> Mapping[int, Person]:
        """Return those of `people` that there are."""
        return {row[0]: person_of(row) for row in self._all(_MANY, people=list(people))} if people else {}

    def save(self, person: Person, was: Person | None = None) -> None:
        """Write what differs from what was read of a person; without that, every field."""
        self._save(_SAVE, _fields(person), _fields(was) if was else None, person=person.id)

    def accounts(self, person: int) -> tuple[Account, ...]:
        """Return a person's accounts."""
        return tuple(Account(*row) for row in self._all(_ACCOUNTS, person=person))

    def private_room(self, person: int) -> Room | None:
        """Return the private chat last seen open and reachable."""
        row = self._one(_PRIVATE, person=person)
        return None if row is None else Room(row.platform, row.chat, row.thread, RoomKind.PRIVATE)

    def reachable(self, account: Account, *, reachable: bool) -> None:
        """Note whether the bot may write to an account privately."""
        self._do(_SEEN, its_platform=account.platform, its_user=account.user, reachable=reachable)
