"""When a post begins: in its turn, and while few others are in the air of which a crash would leave nobody any wiser.

Where a platform does not know a message again that is sent twice, what was in the air when the process was killed is
sent again: it may have arrived. So posts begin evenly there, not all that a second allows at once, and few are on their
way at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from bot.chat.adapter import Ability, Adapter
from bot.chat.message import Room

FEW: Final = 2
"""So many are in the air at once: with answers within a fifteenth of a second enough for thirty a second."""
SLOW_S: Final = 1.0
"""Whose platform takes longer holds up nobody any more: a room that hangs is waited for alone."""

Landed = Callable[[], None]


class Flights:
    """What is in the air. `time` and `sleep` are in real seconds."""

    def __init__(self, time: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._time = time
        self._sleep = sleep
        self._turns: dict[str, float] = {}
        self._free: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def one(self, adapter: Adapter, room: Room) -> AsyncIterator[Landed]:
        """Wait until something may be said in a room and count it; within, it is in the air.

        Call what is yielded when it has arrived: from then on only the database can take long, and while that does, it
        is better to say nothing more.
        """
        pacing = adapter.pacing
        await self._turn(adapter)
        while (wait := pacing.wait(room)) > 0.0:
            pacing.waited_s += wait
            await self._sleep(wait)
        if Ability.KNOW_REPEATS in adapter.abilities:
            pacing.note(room)
            yield _nothing
            return
        free = self._free.setdefault(adapter.platform, asyncio.Semaphore(FEW))
        async with _held(free) as landed:
            await pacing.turn(room, self._sleep)  # others may have spoken meanwhile
            yield landed

    async def _turn(self, adapter: Adapter) -> None:
        """Wait for the next place in an even row."""
        if adapter.pacing.pace.bot_second:
            now = self._time()
            at = max(now, self._turns.get(adapter.platform, now))
            self._turns[adapter.platform] = at + 1.0 / adapter.pacing.pace.bot_second
            if at > now:
                await self._sleep(at - now)


@asynccontextmanager
async def _held(free: asyncio.Semaphore) -> AsyncIterator[Landed]:
    """Hold one of few places; while it is in the air, not for longer than is fair."""
    is_held = True

    def let_go() -> None:
        nonlocal is_held
        if is_held:
            is_held = False
            free.release()

    await free.acquire()
    slow = asyncio.get_running_loop().call_later(SLOW_S, let_go)
    try:
        yield slow.cancel
    finally:
        slow.cancel()
        let_go()


def _nothing() -> None:
    pass
