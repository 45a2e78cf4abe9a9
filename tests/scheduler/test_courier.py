"""The courier, on a real database, with a platform that fails on demand and a clock that stands still."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.adapter import Refused, TryLater, Unreachable
from bot.chat.message import Message, Picture, Posted, Room
from bot.chat.pacing import Pace, Pacing
from bot.domain.notices import UNKNOWN, DeliveryState, MeetingListed, Nudge
from bot.ports import Store
from scheduler.courier import LEASED_S, SURPRISES
from scheduler.election import TERM_S
from storage.engine import Database
from tests.scheduler.world import Platform, World


async def test_what_is_due_is_posted_once(world: World) -> None:
    """A message goes out when it is due, and never again."""
    await world.plan(world.note())
    await world.scheduler.run_due()
    await world.scheduler.run_due()
    await world.started_anew("another").run_due()
    assert world.platform.texts() == ["coming to 1?"]
    assert (await world.find("nudge:1")).state is DeliveryState.SENT


async def test_nothing_goes_out_before_its_time(world: World) -> None:
    """A reminder waits for its instant, to the second."""
    await world.scheduler.run_due()
    first = min(at for key, at in (await world.waiting()).items() if key.startswith("remind:"))
    world.clock.move_to(first - timedelta(seconds=1))
    await world.scheduler.run_due()
    assert world.platform.texts() == []
    world.clock.move_to(first)
    await world.scheduler.run_due()
    assert world.platform.texts() == ["meeting 1 in 172800"]


async def test_what_comes_late_wakes_nobody(world: World) -> None:
    """After an outage that ends at night, private messages wait for the morning; what is of no use then does not."""
    can_wait, cannot = world.private_note("later", "ada"), world.private_note("now", "ada")
    expires = world.clock.now() + timedelta(hours=14)
    await world.plan(can_wait, replace(cannot, expires_at=expires), world.note("in the room"))
    await world.passes(hours=12)
    states = [(await world.find(key)).state for key in ("later", "now", "in the room")]
    assert states == [DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.SENT]
    await world.passes(hours=9)
    assert (await world.find("later")).state is DeliveryState.SENT


async def test_a_crash_between_post_and_mark_does_not_double(world: World) -> None:
    """Posted but not marked: it is posted again under the same key, which the platform takes as a repeat."""
    await world.plan(world.note())
    original = world.platform.post

    async def post_then_die(room: Room, message: Message, key: str) -> Posted:
        await original(room, message, key)
        raise asyncio.CancelledError

    world.platform.post = post_then_die  # type: ignore[method-assign]  # for a while
    await world.scheduler.run_due()
    assert (await world.find("nudge:1")).state is DeliveryState.WAITING
    world.platform.post = original  # type: ignore[method-assign]
    await world.started_anew().run_due()
    assert world.platform.texts() == ["coming to 1?"]
    assert (await world.find("nudge:1")).state is DeliveryState.SENT


async def test_after_a_restart_nobody_waits_for_the_dead(world: World) -> None:
    """A process of the same name takes over at once what its former self had leased."""
    await world.plan(world.note())
    await world.storage.transact(
        lambda store: store.deliveries.lease(
            world.clock.now(),
            world.scheduler._courier._election.holder,
            world.clock.now() + timedelta(seconds=LEASED_S),
            10,
        )
    )
    await world.started_anew().run_due()
    assert world.platform.texts() == ["coming to 1?"]


async def test_a_dead_process_of_this_host_is_succeeded_at_once(world: World) -> None:
    """The lease of a process that is no more holds nobody up."""
    host = world.scheduler._courier._election.holder.rpartition("/")[0]
    dead = f"{host}/4194304"  # above the largest process id there is
    later = world.clock.now() + timedelta(seconds=TERM_S)
    await world.storage.transact(lambda store: store.take_lease("courier:sim", dead, world.clock.now(), later))
    await world.plan(world.note())
    await world.scheduler.run_due()
    assert world.platform.texts() == ["coming to 1?"]


async def test_a_process_of_another_machine_of_that_name_is_not_taken_for_dead(world: World) -> None:
    """Its number says nothing here: machines are cloned with their names, and each counts its processes by itself."""
    name, machine, counting, _ = world.scheduler._courier._election.holder.split("/")
    assert machine or sys.platform != "linux"
    elsewhere = f"{name}/another/{counting}/4194304"
    later = world.clock.now() + timedelta(seconds=TERM_S)
    await world.storage.transact(lambda store: store.take_lease("courier:sim", elsewhere, world.clock.now(), later))
    await world.plan(world.note())
    await world.scheduler.run_due()
    assert world.platform.texts() == []


async def test_what_the_dead_had_in_hand_is_free_though_their_term_is_over(world: World) -> None:
    """A process killed while the clock moved on leaves nothing that has to lapse first."""
    host = world.scheduler._courier._election.holder.rpartition("/")[0]
    dead, now = f"{host}/4194304", world.clock.now()
    await world.plan(world.note())

    def killed(store: Store) -> None:
        store.take_lease("courier:sim", dead, now - timedelta(days=1), now - timedelta(hours=1))
        store.deliveries.lease(now, dead, now + timedelta(seconds=LEASED_S), 10)

    await world.storage.transact(killed)
    await world.scheduler.run_due()
    assert world.platform.texts() == ["coming to 1?"]


async def test_a_limit_holds_back_its_room_alone(sqlite_database: Database) -> None:
    """Told to wait in one room, the bot waits there as long as it is told, keeps the order, and serves the others."""
    world = await World(sqlite_database).settle(rooms=("slow", "quick"))
    world.platform.script["slow"] = [TryLater("too fast", 30)]
    await world.plan(
        world.note("nudge:1", "slow"),
        replace(world.note("nudge:2", "slow"), notice=Nudge(2, 1)),
        replace(world.note("nudge:3", "quick"), notice=Nudge(3, 1)),
    )
    await world.scheduler.run_due()
    assert world.platform.texts() == ["coming to 3?"]
    await world.passes(seconds=29)
    assert world.platform.texts("slow") == []
    await world.passes(seconds=1)
    assert world.platform.texts("slow") == ["coming to 1?", "coming to 2?"]


async def test_a_calendar_that_has_to_wait_holds_up_no_room(world: World) -> None:
    """What is said in the room goes out at once; the entry follows when the calendar takes it."""
    world.platform.script["listed:1"] = [TryLater("too many entries", 3600)]
    entry = replace(world.note("listed:1"), notice=MeetingListed(2))
    await world.plan(replace(entry, due_at=entry.due_at - timedelta(seconds=1)), world.note("nudge:1"))
    await world.scheduler.run_due()
    assert world.platform.texts() == ["coming to 1?"]
    await world.passes(seconds=3600)
    assert world.platform.texts() == ["coming to 1?", "coming to 2?"]


async def test_an_outage_is_waited_out_longer_each_time(world: World) -> None:
    """Without a word from the platform how long, the waits double."""
    world.platform.script["room"] = [TryLater("down")] * 3
    await world.plan(world.note())
    await world.scheduler.run_due()
    waits = []
    for _ in range(3):
        due = (await world.waiting())["nudge:1"]
        waits.append((due - world.clock.now()).total_seconds())
        await world.passes(seconds=waits[-1])
    assert waits == [5, 10, 20]
    assert world.platform.texts() == ["coming to 1?"]


async def test_a_room_that_is_gone_is_remembered_until_it_is_back(world: World) -> None:
    """Unreachable: given up at once, said in the log and on the room; the next success clears it."""
    world.platform.script["room"] = [Unreachable("kicked")]
    await world.plan(world.note())
    await world.scheduler.run_due()
    failed = await world.find("nudge:1")
    assert (failed.state, failed.outcome) == (DeliveryState.FAILED, "cannot be reached: kicked")
    place = await world.storage.read(lambda store: store.places.get(world.rooms["room"]))
    assert place
    assert place.trouble == UNKNOWN
    await world.plan(world.note("nudge:2"))
    await world.scheduler.run_due()
    place = await world.storage.read(lambda store: store.places.get(world.rooms["room"]))
    assert place
    assert place.trouble == ""


async def test_whoever_blocks_the_bot_is_not_written_to_again(world: World) -> None:
    """A private chat that is closed is remembered, and what cannot go there is dropped with the reason."""
    world.platform.script["ada"] = [Unreachable("blocked")]
    for number in (1, 2):
        await world.plan(world.private_note(f"nudge:{number}", "ada"))
        await world.scheduler.run_due()
    assert (await world.find("nudge:1")).state is DeliveryState.FAILED
    second = await world.find("nudge:2")
    assert (second.state, second.outcome) == (DeliveryState.DROPPED, "has not opened a private chat with the bot")
    assert world.platform.calls == 1


async def test_who_never_opened_a_private_chat_is_named_in_the_log(world: World) -> None:
    """A private message to somebody who cannot be written to is dropped, not silently."""
    await world.plan(world.private_note("nudge:1", "grace"))
    await world.scheduler.run_due()
    log = await world.storage.read(lambda store: store.deliveries.log())
    assert [(one.state, one.outcome) for one in log] == [
        (DeliveryState.DROPPED, "has not opened a private chat with the bot")
    ]


async def test_what_the_platform_refuses_is_our_mistake_and_given_up(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A payload that is refused is logged as an error, and not tried again."""
    world.platform.script["room"] = [Refused("text too long")]
    await world.plan(world.note())
    await world.scheduler.run_due()
    assert (await world.find("nudge:1")).outcome == "refused by the platform: text too long"
    assert "text too long" in caplog.text


