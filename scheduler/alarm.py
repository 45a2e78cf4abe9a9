"""The alarm clock: wakes whoever sends when something is due, and tidies up at night. The memory is the table's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

LONGEST_S = 3600.0
"""Real seconds after which it rings anyway: for a machine that was asleep, or whose clock was set."""
_NIGHT: Final = {"hour": 3, "minute": 17}
"""In UTC."""


class Alarm:
    """Rings by name. `now` is the operating system's present: an alarm clock lives in real time."""

    def __init__(
        self, ring: Callable[[], None], at_night: Callable[[], Awaitable[None]], now: Callable[[], datetime]
    ) -> None:
        self._ring = ring
        self._at_night = at_night
        self._now = now
        self._rings: dict[str, datetime] = {}
        self._clock = AsyncIOScheduler(
            timezone=UTC,
            # However late the loop comes to it: what is due is looked up in the table, and looking twice does no harm.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Start on the running event loop."""
        self._clock.add_job(self._at_night, CronTrigger(**_NIGHT, timezone=UTC), id="night")
        self._clock.start()

    def stop(self) -> None:
        """Ring no more."""
        if self._clock.running:
            self._clock.shutdown(wait=False)

    def ring_in(self, name: str, seconds: float | None) -> None:
        """Ring once in so many real seconds, instead of when this name was to ring before; None: not at all.

        Where it was to ring sooner, it still does, and will be told when to ring next: this is asked after every tap,
        and setting the clock costs more than all else that is done for it.
        """
        set_for, now = self._rings.get(name), self._now()
        if seconds is None:
            if set_for is not None and self._clock.get_job(name):
                self._clock.remove_job(name)
            self._rings.pop(name, None)
            return
        at = now + timedelta(seconds=min(seconds, LONGEST_S))
        if set_for is None or not now < set_for <= at:
            self._rings[name] = at
            trigger = DateTrigger(at, timezone=UTC)
            self._clock.add_job(self._rung, trigger, id=name, replace_existing=True)

    def rings_at(self, name: str) -> datetime | None:
        """Return the real instant at which it will ring."""
        job = self._clock.get_job(name)
        return job.next_run_time if job else None

    async def _rung(self) -> None:
        self._ring()
