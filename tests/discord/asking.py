"""Requests as they are, and the library as it is: for tests of the server itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord

from tests.discord.server.problems import Json
from tests.discord.world import World

Hearer = Callable[[discord.Interaction], Awaitable[object]]


@dataclass(frozen=True)
class Answer:
    """What was answered to a request."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> int:
        """Discord's own code for why something was refused."""
        return int(self.body["code"])

    def wrong(self, path: str) -> list[str]:
        """Return the codes of what is wrong at a path such as `embeds.0.title`."""
        here: Json = self.body.get("errors", {})
        for part in path.split("."):
            here = here.get(part, {})
        return [one["code"] for one in here.get("_errors", [])]


async def ask(dc: World, method: str, path: str, body: object = None, *, token: str | None = None) -> Answer:
    """Send a request, with the bot's token unless told."""
    headers = {"Authorization": f"Bot {dc.token if token is None else token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{dc.api_url}/api/v10{path}", json=body, headers=headers) as response,
    ):
        text = await response.text()
        shown = await response.json() if text and "json" in response.content_type else text
        return Answer(response.status, shown, dict(response.headers))


class Library(discord.AutoShardedClient):
    """The library's client, with one function that hears of everything that people do."""

    def __init__(self, heard: Hearer | None = None, **options: Any) -> None:  # noqa: ANN401  # the library's
        super().__init__(intents=discord.Intents.none(), max_messages=None, guild_ready_timeout=0.0, **options)
        self.heard: list[discord.Interaction] = []
        self.known: list[str] = []
        """What happened to its connections."""
        self._heard = heard

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Hear of what somebody did."""
        self.heard.append(interaction)
        if self._heard is not None:
            await self._heard(interaction)

    async def on_shard_ready(self, shard: int) -> None:
        """Note that a connection has begun."""
        self.known.append(f"ready {shard}")

    async def on_shard_resumed(self, shard: int) -> None:
        """Note that a connection goes on."""
        self.known.append(f"resumed {shard}")

    async def on_shard_disconnect(self, shard: int) -> None:
        """Note that a connection has gone."""
        self.known.append(f"gone {shard}")


@asynccontextmanager
async def library(dc: World, heard: Hearer | None = None, **options: Any) -> AsyncIterator[Library]:  # noqa: ANN401  # the library's
    """Yield the library's client, connected."""
    client = Library(heard, **options)
    await client.login(dc.token)
    task, ready = asyncio.create_task(client.connect()), asyncio.create_task(client.wait_until_ready())
    try:
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield client
    finally:
        ready.cancel()
        await client.close()
        await asyncio.gather(task, ready, return_exceptions=True)


async def answering(dc: World, *names: str) -> None:
    """Put commands on the menu."""
    menu = [{"name": name, "description": f"About {name}", "type": 1} for name in names]
    answer = await ask(dc, "PUT", f"/applications/{dc.realm.bot.id}/commands", menu)
    assert answer.status == 200, answer
