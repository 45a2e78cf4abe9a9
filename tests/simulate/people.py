"""The people of the year: who they are, the circles they start, and what they do when they see something."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from tests.discord.server.state import USUAL, May
from tests.simulate.acts import DAY, HOUR
from tests.simulate.acts.answering import LABELS, Answering
from tests.simulate.acts.changing import Changing
from tests.simulate.acts.joining import Joining
from tests.simulate.acts.looking_back import LookingBack
from tests.simulate.hands import Hand, OnDiscord, OnTelegram, payload_of
from tests.simulate.size import ZONES, Size
from tests.simulate.truth import (
    Circle,
    Community,
    Meeting,
    Room,
    Soul,
    is_sane,
    on_the_wall,
)
from tests.simulate.world import DISCORD, TELEGRAM
from tests.telegram.people import Person as TelegramPerson
from tests.telegram.server.state import Member as TelegramMember

if TYPE_CHECKING:
    from tests.simulate.ledger import Sighting
    from tests.simulate.year import Year

Act = Coroutine[object, object, None]
NAMES: Final = (
    "Ada",
    "Ben",
    "Cleo",
    "Dan",
    "Eve",
    "Fay",
    "Gus",
    "Hal",
    "Ida",
    "Jon",
    "Kim",
    "Leo",
    "Mia",
    "Ned",
    "Ola",
)
LEADS: Final = (
    ("1 day, 3 hours", (DAY, 3 * HOUR)),
    ("3 days, 1 day, 30 minutes", (3 * DAY, DAY, HOUR / 2)),
    ("1 week, 2 hours", (7 * DAY, 2 * HOUR)),
    ("8 days, 36 hours, 1 hour", (8 * DAY, 36 * HOUR, HOUR)),
    ("4 hours", (4 * HOUR,)),
)
CIRCLES_EACH: Final = 8
"""How many circles a community has."""


class People:
    """Everybody."""

    def __init__(self, year: Year, size: Size) -> None:
        self.year, self.size = year, size
        self.chance = Random(size.seed)
        self.communities: list[Community] = []
        self.circles: list[Circle] = []
        self.souls = 0
        self.linked = 0
        self.tapped: set[Meeting] = set()
        """Whose cards are to be looked at when everybody has done what they do just now."""
        self._titles = 0
        self.joining, self.answering = Joining(year, self), Answering(year, self)
        self.looking_back, self.changing = LookingBack(year, self), Changing(year, self)

    @property
    def now(self) -> datetime:
        """The present."""
        return self.year.now

    # -- who there is

    def soul(self, platform: str, community: Community | None = None, room: Room | None = None) -> Soul:
        """Return somebody new on a platform."""
        self.souls += 1
        chance = self.chance
        made = Soul(
            f"{chance.choice(NAMES)}{self.souls}",
            answers=chance.uniform(0.3, 0.9),
            fickle=chance.uniform(0.0, 0.2),
            talks=chance.uniform(0.05, 0.65),
            # Some on Telegram never open the bot's chat, and are not to be written to.
            is_reachable=platform == DISCORD or chance.random() < 0.8,
            chance=Random(f"{self.size.seed} {self.souls}"),
        )
        self.joins_platform(made, platform, community, room)
        return made

    def joins_platform(
        self, soul: Soul, platform: str, community: Community | None = None, room: Room | None = None
    ) -> Hand:
        """Give somebody an account on a platform."""
        world, turns, timed = self.year.world, self.year.turns, self.year.timed
        hand: Hand
        if platform == TELEGRAM:
            person = world.tg.user(soul.name)
            if room is not None and room.platform == TELEGRAM:
                room.place.set_member(person.user, TelegramMember())
            hand = OnTelegram(person, turns, timed)
        else:
            assert community is not None
            there = community.place.person(soul.name, at=room.place if room else None)
            hand = OnDiscord(there, turns, timed)
        soul.hands[platform] = hand
        self.year.ledger.souls[hand.person.id] = soul
        return hand

    # -- communities and circles

    def community(self, platform: str) -> Community:
        """Return a new community: an organizers' group on Telegram, a server on Discord."""
        number = len(self.communities)
        zone = ZONES[(number + self.chance.randrange(3)) % len(ZONES)]
        name = f"Library {number}"
        world = self.year.world
        place: Any = None
        if platform == TELEGRAM:
            organizer = self.soul(TELEGRAM)
            person = organizer.hand().person
            assert isinstance(person, TelegramPerson)
            office = Room(TELEGRAM, world.tg.group(f"Office {number}", admins=[person]))
        else:
            place = world.dc.guild(name, channel="office")
            (channel,) = place.channels()
            office = Room(DISCORD, channel)
            organizer = Soul(f"Olga{number}")
            manager = place.person(organizer.name, may=USUAL | May.MANAGE_GUILD, at=channel)
            organizer.hands[DISCORD] = OnDiscord(manager, self.year.turns, self.year.timed)
            self.year.ledger.souls[manager.id] = organizer
        made = Community(name, zone, organizer, office, platform, place=place)
        office.office_of = made
        self.year.ledger.rooms[office.place.id] = office
        self.communities.append(made)
        return made

    async def founds(self, community: Community) -> None:
        """Let an organizer found a community."""
        hand = community.organizer.hand()
        community.office.acting = community.organizer.acting = True
        await hand.founds_community(community.name, community.zone, community.office.place)
        community.organizer.acting = community.office.acting = False
        self.year.judging.expects_digests(community)

    async def starts_circle(self, community: Community, *, on_both: bool) -> None:
        """Let a facilitator start a circle in a room of its own, with people who join at once."""
        self._titles += 1
        chance = Random(f"{self.size.seed} circle {self._titles}")
        platform = community.platform
        facilitator = self.soul(platform, community)
        facilitator.is_reachable = True
        room = self._room(platform, f"room {self._titles}", community, facilitator)
        title = f"Circle {'T' if platform == TELEGRAM else 'D'}{self._titles}"
        zone = community.zone if chance.random() < 0.8 else chance.choice(ZONES)
        circle = Circle(
            title, community, zone, facilitator, [room], minutes=chance.choice((60, 90, 90, 120)), chance=chance
        )
        room.circle = circle
        self.year.ledger.circles[title] = circle
        hand = facilitator.hand()
        if isinstance(hand, OnDiscord):
            hand.person.goes(room.place)
        facilitator.acting = room.acting = True
        if isinstance(hand, OnTelegram):
            community.organizer.acting = True
            room.place.set_member(community.organizer.hand().person.user, TelegramMember())
            await self._organizer(community).adds_room(community.name, room.place)
        else:
            await self._manager(community).invites(hand.person)
        weeks = chance.choice((4, 6, 6, 8, 8, 10, 26, 52))
        walls = self._walls(zone, weeks, chance)
        first = f"{walls[0].day} {walls[0]:%B %Y %H:%M}"
        circle.meetings = [Meeting(circle, wall, self.now) for wall in walls]
        for meeting in circle.meetings:
            meeting.maybe.add(self.now)
        circle.is_published = True  # before its announcement is seen
        await hand.founds_circle(title, zone, first, weeks, circle.minutes, room.place)
        self.circles.append(circle)
        community.circles.append(circle)
        if chance.random() < 0.3:
            words, leads = chance.choice(LEADS)
            await hand.sets_leads(words)
            circle.leads = leads
        if chance.random() < 0.5:
            seats_ = chance.randint(4, 9)
            await hand.sets_seats(seats_)
            circle.seats = seats_
        if on_both:
            await self._comes_to_telegram_too(circle)
        community.organizer.acting = facilitator.acting = room.acting = False
        circle.replan(self.now)
        self.year.judging.expects(circle)
        for _ in range(min(chance.randint(3, 8), (circle.seats or 99) + 1)):
            self.year.at(self.now + chance.uniform(1, 90) * HOUR, self.joining.newcomer, circle)

    def _organizer(self, community: Community) -> OnTelegram:
        hand = community.organizer.hand(TELEGRAM)
        assert isinstance(hand, OnTelegram)
        return hand

    def _manager(self, community: Community) -> OnDiscord:
        hand = community.organizer.hand(DISCORD)
        assert isinstance(hand, OnDiscord)
        return hand

    def _room(self, platform: str, name: str, community: Community, admin: Soul) -> Room:
        world = self.year.world
        if platform == TELEGRAM:
            person = admin.hand(TELEGRAM).person
            assert isinstance(person, TelegramPerson)
            room = Room(TELEGRAM, world.tg.group(name, admins=[person]))
        else:
            room = Room(DISCORD, community.place.channel(name.replace(" ", "-")))
        self.year.ledger.rooms[room.place.id] = room
        return room

    def _walls(self, zone: str, weeks: int, chance: Random) -> list[datetime]:
        """Return the hours of a series that all exist, and once."""
        while True:
            today = on_the_wall(self.now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
            hour = chance.choice((7, 10, 12, 16, 17, 18, 18, 19, 19, 20, 21, 23))
            wall = today + timedelta(days=chance.randint(4, 12), hours=hour, minutes=chance.choice((0, 0, 30)))
            walls = [wall + timedelta(weeks=number) for number in range(weeks)]
            if all(is_sane(one, zone) for one in walls):
                return walls

    async def _comes_to_telegram_too(self, circle: Circle) -> None:
        """Let a circle on Discord have a group on Telegram, too: its facilitator is on both, and links the two."""
        soul = circle.facilitator
        there = self.joins_platform(soul, TELEGRAM)
        assert isinstance(there, OnTelegram)
        await there.links(await soul.hand(DISCORD).asks_code())
        self.linked += 1
        room = self._room(TELEGRAM, circle.title, circle.community, soul)
        room.circle, room.acting = circle, True
        await there.says(f"/circle {circle.title}", room.place)
        await there.presses(there.newest("Post it in"), "Post it in")
        circle.rooms.append(room)
        room.acting = False

    # -- what they do when they see something

    def see(self, seen: Sighting) -> None:
        """Let people react to what they see, in a while."""
        meeting, circle = seen.meeting, seen.circle
        if seen.kind == "announced" and seen.room is not None:
            seen.room.announced = seen.message
        if circle is None:
            return
        if seen.kind == "reminder" and meeting is not None and seen.room is not None:
            meeting.cards[seen.room.platform] = seen.message
            meeting.payloads[seen.room.platform] = payload_of(seen.message, LABELS["yes"])
            self.answering.will_answer(meeting)
        elif seen.kind == "asked" and meeting is not None and seen.room is not None:
            if seen.room is circle.rooms[0]:
                self.looking_back.will_look_back(meeting)
        elif seen.kind == "summary" and meeting is not None and seen.room is circle.rooms[0]:
            self.looking_back.will_vote(meeting, seen)
        else:
            self._sees_privately(seen)

    def _sees_privately(self, seen: Sighting) -> None:
        meeting, chance = seen.meeting, self.chance
        if seen.kind in {"nudge", "confirm"} and seen.soul is not None and meeting is not None:
            if chance.random() < 0.5:
                self.year.at(self.now + chance.randint(0, 9) * HOUR, self.answering.answers_privately, seen)
        elif seen.kind == "seat" and chance.random() < 0.8:
            self.year.at(self.now + chance.randint(0, 11) * HOUR, self.joining.takes_seat, seen)
        elif seen.kind == "reflect" and meeting is not None and chance.random() < 0.6:
            self.year.at(self.now + chance.randint(0, 30) * HOUR, self.looking_back.reflects, seen)
