"""The painter: cards follow the truth, and no platform is flooded with edits."""

# Long because it is all that is said about cards drawn anew, each once.

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from bot.chat.adapter import Refused, TryLater, Unreachable
from bot.chat.message import Card, Message, Posted, Room
from bot.chat.pacing import Pace, Pacing
from bot.domain.meetings import Meeting
from bot.domain.notices import Due, Reminder
from bot.ports import Store, StoredCard
from storage.engine import Database
from tests.scheduler.world import PLATFORM, World
from tests.support.patience import PATIENCE

T = TypeVar("T")


async def shown(world: World, room: str = "room") -> Meeting:
    """Let a meeting's card stand in a room, as drawn long ago."""
    first, _ = await world.meetings()
    posted, now = Posted(Room(PLATFORM, room), "77"), world.clock.now()
    await world.storage.transact(lambda store: store.cards.stand(Card("meeting", first.id), posted, "old", now))
    return first


async def retitle(world: World, meeting: Meeting, topic: str) -> None:
    """Change what the card shows."""

    def work(store: Store) -> None:
        store.meetings.save(replace(meeting, topic=topic), meeting)
        store.cards.touch("meeting", meeting.id, world.clock.now())

    await world.storage.transact(work)


def drawn(world: World) -> list[str]:
    """Return what was drawn, in order."""
    return [str(message.text) for _, message in world.platform.edits]


async def test_a_change_is_drawn_at_once_in_a_quiet_room(world: World) -> None:
    """One change, one edit."""
    meeting = await shown(world)
    await retitle(world, meeting, "Loops")
    await world.scheduler.run_due()
    await world.scheduler.run_due()
    assert drawn(world) == ["meeting 1: Loops"]


async def test_a_flood_of_changes_is_few_edits_and_the_last_wins(world: World) -> None:
    """Ten changes within a pause are one edit at its end."""
    world.platform.pacing = Pacing(Pace(redraw=3.0), world.time.monotonic)
    meeting = await shown(world)
    for number in range(10):
        await retitle(world, meeting, f"Topic {number}")
        await world.scheduler.run_due()
    assert drawn(world) == ["meeting 1: Topic 0"]
    assert await world.scheduler._painter.run() == pytest.approx(3.0)
    await world.passes(seconds=3)
    assert drawn(world) == ["meeting 1: Topic 0", "meeting 1: Topic 9"]


async def test_what_would_look_the_same_is_not_sent(world: World) -> None:
    """A touch without a visible change costs no edit."""
    meeting = await shown(world)
    await retitle(world, meeting, "Loops")
    await world.scheduler.run_due()
    await retitle(world, meeting, "Loops")
    await world.scheduler.run_due()
    assert len(world.platform.edits) == 1


async def test_a_change_while_a_card_is_drawn_is_not_lost(world: World) -> None:
    """Touched between looking and noting, even by a transaction that began earlier: it is drawn again."""
    meeting = await shown(world)
    await retitle(world, meeting, "Before")
    (card,) = await world.storage.read(lambda store: store.cards.dirty())
    await retitle(world, meeting, "After")
    now = world.clock.now()
    mark = card.touched
    assert mark is not None
    await world.storage.transact(lambda store: store.cards.drawn(card.id, "as before", mark, now))
    await world.scheduler.run_due()
    assert drawn(world) == ["meeting 1: After"]


async def test_a_deleted_card_is_forgotten(world: World) -> None:
    """A message that somebody deleted is not drawn again."""
    meeting = await shown(world)
    world.platform.script["room"] = [Unreachable("message is gone")]
    for topic in ("One", "Two"):
        await retitle(world, meeting, topic)
        await world.scheduler.run_due()
    assert world.platform.calls == 1
    assert await world.storage.read(lambda store: store.cards.of("meeting", meeting.id)) == ()


