"""The real bot on Telegram and Discord at once: one core, one storage, one process, and both servers on loopback.

async with both(tg, dc, database) as life:
    …                               # people do something on either
    await life.settled()            # and all that follows from it has happened on both
    await life.moves_to(tuesday)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from adapters.discord.letter import PLATFORM as DISCORD
from adapters.telegram.letter import PLATFORM as TELEGRAM
from bot.assembly import assemble
from bot.i18n import Catalogue
from tests.discord import serving as on_discord
from tests.telegram import running as on_telegram

if TYPE_CHECKING:
    from adapters.discord.adapter import DiscordAdapter
    from storage.engine import Database
    from tests.discord.world import World as Discord
    from tests.telegram.world import World as Telegram


@dataclass
class Both(on_telegram.Running):
    """The bot, up on both; what a life on Telegram asks of it, it does on Discord, too."""

    platforms: ClassVar[tuple[str, ...]] = (TELEGRAM, DISCORD)
    dc: Discord = field(kw_only=True)
    there: DiscordAdapter = field(kw_only=True)

    @property
    def _is_quiet(self) -> bool:
        return super()._is_quiet and self.dc.is_quiet


@asynccontextmanager
async def both(
    tg: Telegram, dc: Discord, database: Database, operators: Sequence[tuple[str, str]] = ()
) -> AsyncIterator[Both]:
    """Yield the bot when it is up on both; on the way out it finishes what is under way."""
    limits = tg.telegram.limits
    limits.bot_second = limits.chat_second = limits.group_minute = None
    here, there = on_telegram.made(tg), on_discord.made(dc)
    bot = assemble(database, dc.clock, [here, there], Catalogue(), operators=operators)
    task = asyncio.create_task(bot.run(), name="bot")
    up = Both(tg, here, bot, dc.clock, database, task, dc=dc, there=there)
    busy = [partial(getattr, adapter, "is_busy") for adapter in (here, there)]
    tg.busy.append(busy[0])
    dc.busy.append(busy[1])
    before, dc.settled = dc.settled, up.settled
    try:
        await dc.until(lambda: task.done() or (there.is_up.is_set() and bool(dc.realm.commands)))
        await on_telegram.until(tg, lambda: task.done() or tg.telegram.updates.is_consumed)
        await up.settled()
        yield up
    finally:
        dc.settled = before
        tg.busy.remove(busy[0])
        dc.busy.remove(busy[1])
        await on_telegram.stopped(task)
