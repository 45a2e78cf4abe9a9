"""The real bot on Discord: core, storage, scheduler and adapter, by the real library against the server on loopback.

async with world(database) as discord:
    library = discord.dc.guild("Library")
    ada = library.person("Ada")
    await ada.types("newcircle")       # returns when all that follows from it has happened
    await discord.moves_to(tuesday)    # what is due until then is sent, each at its time
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.letter import PLATFORM
from bot.assembly import Bot, assemble
from bot.chat.pacing import Pace
from tests.discord.serving import UNHURRIED, made, stopped
from tests.discord.world import World, started
from tests.support.patience import PATIENCE

if TYPE_CHECKING:
    from bot.clock import MovableClock
    from storage.engine import Database


@dataclass
class Running:
    """The bot, up, and the Discord that it is on."""

    dc: World
    adapter: DiscordAdapter
    bot: Bot
    database: Database
    task: asyncio.Task[None] = field(repr=False)

    @property
    def clock(self) -> MovableClock:
        """The one clock of Discord and the bot."""
        return self.dc.clock

    async def settled(self) -> None:
        """Wait until all that follows from what was done has happened, and what is due has been sent and drawn.

        A room that is held back after a failure is not waited for; the pauses of a real `pace` are.
        """
        looks = 0
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.dc.until(lambda: self.task.done() or self.dc.is_quiet)
                if self.task.done():
                    self.task.result()
                done = await self.bot.scheduler.run_due()
                if done or not self.dc.is_quiet:
                    continue
                looks += 1
                if not await self._is_to_be_drawn() or (looks > 1 and self.adapter.pacing.pace is UNHURRIED):
                    return

    async def moves_to(self, instant: datetime) -> None:
        """Let time pass until then, doing all that is due on the way in its order."""
        await self.settled()
        former = None
        while True:
            due = await self.database.read(lambda store: store.deliveries.next_due([PLATFORM]))
            if due is None or due.due.due_at > instant or due == former:
                break
            former = due
            self._move(due.due.due_at)
            await self.settled()
        self._move(instant)
        await self.settled()

    async def passes(self, **span: float) -> None:
        """Let a span of time pass: `await discord.passes(hours=2)`."""
        await self.moves_to(self.clock.now() + timedelta(**span))

    async def dies(self) -> None:
        """End as a process ends that is killed: nothing is finished."""
        self.adapter.stopping_s = 0.0
        self.task.cancel()
        await asyncio.wait({self.task}, timeout=PATIENCE)
        assert self.task.done(), self.task.get_stack()

    def _move(self, instant: datetime) -> None:
        if instant > self.clock.now():
            self.clock.move_to(instant)

    async def _is_to_be_drawn(self) -> bool:
        return bool(await self.database.read(lambda store: store.cards.dirty(1, [PLATFORM])))


@asynccontextmanager
async def running(dc: World, database: Database, *, pace: Pace = UNHURRIED) -> AsyncIterator[Running]:
    """Yield the bot when it is up and its menu is known; on the way out it finishes what is under way."""
    adapter = made(dc, pace=pace)
    bot = assemble(database, dc.clock, [adapter])
    task = asyncio.create_task(bot.run(), name="bot")
    up = Running(dc, adapter, bot, database, task)
    before, dc.settled = dc.settled, up.settled
    busy = partial(getattr, adapter, "is_busy")
    dc.busy.append(busy)
    try:
        await dc.until(lambda: task.done() or (adapter.is_up.is_set() and bool(dc.realm.commands)))
        await up.settled()
        yield up
    finally:
        dc.busy.remove(busy)
        dc.settled = before
        await stopped(task)


@asynccontextmanager
async def world(
    database: Database, clock: MovableClock | None = None, *, pace: Pace = UNHURRIED
) -> AsyncIterator[Running]:
    """Yield the bot on a Discord of its own; nothing may be asked of it that its contract does not know."""
    async with started(clock) as dc:
        async with running(dc, database, pace=pace) as up:
            yield up
        assert not dc.violations, dc.violations
