"""The webhook on the real HTTP server: who is let in, and when a 200 is said."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from aiohttp import ClientSession
from telegram import Bot, Update

from adapters.telegram.transport import AiohttpRequest
from adapters.telegram.turns import Answer, Turns
from adapters.telegram.webhook import LARGEST_BODY, SECRET_HEADER, Listener, Webhook
from adapters.web.server import Server, application
from tests.support.patience import PATIENCE
from tests.telegram.happening import ADA, BEN, Json, said

SECRET = "a-secret_of-ours"


@dataclass
class Core:
    """Receives updates, once it is let; answers nothing."""

    heard: list[str] = field(default_factory=list)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    leave: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, update: Update) -> Answer | None:
        """Commit, so to say."""
        self.entered.set()
        await self.leave.wait()
        assert update.message is not None
        self.heard.append(update.message.text or "")
        return None


@dataclass
class Stage:
    """The listener on its server, and a client that knows the secret unless told otherwise."""

    listener: Listener
    core: Core
    turns: Turns
    bot: Bot
    client: ClientSession
    address: str

    async def brings(self, body: bytes | Json, secret: str | None = SECRET) -> int:
        """Return the status of an update's request."""
        headers = {} if secret is None else {SECRET_HEADER: secret}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = self.client.post(self.address, data=BytesIO(data), headers=headers)
        async with asyncio.timeout(PATIENCE), request as answer:
            return answer.status


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A webhook that is open."""
    async with staged() as stage:
        yield stage


@asynccontextmanager
async def staged(*, read_s: float = 20.0) -> AsyncIterator[Stage]:
    """Yield a webhook that is open, and waits so long for a body."""
    core = Core()
    core.leave.set()
    bot = Bot("1:token", request=AiohttpRequest(), get_updates_request=AiohttpRequest())
    turns = Turns(core.receive, most=2)
    listener = Listener(Webhook("https://bot.example/telegram", SECRET, "/telegram"), read_s=read_s)
    listener.open(bot, turns)

    async def health() -> dict[str, object]:
        return {"ok": True}

    server = Server(application(health, more=listener.routes()), "127.0.0.1", 0)
    await server.start()
    async with ClientSession() as client:
        yield Stage(listener, core, turns, bot, client, f"http://127.0.0.1:{server.port}/telegram")
    await turns.finish(0)
    await server.stop()


@pytest.mark.parametrize("secret", [None, "", "a-secret_of-our", "a-secret_of-ours x", "á-secret", "x" * 5000])
async def test_who_does_not_know_the_secret_is_turned_away(stage: Stage, secret: str | None) -> None:
    """A wrong secret, or none, is a 401, whatever comes with it; the core hears of nothing."""
    assert await stage.brings(said(ADA, "1"), secret) == 401
    assert await stage.brings(b"\xff{", secret) == 401
    assert stage.core.heard == []


async def test_nothing_of_a_strangers_request_is_read(stage: Stage) -> None:
    """The 401 does not wait for a body that never comes."""
    host, port = stage.address.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /telegram HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n")
    status = await asyncio.wait_for(reader.readline(), PATIENCE)
    assert b"401" in status
    writer.close()
    await writer.wait_closed()


async def test_a_200_is_said_after_the_commit(stage: Stage) -> None:
    """Telegram may forget an update when it is committed, and not before."""
    stage.core.leave.clear()
    bringing = asyncio.create_task(stage.brings(said(ADA, "1")))
    await asyncio.wait_for(stage.core.entered.wait(), PATIENCE)
    assert not bringing.done()
    stage.core.leave.set()
    assert await bringing == 200
    assert stage.core.heard == ["1"]


async def test_a_closed_webhook_asks_to_come_again(stage: Stage) -> None:
    """While the bot starts or stops, Telegram keeps the update: 503. A stranger still gets a 401."""
    stage.listener.close()
    assert await stage.brings(said(ADA, "1")) == 503
    assert await stage.brings(said(ADA, "1"), "wrong") == 401
    stage.listener.open(stage.bot, stage.turns)
    assert await stage.brings(said(ADA, "1")) == 200


async def test_what_arrives_while_the_webhook_closes_comes_again(stage: Stage) -> None:
    """Of a request whose body is still on its way, nothing is begun that nobody would finish."""

    async def body() -> AsyncIterator[bytes]:
        stage.listener.close()  # the server has asked for the body, so the request is let in
        yield json.dumps(said(ADA, "1")).encode()

    headers = {SECRET_HEADER: SECRET}
    async with (
        asyncio.timeout(PATIENCE),
        stage.client.post(stage.address, data=body(), headers=headers, expect100=True) as answer,
    ):
        assert answer.status == 503
    assert stage.core.heard == []


async def test_a_busy_bot_asks_to_come_again(stage: Stage) -> None:
    """Where as much is under way as may be, Telegram keeps the rest."""
    stage.core.leave.clear()
    under_way = []
    for user in (ADA, BEN):
        stage.core.entered.clear()
        under_way.append(asyncio.create_task(stage.brings(said(user, "1"))))
        await asyncio.wait_for(stage.core.entered.wait(), PATIENCE)
    assert await stage.brings(said(ADA, "2")) == 503
    stage.core.leave.set()
    assert await asyncio.gather(*under_way) == [200, 200]


async def test_a_stop_before_the_commit_asks_to_come_again(stage: Stage) -> None:
    """An update that was not committed is not confirmed."""
    stage.core.leave.clear()
    bringing = asyncio.create_task(stage.brings(said(ADA, "1")))
    await asyncio.wait_for(stage.core.entered.wait(), PATIENCE)
    await stage.turns.finish(0)
    assert await bringing == 503


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff\xfe", b"[" * 50_000, b'{"update_id": 1, "message": {"chat": 3}}', b'{"update_id": true}'],
)
async def test_garbage_is_logged_and_not_asked_for_again(
    stage: Stage, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """What makes no sense is taken: Telegram would bring it again for ever."""
    assert await stage.brings(body) == 200
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert stage.core.heard == []


async def test_an_update_may_be_larger_than_a_page_may_send(stage: Stage) -> None:
    """The limit of 64 KiB holds for the page's requests; an update may have up to 1 MiB, and no more."""
    assert await stage.brings(said(ADA, "x" * 100_000)) == 200
    assert len(stage.core.heard[0]) == 100_000
    assert await stage.brings(b"x" * (LARGEST_BODY + 1)) == 413


