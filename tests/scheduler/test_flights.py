"""When posts begin: two by two, evenly, few in the air at a time; a room that has to wait is no one else's matter."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.chat.adapter import Ability
from bot.chat.message import Room
from bot.chat.pacing import Pace, Pacing
from scheduler.flights import FEW, Flights
from tests.scheduler.world import PLATFORM, Platform, Time

ROOMS = [Room(PLATFORM, str(number)) for number in range(8)]


class Pauses(Time):
    """Real seconds that pass only when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.is_over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait until the test lets them pass."""
        self.slept.append(seconds)
        await self.is_over.wait()
        self.seconds += seconds


def platform(time: Time, *abilities: Ability, pace: Pace = Pace()) -> Platform:  # frozen
    """Return a platform with such limits."""
    return Platform(abilities=frozenset(abilities), pacing=Pacing(pace, time.monotonic))


async def a_few_turns() -> None:
    """Let everything go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_posts_begin_two_by_two_evenly() -> None:
    """Of thirty a second two begin every fifteenth of it, and the limit itself has nobody wait once more."""
    time = Time()
    there, flights = platform(time, pace=Pace(bot_second=30)), Flights(time.monotonic, time.sleep)
    began = []

    async def post(room: Room) -> None:
        async with flights.one(there, room) as flight:
            began.append(time.seconds)
            flight.landed()

    await asyncio.gather(*map(post, ROOMS * 8))
    apart = [later - sooner for sooner, later in zip(began[::2], began[2::2], strict=False)]
    assert began[::2] == began[1::2]
    assert apart == pytest.approx([2 / 30] * 31, rel=0.08)
    assert began[30] - began[0] >= 1.0
    assert len(time.slept) == 31


@pytest.mark.parametrize(("abilities", "most"), [((), FEW), ((Ability.KNOW_REPEATS,), len(ROOMS))])
async def test_few_are_in_the_air_where_a_crash_would_double_them(abilities: tuple[Ability, ...], most: int) -> None:
    """Where the platform knows repeats, any number is; elsewhere the next begins when one has been noted."""
    time = Time()
    there, flights = platform(time, *abilities), Flights(time.monotonic, time.sleep)
    began: list[Room] = []
    noted = [asyncio.Event() for _ in ROOMS]

    async def post(number: int) -> None:
        async with flights.one(there, ROOMS[number]) as flight:
            began.append(ROOMS[number])
            flight.landed()
            await noted[number].wait()

    posting = asyncio.gather(*map(post, range(len(ROOMS))))
    await a_few_turns()
    assert began == ROOMS[:most]
    noted[0].set()
    await a_few_turns()
    assert began == ROOMS[: most + 1]
    for event in noted:
        event.set()
    await posting
    assert began == ROOMS


async def test_one_that_takes_too_long_makes_room_once() -> None:
    """What is waited for no longer lets one other begin; that it ends after all lets in no third."""
    time = Time()
    there, flights = platform(time), Flights(time.monotonic, time.sleep)
    async with AsyncExitStack() as stack:
        slow = await stack.enter_async_context(flights.one(there, ROOMS[0]))
        await stack.enter_async_context(flights.one(there, ROOMS[1]))
        slow.over()
        await stack.enter_async_context(flights.one(there, ROOMS[2]))
        slow.over()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await stack.enter_async_context(flights.one(there, ROOMS[3]))


async def test_who_landed_knows_whether_others_that_began_with_it_are_in_the_air() -> None:
    """The first of two is to wait for the other, the second for nobody."""
    time = Time()
    there, flights = platform(time), Flights(time.monotonic, time.sleep)
    async with flights.one(there, ROOMS[0]) as one, flights.one(there, ROOMS[1]) as other:
        assert one.landed()
        assert not other.landed()


async def test_a_room_that_has_to_wait_holds_up_no_other() -> None:
    """While one room's own limit is waited for, others are served; then it comes to its turn."""
    time = Pauses()
    there, flights = platform(time, pace=Pace(bot_second=30, room_second=1)), Flights(time.monotonic, time.sleep)
    began: list[Room] = []

    async def post(room: Room) -> None:
        async with flights.one(there, room):
            began.append(room)

    there.pacing.note(ROOMS[0])
    posting = asyncio.gather(*map(post, ROOMS[:2]))
    await a_few_turns()
    assert began == ROOMS[1:2]
    time.is_over.set()
    await posting
    assert began == [ROOMS[1], ROOMS[0]]
    assert there.pacing.waited_s == pytest.approx(1.0)
