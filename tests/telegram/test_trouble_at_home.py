"""What goes wrong on our side: a busy database, a second bot on the same token, strangers at the webhook, a log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession

from adapters.telegram.webhook import SECRET_HEADER
from adapters.web.adapter import WebAdapter
from bot.clock import MovableClock
from bot.commands.serving import serving as served
from bot.i18n import Catalogue
from storage.engine import Database, SqliteFile, parsed
from storage.transcript import SqlTranscript
from tests.support.databases import locked
from tests.support.patience import PATIENCE
from tests.telegram import happening
from tests.telegram.lived_in import COMING, living
from tests.telegram.running import BEGINNING, WEBHOOK, made, until
from tests.telegram.server.problems import Problem
from tests.telegram.world import How, World


@pytest.fixture
async def impatient(sqlite_url: str) -> AsyncIterator[Database]:
    """A database that is busy as soon as somebody else writes to it."""
    address = parsed(sqlite_url)
    opened = Database(address, SqliteFile(address, busy_ms=50))
    yield opened
    await opened.close()


async def test_a_busy_database_is_said_and_nothing_is_half_done(
    tg: World, impatient: Database, sqlite_url: str
) -> None:
    """A tap is answered that it did not count, a command too; the same done again a moment later works."""
    async with living(tg, impatient) as (circle, bot):
        ben = circle.learners[0]
        card = await circle.posts_card()
        await bot.settled()
        with locked(sqlite_url):
            answer = await ben.presses(card, COMING)
            assert "could not save that just now" in answer.text
            assert answer.alert
            await ben.writes("/help")
            assert "could not save that just now" in ben.last.text
        assert not tg.telegram.updates.waiting
        assert await circle.coming() == []
        await bot.settled()
        assert "Ben" not in card.text
        assert "See you there" in (await ben.presses(card, COMING)).text
        await bot.settled()
        assert await circle.coming() == ["Ben"]
        assert "Ben" in card.text


async def test_a_post_is_noted_though_the_database_is_busy(tg: World, impatient: Database, sqlite_url: str) -> None:
    """A reminder that went out in that moment is not sent again."""
    async with living(tg, impatient) as (circle, bot):
        hang = tg.fails("sendMessage", How.HANGS, chat=circle.group)
        sending = asyncio.create_task(bot.moves_to(circle.reminder))
        await until(tg, lambda: hang.met == 1)
        with locked(sqlite_url):
            tg.telegram.faults.release()
            await asyncio.sleep(0.1)
        await sending
        await bot.passes(minutes=10)
        assert len(circle.group.said) == 1


async def test_two_bots_on_one_token(tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """The log says once what is wrong and what helps, and once that it is over; nobody who taps is lost."""
    words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    async with living(tg, sqlite_database) as (circle, bot):
        card = await circle.posts_card()
        caplog.set_level(logging.INFO)
        caplog.clear()
        fault = tg.fails("getUpdates", How.REFUSED, times=6, problem=Problem(409, words))
        assert (await circle.learners[0].presses(card, COMING)).text
        await until(tg, lambda: fault.met == 6)
        await circle.learners[0].presses(card, COMING)
        await bot.settled()
        said = [record for record in caplog.records if record.name.startswith("adapters.telegram")]
        assert [record.levelname for record in said] == ["ERROR", "INFO"]
        assert "Stop that one" in said[0].getMessage()
        assert await circle.coming() == ["Ben"]


async def test_a_real_second_bot(tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Two that poll disturb each other with every tap, and each says so once; when one stops, nothing is missing."""
    async with living(tg, sqlite_database) as (circle, bot):
        ben = circle.learners[0]
        card = await circle.posts_card()
        tg.waits = False
        other = made(tg)
        task = asyncio.create_task(other.run(bot.bot.router))
        for number in range(12):
            fetched = tg.telegram.updates.fetched
            await until(tg, lambda fetched=fetched: tg.telegram.updates.fetched >= fetched + 3)  # type: ignore[misc]  # its default
            assert (await ben.presses(card, "Maybe" if number % 2 else COMING)).text
        task.cancel()
        await asyncio.wait({task})
        assert (await ben.presses(card, COMING)).text
        tg.waits = True
        await bot.settled()
        assert "1 coming" in card.text
    said = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert 1 <= len(said) <= 2
    assert all("Stop that one" in record.getMessage() for record in said)


