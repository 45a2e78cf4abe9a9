"""Somebody sets the server's clock, by minutes, hours or a day, forward or back: nothing comes twice or is lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.clock import real_now
from bot.domain.digests import TOO_LATE
from bot.domain.notices import DeliveryState, Reminder
from bot.ports import Store
from scheduler.alarm import WATCH_S, Alarm
from scheduler.courier import LEASED_S
from storage.engine import Database
from tests.scheduler.world import NOW, World
from tests.support.chat import BEGINNING, ChatSim, lived_in
from tests.support.long import long
from tests.support.patience import PATIENCE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SIX_WEEKS = 7 * 7 * DAY
A_WHILE = 3 * HOUR


@dataclass
class Hands:
    """What the system's clock shows beside the truth, and seconds that nobody can set."""

    began: datetime = NOW
    error: timedelta = timedelta(0)
    seconds: float = 0.0
    ticks: asyncio.Queue[timedelta] = field(default_factory=asyncio.Queue)
    asleep: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        """Return what the system's clock shows."""
        return self.began + timedelta(seconds=self.seconds) + self.error

    def monotonic(self) -> float:
        """Return the seconds."""
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Sleep until the test lets it pass, in which time somebody may set the clock."""
        self.asleep.set()
        self.error += await self.ticks.get()
        self.seconds += seconds

    async def passes(self, set_by: timedelta = timedelta(0)) -> None:
        """Let one look's time pass, in which the clock is set."""
        self.asleep.clear()
        self.ticks.put_nowait(set_by)
        await asyncio.wait_for(self.asleep.wait(), PATIENCE)


async def test_the_alarm_notices_that_the_clock_was_set() -> None:
    """Within half a minute it rings, repairs what was planned by a wrong clock, and waits for nothing of before."""
    hands, rung, nights = Hands(real_now() + 9 * DAY), list[str](), list[str]()

    async def at_night() -> None:
        nights.append("night")

    alarm = Alarm(lambda: rung.append("ring"), at_night, hands.now, monotonic=hands.monotonic, sleep=hands.sleep)
    alarm.start()
    try:
        await asyncio.wait_for(hands.asleep.wait(), PATIENCE)
        for number, step in enumerate((MINUTE, -MINUTE, HOUR, -HOUR, DAY, -DAY), start=1):
            alarm.ring_in("send", 1800.0)
            assert alarm.rings_at("send") is not None
            await hands.passes()
            await hands.passes(timedelta(seconds=2))  # what is corrected bit by bit is no matter
            assert len(rung) == number - 1
            await hands.passes(step)
            assert len(rung) == len(nights) == number
            assert alarm.rings_at("send") is None
            alarm.ring_in("send", 60.0)
            assert alarm.rings_at("send") == hands.now() + MINUTE
        assert hands.seconds == 18 * WATCH_S
    finally:
        alarm.stop()


def _keys(chat: ChatSim) -> Counter[tuple[int, int]]:
    """Return how often each reminder was posted, by its meeting and its lead time."""
    reminders = (post.key.split(":") for post in chat.platform.in_room(chat.room) if post.key.startswith("remind:"))
    return Counter((int(meeting), int(lead)) for _, meeting, lead, *_ in reminders)


async def _fates(chat: ChatSim) -> dict[tuple[int, int], tuple[DeliveryState, str]]:
    """Return what became of each reminder in the end."""

    def look(store: Store) -> dict[tuple[int, int], tuple[DeliveryState, str]]:
        keys = [
            f"remind:{meeting.id}:{int(lead.total_seconds())}:{place.id}"
            for meeting in store.meetings.of_circle(chat.circle)
            for lead in store.circles.get(chat.circle).leads  # type: ignore[union-attr]  # it is there
            for place in store.places.of_circle(chat.circle)
        ]
        found = store.deliveries.several(keys)
        assert found.keys() == set(keys)
        notices = {key: one.due.notice for key, one in found.items()}
        return {
            (notice.meeting, notice.lead): (found[key].state, found[key].outcome)
            for key, notice in notices.items()
            if isinstance(notice, Reminder)
        }

    return await chat.store.read(look)


def _no_meeting_is_near(chat: ChatSim, starts: list[datetime], by: timedelta) -> bool:
    now = chat.clock.now()
    return all(not now - DAY < start < now + by + DAY for start in starts)


def _steps(chance: random.Random, largest: timedelta) -> Iterator[timedelta]:
    """Yield by how much the clock is set, each time it is wrong, forever."""
    while True:
        yield chance.choice([largest, largest, largest * chance.random()])


async def _lives(chat: ChatSim, chance: random.Random, largest: timedelta) -> int:
    """Let six weeks pass, in which the clock is wrong now and then for a while; return how often it was."""
    hands, wrong, right_in = Hands(), 0, 0
    chat.clock._source = lambda: BEGINNING + hands.error
    steps = _steps(chance, largest)
    starts = [meeting.starts_at for meeting in await chat.meetings()]
    end = chat.clock.now() + SIX_WEEKS
    while chat.clock.now() < end or hands.error:
        step = timedelta(0)
        if hands.error:
            right_in -= 1
            if right_in <= 0 and (hands.error < 0 * HOUR or _no_meeting_is_near(chat, starts, 0 * HOUR)):
                step = -hands.error
        elif chance.random() < 0.1:
            step = next(steps)
            if step > 0 * HOUR and not _no_meeting_is_near(chat, starts, step):
                step = 0 * HOUR  # a meeting that a wrong clock has ended has ended
            wrong, right_in = wrong + bool(step), chance.randrange(1, 8)
        if step:
            hands.error += step
            await chat.bot.scheduler.tidy()  # as the alarm does
            await chat.bot.scheduler.run_due()
        await chat.passes(hours=A_WHILE / HOUR)
    return wrong


