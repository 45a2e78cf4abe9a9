"""Where a tap is answered by the card itself, the painter draws what is left: other copies, and what came after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.message import Card, Message, Posted, Redraw, Room
from bot.chat.pacing import Pace, Pacing
from bot.domain.meetings import Meeting
from bot.ports import Store
from tests.scheduler.world import PLATFORM, World

TAPPED, COPY = Posted(Room(PLATFORM, "room"), "77"), Posted(Room(PLATFORM, "elsewhere"), "78")


@pytest.fixture
async def meeting(world: World) -> Meeting:
    """Return a meeting with a card that people tap and a copy of it in another room, both drawn long ago."""
    world.platform.pacing = Pacing(Pace(settle=2.0), world.time.monotonic)
    first, _ = await world.meetings()

    def stand(store: Store) -> None:
        for posted in (TAPPED, COPY):
            store.cards.stand(Card("meeting", first.id), posted, "old", world.clock.now())

    await world.storage.transact(stand)
    return first


async def tap(world: World, meeting: Meeting, topic: str) -> Redraw:
    """Change what the card shows, as a tap on it does; return the answer that draws it."""

    def work(store: Store) -> Redraw:
        store.meetings.save(replace(meeting, topic=topic), meeting)
        store.cards.touch("meeting", meeting.id, world.clock.now())
        card = next(card for card in store.cards.of("meeting", meeting.id) if card.posted == TAPPED)
        shown = world.narrator.draw(store, card, world.clock.now())
        assert isinstance(shown, Message)
        return Redraw(shown, marked=card.touched)

    return await world.storage.transact(work)


async def settled(world: World) -> list[Posted]:
    """Let the painter look at once, and again when it is time; return what it drew."""
    await world.scheduler.run_due()
    assert not world.platform.edits
    world.clock.move_to(world.clock.now() + timedelta(seconds=3))
    await world.scheduler.run_due()
    return [posted for posted, _ in world.platform.edits]


async def test_only_the_copies_are_drawn_after_a_tap(world: World, meeting: Meeting) -> None:
    """The tapped card was drawn by its answer; the other one follows when it has settled."""
    reply = await tap(world, meeting, "Loops")
    world.scheduler.drew(TAPPED, reply)
    assert await settled(world) == [COPY]


async def test_an_answer_that_was_lost_is_made_up_for(world: World, meeting: Meeting) -> None:
    """Nobody said that the tapped card was drawn: the painter does it."""
    await tap(world, meeting, "Loops")
    assert set(await settled(world)) == {TAPPED, COPY}


async def test_a_change_after_the_tap_is_drawn(world: World, meeting: Meeting) -> None:
    """What the answer showed is outdated by a later change, which left a mark of its own."""
    reply = await tap(world, meeting, "Loops")
    await tap(world, meeting, "Functions")
    world.scheduler.drew(TAPPED, reply)
    assert set(await settled(world)) == {TAPPED, COPY}
    assert {str(message.text) for _, message in world.platform.edits} == {"meeting 1: Functions"}


async def test_an_answer_that_comes_late_is_drawn_over(world: World, meeting: Meeting) -> None:
    """The painter has drawn a newer state meanwhile, and the answer has put the old one in its place."""
    reply = await tap(world, meeting, "Loops")
    await tap(world, meeting, "Functions")
    assert set(await settled(world)) == {TAPPED, COPY}
    world.scheduler.drew(TAPPED, reply)
    await world.scheduler.run_due()
    world.clock.move_to(world.clock.now() + timedelta(seconds=3))
    await world.scheduler.run_due()
    posted, message = world.platform.edits[-1]
    assert (len(world.platform.edits), posted, str(message.text)) == (3, TAPPED, "meeting 1: Functions")


async def test_an_answer_that_comes_late_but_true_changes_nothing(world: World, meeting: Meeting) -> None:
    """The painter was quicker, with the same: nobody draws it once more."""
    reply = await tap(world, meeting, "Loops")
    await settled(world)
    world.scheduler.drew(TAPPED, reply)
    await world.scheduler.run_due()
    assert not await world.storage.read(lambda store: store.cards.dirty())


async def test_a_drawing_without_a_mark_says_nothing(world: World, meeting: Meeting) -> None:
    """An answer that drew something else than the card leaves its mark alone."""
    reply = await tap(world, meeting, "Loops")
    world.scheduler.drew(TAPPED, replace(reply, marked=None))
    assert set(await settled(world)) == {TAPPED, COPY}
