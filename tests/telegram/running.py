"""The real bot on Telegram: core, storage, scheduler and adapter, over HTTP against the Bot API server on loopback.

async with running(server, database, clock) as bot:
    …                              # people write and tap
    await bot.settled()            # and all that follows from it has happened
    await bot.moves_to(tuesday)    # what is due until then is sent, each at its time
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.letter import PLATFORM
from adapters.telegram.webhook import Webhook
from adapters.web.server import Server as OwnServer
from adapters.web.server import application
from bot.assembly import Bot, assemble
from bot.chat.adapter import Inbox
from bot.chat.message import Room, RoomKind
from bot.chat.pacing import Pace
from bot.clock import MovableClock
from bot.i18n import Catalogue
from tests.support.patience import PATIENCE

if TYPE_CHECKING:
    from storage.engine import Database
    from tests.telegram.world import Chat, World

BEGINNING: Final = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""A Monday."""
UNHURRIED: Final = Pace(by_chat=True)
"""No limits: for tests that are not about them, and would wait for real seconds."""
FASTER: Final = 50.0
"""How many times shorter the pauses before another try are than in life."""
WEBHOOK: Final = Webhook("https://circles.example.org/telegram", "a_secret-of-ours", "/telegram")


async def soon(seconds: float) -> None:
    """Wait, but not for as long as in life."""
    await asyncio.sleep(seconds / FASTER)


async def until(tg: World, happened: Callable[[], bool]) -> None:
    """Wait until something is so, looking whenever something happens on Telegram, and now and then anyway."""
    async with asyncio.timeout(PATIENCE):
        while not happened():
            tg.telegram.stirred.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(tg.telegram.stirred.wait(), 0.005)


def room_of(chat: Chat) -> Room:
    """Return a chat as the core knows it."""
    return Room(PLATFORM, str(chat.id), kind=RoomKind.GROUP if chat.is_group else RoomKind.PRIVATE)


async def up(tg: World, adapter: TelegramAdapter) -> None:
    """Wait until an adapter asks for updates, or has them brought."""
    await until(tg, lambda: adapter.start_link("") != "" and tg.telegram.updates.is_consumed)


async def quiet(tg: World, adapter: TelegramAdapter) -> None:
    """Wait until an adapter has done everything."""
    await until(tg, lambda: tg.telegram.is_quiet and not adapter.is_busy)


@asynccontextmanager
async def serving(
    tg: World,
    inbox: Inbox,
    *,
    webhook: Webhook | None = None,
    pace: Pace = UNHURRIED,
    catalogue: Catalogue | None = None,
    token: str = "",
    sleep: Callable[[float], Awaitable[None]] = soon,
) -> AsyncIterator[tuple[TelegramAdapter, asyncio.Task[None]]]:
    """Yield an adapter that runs before an inbox, and its task. It has only begun to come up."""
    adapter = made(tg, webhook=webhook, pace=pace, catalogue=catalogue, token=token, sleep=sleep)
    async with _listening(tg, adapter):
        task = asyncio.create_task(adapter.run(inbox), name="telegram")
        await asyncio.sleep(0)
        try:
            yield adapter, task
        finally:
            await stopped(task)


def made(
    tg: World,
    *,
    webhook: Webhook | None = None,
    pace: Pace = UNHURRIED,
    catalogue: Catalogue | None = None,
    token: str = "",
    sleep: Callable[[float], Awaitable[None]] = soon,
) -> TelegramAdapter:
    """Return an adapter for the server's bot (or another, by its token)."""
    return TelegramAdapter(
        token or tg.token,
        catalogue or Catalogue(),
        api_url=tg.api_url,
        webhook=webhook,
        pace=pace,
        sleep=sleep,
        chance=lambda: 0.5,
    )


