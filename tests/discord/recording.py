"""The answering part with a notebook for Discord and a script for a core: to see exactly what is said to whom."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import discord
from aiohttp import web

from adapters.discord.answering import Answering
from adapters.discord.client import Client, told
from adapters.discord.wire import Wire
from bot.chat.adapter import CommandHelp
from bot.chat.inbound import Act, Inbound
from bot.chat.intents import Intent
from bot.chat.message import Card, Chart, Message, Picture, Posted, Redraw, Reply
from bot.chat.pacing import Pace, Pacing
from bot.i18n import Catalogue
from tests.discord.notebook import Call, Json, Notebook

TOKEN = "OTAw.Gknown.not-a-secret_token"


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


@dataclass
class _Waiting:
    """What is done when a time has come, unless it is called off."""

    until: float
    do: Callable[[], None]
    is_over: bool = False

    def cancel(self) -> None:
        """Call it off."""
        self.is_over = True


class Clock:
    """Seconds that pass only as told."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._waiting: list[_Waiting] = []
        self._somebody_waits = asyncio.Event()

    def monotonic(self) -> float:
        """Return the time."""
        return self.now

    def later(self, seconds: float, do: Callable[[], None]) -> _Waiting:
        """Do something when so much time has passed."""
        waiting = _Waiting(self.now + seconds, do)
        self._waiting.append(waiting)
        self._somebody_waits.set()
        return waiting

    @property
    def waiting(self) -> int:
        """How many wait for time to pass."""
        return sum(not one.is_over for one in self._waiting)

    async def is_waited_for(self, seconds: float, people: int = 1) -> None:
        """Return when so many wait for so much time."""
        until = self.now + seconds
        while sum(one.until == until and not one.is_over for one in self._waiting) < people:
            self._somebody_waits.clear()
            await self._somebody_waits.wait()

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        for one in self._waiting:
            if one.until <= self.now + 1e-9 and not one.is_over:
                one.is_over = True
                one.do()
        self._waiting = [one for one in self._waiting if not one.is_over]


class SlowPen:
    """Draws charts when it is told to, on a thread as always."""

    def __init__(self) -> None:
        self.is_drawing = asyncio.Event()
        self.may_draw = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def draw(self, chart: Chart) -> Picture:
        """Draw a chart."""
        self._loop.call_soon_threadsafe(self.is_drawing.set)
        asyncio.run_coroutine_threadsafe(self._told(), self._loop).result()
        return Picture(b"png", chart.alt)

    async def _told(self) -> None:
        await self.may_draw.wait()


class Scene:
    """The answering part with a notebook for Discord, and a script for a core."""

    def __init__(self, client: Client, notebook: Notebook, draw: Callable[[Chart], Picture] | None = None) -> None:
        self.notebook, self.inbox, self.clock = notebook, ScriptedInbox(), Clock()
        self.client = client
        self.wire = Wire(Pacing(Pace(bot_second=50)), sleep=_at_once, chance=lambda: 0.0)
        self.wire.speak_by(client)
        self.answering = Answering(
            self.wire, Catalogue(), draw=draw, later=self.clock.later, monotonic=self.clock.monotonic
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
        return told(data, self.client._connection)

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