async def test_a_body_without_a_length_is_limited_too(stage: Stage) -> None:
    """Chunks are counted as they come."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 65536 + 1):
            yield b"x" * 65536

    async with stage.client.post(stage.address, data=chunks(), headers={SECRET_HEADER: SECRET}) as answer:
        assert answer.status == 413


@pytest.mark.parametrize("sort", ["application/json", "text/plain", "multipart/form-data; boundary=x", "nonsense"])
async def test_an_update_is_one_whatever_it_is_called(stage: Stage, sort: str) -> None:
    """What it says it is does not matter: it is read as JSON."""
    headers = {SECRET_HEADER: SECRET, "Content-Type": sort}
    async with stage.client.post(stage.address, data=json.dumps(said(ADA, "1")), headers=headers) as answer:
        assert answer.status == 200
    assert stage.core.heard == ["1"]


async def _answers(stage: Stage, *pieces: bytes, hangs_up: bool = False) -> bytes:
    """Send bytes on a connection of their own, and return what comes back until the server hangs up."""
    host, port = stage.address.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    if hangs_up:
        writer.write_eof()
    answers = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    return answers


def _request(words: str, *lines: str) -> bytes:
    """Return an update's request in bytes."""
    body = json.dumps(said(ADA, words)).encode()
    head = ("POST /telegram HTTP/1.1", "Host: x", f"{SECRET_HEADER}: {SECRET}", f"Content-Length: {len(body)}", *lines)
    return "\r\n".join([*head, "", ""]).encode() + body


async def test_several_updates_on_one_connection_are_taken_in_their_order(stage: Stage) -> None:
    """Sent one after the other without waiting, in pieces that end anywhere."""
    requests = _request("1") + _request("2") + _request("3", "Connection: close")
    answers = await _answers(stage, requests[:40], requests[40:300], requests[300:])
    assert answers.count(b"HTTP/1.1 200") == 3
    assert stage.core.heard == ["1", "2", "3"]


async def test_half_an_update_is_none(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever hangs up in its middle brings it again; that is nothing for the log."""
    caplog.set_level(logging.INFO)
    assert b" 200 " not in await _answers(stage, _request("1")[:-5], hangs_up=True)
    chunked = _request("1", "Transfer-Encoding: chunked").replace(b"Content-Length", b"X-Length") + b"not a chunk"
    assert b" 400 " in await _answers(stage, chunked)
    assert stage.core.heard == []
    assert caplog.records == []


async def test_an_update_that_takes_too_long_to_arrive() -> None:
    """It is not waited for: 408, and the connection ends."""
    async with staged(read_s=0.05) as stage:
        assert b"HTTP/1.1 408" in await _answers(stage, _request("1")[:-5])
        assert stage.core.heard == []
        assert await stage.brings(said(ADA, "2")) == 200
