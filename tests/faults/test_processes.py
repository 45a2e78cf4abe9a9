"""Several processes of one bot on one database: one serves, the others stand by, and one of those takes over."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from time import monotonic

import pytest
from aiohttp import ClientError, ClientSession, web
from sqlalchemy import text

from adapters.discord.letter import PLATFORM as DISCORD
from adapters.telegram.letter import PLATFORM as TELEGRAM
from tests.faults.processes import Scene, held, killed, scene, until
from tests.support.long import long

DELIVERIES = long(120, 2_000)
PEOPLE = long(10, 200)
TERM_S = 3.0
"""For how long one is elected here."""
SHORT_TERM = f"""
import functools, scheduler.election, storage.engine
scheduler.election.TERM_S = {TERM_S}
storage.engine.Pool = functools.partial(storage.engine.Pool, idle_s={TERM_S / 2})
from bot.__main__ import main
main(["run"])
"""
"""The program, but that nobody is to wait for twenty seconds."""


async def several(life: Scene, number: int, stack: AsyncExitStack, *, code: str = "") -> None:
    """Start so many processes at once, and wait until one serves and the others stand by."""
    for _ in range(number):
        await stack.enter_async_context(life.program(code))
    for one in life.processes:
        await life.is_up(one)


async def everybody_taps(life: Scene) -> None:
    """Let everybody say on their platform that they come."""
    tasks = [life.taps_on_telegram(one) for one in life.on_telegram]
    await asyncio.gather(*tasks, *(life.taps_on_discord(one) for one in life.on_discord))


def everybody_comes(life: Scene) -> bool:
    """Say whether everybody is noted once as coming."""
    return life.coming() == Counter(str(one.id) for people in (life.on_telegram, life.on_discord) for one in people)


@pytest.mark.parametrize("number", [4] if long(0, 1) == 0 else [2, 4])
async def test_of_several_processes_one_serves(postgres_url: str, tmp_path: Path, number: int) -> None:
    """Each message goes out once, each tap counts once, at the pace of one; each platform meets one process only."""
    async with scene(postgres_url, tmp_path, people=PEOPLE) as life, AsyncExitStack() as stack:
        # One keeps to thirty and fifty a second, give or take what the way to the platforms takes; two would not.
        life.tg.telegram.limits.bot_second, life.dc.realm.limits.bot_second = 45, 75
        await several(life, number, stack)
        await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
        await life.plan(DELIVERIES)
        await everybody_taps(life)
        await until(lambda: not life.waiting())
        assert everybody_comes(life)
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM])
        assert life.on_platform(DISCORD) == Counter(life.marks[DISCORD])
        assert not life.tg.floods
        assert not [problem for _, _, problem in life.tg.telegram.refusals if problem.code == 409]
        assert len(life.dc.gateway.introductions) == 1
        said = [life.said(one) for one in life.processes]
        for platform in (TELEGRAM, DISCORD):
            assert (
                sum(f"another process serves {platform}: this one stands by" in words for words in said) == number - 1
            )


async def test_whoever_dies_is_succeeded(postgres_url: str, tmp_path: Path) -> None:
    """Of four processes the one that serves is killed, and again, and again: the next takes over, and all is sent."""
    async with scene(postgres_url, tmp_path, people=PEOPLE) as life, AsyncExitStack() as stack:
        await several(life, 4, stack)
        await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
        await life.plan(DELIVERIES)
        tapping = asyncio.create_task(everybody_taps(life))
        again: Counter[str] = Counter()
        there: Counter[str] = Counter()
        for nth in range(1, 4):
            (*_, ours) = life.serving
            assert len(life.serving) == nth
            await killed(life.processes[ours])
            now = life.on_platform(TELEGRAM)
            again += Counter(mark for mark in life.waiting() if mark in now - there)
            there = now
            await until(lambda: len(life.serving) == nth + 1)  # noqa: B023  # at once
        await tapping
        await until(lambda: not life.waiting())
        assert everybody_comes(life)
        assert life.on_platform(DISCORD) == Counter(life.marks[DISCORD])
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM]) + again


def standing(life: Scene) -> int:
    """Return how many transactions are about to renew a term, or to take it over."""
    return life.number("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'leases'::regclass")


async def test_whoever_is_held_up_is_succeeded_when_its_term_is_over(postgres_url: str, tmp_path: Path) -> None:
    """A machine that sleeps for long is not dead: its successor comes with the end of its term, and it steps aside.

    Wherever that happens to it: here in the middle of a transaction, which would keep its term from its successor.
    """
    async with scene(postgres_url, tmp_path, people=PEOPLE) as life, AsyncExitStack() as stack:
        for _ in range(2):  # one after the other, so that the first serves both platforms
            await several(life, 1, stack, code=SHORT_TERM)
        await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
        (first,) = life.serving
        began = monotonic()
        with held(life.url, "leases"):
            await until(lambda: standing(life) >= 4)  # both processes, for both platforms
            life.processes[first].send_signal(signal.SIGSTOP)
        await life.plan(DELIVERIES)
        tapping = asyncio.create_task(everybody_taps(life))
        await until(lambda: len(life.serving) == 2)
        assert TERM_S / 2 < monotonic() - began < 6 * TERM_S  # nor is it a term of twenty seconds
        await until(lambda: len(life.waiting()) < DELIVERIES / 2)
        life.processes[first].send_signal(signal.SIGCONT)
        await until(lambda: "another process serves telegram now" in life.said(first))
        await until(lambda: "another process serves discord now" in life.said(first))
        await tapping
        await until(lambda: not life.waiting())
        assert everybody_comes(life)
        assert life.on_platform(DISCORD) == Counter(life.marks[DISCORD])
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM])

        _, second = life.serving
        life.processes[second].terminate()
        assert await life.processes[second].wait() == 0
        await until(lambda: life.said(first).count("on Telegram as") == 2)
        await life.plan(10)
        await until(lambda: not life.waiting())
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM])


async def test_two_on_one_file_share_it_too(sqlite_url: str, tmp_path: Path) -> None:
    """Started a second time by mistake, the bot does no harm; stopped, it leaves the rest to the other one at once."""
    async with scene(sqlite_url, tmp_path, people=PEOPLE) as life, AsyncExitStack() as stack:
        await several(life, 2, stack)
        await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
        await life.plan(DELIVERIES)
        tapping = asyncio.create_task(everybody_taps(life))
        await until(lambda: len(life.waiting()) < DELIVERIES / 2)
        (first,) = life.serving
        life.processes[first].terminate()
        assert await life.processes[first].wait() == 0
        await tapping
        await until(lambda: not life.waiting())
        assert everybody_comes(life)
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM])
        assert life.on_platform(DISCORD) == Counter(life.marks[DISCORD])


@asynccontextmanager
async def balanced(life: Scene) -> AsyncIterator[Counter[int]]:
    """Share what Telegram brings among all processes that live, in turn; yield how often each took something."""
    took: Counter[int] = Counter()
    turns = itertools.count()

    async def share(request: web.Request) -> web.Response:
        body = await request.read()
        async with ClientSession() as client:
            for _ in life.processes:
                one = next(turns) % len(life.processes) + 1
                with suppress(ClientError):
                    async with client.post(
                        life.address(one) + request.path, data=body, headers=request.headers
                    ) as said:
                        took[one] += said.status == 200
                        return web.Response(status=said.status)
        return web.Response(status=502)

    application = web.Application()
    application.router.add_post("/{rest:.*}", share)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    life.tg.server.postman.gateway = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield took
    finally:
        await runner.cleanup()


async def test_all_hear_what_a_webhook_is_brought_and_one_sends(postgres_url: str, tmp_path: Path) -> None:
    """Behind a webhook's address every process takes what people do; one sends, and when it dies another one does."""
    webhook = {
        "TELEGRAM__MODE": "webhook",
        "TELEGRAM__WEBHOOK_URL": "https://circles.example.org/telegram",
        "TELEGRAM__WEBHOOK_SECRET": "a_secret-of-ours",
    }
    async with scene(postgres_url, tmp_path, people=PEOPLE) as life, AsyncExitStack() as stack:
        life.tg.telegram.limits.bot_second, life.dc.realm.limits.bot_second = 45, 75
        for _ in range(3):
            await life.is_up(await stack.enter_async_context(life.program(**webhook)))
        took = await stack.enter_async_context(balanced(life))
        await until(lambda: life.card(TELEGRAM) and life.card(DISCORD))
        await life.plan(DELIVERIES)
        await everybody_taps(life)
        await until(lambda: not life.waiting())
        assert everybody_comes(life)
        assert len(took) == 3
        assert not life.tg.floods
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM])
        assert life.on_platform(DISCORD) == Counter(life.marks[DISCORD])
        with life.asking() as connection:
            asked = text("SELECT holder FROM leases WHERE name = 'courier:telegram'")
            holder = str(connection.execute(asked).scalar())
        (sender,) = [one for one, process in life.processes.items() if holder.endswith(f"/{process.pid}")]
        await killed(life.processes[sender])
        await life.plan(20)
        await until(lambda: not life.waiting())
        assert life.on_platform(TELEGRAM) == Counter(life.marks[TELEGRAM])
        assert life.on_platform(DISCORD) == Counter(life.marks[DISCORD])
