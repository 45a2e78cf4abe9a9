"""The HTTP server in the open, over bare sockets: strangers are answered plainly, and waited for briefly."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, WSMsgType, web

from adapters.web.doors import MOST_OF_ONE, TRIES, Doors, Network, Tries, is_open, whose
from adapters.web.frames import LARGEST_FRAME
from adapters.web.server import Server, application
from tests.adapters.web_support import WebPlatform, platform
from tests.support.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from storage.engine import Database


@pytest.fixture
async def run(sqlite_database: Database) -> AsyncIterator[WebPlatform]:
    """The page as a running bot serves it: by sign-in link."""
    async with platform(sqlite_database, demo=False) as made:
        yield made


@dataclass
class Answer:
    """What came back."""

    status: int
    head: str
    body: str

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, names in small letters."""
        lines = (line.partition(": ") for line in self.head.split("\r\n")[1:])
        return {name.casefold(): value for name, _, value in lines}


async def sent(port: int, *parts: bytes) -> Answer:
    """Send bytes on a connection of their own, and return what the server says until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(PATIENCE):
            said = await reader.read()
    except ConnectionError:
        said = b""
    finally:
        writer.close()
    head, _, body = said.decode("latin-1").partition("\r\n\r\n")
    return Answer(int(head.split(" ")[1]) if head else 0, head, body)


async def until(is_so: Callable[[], bool]) -> None:
    """Let the server go on until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110  # nothing tells of it
            await asyncio.sleep(0)


