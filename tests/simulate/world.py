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
from tests.discord.world import pointed_at
from tests.simulate.lean import PATIENCE_S, Discord, DrawsLater, Gallery, Telegram, years_fly_by
from tests.telegram import running as on_telegram

if TYPE_CHECKING:
    from adapters.discord.adapter import DiscordAdapter
    from adapters.telegram.adapter import TelegramAdapter
    from bot.ports import Store

__all__ = ["DISCORD", "TELEGRAM", "World", "opened"]
PLATFORMS: Final = (DISCORD, TELEGRAM)
_LOOKS: Final = 50
_PATIENT_LOOKS: Final = 600
"""After `_LOOKS` at what is due without an end of it the bot waits before it tries again, or goes in circles."""


@dataclass
class _Life:
    """The bot while it is up."""

    bot: Bot
    here: TelegramAdapter
    there: DiscordAdapter
    task: asyncio.Task[None]
    database: Database
    pacings: tuple[DrawsLater, ...]

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
    catalogue: Catalogue = field(default_factory=Catalogue)
    gallery: Gallery = field(default_factory=Gallery)
    life: _Life | None = None
    skew: MovableClock | None = None
    """What the bot takes for the clock instead, where a test wants it to be wrong."""

    async def starts(self) -> None:
        """Start the bot, and wait until it is up on both."""
        database = Database.open(self.url)
        here, there = on_telegram.made(self.tg), on_discord.made(self.dc)
        here.pacing, there.pacing = pacings = DrawsLater(), DrawsLater()
        bot = assemble(database, self._clock_of_bot(), [here, there], self.catalogue, draw=self.gallery.draw)
        task = asyncio.create_task(bot.run(), name="bot")
        self.life = _Life(bot, here, there, task, database, pacings)
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
        self.tg.bot_is_killed()
        with suppress(BaseException):
            life.task.result()
        await life.database.close()

    async def settles(self) -> None:
        """Wait until all that follows from what was done has happened, and what is due has been sent and drawn."""
        life = self._up
        left: list[object] = []
        for look in range(_LOOKS + _PATIENT_LOOKS):
            await self._quiet()
            with DrawsLater.now(life.pacings):
                done = await life.bot.scheduler.run_due()
            if not done and self._is_quiet:
                left = await life.database.read(self._left)
                if not left:
                    return
            if look >= _LOOKS:
                await asyncio.sleep(0.1)
        raise AssertionError(f"the bot does not come to rest: {left}, {self.log.said}")

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

    def _left(self, store: Store) -> list[object]:
        """Return what is not done that is due."""
        due = store.deliveries.next_due(PLATFORMS)
        is_due = due is not None and due.due.due_at <= self._clock_of_bot().now()
        return [*store.cards.dirty(1, PLATFORMS), *([due] if is_due else [])]

    async def _quiet(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not self._is_quiet:
                if self._up.task.done():
                    self._up.task.result()
                await asyncio.sleep(0.002)

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
        with years_fly_by(clock), pointed_at(world.dc.api_url, world.dc.gateway_url):
            yield world
            if world.life is not None:
                await world.stops()
    finally:
        await world.tg.stop()
        await world.dc.stop()
        for one in loggers:
            one.removeHandler(world.log)
