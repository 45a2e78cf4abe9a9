"""Many people act at the same moment, and take turns: each does one thing, then all that follows of it happens.

async def act() -> None:
    await person.presses("Join")
    await turns.end()           # returns when everything has been answered, posted and drawn
    …

await turns.take([act(), act(), …])
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence


class Turns:
    """`settle` is awaited between two turns. At most `at_once` things are under way in one."""

    def __init__(self, settle: Callable[[], Awaitable[None]], at_once: int = 8) -> None:
        self._settle = settle
        self._waiting: list[asyncio.Future[None]] = []
        self._moving = 0
        self._still = asyncio.Event()
        self.few = asyncio.Semaphore(at_once)

    async def take(self, acts: Sequence[Coroutine[object, object, None]]) -> None:
        """Let everybody act until all are done."""
        self._moving = len(acts)
        tasks = [asyncio.create_task(self._doing(act)) for act in acts]
        try:
            while tasks:
                await self._stand_still()
                await self._settle()
                waiting, self._waiting = self._waiting, []
                if not waiting:
                    break
                self._moving = len(waiting)
                for one in waiting:
                    one.set_result(None)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            self._waiting.clear()
        for outcome in ended:
            if isinstance(outcome, BaseException):
                raise outcome

    async def end(self) -> None:
        """End one's turn."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._rests()
        await turn

    async def _stand_still(self) -> None:
        self._still.clear()
        if self._moving:
            await self._still.wait()

    async def _doing(self, act: Coroutine[object, object, None]) -> None:
        try:
            await act
        finally:
            self._rests()

    def _rests(self) -> None:
        self._moving -= 1
        if self._moving <= 0:
            self._still.set()
