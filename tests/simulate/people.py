"""The people of the year: who they are, what they do and when, and the books that are kept of it."""

# Long because it is all that people do, in one place.

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from tests.discord.server.state import USUAL, May
from tests.simulate.hands import Failed, Hand, OnDiscord, OnTelegram, payload_of, words_of
from tests.simulate.promises import answers, feedback, seats
from tests.simulate.size import ZONES, Size
from tests.simulate.truth import (
    SHOWN_FROM,
    Circle,
    Community,
    Decision,
    Meeting,
    Room,
    Said,
    Soul,
    instant,
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
LABELS: Final = {"yes": "I'm coming", "maybe": "Maybe", "no": "Can't make it"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
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
        self.year.expects_digests(community)

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
        self.year.expects(circle)
        for _ in range(min(chance.randint(3, 8), (circle.seats or 99) + 1)):
            self.year.at(self.now + chance.uniform(1, 90) * HOUR, self._newcomer, circle)

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

    # -- joining and leaving

    async def _newcomer(self, circle: Circle) -> None:
        if circle.is_living:
            room = circle.chance.choice(circle.rooms)
            await self.joins(circle, self.soul(room.platform, circle.community, room), room)

    async def joins(self, circle: Circle, soul: Soul, room: Room) -> None:
        """Let somebody press Join; what they are told is what is so."""
        if room.announced is None or not circle.is_living:
            return
        hand = soul.hand(room.platform)
        if isinstance(hand, OnTelegram):  # where there may be a waiting list, people look what they are told
            hand.goes_along = soul.is_reachable = soul.is_reachable or circle.seats is not None
        soul.acting = True
        if isinstance(hand, OnTelegram) and soul.is_reachable and not hand.person.user.started:
            await hand.says("/start")
        told = await self._failing(hand.joins(room.announced))
        soul.acting = False
        if isinstance(hand, OnTelegram):
            told = "\n".join([told, *(words_of(one) for one in hand.person.said[-3:])])
        if "number" in told and "on the waiting list" in told:
            circle.waiting.append(soul)
            place = int(told.partition("You are number ")[2].split()[0])
            self.year.judges(seats.who_waits_is_told_their_place, circle, circle, soul, place)
            self.year.report.waited += 1
        elif "You are in" in told or not soul.is_reachable:
            self._is_in(circle, soul)
        elif told != "failed":
            self.year.wrong(circle, f"{soul.name} pressed Join and was told {told!r}")
        self.year.judges(seats.seats_are_never_oversold, circle, circle)

    def _is_in(self, circle: Circle, soul: Soul) -> None:
        circle.learners[soul] = self.now
        circle.joined.append((self.now, soul))
        circle.tells(self.now, f"{soul.name} is in")
        self.year.report.joined += 1
        linking = soul.chance.random() < 0.5 and len(circle.rooms) > 1 and DISCORD in soul.hands
        if linking and soul.is_reachable:
            self.year.at(self.now + soul.chance.randint(1, 60) * HOUR, self._links, circle, soul)

    async def _links(self, circle: Circle, soul: Soul) -> None:
        """Let a learner link an account on Telegram."""
        if TELEGRAM in soul.hands or soul not in circle.learners:
            return
        soul.acting = True
        room = next(one for one in circle.rooms if one.platform == TELEGRAM)
        there = self.joins_platform(soul, TELEGRAM, room=room)
        assert isinstance(there, OnTelegram)
        with suppress(Failed):
            code = await soul.hand(DISCORD).asks_code()
            await there.links(code)
            self.linked += 1
        soul.acting = False

    async def leaves(self, circle: Circle, soul: Soul) -> None:
        """Let somebody give up their seat."""
        if soul not in circle.learners or not circle.is_living:
            return
        platform = next(room.platform for room in circle.rooms if room.platform in soul.hands)
        room = next(room for room in circle.rooms if room.platform == platform)
        if not soul.is_reachable and platform == TELEGRAM:
            return
        soul.acting = room.acting = True
        told = await self._failing(soul.hand(platform).leaves(room.place))
        soul.acting = room.acting = False
        if "You have left" not in told:
            self.year.wrong(circle, f"{soul.name} wished to leave and was told {told!r}")
            return
        circle.tells(self.now, f"{soul.name} has left")
        del circle.learners[soul]
        self.year.report.left += 1
        for meeting in circle.ahead(self.now):
            for book in (meeting.answers, meeting.stale, meeting.answered_at):
                book.pop(soul, None)
        self.offers(circle)

    def offers(self, circle: Circle) -> None:
        """Hold what is free for those who wait, in their order."""
        while circle.is_living and circle.seats is not None:
            free = circle.seats - len(circle.learners) - len(circle.offered)
            first = next((one for one in circle.waiting if one not in circle.offered), None)
            if free <= 0 or first is None:
                return
            circle.offered[first] = self.now + DAY
            circle.tells(self.now, f"a seat is held for {first.name}")
            self.year.look(circle.offered[first], self.year.lapses, circle, first)
            self.year.report.offered += 1

    async def takes_seat(self, seen: Sighting) -> None:
        """Let somebody take the seat that is held for them, or let it go."""
        circle, soul = seen.circle, seen.soul
        assert circle is not None
        assert soul is not None
        if soul not in circle.offered:
            return
        hand = self._hand_with(soul, seen)
        soul.acting = True
        takes = soul.chance.random() < 0.7
        told = await self._failing(hand.presses(seen.message, "Take the seat" if takes else "Let it go"))
        soul.acting = False
        if told == "failed":
            return
        circle.waiting.remove(soul)
        del circle.offered[soul]
        if takes:
            self._is_in(circle, soul)
        self.offers(circle)
        self.year.judges(seats.seats_are_never_oversold, circle, circle)

    @staticmethod
    def _hand_with(soul: Soul, seen: Sighting) -> Hand:
        """Return the account that a private message came to."""
        is_telegram = seen.on_telegram
        return soul.hand(TELEGRAM if is_telegram else DISCORD)

    @staticmethod
    async def _failing(doing: Coroutine[object, object, str]) -> str:
        """Return what somebody is told; "" where it failed."""
        try:
            return await doing
        except Failed:
            return "failed"

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
            self._will_answer(meeting)
        elif seen.kind == "asked" and meeting is not None and seen.room is not None:
            if seen.room is circle.rooms[0]:
                self._will_look_back(meeting)
        elif seen.kind == "summary" and meeting is not None and seen.room is circle.rooms[0]:
            self._will_vote(meeting, seen)
        else:
            self._sees_privately(seen)

    def _sees_privately(self, seen: Sighting) -> None:
        meeting, chance = seen.meeting, self.chance
        if seen.kind in {"nudge", "confirm"} and seen.soul is not None and meeting is not None:
            if chance.random() < 0.5:
                self.year.at(self.now + chance.randint(0, 9) * HOUR, self.answers_privately, seen)
        elif seen.kind == "seat" and chance.random() < 0.8:
            self.year.at(self.now + chance.randint(0, 11) * HOUR, self.takes_seat, seen)
        elif seen.kind == "reflect" and meeting is not None and chance.random() < 0.6:
            self.year.at(self.now + chance.randint(0, 30) * HOUR, self.reflects, seen)

    def _will_answer(self, meeting: Meeting) -> None:
        chance, circle = self.chance, meeting.circle
        left = max(1, int((meeting.starts - self.now) / HOUR))
        for soul in circle.learners:
            again = soul in meeting.answered_at and soul not in meeting.stale
            if chance.random() < (soul.fickle if again else soul.answers):
                self.year.at(self.now + chance.randint(0, left) * HOUR, self.answers, meeting, soul)
        if chance.random() < 0.05:
            self.year.at(self.now + chance.randint(0, left + 60) * HOUR, self.taps_an_old_card, meeting)
        if chance.random() < 0.1:
            self.year.at(self.now + chance.randint(0, left) * HOUR, self.ticks_off, meeting)

    async def answers(self, meeting: Meeting, soul: Soul, platform: str = "") -> None:
        """Let somebody tap the card in their room, perhaps twice."""
        platforms = [one for one in meeting.cards if one in soul.hands]
        if not platforms or not self._can_answer(meeting, soul):
            return
        platform = platform or soul.chance.choice(platforms)
        answer = soul.chance.choices(("yes", "maybe", "no"), (7, 1.5, 1.5))[0]
        card = meeting.cards[platform]
        payload = payload_of(card, LABELS[answer])
        if not payload:
            self.year.wrong(meeting.circle, f"{soul.name} finds no buttons on {words_of(card)!r}")
            return
        for _ in range(2 if soul.chance.random() < 0.05 else 1):
            told = await self._failing(soul.hand(platform).taps(card, payload))
            if told == "failed":  # they tap again when the bot is back
                self.year.at(self.now + HOUR, self.answers, meeting, soul, platform)
                return
            self.has_answered(meeting, soul, answer)

    def _can_answer(self, meeting: Meeting, soul: Soul) -> bool:
        circle = meeting.circle
        return meeting.is_on and circle.is_living and self.now < meeting.starts and soul in circle.learners

    def has_answered(self, meeting: Meeting, soul: Soul, answer: str) -> None:
        """Write down what somebody said: the last answer wins."""
        meeting.stale.pop(soul, None)
        meeting.answers[soul] = answer
        meeting.answered_at[soul] = self.now
        meeting.circle.tells(self.now, f"{soul.name} says {answer} to {meeting.starts:%m-%d %H:%M}")
        self.tapped.add(meeting)

    async def answers_privately(self, seen: Sighting) -> None:
        """Let somebody answer the private question, or wish not to be asked."""
        meeting, soul = seen.meeting, seen.soul
        assert meeting is not None
        assert soul is not None
        if not self._can_answer(meeting, soul):
            return
        hand = self._hand_with(soul, seen)
        if seen.kind == "nudge" and soul.chance.random() < 0.1 and payload_of(seen.message, "Do not ask me again"):
            if await self._failing(hand.presses(seen.message, "Do not ask me again")) != "failed":
                soul.takes_nudges = False
            return
        answer = soul.chance.choice(("yes", "maybe", "no"))
        payload = payload_of(seen.message, LABELS[answer])
        if payload and await self._failing(hand.taps(seen.message, payload)) != "failed":
            self.has_answered(meeting, soul, answer)

    async def taps_an_old_card(self, meeting: Meeting) -> None:
        """Let somebody tap a button that is not true any more."""
        circle = meeting.circle
        if not meeting.old and not (meeting.cards and (self.now >= meeting.starts or not meeting.is_on)):
            return
        candidates = [one for one in circle.learners if meeting.cards.keys() & one.hands.keys()]
        if not candidates or not meeting.old:
            return
        platform, card, payload = circle.chance.choice(meeting.old)
        souls = [one for one in candidates if platform in one.hands]
        if not souls or card.deleted:
            return
        soul = circle.chance.choice(souls)
        told = await self._failing(soul.hand(platform).taps(card, payload))
        if told != "failed" and (platform == TELEGRAM or told):
            self.year.judges(answers.an_old_button_is_answered_with_the_truth, circle, meeting, told)
        self.year.report.old += 1
        self.tapped.add(meeting)

    # -- after a meeting

    def _will_look_back(self, meeting: Meeting) -> None:
        chance, circle = self.chance, meeting.circle
        for soul in circle.learners:
            came = meeting.answers.get(soul) == "yes" and chance.random() < 0.85
            if chance.random() < 0.4:
                self.year.at(self.now + chance.randint(0, 12) * HOUR, self.marks, meeting, soul, came)
            if chance.random() < soul.talks:
                self.year.at(self.now + chance.randint(0, 46) * HOUR, self.gives, meeting, soul)

    def _asked(self, meeting: Meeting, soul: Soul) -> tuple[Hand, Any] | None:
        """Return the card on which somebody can look back, with their account there."""
        found = [one for one in meeting.seen if one.kind == "asked" and one.room and one.room.platform in soul.hands]
        if not found or soul not in meeting.circle.learners or found[0].room is None:
            return None
        return soul.hand(found[0].room.platform), found[0].message

    async def marks(self, meeting: Meeting, soul: Soul, came: bool) -> None:  # noqa: FBT001  # what is so
        """Let somebody say that they were there, or not."""
        asked = self._asked(meeting, soul)
        label = "I was there" if came else "I missed it"
        if asked is None or not payload_of(asked[1], label):
            return
        if await self._failing(asked[0].presses(asked[1], label)) != "failed":
            meeting.marks[soul] = came
            self.year.may_close(meeting)

    async def gives(self, meeting: Meeting, soul: Soul) -> None:
        """Let somebody say plus, delta and mood."""
        asked = self._asked(meeting, soul)
        if asked is None or soul in meeting.gave or not soul.is_reachable or meeting.closed_at is not None:
            return
        if not payload_of(asked[1], "Plus / delta"):
            return
        number, chance = soul.chance.randrange(10**9), soul.chance
        plus = f"plus {number}" if chance.random() < 0.8 else ""
        delta = f"delta {number}" if chance.random() < 0.7 or not plus else ""
        mood = chance.choice((2, 3, 4, 4, 5)) if chance.random() < 0.8 else None
        moods = {2: "2 so-so", 3: "3 fine", 4: "4 good", 5: "5 great", None: ""}
        soul.acting = True
        told = await self._failing(asked[0].gives(asked[1], plus, delta, moods[mood]))
        if isinstance(asked[0], OnTelegram):
            told = "\n".join(words_of(one) for one in asked[0].person.said[-2:])
        soul.acting = False
        if told == "failed":
            return
        if "Thank you!" in told:
            meeting.said.append(Said(soul, plus, delta, mood))
            meeting.gave.add(soul)
            self.year.report.feedback += 1
            self.year.may_close(meeting)
        elif not self.year.has_closed(meeting):
            self.year.judges(
                feedback.plus_and_delta_are_taken_until_it_closes, meeting.circle, meeting, soul.name, told
            )

    async def reflects(self, seen: Sighting) -> None:
        """Let a facilitator say how it went."""
        meeting, soul = seen.meeting, seen.soul
        assert meeting is not None
        assert soul is not None
        if await self._failing(self._hand_with(soul, seen).presses(seen.message, "4 good")) != "failed":
            meeting.reflected = True

    def _will_vote(self, meeting: Meeting, seen: Sighting) -> None:
        if len(meeting.said) < SHOWN_FROM:
            return
        for soul in meeting.circle.learners:
            if self.chance.random() < soul.talks / 2:
                self.year.at(self.now + self.chance.randint(0, 24) * HOUR, self.votes, meeting, soul, seen)
        if self.chance.random() < 0.4:
            self.year.at(self.now + self.chance.randint(0, 24) * HOUR, self.takes_up, meeting, seen)

    async def votes(self, meeting: Meeting, soul: Soul, seen: Sighting) -> None:
        """Let somebody vote for a delta, or take the vote back."""
        labels = [one for one in seen.message.buttons if one.startswith("Vote: ")]
        if (
            not labels
            or seen.room is None
            or seen.room.platform not in soul.hands
            or soul not in meeting.circle.learners
        ):
            return
        label = soul.chance.choice(labels)
        delta = label.removeprefix("Vote: ").rpartition(" (")[0]
        if await self._failing(soul.hand(seen.room.platform).presses(seen.message, label)) != "failed":
            meeting.votes.setdefault(delta, set()).symmetric_difference_update({soul})
            self.year.report.votes += 1

    async def takes_up(self, meeting: Meeting, seen: Sighting) -> None:
        """Let the facilitator make a delta a decision."""
        circle = meeting.circle
        deltas = [one.delta for one in meeting.said if one.delta]
        taken = {one.words for one in circle.decisions}
        if not deltas or not circle.is_living or "Take up…" not in seen.message.buttons or taken & set(deltas):
            return
        soul = circle.facilitator
        delta, hand = circle.chance.choice(deltas), self._hand_with(soul, seen)
        if f"{delta}: taken up" in words_of(seen.message):
            return
        soul.acting = True
        wanted = [one for one in seen.message.buttons if one.startswith(f"Vote: {delta} ")]
        if wanted:
            try:
                await hand.takes_up(seen.message, delta, f"try {delta}")
            except Failed:
                soul.acting = False
                return
            circle.decisions.append(Decision(f"try {delta}", self.now))
            circle.tells(self.now, f"taken up: try {delta}")
            self.year.report.decisions += 1
        soul.acting = False

    async def ticks_off(self, meeting: Meeting) -> None:
        """Let the facilitator tick a decision off, on the card."""
        circle = meeting.circle
        still = [one for one in circle.decisions if one.done is None]
        platforms = [one for one in meeting.cards if one in circle.facilitator.hands]
        if not still or not platforms or not circle.is_living:
            return
        card, decision = meeting.cards[platforms[0]], still[0]
        label = f"Done: {decision.words}"
        if not payload_of(card, label[:30]):
            return
        circle.facilitator.acting = True
        if await self._failing(circle.facilitator.hand(platforms[0]).presses(card, label[:30])) != "failed":
            decision.done = self.now
            circle.tells(self.now, f"done: {decision.words}")
        circle.facilitator.acting = False

    # -- what facilitators do, each week

    async def changes_something(self, circle: Circle) -> None:
        """Let a facilitator move, call off or add a meeting, or end the circle."""
        coming, now, chance = circle.ahead(self.now), self.now, circle.chance
        is_on = any(one.starts <= now < one.ends for one in circle.standing)
        if not circle.is_living or is_on or not coming:
            return
        what = chance.choices(("move", "shift", "call off", "add", "end"), (5, 1, 3, 2, 0.6))[0]
        circle.facilitator.acting = True
        try:
            if what in {"move", "shift"}:
                await self._moves(circle, coming, following=what == "shift" and len(coming) > 1)
            elif what == "call off":
                await self._calls_off(circle, coming[0])
            elif what == "add":
                await self._adds(circle)
            elif chance.random() < 0.5:
                await self._ends(circle)
        except Failed:
            pass
        circle.facilitator.acting = False
        if circle.is_living:
            circle.replan(now)
            self.year.expects(circle)
        self.year.report.changes[what] += 1

    async def _moves(self, circle: Circle, coming: list[Meeting], *, following: bool) -> None:
        meeting = coming[0]
        shift = circle.chance.choice((DAY, -DAY, 2 * HOUR, -HOUR, DAY + HOUR, 2 * DAY))
        moved = coming if following else [meeting]
        walls = [one.wall + shift for one in moved]
        others = [one for one in circle.standing if one not in moved]
        spans = [
            (instant(wall, circle.zone), instant(wall, circle.zone) + meeting.ends.__sub__(meeting.starts))
            for wall in walls
        ]
        if (
            not all(is_sane(wall, circle.zone) for wall in walls)
            or spans[0][0] < self.now + 3 * HOUR
            or any(begins < one.ends and one.starts < ends for one in others for begins, ends in spans)
            or any(
                (begins < other.starts) != (was.starts < other.starts)
                for other in others
                for was, (begins, _) in zip(moved, spans, strict=True)
            )
        ):
            return
        words = f"{walls[0].day} {walls[0]:%B %Y %H:%M}"
        for one in moved:
            self._keep_old(one)
            yes = {soul for soul, answer in one.answers.items() if answer == "yes"} | set(one.stale)
            starts = instant(one.wall + shift, circle.zone)
            one.asked_again.append((self.now, yes, starts))
            one.changes.append((self.now, "moved"))
            one.stale = dict.fromkeys(yes, "yes")
            for soul in yes:
                one.answers.pop(soul, None)
            one.wall += shift
        before = self._touched(circle, f"moves {len(moved)} from {moved[0].wall - shift} to {moved[0].wall}")
        await circle.facilitator.hand().moves(words, following=following)
        self._check_told(circle, before)

    async def _calls_off(self, circle: Circle, meeting: Meeting) -> None:
        if len(circle.ahead(self.now)) < 2:
            return
        self._keep_old(meeting)
        meeting.is_on = False
        meeting.changes.append((self.now, "called off"))
        before = self._touched(circle, f"calls {meeting.starts} off")
        await circle.facilitator.hand().calls_off()
        self._check_told(circle, before)

    async def _adds(self, circle: Circle) -> None:
        wall = on_the_wall(self.now, circle.zone).replace(minute=0, second=0, microsecond=0)
        wall += timedelta(days=circle.chance.randint(1, 6), hours=circle.chance.randint(0, 5))
        new = Meeting(circle, wall, self.now)
        clash = any(new.starts < one.ends and one.starts < new.ends for one in circle.standing)
        if clash or not is_sane(wall, circle.zone):
            return
        circle.meetings.append(new)
        before = self._touched(circle, f"adds {new.starts}")
        await circle.facilitator.hand().adds_meeting(f"{wall.day} {wall:%B %Y %H:%M}")
        self._check_told(circle, before)

    async def _ends(self, circle: Circle) -> None:
        circle.ended_at = self.now
        circle.tells(self.now, "the facilitator ends it")
        for meeting in circle.meetings:
            meeting.promised = [at for at in meeting.promised if at <= self.now]
        self.year.is_over(circle)
        await circle.facilitator.hand().ends_circle()

    def _keep_old(self, meeting: Meeting) -> None:
        """Remember the buttons that stand on the card, for whoever taps them too late."""
        for platform, card in meeting.cards.items():
            if payload := payload_of(card, LABELS["yes"]):
                meeting.old.append((platform, card, payload))

    def _touched(self, circle: Circle, words: str) -> dict[Room, int]:
        """Note a change; return how many changes each room has been told of before."""
        circle.tells(self.now, words)
        for meeting in circle.meetings:
            meeting.maybe.add(self.now)
        return {room: self.year.told[room] for room in circle.rooms}

    def _check_told(self, circle: Circle, before: dict[Room, int]) -> None:
        told = {room: self.year.told[room] - count for room, count in before.items()}
        self.year.report.told += 1
        self.year.judges(answers.a_change_is_told_to_everyone, circle, 1, told)
