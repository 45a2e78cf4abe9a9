"""Running the bot: the database open, the HTTP server up, every platform served, until somebody says stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp.web import AbstractRouteDef

from adapters.web.doors import Doors, Network
from adapters.web.feeds import feeds
from adapters.web.server import Server, application
from bot.assembly import Bot, assemble, nowhere
from bot.chat.adapter import Adapter
from bot.clock import Clock
from bot.commands import monitoring
from bot.commands.listening import reason
from bot.domain.bounds import KEPT, Kept
from bot.errors import CircleBotError, GaveUp
from bot.feeds import CalendarFeeds
from bot.flood import Flood
from bot.i18n import Catalogue
from storage.engine import Database

log = logging.getLogger(__name__)
LONGEST_STOP_S = 8.0
"""After so many real seconds a stop is over, whatever does not let go: whoever sent the signal gives us ten."""
_OBJECTS = 10_000
"""After so many objects more than went, garbage is looked for among the newest."""

if TYPE_CHECKING:
    from adapters.web.adapter import WebAdapter  # imported by whoever serves a page


@dataclass
class Serving:
    """A bot that is up; `running` ends only when it is told to, or when something broke."""

    bot: Bot
    server: Server
    running: asyncio.Task[None]


@asynccontextmanager
async def serving(  # noqa: PLR0913  # what a bot that is up is made of, by name
    storage: Database,
    clock: Clock,
    *,
    host: str,
    port: int,
    catalogue: Catalogue | None = None,
    zone: str = "UTC",
    web: WebAdapter | None = None,
    others: Sequence[Adapter] = (),
    routes: Sequence[AbstractRouteDef] = (),
    address: Callable[[str], str] = nowhere,
    operators: Sequence[tuple[str, str]] = (),
    metrics_token: str = "",
    kept: Kept = KEPT,
    proxies: Sequence[Network] = (),
) -> AsyncIterator[Serving]:
    """Yield the bot, up and serving; on the way out, finish what is under way and stop.

    It serves the page if there is one, and the platforms of `others`, of which some have `routes` on our server.
    `address` tells where people reach that server, if they do. `port` 0 takes a free one. `operators` are the accounts
    of those who run it; with `metrics_token` one may read the metrics. `kept` says for how long what is over is kept,
    `proxies` where those are that may say whom they were asked by. Raises `CannotListen` before anything is sent, and
    at the end what broke the bot meanwhile, if something did.
    """
    adapters = [*([web] if web else []), *others]
    bot = assemble(
        storage,
        clock,
        adapters,
        catalogue,
        zone,
        flood=Flood(),
        address=address,
        operators=operators,
        disks=lambda: monitoring.disks_of(storage.url),
        kept=kept,
    )
    calendars = feeds(CalendarFeeds(storage, clock, bot.catalogue).read)
    watched = monitoring.routes(bot, storage, metrics_token)
    app = application(_alive, page=web, more=[*routes, calendars, *watched], proxies=proxies)
    server = Server(app, host, port, Doors(proxies=proxies))
    try:
        await server.start()
    except (OSError, UnicodeError) as error:
        why = reason(error, host, port)
        if why is None:
            raise
        raise why from error
    running = asyncio.create_task(bot.run(), name="bot")
    try:
        yield Serving(bot, server, running)
    finally:
        bot.scheduler.begin_to_stop()
        await server.stop()
        running.cancel()
        await asyncio.wait({running})
        broken = None if running.cancelled() else running.exception()
    if broken:  # and nothing else did meanwhile
        raise _cause(broken)


def _cause(broken: BaseException) -> BaseException:
    """Return what to tell of what broke the bot: a surprise, else a plain reason as `GaveUp`; never a group."""
    causes = list(_single(broken))
    surprise = next((cause for cause in causes if not isinstance(cause, CircleBotError)), None)
    return surprise or GaveUp("\n".join(dict.fromkeys(map(str, causes))))


def _single(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _single(part)
    else:
        yield error


async def _alive() -> Mapping[str, object]:
    """Say that the process answers. Nothing that starting it anew would not mend: `/readyz` tells of the rest."""
    return {"ok": True}


def look_for_garbage_less() -> None:
    """Take all that is there for good, and look for garbage among the rest more rarely than Python usually does.

    To look through everything stops everybody for a tenth of a second. A tap makes hundreds of objects and next to no
    cycles: at Python's own pace, looking for them costs some hundredths of each tap.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(_OBJECTS, 10, 10)


def stop_signal() -> asyncio.Event:
    """Return what is set by SIGINT or SIGTERM from now on: asked for before anybody is told that the bot is ready.

    A second one ends the process at once. So does the end of `LONGEST_STOP_S`, whatever keeps it: the database may not
    answer, and a thread that waits for it cannot be told to stop. What is under way then is as after a power cut.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopped.set()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(sign)
            signal.signal(sign, signal.SIG_DFL)
        last = threading.Timer(LONGEST_STOP_S, _end_at_once)
        last.daemon = True
        last.start()

    for sign in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(sign, stop)
    return stopped


def _end_at_once() -> None:
    log.warning("something does not let go: stopping without it")
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


async def until(up: Serving, *events: asyncio.Event, seconds: float | None = None) -> None:
    """Wait until one of the events is set, such as being told to stop, or until the seconds are over.

    Raises what breaks the bot meanwhile, if something does: `GaveUp` for what can be mended.
    """
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait({*waits, up.running}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    if up.running.done() and (broken := up.running.exception()):
        raise _cause(broken)


def sqlite_url(path: Path) -> str:
    """Return the address of an SQLite file."""
    return f"sqlite:///{path.absolute()}"
