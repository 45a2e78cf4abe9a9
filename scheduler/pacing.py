"""How fast a platform lets us speak: per bot, per room, per minute; in real seconds, whatever our clock shows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.chat.adapter import Pace
from bot.chat.message import Room
from bot.clock import Clock

_DAY = timedelta(days=1)
_FORGET_FROM = 1024
"""From so many rooms on, those that have been quiet are forgotten."""


def after(clock: Clock, seconds: float) -> datetime:
    """Return what the clock will show when so many real seconds have passed: a rehearsal's clock goes faster."""
    now = clock.now()
    return now + _DAY * (seconds / clock.seconds_until(now + _DAY))


@dataclass
class _Window:
    """At most `limit` in any `seconds`."""

    limit: int | None
    seconds: float
    said: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        while self.said and self.said[0] <= now - self.seconds:
            self.said.popleft()
        if self.limit is None or len(self.said) < self.limit:
            return 0.0
        return self.said[-self.limit] + self.seconds - now

    def note(self, now: float) -> None:
        if self.limit is not None:
            self.said.append(now)


@dataclass
class _Rooms:
    second: _Window
    minute: _Window
    held_until: float = 0.0


class Pacing:
    """One bot's limits on one platform. `time` is a monotonic clock in real seconds."""

    def __init__(self, pace: Pace, time: Callable[[], float]) -> None:
        self.pace = pace
        self._time = time
        self._bot = _Window(pace.bot_second, 1.0)
        self._rooms: dict[Room, _Rooms] = {}

    def wait(self, room: Room) -> float:
        """Return for how many real seconds nothing may be said in a room; 0.0: now is fine."""
        now = self._time()
        limits = self._rooms.get(room)
        if limits is None:
            return max(0.0, self._bot.wait(now))
        return max(0.0, limits.held_until - now, self._bot.wait(now), limits.second.wait(now), limits.minute.wait(now))

    def note(self, room: Room) -> None:
        """Count something that is said in a room now."""
        now = self._time()
        self._bot.note(now)
        limits = self._of(room, now)
        limits.second.note(now)
        limits.minute.note(now)

    def hold(self, room: Room, seconds: float) -> None:
        """Say nothing in one room for so many real seconds, because the platform asks for it."""
        now = self._time()
        limits = self._of(room, now)
        limits.held_until = max(limits.held_until, now + seconds)

    def _of(self, room: Room, now: float) -> _Rooms:
        if len(self._rooms) >= _FORGET_FROM and room not in self._rooms:
            self._rooms = {
                there: limits
                for there, limits in self._rooms.items()
                if limits.held_until > now or limits.minute.wait(now) or limits.second.wait(now) or limits.minute.said
            }
        if room not in self._rooms:
            self._rooms[room] = _Rooms(_Window(self.pace.room_second, 1.0), _Window(self.pace.room_minute, 60.0))
        return self._rooms[room]
