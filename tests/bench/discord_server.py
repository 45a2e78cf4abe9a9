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
from collections.abc import Sequence
from typing import Any

from aiohttp import WSMsgType, web

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.bench.token-that-is-as-long-as-a-real"  # made up
ME = {
    "id": "123456789012345678",
    "username": "circlebot",
    "discriminator": "0000",
    "global_name": None,
    "avatar": None,
    "bot": True,
    "flags": 0,
}
APPLICATION = {"id": ME["id"], "flags": 0}
LABELS = ("I'm coming", "Maybe", "Can't make it")
TITLE = "Circle 17 · meeting 1: Loops and lists"
TEXT = (
    "**Circle 17** (Python basics) meets on <t:1795539600:F> (<t:1795539600:R>), 90 minutes.\n[Join the call]"
    "(https://meet.example/py)\n\n**2 coming**: Ada Lovelace 1 and Grace Hopper 2\n**1 maybe**: Linus 3"
)
"""About what our card says: every contender draws a message of this size over one of this size."""
MEMBERS = 4
"""How many members of each server tap, in turn."""
LATENCY_S = 0.05
PERMISSIONS = str(0b11111 << 10)
_REDRAWN = 7
_DISPATCH, _HEARTBEAT, _IDENTIFY, _HELLO, _ACK = 0, 1, 2, 10, 11


def server_id(number: int) -> int:
    """Return the id of a server."""
    return 600_000_000_000_000_000 + number


def channel_id(number: int) -> int:
    """Return the id of its channel."""
    return 700_000_000_000_000_000 + number


def card_id(number: int) -> int:
    """Return the id of the message that shows the card there."""
    return 800_000_000_000_000_000 + number


def user_id(number: int, member: int) -> int:
    """Return the id of a member of a server."""
    return 900_000_000_000_000_000 + number * MEMBERS + member


def message(number: int, payloads: Sequence[str]) -> dict[str, Any]:
    """Return a server's card as Discord tells it, with these payloads on its buttons."""
    return {
        "id": str(card_id(number)),
        "channel_id": str(channel_id(number)),
        "author": ME,
        "content": "",
        "timestamp": "2026-11-20T18:00:00.000000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [{"type": "rich", "title": TITLE, "description": TEXT, "color": 3_447_003}],
        "components": [
            {
                "type": 1,
                "id": 1,
                "components": [
                    {"type": 2, "id": 2 + at, "style": 2, "label": label, "custom_id": payload}
                    for at, (label, payload) in enumerate(zip(LABELS, payloads, strict=True))
                ],
            }
        ],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }


def tap(number: int, chosen: int, member: int, payload: str, payloads: Sequence[str]) -> dict[str, Any]:
    """Return a tap as it comes on the gateway."""
    return {
        "id": str(1_000_000_000_000_000_000 + number),
        "application_id": ME["id"],
        "type": 3,
        "token": f"a-token-as-long-as-a-real-one-is-{'x' * 180}{number}",
        "version": 1,
        "data": {"id": 2, "custom_id": payload, "component_type": 2},
        "guild_id": str(server_id(chosen)),
        "guild": {"id": str(server_id(chosen)), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "locale": "en-US",
        "channel_id": str(channel_id(chosen)),
        "channel": {
            "id": str(channel_id(chosen)),
            "guild_id": str(server_id(chosen)),
            "name": "circle",
            "type": 0,
            "position": 0,
            "permissions": PERMISSIONS,
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "flags": 0,
        },
        "member": {
            "user": {
                "id": str(user_id(chosen, member)),
                "username": f"person_{chosen}_{member}",
                "global_name": f"Person {member} of {chosen}",
                "discriminator": "0",
                "avatar": None,
                "public_flags": 0,
            },
            "roles": [],
            "joined_at": "2026-01-01T00:00:00.000000+00:00",
            "permissions": PERMISSIONS,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
            "avatar": None,
            "premium_since": None,
            "pending": False,
        },
        "message": message(chosen, payloads),
        "app_permissions": PERMISSIONS,
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(server_id(chosen))},
        "context": 0,
        "attachment_size_limit": 10_485_760,
    }


def announced(number: int, members: int) -> dict[str, Any]:
    """Return a whole server with its members, as it is told to those who ask for servers."""
    return {
        "id": str(server_id(number)),
        "name": f"Library {number}",
        "owner_id": str(user_id(number, 0)),
        "member_count": members,
        "unavailable": False,
        "roles": [{"id": str(server_id(number)), "name": "@everyone", "permissions": PERMISSIONS, "position": 0}],
        "channels": [{"id": str(channel_id(number)), "type": 0, "name": "circle", "position": 0}],
        "members": [
            {
                "user": {"id": str(number * 1000 + member), "username": f"m{member}", "discriminator": "0"},
                "roles": [],
                "joined_at": "2026-01-01T00:00:00.000000+00:00",
                "deaf": False,
                "mute": False,
                "flags": 0,
            }
            for member in range(members)
        ],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "emojis": [],
        "stickers": [],
        "features": [],
    }


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
