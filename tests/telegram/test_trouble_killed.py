"""A process that is killed (SIGKILL) at the worst moments: no tap is lost, and none counts twice."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession, web

from bot.domain.notices import Due, Reminder
from bot.ports import Store
from storage.engine import Database
from tests.support.databases import locked
from tests.support.patience import PATIENCE
from tests.telegram.lived_in import COMING, lived_in
from tests.telegram.people import Person
from tests.telegram.running import until
from tests.telegram.server.state import Message
from tests.telegram.world import How, World

ROOT = Path(__file__).parents[2]
SECRET = "a_secret-of-ours"


@asynccontextmanager
async def circlebot(tg: World, database_url: str, **more: str) -> AsyncIterator[Process]:
    """Run the program; it is killed in the end."""
    settings = {
        "CIRCLEBOT_TELEGRAM__TOKEN": tg.token,
        "CIRCLEBOT_TELEGRAM__API_URL": tg.api_url,
        "CIRCLEBOT_DATABASE__URL": database_url,
        "CIRCLEBOT_HTTP__PORT": "0",
        "PYTHONPATH": str(ROOT),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"), cwd=ROOT, env=os.environ | settings | more, stdout=PIPE, stderr=STDOUT
    )
    try:
        yield process
    finally:
        await killed(process)
        await process.communicate()


async def killed(process: Process) -> None:
    """End a process without a word to it."""
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def until_read(read: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something stands in the database."""
    async with asyncio.timeout(PATIENCE):
        while not await read():  # noqa: ASYNC110  # another process writes it
            await asyncio.sleep(0.01)


def tap(who: Person, card: Message) -> asyncio.Task[object]:
    """Let somebody tap, who may never be answered."""

    async def tapped() -> object:
        with suppress(AssertionError):
            return await who.taps(card, card.button(COMING)["callback_data"])
        return None

    return asyncio.create_task(tapped())


async def polled(tg: World) -> None:
    """Wait until somebody waits for updates."""
    await until(tg, lambda: tg.telegram.updates.poll is not None)


async def test_a_tap_survives_a_kill_before_and_after_its_commit(
    tg: World, sqlite_database: Database, sqlite_url: str
) -> None:
    """Whenever the process dies, each tap that was delivered is there once; what was not confirmed comes again."""
    tg.waits, tg.patience = False, PATIENCE
    circle = await lived_in(tg, sqlite_database, learners=9, now=datetime.now(UTC))
    before, between = circle.learners[:4], circle.learners[4:8]
    late = circle.learners[8]
    async with circlebot(tg, sqlite_url) as process:
        await polled(tg)
        await circle.ada.says(circle.group, "/next")
        await until(tg, lambda: bool(circle.cards()) and not tg.telegram.updates.waiting)
        (card,) = circle.cards()
        await polled(tg)
        with locked(sqlite_url):  # so that nothing is committed
            given = len(tg.telegram.updates.given)
            taps = [tap(person, card) for person in before]
            await until(tg, lambda: len(tg.telegram.updates.given) >= given + len(before))
            await killed(process)
    assert await circle.coming() == []
    assert len(tg.telegram.updates.waiting) == len(before)

    async with circlebot(tg, sqlite_url):
        await until(tg, lambda: not tg.telegram.updates.waiting)
        assert await circle.coming() == sorted(person.user.first_name for person in before)
        await polled(tg)
        tg.fails("getUpdates", How.HANGS, times=1000)  # so that nothing is confirmed
        taps += [tap(person, card) for person in between]
        await asyncio.gather(*taps)

    assert len(tg.telegram.updates.waiting) == len(between)
    everybody = sorted(person.user.first_name for person in (*before, *between))
    assert await circle.coming() == everybody
    tg.telegram.faults.script.clear()
    async with circlebot(tg, sqlite_url):
        await until(tg, lambda: not tg.telegram.updates.waiting)
        await tap(late, card)
        await until(tg, lambda: late.user.first_name in card.text)
    assert await circle.coming() == sorted([*everybody, late.user.first_name])
    assert "9 coming" in card.text
    assert len(circle.cards()) == 1


