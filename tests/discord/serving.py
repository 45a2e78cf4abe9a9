"""The adapter alone before Discord on loopback, with a core that answers by a script.

async with serving(dc, KeepingInbox()) as (adapter, task):
    await up(dc, adapter)
    …
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import discord

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.client import Client
from adapters.discord.guard import Guard
from adapters.discord.letter import PLATFORM
from adapters.discord.session import GAP_S
from adapters.discord.wire import Wire
from bot.chat.adapter import Inbox
from bot.chat.message import Chart, Picture, Room, RoomKind
from bot.chat.pacing import Pace, Pacing
from bot.i18n import Catalogue
from tests.discord.people import Person
from tests.discord.recording import ScriptedInbox
from tests.discord.server.doing import Did, Interaction
from tests.discord.server.state import Channel
from tests.discord.world import World
from tests.support.patience import PATIENCE

UNHURRIED: Final = Pace()
"""No limits: for tests that are not about them, and would wait for real seconds."""
FASTER: Final = 50.0
"""How many times shorter pauses are than in life."""


async def soon(seconds: float) -> None:
    """Wait, but not for as long as in life; nobody measures how long a connection is away.

    On a busy machine, coming up alone may take longer than such a gap, which the log would then tell of.
    """
    await (asyncio.Event().wait() if seconds == GAP_S else asyncio.sleep(seconds / FASTER))


@dataclass
class KeepingInbox(ScriptedInbox):
    """The script, with a memory that a restart does not lose."""

    kept: dict[str, str] = field(default_factory=dict)

    async def recall(self, key: str) -> str:
        """Return what was kept."""
        return self.kept.get(key, "")

    async def keep(self, key: str, words: str) -> None:
        """Keep it."""
        assert len(key) <= 48
        self.kept[key] = words


def types(dc: World, person: Person, name: str) -> Interaction:
    """Let somebody use a command, which needs no menu here."""
    assert person.here is not None
    return dc.server.interactions.happens(Did.COMMAND, person.user, person.here, {"id": "1", "type": 1, "name": name})


def room_of(channel: Channel) -> Room:
    """Return a channel or thread as the core knows it."""
    if channel.parent is not None:
        return Room(PLATFORM, str(channel.parent.id), thread=str(channel.id))
    return Room(PLATFORM, str(channel.id))


def private(person: Person) -> Room:
    """Return somebody's private room as the core knows it."""
    return Room(PLATFORM, str(person.id), kind=RoomKind.PRIVATE)


def made(  # what the adapter takes
    dc: World,
    *,
    pace: Pace = UNHURRIED,
    shards: int = 0,
    gateway_url: str | None = None,
    token: str = "",
    draw: Callable[[Chart], Picture] | None = None,
    sleep: Callable[[float], Awaitable[None]] = soon,
) -> DiscordAdapter:
    """Return an adapter for the server's bot (or another, by its token)."""
    return DiscordAdapter(
        token or dc.token,
        Catalogue(),
        api_url=dc.api_url,
        gateway_url=dc.gateway_url if gateway_url is None else gateway_url,
        shards=shards,
        draw=draw,
        pace=pace,
        sleep=sleep,
        chance=lambda: 0.5,
    )


@asynccontextmanager
async def running(
    dc: World, adapter: DiscordAdapter, inbox: Inbox
) -> AsyncIterator[tuple[DiscordAdapter, asyncio.Task[None]]]:
    """Yield an adapter that runs before an inbox, and its task. It has only begun to come up."""
    task: asyncio.Task[None] = asyncio.create_task(adapter.run(inbox), name="discord")
    dc.busy.append(lambda: adapter.is_busy)
    await asyncio.sleep(0)
    try:
        yield adapter, task
    finally:
        await stopped(task)


@asynccontextmanager
async def serving(
    dc: World,
    inbox: Inbox | None = None,
    *,
    pace: Pace = UNHURRIED,
    shards: int = 0,
    sleep: Callable[[float], Awaitable[None]] = soon,
) -> AsyncIterator[DiscordAdapter]:
    """Yield an adapter that is up."""
    adapter = made(dc, pace=pace, shards=shards, sleep=sleep)
    async with running(dc, adapter, inbox or KeepingInbox()):
        await up(adapter)
        await dc.quiet()
        yield adapter


async def up(adapter: DiscordAdapter) -> None:
    """Wait until an adapter is up."""
    await asyncio.wait_for(adapter.is_up.wait(), PATIENCE)


async def stopped(task: asyncio.Task[None]) -> None:
    """Stop something that runs, and raise what broke it before."""
    task.cancel()
    await asyncio.wait({task}, timeout=PATIENCE)  # and no longer, even for what cannot be stopped
    assert task.done(), task.get_stack()
    with suppress(asyncio.CancelledError):
        task.result()


@asynccontextmanager
async def wired(
    dc: World, pacing: Pacing | None = None, *, sleep: Callable[[float], Awaitable[object]] = soon
) -> AsyncIterator[Wire]:
    """Yield the way to Discord alone: nobody listens to what people do."""
    client = Client(heard=_unheard, watch=Guard().watch())
    wire = Wire(pacing or Pacing(UNHURRIED), sleep=sleep, chance=lambda: 0.5)
    try:
        await client.login(dc.token)
        wire.speak_by(client)
        yield wire
    finally:
        await client.close()


async def _unheard(interaction: discord.Interaction) -> None:
    raise AssertionError(interaction)
