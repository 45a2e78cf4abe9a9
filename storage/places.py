"""The rooms the bot has seen."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, delete, or_, select, update

from bot.chat.message import Room, RoomKind
from bot.domain.circles import Circle
from bot.domain.notices import UNKNOWN
from bot.ports import StoredPlace
from storage.circles import CIRCLE, circle_of
from storage.repository import AnyRow, Repository, insert
from storage.tables import cards, circle_places, circles, communities, deliveries, drafts, places, spaces

PLACE = (
    places.c.id,
    places.c.platform,
    places.c.chat,
    places.c.thread,
    places.c.kind,
    places.c.title,
    places.c.community,
    places.c.trouble,
    places.c.space,
)


def room_of(row: AnyRow, start: int = 1) -> Room:
    """Return the room whose platform, chat, thread and kind begin at `start`."""
    platform, chat, thread, kind = row[start : start + 4]
    return Room(platform, chat, thread, RoomKind(kind))


def _place_of(row: AnyRow) -> StoredPlace:
    return StoredPlace(row[0], room_of(row), *row[5 : len(PLACE)])


def _is_news(row: AnyRow, title: str, space: str) -> bool:
    """Whether a room goes by another title than the stored one, or lies in another space."""
    return bool(title and title != row[5]) or bool(space and space != row[8])


_ADDRESS = and_(
    places.c.platform == bindparam("its_platform"),
    places.c.chat == bindparam("its_chat"),
    places.c.thread == bindparam("its_thread"),
    places.c.kind == bindparam("its_kind"),
)
_AT = select(*PLACE).where(_ADDRESS)
_LIVED_IN = (
    select(*PLACE, *CIRCLE)
    .select_from(
        places.outerjoin(circle_places, circle_places.c.place == places.c.id).outerjoin(
            circles, circles.c.id == circle_places.c.circle
        )
    )
    .where(_ADDRESS)
    .order_by(circles.c.id.desc())
)
_ADD = insert(places).on_conflict_do_nothing()
_SAVE = update(places).where(places.c.id == bindparam("place"))
_JOIN = (
    update(places)
    .where(
        places.c.id == bindparam("place"),
        or_(places.c.community.is_(None), places.c.community == bindparam("into")),
    )
    .values(community=bindparam("into"))
)
_GET = select(*PLACE).where(places.c.id == bindparam("place"))
_OF_CHAT = (
    select(*PLACE)
    .where(
        places.c.platform == bindparam("its_platform"),
        places.c.chat == bindparam("its_chat"),
        places.c.kind == bindparam("its_kind"),
    )
    .order_by(places.c.id)
)
_OF_CIRCLE = (
    select(*PLACE)
    .join_from(circle_places, places, places.c.id == circle_places.c.place)
    .where(circle_places.c.circle == bindparam("circle"))
    .order_by(places.c.id)
)
_ATTACH = insert(circle_places).on_conflict_do_nothing()
_DETACH = delete(circle_places).where(
    circle_places.c.circle == bindparam("circle"), circle_places.c.place == bindparam("place")
)
_CIRCLES_IN = (
    select(*CIRCLE)
    .join_from(circle_places, circles, circles.c.id == circle_places.c.circle)
    .where(circle_places.c.place == bindparam("place"))
    .order_by(circles.c.id.desc())
)
_AROUND = places.alias("around")
_IN_ITS_SPACES = (
    select(_AROUND.c.id)
    .join_from(spaces, _AROUND, and_(_AROUND.c.platform == spaces.c.platform, _AROUND.c.space == spaces.c.space))
    .where(spaces.c.community == bindparam("community"), _AROUND.c.community.is_(None))
)
_OF_COMMUNITY = (
    select(*PLACE)
    .where(
        places.c.kind == RoomKind.GROUP.value,
        or_(
            places.c.community == bindparam("community"),
            places.c.id.in_(_IN_ITS_SPACES),
            places.c.id.in_(
                select(circle_places.c.place)
                .join(circles, circles.c.id == circle_places.c.circle)
                .where(circles.c.community == bindparam("community"))
            ),
        ),
    )
    .order_by(places.c.id)
)
_WHY = bindparam("why", type_=places.c.trouble.type)
_TROUBLE = (
    update(places)
    .where(
        places.c.id == bindparam("place"),
        # Only what is news: a room that could be reached and cannot, or the other way round; and what is known at last.
        or_(
            and_(places.c.trouble == "", _WHY != ""),
            and_(places.c.trouble != "", _WHY == ""),
            and_(places.c.trouble == UNKNOWN, _WHY != UNKNOWN),
        ),
    )
    .values(trouble=bindparam("why"))
)
_FORGET_CARDS = delete(cards).where(cards.c.place == bindparam("place"))
_REMOVE = delete(places).where(places.c.id == bindparam("place"))
_ROOMS_OF = select(circle_places.c.circle).where(circle_places.c.place == bindparam("place"))
_MOVE_CARDS = update(cards).where(cards.c.place == bindparam("other")).values(place=bindparam("into"))
_MOVE_DELIVERIES = update(deliveries).where(deliveries.c.place == bindparam("other")).values(place=bindparam("into"))
_MOVE_DIGESTS = (
    update(communities).where(communities.c.digest_place == bindparam("other")).values(digest_place=bindparam("into"))
)
_FORGET_DRAFTS = delete(drafts).where(drafts.c.place == bindparam("place"))
_MOVE_DRAFTS = update(drafts).where(drafts.c.place == bindparam("other")).values(place=bindparam("into"))
_MOVE_ORIGINS = update(drafts).where(drafts.c.origin == bindparam("other")).values(origin=bindparam("into"))
_READDRESS = (
    update(places)
    .where(places.c.id == bindparam("place"))
    .values(
        title=case((bindparam("new_title") == "", places.c.title), else_=bindparam("new_title")),
        space=case((bindparam("new_space") == "", places.c.space), else_=bindparam("new_space")),
        trouble="",
    )
)


def _address(room: Room) -> dict[str, str]:
    return {
        "its_platform": room.platform,
        "its_chat": room.chat,
        "its_thread": room.thread,
        "its_kind": room.kind.value,
    }


class Places(Repository):
    """Implements `bot.ports.Places`."""

    __slots__ = ()

    def note(self, room: Room, title: str, space: str) -> StoredPlace:
        """Return the stored room, made on first sight; a non-empty new title or space is kept."""
        row = self._one(_AT, **_address(room))
        if row is None:
            self._do(
                _ADD,
                platform=room.platform,
                chat=room.chat,
                thread=room.thread,
                kind=room.kind.value,
                title=title,
                space=space,
            )
        elif _is_news(row, title, space):
            self._do(_SAVE, place=row.id, title=title or row.title, space=space or row.space)
        else:
            return _place_of(row)
        row = self._one(_AT, **_address(room))
        if row is None:
            raise LookupError(room)
        return _place_of(row)

    def lived_in(self, room: Room, title: str, space: str) -> tuple[StoredPlace, tuple[Circle, ...]]:
        """Return the stored room as `note` does, and the circles that live in it, newest first."""
        rows = self._all(_LIVED_IN, **_address(room))
        if not rows or _is_news(rows[0], title, space):
            place = self.note(room, title, space)
            return place, self.circles_in(place.id)
        lived_in = rows[0][len(PLACE)] is not None
        return _place_of(rows[0]), tuple(circle_of(row, len(PLACE)) for row in rows) if lived_in else ()

    def find(self, room: Room) -> StoredPlace | None:
        """Return the stored room without noting anything."""
        row = self._one(_AT, **_address(room))
        return None if row is None else _place_of(row)

    def get(self, place: int) -> StoredPlace | None:
        """Return a stored room."""
        row = self._one(_GET, place=place)
        return None if row is None else _place_of(row)

    def of_chat(self, room: Room) -> tuple[StoredPlace, ...]:
        """Return the stored rooms of a room's chat: itself and the threads beside it."""
        rows = self._all(_OF_CHAT, its_platform=room.platform, its_chat=room.chat, its_kind=room.kind.value)
        return tuple(_place_of(row) for row in rows)

    def of_circle(self, circle: int) -> tuple[StoredPlace, ...]:
        """Return a circle's rooms."""
        return tuple(_place_of(row) for row in self._all(_OF_CIRCLE, circle=circle))

    def attach(self, circle: int, place: int) -> None:
        """Make a room one of the circle's."""
        self._do(_ATTACH, circle=circle, place=place)

    def detach(self, circle: int, place: int) -> None:
        """Make a room none of the circle's."""
        self._do(_DETACH, circle=circle, place=place)

    def circles_in(self, place: int) -> tuple[Circle, ...]:
        """Return the circles that live in a room, newest first."""
        return tuple(circle_of(row) for row in self._all(_CIRCLES_IN, place=place))

    def of_community(self, community: int) -> tuple[StoredPlace, ...]:
        """Return the group rooms tied to a community: its own, and its circles'."""
        return tuple(_place_of(row) for row in self._all(_OF_COMMUNITY, community=community))

    def join_community(self, place: int, community: int) -> bool:
        """Make a room one of the community's unless it is another's; return whether it is the community's now."""
        return self._do(_JOIN, place=place, into=community) > 0

    def trouble(self, place: int, why: str) -> bool:
        """Note that a room cannot be reached (`why`), or can again (empty); True where that is news."""
        return self._do(_TROUBLE, place=place, why=why) > 0

    def move(self, old: Room, new: Room) -> None:
        """Give a stored room its new address; its cards are forgotten."""
        moved, met = self._one(_AT, **_address(old)), self._one(_AT, **_address(new))
        if moved is None or (met is not None and met.id == moved.id):
            return
        self._do(_FORGET_CARDS, place=moved.id)
        stays, goes = moved, met
        if met is not None:  # said at the new address before we heard of the move, or at the old one after it
            self._do(_FORGET_DRAFTS, place=moved.id)  # their questions stood in messages that are no more
            if self._all(_ROOMS_OF, place=met.id) and not self._all(_ROOMS_OF, place=moved.id):
                stays, goes = met, moved  # the keys of what is planned name the room in which the circles live
        if goes is not None:
            self._merge(goes.id, stays.id)
        self._do(
            _READDRESS,
            place=stays.id,
            platform=new.platform,
            chat=new.chat,
            thread=new.thread,
            kind=new.kind.value,
            community=stays.community or (goes and goes.community),
            new_title=met.title if met else "",
            new_space=met.space if met else "",
        )

    def _merge(self, other: int, into: int) -> None:
        """Hand everything of the room `other` to `into`, and forget it."""
        for (circle,) in self._all(_ROOMS_OF, place=other):
            self._do(_ATTACH, circle=circle, place=into)
        for statement in (_MOVE_CARDS, _MOVE_DELIVERIES, _MOVE_DIGESTS, _MOVE_DRAFTS, _MOVE_ORIGINS):
            self._do(statement, other=other, into=into)
        self._do(_REMOVE, place=other)
