"""A process that was held up in the middle of sending, for longer than what it has in hand was leased to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.chat.message import Message, Posted, Room
from bot.domain.notices import DeliveryState, Nudge
from storage.engine import Database
from tests.scheduler.world import Platform, World


@dataclass
class Slow(Platform):
    """A platform on which something else happens, once, while a post is on its way."""

    happens: Callable[[], Awaitable[object]] | None = None

    async def post(self, room: Room, message: Message, key: str) -> Posted:
        """Post after that."""
        if self.happens is not None:
            happens, self.happens = self.happens, None
            await happens()
        return await super().post(room, message, key)


async def test_what_another_process_has_taken_meanwhile_is_left_to_it(database: Database) -> None:
    """What was on its way goes out; what stood behind it in the room is the other one's now, and stays so."""
    world = await World(database).settle()

    async def is_held_up() -> None:
        later = world.clock.now() + timedelta(seconds=121)
        until = later + timedelta(seconds=9)
        await database.transact(lambda store: store.deliveries.lease(later, "elsewhere/1", until, 10))

    world.platform = Slow(happens=is_held_up)
    await world.plan(world.note("nudge:1"), replace(world.note("nudge:2"), notice=Nudge(2, 1)))
    await world.started_anew("one").run_due()
    assert world.platform.texts() == ["coming to 1?"]
    assert (await world.find("nudge:1")).state is DeliveryState.SENT
    behind = await world.find("nudge:2")
    assert behind.state is DeliveryState.WAITING
    assert behind.holder == "elsewhere/1"
