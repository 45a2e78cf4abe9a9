"""The painter: cards follow the truth, and no platform is flooded with edits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.adapter import Refused, TryLater, Unreachable
from bot.chat.message import Card, Message, Posted, Room
from bot.chat.pacing import Pace, Pacing
from bot.domain.meetings import Meeting
from bot.ports import Store
from storage.engine import Database
from tests.scheduler.world import PLATFORM, World


async def shown(world: World, room: str = "room") -> Meeting:
    """Let a meeting's card stand in a room, as drawn long ago."""
    first, _ = await world.meetings()
    posted = Posted(Room(PLATFORM, room), "77")
    now = world.clock.now()
    await world.storage.transact(lambda store: store.cards.stand(Card("meeting", first.id), posted, "old", now))
    return first


async def retitle(world: World, meeting: Meeting, topic: str) -> None:
    """Change what the card shows."""

    def work(store: Store) -> None:
        store.meetings.save(replace(meeting, topic=topic))
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


@pytest.mark.parametrize("trouble", [Refused("bad markup"), RuntimeError("boom")])
async def test_a_card_that_cannot_be_drawn_stops_nothing(
    world: World, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """What goes wrong is logged, and the next change is drawn."""
    meeting = await shown(world)
    world.platform.script["room"] = [trouble]
    await retitle(world, meeting, "One")
    await world.scheduler.run_due()
    await retitle(world, meeting, "Two")
    await world.passes(minutes=1)
    assert drawn(world) == ["meeting 1: Two"]
    assert str(trouble) in caplog.text


async def test_a_card_just_posted_shows_what_changed_on_its_way(world: World) -> None:
    """A reminder is composed, something changes, it is posted: the card is drawn anew at once. Otherwise it is left."""
    first, second = await world.meetings()
    post = world.platform.post

    async def slow(room: Room, message: Message, key: str) -> Posted:
        await world.storage.transact(lambda store: store.meetings.save(replace(first, number=5)))
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
