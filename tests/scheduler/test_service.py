"""The scheduler as a whole: woken by commits, by its alarm and by a clock that is moved; idle it does nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.clock import RehearsalClock, after
from scheduler.alarm import LONGEST_S, Alarm
from scheduler.courier import STOPPING_S
from tests.scheduler.world import NOW, World
from tests.support.patience import PATIENCE


@pytest.fixture
async def running(world: World) -> AsyncIterator[World]:
    """A world whose scheduler runs."""
    await world.scheduler.start()
    yield world
    await world.scheduler.stop()


async def until_posted(world: World, number: int = 1) -> None:
    """Wait until so many messages were posted."""
    async with asyncio.timeout(PATIENCE):
        while len(world.platform.posts) < number:  # noqa: ASYNC110  # the platform is not ours to put an event into
            await asyncio.sleep(0)


async def test_a_commit_that_wakes_it_is_served(running: World) -> None:
    """What a handler has planned for now goes out when it wakes the scheduler."""
    await running.plan(running.note())
    running.scheduler.wake()
    await until_posted(running)


async def test_it_may_be_woken_from_another_thread(running: World) -> None:
    """A wake from anywhere reaches the loop."""
    await running.plan(running.note())
    thread = threading.Thread(target=running.scheduler.wake)
    thread.start()
    await asyncio.to_thread(thread.join)
    await until_posted(running)


async def test_moving_the_clock_wakes_it(running: World) -> None:
    """The demo's clock is moved to the next thing due, which happens."""
    running.clock.move_to(min((await running.waiting()).values()))
    await until_posted(running)


async def test_the_alarm_is_set_for_the_next_thing_due(running: World) -> None:
    """The alarm rings when the next thing is due, or within the hour where that is far."""
    alarm = running.scheduler._alarm
    assert alarm is not None
    running.clock.move_to(min((await running.waiting()).values()) - timedelta(minutes=10))
    async with asyncio.timeout(PATIENCE):
        while alarm.rings_at("send") is None:  # noqa: ASYNC110  # nor is the alarm
            await asyncio.sleep(0)
    assert running.platform.posts == []


async def test_the_alarm_rings() -> None:
    """What was asked for in an instant comes; what was taken back does not; a sooner time stands."""
    rung = asyncio.Event()

    async def at_night() -> None:
        pass

    alarm = Alarm(rung.set, at_night, lambda: NOW)
    alarm.start()
    try:
        alarm.ring_in("far", 10 * LONGEST_S)
        assert alarm.rings_at("far") == NOW + timedelta(seconds=LONGEST_S)
        alarm.ring_in("far", None)
        assert alarm.rings_at("far") is None
        alarm.ring_in("again", 20)
        alarm.ring_in("again", 30)
        assert alarm.rings_at("again") == NOW + timedelta(seconds=20)  # told then that there is nothing yet
        alarm.ring_in("again", 10)
        assert alarm.rings_at("again") == NOW + timedelta(seconds=10)
        alarm.ring_in("now", 0.0)  # long ago by the real clock: late, but not forgotten
        async with asyncio.timeout(PATIENCE):
            await rung.wait()
    finally:
        alarm.stop()


async def test_stopping_finishes_what_is_being_posted_and_leaves_the_rest(world: World) -> None:
    """Stopped in the middle: the message in hand is marked, the others wait for the next start, none is doubled."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    post = world.platform.post

    async def slow(*what: object) -> object:
        begun.set()
        await go_on.wait()
        return await post(*what)  # type: ignore[arg-type]  # handed on as it came

    world.platform.post = slow  # type: ignore[method-assign,assignment]  # for a while
    await world.plan(*(world.note(f"nudge:{n}") for n in range(3)))
    await world.scheduler.start()
    await begun.wait()
    stopping = asyncio.create_task(world.scheduler.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert len(world.platform.posts) == 1
    await world.started_anew("the next").run_due()
    assert len(world.platform.posts) == 3


async def test_a_platform_that_does_not_answer_does_not_keep_a_stop(world: World) -> None:
    """A post that hangs is given up by the stop, and sent by the next start."""
    begun, post = asyncio.Event(), world.platform.post

    async def hangs(*_: object) -> object:
        begun.set()
        return await asyncio.get_running_loop().create_future()

    world.platform.post = hangs  # type: ignore[method-assign,assignment]  # for a while
    await world.plan(world.note())
    await world.scheduler.start()
    await begun.wait()
    world.scheduler.begin_to_stop()
    world.time.seconds += STOPPING_S
    async with asyncio.timeout(PATIENCE):
        await world.scheduler.stop()
    world.platform.post = post  # type: ignore[method-assign]
    await world.started_anew("the next").run_due()
    assert len(world.platform.posts) == 1


async def test_stopping_twice_is_harmless(world: World) -> None:
    """Stop may be called before the start, and again."""
    await world.scheduler.stop()
    await world.scheduler.start()
    await world.scheduler.stop()
    await world.scheduler.stop()


async def test_the_night_tidies_and_repairs(running: World) -> None:
    """What was lost from the outbox is there after the nightly round."""
    await running.storage.transact(lambda store: store.deliveries.drop_prefix("remind:", "lost by accident"))
    await running.scheduler.tidy()
    assert [key for key in await running.waiting() if key.startswith("remind:")]


def test_real_seconds_on_a_clock_that_goes_faster() -> None:
    """A platform's thirty seconds are an hour on a clock that goes a hundred and twenty times as fast."""
    clock = RehearsalClock(NOW, 120, source=lambda: NOW)
    assert after(clock, 30) == NOW + timedelta(hours=1)
