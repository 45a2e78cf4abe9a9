"""A room that is held back while more becomes due in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.chat.adapter import TryLater
from storage.engine import Database
from storage.store import SqlStore
from tests.scheduler.world import World
from tests.support.patience import PATIENCE

T = TypeVar("T")


@dataclass
class Meanwhile:
    """A storage in which something happens before whoever wrote hears that it was written."""

    database: Database
    happens: Callable[[], Awaitable[None]] | None = None

    async def transact(self, work: Callable[[SqlStore], T]) -> T:
        """Write, and let it happen."""
        result = await self.database.transact(work)
        if self.happens is not None:
            await self.happens()
        return result

    async def read(self, work: Callable[[SqlStore], T]) -> T:
        """Read."""
        return await self.database.read(work)


async def test_what_becomes_due_while_its_room_is_held_back_is_sent(sqlite_database: Database) -> None:
    """It waits with the rest, and is not forgotten by who has it in hand."""
    storage = Meanwhile(sqlite_database)
    world = await World(storage).settle()
    await world.plan(world.note("nudge:1"), world.note("nudge:2"))
    world.platform.script["room"] = [TryLater("not now", 30.0)]
    courier, written = world.scheduler._courier, 0

    async def more_is_due() -> None:
        nonlocal written
        written += bool(world.platform.calls)
        if written == 2:  # the first was put off, then what stands behind it
            storage.happens = None
            await world.plan(world.note("nudge:3"))
            courier.look_again()
            async with asyncio.timeout(PATIENCE):
                while len(courier._in_hand) < 3:  # noqa: ASYNC110  # the courier's own, which tells nobody
                    await asyncio.sleep(0)

    storage.happens = more_is_due
    await world.scheduler.run_due()
    assert written == 2
    assert world.platform.posts == []
    await world.passes(minutes=1)
    assert [key.partition("#")[0] for _, _, key in world.platform.posts] == ["nudge:1", "nudge:2", "nudge:3"]
