"""Messages that show something live."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Executable,
    and_,
    bindparam,
    case,
    delete,
    func,
    null,
    select,
    tuple_,
    type_coerce,
    update,
)

from bot.chat.message import Card, Posted
from bot.ports import StoredCard
from storage.places import Places, room_of
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import cards, places

TOUCHED: Final = "circlebot_touched"
"""Among a connection's options: what is marked on it (`Touched`)."""

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
        "dirty_at": func.coalesce(cards.c.dirty_at, _STAND.excluded.dirty_at),
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
# Where several write at once: those that this transaction knows of, and the others (`Touched`).
_STAND_AND_TELL, _SUPERSEDE_AND_TELL, _TOUCH_AND_TELL, _TOUCH_SEVERAL_AND_TELL, _TOUCH_IN_AND_TELL = (
    statement.returning(cards.c.id) for statement in (_STAND, _SUPERSEDE, _TOUCH, _TOUCH_SEVERAL, _TOUCH_IN)
)
_OTHERS = update(cards).where(cards.c.id.not_in(bindparam("known", expanding=True))).values(dirty_at=_NEXT_MARK)
_OTHERS_OF_THINGS = _OTHERS.where(tuple_(cards.c.kind, cards.c.subject).in_(bindparam("which", expanding=True)))
_OTHERS_BESIDE = _OTHERS.where(
    tuple_(cards.c.kind, cards.c.subject, cards.c.place).in_(bindparam("which", expanding=True))
)
_OTHERS_IN_ROOMS = _OTHERS.where(cards.c.place.in_(bindparam("which", expanding=True)))
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


@dataclass(slots=True)
class Touched:
    """What one of several that write at once has marked, for a second look after its commit.

    Who changes something does not see a card that another is just noting, and that one does not see the change: neither
    is committed. So a card is noted with a mark; and whoever has marked cards looks, after their commit, for those that
    they did not know, and marks these, too. Either the note is committed before that second look, which finds the card.
    Or it is committed after it, so after the change: whoever draws the card for its mark looks later still, and sees
    the change. Nobody waits for anybody because of this before their commit, so there is no order to keep; the second
    look may wait for whoever just writes such a card.

    What is left: a card stays as it is until the next touch where the process dies between the commit and the second
    look, where the server is out of reach for that look (a warning is logged), and where the answer to the commit was
    lost and it comes to pass only after that look.
    """

    things: set[tuple[str, int]] = field(default_factory=set)
    beside: set[tuple[str, int, int]] = field(default_factory=set)
    """Things whose older messages in a place are superseded."""
    rooms: set[int] = field(default_factory=set)
    known: set[int] = field(default_factory=set)
    at: datetime | None = None

    def __bool__(self) -> bool:
        return self.at is not None

    def look_again(self, connection: Connection) -> None:
        """Mark the cards that were noted meanwhile."""
        for others, which in (
            (_OTHERS_OF_THINGS, self.things),
            (_OTHERS_BESIDE, self.beside),
            (_OTHERS_IN_ROOMS, self.rooms),
        ):
            if which:
                connection.execute(others, {"which": list(which), "known": list(self.known), "at": self.at})


class Cards(Repository):
    """Implements `bot.ports.Cards`. Where several write at once, its connection has a `Touched` among its options."""

    __slots__ = ("_touched",)

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._touched: Touched | None = None if self._driver else connection.get_execution_options().get(TOUCHED)

    def stand(self, card: Card, posted: Posted, fingerprint: str, at: datetime, *, in_doubt: bool = False) -> bool:
        """Remember that a message shows a card as drawn; the room is noted if it is new. A mark on it stays.

        Other messages of that room that show the same thing are marked: the older ones are superseded. So is it itself
        where it is `in_doubt`, or where several write at once (`Touched`); return whether it is.
        """
        place, touched = Places(self._connection).note(posted.room, "", "").id, self._touched
        is_marked = in_doubt or touched is not None
        self._mark(
            _STAND,
            _STAND_AND_TELL,
            place=place,
            message=posted.message,
            kind=card.kind,
            subject=card.subject,
            fingerprint=fingerprint,
            drawn_at=at,
            dirty_at=at if is_marked else None,
        )
        self._mark(
            _SUPERSEDE,
            _SUPERSEDE_AND_TELL,
            its_kind=card.kind,
            its_subject=card.subject,
            its_place=place,
            its_message=posted.message,
            at=at,
        )
        if touched is not None:
            touched.at = at
            touched.beside.add((card.kind, card.subject, place))
        return is_marked

    def touch(self, kind: str, subject: int, at: datetime) -> bool:
        """Mark every standing card of a thing as in need of drawing; return whether there is any.

        Each touch leaves a mark of its own.
        """
        if self._touched is not None:
            self._touched.at = at
            self._touched.things.add((kind, subject))
        return self._mark(_TOUCH, _TOUCH_AND_TELL, its_kind=kind, its_subject=subject, at=at) > 0

    def touch_several(self, kind: str, subjects: Collection[int], at: datetime) -> None:
        """Mark every standing card of several things as in need of drawing."""
        if not subjects:
            return
        if self._touched is not None:
            self._touched.at = at
            self._touched.things.update((kind, subject) for subject in subjects)
        self._mark(_TOUCH_SEVERAL, _TOUCH_SEVERAL_AND_TELL, its_kind=kind, subjects=list(subjects), at=at)

    def touch_in(self, place: int, at: datetime) -> None:
        """Mark every card that stands in a room as in need of drawing."""
        if self._touched is not None:
            self._touched.at = at
            self._touched.rooms.add(place)
        self._mark(_TOUCH_IN, _TOUCH_IN_AND_TELL, its_place=place, at=at)

    def _mark(self, statement: Executable, and_tell: Executable, **values: Any) -> int:  # noqa: ANN401  # of columns
        """Return how many it marked, which are known from then on."""
        if self._touched is None:
            return self._do(statement, **values)
        rows = self._all(and_tell, **values)
        self._touched.known.update(row.id for row in rows)
        return len(rows)

    def dirty(self, limit: int = 100, platforms: Collection[str] | None = None) -> tuple[StoredCard, ...]:
        """Return cards in need of drawing (on these platforms), longest waiting first."""
        if platforms is None:
            return tuple(_card_of(row) for row in self._all(_DIRTY, limit=limit))
        return tuple(_card_of(row) for row in self._all(_DIRTY_ON, limit=limit, platforms=list(platforms)))

    def of(self, kind: str, subject: int) -> tuple[StoredCard, ...]:
        """Return where a thing is shown."""
        return tuple(_card_of(row) for row in self._all(_OF, its_kind=kind, its_subject=subject))

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
