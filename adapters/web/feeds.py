"""Calendar feeds on our own server: whoever has the address reads, and nobody else finds out what there is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.errors import StorageBusy

Read = Callable[[str], Awaitable[bytes | None]]
"""Given the token in an address, returns the calendar; None where it does not work (any more)."""


def feeds(read: Read) -> web.RouteDef:
    """Return the route of all feeds. It takes any name of the server: the address is the key."""

    async def feed(request: web.Request) -> web.Response:
        try:
            calendar = await read(request.match_info["token"])
        except StorageBusy as busy:
            raise web.HTTPServiceUnavailable(text="Please try again later.", headers={"Retry-After": "300"}) from busy
        if calendar is None:
            raise web.HTTPNotFound(text="There is no such calendar (any more). /calendar gives you an address.")
        headers = {"Cache-Control": "private, max-age=900", "Content-Disposition": 'inline; filename="circles.ics"'}
        return web.Response(body=calendar, content_type="text/calendar", charset="utf-8", headers=headers)

    return web.get("/calendar/{token:[A-Za-z0-9_-]{32}}.ics", feed)
