"""Organizers' communities."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, and_, bindparam, delete, exists, func, literal_column, or_, select, update

from bot.domain.communities import Community
from bot.domain.people import Person
from storage.people import PERSON, person_of
from storage.repository import AnyRow, Repository, bound, insert
from storage.tables import circles, communities, members, organizers, people, places, spaces

COMMUNITY = (
    communities.c.id,
    communities.c.name,
    communities.c.language,
    communities.c.zone,
    communities.c.digest_place,
    communities.c.digest_weekday,
    communities.c.digest_time,
    communities.c.digest_language,
)


def _community_of(row: AnyRow) -> Community:
    return Community(*row[: len(COMMUNITY)])


_COMMUNITY, _PERSON = bound("community"), bound("person")
_ORGANIZES = exists(literal_column("1", Integer)).where(
    organizers.c.community == communities.c.id, organizers.c.person == _PERSON
)
_ITS_OWN = select(organizers.c.community).where(organizers.c.person == _PERSON)
_IS_IN = (
    select(circles.c.community)
    .join_from(members, circles, circles.c.id == members.c.circle)
    .where(members.c.person == _PERSON, members.c.left_at.is_(None))
)

_ADD = insert(communities).returning(communities.c.id)
_GET = select(*COMMUNITY).where(communities.c.id == _COMMUNITY)
_SAVE = update(communities).where(communities.c.id == _COMMUNITY)
_ALL = select(*COMMUNITY).order_by(communities.c.id)
_OF_SPACE = (
    select(*COMMUNITY)
    .join_from(spaces, communities, communities.c.id == spaces.c.community)
    .where(spaces.c.platform == bindparam("its_platform"), spaces.c.space == bindparam("its_space"))
)
_IS_SPACE = select(spaces.c.community).where(spaces.c.community == _COMMUNITY).limit(1)
_TAKE_SPACE = insert(spaces).on_conflict_do_nothing()
_REMOVE = delete(communities).where(communities.c.id == _COMMUNITY)
_OWN = (
    select(*COMMUNITY)
    .join_from(
        places, spaces, and_(spaces.c.platform == places.c.platform, spaces.c.space == places.c.space), isouter=True
    )
    .join(communities, communities.c.id == func.coalesce(places.c.community, spaces.c.community))
    .where(places.c.id == bindparam("place"))
)
_HERE = places.alias("here")
_AROUND = (
    select(*COMMUNITY)
    .join_from(_HERE, places, (places.c.platform == _HERE.c.platform) & (places.c.space == _HERE.c.space))
    .join(communities, communities.c.id == places.c.community)
    .where(_HERE.c.id == bindparam("place"), _HERE.c.space != "")
    .order_by(places.c.id)
    .limit(1)
)
_ORGANIZED = select(*COMMUNITY).where(communities.c.id.in_(_ITS_OWN)).order_by(communities.c.name, communities.c.id)
_OF_PERSON = (
    select(*COMMUNITY, _ORGANIZES.label("organizes"))
    .where(or_(communities.c.id.in_(_ITS_OWN), communities.c.id.in_(_IS_IN)))
    .order_by(literal_column("organizes").desc(), communities.c.name, communities.c.id)
)
_ORGANIZERS = (
    select(*PERSON)
    .join_from(organizers, people, people.c.id == organizers.c.person)
    .where(organizers.c.community == _COMMUNITY)
    .order_by(people.c.id)
)
_IS_ORGANIZER = select(literal_column("1", Integer)).where(
    organizers.c.community == _COMMUNITY, organizers.c.person == _PERSON
)
_ADD_ORGANIZER = insert(organizers).on_conflict_do_nothing()
_LOCK = select(communities.c.id).where(communities.c.id == _COMMUNITY).with_for_update()
_HOW_MANY = (
    select(func.count())
    .select_from(organizers.alias("all_of_them"))
    .where(literal_column("all_of_them.community") == _COMMUNITY)
    .scalar_subquery()
)
_REMOVE_ORGANIZER = delete(organizers).where(
    organizers.c.community == _COMMUNITY, organizers.c.person == _PERSON, _HOW_MANY > 1
)


class Communities(Repository):
    """Implements `bot.ports.Communities`."""

    __slots__ = ()

    def add(self, community: Community) -> Community:
        """Store a new one (its `id` is ignored) and return it with its id."""
        row = self._one(_ADD, **_fields(community))
        if row is None:
            raise LookupError(community)
        return Community(row.id, **_fields(community))

    def get(self, community: int) -> Community | None:
        """Return a community."""
        row = self._one(_GET, community=community)
        return None if row is None else _community_of(row)

    def save(self, community: Community, was: Community | None = None) -> None:
        """Write what differs from what was read of a community; without that, every field."""
        self._save(_SAVE, _fields(community), _fields(was) if was else None, community=community.id)

    def all(self) -> tuple[Community, ...]:
        """Return all of them."""
        return tuple(_community_of(row) for row in self._all(_ALL))

    def in_place(self, place: int) -> Community | None:
        """Return the community a room belongs to: its own, or that of the wider space it is in.

        Where the space is none's, that of the first of its rooms that has one.
        """
        row = self._one(_OWN, place=place) or self._one(_AROUND, place=place)
        return None if row is None else _community_of(row)

    def of_space(self, platform: str, space: str) -> Community | None:
        """Return the community that a wider space is."""
        row = self._one(_OF_SPACE, its_platform=platform, its_space=space)
        return None if row is None else _community_of(row)

    def is_space(self, community: int) -> bool:
        """Return whether a community is a wider space by itself."""
        return self._one(_IS_SPACE, community=community) is not None

    def make_of_space(self, platform: str, space: str, community: Community) -> tuple[Community, bool]:
        """Make a wider space a community unless it is one; return the one it is, and whether it is the new one."""
        made = self.add(community)
        if self._do(_TAKE_SPACE, platform=platform, space=space, community=made.id):
            return made, True
        self._do(_REMOVE, community=made.id)  # somebody else made one before, or in this very moment
        there = self.of_space(platform, space)
        if there is None:
            raise LookupError(space)
        return there, False

    def organized_by(self, person: int) -> tuple[Community, ...]:
        """Return the communities a person organizes."""
        return tuple(_community_of(row) for row in self._all(_ORGANIZED, person=person))

    def of_person(self, person: int) -> tuple[Community, ...]:
        """Return the communities a person organizes or has a circle in, those organized first."""
        return tuple(_community_of(row) for row in self._all(_OF_PERSON, person=person))

    def organizers(self, community: int) -> tuple[Person, ...]:
        """Return who organizes it."""
        return tuple(person_of(row) for row in self._all(_ORGANIZERS, community=community))

    def is_organizer(self, community: int, person: int) -> bool:
        """Return whether a person organizes it."""
        return self._one(_IS_ORGANIZER, community=community, person=person) is not None

    def add_organizer(self, community: int, person: int) -> bool:
        """Return whether that is news."""
        return self._do(_ADD_ORGANIZER, community=community, person=person) > 0

    def remove_organizer(self, community: int, person: int) -> bool:
        """Remove one unless they are the last; return whether they were removed."""
        self._one(_LOCK, community=community)  # two who remove each other at once must not both succeed
        return self._do(_REMOVE_ORGANIZER, community=community, person=person) > 0


def _fields(community: Community) -> dict[str, Any]:
    return {column.name: getattr(community, column.name) for column in COMMUNITY[1:]}
