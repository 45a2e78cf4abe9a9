"""The same tap in discord.py alone: one lasting `DynamicItem` that answers with a new view, and no database behind it.

`python -m tests.bench.discord_rivals 1000x8` measures the library as its documentation shows it.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence

import discord
from yarl import URL

from tests.bench._control import Control, Cost, asked, made_up_payloads, measured, server, told
from tests.bench._discord_said import LABELS, TEXT, TITLE, TOKEN


class Answer(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"rs\.(?P<rest>.+)"):
    """A button that works for ever."""

    def __init__(self, label: str, rest: str) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"rs.{rest}"))
        self.rest = rest

    @classmethod
    async def from_custom_id(  # type: ignore[override]  # the library's own signature has no types for the item
        cls,
        interaction: discord.Interaction,  # noqa: ARG003  # the library's own
        item: discord.ui.Button[discord.ui.View],
        match: re.Match[str],
    ) -> Answer:
        """Return the button that was tapped."""
        return cls(item.label or "", match["rest"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Draw the card anew."""
        view = discord.ui.View(timeout=None)
        for label in LABELS:
            view.add_item(Answer(label, f"1.{label[:3]}.syyrz4"))
        embed = discord.Embed(title=TITLE, description=TEXT, colour=3_447_003)
        await interaction.response.edit_message(embed=embed, view=view)


class Bot(discord.Client):
    """The library as it comes."""

    async def setup_hook(self) -> None:
        """Listen for the buttons of old messages, too."""
        self.add_dynamic_items(Answer)


async def taps(control: Control, plan: Sequence[tuple[int, int]]) -> list[Cost]:
    """Serve taps as the library's documentation shows it."""
    discord.http.Route.BASE = f"{control.url}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(f"{control.url}/gateway/")
    await control.order(payloads=made_up_payloads())
    async with Bot(intents=discord.Intents.none()) as bot, asyncio.TaskGroup() as group:
        group.create_task(bot.start(TOKEN))
        costs = await measured(control, plan)
        await bot.close()
    return costs


def _main() -> None:
    with server("discord_server") as control:
        told(asyncio.run(taps(control, asked(sys.argv[1:]))))


if __name__ == "__main__":
    _main()
