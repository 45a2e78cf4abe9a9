"""A bot that is killed (SIGKILL) again and again, wherever it is: no tap is lost, and nothing is left unsent.

On Discord nothing is sent twice. Telegram knows no message again that it was sent before: what was in flight when the
bot was killed (it had arrived there, and was not noted as sent) is sent again, and nothing else.
"""

from __future__ import annotations

import asyncio
import random
import signal
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic

from adapters.discord.letter import PLATFORM as DISCORD
from adapters.telegram.letter import PLATFORM as TELEGRAM
from scheduler.flights import FEW
from tests.faults.processes import Scene, held, killed, scene, until
from tests.support.long import long
from tests.telegram.server.faults import Fault, How

KILLS = long(4, 50)
DELIVERIES = long(300, 10_000)
TAPS = long(60, 2_000)
LONGEST_S = long(120, 3600)
"""After so many seconds all must have been sent."""


@dataclass
class Killer:
    """Kills at moments that a seed decides, and keeps account of what was in flight each time."""

    life: Scene
    chance: random.Random
    in_flight: list[Counter[str]] = field(default_factory=list)
    """What had arrived on Telegram in each life, and was not noted as sent when it ended."""
    there: Counter[str] = field(default_factory=Counter)
    how: Counter[str] = field(default_factory=Counter)

    async def lives_and_dies(self, nth: int) -> None:
        """Run the program once, until it has sent its share and is killed in one of the ways."""
        ways: list[Callable[[Process], Awaitable[None]]] = [
            self.starting,
            self.in_a_transaction,
            self.between_post_and_mark,
            self.stopping,
        ]
        way = ways[nth] if nth < len(ways) else self.chance.choice([*ways, self.any_time])
        self.how[way.__name__] += 1
        async with self.life.program() as number:
            process = self.life.processes[number]
            if way != self.starting:
                share = int(self.chance.uniform(0.5, 1.5) * DELIVERIES / KILLS)
                goal = max(0, self.life.left() - share)
                await until(lambda: self.life.left() <= goal)
            await way(process)
        await self.life.is_still()
        there = self.life.on_platform(TELEGRAM)
        arrived = there - self.there
        self.in_flight.append(Counter(mark for mark in self.life.waiting() if mark in arrived))
        self.there = there

    async def starting(self, process: Process) -> None:
        """While it comes up."""
        await asyncio.sleep(self.chance.uniform(0.0, 2.0))
        await killed(process)

    async def any_time(self, process: Process) -> None:
        """Whatever it does."""
        await killed(process)

    async def in_a_transaction(self, process: Process) -> None:
        """While it waits in the middle of writing something down."""
        with held(self.life.url):
            await asyncio.sleep(self.chance.uniform(0.05, 0.5))
            await killed(process)

    async def between_post_and_mark(self, process: Process) -> None:
        """After a message has arrived and before the bot knows."""
        fault = Fault(How.HANGS_AFTER, "sendMessage")
        faults = self.life.tg.telegram.faults
        faults.script.append(fault)
        with suppress(TimeoutError):  # where nothing is left to be sent
            await until(lambda: fault.met > 0, 5.0)
        await killed(process)
        faults.script.clear()
        faults.release()

    async def stopping(self, process: Process) -> None:
        """While it stops because it was told to."""
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await asyncio.sleep(self.chance.uniform(0.0, 1.0))
        await killed(process)


async def test_wherever_it_is_killed_nothing_is_lost(database_url: str, tmp_path: Path) -> None:
    """Each tap is in the database once; each delivery is sent; twice only what was in flight, and only on Telegram."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201  # shown where the test fails
    began = monotonic()
    async with scene(database_url, tmp_path, people=TAPS // 2) as life:
        killer = Killer(life, random.Random(seed))
        async with life.program():
            await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
        await life.plan(DELIVERIES)
        tapping = [life.taps_on_telegram(one) for one in life.on_telegram[: TAPS // 4]]  # they wait for the next start
        later: list[Callable[[], asyncio.Task[None]]] = [
            *(partial(life.taps_on_telegram, one) for one in life.on_telegram[TAPS // 4 :]),
            *(partial(life.taps_on_discord, one) for one in life.on_discord),
        ]
        killer.chance.shuffle(later)
        share = -(-len(later) // KILLS)
        for number in range(KILLS):
            tapping += [tap() for tap in later[number * share : (number + 1) * share]]
            await killer.lives_and_dies(number)
            _all_that_was_confirmed_is_written(life)
        async with life.program():
            await until(lambda: not life.waiting(), LONGEST_S)
            await until(lambda: sum(life.coming().values()) >= TAPS // 2 * 2)
            await until(lambda: all(task.done() for task in tapping[TAPS // 4 :]))
        for task in tapping:
            task.cancel()
        _tell(life, killer, monotonic() - began)

        everybody = [str(one.id) for one in life.on_telegram] + [str(one.id) for one in life.on_discord]
        assert life.coming() == Counter(everybody)
        assert life.on_platform(DISCORD) == Counter(life.marks[DISCORD])
        again: Counter[str] = sum(killer.in_flight, Counter())
        assert max(map(len, killer.in_flight)) <= 2 * FEW  # a platform that is slow may have more on the way
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM]) + again


def _all_that_was_confirmed_is_written(life: Scene) -> None:
    """Whose tap Telegram does not keep any more, and whose tap Discord saw answered, is noted as coming."""
    updates = life.tg.telegram.updates
    kept = {one["callback_query"]["from"]["id"] for one in updates.waiting.values() if "callback_query" in one}
    tapped = {tap.by.id for tap in life.tg.telegram.taps.values()}
    answered = {
        one.user.id for one in life.dc.realm.interactions.values() if one.answered is not None and not one.has_failed
    }
    assert {str(number) for number in (tapped - kept) | answered} <= life.coming().keys()


def _tell(life: Scene, killer: Killer, seconds: float) -> None:
    """Print what was seen: `-s` shows it."""
    flights = [len(one) for one in killer.in_flight]
    print(  # noqa: T201  # see the docstring
        f"{life.url.partition(':')[0]}: {KILLS} kills {dict(killer.how)}, {DELIVERIES} deliveries, {TAPS} taps in "
        f"{seconds:.0f} s; in flight on Telegram at each kill: {flights}, most {max(flights)}, "
        f"so many were sent twice: {sum(flights)}; refused by limits: {life.tg.floods} on Telegram, "
        f"{life.dc.realm.limits.refused} on Discord"
    )
