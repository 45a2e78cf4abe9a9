"""The scheduler as the rest sees it: start it, wake it after a commit, stop it."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from bot.chat.adapter import Ability, Adapter
from bot.chat.message import Posted, Redraw
from bot.clock import Clock, MovableClock, real_now
from bot.domain.bounds import KEPT, Kept
from bot.ports import Narrator, Storage
from scheduler import clocks
from scheduler.alarm import Alarm
from scheduler.courier import Courier
from scheduler.duty import Duty
from scheduler.election import Election, this_process
from scheduler.forgetting import forget_past
from scheduler.ledger import Done, Ledger
from scheduler.means import Draw, Means
from scheduler.painter import Painter
from scheduler.planner import Planner
from scheduler.watch import EACH_S, Watch

log = logging.getLogger(__name__)

RETRY_S = 5.0
"""How many real seconds to wait when what is due cannot be had: another process has it, the database is busy."""
SEND, PAINT = "send", "paint"
PAUSES_S = {SEND: 0.25, PAINT: 0.2}
"""How many real seconds lie at least between two looks: many taps, which each call for one, are one look."""
SOON_S = 1.0
"""For up to so many real seconds a loop waits by itself: an alarm clock that is set anew each time costs more."""


class Scheduler:
    """Sends what is due and keeps cards true, from `start` to `stop`; costs nothing while nothing is due.

    `draw` turns charts into pictures (on a thread). `holder` names this process among those that share the database.
    `chance`, `monotonic` and `sleep` are there for tests.
    """

    def __init__(  # noqa: PLR0913  # the parts, and what tests put in their place
        self,
        storage: Storage,
        clock: Clock,
        narrator: Narrator,
        planner: Planner,
        adapters: Mapping[str, Adapter],
        *,
        draw: Draw | None = None,
        watch: Watch | None = None,
        holder: str = "",
        kept: Kept = KEPT,
        chance: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._means = Means(
            storage, clock, narrator, planner, adapters, draw, chance=chance, time=monotonic, sleep=sleep
        )
        alone = [name for name, adapter in adapters.items() if Ability.SERVE_ALONE in adapter.abilities]
        election = Election(clock, holder or this_process(), sorted(adapters), alone)
        self.duty = Duty(storage, election, self.wake, sleep=sleep)
        self._courier = Courier(self._means, election)
        self._painter = Painter(self._means, self._courier.speaks_for)
        self.watch = watch or Watch(storage, clock)
        self._look_now = asyncio.Event()
        self.hopeless = asyncio.Event()
        """Set when it makes no sense to go on; `watch.hopeless` says why."""
        self._kept = kept
        self._alarm: Alarm | None = None
        self._calls = {SEND: asyncio.Event(), PAINT: asyncio.Event()}
        self._loops: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Send what is due, and what will be, until `stop`."""
        self._loop = asyncio.get_running_loop()
        self._alarm = Alarm(self.wake, self.tidy, real_now)
        self._alarm.start()
        if isinstance(self._means.clock, MovableClock):
            self._means.clock.on_move.append(self._moved)
        self._loops = [
            asyncio.create_task(self._whenever(SEND, self._send), name="courier"),
            asyncio.create_task(self._whenever(PAINT, self._paint), name="painter"),
            asyncio.create_task(self._follow_clocks(), name="clocks"),
            asyncio.create_task(self._keep_watch(), name="watch"),
        ]
        self.wake()

    def begin_to_stop(self) -> None:
        """Begin nothing new from now on: what is being posted goes its way, and `stop` waits for it."""
        if self._alarm is None:
            return
        self._alarm.stop()
        self._alarm = self._loop = None
        if isinstance(self._means.clock, MovableClock):
            self._means.clock.on_move.remove(self._moved)
        self._courier.begin_to_stop()
        for task in self._loops:
            task.cancel()

    async def stop(self) -> None:
        """Finish what is being posted, and leave the rest to the next start. Safe to call twice."""
        self.begin_to_stop()
        if not self._loops:
            return
        await self._courier.stop()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops = []

    @property
    def ledger(self) -> Ledger:
        """What became of deliveries in this process."""
        return self._courier.ledger

    @property
    def elected(self) -> frozenset[str]:
        """The platforms for which this process sends what is due."""
        return self._courier.elected

    @property
    def has_stood(self) -> bool:
        """Whether it is known yet which those are: nobody stands before something is due."""
        return self._courier.has_stood

    def look_soon(self) -> None:
        """Look at once whether something needs an operator."""
        self._look_now.set()

    def wake(self) -> None:
        """Look at once whether something is due: after a commit. Quick, from any thread; many calls are one."""
        loop = self._loop
        if loop is None:
            return
        try:
            here = asyncio.get_running_loop() is loop
        except RuntimeError:
            here = False
        if here:
            self._call()
        elif not loop.is_closed():
            loop.call_soon_threadsafe(self._call)

    def drew(self, posted: Posted, reply: Redraw) -> None:
        """Let the painter know that the answer to a tap has drawn its card."""
        self._painter.drew(posted, reply)

    async def run_due(self) -> list[Done]:
        """Do all that is due by the clock, cards too; return what became of it. For a clock that is moved by hand."""
        everything: list[Done] = []
        while True:
            done = await self._courier.run()
            everything += done
            before = (self._painter.painted, self._painter.lost)
            await self._painter.run()
            if not done and before == (self._painter.painted, self._painter.lost):
                return everything

    async def tidy(self) -> None:
        """Forget what is of no use any more, and repair what has drifted: every night."""
        now = self._means.clock.now()
        try:
            await self._means.storage.transact(lambda store: store.tidy(now))
            gone = await forget_past(self._means.storage, self._kept, now)
            await clocks.follow(self._means.storage, now)
            circles = await self._means.planner.replan_all(self._means.storage, now)
            log.info("tidied up, forgot %d rows that had had their day, and planned %d circles anew", gone, circles)
        except Exception:
            log.exception("could not tidy up")
        self.wake()

    async def _follow_clocks(self) -> None:
        """Have the meetings follow zone data that came with the start."""
        try:
            await clocks.follow_new(self._means.storage, self._means.clock.now())
        except Exception:
            log.exception("could not compare the meetings with the zone data; tonight it is tried again")
        self.wake()

    async def look(self) -> None:
        """Look whether something needs an operator, and have them told."""
        await self.watch.look()
        self.wake()
        if self.watch.hopeless:
            self.hopeless.set()

    async def _keep_watch(self) -> None:
        await self.watch.begin()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(EACH_S):
                    await self._look_now.wait()
            self._look_now.clear()
            await self.look()

    def _moved(self, offset: timedelta) -> None:  # noqa: ARG002  # the clock tells its listeners
        self.wake()

    def _call(self) -> None:
        for call in self._calls.values():
            call.set()
        self._courier.look_again()
        self._painter.look_again()

    async def _whenever(self, name: str, do: Callable[[], Awaitable[float | None]]) -> None:
        """Do it whenever called, and set the alarm for when it is to be done next."""
        while True:
            await self._calls[name].wait()
            self._calls[name].clear()
            try:
                wait = await do()
            except Exception:
                log.exception("the scheduler stumbled, and goes on in %g s", RETRY_S)
                wait = RETRY_S
            is_soon = wait is not None and wait <= SOON_S
            if self._alarm is not None and not is_soon:
                self._alarm.ring_in(name, wait)
            await asyncio.sleep(PAUSES_S[name])
            if wait is not None and is_soon:
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, wait - PAUSES_S[name])):
                        await self._calls[name].wait()
                self._calls[name].set()

    async def _send(self) -> float | None:
        wait = await self._courier.wait_s()
        if wait is None or wait > 0.0:  # a look that writes nothing: it is taken after every tap
            return wait
        done = await self._courier.run()
        self._calls[PAINT].set()
        wait = await self._courier.wait_s()
        # Still due although nothing could be done: somebody else has it.
        return RETRY_S if wait == 0.0 and not done else wait

    async def _paint(self) -> float | None:
        lost = self._painter.lost
        try:
            return await self._painter.run()
        finally:
            if lost != self._painter.lost:
                self._calls[SEND].set()  # somebody is to be told
