"""Whose turn it is: what one person does is taken in its order, different people side by side."""

from __future__ import annotations

import asyncio
from collections import Counter
from types import TracebackType
from typing import Final, Self

MOST_OF_ONE: Final = 20
"""How much of what one person does may be under way; what they do beyond is not taken on."""
MOST: Final = 2000
"""The same for everybody together."""


class Turns:
    """People's places in a queue. Nothing of somebody who waits for nothing is kept."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Future[None]] = {}

    def take(self, who: str) -> Turn:
        """Return the next turn of a person; the place in the queue is taken at once."""
        before, mine = self._last.get(who), asyncio.get_running_loop().create_future()
        self._last[who] = mine
        return Turn(before, mine, self, who)

    def over(self, who: str, mine: asyncio.Future[None]) -> None:
        """Let the next one begin."""
        if not mine.done():
            mine.set_result(None)
        if self._last.get(who) is mine:
            del self._last[who]

    def __len__(self) -> int:
        """Return how many people are waited for."""
        return len(self._last)


class Turn:
    """One place in the queue: it is one's turn within `async with`."""

    def __init__(self, before: asyncio.Future[None] | None, mine: asyncio.Future[None], turns: Turns, who: str) -> None:
        self._before, self._mine, self._turns, self._who = before, mine, turns, who

    async def __aenter__(self) -> Self:
        """Wait for those before."""
        if self._before is not None:
            try:
                await asyncio.wait([self._before])
            except asyncio.CancelledError:
                self.leave()
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Let the next one begin."""
        self.leave()

    def leave(self) -> None:
        """Give the place up, or let the next one begin."""
        self._turns.over(self._who, self._mine)


class Load:
    """How much is under way, of each person and in all."""

    def __init__(self, *, most_of_one: int = MOST_OF_ONE, most: int = MOST) -> None:
        self._most_of_one, self._most = most_of_one, most
        self._of: Counter[str] = Counter()
        self.total = 0

    @property
    def people(self) -> int:
        """Of how many people something is under way."""
        return len(self._of)

    def fits(self, who: str) -> bool:
        """Say whether one more of a person's can be taken on."""
        return self._of[who] < self._most_of_one and self.total < self._most

    def take(self, who: str) -> None:
        """Count one more."""
        self._of[who] += 1
        self.total += 1

    def done(self, who: str) -> None:
        """Count one less."""
        self.total -= 1
        self._of[who] -= 1
        if not self._of[who]:
            del self._of[who]
