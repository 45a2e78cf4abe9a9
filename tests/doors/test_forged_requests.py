"""Whatever bytes are sent to the webhook's door: a fitting status, no stranger is heard, and the next one is.

What stands in the updates themselves is forged in `test_forged_updates`.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import pytest
from hypothesis import given
from telegram import Bot, Update

from adapters.telegram.turns import Answer, Turns
from adapters.telegram.webhook import SECRET_HEADER, Listener, Webhook
from adapters.web.doors import Doors
from adapters.web.server import Server, application
from tests.doors.forging import FORGERS, Forger
from tests.doors.test_forged_updates import updates
from tests.support.cases import CASES, many, told
from tests.support.patience import PATIENCE
from tests.telegram.happening import said

SECRET: Final = "a-secret_of-ours"
MARK: Final = "unmistakable"
"""Stands in what strangers send; nobody is to hear or to log it."""
FITTING: Final = frozenset({100, 200, 400, 401, 404, 405, 408, 413, 417, 503})
_TARGETS: Final = ("/telegram", "/telegram/", "//telegram", "/telegram?x=1", "/healthz", "/", "*", "http://x/telegram")
_TYPES: Final = (
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "",
)
_METHODS: Final = ("GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "post", "")
_WRONG: Final = ("", SECRET[:-1], f"{SECRET}x", SECRET.upper(), MARK, f"{SECRET} {MARK}")


@dataclass(frozen=True)
class Sent:
    """What is sent over one connection; `is_whole` says that an answer must come, without anything more."""

    pieces: tuple[bytes, ...]
    is_whole: bool = True


@dataclass
class Door:
    """The webhook on its server, before a core that only listens."""

    heard: list[str] = field(default_factory=list)
    doors: Doors = field(default_factory=Doors)
    port: int = 0

    async def receive(self, update: Update) -> Answer | None:
        """Hear it."""
        self.heard.append(str(update))
        return None

    async def sends(self, sent: Sent) -> list[int] | None:
        """Send bytes on a connection of their own; return the statuses that come back until the server hangs up.

        None where it hung up while there was more to send: what it said may be lost then.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        said = b""
        try:
            for piece in sent.pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            if not sent.is_whole:
                writer.write_eof()
            async with asyncio.timeout(PATIENCE):
                said = await reader.read()
        except ConnectionError:
            return None
        finally:
            writer.close()
        heads = (line.split(b" ") for line in said.split(b"\r\n") if line.startswith(b"HTTP/1."))
        return [int(status) for _, status, *_ in heads]


@pytest.fixture
def door(runner: asyncio.Runner) -> Iterator[Door]:
    """The door, open."""
    stack = AsyncExitStack()
    yield runner.run(stack.enter_async_context(_opened()))
    runner.run(stack.aclose())


@asynccontextmanager
async def _opened() -> AsyncIterator[Door]:
    async def health() -> dict[str, object]:
        return {"ok": True}

    door = Door()
    listener, turns = Listener(Webhook("https://bot.example/telegram", SECRET, "/telegram")), Turns(door.receive)
    listener.open(Bot("1:token"), turns)
    server = Server(application(health, more=listener.routes()), "127.0.0.1", 0, door.doors)
    await server.start()
    door.port = server.port
    yield door
    await turns.finish(0)
    await server.stop()


async def _until(is_so: Callable[[], bool]) -> None:
    """Let the server go on until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110  # nothing tells of it
            await asyncio.sleep(0)


# What is forged


def _sent(forger: Forger) -> Sent:
    """Return what somebody sends: requests as they should be, with the secret or without, or what is none."""
    is_known = forger.now_and_then(3)
    match forger.chance.randrange(6):
        case 0:
            requests = _request(forger, is_known=is_known, more=("Connection: keep-alive",)) + _last(forger, is_known)
            return Sent(_in_pieces(forger, requests))
        case 1:
            whole = _last(forger, is_known)
            return Sent(_in_pieces(forger, whole[: forger.chance.randrange(len(whole))]), is_whole=False)
        case 2:
            bent = _bent(forger, _last(forger, is_known=False))
            return Sent(_in_pieces(forger, bent), is_whole=False)
        case 3:
            chunks = _chunked(forger, _body(forger, is_known=is_known))
            lines = ("Transfer-Encoding: chunked", "Connection: close")
            return Sent(
                _in_pieces(forger, _request(forger, is_known=is_known, more=lines, body=chunks)), is_whole=False
            )
        case 4:
            packed = _packed(forger, _body(forger, is_known=is_known))
            lines = (forger.one(("Content-Encoding: gzip", "Content-Encoding: deflate")), "Connection: close")
            return Sent((_request(forger, is_known=is_known, more=lines, body=packed),))
        case _:
            return Sent(_in_pieces(forger, _last(forger, is_known)))


def _last(forger: Forger, is_known: bool) -> bytes:  # noqa: FBT001  # it is said of whom
    return _request(forger, is_known=is_known, more=("Connection: close",))


def _request(forger: Forger, *, is_known: bool, more: tuple[str, ...] = (), body: bytes | None = None) -> bytes:
    """Return a request with an update or garbage, mostly to where updates are brought."""
    body = _body(forger, is_known=is_known) if body is None else body
    method = forger.one(_METHODS) if not is_known and forger.now_and_then(4) else "POST"
    target = forger.one(_TARGETS) if not is_known and forger.now_and_then(4) else "/telegram"
    secret = (
        SECRET if is_known else forger.one(("", SECRET[:-1], f"{SECRET}x", SECRET.upper(), MARK, f"{SECRET} {MARK}"))
    )
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", f"{SECRET_HEADER}: {secret}", *more]
    lines.append(f"Content-Type: {forger.one(_TYPES)}")
    if not any(line.startswith("Transfer-Encoding") for line in more):
        lines.append(f"Content-Length: {len(body)}")
    if forger.now_and_then(8):
        lines.append("Expect: 100-continue")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _body(forger: Forger, *, is_known: bool) -> bytes:
    """Return an update, what is no update, or what is no JSON; a stranger's says that it is one."""
    if not is_known:
        return json.dumps(said(101, MARK)).encode()
    if forger.now_and_then(2):
        return json.dumps(updates(forger, shaped=forger.now_and_then(2))).encode()
    return forger.either(
        lambda: forger.words().encode(errors="surrogatepass"),
        lambda: json.dumps(forger.json()).encode(),
        lambda: forger.one((b"[", b'{"a":')) * forger.one((1, 100, 100_000)),
        lambda: forger.chance.randbytes(forger.chance.randrange(200)),
        lambda: b"0" * forger.one((5, 500, 5_000, 1_048_577, 2_000_000)),
    )