async def test_a_limit_on_edits_holds_back_its_room_alone(sqlite_database: Database) -> None:
    """Told to wait in one room, the painter goes on in the other, and comes back."""
    world = await World(sqlite_database).settle(rooms=("slow", "quick"))
    world.platform.script["slow"] = [TryLater("too fast", 30)]
    await shown(world, "slow")
    meeting = await shown(world, "quick")
    await retitle(world, meeting, "Loops")
    await world.scheduler.run_due()
    assert [posted.room.chat for posted, _ in world.platform.edits] == ["quick"]
    await world.passes(seconds=30)
    assert [posted.room.chat for posted, _ in world.platform.edits] == ["quick", "slow"]


async def test_a_flood_of_changes_leaves_room_for_what_is_due(world: World) -> None:
    """However much is drawn in a room, a reminder there goes out at once; what was drawn last is true in the end."""
    world.platform.pacing = Pacing(Pace(room_minute=20, redraw=3.0, spare=0.2), world.time.monotonic)
    meeting = await shown(world)
    for number in range(40):
        await retitle(world, meeting, f"Topic {number}")
        await world.scheduler.run_due()
        if number == 25:
            (place,) = world.rooms.values()
            await world.plan(Due("now", Reminder(meeting.id, 7200), world.clock.now(), place=place))
            await world.scheduler.run_due()
            assert len(world.platform.posts) == 1
        await world.passes(seconds=3)
    assert len(world.platform.edits) <= 16 * 2 + 1
    await world.passes(seconds=60)
    assert drawn(world)[-1] == "meeting 1: Topic 39"


async def test_an_outage_holds_up_a_card_alone(world: World) -> None:
    """A card is tried again within a minute of the platform's return, and keeps nobody from speaking in its room."""
    meeting = await shown(world)
    world.platform.script["room"] = [TryLater("no answer") for _ in range(9)]
    await retitle(world, meeting, "Loops")
    while world.platform.script["room"]:
        await world.passes(seconds=30)
    assert world.platform.pacing.wait(Room(PLATFORM, "room")) == 0.0
    await world.passes(seconds=60)
    assert drawn(world) == ["meeting 1: Loops"]


