"""What several wait for at about the same time, done as one: most of what a transaction costs is that there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Generic, TypeVar

from bot.errors import StorageBusy

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
_Waiting = tuple[Asked, "asyncio.Future[Answer]"]


class Gathered(Generic[Asked, Answer]):
    """Gathers what is asked for, and has `do` answer up to `most` of it at once, in its order.

    Where that raises, each is done by itself, so that one spoils nothing for the others; a database that is busy is so
    for all. `begin` makes a task of what is to be done.
    """

    def __init__(
        self,
        do: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]],
        most: int,
        begin: Callable[[Coroutine[None, None, None]], None],
    ) -> None:
        self._do = do
        self._most = most
        self._begin = begin
        self._waiting: list[_Waiting[Asked, Answer]] = []
        self._begins: asyncio.Handle | None = None

    def ask(self, asked: Asked, within: float = 0.0) -> asyncio.Future[Answer]:
        """Return the future of an answer. What is asked within so many real seconds is done with it.

        0.0: what is asked for in the same breath, and whatever waits already.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((asked, future))
        if within == 0.0 or len(self._waiting) >= self._most:
            if self._begins is not None:
                self._begins.cancel()
            self._begins = loop.call_soon(self._go)
        elif self._begins is None:
            self._begins = loop.call_later(within, self._go)
        return future

    def _go(self) -> None:
        self._begins = None
        waiting, self._waiting = self._waiting, []
        self._begin(self._answer_all(waiting))

    async def _answer_all(self, waiting: Sequence[_Waiting[Asked, Answer]]) -> None:
        for at in range(0, len(waiting), self._most):
            await self._answer(waiting[at : at + self._most])

    async def _answer(self, waiting: Sequence[_Waiting[Asked, Answer]]) -> None:
        waiting = [(asked, future) for asked, future in waiting if not future.done()]  # nobody waits any more
        if not waiting:
            return
        try:
            answers = await self._do([asked for asked, _ in waiting])
        except Exception as error:  # noqa: BLE001  # whoever waits deals with it
            if len(waiting) > 1 and not isinstance(error, StorageBusy):
                for one in waiting:
                    await self._answer([one])
                return
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(waiting, answers, strict=True):
            if not future.done():
                future.set_result(answer)
