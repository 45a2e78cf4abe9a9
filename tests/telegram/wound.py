"""The bot on Telegram with Telegram's own pace, on a clock of seconds that is wound by hand.

async with paced(tg, database) as bot:
    …                       # people tap
    await bot.passes(60)    # and a minute passes, in which the bot does what it may
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.letter import PLATFORM
from bot.assembly import Bot, assemble
from bot.clock import MovableClock
from bot.i18n import Catalogue
from scheduler.service import Scheduler
from tests.telegram.running import BEGINNING, stopped, until, up

if TYPE_CHECKING:
    from storage.engine import Database
    from tests.telegram.world import World

A_MOMENT = 0.02
"""In real seconds: after so long without anything new, nothing more happens by itself."""
STEP = 1.0
"""By how many seconds the clock is wound at once."""


@dataclass
class Seconds:
    """A clock that is wound by hand; whoever sleeps wakes when it has come so far."""

    now: float = 1000.0
    sleepers: list[tuple[float, asyncio.Event]] = field(default_factory=list)

    def read(self) -> float:
        """Return the seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait until they have passed."""
        woken = asyncio.Event()
        self.sleepers.append((self.now + seconds, woken))
        await woken.wait()

    def pass_(self, seconds: float) -> None:
        """Let them pass."""
        self.now += seconds
        for at, woken in self.sleepers:
            if at <= self.now:
                woken.set()
        self.sleepers = [(at, woken) for at, woken in self.sleepers if not woken.is_set()]


@dataclass
class Paced:
    """The bot with Telegram's pace, on a clock that is wound by hand."""

    tg: World
    bot: Bot
    seconds: Seconds
    clock: MovableClock
    looked: int = 0
    """How often all that was due has been done."""

    async def works(self, *, unanswered: bool = False) -> None:
        """Let the bot do all that it may do now: until for a moment nothing stirs. `unanswered`: taps may be, too."""
        telegram, before = self.tg.telegram, None
        while before != (before := (len(telegram.calls), len(self.seconds.sleepers))):
            looked = self.looked
            # A look that began before does not count; one that waits for the clock does not end.
            await until(self.tg, lambda looked=looked: self.looked > looked + 1 or bool(self.seconds.sleepers))  # type: ignore[misc]  # its default
            await until(self.tg, lambda: not telegram.under_way if unanswered else telegram.is_quiet)
            await asyncio.sleep(A_MOMENT)

    async def passes(self, seconds: float, *, unanswered: bool = False) -> None:
        """Let time pass, step by step, in which the bot does what it may."""
        for _ in range(round(seconds / STEP)):
            self.seconds.pass_(STEP)
            self.clock.move_to(self.clock.now() + timedelta(seconds=STEP))
            await self.works(unanswered=unanswered)

    async def does_what_is_due(self) -> None:
        """Do what is due again and again."""
        while True:
            await self.bot.scheduler.run_due()
            self.looked += 1
            await asyncio.sleep(A_MOMENT / 4)


@asynccontextmanager
async def paced(tg: World, database: Database) -> AsyncIterator[Paced]:
    """Yield the bot; Telegram's limits count by its clock."""
    seconds, clock = Seconds(), MovableClock(source=lambda: BEGINNING)
    tg.telegram.clock = tg.telegram.limits.clock = seconds.read
    catalogue = Catalogue()
    adapter = TelegramAdapter(
        tg.token,
        catalogue,
        api_url=tg.api_url,
        monotonic=seconds.read,
        sleep=seconds.sleep,
        chance=lambda: 0.5,
    )
    bot = assemble(database, clock, [adapter], catalogue)
    bot.scheduler = Scheduler(
        database,
        clock,
        bot.narrator,
        bot.planner,
        bot.adapters,
        chance=lambda: 0.5,
        monotonic=seconds.read,
        sleep=seconds.sleep,
    )
    wound = Paced(tg, bot, seconds, clock)
    serving = asyncio.create_task(bot.scheduler.duty.serve(PLATFORM, partial(adapter.run, bot.router)))
    sending = asyncio.create_task(wound.does_what_is_due())
    try:
        await up(tg, adapter)
        yield wound
    finally:
        sending.cancel()
        await asyncio.wait({sending})
        await stopped(serving)
