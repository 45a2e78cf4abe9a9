"""Calendar feeds on our own server: whoever has the address reads, and nobody else finds out what there is."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from bot.errors import StorageBusy
from bot.flood import Buckets, Pace

READS: Final = Pace(burst=20, per_second=1 / 60)
"""How often one calendar is written out: each looks every hour or so, and the fullest costs more than a second."""

Read = Callable[[str], Awaitable[bytes | None]]
"""Given the token in an address, returns the calendar; None where it does not work (any more)."""


def feeds(read: Read) -> web.RouteDef:
    """Return the route of all feeds. It takes any name of the server: the address is the key."""
    reads = Buckets(READS)

    async def feed(request: web.Request) -> web.Response:
        token = request.match_info["token"]
        if not reads.takes(token, time.monotonic()):
            raise web.HTTPTooManyRequests(text="Please look again in an hour.", headers={"Retry-After": "3600"})
        try:
            calendar = await read(token)
        except StorageBusy as busy:
            raise web.HTTPServiceUnavailable(text="Please try again later.", headers={"Retry-After": "300"}) from busy
        if calendar is None:
            raise web.HTTPNotFound(text="There is no such calendar (any more). /calendar gives you an address.")
        headers = {"Cache-Control": "private, max-age=900", "Content-Disposition": 'inline; filename="circles.ics"'}
        return web.Response(body=calendar, content_type="text/calendar", charset="utf-8", headers=headers)

    return web.get("/calendar/{token:[A-Za-z0-9_-]{32}}.ics", feed)
