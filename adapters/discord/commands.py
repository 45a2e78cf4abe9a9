"""The menu that Discord shows when somebody types `/`: every command with what can be said along with it, in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from adapters.discord.letter import Json
from bot.chat.adapter import CommandHelp, Inbox
from bot.i18n import Catalogue


async def tell(client: discord.Client, inbox: Inbox, catalogue: Catalogue) -> None:
    """Tell Discord the commands if they are others than it was told last. Raises `discord.HTTPException`."""
    raise NotImplementedError


def payload(help_by_language: Mapping[str, Sequence[CommandHelp]]) -> list[Json]:
    """Return the commands in Discord's words; the first language speaks for all that have no words of their own.

    An option is called by its field's name, whatever it is shown as: that is what comes back.
    """
    raise NotImplementedError
