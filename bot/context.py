"""What a handler, a view or a step of time has at hand. One lives as long as its transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from bot.chat.adapter import Ability
from bot.chat.inbound import Act, Place
from bot.chat.message import Room
from bot.chat.text import Mention
from bot.domain.circles import Circle
from bot.domain.communities import Community
from bot.domain.meetings import Meeting
from bot.domain.people import Person, Role
from bot.errors import Declined
from bot.i18n import Catalogue, Translator
from bot.ports import Links, Planner, Store, StoredPlace


@dataclass
class Setting:
    """A transaction, the present, a language, and where it will be read.

    `place` is the stored room, None in a private chat; `reader` the one person who will read it, None in a room.
    """

    store: Store
    now: datetime
    t: Translator
    catalogue: Catalogue
    planner: Planner
    links: Links
    place: StoredPlace | None = None
    reader: Person | None = None
    _meetings: dict[int, Meeting | None] = field(default_factory=dict, repr=False, init=False)
    _circles: dict[int, Circle | None] = field(default_factory=dict, repr=False, init=False)

    def meeting(self, meeting: int) -> Meeting:
        """Return a meeting, read once; declines where there is none."""
        if meeting not in self._meetings:
            self._meetings[meeting] = self.store.meetings.get(meeting)
        found = self._meetings[meeting]
        if found is None:
            raise Declined(self.t("That meeting is not there any more. /meetings shows what is planned."))
        return found

    def circle(self, circle: int) -> Circle:
        """Return a circle, read once; declines where there is none."""
        if circle not in self._circles:
            self._circles[circle] = self.store.circles.get(circle)
        found = self._circles[circle]
        if found is None:
            raise Declined(self.t("That circle is not there any more. /circles shows the ones that are."))
        return found

    def knows(self, circle: Circle) -> None:
        """Take a circle that has just been read for what is true."""
        self._circles[circle.id] = circle

    def forget(self) -> None:
        """Read meetings and circles anew: after a change to them."""
        self._meetings.clear()
        self._circles.clear()

    def is_in_space(self, place: StoredPlace) -> bool:
        """Whether a room lies in a wider space, of the kind that is a community by itself."""
        return bool(place.space) and self.links.can(place.room.platform, Ability.HAVE_SPACES)

    def mention(self, person: Person) -> Mention:
        """Return a person as a mention that each platform draws in its own way."""
        accounts = self.store.people.accounts(person.id)
        return Mention(person.name, tuple((account.platform, account.user) for account in accounts))


@dataclass
class Context(Setting):
    """A setting in which `person` did something; `t` speaks their language."""

    person: Person = field(kw_only=True)
    act: Act = field(kw_only=True)
    usual_zone: str = "UTC"
    """Where the person is taken to be until somebody says."""
    operators: Collection[tuple[str, str]] = ()
    """The accounts of those who run the bot, each a platform and a user there."""
    looking: bool = False
    """Whether nothing may be written: what was never seen has the id 0 then."""
    aside: Room | None = None
    """The room they are in, where what they do counts for another: a form begun there and finished privately."""
    minds_who_runs: bool = True
    """Whether the route at hand declares that it looks at who runs the room."""

    @property
    def is_operator(self) -> bool:
        """Whether they run the bot: this very account is named in the settings."""
        return (self.act.sender.platform, self.act.sender.user) in self.operators

    @property
    def room(self) -> Room:
        """Where they did it."""
        return self.act.place.room

    @property
    def shown_in(self) -> Room:
        """Where they read the answer."""
        return self.aside or self.room

    @property
    def runs_room(self) -> bool:
        """Whether the platform holds them for an administrator of the room.

        Raises `LookupError` where the route has not declared that it looks: the platform has not been asked then.
        """
        if not self.minds_who_runs:
            raise LookupError("a route that looks at who runs the room declares it (minds_who_runs)")
        return self.act.sender.runs_room

    @property
    def space(self) -> str:
        """The wider space around the room, where the platform's spaces are communities by themselves; else empty."""
        has_spaces = not self.room.is_private and self.links.can(self.room.platform, Ability.HAVE_SPACES)
        return self.act.place.space if has_spaces else ""

    def as_in(self, origin: StoredPlace, *, runs_room: bool) -> Context:
        """Return the same act as one done in another room: what goes without saying there, goes without saying."""
        place = Place(origin.room, origin.title, origin.space)
        act = replace(self.act, place=place, sender=replace(self.act.sender, runs_room=runs_room))
        there = replace(self, act=act, aside=self.room)
        there.__dict__["here"] = origin
        return there

    def circle(self, circle: int) -> Circle:
        """Return a circle, read once, with the others of this room; declines where there is none."""
        if circle not in self._circles and "circles_here" not in self.__dict__:
            for one in self.circles_here:
                self._circles.setdefault(one.id, one)
        return super().circle(circle)

    @cached_property
    def here(self) -> StoredPlace:
        """The stored room in which they did it, noted on first sight."""
        if self.looking:
            return self.store.places.find(self.room) or StoredPlace(0, self.room, self.act.place.title)
        return self.store.places.note(self.room, self.act.place.title, self.act.place.space)

    @cached_property
    def circles_here(self) -> tuple[Circle, ...]:
        """The circles that live in this room; none in a private chat."""
        if self.room.is_private:
            return ()
        if self.looking or "here" in self.__dict__:
            return self.store.places.circles_in(self.here.id)
        here, circles = self.store.places.lived_in(self.room, self.act.place.title, self.act.place.space)
        self.__dict__["here"] = here
        return circles

    @cached_property
    def community(self) -> Community | None:
        """The community at hand: the room's, else the first the person organizes or has a circle in."""
        found = None if self.room.is_private else self.store.communities.in_place(self.here.id)
        if found is None:
            found = next(iter(self.store.communities.of_person(self.person.id)), None)
        return found

    @cached_property
    def t_room(self) -> Translator:
        """Who speaks to everybody in this room: the circle's language in its room, the person's own in private."""
        if self.room.is_private:
            return self.t
        for circle in self.circles_here:
            return self.catalogue.speaker(circle.language, self.t.language)
        community = self.store.communities.in_place(self.here.id)
        return self.catalogue.speaker(community.language if community else "", self.t.language)

    @property
    def zone(self) -> str:
        """The zone of the person: their own, the platform's hint, the community's, else the usual one."""
        return self.person.zone or self.act.sender.zone or (self.community.zone if self.community else self.usual_zone)

    def forget(self) -> None:
        """Read meetings, circles and the room's circles and community anew: after a change to them."""
        super().forget()
        for name in ("circles_here", "community", "t_room"):
            self.__dict__.pop(name, None)

    def role(self, circle: Circle) -> Role | None:
        """Return what the person is in a circle; organizers of its community count as facilitators."""
        member = self.store.seats.member(circle.id, self.person.id)
        if member is not None and member.role is Role.FACILITATOR:
            return Role.FACILITATOR
        if self.store.communities.is_organizer(circle.community, self.person.id):
            return Role.FACILITATOR
        return member.role if member else None
