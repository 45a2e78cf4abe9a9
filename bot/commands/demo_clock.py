"""The demo's clock: it can be moved, and stays where it was moved to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from adapters.web.adapter import WebAdapter
from adapters.web.clockbar import NextDue
from bot.agenda import label
from bot.assembly import Bot
from bot.charts import draw
from bot.clock import MovableClock
from bot.commands.serving import Serving, serving
from bot.domain.notices import Delivery
from bot.i18n import Catalogue
from bot.ports import Store
from storage.engine import Database
from storage.transcript import SqlTranscript

OFFSET: Final = "demo.clock.offset"
"""The setting that keeps how far the clock was moved, in seconds."""


@dataclass(frozen=True)
class ServingDemo:
    """The demo that is up."""

    up: Serving
    web: WebAdapter
    clock: MovableClock
    time: DemoClock


class DemoClock:
    """Implements `adapters.web.clockbar.Rehearsal`: moves the clock and lets everything due happen in its order.

    `bot` is set once it is assembled.
    """

    def __init__(self, clock: MovableClock, storage: Database, catalogue: Catalogue) -> None:
        self._clock = clock
        self._storage = storage
        self._speak = catalogue.speaker
        self.bot: Bot | None = None

    def now(self) -> datetime:
        """Return the demo's present."""
        return self._clock.now()

    async def next_due(self, language: str = "") -> NextDue | None:
        """Return what the bot will do next by itself."""

        def look(store: Store) -> NextDue | None:
            waiting = store.deliveries.next_due(self._platforms)
            return NextDue(waiting.due.due_at, label(waiting.due, store, self._speak(language))) if waiting else None

        return await self._storage.read(look)

    async def advance_to(self, instant: datetime) -> None:
        """Move to `instant`, stopping at everything that is due on the way. How far it went survives a restart."""
        former = None
        while (coming := await self._coming()) is not None and coming.due.due_at <= instant and coming != former:
            await self._step(coming.due.due_at)
            former = coming  # still there and unchanged: it is not ours to send, and is waited for no longer
        await self._step(instant)

    @property
    def _platforms(self) -> list[str] | None:
        return list(self.bot.adapters) if self.bot is not None else None

    async def _coming(self) -> Delivery | None:
        return await self._storage.read(lambda store: store.deliveries.next_due(self._platforms))

    async def _step(self, instant: datetime) -> None:
        if instant > self._clock.now():
            offset = self._clock.offset + (instant - self._clock.now())
            await self._storage.transact(lambda store: store.settings.put(OFFSET, str(offset.total_seconds())))
            self._clock.move_to(instant)
        if self.bot is not None:
            await self.bot.scheduler.run_due()


async def demo_clock(storage: Database) -> MovableClock:
    """Return the demo's clock where it was left."""
    kept = await storage.read(lambda store: store.settings.get(OFFSET))
    return MovableClock(timedelta(seconds=float(kept or 0)))


@asynccontextmanager
async def serving_demo(storage: Database, clock: MovableClock, host: str, port: int) -> AsyncIterator[ServingDemo]:
    """Yield the demo, up and serving its page. Raises `CannotListen`."""
    catalogue = Catalogue()
    time = DemoClock(clock, storage, catalogue)
    web = WebAdapter(
        SqlTranscript(storage), clock, catalogue, address=f"http://{host}:{port}", rehearsal=time, draw=draw
    )
    async with serving(
        storage, clock, host=host, port=port, catalogue=catalogue, web=web, address=lambda _: web.address
    ) as up:
        time.bot = up.bot
        web.address = f"http://{host}:{up.server.port}"
        yield ServingDemo(up, web, clock, time)
