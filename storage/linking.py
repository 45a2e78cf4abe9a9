"""Accounts of one person on several platforms: the codes that link them, and an account that goes its own way."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, delete, exists, func, literal, or_, select, update

from bot.chat.message import RoomKind
from bot.domain.bounds import MOST_CODES
from bot.domain.linking import LinkCode
from bot.domain.notices import DeliveryState
from bot.domain.people import Account
from storage.merging import Merging
from storage.repository import AnyRow, bound, insert
from storage.tables import accounts, cards, deliveries, drafts, link_codes, link_tries, people, places

_REMEMBERED = timedelta(days=1)

_CODE, _NOW, _PERSON = bound("code"), bound("now"), bound("who")
_COLUMNS = (
    link_codes.c.id,
    link_codes.c.made_by,
    link_codes.c.expires_at,
    link_codes.c.taken_by,
    link_codes.c.used_at,
    link_codes.c.revoked_at,
)
_STANDS = and_(link_codes.c.used_at.is_(None), link_codes.c.revoked_at.is_(None), link_codes.c.expires_at > _NOW)
_MAKE = insert(link_codes).returning(*_COLUMNS)
_GET = select(*_COLUMNS).where(link_codes.c.id == _CODE)
_BY_HASH = select(*_COLUMNS).where(link_codes.c.code_hash == bindparam("hashed"))
_TAKE = (
    update(link_codes)
    .where(link_codes.c.id == _CODE, _STANDS, or_(link_codes.c.taken_by.is_(None), link_codes.c.taken_by == _PERSON))
    .values(taken_by=_PERSON)
)
_USE = (
    update(link_codes)
    .where(
        link_codes.c.id == _CODE, _STANDS, link_codes.c.taken_by == _PERSON, link_codes.c.made_by == bindparam("maker")
    )
    .values(used_at=_NOW)
)
_OPEN = and_(link_codes.c.used_at.is_(None), link_codes.c.revoked_at.is_(None))
_REVOKE = update(link_codes).where(link_codes.c.id == _CODE, _OPEN).values(revoked_at=_NOW)
_REVOKE_ALL = (
    update(link_codes)
    .where(or_(link_codes.c.made_by == _PERSON, link_codes.c.taken_by == _PERSON), _OPEN)
    .values(revoked_at=_NOW)
)
_TRY = insert(link_tries)
_TRY = _TRY.on_conflict_do_update(
    index_elements=["person"],
    set_={
        "tries": case((link_tries.c.since <= bindparam("before"), 1), else_=link_tries.c.tries + 1),
        "since": case((link_tries.c.since <= bindparam("before"), _TRY.excluded.since), else_=link_tries.c.since),
    },
)
_TRIES = select(link_tries.c.tries).where(link_tries.c.person == _PERSON, link_tries.c.since > bindparam("since"))

_NEWEST = select(link_codes.c.id).where(link_codes.c.made_by == _PERSON).order_by(link_codes.c.id.desc())
_ONLY_SO_MANY = delete(link_codes).where(
    link_codes.c.made_by == _PERSON, link_codes.c.id.not_in(_NEWEST.limit(MOST_CODES - 1).scalar_subquery())
)

_EXPIRE = (
    delete(link_codes).where(link_codes.c.expires_at <= bindparam("before")),
    delete(link_tries).where(link_tries.c.since <= bindparam("before")),
)

_HOLD = select(people.c.id).where(people.c.id == _PERSON).with_for_update()
_HOW_MANY = select(func.count()).select_from(accounts).where(accounts.c.person == _PERSON)
_ANEW = (
    insert(people)
    .from_select(
        ["name", "language", "zone", "met_at"],
        select(
            bindparam("name", type_=people.c.name.type),
            people.c.language,
            people.c.zone,
            bindparam("now", type_=people.c.met_at.type),
        ).where(people.c.id == _PERSON),
    )
    .returning(people.c.id)
)
_THE_ACCOUNT = and_(accounts.c.platform == bindparam("its_platform"), accounts.c.user == bindparam("its_user"))
_GIVE_TO = update(accounts).where(_THE_ACCOUNT).values(person=bindparam("anew"))
_CHAT = select(places.c.id).where(
    places.c.platform == bindparam("its_platform"),
    places.c.chat == bindparam("its_user"),
    places.c.kind == RoomKind.PRIVATE.value,
)
_LEFT_IN_THE_CHAT = (
    delete(drafts).where(or_(drafts.c.place.in_(_CHAT), drafts.c.origin.in_(_CHAT))),
    delete(cards).where(cards.c.place.in_(_CHAT)),
    delete(deliveries).where(deliveries.c.place.in_(_CHAT), deliveries.c.state == DeliveryState.WAITING.value),
)
_IS_THEIRS = select(literal(1)).where(exists().where(_THE_ACCOUNT, accounts.c.person == _PERSON))


def _code_of(row: AnyRow) -> LinkCode:
    return LinkCode(*row)


class Linking(Merging):
    """Implements `bot.ports.Linking`."""

    __slots__ = ()

    def make(self, person: int, code_hash: str, expires_at: datetime, now: datetime) -> LinkCode:
        """Store a new code in place of those that the person has open; beyond `MOST_CODES` the oldest is forgotten."""
        self.revoke_all(person, now)
        self._do(_ONLY_SO_MANY, who=person)
        made = {"made_by": person, "code_hash": code_hash, "made_at": now, "expires_at": expires_at}
        return _code_of(self._connection.execute(_MAKE, made).one())

    def get(self, code: int) -> LinkCode | None:
        """Return a code."""
        row = self._one(_GET, code=code)
        return None if row is None else _code_of(row)

    def by_hash(self, code_hash: str) -> LinkCode | None:
        """Return the code that has this hash."""
        row = self._one(_BY_HASH, hashed=code_hash)
        return None if row is None else _code_of(row)

    def take(self, code: int, person: int, now: datetime) -> bool:
        """Keep a code for whoever brought it; False where it is somebody else's, or can be used no more."""
        return self._do(_TAKE, code=code, who=person, now=now) > 0

    def use(self, code: LinkCode, person: int, now: datetime) -> bool:
        """Use up a code that was kept for the person; False where it can be used no more, or its maker is another."""
        return self._do(_USE, code=code.id, who=person, maker=code.made_by, now=now) > 0

    def revoke(self, code: int, now: datetime) -> bool:
        """Make a code worth nothing; False where it is so already."""
        return self._do(_REVOKE, code=code, now=now) > 0

    def revoke_all(self, person: int, now: datetime) -> None:
        """Make every open code worth nothing that the person made or brought."""
        self._do(_REVOKE_ALL, who=person, now=now)

    def tried(self, person: int, since: datetime, now: datetime) -> None:
        """Count a wrong code; counting begins anew where the first one was before `since`."""
        self._do(_TRY, person=person, tries=1, since=now, before=since)

    def tries(self, person: int, since: datetime) -> int:
        """Return how many wrong codes were counted, where the first one was after `since`."""
        row = self._one(_TRIES, who=person, since=since)
        return 0 if row is None else int(row.tries)

    def expire(self, now: datetime) -> None:
        """Forget the codes and wrong codes of yesterday; until then people are told what became of them."""
        for statement in _EXPIRE:
            self._do(statement, before=now - _REMEMBERED)

    def unlink(self, person: int, account: Account, now: datetime) -> int | None:
        """Make an account one of a new person, who has nothing but its name; return who that is.

        None where the account is not the person's, or is all that they have. Forms, cards and messages in its private
        chat are the old person's, and go.
        """
        named = {"its_platform": account.platform, "its_user": account.user}
        self._one(_HOLD, who=person)
        alone = self._connection.execute(_HOW_MANY, {"who": person}).scalar_one() < 2  # noqa: PLR2004  # the one that goes
        if alone or self._one(_IS_THEIRS, who=person, **named) is None:
            return None
        anew: int = self._connection.execute(_ANEW, {"who": person, "name": account.name, "now": now}).scalar_one()
        self._do(_GIVE_TO, anew=anew, **named)
        for statement in _LEFT_IN_THE_CHAT:
            self._do(statement, **named)
        self.revoke_all(person, now)
        return anew
