"""The planner: the outbox stays true to meetings that move, are cancelled, come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.adapter import TryLater
from bot.domain.communities import Community
from bot.domain.meetings import Meeting, MeetingState, instant, lead_instant
from bot.domain.notices import DeliveryState
from bot.ports import Store
from tests.scheduler.world import FIRST, ZONE, World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def moved(meeting: Meeting, by: timedelta) -> Meeting:
    """Return a meeting at another time."""
    local = meeting.starts_local + by
    return replace(meeting, starts_local=local, starts_at=instant(local, ZONE), sequence=meeting.sequence + 1)


async def test_planning_twice_changes_nothing(shared: World) -> None:
    """Planning is idempotent."""
    before = await shared.waiting()
    await shared.replan()
    assert await shared.waiting() == before
    assert len(before) == 10


async def test_moving_a_meeting_moves_its_reminders(shared: World) -> None:
    """The same keys, at the new times; nothing is left at the old."""
    first, second = await shared.meetings()
    before = await shared.waiting()
    await shared.change(moved(first, DAY))
    after = await shared.waiting()
    assert after.keys() == before.keys()
    room = shared.rooms["room"]
    assert after[f"remind:{first.id}:172800:{room}"] == lead_instant(moved(first, DAY), 2 * DAY)
    assert after[f"ended:{second.id}"] == before[f"ended:{second.id}"]


async def test_a_reminder_that_went_out_goes_out_again_for_the_new_time(world: World) -> None:
    """Reminded two days ahead, then moved by a week: reminded again two days ahead of the new time."""
    first, second = await world.meetings()
    await world.change(replace(second, state=MeetingState.CANCELLED))
    world.clock.move_to(lead_instant(first, 2 * DAY))
    await world.scheduler.run_due()
    await world.change(moved(first, 7 * DAY))
    await world.passes(days=7)
    assert world.platform.texts() == ["meeting 1 in 172800"] * 2


async def test_cancelling_drops_and_restoring_brings_back(world: World) -> None:
    """A cancelled meeting is silent; taken back, it is reminded of as before."""
    first, _ = await world.meetings()
    before = await world.waiting()
    await world.change(replace(first, state=MeetingState.CANCELLED))
    assert not [key for key in await world.waiting() if f":{first.id}" in key and key.split(":")[1] == str(first.id)]
    await world.change(first)
    assert await world.waiting() == before


async def test_a_next_meeting_added_late_is_asked_about_at_once(world: World) -> None:
    """Added the evening before: the reminder of two days ahead comes at once, once, the one two hours ahead in time."""
    first, _ = await world.meetings()
    soon = world.clock.now() + timedelta(hours=20)
    local = FIRST.replace(day=3, hour=8)
    extra = replace(first, id=0, uid="", number=9, starts_local=local, starts_at=soon)

    def add(store: Store) -> None:
        store.meetings.add([extra])
        world.planner.circle(store, world.circle, world.clock.now())

    await world.storage.transact(add)
    assert len(await world.scheduler.run_due()) == 1
    await world.replan()
    assert await world.scheduler.run_due() == []
    await world.passes(hours=18)
    assert world.platform.texts() == ["meeting 9 in 172800", "meeting 9 in 7200"]


async def test_a_next_meeting_moved_near_is_asked_about_at_once(world: World) -> None:
    """Moved to the next evening before any reminder: what waited for its old time comes now."""
    first, _ = await world.meetings()
    await world.change(moved(first, -6 * DAY - timedelta(hours=12)))
    await world.scheduler.run_due()
    assert world.platform.texts() == ["meeting 1 in 172800"]


async def test_a_later_meeting_is_not_asked_about_before_the_next_is_over(world: World) -> None:
    """Both are near: only the next is asked about at once, the other once the next has ended."""
    first, second = await world.meetings()
    await world.change(moved(first, -7 * DAY))
    await world.change(moved(second, -13 * DAY))
    await world.scheduler.run_due()
    assert world.platform.texts() == ["meeting 1 in 172800"]
    near, later = await world.meetings()
    assert (await world.waiting())[f"remind:{later.id}:172800:{world.rooms['room']}"] == near.ends_at


@pytest.mark.parametrize("leads", [(2 * DAY, HOUR), (2 * DAY,)])
async def test_what_waited_for_a_meeting_that_is_called_off_comes_at_once(
    world: World, leads: tuple[timedelta, ...]
) -> None:
    """Its time had come while the one before was planned still: it does not wait for that one's hour."""
    first, second = await world.meetings()
    later = await _led(world, leads, first, second)
    assert (await world.waiting())[later] == first.ends_at
    world.clock.move_to(first.starts_at - 2 * HOUR)
    await world.scheduler.run_due()
    said = len(world.platform.texts())
    await world.change(replace(first, state=MeetingState.CANCELLED))
    await world.scheduler.run_due()
    assert world.platform.texts()[said:] == ["meeting 2 in 172800"]
    await world.replan()
    await world.passes(hours=12)
    assert world.platform.texts()[said:] == ["meeting 2 in 172800"]


