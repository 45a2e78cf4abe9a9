"""How fast a bot may speak, as Telegram enforces it: what is too much gets a 429 with the seconds to wait."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from tests.telegram.server.problems import flood


@dataclass
class Limits:
    """The limits, and what has been said. None switches one off. `clock` counts in seconds.

    `chat_second` is off unless a test wants it: Telegram bears short bursts there. `refused` counts the 429s given.
    """

    clock: Callable[[], float] = monotonic
    bot_second: int | None = 30
    chat_second: int | None = None
    group_minute: int | None = 20
    refused: int = 0
    _said: dict[tuple[str, int], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def counts(self, chat: int, *, is_group: bool) -> None:
        """Count a message or an edit; raise a `Problem` (429), counting nothing, where it is too much."""
        now = self.clock()
        windows = [(("bot", 0), self.bot_second, 1.0), (("chat", chat), self.chat_second, 1.0)]
        if is_group:
            windows.append((("group", chat), self.group_minute, 60.0))
        wait = max(self._wait(self._said[key], limit, seconds, now) for key, limit, seconds in windows)
        if wait > 0:
            self.refused += 1
            raise flood(max(1, math.ceil(wait)))
        for key, limit, _ in windows:
            if limit is not None:
                self._said[key].append(now)

    @staticmethod
    def _wait(said: deque[float], limit: int | None, seconds: float, now: float) -> float:
        while said and said[0] <= now - seconds:
            said.popleft()
        return 0.0 if limit is None or len(said) < limit else said[-limit] + seconds - now
