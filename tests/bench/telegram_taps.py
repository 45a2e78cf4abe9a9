"""The bot itself on Telegram: a community of circles, each in a group of its own, whose members tap or are reminded.

`python -m tests.bench.telegram_taps taps 1000x8` measures taps of which each has an edit of its own, `coalesced` taps
on few cards with Telegram's pauses between edits, `reminders` what the courier sends.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.letter import PLATFORM
from bot import loop
from bot.assembly import Bot, assemble
from bot.chat.message import Posted, Room
from bot.chat.pacing import Pace, Pacing
from bot.clock import SystemClock
from bot.commands.serving import look_for_garbage_less
from bot.domain.notices import Due, Reminder
from bot.i18n import Catalogue
from bot.ports import Store
from storage.engine import Database
from storage.migrate import migrate
from tests.bench._circles import Living, settled
from tests.bench._control import GROUPS, Control, Cost, asked, measured, server, told
from tests.bench.telegram_server import CARD, MEMBERS, TOKEN, group, user

NO_LIMITS = Pace(by_chat=True)
PAUSES = Pace(redraw=3.0, by_chat=True)
"""Edits as far apart as on Telegram, and no other limit."""
_FEW = 16
_LOOK_S = 0.05


def living(number: int) -> Living:
    """Return where a circle lives: in a group of its own."""
    card = Posted(Room(PLATFORM, str(group(number))), str(CARD))
    return Living(card, [str(user(number, member)) for member in range(MEMBERS)])


@asynccontextmanager
async def _running(control: Control, folder: Path, pace: Pace) -> AsyncIterator[Bot]:
    """Run the bot on a new database, as `circlebot run` does."""
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    migrate(url)
    database, catalogue = Database.open(url), Catalogue()
    adapter = TelegramAdapter(TOKEN, catalogue, api_url=control.url)
    adapter.pacing = adapter._wire._pacing = Pacing(pace)
    bot = assemble(database, SystemClock(), [adapter], catalogue)
    await control.order(payloads=await database.transact(lambda store: settled(store, living)))
    running = asyncio.create_task(bot.run())
    look_for_garbage_less()  # as `circlebot run`
    try:
        yield bot
    finally:
        running.cancel()
        await asyncio.wait([running])
        await database.close()


async def _taps(control: Control, plan: Sequence[tuple[int, int]], folder: Path) -> list[Cost]:
    async with _running(control, folder, NO_LIMITS):
        return await measured(control, plan)


async def _coalesced(control: Control, plan: Sequence[tuple[int, int]], folder: Path) -> list[Cost]:
    async with _running(control, folder, PAUSES):
        return await measured(control, plan, groups=_FEW, own_edits=False)


def reminded(store: Store, count: int) -> None:
    """Have a reminder of its own due now in every group, one after the other."""
    now = datetime.now(UTC)
    store.deliveries.plan(
        [
            Due(
                f"bench:{number}",
                Reminder(number % GROUPS + 1, 172_800),
                now,
                place=number % GROUPS + 1,
                circle=number % GROUPS + 1,
                meeting=number % GROUPS + 1,
            )
            for number in range(count)
        ]
    )


async def _reminders(control: Control, plan: Sequence[tuple[int, int]], folder: Path) -> list[Cost]:
    """Return the CPU seconds of one reminder, from the look for what is due to the mark that it went out."""
    costs = []
    async with _running(control, folder, NO_LIMITS) as bot:
        await control.taps(20, 1)  # it is up
        for count, _ in plan:
            await bot.storage.transact(partial(reminded, count=count))
            cpu = time.process_time()
            bot.scheduler.wake()
            while await bot.storage.read(lambda store: store.deliveries.waiting(limit=1)):  # noqa: ASYNC110  # the courier tells nobody
                await asyncio.sleep(_LOOK_S)
            costs.append(Cost((time.process_time() - cpu) / count, 0))
    return costs


_RUNS = {"taps": _taps, "coalesced": _coalesced, "reminders": _reminders}


def _main() -> None:
    with server() as control, tempfile.TemporaryDirectory() as folder:
        told(loop.run(_RUNS[sys.argv[1]](control, asked(sys.argv[2:]), Path(folder))))


if __name__ == "__main__":
    _main()