async def test_what_a_platform_put_off_waits_for_that(world: World) -> None:
    """Planning anew does not send it sooner than the platform would have it."""
    first, second = await world.meetings()
    await _led(world, (2 * DAY, HOUR), first, second)
    await world.change(replace(first, state=MeetingState.CANCELLED))
    world.clock.move_to(lead_instant((await world.meetings())[1], 2 * DAY))
    world.platform.script["room"] = [TryLater("too fast", 3600)]
    await world.scheduler.run_due()
    await world.replan()
    assert await world.scheduler.run_due() == []
    assert world.platform.texts() == []
    await world.passes(hours=2)
    assert world.platform.texts() == ["meeting 2 in 172800"]


async def _led(world: World, leads: tuple[timedelta, ...], first: Meeting, second: Meeting) -> str:
    """Let the second meeting be a day after the first, with these reminders; return the key of its earliest."""

    def choose(store: Store) -> None:
        circle = store.circles.get(world.circle)
        assert circle is not None
        store.circles.save(replace(circle, leads=leads), circle)

    await world.storage.transact(choose)
    await world.change(moved(second, first.starts_local + DAY - second.starts_local))
    return f"remind:{second.id}:{int(max(leads).total_seconds())}:{world.rooms['room']}"


async def test_whoever_plans_within_the_last_lead_has_told_everybody(world: World) -> None:
    """Moved to within an hour: no reminder only repeats the news."""
    first, _ = await world.meetings()
    await world.change(replace(first, starts_at=world.clock.now() + timedelta(hours=1)))
    assert await world.scheduler.run_due() == []


async def test_a_room_that_is_taken_from_the_circle_hears_no_more(world: World) -> None:
    """Detaching a room drops its reminders."""

    def detach(store: Store) -> None:
        store.places.detach(world.circle, world.rooms["room"])
        world.planner.circle(store, world.circle, world.clock.now())

    await world.storage.transact(detach)
    assert not [key for key in await world.waiting() if key.startswith("remind:")]


async def test_the_digest_waits_for_its_hour_and_follows_itself(world: World) -> None:
    """Monday 09:00 in the community's zone; another day moves it, no room drops it, a room brings it back."""
    await world.choose_digest_room("room")
    key = f"digest:{world.community}"
    assert (await world.waiting())[key].isoformat() == "2026-03-09T08:00:00+00:00"

    def on_thursday(store: Store) -> None:
        community = store.communities.get(world.community)
        assert isinstance(community, Community)
        store.communities.save(replace(community, digest_weekday=3), community)
        world.planner.community(store, world.community, world.clock.now())

    await world.storage.transact(on_thursday)
    assert (await world.waiting())[key].isoformat() == "2026-03-05T08:00:00+00:00"
    await world.choose_digest_room(None)
    assert key not in await world.waiting()
    await world.choose_digest_room("room")
    assert key in await world.waiting()


async def test_a_late_digest_is_not_lost_to_a_change_of_settings(world: World) -> None:
    """A digest whose hour has come but which could not go out yet is still sent when its settings are touched."""
    await world.choose_digest_room("room")
    world.clock.move_to((await world.waiting())[f"digest:{world.community}"] + timedelta(hours=1))
    await world.choose_digest_room("room")
    await world.scheduler.run_due()
    assert "the week" in world.platform.texts()


async def test_a_digest_too_late_is_dropped_and_the_next_still_comes(world: World) -> None:
    """Down for four days: last Monday's digest is dropped with a word in the log, next Monday's is planned."""
    await world.choose_digest_room("room")
    key = f"digest:{world.community}"
    world.clock.move_to((await world.waiting())[key] + timedelta(days=4))
    await world.scheduler.run_due()
    assert "the week" not in world.platform.texts()
    assert (await world.find(key)).state is DeliveryState.WAITING
    log = await world.storage.read(lambda store: store.deliveries.log(community=world.community))
    assert "too late" in {one.outcome for one in log if one.due.notice.kind == "digest"}


async def test_the_nightly_repair_finds_what_was_never_planned(world: World) -> None:
    """Whatever is missing from the outbox is there after the night."""
    before = await world.waiting()
    await world.storage.transact(lambda store: store.deliveries.drop(list(before), "lost by accident"))
    assert await world.waiting() == {}
    assert await world.planner.replan_all(world.storage, world.clock.now()) == 1
    assert await world.waiting() == before
