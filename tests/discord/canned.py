"""A Discord that says what it was told to say, whatever is asked: for set-ups that no well-run one has."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
from aiohttp import web

TOKEN = "NzAwMDAwMDAwMDAwMDAwMDA3.Gknown.not-a-secret_token"
ME: Mapping[str, Any] = {"id": "7", "username": "circles_bot", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION: Mapping[str, Any] = {
    "id": "7",
    "name": "Circles",
    "description": "",
    "icon": None,
    "verify_key": "0" * 64,
    "flags": 0,
    "owner": {"id": "1", "username": "ada", "discriminator": "0", "avatar": None},
    "bot_public": True,
    "bot_require_code_grant": False,
    "interactions_endpoint_url": None,
    "approximate_guild_count": 1,
    "integration_types_config": {"0": {}},
}


class Refusal(dict[str, Any]):
    """An answer that is none: its status, and Discord's own number for why."""

    def __init__(self, status: int, code: int = 0) -> None:
        super().__init__(message="No", code=code)
        self.status = status


def gateway(address: str = "", *, left: int = 1000, shards: int = 1) -> Mapping[str, Any]:
    """Return what Discord says of its gateway."""
    limit = {"total": 1000, "remaining": left, "reset_after": 3_600_000, "max_concurrency": 1}
    return {"url": address, "shards": shards, "session_start_limit": limit}


@dataclass
class Canned:
    """The server; `answers` are by path, below /api/v10. It says its `greeting` at its gateway, unless `is_mute`.

    `asked` are all requests, `told` what was sent along with them.
    """

    address: str = ""
    answers: dict[str, Mapping[str, Any] | list[Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    is_mute: bool = False
    greeting: Mapping[str, Any] = field(default_factory=lambda: {"op": 10, "d": {"heartbeat_interval": 41250}})

    @property
    def gateway_url(self) -> str:
        """Where its gateway is."""
        return self.address.replace("http:", "ws:") + "/gateway"

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a request."""
        path = request.path.removeprefix("/api/v10")
        self.asked.append(f"{request.method} {path}")
        if request.can_read_body:
            self.told.append(await request.json())
        if "Authorization" in request.headers and request.headers["Authorization"] != f"Bot {TOKEN}":
            return _said(Refusal(401))
        found = self.answers.get(path, Refusal(404, 10003))
        return _said(found)

    async def greet(self, request: web.Request) -> web.WebSocketResponse:
        """Say hello, as the gateway does."""
        if self.is_mute:
            raise web.HTTPBadGateway
        self.asked.append(f"gateway ?{request.query_string}")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json(self.greeting)
        self.asked.extend([message.data async for message in socket])
        return socket


def _said(answer: Mapping[str, Any] | list[Any]) -> web.Response:
    # As Discord has it: with a character set behind it, the library would not know it for JSON.
    headers = {"Content-Type": "application/json"}
    status = answer.status if isinstance(answer, Refusal) else 200
    return web.Response(body=json.dumps(answer), headers=headers, status=status)


@asynccontextmanager
async def canned() -> AsyncIterator[Canned]:
    """Yield the server on a free port, with an application that is set up as it should be."""
    made, application = Canned(), web.Application()
    application.router.add_get("/gateway", made.greet)
    application.router.add_route("*", "/api/v10/{path:.*}", made.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    made.answers |= {"/users/@me": ME, "/applications/@me": APPLICATION, "/oauth2/applications/@me": APPLICATION}
    made.answers["/gateway/bot"] = gateway(made.gateway_url)
    try:
        yield made
    finally:
        await runner.cleanup()


@asynccontextmanager
async def logged_in(there: Canned) -> AsyncIterator[discord.Client]:
    """Yield a client of the library that has logged in there."""
    before, discord.http.Route.BASE = discord.http.Route.BASE, f"{there.address}/api/v10"
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(TOKEN)
        there.asked.clear()
        yield client
    finally:
        await client.close()
        discord.http.Route.BASE = before