@pytest.mark.parametrize(
    ("trouble", "said"), [(Refused("bad markup"), "bad markup"), (RuntimeError("boom"), "RuntimeError")]
)
async def test_a_card_that_cannot_be_drawn_stops_nothing(
    world: World, trouble: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What goes wrong is logged, though not in words that may be people's, and the next change is drawn."""
    meeting = await shown(world)
    world.platform.script["room"] = [trouble]
    await retitle(world, meeting, "One")
    await world.scheduler.run_due()
    await retitle(world, meeting, "Two")
    await world.passes(minutes=1)
    assert drawn(world) == ["meeting 1: Two"]
    assert said in caplog.text
    assert "boom" not in caplog.text


async def test_a_card_just_posted_shows_what_changed_on_its_way(world: World) -> None:
    """A reminder is composed, something changes, it is posted: the card is drawn anew at once. Otherwise it is left."""
    first, second = await world.meetings()
    post = world.platform.post

    async def slow(room: Room, message: Message, key: str) -> Posted:
        await world.storage.transact(lambda store: store.meetings.save(replace(first, number=5), first))
        return await post(room, message, key)

    world.platform.post = slow  # type: ignore[method-assign]  # for a while
    world.clock.move_to(first.starts_at - timedelta(days=2))
    await world.scheduler.run_due()
    assert world.platform.texts() == ["meeting 1 in 172800"]
    assert drawn(world) == [f"meeting 5: {first.topic}"]
    world.platform.post = post  # type: ignore[method-assign]
    world.clock.move_to(second.starts_at - timedelta(days=2))
    await world.scheduler.run_due()
    assert len(world.platform.edits) == 1


@pytest.mark.parametrize("is_drawn", [False, True], ids=["marked", "marked and drawn"])
async def test_so_it_does_where_others_stand_already(world: World, *, is_drawn: bool) -> None:
    """What changes meanwhile marks those that stand: the new one is drawn, too, though they were drawn already."""
    meeting = await shown(world, "elsewhere")
    post = world.platform.post

    def change(store: Store) -> None:
        store.meetings.save(replace(meeting, number=5), meeting)
        store.cards.touch("meeting", meeting.id, world.clock.now())
        (other,) = store.cards.of("meeting", meeting.id)
        if is_drawn and other.touched:
            store.cards.drawn(other.id, "new", other.touched, world.clock.now())

    async def slow(room: Room, message: Message, key: str) -> Posted:
        await world.storage.transact(change)
        return await post(room, message, key)

    world.platform.post = slow  # type: ignore[method-assign]  # for a while
    world.clock.move_to(meeting.starts_at - timedelta(days=2))
    await world.scheduler.run_due()
    looks = [(posted.room.chat, str(message.text)) for posted, message in world.platform.edits]
    assert ("room", f"meeting 5: {meeting.topic}") in looks
    world.platform.post = post  # type: ignore[method-assign]
    world.platform.edits.clear()
    world.clock.move_to(meeting.starts_at - timedelta(hours=2))
    await world.scheduler.run_due()
    chats = {posted.room.chat for posted, _ in world.platform.edits}
    assert chats == {"room"}  # the older one there, which is superseded now


async def test_a_room_that_takes_its_time_delays_no_other(sqlite_database: Database) -> None:
    """While an edit hangs in one room, what changes in another is drawn; then the first goes on with its last state."""
    world = await World(sqlite_database).settle(rooms=("slow", "quick"))
    begun, go_on, quick = asyncio.Event(), asyncio.Event(), asyncio.Event()
    edit = world.platform.edit

    async def slowly(posted: Posted, message: Message) -> None:
        if posted.room.chat == "slow":
            begun.set()
            await go_on.wait()
        await edit(posted, message)
        if posted.room.chat == "quick":
            quick.set()

    world.platform.edit = slowly  # type: ignore[method-assign]  # for a while
    meeting = await shown(world, "slow")
    await retitle(world, meeting, "One")
    running = asyncio.create_task(world.scheduler._painter.run())
    async with asyncio.timeout(PATIENCE):
        await begun.wait()
        await shown(world, "quick")
        await retitle(world, meeting, "Two")
        world.scheduler._painter.look_again()
        await quick.wait()
        go_on.set()
        assert await running is None
    assert [(posted.room.chat, str(message.text)) for posted, message in world.platform.edits] == [
        ("quick", "meeting 1: Two"),
        ("slow", "meeting 1: One"),
        ("slow", "meeting 1: Two"),
    ]


async def test_a_limited_room_is_painted_when_it_may_though_another_hangs(sqlite_database: Database) -> None:
    """A pause that ends while an edit is under way elsewhere is not waited for any longer."""
    world = await World(sqlite_database).settle(rooms=("slow", "paused"))
    go_on, painted = asyncio.Event(), asyncio.Event()
    edit = world.platform.edit

    async def slowly(posted: Posted, message: Message) -> None:
        if posted.room.chat == "slow":
            await go_on.wait()
        await edit(posted, message)
        if posted.room.chat == "paused":
            painted.set()

    world.platform.edit = slowly  # type: ignore[method-assign]  # for a while
    meeting = await shown(world, "slow")
    await shown(world, "paused")
    world.platform.pacing.hold(Room(PLATFORM, "paused"), 0.01)
    await retitle(world, meeting, "One")
    running = asyncio.create_task(world.scheduler._painter.run())
    async with asyncio.timeout(PATIENCE):
        while not world.scheduler._painter._in_hand:  # noqa: ASYNC110  # the painter tells nobody
            await asyncio.sleep(0)
        world.time.seconds += 1
        await painted.wait()
        go_on.set()
        await running


async def test_many_rooms_cost_few_transactions(sqlite_database: Database) -> None:
    """Forty cards that changed together are drawn in two reads, and noted in a few transactions."""
    rooms = [f"room {number}" for number in range(40)]
    world = await World(sqlite_database).settle(rooms=rooms)
    meeting = await shown(world)
    for room in rooms:
        await shown(world, room)
    await retitle(world, meeting, "Loops")
    storage = world.storage
    counts = {"read": 0, "transact": 0}

    class Counted:
        async def read(self, work: Callable[[Store], T]) -> T:
            counts["read"] += 1
            return await storage.read(work)

        async def transact(self, work: Callable[[Store], T]) -> T:
            counts["transact"] += 1
            return await storage.transact(work)

    world.storage = Counted()
    await world.started_anew()._painter.run()
    assert len(world.platform.edits) == 41
    assert counts["read"] <= 4
    assert counts["transact"] <= 3


async def test_a_card_that_fails_to_draw_spoils_no_other(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Of three that are drawn together one raises: the other two are sent."""
    world = await World(sqlite_database).settle(rooms=("a", "b", "c"))
    meeting = await shown(world, "a")
    for room in "bc":
        await shown(world, room)
    await retitle(world, meeting, "Loops")
    draw = world.narrator.draw

    def broken(store: Store, card: StoredCard, now: datetime) -> Message | None:
        if card.posted.room.chat == "b":
            raise RuntimeError("boom")
        return draw(store, card, now)

    world.narrator.draw = broken  # type: ignore[method-assign]  # for a while
    await world.scheduler.run_due()
    assert [posted.room.chat for posted, _ in world.platform.edits] == ["a", "c"]
    assert "boom" in caplog.text
    world.narrator.draw = draw  # type: ignore[method-assign]
    await world.passes(minutes=1)
    assert [posted.room.chat for posted, _ in world.platform.edits] == ["a", "c", "b"]


async def test_a_painter_that_is_stopped_leaves_the_marks(world: World) -> None:
    """Cancelled while an edit is under way: the next start draws the card."""
    meeting = await shown(world)
    await retitle(world, meeting, "Loops")
    edit, begun = world.platform.edit, asyncio.Event()

    async def hangs(posted: Posted, message: Message) -> None:
        begun.set()
        await asyncio.Event().wait()

    world.platform.edit = hangs  # type: ignore[method-assign]  # for a while
    running = asyncio.create_task(world.scheduler._painter.run())
    async with asyncio.timeout(PATIENCE):
        await begun.wait()
    running.cancel()
    await asyncio.wait([running])
    world.platform.edit = edit  # type: ignore[method-assign]
    await world.started_anew().run_due()
    assert drawn(world) == ["meeting 1: Loops"]


async def test_a_room_that_is_held_while_another_is_noted_is_come_back_to(sqlite_database: Database) -> None:
    """Told to wait in one room while what was drawn in another is written down: the pause is known, and then drawn."""
    world = await World(sqlite_database).settle(rooms=("done", "held"))
    meeting = await shown(world, "done")
    await shown(world, "held")
    await retitle(world, meeting, "Loops")
    storage, edit = world.storage, world.platform.edit
    noting, held = asyncio.Event(), asyncio.Event()

    async def edits(posted: Posted, message: Message) -> None:
        if posted.room.chat == "held" and not held.is_set():
            await noting.wait()
            held.set()
            raise TryLater("too fast", 30)
        await edit(posted, message)

    class Slow:
        read = storage.read

        async def transact(self, work: Callable[[Store], T]) -> T:
            if world.platform.edits and not held.is_set():
                noting.set()
                await held.wait()
                await asyncio.sleep(0)  # the room's task ends
            return await storage.transact(work)

    world.platform.edit = edits  # type: ignore[method-assign]  # for a while
    world.storage = Slow()
    async with asyncio.timeout(PATIENCE):
        painter = world.started_anew()._painter
        assert await painter.run() == pytest.approx(30.0)
        world.time.seconds += 30
        await painter.run()
    assert [posted.room.chat for posted, _ in world.platform.edits] == ["done", "held"]
