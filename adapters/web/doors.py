"""The doors of our HTTP server: how many come in, how long they may take, and what they are told when it is too much.

The server may stand in the open. What comes in is a stranger's until it has shown its key: it costs little, is answered
in a few plain words, and leaves nothing of what it sent in the log.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Collection
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from bot.chat.trying import trace
from bot.flood import Buckets, Pace

log = logging.getLogger(__name__)

Network = IPv4Network | IPv6Network
MOST: Final = 1_500
"""How many connections there may be: every page of the demo, and room beside them."""
MOST_OF_ONE: Final = 300
"""How many of one address in the open; a whole school may share one. Of a proxy's, all come from one."""
IDLE_S: Final = 75.0
"""For how many seconds a connection may say nothing, or take to say what it wants."""
ANSWER_S: Final = 120.0
"""For how many seconds one request may be under way, with the time that whoever asked takes to hear the answer."""
LINGERING_S: Final = 0.5
"""For how many seconds a body that is of no interest is let run out, so that whoever sends it sees the answer."""
SAID_EVERY_S: Final = 60.0
"""For how long at least it is not said again that there is no room."""
TRIES: Final = Pace(burst=30, per_second=0.5)
"""How often one address may bring a wrong key."""
_WRONG: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class Doors:
    """Counts who is in. The limits are there to be made small by tests."""

    def __init__(
        self,
        *,
        proxies: Collection[Network] = (),
        most: int = MOST,
        most_of_one: int = MOST_OF_ONE,
        idle_s: float = IDLE_S,
        answer_s: float = ANSWER_S,
        lingering_s: float = LINGERING_S,
    ) -> None:
        self._proxies = proxies
        self._most, self._most_of_one = most, most_of_one
        self.idle_s, self.answer_s, self.lingering_s = idle_s, answer_s, lingering_s
        self._in: Counter[str] = Counter()
        self._said = Buckets(Pace(1, 1.0 / SAID_EVERY_S))

    def enter(self, address: str) -> bool:
        """Count one more, if there is room for one of that address; where there is none, the log hears of it."""
        is_one = is_open(address) and not is_among(address, self._proxies)
        address = whose(address)
        if self._in.total() >= self._most or (is_one and self._in[address] >= self._most_of_one):
            if self._said.takes("full", time.monotonic()):
                log.warning("%d connections are open: more are closed at once", self._in.total())
            return False
        self._in[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Count one less."""
        address = whose(address)
        self._in[address] -= 1
        if not self._in[address]:
            del self._in[address]

    def __len__(self) -> int:
        """Return how many are in."""
        return self._in.total()


def is_open(address: str) -> bool:
    """Say whether an address is somebody's own: behind those of this machine and its neighbours may stand a proxy."""
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


def whose(address: str) -> str:
    """Return by what an address is counted: in IPv6, everybody has as many as they like of one network."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False).network_address)


def is_among(address: str, networks: Collection[Network]) -> bool:
    """Say whether an address lies in one of some networks."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    plain = (isinstance(found, IPv6Address) and found.ipv4_mapped) or found
    return any(plain in network for network in networks)


def address_of(request: web.BaseRequest, proxies: Collection[Network] = ()) -> str:
    """Return who asks: the other end, or whom the proxy there names; empty where that is not known.

    A proxy beside us is believed, and so are those in the networks `proxies`. Each names whom it was asked by behind
    all that was named before, so one reads from the end on, up to the first who is none of them. What stands further in
    front is what the client itself says.
    """
    peer = request.remote or ""
    if is_open(peer) and not is_among(peer, proxies):
        return whose(peer)
    named = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    found = ""
    for one in map(str.strip, reversed(named)):
        try:
            found = whose(str(ip_address(one)))
        except ValueError:
            return ""
        if not is_among(one, proxies):
            break
    return found


class Tries:
    """Counts wrong keys, by the address that brings them; whoever brings too many is not let try for a while."""

    def __init__(self, pace: Pace = TRIES) -> None:
        self._buckets = Buckets(pace)

    def may(self, address: str, now: float) -> bool:
        """Say whether an address may try."""
        return not address or self._buckets.has(address, now)

    def note(self, address: str, status: int, now: float) -> None:
        """Count it if it was the wrong key."""
        if address and status in _WRONG:
            self._buckets.takes(address, now)


class _Bare(web.Response):
    """An answer that does not say what answers: for those that no application makes."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall("Server", None)


class Visit(RequestHandler):
    """One connection, for as long as it is let be."""

    __slots__ = ("_address", "_doors", "_limit")

    def __init__(self, doors: Doors, manager: web.Server, **more: Any) -> None:  # noqa: ANN401  # the library's own
        super().__init__(
            manager,
            keepalive_timeout=doors.idle_s,
            lingering_time=doors.lingering_s,
            access_log=None,  # type: ignore[arg-type]  # addresses carry keys
            **more,
        )
        self._doors = doors
        self._address: str | None = None
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let it in, or hang up."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) and peer else ""
        if not self._doors.enter(address):
            transport.abort()  # type: ignore[attr-defined]  # a socket's
            return
        self._address = address
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget it."""
        self._watch(over=True)
        if self._address is None:  # it was never let in
            return
        self._doors.leave(self._address)
        self._address = None
        super().connection_lost(exc)

    async def _handle_request(self, *handed: Any, **named: Any) -> tuple[web.StreamResponse, bool]:  # noqa: ANN401  # as above
        self._watch()
        try:
            return await super()._handle_request(*handed, **named)
        finally:
            self._watch(over=True)

    def _watch(self, *, over: bool = False) -> None:
        """Begin to count the seconds of a request, or stop."""
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        if not over:
            self._limit = asyncio.get_running_loop().call_later(self._doors.answer_s, self._give_up)

    def _give_up(self) -> None:
        # A page that has opened its socket stays; its own heartbeat looks after it.
        if self._payload_parser is None and self.transport is not None:
            log.info("a request took too long: its connection is closed")
            self.transport.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002  # it repeats what was sent
    ) -> web.StreamResponse:
        """Answer what could not be understood, or what we broke, in as many words; the log has no more than where."""
        if self._is_theirs(exc):
            status = HTTPStatus.BAD_REQUEST
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("a request broke: %s", trace(exc) if exc else status)
        else:
            log.debug("a request could not be read: %s", type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("part of another answer has been sent")
        answer = _Bare(status=int(status), text=f"{status}: {HTTPStatus(status).phrase}")
        answer.force_close()
        return answer

    def log_exception(self, *_said: object, exc_info: BaseException | None = None, **_more: object) -> None:
        """Say what broke beside an answer, but not in its words: they may be what was sent."""
        if self._is_theirs(exc_info):
            log.debug("the rest of a request could not be read: %s", type(exc_info).__name__)
        else:
            log.error("a connection broke: %s", trace(exc_info) if exc_info else "")

    def _is_theirs(self, error: BaseException | None) -> bool:
        """Whether what went wrong is what was sent, or that whoever sent it has hung up in its middle."""
        is_closed = self.transport is None or self.transport.is_closing()
        gone = (ConnectionError,) if is_closed else ()
        return isinstance(error, (web.RequestPayloadError, HttpProcessingError, *gone))


class Entrance(web.TCPSite):
    """Where the server listens."""

    __slots__ = ("_doors",)

    def __init__(self, runner: web.AppRunner, host: str, port: int, doors: Doors) -> None:
        super().__init__(runner, host, port)
        self._doors = doors

    async def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        await web.BaseSite.start(self)
        loop = asyncio.get_running_loop()
        manager = self._runner.server
        if manager is None:
            raise RuntimeError("the runner is not set up")
        self._server = await loop.create_server(
            lambda: Visit(self._doors, manager, loop=loop), self._host, self._port, backlog=self._backlog
        )
