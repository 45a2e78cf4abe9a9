"""Joining, waiting for a seat, leaving; and linking a second account."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from tests.simulate.acts import DAY, FAILED, HOUR, Acting
from tests.simulate.hands import Failed, OnTelegram, words_of
from tests.simulate.promises import seats
from tests.simulate.truth import Circle, Room, Soul
from tests.simulate.world import DISCORD, TELEGRAM

if TYPE_CHECKING:
    from tests.simulate.ledger import Sighting


class Joining(Acting):
    """Lets people come and go."""

    async def newcomer(self, circle: Circle) -> None:
        """Let somebody new join."""
        if circle.is_living:
            room = circle.chance.choice(circle.rooms)
            await self.joins(circle, self.people.soul(room.platform, circle.community, room), room)

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
        told = await self.told(hand.joins(room.announced))
        soul.acting = False
        if isinstance(hand, OnTelegram):
            told = "\n".join([told, *(words_of(one) for one in hand.person.said[-3:])])
        if "number" in told and "on the waiting list" in told:
            circle.waiting.append(soul)
            place = int(told.partition("You are number ")[2].split()[0])
            self.year.judging.judges(seats.who_waits_is_told_their_place, circle, circle, soul, place)
            self.year.report.waited += 1
        elif "You are in" in told or not soul.is_reachable:
            self._is_in(circle, soul)
        elif told != FAILED:
            self.year.judging.wrong(circle, f"{soul.name} pressed Join and was told {told!r}")
        self.year.judging.judges(seats.seats_are_never_oversold, circle, circle)

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
        there = self.people.joins_platform(soul, TELEGRAM, room=room)
        assert isinstance(there, OnTelegram)
        with suppress(Failed):
            code = await soul.hand(DISCORD).asks_code()
            await there.links(code)
            self.people.linked += 1
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
        told = await self.told(soul.hand(platform).leaves(room.place))
        soul.acting = room.acting = False
        if "You have left" not in told:
            self.year.judging.wrong(circle, f"{soul.name} wished to leave and was told {told!r}")
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
            circle.asked.pop(first, None)
            self.holds(circle, first)
            self.year.report.offered += 1

    def holds(self, circle: Circle, soul: Soul) -> None:
        """Hold a seat for somebody from now on."""
        circle.offered[soul] = self.now + DAY
        circle.tells(self.now, f"a seat is held for {soul.name}")
        self.year.look(circle.offered[soul], self.year.judging.lapses, circle, soul)

    async def takes_seat(self, seen: Sighting) -> None:
        """Let somebody take the seat that is held for them, or let it go."""
        circle, soul = seen.circle, seen.soul
        assert circle is not None
        assert soul is not None
        if soul not in circle.offered or not circle.is_living:
            return
        hand = self.hand_with(soul, seen)
        soul.acting = True
        takes = soul.chance.random() < 0.7
        told = await self.told(hand.presses(seen.message, "Take the seat" if takes else "Let it go"))
        soul.acting = False
        if told == FAILED:
            return
        circle.waiting.remove(soul)
        del circle.offered[soul]
        if takes:
            self._is_in(circle, soul)
        self.offers(circle)
        self.year.judging.judges(seats.seats_are_never_oversold, circle, circle)
