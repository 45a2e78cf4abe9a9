"""Several people at the very same moment, through two processes on one database: nothing is oversold or lost."""

# Long because it is all that two can do in the same moment, race by race.

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count

import pytest
import pytest_asyncio

from bot.chat.message import Room, RoomKind
from bot.domain.circles import Circle, CircleState
from bot.domain.communities import Community
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.notices import DeliveryState
from bot.domain.people import Account, Role
from bot.domain.rsvps import Answer
from bot.features.circles.intents import JoinCircle, LeaveCircle, LetGo, TakeSeat, UnpublishCircle
from bot.features.meetings.intents import CancelMeeting, RestoreMeeting, Scope, SkipMeeting
from bot.features.rsvps.intents import Rsvp
from bot.ports import Store
from scheduler.planner import Planner
from storage.engine import Database
from tests.faults.races import DUE, Racers, press, racers
from tests.support.databases import Postgres
from tests.support.long import long
from tests.support.sim import PLATFORM

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROUNDS = long(2, 50)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday."""
FIRST = datetime(2026, 3, 10, 18)
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
MORNING = time(9)
_numbers = count(1)


@dataclass
class Race:
    """A database with two processes on it, in which a fresh circle is made for each round."""

    database: Database
    racing: Racers
    community: int

    async def circle(self, learners: int = 0, *, seats: int | None = None, facilitators: int = 1) -> Round:
        """Return a published circle with a room and three weekly meetings; `f1`… run it, `l1`… are in it."""
        number = next(_numbers)

        def work(store: Store) -> Round:
            circle = store.circles.add(Circle(0, self.community, "Race", "en", "UTC", seats=seats), NOW).id
            place = store.places.note(Room(PLATFORM, f"room{number}"), "Room", "").id
            store.places.attach(circle, place)
            meetings = store.meetings.add(
                [
                    Meeting(
                        0, circle, week + 1, FIRST + week * WEEK, "UTC", (FIRST + week * WEEK).replace(tzinfo=UTC), 90
                    )
                    for week in range(3)
                ]
            )
            made = Round(self, number, circle, meetings)
            for who in range(1, facilitators + 1):
                store.seats.join_as(circle, made.person(store, f"f{who}"), Role.FACILITATOR, NOW)
            for who in range(1, learners + 1):
                store.seats.join_as(circle, made.person(store, f"l{who}"), Role.LEARNER, NOW)
            store.circles.change_state(circle, CircleState.DRAFT, CircleState.PUBLISHED)
            Planner().circle(store, circle, NOW)
            return made

        return await self.database.transact(work)


@dataclass
class Round:
    """A circle of its own, with people of its own."""

    race: Race
    number: int
    circle: int
    meetings: tuple[Meeting, ...]

    @property
    def room(self) -> str:
        """The circle's room."""
        return f"room{self.number}"

    def user(self, name: str) -> str:
        """Return the account of somebody of this round."""
        return f"{name}r{self.number}"

    def person(self, store: Store, name: str) -> int:
        """Return somebody of this round."""
        user = self.user(name)
        store.places.note(Room(PLATFORM, user, kind=RoomKind.PRIVATE), "", "")
        return store.people.meet(Account(PLATFORM, user, user), "en", "UTC", NOW).id

    async def learners(self) -> list[str]:
        """Return the accounts of the learners."""
        roster = await self.race.database.read(lambda store: store.seats.roster(self.circle))
        return sorted(member.person.name.lower() for member in roster if member.role is Role.LEARNER)

    async def waiting(self) -> list[tuple[int, datetime | None]]:
        """Return who waits, in order, and until when a seat is held for them."""
        found = await self.race.database.read(lambda store: store.seats.waiting(self.circle))
        return [(one.person, one.offered_until) for one in found]

    async def planned(self) -> dict[str, tuple[datetime, datetime | None]]:
        """Return what waits for the circle's meetings."""
        found = await self.race.database.read(lambda store: store.deliveries.waiting(circle=self.circle, limit=1000))
        return {one.due.key: (one.due.due_at, one.due.expires_at) for one in found}

    async def is_planned_truly(self) -> None:
        """Assert that planning anew changes nothing: what waits is what the meetings ask for."""
        before = await self.planned()
        await self.race.database.transact(lambda store: Planner().circle(store, self.circle, NOW))
        assert await self.planned() == before

    async def now(self) -> tuple[Meeting, ...]:
        """Return the meetings as they are."""
        found = await self.race.database.read(lambda store: store.meetings.of_circle(self.circle))
        return tuple(sorted(found, key=lambda meeting: meeting.id))

    async def told(self) -> list[str]:
        """Return the kinds of change that the room is told of, in the order in which they happened."""
        keys = await self.planned()
        return sorted(key.split(":")[1] for key in keys if key.startswith("changed:"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def raced_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a migrated database of each kind, for all tests of this file: each round has its own circle."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("raced") / "circlebot.sqlite3"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def race(raced_url: str) -> AsyncIterator[Race]:
    """Two processes on each kind of database."""
    database = Database.open(raced_url)
    community = await database.transact(lambda store: store.communities.add(Community(0, "Library", "en", "UTC")))
    async with racers(raced_url, 2) as racing:
        yield Race(database, racing, community.id)
    await database.close()


async def test_fifty_people_and_one_seat(race: Race) -> None:
    """One is in, the others wait in an order, and each is told which; nobody twice."""
    for _ in range(ROUNDS):
        one = await race.circle(seats=1)
        people = [one.user(f"p{number}") for number in range(50)]
        answers = await race.racing.at_once([press(who, JoinCircle(circle=one.circle)) for who in people], NOW)
        (seated,) = await one.learners()
        waiting = [person for person, _ in await one.waiting()]
        assert len(waiting) == len(set(waiting)) == 49
        told = {who: answer for who, answer in zip(people, answers, strict=True) if "waiting list" not in answer}
        assert list(told) == [seated]


async def test_joining_twice_at_once_is_joining_once(race: Race) -> None:
    """Somebody taps twice, on two devices: one seat, one answer that welcomes, one that says that they are in."""
    for _ in range(ROUNDS):
        one = await race.circle(seats=3)
        who = one.user("ada")
        answers = await race.racing.at_once([press(who, JoinCircle(circle=one.circle))] * 6, NOW)
        assert await one.learners() == [who]
        assert sum("You are in already" in answer for answer in answers) == 5


async def test_two_facilitators_move_one_meeting(race: Race) -> None:
    """Both skip a date at once: it moves twice, or the second is told why not; whatever is sent follows."""
    for _ in range(ROUNDS):
        one = await race.circle(2, facilitators=2)
        skip = SkipMeeting(meeting=one.meetings[0].id, sure=True)
        answers = await race.racing.at_once([press(one.user("f1"), skip), press(one.user("f2"), skip)], NOW)
        moves = sum("moved" in answer.lower() for answer in answers)
        assert moves == 2, answers
        for before, after in zip(one.meetings, await one.now(), strict=True):
            assert after.starts_local - before.starts_local == moves * WEEK
            assert after.starts_at == after.starts_local.replace(tzinfo=UTC)
            assert after.sequence == moves
        await one.is_planned_truly()


async def test_one_moves_and_one_calls_off(race: Race) -> None:
    """A meeting that was called off is not brought back by a move that began before; who moves it is told."""
    for turn in range(ROUNDS):
        one = await race.circle(2, facilitators=2)
        first = one.meetings[0].id
        acts = [
            press(one.user("f1"), SkipMeeting(meeting=first, sure=True)),
            press(one.user("f2"), CancelMeeting(meeting=first, scope=Scope.ONE, sure=True)),
        ]
        moved, off = (await race.racing.at_once(acts[:: 1 if turn % 2 else -1], NOW))[:: 1 if turn % 2 else -1]
        there = (await one.now())[0]
        assert "Called off" in off, off
        assert there.state is MeetingState.CANCELLED
        assert there.sequence == 1 + ("moved" in moved.lower()), moved
        assert there.starts_local - one.meetings[0].starts_local == WEEK * ("moved" in moved.lower())
        assert not [key for key in await one.planned() if key.startswith(f"remind:{first}:")]
        await one.is_planned_truly()


async def test_people_answer_while_their_meeting_is_called_off(race: Race) -> None:
    """Who was thanked is noted, who was too late is told the truth; nothing of the meeting is sent any more."""
    for _ in range(ROUNDS):
        one = await race.circle(12)
        first = one.meetings[0].id
        people = [one.user(f"l{number}") for number in range(1, 13)]
        acts = [press(who, Rsvp(meeting=first, answer=Answer.YES), one.room) for who in people]
        acts.insert(5, press(one.user("f1"), CancelMeeting(meeting=first, scope=Scope.ONE, sure=True)))
        answers = await race.racing.at_once(acts, NOW)
        assert "Called off" in answers.pop(5)
        thanked = {who for who, answer in zip(people, answers, strict=True) if "See you there" in answer}
        late = {who for who, answer in zip(people, answers, strict=True) if "called off" in answer}
        assert thanked | late == set(people)
        assert not thanked & late

        def said(store: Store, meeting: int = first) -> set[str]:
            people = store.people.many([given.person for given in store.rsvps.of(meeting)])
            return {person.name.lower() for person in people.values()}

        assert await race.database.read(said) == thanked
        assert (await one.now())[0].state is MeetingState.CANCELLED
        assert not [key for key in await one.planned() if key.startswith(f"remind:{first}:")]
        back = [press(one.user("f1"), RestoreMeeting(meeting=first, scope=Scope.ONE))]
        assert "takes place after all" in (await race.racing.at_once(back, NOW))[0]
        assert await race.database.read(said) == thanked


async def test_joining_and_leaving_at_once(race: Race) -> None:
    """Seats that become free while others come are given to those who waited, and to no more people than there are."""
    for _ in range(ROUNDS):
        one = await race.circle(4, seats=4)
        leave, join = LeaveCircle(circle=one.circle, sure=True), JoinCircle(circle=one.circle)
        acts = [
            act
            for number in range(1, 5)
            for act in (
                press(one.user(f"l{number}"), leave),
                press(one.user(f"n{number}"), join),
                press(one.user(f"m{number}"), join),
            )
        ]
        answers = await race.racing.at_once(acts, NOW)
        learners, waiting = await one.learners(), await one.waiting()
        held = sum(until is not None for _, until in waiting)
        assert len(learners) + held == 4, (learners, waiting)
        assert len(learners) + len(waiting) == 8
        assert not {one.user(f"l{number}") for number in range(1, 5)} & set(learners)
        assert [until is not None for _, until in waiting] == sorted(
            (until is not None for _, until in waiting), reverse=True
        )
        assert sum("waiting list" in answer for answer in answers) == len(waiting)


async def test_one_person_joins_and_leaves_at_once(race: Race) -> None:
    """In whichever order: they are in or out, the seat is theirs or the next one's, and never both."""
    for _ in range(ROUNDS):
        one = await race.circle(1, seats=1)
        await race.racing.at_once([press(one.user("w1"), JoinCircle(circle=one.circle))], NOW)
        acts = [
            press(one.user("l1"), LeaveCircle(circle=one.circle, sure=True)),
            press(one.user("l1"), JoinCircle(circle=one.circle)),
        ]
        await race.racing.at_once(acts, NOW)
        learners, waiting = await one.learners(), await one.waiting()
        held = [until for _, until in waiting if until is not None]
        assert len(learners) + len(held) == 1
        if learners:
            assert learners == [one.user("l1")]
            assert len(waiting) == 1
        else:
            assert len(waiting) in {1, 2}


async def test_an_offer_is_taken_while_it_lapses(race: Race) -> None:
    """The seat is theirs, or it goes to the next: whoever presses in that very moment is told which."""
    for _ in range(ROUNDS):
        one = await race.circle(1, seats=1)
        join = JoinCircle(circle=one.circle)
        for name in ("w1", "w2"):
            await race.racing.at_once([press(one.user(name), join)], NOW)
        await race.racing.at_once([press(one.user("l1"), LeaveCircle(circle=one.circle, sure=True))], NOW)
        (_, until), (second, nothing) = await one.waiting()
        assert until is not None
        assert nothing is None
        take = press(one.user("w1"), TakeSeat(circle=one.circle))
        before = until - timedelta(seconds=1)
        (taken, _, again) = await race.racing.at_once([take, DUE, take], before)
        assert "over" not in taken + again
        assert await one.learners() == [one.user("w1")]
        assert await one.waiting() == [(second, None)]

        other = await race.circle(1, seats=1)
        for name in ("w1", "w2"):
            await race.racing.at_once([press(other.user(name), JoinCircle(circle=other.circle))], NOW)
        await race.racing.at_once([press(other.user("l1"), LeaveCircle(circle=other.circle, sure=True))], NOW)
        (_, until), (second, _) = await other.waiting()
        assert until is not None
        await race.racing.at_once([DUE, DUE], until - timedelta(seconds=1))  # one of the two tells them
        acts = [
            press(other.user("w1"), TakeSeat(circle=other.circle)),
            DUE,
            press(other.user("w1"), LetGo(circle=other.circle)),
        ]
        (told, *_) = await race.racing.at_once(acts, until)
        assert ("over" in told) != ("You are in" in told)
        sits = "You are in" in told
        assert await other.learners() == [other.user("w1")] * sits
        ((next_one, held),) = await other.waiting()
        assert (next_one, held is not None) == (second, not sits)


async def test_a_seat_becomes_free_while_the_circle_comes_to_rest(race: Race) -> None:
    """Whichever comes first: nobody is offered a seat in a circle that rests, and their place on the list is kept."""
    for _ in range(ROUNDS):
        one = await race.circle(1, seats=1)
        await race.racing.at_once([press(one.user("w1"), JoinCircle(circle=one.circle))], NOW)
        acts = [
            press(one.user("l1"), LeaveCircle(circle=one.circle, sure=True)),
            press(one.user("f1"), UnpublishCircle(circle=one.circle, sure=True)),
        ]
        await race.racing.at_once(acts, NOW)
        assert await one.learners() == []
        assert [until for _, until in await one.waiting()] == [None]
        assert not [key for key in await one.planned() if key.startswith(("seat:", "lapse:"))]


async def test_two_that_send_the_digest(race: Race) -> None:
    """Both processes come to it in the same moment: it is sent once, and the next one is planned once."""
    for week in range(ROUNDS):
        one = await race.circle(3)

        def choose(store: Store, here: Round = one, now: datetime = NOW + week * WEEK) -> int:
            place = store.places.note(Room(PLATFORM, f"digest{here.number}"), "Organizers", "").id
            community = store.communities.get(race.community)
            assert community
            store.communities.save(replace(community, digest_place=place), community)
            store.meetings.save(replace(here.meetings[0], state=MeetingState.ENDED), here.meetings[0])
            Planner().community(store, race.community, now)
            return place

        await race.database.transact(choose)
        key = f"digest:{race.community}"
        due = await race.database.read(lambda store: store.deliveries.find(key))  # noqa: B023  # read at once
        assert due is not None
        posted = "\n".join(await race.racing.at_once([DUE, DUE], due.due.due_at)).split()
        assert sum(key in one for one in posted) <= 1
        done = await race.database.read(lambda store: store.deliveries.find(f"{key}#{due.id}"))  # noqa: B023  # as above
        coming = await race.database.read(lambda store: store.deliveries.find(key))  # noqa: B023  # as above
        assert done is not None
        assert done.state in {DeliveryState.SENT, DeliveryState.DROPPED}
        assert coming is not None
        assert coming.due.due_at == due.due.due_at + WEEK
