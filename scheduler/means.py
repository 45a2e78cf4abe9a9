"""What the courier and the painter work with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from bot.chat.adapter import Adapter
from bot.chat.message import Chart, Message, Picture, Room
from bot.chat.pacing import Pacing
from bot.clock import Clock
from bot.ports import Narrator, Storage
from scheduler.planner import Planner

POSTING_S = 45.0
"""How long a platform may take to accept a message, in real seconds."""
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 120.0
"""How long the first wait after a failure is, and the longest, in real seconds.

Short enough for two tries within the minutes for which a platform knows a repeat: nobody knows whether what was cut off
had arrived.
"""

Draw = Callable[[Chart], Picture]


@dataclass(frozen=True)
class Means:
    """The parts. `time` is monotonic; it and `sleep` count real seconds."""

    storage: Storage
    clock: Clock
    narrator: Narrator
    planner: Planner
    adapters: Mapping[str, Adapter]
    draw: Draw | None
    chance: Callable[[], float]
    time: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]

    def pacing(self, room: Room) -> Pacing:
        """Return the limits of a room's platform."""
        return self.adapters[room.platform].pacing

    async def finished(self, message: Message) -> Message:
        """Return a message whose picture is drawn. Slow: outside of any transaction, on a thread."""
        if not isinstance(message.picture, Chart):
            return message
        if self.draw is None:
            return replace(message, picture=None)
        return replace(message, picture=await asyncio.to_thread(self.draw, message.picture))

    def backoff(self, attempts: int) -> float:
        """Return how many real seconds to wait after so many attempts: twice as long each, give or take a quarter."""
        wait = min(FIRST_WAIT_S * 2.0 ** min(attempts - 1, 20), LONGEST_WAIT_S)
        return wait * (0.75 + self.chance() / 2)
