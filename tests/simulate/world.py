"""The real bot on Telegram and Discord at once, on one moved clock: started, stopped, killed, and let settle."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from adapters.discord.letter import PLATFORM as DISCORD
from adapters.telegram.letter import PLATFORM as TELEGRAM
from bot.assembly import Bot, assemble
from bot.clock import MovableClock
from bot.i18n import Catalogue
from storage.engine import Database
from tests.discord import serving as on_discord
from tests.discord.world import pointed_at, unhurried
from tests.simulate.lean import PATIENCE_S, Discord, Telegram
from tests.telegram import running as on_telegram

if TYPE_CHECKING:
    from adapters.discord.adapter import DiscordAdapter
    from adapters.telegram.adapter import TelegramAdapter
    from bot.ports import Store

__all__ = ["DISCORD", "TELEGRAM", "World", "opened"]
PLATFORMS: Final = (DISCORD, TELEGRAM)
_LOOKS: Final = 50
"""After so many looks at what is due without an end of it the bot goes in circles."""


@dataclass
class _Life:
    """The bot while it is up."""

    bot: Bot
    here: TelegramAdapter
    there: DiscordAdapter
    task: asyncio.Task[None]
    database: Database

    @property
    def is_busy(self) -> bool:
        return self.here.is_busy or self.there.is_busy


class Warned(logging.Handler):
    """Keeps what the bot warned of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        words = f"{record.name}: {record.getMessage()}"
        if record.exc_info:
            words += "\n" + logging.Formatter().formatException(record.exc_info)
        self.said.append(words)


@dataclass
class World:
    """Two platforms, a database, and the bot where it is up. Time stands still until moved."""

    url: str
    clock: MovableClock
    tg: Telegram
    dc: Discord
    log: Warned = field(default_factory=Warned)
    life: _Life | None = None
    skew: MovableClock | None = None
    """What the bot takes for the clock instead, where a test wants it to be wrong."""

    async def starts(self) -> None:
        """Start the bot, and wait until it is up on both."""
        database = Database.open(self.url)
        here, there = on_telegram.made(self.tg), on_discord.made(self.dc)
        bot = assemble(database, self._clock_of_bot(), [here, there], Catalogue())
        task = asyncio.create_task(bot.run(), name="bot")
        self.life = _Life(bot, here, there, task, database)
        fetched = self.tg.telegram.updates.fetched
        async with asyncio.timeout(PATIENCE_S):
            while not (there.is_up.is_set() and self.dc.realm.commands and self.tg.telegram.updates.fetched > fetched):
                if task.done():
                    task.result()
                await asyncio.sleep(0.005)
        await self.settles()

    async def stops(self) -> None:
        """Stop the bot; it finishes what is under way."""
        life, self.life = self._up, None
        await on_telegram.stopped(life.task)
        await life.database.close()

    async def is_killed(self) -> None:
        """End the bot as a process ends that is killed: nothing is finished, nothing more is confirmed."""
        life, self.life = self._up, None
        life.here.stopping_s = life.there.stopping_s = 0.0
        life.task.cancel()
        await asyncio.wait({life.task}, timeout=PATIENCE_S)
        assert life.task.done(), life.task.get_stack()
        with suppress(BaseException):
            life.task.result()
        await life.database.close()

    async def settles(self) -> None:
        """Wait until all that follows from what was done has happened, and what is due has been sent and drawn."""
        life = self._up
        for _ in range(_LOOKS):
            await self._quiet()
            done = await life.bot.scheduler.run_due()
            if done or not self._is_quiet or await life.database.read(self._is_left):
                continue
            return
        raise AssertionError("the bot does not come to rest")

    async def next_due(self) -> datetime | None:
        """Return when the bot has something to do next, None where nothing waits."""
        coming = await self._up.database.read(lambda store: store.deliveries.next_due(PLATFORMS))
        return None if coming is None else coming.due.due_at

    async def night(self) -> None:
        """Let the bot tidy up, as it does every night."""
        await self._up.bot.scheduler.tidy()

    def forget(self) -> None:
        """Let the platforms forget what has been dealt with."""
        self.tg.forget()
        self.dc.forget()

    def _clock_of_bot(self) -> MovableClock:
        return self.clock if self.skew is None else self.skew

    def _is_left(self, store: Store) -> bool:
        dirty = store.cards.dirty(1, PLATFORMS)
        due = store.deliveries.next_due(PLATFORMS)
        return bool(dirty) or (due is not None and due.due.due_at <= self._clock_of_bot().now())

    async def _quiet(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not self._is_quiet:
                if self._up.task.done():
                    self._up.task.result()
                await asyncio.sleep(0.001)

    @property
    def _is_quiet(self) -> bool:
        return self.tg.telegram.is_quiet and self.dc.is_quiet and not self._up.is_busy

    @property
    def _up(self) -> _Life:
        assert self.life is not None, "the bot is down"
        return self.life


@asynccontextmanager
async def opened(url: str, beginning: datetime) -> AsyncIterator[World]:
    """Yield a world whose bot is down, over a fresh, migrated database."""
    clock = MovableClock(source=lambda: beginning)
    world = World(url, clock, Telegram(clock), Discord(clock))
    loggers = [logging.getLogger(name) for name in ("bot", "adapters", "storage", "scheduler")]
    for one in loggers:
        one.addHandler(world.log)
    await world.tg.start()
    await world.dc.start()
    try:
        # What the library waits for moves a clock that nobody reads.
        with unhurried(MovableClock(source=lambda: beginning)), pointed_at(world.dc.api_url, world.dc.gateway_url):
            yield world
            if world.life is not None:
                await world.stops()
    finally:
        await world.tg.stop()
        await world.dc.stop()
        for one in loggers:
            one.removeHandler(world.log)