async def test_a_surprise_stops_nobody_else_and_is_given_up_in_the_end(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception that nobody foresaw counts an attempt; the rest goes out, and after some attempts it is given up.

    The log says what and where, but not the words that were to be sent, which such an error may repeat.
    """
    world.platform.script["ada"] = [RuntimeError("Ada's words")] * SURPRISES
    await world.plan(world.private_note("nudge:1", "ada"), world.note("nudge:2"))
    await world.scheduler.run_due()
    assert len(world.platform.texts()) == 1
    for _ in range(SURPRISES):
        await world.passes(minutes=15)
    given_up = await world.find("nudge:1")
    assert given_up.state is DeliveryState.FAILED
    assert given_up.outcome == f"given up after {SURPRISES} attempts: RuntimeError"
    assert "in post" in caplog.text
    assert "Ada's words" not in caplog.text


async def test_after_an_outage_what_is_useful_comes_once_and_what_is_too_late_is_said(world: World) -> None:
    """Ten days down: the first meeting's reminders are dropped as too late, its end is seen to, one ask goes out."""
    done = await world.passes(days=10)
    outcomes = {one.delivery.due.key.split(":")[0]: one.why for one in done}
    assert outcomes["remind"] == "too late"
    assert outcomes["ended"] == "done"
    assert world.platform.texts() == ["plus/delta?"]
    log = await world.storage.read(lambda store: store.deliveries.log())
    assert sorted(one.outcome for one in log) == ["", "too late", "too late"]


async def test_of_two_late_reminders_only_the_last_is_sent(world: World) -> None:
    """Down until an hour before the meeting: the later reminder takes the earlier one's place."""
    (first, _) = await world.meetings()
    world.clock.move_to(first.starts_at - timedelta(hours=1))
    await world.scheduler.run_due()
    assert world.platform.texts() == ["meeting 1 in 7200"]


async def test_a_meeting_moved_while_its_reminder_waits_in_line_is_reminded_later(world: World) -> None:
    """What was leased is looked at again before it is sent: a reminder that was moved meanwhile does not go out."""
    (first, _) = await world.meetings()
    at = first.starts_at - timedelta(hours=2)
    world.clock.move_to(at)
    await world.plan(replace(world.note("a:1"), due_at=at - timedelta(minutes=1)))
    key = f"remind:{first.id}:7200:{world.rooms['room']}"
    moved = replace((await world.find(key)).due, due_at=at + timedelta(hours=1))
    tasks: list[asyncio.Future[None]] = []

    def move() -> None:
        if not tasks:
            tasks.append(asyncio.ensure_future(world.plan(moved)))

    world.platform.meanwhile = move
    original = world.platform.post

    async def slow(room: Room, message: Message, key: str) -> Posted:
        posted = await original(room, message, key)
        await tasks[0]
        return posted

    world.platform.post = slow  # type: ignore[method-assign]
    await world.scheduler.run_due()
    assert world.platform.texts() == ["coming to 1?"]
    world.clock.move_to(at + timedelta(hours=1))
    await world.scheduler.run_due()
    assert "meeting 1 in 7200" in world.platform.texts()


async def test_a_picture_is_drawn_before_it_is_posted(world: World) -> None:
    """A chart goes out as a picture, and the next digest is planned in the same breath."""
    await world.choose_digest_room("room")
    await world.passes(days=7)
    pictures = [message.picture for _, message, _ in world.platform.posts if str(message.text) == "the week"]
    assert pictures == [Picture(b"png", "one a")]
    assert f"digest:{world.community}" in await world.waiting()
    await world.passes(days=7)
    assert world.platform.texts().count("the week") == 2


async def test_a_room_hears_no_more_than_its_platform_allows(world: World) -> None:
    """Twenty a minute and one a second: short waits are waited out, long ones go back to the table."""
    world.platform.pacing = Pacing(Pace(room_second=1, room_minute=3), world.time.monotonic)
    await world.plan(*(world.note(f"nudge:{n}") for n in range(5)))
    await world.scheduler.run_due()
    assert len(world.platform.posts) == 3
    assert world.time.slept == [1.0, 1.0]
    waiting = [await world.find(f"nudge:{n}") for n in (3, 4)]
    assert [one.attempts for one in waiting] == [0, 0]
    await world.passes(seconds=60)
    assert len(world.platform.posts) == 5


async def test_two_processes_send_everything_once_and_one_speaks(shared: World) -> None:
    """Two couriers on one database: one is elected, nothing is sent twice; when it resigns the other goes on."""
    one, other = shared.started_anew("one"), shared.started_anew("other")
    await shared.plan(*(shared.note(f"nudge:{n}") for n in range(20)))
    done = await asyncio.gather(one.run_due(), other.run_due())
    assert sorted(map(len, done)) == [0, 20]
    assert len(shared.platform.posts) == 20
    await (one if done[0] else other)._courier.stop()
    await shared.plan(shared.note("nudge:last"))
    assert len(await (other if done[0] else one).run_due()) == 1


async def test_a_dead_courier_is_followed_when_its_term_is_over(shared: World) -> None:
    """Another host's courier that died is succeeded after its term, not before."""
    now = shared.clock.now()
    until = now + timedelta(seconds=20)
    await shared.storage.transact(lambda store: store.take_lease("courier:sim", "elsewhere/1", now, until))
    await shared.plan(shared.note())
    assert await shared.scheduler.run_due() == []
    await shared.passes(seconds=20)
    assert len(shared.platform.posts) == 1


async def test_each_process_sends_for_its_own_platforms(world: World) -> None:
    """A process that does not serve a platform leaves its rooms to those that do."""
    elsewhere = Platform(platform="elsewhere")
    mine, world.platform = world.platform, elsewhere
    stranger = world.started_anew("stranger")
    await world.plan(world.note())
    assert await stranger.run_due() == []
    assert elsewhere.posts == []
    world.platform = mine
    await world.scheduler.run_due()
    assert len(mine.posts) == 1
