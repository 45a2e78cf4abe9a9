"""The HTTP server: the page if it is to be served, and always `/healthz`.

The page may be reached under the names it is meant to be reached under, and by nothing else: a name that an attacker
points at this machine (DNS rebinding) is refused, and so is a socket that another site's page opens. What platforms
post to carries its own key, and may be reached under any name.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from adapters.web.doors import Doors, Entrance, Network, Tries, address_of

if TYPE_CHECKING:
    from adapters.web.adapter import WebAdapter
    from adapters.web.page import Pages

Health = Callable[[], Awaitable[Mapping[str, object]]]
"""Says how the bot is; an entry "ok" that is False makes the answer a 503."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HEARTBEAT = 20.0
"""Seconds between looks whether a page is still there."""
GOODBYE = 1.0
"""For how many seconds a page that is sent away may take to say goodbye."""
LARGEST_BODY = 64 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing from elsewhere, nothing inline, and no way to make markup of a string."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Gate:
    """Which names and origins are ours."""

    def __init__(self, address: str) -> None:
        public = urlsplit(address)
        self._names = LOOPBACK | {public.hostname or ""}
        self._origin = f"{public.scheme}://{public.netloc}"

    def knows(self, host: str) -> bool:
        """Say whether a request was made to one of our names."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name in self._names

    def is_own(self, request: web.Request) -> bool:
        """Say whether it is our own page that opens a socket."""
        origin = request.headers.get("Origin", "")
        return origin in (self._origin, f"{request.scheme}://{request.host}")


def application(
    health: Health,
    *,
    page: WebAdapter | None = None,
    more: Iterable[web.AbstractRouteDef] = (),
    proxies: Collection[Network] = (),
) -> web.Application:
    """Return the application: `/healthz`, the page if there is one, and `more` routes of others.

    Those guard themselves. `proxies` are networks in which there are proxies that say whom they were asked by.
    """
    keyed = [route for route in more if isinstance(route, web.RouteDef)]
    handlers = frozenset[object](route.handler for route in keyed)
    gate = _guarded(Gate(page.address) if page else None, handlers)
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_patient(handlers, proxies), gate])
    app.on_response_prepare.append(_say_nothing_of_us)
    app.router.add_get("/healthz", _healthz(health))
    app.add_routes(keyed)
    if page is not None:
        from adapters.web.page import Pages  # noqa: PLC0415  # a server without the page needs none of it

        pages = Pages(page)
        app.add_routes(pages.routes())
        # Otherwise a stop would wait for pages, which never go by themselves.
        app.on_shutdown.append(lambda _: page.send_away())
        app.router.add_get("/ws", _socket(page, pages, Gate(page.address)))
    return app


async def _say_nothing_of_us(_: web.Request, response: web.StreamResponse) -> None:
    """Tell nobody which version of which library answers."""
    response.headers.popall("Server", None)


def _patient(keyed: frozenset[object], proxies: Collection[Network]) -> Middleware:
    """Answer whoever brings one wrong key after the other less and less."""
    tries = Tries()

    @web.middleware
    async def patient(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.handler not in keyed and not request.path.startswith("/in/"):
            return await handler(request)
        address, now = address_of(request, proxies), time.monotonic()
        if not tries.may(address, now):
            refused = web.HTTPTooManyRequests(text="Please try again in a minute.", headers=HEADERS)
            refused.headers["Retry-After"] = "60"
            refused.force_close()
            raise refused
        try:
            response = await handler(request)
        except web.HTTPException as error:
            tries.note(address, error.status, now)
            raise
        tries.note(address, response.status, now)
        return response

    return patient


def _guarded(gate: Gate | None, keyed: frozenset[object]) -> Middleware:
    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_open = request.path == "/healthz" or request.match_info.handler in keyed
        if gate is not None and not is_open and not gate.knows(request.host):
            raise web.HTTPMisdirectedRequest(text="This server has another name.", headers=HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(HEADERS)
            raise
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return guarded


def _healthz(health: Health) -> Handler:
    async def healthz(_: web.Request) -> web.Response:
        found = await health()
        status = 503 if found.get("ok") is False else 200
        return web.json_response(dict(found), status=status, headers={"Cache-Control": "no-store"})

    return healthz


def _socket(page: WebAdapter, pages: Pages, gate: Gate) -> Handler:
    from adapters.web.frames import LARGEST_FRAME  # noqa: PLC0415  # as above
    from adapters.web.session import Session  # noqa: PLC0415

    async def socket(request: web.Request) -> web.StreamResponse:
        if not gate.is_own(request):
            raise web.HTTPForbidden(text="Only this server's own page may talk to it.")
        if not page.is_running:
            raise web.HTTPServiceUnavailable(text="Starting.")
        user = await pages.user(request)
        if not page.has_room_for(user):
            raise web.HTTPTooManyRequests(text="Too many pages are open.")
        connection = web.WebSocketResponse(
            heartbeat=HEARTBEAT, max_msg_size=LARGEST_FRAME, compress=False, timeout=GOODBYE
        )
        await connection.prepare(request)
        if user is None and not page.demo:
            await connection.send_json({"type": "stranger"})
            await connection.close()
            return connection
        await Session(page, connection, user, lambda: pages.user(request)).serve()
        return connection

    return socket


class Server:
    """The application on a port. `port` 0 takes a free one, and `port` then says which. `doors` says who comes in."""

    def __init__(self, app: web.Application, host: str, port: int, doors: Doors | None = None) -> None:
        self._runner = web.AppRunner(app, shutdown_timeout=2.0)
        self._doors = Doors() if doors is None else doors
        self._host = host
        self.port = port

    async def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        await self._runner.setup()
        site = Entrance(self._runner, self._host, self.port, self._doors)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and end every connection."""
        await self._runner.cleanup()
