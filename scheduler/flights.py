"""When a post begins: in its turn, and while few others are in the air of which a crash would leave nobody any wiser.

Where a platform does not know a message again that is sent twice, what was in the air when the process was killed is
sent again: it may have arrived. So posts begin evenly there, not all that a second allows at once, and few are on their
way at a time. They begin two by two: to wake up costs about as much as to send, and what has landed together is noted
together.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from bot.chat.adapter import Ability, Adapter
from bot.chat.message import Room
from bot.chat.pacing import Pacing

FEW: Final = 2
"""So many are in the air at once: with answers within a fifteenth of a second enough for thirty a second."""
SLOW_S: Final = 1.0
"""Whose platform takes longer holds up nobody any more: a room that hangs is waited for alone."""
TOGETHER_S: Final = 0.01
"""What begins within so many real seconds belongs together."""
LATE_S: Final = 0.005
"""So late, of a second, one may begin without delaying all that come after it: they are that much farther apart."""

Sleep = Callable[[float], Awaitable[None]]


class Flights:
    """What is in the air. `time` and `sleep` are in real seconds."""

    def __init__(self, time: Callable[[], float], sleep: Sleep) -> None:
        self._time = time
        self._sleep = sleep
        self._runways: dict[str, _Runway] = {}

    @asynccontextmanager
    async def one(self, adapter: Adapter, room: Room) -> AsyncIterator[Flight]:
        """Wait until something may be said in a room and count it; within, it is in the air."""
        runway = self._runways.get(adapter.platform)
        if runway is None:
            few = None if Ability.KNOW_REPEATS in adapter.abilities else FEW
            runway = self._runways[adapter.platform] = _Runway(few, self._time, self._sleep)
        flight = await runway.begun(adapter.pacing, room)
        try:
            yield flight
        finally:
            flight.over()


class Flight:
    """A post in the air. One that takes long is waited for no longer, as far as others go."""

    def __init__(self, runway: _Runway) -> None:
        self._runway = runway
        self.began = asyncio.get_running_loop().time()
        self._slow = asyncio.get_running_loop().call_later(SLOW_S, self.over)
        self._is_over = False
        runway.in_the_air.add(self)

    def landed(self) -> bool:
        """Note that it has arrived; return whether others that began with it have not.

        From now on only the database can take long, and while that does, it is better to say nothing more.
        """
        self._slow.cancel()
        self._runway.in_the_air.discard(self)
        return any(abs(self.began - other.began) < TOGETHER_S for other in self._runway.in_the_air)

    def over(self) -> None:
        """Make room for another: it has been noted, or it failed, or it takes too long."""
        if not self._is_over:
            self._is_over = True
            self._slow.cancel()
            self._runway.in_the_air.discard(self)
            self._runway.clear()


class _Runway:
    """Where posts to one platform begin, one behind the other. `few`: so many are in the air at most; None: any."""

    def __init__(self, few: int | None, time: Callable[[], float], sleep: Sleep) -> None:
        self._time = time
        self._sleep = sleep
        self._line = asyncio.Lock()
        self._free = asyncio.Semaphore(few) if few else None
        self._at, self._left = -math.inf, 0
        self.in_the_air: set[Flight] = set()

    async def begun(self, pacing: Pacing, room: Room) -> Flight:
        """Return a flight as soon as it may begin."""
        while True:
            async with self._line:  # whoever is first waits for all, so that nobody else has to wake up
                await self._turn(pacing)
                if self._free is not None:
                    await self._free.acquire()
                try:
                    await _wait(pacing, pacing.wait_anywhere, self._sleep)  # others may have spoken meanwhile
                    if pacing.wait(room) <= 0.0:
                        self._left -= 1
                        pacing.note(room)
                        return Flight(self)
                except BaseException:
                    self.clear()
                    raise
                self.clear()
            await _wait(pacing, lambda: pacing.wait(room), self._sleep)

    def clear(self) -> None:
        """Let another begin."""
        if self._free is not None:
            self._free.release()

    async def _turn(self, pacing: Pacing) -> None:
        """Wait for the next of moments evenly apart, each of which has a place for a few."""
        second = pacing.pace.bot_second
        if not second or self._left > 0:
            return
        at = self._at + (1.0 + LATE_S) * FEW / second
        if (wait := at - self._time()) > 0.0:
            await self._sleep(wait)
        self._at, self._left = max(at, self._time() - 0.9 * LATE_S), FEW


async def _wait(pacing: Pacing, wait: Callable[[], float], sleep: Sleep) -> None:
    while (seconds := wait()) > 0.0:
        pacing.waited_s += seconds
        await sleep(seconds)
