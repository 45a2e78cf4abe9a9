"""A tap through router, permission, store, view and outbox, without a platform."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from bot import loop
from bot.chat.inbound import Place, Press
from bot.domain.rsvps import Answer
from bot.features.rsvps.intents import Rsvp
from storage.engine import Database
from storage.migrate import migrate
from tests.bench import Figure, measured
from tests.support.chat import ChatSim, lived_in

_TAPS = 1200
_PEOPLE = ("ada", "grace", "linus")


async def _cpu(chat: ChatSim, at_once: int) -> float:
    """Return the CPU seconds of one tap, with so many in flight."""
    meeting = (await chat.meetings())[0].id
    turn = asyncio.Semaphore(at_once)

    async def tap(number: int) -> None:
        payload = Rsvp(meeting=meeting, answer=tuple(Answer)[number % 3]).payload()
        sender = getattr(chat, _PEOPLE[number // 3 % 3]).sender
        async with turn:
            await chat.bot.router.receive(
                Press(sender=sender, place=Place(chat.room), key=f"tap:{at_once}:{number}", payload=payload)
            )

    await asyncio.gather(*(tap(number) for number in range(_TAPS // 4)))
    before = time.process_time()
    await asyncio.gather(*(tap(number) for number in range(_TAPS // 4, _TAPS + _TAPS // 4)))
    return (time.process_time() - before) / _TAPS


async def _taps(path: Path) -> tuple[float, float]:
    migrate(f"sqlite:///{path}")
    database = Database.open(f"sqlite:///{path}")
    try:
        chat = await lived_in(database)
        return await _cpu(chat, 1), await _cpu(chat, 32)
    finally:
        await database.close()


@measured
def a_tap_without_a_platform() -> Iterable[Figure]:
    """An RSVP from the pressed payload to the redrawn card, committed on SQLite with synchronous=FULL."""
    with tempfile.TemporaryDirectory() as folder:
        alone, many = loop.run(_taps(Path(folder) / "bench.sqlite3"))
    yield Figure("A tap without a platform: CPU, one at a time", f"{alone * 1e6:.0f} us")
    yield Figure("A tap without a platform: CPU, 32 in flight", f"{many * 1e6:.0f} us")
