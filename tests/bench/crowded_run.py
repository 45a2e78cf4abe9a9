"""The bot among many circles, in a process of its own: how long taps wait, and what the sender does meanwhile.

`python -m tests.bench.crowded_run taps CIRCLES WAITING` prints, as JSON, the seconds from tap to answer while the
sender works at Telegram's limit; `sender CIRCLES` what the sender alone does in some seconds, and `posts` what as many
bare posts take of a core; `month` how much memory the bot takes after a day and after a month of taps and reminders.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from adapters.telegram.adapter import PACE, TelegramAdapter
from bot import loop
from bot.assembly import Bot, assemble
from bot.chat.pacing import Pace, Pacing
from bot.clock import SystemClock
from bot.commands.serving import look_for_garbage_less
from bot.i18n import Catalogue
from storage.engine import Database
from storage.migrate import migrate
from tests.bench._circles import settled
from tests.bench._control import GROUPS, HTML, Control, server
from tests.bench._filled import fill
from tests.bench.telegram_server import LABELS, TOKEN, group
from tests.bench.telegram_taps import NO_LIMITS, living, reminded

TAPS, AT_ONCE = 1500, 4
LIMIT = 30.0
"""How many messages a second Telegram takes of a bot."""
SENDER_S = 20.0
"""For how many seconds the sender is watched."""
AT_REST = 0.01
"""Of how much of a core a bot at rest takes less: its start is over."""
DAY_TAPS, DAY_SENT = 3_300, 660
MONTH_TAPS, MONTH_SENT = 100_000, 20_000
_CHUNK = 3_300
_MEGABYTE = 1 << 20


@asynccontextmanager
async def _running(control: Control, folder: Path, pace: Pace, *, circles: int, waiting: int) -> AsyncIterator[Bot]:
    url, file = f"sqlite:///{folder / 'bench.sqlite3'}", folder / "bench.sqlite3"
    migrate(url)
    database, catalogue = Database.open(url), Catalogue()
    payloads = await database.transact(lambda store: settled(store, living))
    await database.close()
    if circles:
        fill(file, circles=circles, waiting=waiting)
    database = Database.open(url)
    adapter = TelegramAdapter(TOKEN, catalogue, api_url=control.url)
    adapter.pacing = adapter._wire._pacing = Pacing(pace)
    bot = assemble(database, SystemClock(), [adapter], catalogue)
    await control.order(payloads=payloads, latency=0)
    running = asyncio.create_task(bot.run())
    look_for_garbage_less()
    try:
        yield bot
    finally:
        running.cancel()
        await asyncio.wait([running])
        await database.close()


async def _taps(control: Control, folder: Path, circles: int, waiting: int) -> dict[str, Any]:
    """Let people tap while reminders go out as fast as Telegram takes them; without circles, while nothing does."""
    async with _running(control, folder, PACE, circles=circles, waiting=waiting) as bot:
        await control.order(count=200, at_once=AT_ONCE, groups=GROUPS, own_edits=False)
        if circles:
            await bot.storage.transact(partial(reminded, count=4 * GROUPS))
            bot.scheduler.wake()
        before, sent = time.monotonic(), (await control.order())["sent"]
        came = await control.order(count=TAPS, at_once=AT_ONCE, groups=GROUPS, own_edits=False)
        took = time.monotonic() - before
        return {"waits": came["waits"], "sent_per_s": ((await control.order())["sent"] - sent) / took}


async def _sender(control: Control, folder: Path, circles: int) -> dict[str, Any]:
    """Send for some seconds at Telegram's limit, among so many circles."""
    async with _running(control, folder, PACE, circles=circles, waiting=circles) as bot:
        await control.order(count=20, at_once=1, groups=GROUPS, own_edits=False)
        await _at_rest()
        await bot.storage.transact(partial(reminded, count=2 * GROUPS))
        bot.scheduler.wake()
        await asyncio.sleep(2)
        return await _watched(control, asyncio.sleep(SENDER_S))


async def _posts(control: Control, folder: Path) -> dict[str, Any]:  # as the others
    """Post as much with the HTTP client alone, at the same pace and two by two: no bot, no library, no database."""
    await control.order(latency=0)
    buttons = [[{"text": label, "callback_data": f"rs.1.{label[:3].lower()}.syyrz4"} for label in LABELS]]
    said = {"chat_id": group(0), "text": HTML, "parse_mode": "HTML", "reply_markup": {"inline_keyboard": buttons}}
    url, body = f"{control.url}/bot{TOKEN}/sendMessage", json.dumps(said).encode()
    async with ClientSession(headers={"Content-Type": "application/json"}) as session:

        async def post() -> None:
            async with session.post(url, data=body) as answer:
                await answer.read()

        async def posts() -> None:
            until = time.monotonic() + SENDER_S
            while time.monotonic() < until:
                await asyncio.gather(post(), post(), asyncio.sleep(2 / LIMIT))

        await asyncio.gather(post(), post())
        return await _watched(control, posts())


async def _watched(control: Control, work: Awaitable[None]) -> dict[str, Any]:
    """Return what of a core this process takes meanwhile, and how much it sends."""
    sent, cpu, before = (await control.order())["sent"], time.process_time(), time.monotonic()
    await work
    took = time.monotonic() - before
    return {
        "core": (time.process_time() - cpu) / took,
        "sent_per_s": ((await control.order())["sent"] - sent) / took,
    }


async def _at_rest() -> None:
    """Wait until the start is over, which looks once through all meetings ahead: that is no part of sending."""
    used = 1.0
    while used > AT_REST:
        before = time.process_time()
        await asyncio.sleep(1)
        used = time.process_time() - before


async def _month(control: Control, folder: Path) -> dict[str, Any]:
    """Return the memory in use after a day's taps and reminders, and after a month's."""
    async with _running(control, folder, NO_LIMITS, circles=0, waiting=0) as bot:
        await _live(control, bot, DAY_TAPS, DAY_SENT)
        day = _memory()
        left = (MONTH_TAPS - DAY_TAPS) // _CHUNK
        for _ in range(left):
            await _live(control, bot, _CHUNK, (MONTH_SENT - DAY_SENT) // left)
        return {"day": day, "month": _memory()}


async def _live(control: Control, bot: Bot, taps: int, sent: int) -> None:
    await bot.storage.transact(partial(reminded, count=sent))
    bot.scheduler.wake()
    await control.order(count=taps, at_once=32, groups=GROUPS, own_edits=True)
    while await bot.storage.read(lambda store: store.deliveries.waiting(limit=1)):  # noqa: ASYNC110  # the courier tells nobody
        await asyncio.sleep(0.05)


def _memory() -> float:
    """Return the memory that this process has, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MEGABYTE


_RUNS: dict[str, Callable[..., Coroutine[Any, Any, dict[str, Any]]]] = {
    "taps": _taps,
    "sender": _sender,
    "posts": _posts,
    "month": _month,
}


def _main() -> None:
    with server() as control, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(loop.run(_RUNS[sys.argv[1]](control, Path(folder), *map(int, sys.argv[2:])))))


if __name__ == "__main__":
    _main()
