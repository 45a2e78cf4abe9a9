"""A Discord that notes what it is told, and a core that answers by a script: to see exactly what is said to whom."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import discord
from aiohttp import web

from adapters.discord.answering import Answering
from adapters.discord.client import Client
from adapters.discord.wire import Wire
from bot.chat.adapter import CommandHelp
from bot.chat.inbound import Act, Inbound
from bot.chat.intents import Intent
from bot.chat.message import Card, Chart, Message, Picture, Posted, Redraw, Reply
from bot.chat.pacing import Pace, Pacing
from bot.i18n import Catalogue
from tests.discord import happening
from tests.discord.happening import ADA, APP, EPHEMERAL, SPACE

Json = dict[str, Any]
TOKEN = "OTAw.Gknown.not-a-secret_token"
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


@dataclass
class ScriptedInbox:
    """The core's part: replies in the order in which the script has them."""

    replies: deque[Reply | Exception] = field(default_factory=deque)
    heard: list[Inbound] = field(default_factory=list)
    stood: list[tuple[Card, Posted]] = field(default_factory=list)
    drawn: list[tuple[Posted, Redraw]] = field(default_factory=list)
    minds: Callable[[Act], bool] = lambda _: False
    ready: dict[str, asyncio.Event] = field(default_factory=dict)
    """What the core thinks about until its event is set: by what somebody does, as `thing` has it."""
    asked: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def receive(self, inbound: Inbound) -> Reply:
        """Answer by the script."""
        self.heard.append(inbound)
        async with self.asked:
            self.asked.notify_all()
        if (waits := self.ready.get(thing(inbound))) is not None:
            await waits.wait()
        reply = self.replies.popleft() if self.replies else None
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def until_asked(self, number: int = 1) -> None:
        """Return when the core has heard of so much."""
        async with self.asked:
            await self.asked.wait_for(lambda: len(self.heard) >= number)

    async def stands(self, card: Card, posted: Posted, message: Message) -> None:
        """Note what stands where."""
        self.stood.append((card, posted))

    def drew(self, posted: Posted, reply: Redraw) -> None:
        """Note what was drawn where."""
        self.drawn.append((posted, reply))

    def minds_who_runs(self, act: Act) -> bool:
        """Say what the script says."""
        return self.minds(act)

    async def recall(self, key: str) -> str:
        """Return nothing."""
        return ""

    async def keep(self, key: str, words: str) -> None:
        """Keep nothing."""

    async def commands(self, language: str) -> Sequence[CommandHelp]:
        """Return no commands."""
        return ()

    async def completions(
        self, inbound: Inbound, intent: type[Intent], field: str, words: str
    ) -> Sequence[tuple[str, str]]:
        """Complete nothing."""
        return ()


def thing(inbound: Inbound) -> str:
    """Return what somebody does: a command's name, a button's payload."""
    return str(getattr(inbound, "name", "") or getattr(inbound, "payload", ""))


class Clock:
    """Seconds that pass only as told."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []
        self._somebody_waits = asyncio.Condition()

    def monotonic(self) -> float:
        """Return the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait until so much time has passed."""
        over = asyncio.get_running_loop().create_future()
        self._waiting.append((self.now + seconds, over))
        async with self._somebody_waits:
            self._somebody_waits.notify_all()
        await over

    @property
    def waiting(self) -> int:
        """How many wait for time to pass."""
        return sum(not over.done() for _, over in self._waiting)

    async def is_waited_for(self, seconds: float, people: int = 1) -> None:
        """Return when so many wait for so much time."""
        until = self.now + seconds
        async with self._somebody_waits:
            await self._somebody_waits.wait_for(
                lambda: sum(when == until and not over.done() for when, over in self._waiting) >= people
            )

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        for until, over in self._waiting:
            if until <= self.now + 1e-9 and not over.done():
                over.set_result(None)
        self._waiting = [(until, over) for until, over in self._waiting if not over.done()]


class Scene:
    """The answering part with a notebook for Discord, and a script for a core."""

    def __init__(self, client: Client, notebook: Notebook, draw: Callable[[Chart], Picture] | None = None) -> None:
        self.notebook, self.inbox, self.clock = notebook, ScriptedInbox(), Clock()
        self.client = client
        self.wire = Wire(Pacing(Pace(bot_second=50)), sleep=_at_once, chance=lambda: 0.0)
        self.wire.speak_by(client)
        self.answering = Answering(
            self.wire, Catalogue(), draw=draw, sleep=self.clock.sleep, monotonic=self.clock.monotonic
        )

    @property
    def calls(self) -> list[Call]:
        """What Discord was told so far."""
        return self.notebook.calls

    def told(self) -> list[str]:
        """Return the same, in lines."""
        return [str(call) for call in self.calls]

    def interaction(self, data: Json) -> discord.Interaction[Client]:
        """Return an interaction as the library reads it."""
        return discord.Interaction(data=data, state=self.client._connection)  # type: ignore[arg-type]

    async def happens(self, data: Json, *replies: Reply | Exception) -> list[str]:
        """Let an interaction come in, which the core answers so; return what Discord is told because of it."""
        self.inbox.replies.extend(replies)
        before = len(self.calls)
        await self.answering.receive(self.interaction(data), self.inbox)
        return self.told()[before:]

    def begins(self, data: Json, *replies: Reply | Exception) -> asyncio.Task[None]:
        """Let an interaction come in, and return before it is answered."""
        self.inbox.replies.extend(replies)
        return asyncio.ensure_future(self.answering.receive(self.interaction(data), self.inbox))

    async def until(self, number: int) -> list[str]:
        """Wait until Discord was told so many things; return them."""
        async with self.notebook.came:
            await self.notebook.came.wait_for(lambda: len(self.calls) >= number)
        return self.told()

    async def until_refused(self, way: str) -> None:
        """Wait until everything has gone wrong that was to."""
        async with self.notebook.came:
            await self.notebook.came.wait_for(lambda: not self.notebook.troubles[way])


async def _at_once(_: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def staged(draw: Callable[[Chart], Picture] | None = None) -> AsyncIterator[Scene]:
    """Serve a notebook on loopback, and let a client of the library log in there."""
    notebook = Notebook()
    app = web.Application()
    api = web.Application()
    api.add_routes(notebook.routes())
    app.add_subapp("/api/v10", api)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    before, discord.http.Route.BASE = discord.http.Route.BASE, f"http://127.0.0.1:{port}/api/v10"
    client = Client(heard=_unheard)
    try:
        await client.login(TOKEN)
        yield Scene(client, notebook, draw)
    finally:
        await client.close()
        discord.http.Route.BASE = before
        await runner.cleanup()


async def _unheard(_: discord.Interaction) -> None:
    raise AssertionError
