"""Messages that show something live."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, and_, bindparam, case, delete, null, select, type_coerce, update

from bot.chat.message import Card, Posted
from bot.ports import StoredCard
from storage.places import Places, room_of
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import cards, places

_CARD = bound("card")
_NEWER = cards.alias("newer")
_IS_SUPERSEDED = (
    select(_NEWER.c.id)
    .where(
        _NEWER.c.place == cards.c.place,
        _NEWER.c.kind == cards.c.kind,
        _NEWER.c.subject == cards.c.subject,
        _NEWER.c.id > cards.c.id,
    )
    .exists()
)
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
    cards.c.dirty_at,
    _IS_SUPERSEDED,
).join_from(cards, places, places.c.id == cards.c.place)
_THE_THING = (cards.c.kind == bindparam("its_kind"), cards.c.subject == bindparam("its_subject"))

_STAND = insert(cards)
_STAND = _STAND.on_conflict_do_update(
    index_elements=["place", "message"],
    set_={
        "kind": _STAND.excluded.kind,
        "subject": _STAND.excluded.subject,
        "fingerprint": _STAND.excluded.fingerprint,
        # The mark stays: what has just been drawn may be older than the last touch. The painter compares, and sends
        # nothing where nothing differs.
        "drawn_at": _STAND.excluded.drawn_at,
    },
)
# Two touches never leave the same mark, even when their transactions end in another order than they began: whoever
# draws takes away the mark that was there when they looked, and no other.
_NEXT_MARK = case(
    (cards.c.dirty_at >= bindparam("at"), type_coerce(cards.c.dirty_at, BigInteger) + 1), else_=bindparam("at")
)
_SUPERSEDE = (
    update(cards)
    .where(*_THE_THING, cards.c.place == bindparam("its_place"), cards.c.message != bindparam("its_message"))
    .values(dirty_at=_NEXT_MARK)
)
_TOUCH = update(cards).where(*_THE_THING).values(dirty_at=_NEXT_MARK)
_TOUCH_SEVERAL = (
    update(cards)
    .where(cards.c.kind == bindparam("its_kind"), cards.c.subject.in_(bindparam("subjects", expanding=True)))
    .values(dirty_at=_NEXT_MARK)
)
_TOUCH_IN = update(cards).where(cards.c.place == bindparam("its_place")).values(dirty_at=_NEXT_MARK)
_STANDING_IN = _ROWS.where(cards.c.place == bindparam("its_place")).order_by(cards.c.id)
_DIRTY = _ROWS.where(cards.c.dirty_at.is_not(None)).order_by(cards.c.dirty_at, cards.c.id).limit(bindparam("limit"))
# Not the column itself: SQLite would go through all cards of a platform's rooms instead of the few that are marked.
_DIRTY_ON = _DIRTY.where(places.c.platform.concat("").in_(bindparam("platforms", expanding=True)))
_OF = _ROWS.where(*_THE_THING).order_by(cards.c.id)
# As they are stored: they are compared with themselves.
_TRACES = (
    select(cards.c.id, type_coerce(cards.c.dirty_at, BigInteger), type_coerce(cards.c.drawn_at, BigInteger))
    .where(*_THE_THING)
    .order_by(cards.c.id)
)
_ADDRESS = and_(
    places.c.platform == bindparam("its_platform"),
    places.c.chat == bindparam("its_chat"),
    places.c.thread == bindparam("its_thread"),
    places.c.kind == bindparam("room_kind"),
)
_AT = _ROWS.where(_ADDRESS, cards.c.message == bindparam("its_message"))
# What was drawn may arrive late: where another look was noted meanwhile, what it drew over that is to be drawn anew.
_WHEN_DRAWN = update(cards).values(
    fingerprint=bindparam("new_fingerprint"),
    drawn_at=bindparam("at"),
    dirty_at=case(
        (cards.c.dirty_at == bindparam("marked"), null()),
        (and_(cards.c.dirty_at.is_(None), cards.c.fingerprint != bindparam("new_fingerprint")), bindparam("at")),
        else_=cards.c.dirty_at,
    ),
)
_DRAWN = _WHEN_DRAWN.where(cards.c.id == _CARD)
_DRAWN_AT = _WHEN_DRAWN.where(
    cards.c.place == select(places.c.id).where(_ADDRESS).scalar_subquery(),
    cards.c.message == bindparam("its_message"),
)
_GONE = delete(cards).where(cards.c.id == _CARD)


def _card_of(row: AnyRow) -> StoredCard:
    message, kind, subject, fingerprint, place, touched, superseded = row[5:]
    posted = Posted(room_of(row), message)
    return StoredCard(row[0], posted, Card(kind, subject), fingerprint, place, touched, bool(superseded))


def _named(posted: Posted) -> dict[str, str]:
    room = posted.room
    return {
        "its_platform": room.platform,
        "its_chat": room.chat,
        "its_thread": room.thread,
        "room_kind": room.kind.value,
        "its_message": posted.message,
    }


class Cards(Repository):
    """Implements `bot.ports.Cards`."""

    __slots__ = ()

    def stand(self, card: Card, posted: Posted, fingerprint: str, at: datetime) -> None:
        """Remember that a message shows a card as drawn; the room is noted if it is new. A mark on it stays.

        Other messages of that room that show the same thing are marked: the older ones are superseded.
        """
        place = Places(self._connection).note(posted.room, "", "").id
        self._do(
            _STAND,
            place=place,
            message=posted.message,
            kind=card.kind,
            subject=card.subject,
            fingerprint=fingerprint,
            drawn_at=at,
        )
        self._do(
            _SUPERSEDE,
            its_kind=card.kind,
            its_subject=card.subject,
            its_place=place,
            its_message=posted.message,
            at=at,
        )

    def touch(self, kind: str, subject: int, at: datetime) -> bool:
        """Mark every standing card of a thing as in need of drawing; return whether there is any.

        Each touch leaves a mark of its own.
        """
        return bool(self._do(_TOUCH, its_kind=kind, its_subject=subject, at=at))

    def touch_several(self, kind: str, subjects: Collection[int], at: datetime) -> None:
        """Mark every standing card of several things as in need of drawing."""
        if subjects:
            self._do(_TOUCH_SEVERAL, its_kind=kind, subjects=list(subjects), at=at)

    def dirty(self, limit: int = 100, platforms: Collection[str] | None = None) -> tuple[StoredCard, ...]:
        """Return cards in need of drawing (on these platforms), longest waiting first."""
        if platforms is None:
            return tuple(_card_of(row) for row in self._all(_DIRTY, limit=limit))
        return tuple(_card_of(row) for row in self._all(_DIRTY_ON, limit=limit, platforms=list(platforms)))

    def of(self, kind: str, subject: int) -> tuple[StoredCard, ...]:
        """Return where a thing is shown."""
        return tuple(_card_of(row) for row in self._all(_OF, its_kind=kind, its_subject=subject))

    def touch_in(self, place: int, at: datetime) -> None:
        """Mark every card that stands in a room as in need of drawing."""
        self._do(_TOUCH_IN, its_place=place, at=at)

    def standing_in(self, place: int) -> tuple[StoredCard, ...]:
        """Return the cards that stand in a room."""
        return tuple(_card_of(row) for row in self._all(_STANDING_IN, its_place=place))

    def traces(self, card: Card) -> Sequence[object]:
        """Return something to compare: it differs as soon as a card of the thing was added, marked, drawn or removed.

        Empty where none stands, and on PostgreSQL: there it would say nothing of what others are about to write.
        """
        return () if self._driver is None else self._all(_TRACES, its_kind=card.kind, its_subject=card.subject)

    def at(self, posted: Posted) -> StoredCard | None:
        """Return the card that a posted message is, None where it shows nothing live."""
        row = self._one(_AT, **_named(posted))
        return None if row is None else _card_of(row)

    def drawn(self, card: int, fingerprint: str, marked: datetime, at: datetime) -> None:
        """Note that a card was drawn; it stays in need unless its mark is still the one that was read (`marked`).

        One that was noted meanwhile as drawn otherwise is in need again.
        """
        self._do(_DRAWN, card=card, new_fingerprint=fingerprint, marked=marked, at=at)

    def drawn_at(self, posted: Posted, fingerprint: str, marked: datetime, at: datetime) -> None:
        """Note the same of the card that stands at `posted`, if one does."""
        self._do(_DRAWN_AT, **_named(posted), new_fingerprint=fingerprint, marked=marked, at=at)

    def gone(self, card: int) -> None:
        """Forget a card whose message is no more."""
        self._do(_GONE, card=card)
