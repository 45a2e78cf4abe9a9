"""Forms that people are in the middle of: one per person and room."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from bot.chat.forms import Draft
from bot.domain.bounds import MOST_DRAFTS
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import drafts

_DRAFT = bound("draft")
_COLUMNS = (
    drafts.c.id,
    drafts.c.person,
    drafts.c.place,
    drafts.c.tag,
    drafts.c.known,
    drafts.c.expires_at,
    drafts.c.answers,
    drafts.c.to_ask,
    drafts.c.origin,
    drafts.c.ran_room,
)
_HERE = (drafts.c.person == bindparam("its_person"), drafts.c.place == bindparam("its_place"))
_REPLACE = delete(drafts).where(*_HERE)
_OPEN = insert(drafts).on_conflict_do_nothing(index_elements=["person", "place"]).returning(*_COLUMNS)
_NEWEST = select(drafts.c.id).where(drafts.c.person == bindparam("its_person")).order_by(drafts.c.id.desc())
_ONLY_SO_MANY = delete(drafts).where(
    drafts.c.person == bindparam("its_person"), drafts.c.id.not_in(_NEWEST.limit(MOST_DRAFTS).scalar_subquery())
)
_GET = select(*_COLUMNS).where(drafts.c.id == _DRAFT)
_CURRENT = select(*_COLUMNS).where(*_HERE)
_SAVE = update(drafts).where(drafts.c.id == _DRAFT)
_MAKE_WAY = delete(drafts).where(*_HERE, drafts.c.id != _DRAFT)
_MOVE = (
    update(drafts)
    .where(drafts.c.id == _DRAFT, drafts.c.place != bindparam("into"))
    .values(origin=func.coalesce(drafts.c.origin, drafts.c.place), place=bindparam("into"))
)
_CLOSE = delete(drafts).where(drafts.c.id == _DRAFT)
_EXPIRE = delete(drafts).where(drafts.c.expires_at <= bindparam("now"))


def _draft_of(row: AnyRow) -> Draft:
    *plain, to_ask, origin, ran_room = row
    return Draft(*(*plain, tuple(to_ask), origin, ran_room))


def _fields(draft: Draft) -> dict[str, Any]:
    return {
        "tag": draft.tag,
        "known": draft.known,
        "expires_at": draft.expires_at,
        "answers": dict(draft.answers),
        "to_ask": list(draft.to_ask),
    }


class Drafts(Repository):
    """Implements `bot.ports.Drafts`."""

    __slots__ = ()

    def open(self, draft: Draft) -> Draft:
        """Store a new one in place of the person's former one in that room (its `id` is ignored).

        Beyond `MOST_DRAFTS` of a person, the oldest is given up.
        """
        row = None
        while row is None:  # again where the same person opened another in this very moment
            self._do(_REPLACE, its_person=draft.person, its_place=draft.room)
            row = self._one(_OPEN, person=draft.person, place=draft.room, ran_room=draft.ran_room, **_fields(draft))
        self._do(_ONLY_SO_MANY, its_person=draft.person)
        return _draft_of(row)

    def get(self, draft: int) -> Draft | None:
        """Return a draft."""
        row = self._one(_GET, draft=draft)
        return None if row is None else _draft_of(row)

    def current(self, person: int, place: int) -> Draft | None:
        """Return what a person is in the middle of in a room."""
        row = self._one(_CURRENT, its_person=person, its_place=place)
        return None if row is None else _draft_of(row)

    def save(self, draft: Draft) -> None:
        """Write every field of a draft that is there, but whose it is, where it is and where it was begun."""
        self._do(_SAVE, draft=draft.id, **_fields(draft))

    def move(self, draft: Draft, place: int) -> None:
        """Take one to another room, in place of the person's former one there; where it was begun is remembered."""
        self._do(_MAKE_WAY, its_person=draft.person, its_place=place, draft=draft.id)
        self._do(_MOVE, draft=draft.id, into=place)

    def close(self, draft: int) -> bool:
        """Forget one; return whether it was there: two at once cannot both go on."""
        return self._do(_CLOSE, draft=draft) > 0

    def expire(self, now: datetime) -> int:
        """Forget those whose time is over; return how many."""
        return self._do(_EXPIRE, now=now)