def get(path: str, *lines: str, method: str = "GET", host: str = "127.0.0.1") -> bytes:
    """Return a request in bytes, after which the connection ends."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *lines, "", ""]).encode()


@asynccontextmanager
async def serving(
    *routes: web.RouteDef, doors: Doors | None = None, proxies: Collection[Network] = ()
) -> AsyncIterator[int]:
    """Yield the port of a server with some routes and no page."""

    async def health() -> dict[str, object]:
        return {"ok": True}

    server = Server(application(health, more=routes, proxies=proxies), "127.0.0.1", 0, doors)
    await server.start()
    try:
        yield server.port
    finally:
        await server.stop()


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/in/wrong", "/static/", "/texts/en.json", "/ws"])
async def test_every_answer_is_closed_in(run: WebPlatform, path: str) -> None:
    """No frame, no sniffing, no referrer, nobody else's script; and nothing of what answers."""
    answer = await sent(run.server.port, get(path))
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in answer.headers
    assert "aiohttp" not in (answer.head + answer.body).casefold()


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(50) + b"\r\n\r\n",
        b"GET /in/very-secret-token\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\nvery-secret-token\r\n\r\n",
        b"GET / HTTP/9.9\r\nvery-secret-token: \x01\r\n\r\n",
        b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 9_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: a\r\n" % number for number in range(300)) + b"\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    ],
    ids=["tls", "null", "colon", "version", "long line", "long header", "many headers", "smuggled"],
)
async def test_what_is_no_request_is_refused_in_a_word(
    run: WebPlatform, request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a trace, without repeating what was sent, and with nothing of it in the log."""
    caplog.set_level(logging.DEBUG)
    answer = await sent(run.server.port, request_)
    assert (answer.status, answer.body) == (400, "400: Bad Request")
    assert "server" not in answer.headers
    logged = "\n".join(f"{one.getMessage()} {one.exc_text or ''} {one.exc_info or ''}" for one in caplog.records)
    assert "very-secret-token" not in logged
    assert "Traceback" not in logged


async def test_methods_and_paths_that_nobody_serves(run: WebPlatform) -> None:
    """They are answered plainly; nothing is listed, and no path leads out of the page's own files."""
    port = run.server.port
    for method in ("PUT", "DELETE", "TRACE", "CONNECT", "PROPFIND", "OPTIONS"):
        assert (await sent(port, get("/", method=method))).status in {400, 404, 405, 421}
    paths = ("/static/", "/static", "/static/../server.py", "/static/..%2fserver.py", "/static/%2e%2e/server.py")
    for path in (*paths, "/../../etc/passwd", "//etc/passwd", "/static/index.html", "/.git/config", "/config.toml"):
        answer = await sent(port, get(path))
        assert (path, answer.status) == (path, 404)
        assert len(answer.body) < 100
    assert (await sent(port, get("/", method="HEAD"))).body == ""


async def test_what_breaks_is_said_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever asked learns that it broke; the log where, but not what the error says: it may repeat people's words."""
    said = "marmalade"

    async def breaks(_: web.Request) -> web.Response:
        raise RuntimeError(said)

    async with serving(web.get("/breaks", breaks)) as port:
        answer = await sent(port, get("/breaks"))
    assert (answer.status, answer.body) == (500, "500: Internal Server Error")
    assert "RuntimeError" in caplog.text
    assert "in breaks" in caplog.text
    assert said not in caplog.text


async def test_a_connection_that_says_nothing_is_closed() -> None:
    """Neither silence, nor a header a byte at a time keeps it open longer than the server waits."""
    async with serving(doors=Doors(idle_s=0.05)) as port:
        assert (await sent(port)).status == 0
        assert (await sent(port, b"GET /hea")).status == 0
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        ended = asyncio.ensure_future(reader.read())
        async with asyncio.timeout(PATIENCE):
            while not ended.done():  # a byte of a header whenever there is a turn
                writer.write(b"x" if writer.transport.get_write_buffer_size() == 0 else b"")
                await asyncio.wait({ended}, timeout=0.01)
        writer.close()
        assert ended.exception() is not None or b"200" not in ended.result()


async def test_a_request_that_takes_for_ever_is_given_up() -> None:
    """One that never gets its answer written, because nobody reads it, does not hold its place."""
    begun = asyncio.Event()

    async def much(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        begun.set()
        while True:
            await answer.write(bytes(1 << 16))

    doors = Doors(answer_s=0.1)
    async with serving(web.get("/much", much), doors=doors) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(get("/much"))
        async with asyncio.timeout(PATIENCE):
            await begun.wait()
        await until(lambda: not len(doors))
        writer.close()


async def test_a_page_that_stays_is_not_given_up(sqlite_database: Database) -> None:
    """An open socket is no slow request: it stays for as long as it answers."""
    async with platform(sqlite_database) as made:
        made.server._doors.answer_s = 0.05
        async with made.page("ada") as visitor:
            await asyncio.sleep(0.1)
            await visitor.tell(type="seen", room="p:ada", post=0)
            assert not visitor.socket.closed


async def test_so_many_connections_and_no_more() -> None:
    """The next is closed at once, and let in again when one has gone."""
    doors = Doors(most=3)
    async with serving(doors=doors) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        for _, writer in held:
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        for reader, _ in held:
            assert b"200" in await reader.readline()
        assert (await sent(port, get("/healthz"))).status == 0
        held[0][1].close()
        await until(lambda: len(doors) == 2)
        assert (await sent(port, get("/healthz"))).status == 200
        for _, writer in held:
            writer.close()


def test_so_many_of_one_address_in_the_open(caplog: pytest.LogCaptureFixture) -> None:
    """One address cannot take every place; a proxy, from which all come, may. The log is not flooded either."""
    caplog.set_level(logging.WARNING)
    doors = Doors()
    taken = sum(doors.enter("8.8.8.8") for _ in range(1_000))
    assert taken == MOST_OF_ONE
    assert len(caplog.records) == 1
    assert doors.enter("9.9.9.9")
    neighbours = [f"2606:4700::{number:x}" for number in range(1_000)]  # one home's network
    assert sum(map(doors.enter, neighbours)) == MOST_OF_ONE
    assert whose("::ffff:9.9.9.9") == whose("9.9.9.9") == "9.9.9.9"
    for neighbour in neighbours[:MOST_OF_ONE]:
        doors.leave(neighbour)
    assert all(doors.enter("10.0.0.2") for _ in range(1_000))
    doors.leave("8.8.8.8")
    assert doors.enter("8.8.8.8")
    assert not is_open("127.0.0.1")
    assert not is_open("")


async def test_wrong_keys_one_after_the_other(run: WebPlatform) -> None:
    """An address that tries links is held up after so many, and no other; the right one works for the others."""
    port = run.server.port
    tries = [(await sent(port, get(f"/in/{number}", "X-Forwarded-For: 8.8.8.8"))).status for number in range(40)]
    assert tries[: TRIES.burst] == [404] * TRIES.burst
    assert set(tries[TRIES.burst + 1 :]) == {429}
    refused = await sent(port, get("/in/1", "X-Forwarded-For: 8.8.8.8").replace(b"Connection: close\r\n", b""))
    assert (refused.status, refused.headers["retry-after"], refused.headers["connection"]) == (429, "60", "close")
    link = (await run.adapter.sign_in_link("ben")).rpartition("/in/")[2]
    assert (await sent(port, get(f"/in/{link}", "X-Forwarded-For: 8.8.8.8"))).status == 429
    # What the client itself says stands before what the proxy says of it.
    assert (await sent(port, get(f"/in/{link}", "X-Forwarded-For: 8.8.8.8, 9.9.9.9"))).status == 303
    assert (await sent(port, get("/healthz", "X-Forwarded-For: 8.8.8.8"))).status == 200


async def test_posts_with_a_wrong_key() -> None:
    """A platform's own posts are taken however many; those of a stranger are turned away ever faster."""

    async def post(request: web.Request) -> web.Response:
        return web.Response(status=200 if request.headers.get("X-Key") == "right" else 401)

    async with serving(web.post("/telegram", post)) as port:
        right = get("/telegram", "X-Key: right", "X-Forwarded-For: 9.9.9.9", method="POST")
        wrong = get("/telegram", "X-Forwarded-For: 8.8.8.8", method="POST")
        assert {(await sent(port, right)).status for _ in range(TRIES.burst + 20)} == {200}
        found = [(await sent(port, wrong)).status for _ in range(TRIES.burst + 20)]
    assert found[0] == 401
    assert found[-1] == 429


def test_wrong_keys_are_forgiven_in_time() -> None:
    """A minute later there are thirty more tries; without a known address nobody is held up for another."""
    tries = Tries()
    for _ in range(100):
        tries.note("8.8.8.8", 404, 0.0)
        tries.note("", 404, 0.0)
    assert not tries.may("8.8.8.8", 1.0)
    assert tries.may("8.8.8.8", 62.0)
    assert tries.may("", 1.0)


async def test_a_socket_takes_no_more_than_a_frame(run: WebPlatform) -> None:
    """More is not read: the connection ends, and the bot goes on."""
    link = await run.adapter.sign_in_link("ben")
    async with ClientSession() as http:
        async with http.get(link, allow_redirects=False) as answer:
            cookie = answer.cookies["circlebot_session"].value
        headers = {"Cookie": f"circlebot_session={cookie}"}
        async with http.ws_connect(f"{run.address}/ws", origin=run.address, headers=headers) as socket:
            await socket.send_str("x" * (LARGEST_FRAME + 1))
            async with asyncio.timeout(PATIENCE):
                message = await socket.receive()
            assert message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING}
    assert (await sent(run.server.port, get("/healthz"))).status == 200


async def test_a_sign_in_link_stays_between_two(run: WebPlatform, caplog: pytest.LogCaptureFixture) -> None:
    """It is in no log, in nothing that comes back, and in no referrer; nor is the cookie, which is kept to https."""
    caplog.set_level(logging.DEBUG)
    run.adapter.address = "https://127.0.0.1"
    token = (await run.adapter.sign_in_link("ben")).rpartition("/")[2]
    answer = await sent(run.server.port, get(f"/in/{token}"))
    assert answer.status == 303
    assert token not in answer.head + answer.body
    assert "Secure" in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=Strict" in answer.headers["set-cookie"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    cookie = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert token not in caplog.text
    assert cookie not in caplog.text


async def test_a_flood_of_connections_leaves_others_their_answer() -> None:
    """While a hundred connections say nothing, one that asks is answered."""
    async with serving(doors=Doors(idle_s=30.0)) as port:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(100)]
        assert (await sent(port, get("/healthz"))).status == 200
        for _, writer in silent:
            writer.close()
