"""What is planned anew while the courier has it in hand: it goes by what was planned last."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.adapter import PostError, Refused, TryLater, Unreachable
from bot.chat.message import Message, Posted, Room
from bot.domain.notices import DeliveryState
from tests.scheduler.world import World


@pytest.mark.parametrize("hours", [0, 1])
async def test_what_is_planned_anew_in_line_is_not_dropped_as_too_late(world: World, hours: int) -> None:
    """Its time was over when it was leased, and is not any more: it goes out at its new time, which may be now."""
    now = world.clock.now()
    stale = world.note("stale", expires_at=now)
    renewed = replace(stale, due_at=now + timedelta(hours=hours), expires_at=now + timedelta(hours=9))
    await world.plan(replace(world.note("first"), due_at=now - timedelta(minutes=1)), stale)
    original = world.platform.post

    async def post(room: Room, message: Message, key: str) -> Posted:
        if key.startswith("first"):
            await world.plan(renewed)
        return await original(room, message, key)

    world.platform.post = post  # type: ignore[method-assign]  # for this test
    await world.scheduler.run_due()
    await world.passes(hours=hours)
    assert (await world.find("stale")).state is DeliveryState.SENT
    assert len(world.platform.texts()) == 2


@pytest.mark.parametrize("trouble", [TryLater("down", 30), Refused("nonsense"), Unreachable("kicked")], ids=repr)
async def test_what_is_moved_while_it_is_sent_in_vain_waits_for_its_new_time(world: World, trouble: PostError) -> None:
    """Whatever kept the platform from taking it: it is tried again at its new time, and not before."""
    note = world.note()
    moved = replace(note, due_at=note.due_at + timedelta(days=7))

    async def post(room: Room, message: Message, key: str) -> Posted:
        await world.plan(moved)
        raise trouble

    world.platform.post = post  # type: ignore[method-assign]  # for this test
    await world.plan(note)
    await world.scheduler.run_due()
    assert (await world.waiting())[note.key] == moved.due_at
