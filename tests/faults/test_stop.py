"""Told to stop, the bot begins nothing new, finishes or gives back what is under way, and is gone in ten seconds."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from adapters.discord.letter import PLATFORM as DISCORD
from adapters.telegram.letter import PLATFORM as TELEGRAM
from tests.discord.server import faults as discord_faults
from tests.faults.processes import Scene, held, scene, until
from tests.support.long import long
from tests.support.patience import PATIENCE
from tests.telegram.server import faults as telegram_faults

TEN_S = 10.0
DELIVERIES = long(200, 2_000)
PEOPLE = long(20, 500)


async def stops(life: Scene, number: int, sign: signal.Signals = signal.SIGTERM) -> float:
    """Tell a process to stop, and return how many seconds it took; it ends well."""
    process, began = life.processes[number], monotonic()
    process.send_signal(sign)
    async with asyncio.timeout(PATIENCE):
        code = await process.wait()
    assert code == 0, life.said(number)
    return monotonic() - began


def left(life: Scene) -> tuple[int, int]:
    """Return how many leases there are, and how many deliveries somebody has in hand."""
    leases = life.number("SELECT count(*) FROM leases WHERE name LIKE 'courier:%'")
    return leases, life.number("SELECT count(*) FROM deliveries WHERE leased_by IS NOT NULL")


def posts(life: Scene) -> int:
    """Return how many messages have arrived on both platforms."""
    return sum(life.on_platform(TELEGRAM).values()) + sum(life.on_platform(DISCORD).values())


async def test_a_stop_under_load_loses_and_doubles_nothing(database_url: str, tmp_path: Path) -> None:
    """While people tap and much is due: what has begun is finished, nothing begins, and the next start goes on."""
    sign = signal.SIGINT if database_url.startswith("sqlite") else signal.SIGTERM
    async with scene(database_url, tmp_path, people=PEOPLE) as life:
        async with life.program() as number:
            await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
            await life.plan(DELIVERIES)
            tapping = [life.taps_on_telegram(one) for one in life.on_telegram]
            tapping += [life.taps_on_discord(one) for one in life.on_discord]
            await until(lambda: len(life.waiting()) < DELIVERIES * 0.9)
            assert await stops(life, number, sign) < TEN_S / 2
            assert left(life) == (0, 0)
            there, waiting = posts(life), len(life.waiting())
            assert there == DELIVERIES - waiting
            assert waiting > 0
        async with life.program():
            await until(lambda: not life.waiting())
            await asyncio.gather(*tapping)
        assert life.coming() == Counter(str(one.id) for people in (life.on_telegram, life.on_discord) for one in people)
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM])
        assert life.on_platform(DISCORD) == Counter(life.marks[DISCORD])


@contextmanager
def silence(life: Scene) -> Iterator[None]:
    """Let neither platform answer whoever posts, until the end."""
    telegram, discord = life.tg.telegram.faults, life.dc.realm.faults
    telegram.script.append(telegram_faults.Fault(telegram_faults.How.HANGS, "sendMessage", times=10**6))
    discord.script.append(
        discord_faults.Fault(discord_faults.How.HANGS, "POST /channels/{channel_id}/messages", times=10**6)
    )
    try:
        yield
    finally:
        telegram.script.clear()
        discord.script.clear()
        telegram.release()
        discord.release()


def met(life: Scene) -> int:
    """Return how many posts hang."""
    telegram, discord = life.tg.telegram.faults.script, life.dc.realm.faults.script
    return sum(fault.met for fault in telegram) + sum(fault.met for fault in discord)


async def test_platforms_that_do_not_answer_hold_up_no_stop(postgres_url: str, tmp_path: Path) -> None:
    """What hangs is given up and given back: the next start sends it, and everything else, at once."""
    async with scene(postgres_url, tmp_path) as life:
        async with life.program() as number:
            await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
            with silence(life):
                await life.plan(40)
                await until(lambda: met(life) > 10)
                assert await stops(life, number) < TEN_S
            assert left(life) == (0, 0)
        async with life.program() as number:
            await life.is_up(number)
            await until(lambda: not life.waiting(), TEN_S)
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM])
        assert life.on_platform(DISCORD) == Counter(life.marks[DISCORD])


async def test_a_database_that_is_locked_holds_up_no_stop(database_url: str, tmp_path: Path) -> None:
    """It cannot be told what was sent, nor that we go; the next start finds out, and sends the rest at once."""
    async with scene(database_url, tmp_path) as life:
        async with life.program() as number:
            await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
            await life.plan(200)
            await until(lambda: len(life.waiting()) < 150)
            with held(life.url):
                tapping = [life.taps_on_telegram(one) for one in life.on_telegram]
                await asyncio.sleep(0.2)
                assert await stops(life, number) < TEN_S
        await life.is_still()
        there = life.on_platform(TELEGRAM)
        again = Counter(mark for mark in life.waiting() if mark in there)
        async with life.program() as number:
            await life.is_up(number)
            await until(lambda: not life.waiting(), 2 * TEN_S)
            await until(lambda: len(life.coming()) == len(life.on_telegram))
        for task in tapping:
            task.cancel()
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM]) + again
        assert life.on_platform(DISCORD) == Counter(life.marks[DISCORD])


async def test_told_a_second_time_it_ends_at_once(sqlite_url: str, tmp_path: Path) -> None:
    """Whoever sends a second signal does not want to wait: not for what hangs, either."""
    async with scene(sqlite_url, tmp_path) as life, life.program() as number:
        await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
        with silence(life):
            await life.plan(40)
            await until(lambda: met(life) > 10)
            process = life.processes[number]
            process.terminate()
            await until(lambda: "Stopping" in life.said(number))
            began = monotonic()
            process.terminate()
            assert await process.wait() == -signal.SIGTERM
            assert monotonic() - began < 2.0
