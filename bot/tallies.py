"""Counts kept where things happen, as plain numbers: quick to add to, and read by whoever asks (`bot.metrics`)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

QUICK_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Bounds, in seconds, for what somebody waits for."""
SLOW_S: Final = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)
"""Bounds, in seconds, for what is sent when it is due."""
MANY: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
"""Bounds for how many are dealt with at once."""


class Tally:
    """How often something happened, by a few labels, of which there are few values. For one thread."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: dict[tuple[str, ...], int] = {}

    def add(self, *labels: str) -> None:
        """Count one."""
        counts = self.counts
        counts[labels] = counts.get(labels, 0) + 1


class Spread:
    """How values spread: how many were up to each bound, and their sum. For one thread."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count one."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def cumulated(self) -> Iterator[tuple[str, int]]:
        """Yield each bound with how many were at most so large, as Prometheus takes them."""
        so_far = 0
        for bound, count in zip((*map(str, self.bounds), "+Inf"), tuple(self.counts), strict=True):
            so_far += count
            yield bound, so_far


class Spreads:
    """Spreads by a few labels."""

    __slots__ = ("bounds", "spreads")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.spreads: dict[tuple[str, ...], Spread] = {}

    def of(self, *labels: str) -> Spread:
        """Return the spread of these labels, made when first asked for."""
        spread = self.spreads.get(labels)
        if spread is None:
            spread = self.spreads[labels] = Spread(self.bounds)
        return spread

    def add(self, value: float, *labels: str) -> None:
        """Count one."""
        try:
            self.spreads[labels].add(value)
        except KeyError:
            self.of(*labels).add(value)