async def test_only_the_message_in_flight_may_stand_twice(
    tg: World, sqlite_database: Database, sqlite_url: str
) -> None:
    """Killed between what was posted and its mark, of many that are due that one is posted again, and no other."""
    circle = await lived_in(tg, sqlite_database, learners=3, now=datetime.now(UTC))
    now = datetime.now(UTC)

    def due(store: Store) -> None:
        rooms = [circle.place] + [
            store.places.note(store.people.private_room(number), "", "").id  # type: ignore[arg-type]  # they have one
            for number in (2, 3, 4)
        ]
        store.deliveries.plan(
            [
                Due(f"trial:{place}", Reminder(circle.meeting, 7200), now, place=place, circle=circle.circle, meeting=1)
                for place in rooms
            ]
        )

    await sqlite_database.transact(due)
    fault = tg.fails("sendMessage", How.HANGS_AFTER, chat=circle.group, times=1)
    others = [person.chat for person in circle.learners]
    async with circlebot(tg, sqlite_url):
        await until(tg, lambda: fault.met == 1 and all(chat.said for chat in others))
        await until_read(lambda: sent(sqlite_database, 3))
    assert len(circle.group.said) == 1
    async with circlebot(tg, sqlite_url):
        await until_read(lambda: sent(sqlite_database, 4))
    assert [len(chat.said) for chat in others] == [1, 1, 1]
    assert len(circle.group.said) == 2
    assert len(circle.cards()) <= 2


async def sent(database: Database, number: int) -> bool:
    """Say whether so many have been sent and noted."""
    keys = [f"trial:{place}" for place in range(1, 10)]
    found = await database.read(lambda store: store.deliveries.several(keys))
    return sum(one.state.value == "sent" for one in found.values()) == number


@asynccontextmanager
async def way_to(address: str, tg: World) -> AsyncIterator[asyncio.Event]:
    """Carry the webhook's requests to an address; once the event is set, its answers are lost on the way back."""
    lost = asyncio.Event()

    async def carry(request: web.Request) -> web.Response:
        async with (
            ClientSession() as client,
            client.post(address + request.path, data=await request.read(), headers=request.headers) as answer,
        ):
            status = answer.status
        if lost.is_set():
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=status)

    application = web.Application()
    application.router.add_post("/{rest:.*}", carry)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    tg.server.postman.gateway = f"http://127.0.0.1:{runner.addresses[0][1]}"

    try:
        yield lost
    finally:
        await runner.cleanup()


async def ready(process: Process) -> str:
    """Return the address of the process's own server."""
    assert process.stdout is not None
    async for line in process.stdout:
        if b"is ready" in line and (found := re.search(rb"(http://127\S+)/healthz", line)):
            return found[1].decode()
    raise AssertionError("it did not come up")


async def test_a_tap_survives_a_kill_in_webhook_mode(tg: World, sqlite_database: Database, sqlite_url: str) -> None:
    """What got no 200 is brought again to the next process, and counts once."""
    tg.waits, tg.patience = False, PATIENCE
    circle = await lived_in(tg, sqlite_database, learners=6, now=datetime.now(UTC))
    before, between = circle.learners[:3], circle.learners[3:]
    more = {
        "CIRCLEBOT_TELEGRAM__MODE": "webhook",
        "CIRCLEBOT_TELEGRAM__WEBHOOK_URL": "https://circles.example.org/telegram",
        "CIRCLEBOT_TELEGRAM__WEBHOOK_SECRET": SECRET,
    }
    async with circlebot(tg, sqlite_url, **more) as process, way_to(await ready(process), tg) as lost:
        await until(tg, lambda: bool(tg.telegram.updates.webhook))
        await circle.ada.says(circle.group, "/next")
        await until(tg, lambda: bool(circle.cards()) and not tg.telegram.updates.waiting)
        (card,) = circle.cards()
        lost.set()
        await asyncio.gather(*(tap(person, card) for person in between))
        with locked(sqlite_url):
            given = len(tg.telegram.updates.given)
            taps = [tap(person, card) for person in before]
            await until(tg, lambda: {one["update_id"] for one in tg.telegram.updates.given[given:]} >= newest(tg, 3))
            await killed(process)
    assert await circle.coming() == sorted(person.user.first_name for person in between)
    assert len(tg.telegram.updates.waiting) == len(circle.learners)

    async with circlebot(tg, sqlite_url, **more) as process, way_to(await ready(process), tg):
        await until(tg, lambda: not tg.telegram.updates.waiting)
        await until(tg, lambda: "6 coming" in card.text)
        await asyncio.gather(*taps)
    assert await circle.coming() == sorted(person.user.first_name for person in circle.learners)
    assert len(circle.cards()) == 1


def newest(tg: World, number: int) -> set[int]:
    """Return the numbers of the updates that happened last."""
    return {tg.telegram.updates.next_id - one for one in range(1, number + 1)}
