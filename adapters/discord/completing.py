"""What completes the words that somebody is typing for a command's option."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.adapter import CommandHelp, Inbox


async def complete(interaction: discord.Interaction, inbox: Inbox, commands: Sequence[CommandHelp]) -> None:
    """Answer with what completes the option that is being typed. Never raises; too late is as good as not at all.

    `commands` are the core's, in any language.
    """
    raise NotImplementedError