def _bent(forger: Forger, whole: bytes) -> bytes:
    """Return bytes with others in a few places, mostly in the head."""
    for _ in range(forger.chance.randrange(1, 4)):
        at = forger.chance.randrange(min(len(whole), 300))
        other = forger.one((
            b"", b"\x00", b"\r\n", b"\n", b" ", b":", b"\r\n\r\n", b"\xff\xfe", b"Content-Length: 5\r\n", b"x" * 9_000,
            b"Transfer-Encoding: chunked\r\n", b"\r\nX-Telegram-Bot-Api-Secret-Token: " + SECRET.encode()[:-1],
        ))  # fmt: skip
        whole = whole[:at] + other + whole[at + forger.chance.randrange(4) :]
    return whole


def _chunked(forger: Forger, body: bytes) -> bytes:
    """Return a body in chunks, now and then of another length than they say, or of one that is none."""
    length = forger.one(
        (b"%x" % len(body), b"%x" % len(body), b"%x" % (len(body) + 3), b"-1", b"f" * 20, b"", MARK.encode())
    )
    return length + b"\r\n" + body + forger.one((b"\r\n0\r\n\r\n", b"\r\n0\r\nX: y\r\n\r\n", b"", b"0\r\n"))


def _packed(forger: Forger, body: bytes) -> bytes:
    """Return a body packed, or what is not; now and then it is a thousand times as large as it looks."""
    packed = gzip.compress(bytes(50_000_000) if forger.now_and_then(60) else body)
    return forger.one((packed, packed, packed[:-4], body, packed[:20] + packed))


def _in_pieces(forger: Forger, whole: bytes) -> tuple[bytes, ...]:
    """Return bytes as they may come in."""
    cuts = sorted(forger.chance.randrange(len(whole) + 1) for _ in range(forger.chance.randrange(4)))
    return tuple(whole[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True))


@many(150, 10_000)
@given(FORGERS)
def test_whatever_is_sent_the_next_is_taken(
    door: Door, runner: asyncio.Runner, caplog: pytest.LogCaptureFixture, forger: Forger
) -> None:
    """Half a request, two in one, packed, in chunks, of another sort: strangers are not heard, and nothing breaks."""
    caplog.set_level(logging.INFO)
    caplog.clear()
    for _ in range(CASES):
        sent = _sent(forger)
        with told(sent):
            statuses = runner.run(door.sends(sent))
            assert statuses != [] or not sent.is_whole, "they hear nothing"
            assert set(statuses or ()) <= FITTING, statuses
            assert not any(MARK in one for one in door.heard), "a stranger was heard"
    door.heard.clear()
    good = json.dumps(said(101, "and now?")).encode()
    head = f"POST /telegram HTTP/1.1\r\nHost: x\r\n{SECRET_HEADER}: {SECRET}\r\nConnection: close\r\n"
    whole = head.encode() + b"Content-Length: %d\r\n\r\n" % len(good) + good
    assert runner.run(door.sends(Sent((whole,)))) == [200]
    assert len(door.heard) == 1
    assert "and now?" in door.heard[0]
    runner.run(_until(lambda: not len(door.doors)))
    logged = "\n".join(f"{one.getMessage()} {one.exc_text or ''} {one.exc_info or ''}" for one in caplog.records)
    assert MARK not in logged
    assert SECRET not in logged
    assert "a request broke" not in logged