async def stopped(task: asyncio.Task[None]) -> None:
    """Stop something that runs, and raise what broke it before."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and (broken := task.exception()) is not None:
        raise broken


@dataclass
class Running:
    """The bot, up."""

    platforms: ClassVar[tuple[str, ...]] = (PLATFORM,)
    tg: World
    adapter: TelegramAdapter
    bot: Bot
    clock: MovableClock
    database: Database
    task: asyncio.Task[None] = field(repr=False)

    async def settled(self) -> None:
        """Wait until all that follows from what was done has happened, and what is due has been sent and drawn.

        A room that is held back after a failure is not waited for; the pauses of a real `pace` are.
        """
        looks = 0
        async with asyncio.timeout(PATIENCE):
            while True:
                await until(self.tg, lambda: self.task.done() or self._is_quiet)
                if self.task.done():
                    self.task.result()
                done = await self.bot.scheduler.run_due()
                if done or not self._is_quiet:
                    continue
                looks += 1
                if looks == 1 and await self._is_due():  # drawing a card has shown that its room has moved
                    continue
                if not await self._is_to_be_drawn() or (looks > 1 and self.adapter.pacing.pace is UNHURRIED):
                    return

    async def moves_to(self, instant: datetime) -> None:
        """Let time pass until then, doing all that is due on the way in its order."""
        await self.settled()
        former = None
        while True:
            due = await self.database.read(lambda store: store.deliveries.next_due(self.platforms))
            if due is None or due.due.due_at > instant or due == former:
                break
            former = due
            self._move(due.due.due_at)
            await self.settled()
        self._move(instant)
        await self.settled()

    async def passes(self, **span: float) -> None:
        """Let a span of time pass: `await bot.passes(hours=2)`."""
        await self.moves_to(self.clock.now() + timedelta(**span))

    async def dies(self) -> None:
        """End as a process ends that is killed: nothing is finished, nothing more is confirmed."""
        self.adapter.stopping_s = 0.0
        self.task.cancel()
        await asyncio.wait({self.task})

    def _move(self, instant: datetime) -> None:
        if instant > self.clock.now():
            self.clock.move_to(instant)

    @property
    def _is_quiet(self) -> bool:
        return self.tg.telegram.is_quiet and not self.adapter.is_busy

    async def _is_due(self) -> bool:
        coming = await self.database.read(lambda store: store.deliveries.next_due(self.platforms))
        return coming is not None and coming.due.due_at <= self.clock.now()

    async def _is_to_be_drawn(self) -> bool:
        return bool(await self.database.read(lambda store: store.cards.dirty(1, self.platforms)))


@asynccontextmanager
async def running(
    tg: World,
    database: Database,
    clock: MovableClock | None = None,
    *,
    webhook: Webhook | None = None,
    pace: Pace = UNHURRIED,
    catalogue: Catalogue | None = None,
) -> AsyncIterator[Running]:
    """Yield the bot when it has introduced itself; on the way out it finishes what is under way.

    `webhook` (such as `WEBHOOK`) has updates brought instead of polled for. With another `pace` than the usual one,
    the server's limits hold, and real seconds pass.
    """
    clock = clock or MovableClock(source=lambda: BEGINNING)
    catalogue = catalogue or Catalogue()
    if pace is UNHURRIED:
        limits = tg.telegram.limits
        limits.bot_second = limits.chat_second = limits.group_minute = None
    adapter = made(tg, webhook=webhook, pace=pace, catalogue=catalogue)
    bot = assemble(database, clock, [adapter], catalogue)
    async with _listening(tg, adapter):
        task = asyncio.create_task(bot.run(), name="bot")
        up = Running(tg, adapter, bot, clock, database, task)
        busy = partial(getattr, adapter, "is_busy")
        tg.busy.append(busy)
        try:
            await until(tg, lambda: task.done() or tg.telegram.updates.is_consumed)
            await up.settled()
            yield up
        finally:
            tg.busy.remove(busy)
            await stopped(task)


@asynccontextmanager
async def _listening(tg: World, adapter: TelegramAdapter) -> AsyncIterator[None]:
    """Serve the adapter's routes, if it has any, and let Telegram find them."""
    if not adapter.routes():
        yield
        return

    async def health() -> dict[str, object]:
        return {"ok": True}

    own = OwnServer(application(health, more=adapter.routes()), "127.0.0.1", 0)
    await own.start()
    tg.server.postman.gateway = f"http://127.0.0.1:{own.port}"
    try:
        yield
    finally:
        await own.stop()
