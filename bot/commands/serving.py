"""Running the bot: the database open, the HTTP server up, every platform served, until somebody says stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from adapters.web.adapter import WebAdapter
from adapters.web.clockbar import NextDue
from adapters.web.server import Server, application
from bot.agenda import label
from bot.assembly import Bot, assemble
from bot.chat.adapter import Adapter
from bot.clock import Clock, MovableClock
from bot.errors import CircleBotError, StorageBusy
from bot.i18n import Catalogue
from bot.ports import Store
from storage.engine import Database
from storage.transcript import SqlTranscript

log = logging.getLogger(__name__)
OFFSET = "demo.clock.offset"
"""The setting that keeps how far the demo's clock was moved, in seconds."""


class PortTaken(CircleBotError):
    """Something else listens on the port."""


@dataclass
class Serving:
    """A bot that is up."""

    bot: Bot
    server: Server
    web: WebAdapter | None


class DemoClock:
    """Implements `adapters.web.clockbar.Rehearsal`: moves the clock and lets everything due happen in its order."""

    def __init__(self, clock: MovableClock, storage: Database, catalogue: Catalogue, bot: Bot | None = None) -> None:
        self._clock = clock
        self._storage = storage
        self._speak = catalogue.speaker
        self.bot = bot

    def now(self) -> datetime:
        """Return the demo's present."""
        return self._clock.now()

    async def next_due(self) -> NextDue | None:
        """Return what the bot will do next by itself."""

        def look(store: Store) -> NextDue | None:
            waiting = store.deliveries.next_due()
            return NextDue(waiting.due.due_at, label(waiting.due, store, self._speak(""))) if waiting else None

        return await self._storage.read(look)

    async def advance_to(self, instant: datetime) -> None:
        """Move to `instant`, stopping at everything that is due on the way. How far it went survives a restart."""
        while (coming := await self.next_due()) is not None and coming.at <= instant:
            await self._step(coming.at)
        await self._step(instant)

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
async def serving(  # noqa: PLR0913  # everything that differs between the demo, a run and a test
    storage: Database,
    clock: Clock,
    *,
    host: str,
    port: int,
    address: str | None = None,
    page: bool = False,
    demo: bool = False,
    others: Sequence[Adapter] = (),
) -> AsyncIterator[Serving]:
    """Yield the bot, up and serving; on the way out, finish what is under way and stop.

    Raises `PortTaken` before anything is sent.
    """
    catalogue = Catalogue()
    rehearsal = DemoClock(clock, storage, catalogue) if demo and isinstance(clock, MovableClock) else None
    web = None
    if page:
        web = WebAdapter(
            SqlTranscript(storage), clock, catalogue, address=address or f"http://{host}:{port}", rehearsal=rehearsal
        )
    bot = assemble(storage, clock, [*others, *([web] if web else [])], catalogue)
    if rehearsal is not None:
        rehearsal.bot = bot
    server = Server(application(lambda: _health(storage), page=web), host, port)
    try:
        await server.start()
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortTaken(str(port)) from error
        raise
    if web is not None and address is None:
        web.address = f"http://{host}:{server.port}"
    running = asyncio.create_task(bot.run(), name="bot")
    try:
        yield Serving(bot, server, web)
    finally:
        await server.stop()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def _health(storage: Database) -> Mapping[str, object]:
    try:
        await storage.read(lambda store: store.settings.get(OFFSET))
    except StorageBusy as error:
        return {"ok": False, "database": str(error)}
    return {"ok": True}


def is_free(host: str, port: int) -> bool:
    """Say whether one can listen on a port (0: always)."""
    try:
        with socket.create_server((host, port)):
            return True
    except OSError:
        return False


async def until_stopped() -> None:
    """Wait for SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(sign, stopped.set)
    await stopped.wait()


def sqlite_url(path: Path) -> str:
    """Return the address of an SQLite file."""
    return f"sqlite:///{path.absolute()}"
