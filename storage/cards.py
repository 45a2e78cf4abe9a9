"""Messages that show something live."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, delete, null, or_, select, update

from bot.chat.message import Card, Posted
from bot.ports import StoredCard
from storage.places import Places, room_of
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import cards, places

_CARD = bound("card")
_ROWS = select(
    cards.c.id,
    places.c.platform,
    places.c.chat,
    places.c.thread,
    places.c.kind,
    cards.c.message,
    cards.c.kind,
    cards.c.subject,
    cards.c.fingerprint,
    cards.c.place,
).join_from(cards, places, places.c.id == cards.c.place)
_THE_THING = (cards.c.kind == bindparam("its_kind"), cards.c.subject == bindparam("its_subject"))

_STAND = insert(cards)
_STAND = _STAND.on_conflict_do_update(
    index_elements=["place", "message"],
    set_={
        "kind": _STAND.excluded.kind,
        "subject": _STAND.excluded.subject,
        "fingerprint": _STAND.excluded.fingerprint,
        "drawn_at": _STAND.excluded.drawn_at,
        "dirty_at": case((cards.c.dirty_at > _STAND.excluded.drawn_at, cards.c.dirty_at), else_=null()),
    },
)
_TOUCH = (
    update(cards)
    .where(*_THE_THING, or_(cards.c.dirty_at.is_(None), cards.c.dirty_at < bindparam("at")))
    .values(dirty_at=bindparam("at"))
)
_DIRTY = _ROWS.where(cards.c.dirty_at.is_not(None)).order_by(cards.c.dirty_at, cards.c.id).limit(bindparam("limit"))
_OF = _ROWS.where(*_THE_THING).order_by(cards.c.id)
_DRAWN = (
    update(cards)
    .where(cards.c.id == _CARD)
    .values(
        fingerprint=bindparam("new_fingerprint"),
        drawn_at=bindparam("at"),
        dirty_at=case((cards.c.dirty_at > bindparam("marked"), cards.c.dirty_at), else_=null()),
    )
)
_GONE = delete(cards).where(cards.c.id == _CARD)


def _card_of(row: AnyRow) -> StoredCard:
    message, kind, subject, fingerprint, place = row[5:]
    return StoredCard(row[0], Posted(room_of(row), message), Card(kind, subject), fingerprint, place)


class Cards(Repository):
    """Implements `bot.ports.Cards`."""

    __slots__ = ()

    def stand(self, card: Card, posted: Posted, fingerprint: str, at: datetime) -> None:
        """Remember that a message shows a card as drawn; the room is noted if it is new."""
        self._do(
            _STAND,
            place=Places(self._connection).note(posted.room, "", "").id,
            message=posted.message,
            kind=card.kind,
            subject=card.subject,
            fingerprint=fingerprint,
            drawn_at=at,
        )

    def touch(self, kind: str, subject: int, at: datetime) -> None:
        """Mark every standing card of a thing as in need of drawing."""
        self._do(_TOUCH, its_kind=kind, its_subject=subject, at=at)

    def dirty(self, limit: int = 100) -> tuple[StoredCard, ...]:
        """Return cards in need of drawing, longest waiting first."""
        return tuple(_card_of(row) for row in self._all(_DIRTY, limit=limit))

    def of(self, kind: str, subject: int) -> tuple[StoredCard, ...]:
        """Return where a thing is shown."""
        return tuple(_card_of(row) for row in self._all(_OF, its_kind=kind, its_subject=subject))

    def drawn(self, card: int, fingerprint: str, marked: datetime, at: datetime) -> None:
        """Note that a card was drawn; it stays in need if it was touched after `marked`."""
        self._do(_DRAWN, card=card, new_fingerprint=fingerprint, marked=marked, at=at)

    def gone(self, card: int) -> None:
        """Forget a card whose message is no more."""
        self._do(_GONE, card=card)
