"""The library's client, without its memory: nothing of any server is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord


class Client(discord.AutoShardedClient):
    """One bot's connection to Discord; `heard` is awaited with every interaction, each in a task of its own."""

    def __init__(self, *, heard: Callable[[discord.Interaction], Awaitable[None]]) -> None:
        super().__init__(intents=discord.Intents.none())
        self._heard = heard
