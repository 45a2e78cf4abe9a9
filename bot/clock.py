"""What time it is. Nothing in the project asks the operating system but through a Clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

_DAY = timedelta(days=1)


class Clock(Protocol):
    """A source of the present."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def seconds_until(self, instant: datetime) -> float:
        """Return how many *real* seconds to wait until this clock shows `instant`; never negative."""
        ...


def real_now() -> datetime:
    """Return the operating system's instant, aware, in UTC."""
    return datetime.now(UTC)


class SystemClock:
    """The operating system's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return real_now()

    def seconds_until(self, instant: datetime) -> float:
        """Return the real seconds until `instant`; never negative."""
        return max(0.0, (instant - self.now()).total_seconds())


class RehearsalClock:
    """A clock that starts at `at` and goes `speed` times as fast as the real one."""

    def __init__(self, at: datetime, speed: float, source: Callable[[], datetime] = real_now) -> None:
        if speed <= 0:
            message = "a clock's speed is a positive number"
            raise ValueError(message)
        self._source = source
        self._began = source()
        self._at = at.astimezone(UTC)
        self.speed = speed

    def now(self) -> datetime:
        """Return the rehearsed instant, aware, in UTC."""
        return self._at + (self._source() - self._began) * self.speed

    def seconds_until(self, instant: datetime) -> float:
        """Return the real seconds until the rehearsal reaches `instant`; never negative."""
        return max(0.0, (instant - self.now()).total_seconds() / self.speed)


class MovableClock:
    """The real clock plus an offset that only grows: the demo's clock, and the tests'.

    With `source` a constant function it stands still until moved, which is what tests want.
    `on_move` is called after every move with the new offset (to keep it, to wake the alarm).
    """

    def __init__(self, offset: timedelta = timedelta(0), source: Callable[[], datetime] = real_now) -> None:
        self._source = source
        self.offset = offset
        self.on_move: list[Callable[[timedelta], None]] = []

    def now(self) -> datetime:
        """Return the moved instant, aware, in UTC."""
        return self._source() + self.offset

    def seconds_until(self, instant: datetime) -> float:
        """Return the real seconds until this clock shows `instant` if nobody moves it; never negative."""
        return max(0.0, (instant - self.now()).total_seconds())

    def move_to(self, instant: datetime) -> None:
        """Jump forward to `instant`; going back is an error, since what was sent cannot be unsent."""
        ahead = instant - self.now()
        if ahead < timedelta(0):
            message = "a clock only moves forward"
            raise ValueError(message)
        self.offset += ahead
        for listener in self.on_move:
            listener(self.offset)


def after(clock: Clock, seconds: float) -> datetime:
    """Return what the clock will show when so many real seconds have passed: a rehearsal's clock goes faster."""
    now = clock.now()
    return now + _DAY * (seconds / clock.seconds_until(now + _DAY))
