"""What completes the words that somebody is typing for a command's option."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
from discord.app_commands import Choice

from adapters.discord.commands import CHOICES, LONGEST_CHOICE, chosen
from adapters.discord.inbound import place, sender
from adapters.discord.letter import Json
from bot.chat.adapter import CommandHelp, Inbox
from bot.chat.inbound import Command
from bot.chat.words import units

log = logging.getLogger(__name__)


async def complete(interaction: discord.Interaction, inbox: Inbox, commands: Sequence[CommandHelp]) -> None:
    """Answer with what completes the option that is being typed. Never raises; too late is as good as not at all.

    `commands` are the core's, in any language.
    """
    try:
        found = await _found(interaction, inbox, commands)
    except Exception as error:  # noqa: BLE001  # whatever it is, somebody is typing, and can go on without
        log.warning("nothing to complete with: %s", type(error).__name__)
        found = []
    try:
        await interaction.response.autocomplete(found)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:  # who types on has asked again already
        log.debug("a completion was not taken: %s", type(error).__name__)


async def _found(interaction: discord.Interaction, inbox: Inbox, commands: Sequence[CommandHelp]) -> list[Choice[str]]:
    data: Json = dict(interaction.data or {})
    name, options = str(data.get("name", "")), list(data.get("options", ()))
    asked = next((option for option in options if option.get("focused")), None)
    intent = next((command.intent for command in commands if command.name == name), None)
    if asked is None or intent is None:
        return []
    said = {option["name"]: _words(option) for option in options if option is not asked}
    act = Command(name=name, options=said, sender=sender(interaction), place=place(interaction))
    completions = await inbox.completions(act, intent, asked["name"], _words(asked))
    shown = {value: words for value, words in completions if 0 < units(value) <= LONGEST_CHOICE}
    return [Choice(name=chosen(value, words), value=value) for value, words in shown.items()][:CHOICES]


def _words(option: dict[str, Any]) -> str:
    return str(option.get("value", "")).strip()
