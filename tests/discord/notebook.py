"""A Discord that notes what it is told, and answers as Discord does when all is well, or as told."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import web

from tests.discord import happening
from tests.discord.happening import ADA, APP, EPHEMERAL, SPACE

Json = dict[str, Any]
DROP, DROP_AFTER = "drop", "drop after"
"""A connection that breaks before Discord has done what it was asked, or after."""
_WAYS = {4: "says", 5: "thinks", 6: "waits", 7: "redraws", 8: "completes", 9: "asks"}


@dataclass(frozen=True)
class Call:
    """One thing that Discord was told: how, what, and where if that is not the interaction's own place."""

    way: str
    data: Json
    where: str = ""

    @property
    def is_private(self) -> bool:
        """Whether one person alone sees it."""
        return bool(self.data.get("flags", 0) & EPHEMERAL)

    @property
    def text(self) -> str:
        """The words, as they are read: without what keeps Discord from taking signs in them for its own."""
        embeds = self.data.get("embeds") or [{}]
        return str(self.data.get("content") or embeds[0].get("description") or "").replace("\\", "")

    @property
    def buttons(self) -> list[str]:
        """What the buttons mean."""
        rows = self.data.get("components") or []
        return [str(button.get("custom_id", "")) for row in rows for button in row.get("components", ())]

    def __str__(self) -> str:
        """Return it in a line."""
        mark = " privately" if self.is_private else ""
        place = f" in {self.where}" if self.where else ""
        return f"{self.way}{mark}{place}: {self.text}".removesuffix(": ")


class Notebook:
    """Plays Discord: notes what it is told, and answers as Discord does when all is well, or as told."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.troubles: dict[str, deque[str | tuple[int, int]]] = {}
        """What goes wrong, by the way of saying it, or by "first" for any first answer: a break, or status and code."""
        self.held: dict[str, asyncio.Event] = {}
        """What waits until its event is set, by the way of saying it."""
        self.came = asyncio.Condition()
        self._answered: dict[str, Json] = {}
        self._numbers = count(100)

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return what it serves."""
        hook, original = "/webhooks/{app}/{token}", "/webhooks/{app}/{token}/messages/@original"
        return [
            web.get("/users/@me", self._me),
            web.get("/oauth2/applications/@me", self._application),
            web.post("/interactions/{id}/{token}/callback", self._first),
            web.post(hook, self._followup),
            web.patch(original, self._filled),
            web.get(original, self._original),
            web.post("/channels/{channel}/messages", self._posted),
            web.post("/users/@me/channels", self._direct),
            web.get("/guilds/{guild}", self._guild),
            web.get("/channels/{channel}", self._channel),
            web.post("/channels/{channel}/threads", self._thread),
            web.put("/channels/{channel}/thread-members/{user}", self._member),
        ]

    async def _me(self, request: web.Request) -> web.Response:
        return _json(happening.user(APP) | {"bot": True})

    async def _application(self, request: web.Request) -> web.Response:
        more = {"bot_public": True, "bot_require_code_grant": False, "summary": "", "description": "", "icon": None}
        more |= {"owner": happening.user(ADA)}
        return _json({"id": str(APP), "name": "Circles", "verify_key": "0" * 64, "flags": 0} | more)

    async def _first(self, request: web.Request) -> web.Response:
        said, number = await _said(request), request.match_info["id"]
        way = _WAYS[said["type"]]
        trouble = self._trouble("first") or self._trouble(way)
        if trouble == DROP or isinstance(trouble, tuple):
            return await self._troubled(request, trouble)
        if number in self._answered:
            return await self._troubled(request, (400, 40060))
        data = said.get("data") or {}
        message = happening.message(number=next(self._numbers)) | {"flags": data.get("flags", 0)}
        if way in {"waits", "redraws"}:  # the answer's own message is the tapped one
            message["id"] = "5"
        self._answered[number] = self._answered[request.match_info["token"]] = message
        await self._note(Call(way, data))
        if trouble == DROP_AFTER:
            return await self._troubled(request, trouble)
        interaction = {"id": number, "type": 2}
        if way != "asks":
            interaction |= {"response_message_id": message["id"]}
        return _json({"interaction": interaction, "resource": {"type": said["type"]}})

    async def _followup(self, request: web.Request) -> web.Response:
        return await self._new("follows", request, "")

    async def _posted(self, request: web.Request) -> web.Response:
        return await self._new("posts", request, request.match_info["channel"])

    async def _new(self, way: str, request: web.Request, where: str) -> web.Response:
        said = await _said(request)
        trouble = self._trouble(way)
        if trouble == DROP or isinstance(trouble, tuple):
            return await self._troubled(request, trouble)
        await self._note(Call(way, said, where))
        if trouble == DROP_AFTER:
            return await self._troubled(request, trouble)
        return _json(happening.message(number=next(self._numbers)))

    async def _filled(self, request: web.Request) -> web.Response:
        said = await _said(request)
        trouble = self._trouble("fills")
        if trouble == DROP or isinstance(trouble, tuple):
            return await self._troubled(request, trouble)
        message = self._answered.get(request.match_info["token"])
        if message is None:
            return await self._troubled(request, (404, 10015))
        await self._note(Call("fills", said | {"flags": message["flags"]}))
        if trouble == DROP_AFTER:
            return await self._troubled(request, trouble)
        return _json(message)

    async def _original(self, request: web.Request) -> web.Response:
        return _json(self._answered[request.match_info["token"]])

    async def _direct(self, request: web.Request) -> web.Response:
        said = await _said(request)
        recipient = happening.user(int(said["recipient_id"]))
        number = str(int(said["recipient_id"]) + 10_000)
        return _json({"id": number, "type": 1, "recipients": [recipient], "last_message_id": None})

    async def _guild(self, request: web.Request) -> web.Response:
        return _json({"id": str(SPACE), "name": "The Library"})

    async def _channel(self, request: web.Request) -> web.Response:
        return _json(happening.channel())

    async def _thread(self, request: web.Request) -> web.Response:
        said = await _said(request)
        trouble = self._trouble("opens")
        if isinstance(trouble, tuple):
            return await self._troubled(request, trouble)
        await self._note(Call("opens", {"content": said["name"]}, request.match_info["channel"]))
        return _json(happening.thread())

    async def _member(self, request: web.Request) -> web.Response:
        await self._note(Call("adds", {"content": request.match_info["user"]}, request.match_info["channel"]))
        return web.Response(status=204)

    async def _note(self, call: Call) -> None:
        async with self.came:
            self.calls.append(call)
            self.came.notify_all()
        if call.way in self.held:
            await self.held[call.way].wait()

    def _trouble(self, way: str) -> str | tuple[int, int] | None:
        waiting = self.troubles.get(way)
        return waiting.popleft() if waiting else None

    async def _troubled(self, request: web.Request, trouble: str | tuple[int, int]) -> web.Response:
        async with self.came:
            self.came.notify_all()
        if isinstance(trouble, tuple):
            status, code = trouble
            return _json({"message": "secret words", "code": code}, status=status)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()


def _json(data: Json, status: int = 200) -> web.Response:
    # The library reads what has exactly this type, as Discord's answers have.
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json")


async def _said(request: web.Request) -> Json:
    if request.content_type != "multipart/form-data":
        return dict(await request.json())
    form = await request.post()
    said: Json = json.loads(str(form["payload_json"]))
    return said
