"""What monitoring asks over HTTP: whether the bot is ready, and what it has counted.

`/readyz` says to anybody what is missing, and no more. `/metrics` is for whoever has the token alone: behind a proxy
every request comes from this machine, so where it comes from says nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from hmac import compare_digest

from aiohttp import hdrs, web

CLOSED = (
    "Nobody may read the metrics yet: set [http] metrics_token, and have whoever reads them send it "
    "(Authorization: Bearer …).\n"
)
LOCKED = "Send the token of [http] metrics_token: Authorization: Bearer …\n"
_FRESH = {hdrs.CACHE_CONTROL: "no-store"}


def routes(
    ready: Callable[[], Awaitable[Mapping[str, object]]],
    metrics: Callable[[], Awaitable[bytes]],
    *,
    token: str = "",
    content_type: str = "text/plain",
) -> list[web.RouteDef]:
    """Return the routes. `ready` has an entry "ok"; `metrics` is written in `content_type`. No token: no metrics."""

    async def readyz(_: web.Request) -> web.Response:
        found = await ready()
        return web.json_response(dict(found), status=200 if found["ok"] else 503, headers=_FRESH)

    async def page(request: web.Request) -> web.Response:
        if not token:
            return web.Response(text=CLOSED, status=403, headers=_FRESH)
        if not _is_right(request.headers.get(hdrs.AUTHORIZATION, ""), token):
            headers = {**_FRESH, hdrs.WWW_AUTHENTICATE: 'Bearer realm="metrics"'}
            return web.Response(text=LOCKED, status=401, headers=headers)
        return web.Response(body=await metrics(), headers={**_FRESH, hdrs.CONTENT_TYPE: content_type})

    return [web.get("/readyz", readyz), web.get("/metrics", page)]


def _is_right(said: str, token: str) -> bool:
    scheme, _, key = said.partition(" ")
    return scheme.casefold() == "bearer" and compare_digest(key.strip().encode(), token.encode())