@pytest.mark.parametrize("largest", [7 * MINUTE, 5 * HOUR, DAY, -7 * MINUTE, -5 * HOUR, -DAY])
async def test_each_reminder_comes_once_however_the_clock_is_set(sqlite_database: Database, largest: timedelta) -> None:
    """Six weeks with a clock that is wrong now and then: each reminder once, or it was too late and that is said."""
    chat = await lived_in(sqlite_database)
    chance = random.Random(f"clock {largest}")
    assert await _lives(chat, chance, largest) > 3
    posted, fates = _keys(chat), await _fates(chat)
    assert len(fates) == 12
    assert max(posted.values()) == 1
    for reminder, (state, outcome) in fates.items():
        sent = state is DeliveryState.SENT
        assert sent or (state is DeliveryState.DROPPED and outcome.startswith(TOO_LATE)), (reminder, state, outcome)
        assert posted[reminder] == sent
    late = sum(state is not DeliveryState.SENT for state, _ in fates.values())
    assert late <= (1 if abs(largest) < HOUR else 4)


async def test_what_a_wrong_clock_dropped_is_sent_after_all(sqlite_database: Database) -> None:
    """A day ahead for an hour: the reminder that seemed to be too late comes when its time has come."""
    chat = await lived_in(sqlite_database)
    (first, *_) = await chat.meetings()
    await chat.moves_to(first.starts_at - 20 * HOUR)
    posted = _keys(chat)
    hands = Hands()
    chat.clock._source = lambda: BEGINNING + hands.error
    hands.error = 22 * HOUR
    await chat.bot.scheduler.tidy()
    hands.error = 0 * HOUR
    assert (await _fates(chat))[first.id, 7200][0] is DeliveryState.DROPPED
    await chat.bot.scheduler.tidy()
    await chat.moves_to(first.starts_at - 2 * HOUR)
    assert _keys(chat) == posted + Counter({(first.id, 7200): 1})


async def test_what_a_wrong_clock_sent_is_not_sent_again(sqlite_database: Database) -> None:
    """Three hours ahead: the reminder and the digest that came early are the reminder and the digest."""
    chat = await lived_in(sqlite_database)
    (first, *_) = await chat.meetings()
    await chat.moves_to(first.starts_at - 2 * DAY - 2 * HOUR)
    hands = Hands(error=3 * HOUR)
    chat.clock._source = lambda: BEGINNING + hands.error
    await chat.bot.scheduler.run_due()
    assert _keys(chat) == Counter({(first.id, 172800): 1})
    hands.error = 0 * HOUR
    for _ in range(3):
        await chat.bot.scheduler.tidy()
        await chat.passes(hours=2)
    assert _keys(chat) == Counter({(first.id, 172800): 1})


async def _worlds(database: Database) -> tuple[World, Hands]:
    """Return a world whose clock can be set."""
    world, hands = await World(database).settle(), Hands()
    world.clock._source = lambda: NOW + hands.error
    return world, hands


@pytest.mark.parametrize("step", [-10 * MINUTE, -HOUR, -DAY, 10 * MINUTE, HOUR, DAY])
async def test_who_died_before_the_clock_was_set_is_replaced_at_once(database: Database, step: timedelta) -> None:
    """Neither its election nor what it had taken lasts for longer than it may, by whatever clock."""
    world, hands = await _worlds(database)
    await world.plan(world.note("nudge:1"))

    def dies(store: Store) -> None:
        now = world.clock.now()
        assert store.take_lease("courier:sim", "elsewhere/1/9", now, now + timedelta(seconds=20))
        assert store.deliveries.lease(now, "elsewhere/1/9", now + timedelta(seconds=LEASED_S), 10, ["sim"])

    await database.transact(dies)
    other = world.started_anew("here/1/9")
    await other.run_due()
    assert world.platform.posts == []
    hands.error = step
    await world.plan(world.note("nudge:2"))
    world.time.seconds += 6
    await other.run_due()
    texts = {due for _, _, due in world.platform.posts}
    wanted = {"nudge:2#"} if step < 0 * HOUR else {"nudge:1#", "nudge:2#"}
    assert {key.partition("#")[0] + "#" for key in texts} >= wanted
    hands.error = 0 * HOUR
    await world.passes(minutes=3)
    await other.run_due()
    assert Counter(key.partition("#")[0] for _, _, key in world.platform.posts) == {"nudge:1": 1, "nudge:2": 1}


@pytest.mark.parametrize("step", [-10 * MINUTE, -DAY, 10 * MINUTE, DAY])
async def test_the_elected_stays_elected_when_the_clock_is_set(database: Database, step: timedelta) -> None:
    """It renews its term by seconds that nobody can set, so a second process that wakes meanwhile finds it there."""
    world, hands = await _worlds(database)
    other = world.started_anew("elsewhere/1/9")
    for number in range(long(3, 20)):
        await world.plan(world.note(f"nudge:{number}"))
        await world.scheduler.run_due()
        hands.error += step
        await world.plan(world.note(f"again:{number}"))
        world.time.seconds += 6
        await world.scheduler.run_due()
        assert await other.run_due() == []
    assert len(world.platform.posts) == 2 * long(3, 20)