async def test_the_token_is_in_no_line(tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong and however much is logged: nothing that could be read by others holds the secret."""
    caplog.set_level(logging.DEBUG)
    for name in ("telegram", "aiohttp", "httpx", "httpcore", "asyncio", "adapters", "bot", "scheduler", "storage"):
        caplog.set_level(logging.DEBUG, name)
    secret = tg.token.partition(":")[2]
    async with living(tg, sqlite_database, is_basic=True) as (circle, bot):
        ben = circle.learners[0]
        card = await circle.posts_card()
        for how in (How.DROPPED_BEFORE, How.DROPPED_AFTER, How.ERROR_500, How.ERROR_502, How.GARBAGE):
            for method in ("sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates"):
                tg.fails(method, how)
            await ben.presses(card, COMING)
            await ben.writes("/next")
        tg.fails("sendMessage", How.REFUSED, problem=Problem(400, f"Bad Request: bot{tg.token} is wrong"))
        await ben.writes("/help")
        tg.fails("getUpdates", How.REFUSED, problem=Problem(409, f"Conflict: {tg.token}"))
        tg.fails("sendMessage", How.REFUSED, problem=Problem(403, f"Forbidden: bot was kicked, {tg.token}"))
        await ben.says(circle.group, "/next")
        tg.inject({"message": {"chat": tg.token}})
        await tg.removes_bot(circle.group, circle.ada)
        await bot.moves_to(circle.reminder)
        tg.telegram.token = f"{tg.telegram.bot.id}:AAanother-one-since-a-minute-ago-00"
        tg.waits = False
        await ben.writes("hello")  # ends the poll that is under way
        await until(tg, lambda: "not accept the bot's token any more" in caplog.text)
        await bot.dies()
    assert caplog.records
    assert secret not in caplog.text
    for record in caplog.records:
        assert secret not in f"{record.getMessage()} {record.exc_info} {record.args}"


@asynccontextmanager
async def with_page(tg: World, database: Database) -> AsyncIterator[str]:
    """Yield the address of our server, as `circlebot run` has it: the page, and the webhook beside it."""
    clock, catalogue = MovableClock(source=lambda: BEGINNING), Catalogue()
    page = WebAdapter(SqlTranscript(database), clock, catalogue, address="http://127.0.0.1")
    telegram = made(tg, webhook=WEBHOOK)
    async with served(
        database,
        clock,
        host="127.0.0.1",
        port=0,
        catalogue=catalogue,
        web=page,
        others=[telegram],
        routes=telegram.routes(),
    ) as up:
        address = f"http://127.0.0.1:{up.server.port}"
        tg.server.postman.gateway = address
        await until(tg, lambda: bool(tg.telegram.updates.webhook))
        yield address


async def test_strangers_at_the_webhook_beside_the_page(tg: World, sqlite_database: Database) -> None:
    """A wrong or missing secret is a 401 before a byte of a huge body is read; Telegram itself is served."""
    ada = tg.user("Ada")
    async with with_page(tg, sqlite_database) as address:
        async with ClientSession() as client:
            for headers in ({}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: ""}, {SECRET_HEADER: f"{WEBHOOK.secret}x"}):
                async with client.post(
                    f"{address}{WEBHOOK.path}", json=happening.said(ada.id, "/start"), headers=headers
                ) as answer:
                    assert answer.status == 401
                    assert "circle" not in (await answer.text()).casefold()
        host, port = address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"POST {WEBHOOK.path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000000000\r\n\r\n{{".encode())
        status = await asyncio.wait_for(reader.read(), PATIENCE)  # to the end: the connection is closed
        assert b" 401 " in status
        writer.close()
        await ada.starts()
        assert ada.last.buttons
        assert len(ada.said) == 1


async def test_a_slow_commit_is_waited_for_by_the_webhook(
    tg: World, sqlite_database: Database, sqlite_url: str
) -> None:
    """The 200 comes after the commit: while the file is locked Telegram keeps the update."""
    ada = tg.user("Ada")
    async with with_page(tg, sqlite_database):
        tg.waits = False
        with locked(sqlite_url):
            await ada.starts()
            await until(tg, lambda: tg.server.postman.posted == 1)
            await asyncio.sleep(0.2)
            assert len(tg.telegram.updates.waiting) == 1
            assert ada.said == []
        await until(tg, lambda: not tg.telegram.updates.waiting and bool(ada.said))
        assert tg.server.postman.posted == 1
