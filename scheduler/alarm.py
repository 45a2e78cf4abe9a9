"""The alarm clock: wakes whoever sends when something is due, and tidies up at night. The memory is the table's."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

log = logging.getLogger(__name__)

LONGEST_S = 3600.0
"""Real seconds after which it rings anyway."""
WATCH_S = 30.0
"""How many real seconds lie between two looks whether somebody has set the system's clock, or the machine slept."""
STEP_S = 5.0
"""By how many seconds a clock differs that was set; what goes a little too fast or too slowly is no matter."""
_NIGHT: Final = {"hour": 3, "minute": 17}
"""In UTC."""


class Alarm:
    """Rings by name. `now` is the operating system's present: an alarm clock lives in real time.

    When the system's clock is set, all that it was set for by the old time means nothing: it rings at once, and does
    what is otherwise done at night, because what was planned or dropped by a wrong clock may have to be repaired.
    `monotonic` is a clock that nobody can set, `sleep` waits by it.
    """

    def __init__(
        self,
        ring: Callable[[], None],
        at_night: Callable[[], Awaitable[None]],
        now: Callable[[], datetime],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ring = ring
        self._at_night = at_night
        self._now = now
        self._monotonic = monotonic
        self._sleep = sleep
        self._rings: dict[str, datetime] = {}
        self._watch: asyncio.Task[None] | None = None
        self._clock = AsyncIOScheduler(
            timezone=UTC,
            # However late the loop comes to it: what is due is looked up in the table, and looking twice does no harm.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Start on the running event loop."""
        self._set_for_the_night()
        self._clock.start()
        self._watch = asyncio.create_task(self._watches(), name="alarm")

    def stop(self) -> None:
        """Ring no more."""
        if self._watch is not None:
            self._watch.cancel()
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

    def _set_for_the_night(self) -> None:
        trigger = CronTrigger(**_NIGHT, timezone=UTC)
        self._clock.add_job(self._at_night, trigger, id="night", replace_existing=True)

    async def _rung(self) -> None:
        self._ring()

    async def _watches(self) -> None:
        """Look whether the system's clock and one that nobody can set go on alike."""
        while True:
            shown, passed = self._now(), self._monotonic()
            await self._sleep(WATCH_S)
            step = (self._now() - shown).total_seconds() - (self._monotonic() - passed)
            if abs(step) > STEP_S:
                log.warning(
                    "the system's clock was set by %+.0f s, or the machine slept: looking at everything anew", step
                )
                await self._set_anew()

    async def _set_anew(self) -> None:
        for name in self._rings:
            if self._clock.get_job(name):
                self._clock.remove_job(name)
        self._rings.clear()
        self._set_for_the_night()
        self._ring()
        await self._at_night()
