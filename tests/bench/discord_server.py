"""Discord in a process of its own, as light as can be: a gateway that hands out taps, and counts what comes back.

It keeps no servers and has no limits (`tests/discord/server` has both): it is what every contender in
`tests.bench.discord` is measured against, so that nothing but the contender's own CPU counts. It is told what to do by
`POST /control`, whose answer comes when all of it has been done.

A tap is *in flight* from its event on the gateway until its answer has come, which takes 50 ms as the network does.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque

from aiohttp import WSMsgType, web

from tests.bench._discord_said import APPLICATION, LABELS, ME, MEMBERS, announced, message, server_id, tap

LATENCY_S = 0.05
_REDRAWN = 7
_DISPATCH, _HEARTBEAT, _IDENTIFY, _HELLO, _ACK = 0, 1, 2, 10, 11


class _Connection:
    """One connection to the gateway, compressed as Discord compresses it."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._zlib = zlib.compressobj()
        self._sequence = 0

    async def send(self, op: int, data: object, name: str | None = None) -> None:
        if op == _DISPATCH:
            self._sequence += 1
        sent = json.dumps({"op": op, "d": data, "s": self._sequence if op == _DISPATCH else None, "t": name})
        await self._socket.send_bytes(self._zlib.compress(sent.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))


class Discord:
    """What the requests share."""

    def __init__(self) -> None:
        self._gateway: _Connection | None = None
        self._connected = asyncio.Event()
        self._payloads: list[list[str]] = []
        self._turns: list[int] = []
        self._servers_in_ready = 0
        self._numbers = 0
        self._in_flight: dict[str, int] = {}
        self._free: deque[int] = deque()
        self._left = self._answers = self._stray = 0
        self._over = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.post("/control", self._control),
            web.get("/gateway/", self._gateway_opened),
            web.get("/api/v10/gateway/bot", self._where),
            web.post("/api/v10/interactions/{id}/{token}/callback", self._answered),
            web.route("*", "/api/v10/{path:.*}", self._others),
        ]

    # The gateway

    async def _gateway_opened(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        gateway = _Connection(socket)
        await gateway.send(_HELLO, {"heartbeat_interval": 41_250})
        async for came in socket:
            if came.type is not WSMsgType.TEXT:
                break
            said = came.json()
            if said["op"] == _HEARTBEAT:
                await gateway.send(_ACK, None)
            elif said["op"] == _IDENTIFY:
                servers = [{"id": str(server_id(at)), "unavailable": True} for at in range(self._servers_in_ready)]
                ready = {
                    "v": 10,
                    "user": ME,
                    "guilds": servers,
                    "session_id": "a session",
                    "resume_gateway_url": f"ws://{request.host}/gateway/",
                    "application": APPLICATION,
                    "shard": said["d"].get("shard", [0, 1]),
                }
                await gateway.send(_DISPATCH, ready, "READY")
                self._gateway = gateway
                self._connected.set()
        return socket

    async def _where(self, request: web.Request) -> web.Response:
        limits = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return _json({"url": f"ws://{request.host}/gateway/", "shards": 1, "session_start_limit": limits})

    # What is ordered

    async def _control(self, request: web.Request) -> web.Response:
        order = await request.json()
        if "payloads" in order:
            self._payloads = order["payloads"]
            self._turns = [0] * len(self._payloads)
            return _json({})
        if "servers" in order:
            self._servers_in_ready = order["servers"]
            return _json({})
        await self._connected.wait()
        assert self._gateway is not None
        if "announce" in order:
            for number in range(order["announce"]):
                await self._gateway.send(_DISPATCH, announced(number, order["members"]), "GUILD_CREATE")
            return _json({})
        self._answers = self._stray = 0
        self._left, self._free = order["count"], deque(range(order["groups"]))
        self._over.clear()
        for _ in range(min(order["at_once"], self._left)):
            await self._tap()
        await self._over.wait()
        return _json({"answers": self._answers, "edits": self._answers, "stray": self._stray})

    async def _tap(self) -> None:
        assert self._gateway is not None
        self._left -= 1
        self._numbers += 1
        chosen = self._free.popleft()
        turn = self._turns[chosen]
        self._turns[chosen] += 1
        # Each member goes through the answers in turn, so that every tap changes what the card shows.
        payloads = self._payloads[chosen]
        tapped = tap(self._numbers, chosen, turn % MEMBERS, payloads[(turn // MEMBERS) % len(LABELS)], payloads)
        self._in_flight[tapped["id"]] = chosen
        await self._gateway.send(_DISPATCH, tapped, "INTERACTION_CREATE")

    # What comes back

    async def _answered(self, request: web.Request) -> web.Response:
        given = await request.json()
        await asyncio.sleep(LATENCY_S)
        number = request.match_info["id"]
        chosen = self._in_flight.pop(number, None)
        if (
            chosen is None
            or given["type"] != _REDRAWN
            or len(given["data"]["components"][0]["components"]) < len(LABELS)
        ):
            self._stray += 1
        else:
            self._answers += 1
            self._free.append(chosen)
            asyncio.get_running_loop().create_task(self._go_on())
        if "with_response" not in request.query:
            return web.Response(status=204)
        shown = message(chosen or 0, self._payloads[chosen or 0])
        callback = {
            "interaction": {"id": number, "type": 3, "response_message_id": shown["id"]},
            "resource": {"type": 7, "message": shown},
        }
        return _json(callback)

    async def _go_on(self) -> None:
        if self._left:
            await self._tap()
        elif not self._in_flight:
            self._over.set()

    async def _others(self, request: web.Request) -> web.Response:
        match request.method, request.match_info["path"]:
            case "GET", "users/@me":
                return _json(ME)
            case "GET", "oauth2/applications/@me" | "applications/@me":
                me = {"name": "circlebot", "icon": None, "description": "", "bot_public": True, "verify_key": "00"}
                owner = {"owner": ME, "bot_require_code_grant": False, "summary": ""}
                return _json(APPLICATION | me | owner)
            case _:
                return _json([])


def _json(body: object) -> web.Response:
    """Return JSON under the very name by which the library knows it."""
    return web.Response(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


async def _run() -> None:
    application = web.Application(client_max_size=1 << 26)
    application.add_routes(Discord().routes())
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run())
