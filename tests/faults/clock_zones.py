"""Every change of every zone's clocks in ten years, found in the zone data that are installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

BEGIN, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
_LOOK = timedelta(days=5)
"""No zone changes its clocks twice within so many days."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Change:
    """A zone's clocks are put forward (`by` positive) or back at an instant."""

    zone: str
    at: datetime
    by: timedelta

    @property
    def from_local(self) -> datetime:
        """The first wall-clock time that is skipped, or shows twice."""
        before = (self.at - _SECOND).astimezone(ZoneInfo(self.zone)).replace(tzinfo=None) + _SECOND
        return min(before, before + self.by)

    @property
    def to_local(self) -> datetime:
        """The first one after it that is as usual."""
        return self.from_local + abs(self.by)


@cache
def changes() -> tuple[Change, ...]:
    """Return them all; of zones that are the same under several names, each."""
    return tuple(change for zone in sorted(available_timezones()) for change in _of(zone))


def _of(zone: str) -> Iterator[Change]:
    tz, at = ZoneInfo(zone), BEGIN
    before = at.astimezone(tz).utcoffset()
    while at < END:
        later = at + _LOOK
        after = later.astimezone(tz).utcoffset()
        if before is not None and after is not None and after != before:
            yield Change(zone, _when(tz, at, later, before), after - before)
        at, before = later, after


def _when(tz: ZoneInfo, early: datetime, late: datetime, before: timedelta) -> datetime:
    """Return the first second at which the offset is not what it was before."""
    low, high = 0, int((late - early).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (early + timedelta(seconds=middle)).astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return early + timedelta(seconds=high)
