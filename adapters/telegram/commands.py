"""The menus that Telegram shows when somebody types `/`: per scope and language, told only when they have changed."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Final

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)
from telegram.constants import BotCommandLimit

from bot.chat.adapter import CommandHelp, Inbox
from bot.i18n import Catalogue

log = logging.getLogger(__name__)

_NAME: Final = re.compile(r"[a-z0-9_]{1,32}")
_LONGEST_SUMMARY: Final = int(BotCommandLimit.MAX_DESCRIPTION)
_MOST: Final = int(BotCommandLimit.MAX_COMMAND_NUMBER)
_SCOPES: Final[Sequence[tuple[BotCommandScope, bool]]] = (
    (BotCommandScopeDefault(), False),
    (BotCommandScopeAllPrivateChats(), False),
    (BotCommandScopeAllGroupChats(), True),
    (BotCommandScopeAllChatAdministrators(), False),
)
"""For whom a menu is, and whether what only those need who run things is left out of it."""
Menu = tuple[tuple[str, str], ...]
"""Names and summaries."""


async def tell(bot: Bot, inbox: Inbox, catalogue: Catalogue) -> None:
    """Tell Telegram the menus if they are others than it was told last. Raises `TelegramError`."""
    menus = {code: await inbox.commands(tag) for code, tag in _languages(catalogue).items()}
    told = f"{_digest(menus)} {' '.join(filter(None, menus))}".strip()
    key = f"telegram:menu:{bot.id}"
    before = await inbox.recall(key)
    if before == told:
        return
    gone = set(before.split()[1:]) - set(menus)
    for scope, for_everyone in _SCOPES:
        for code, commands in menus.items():
            shown = [BotCommand(name, summary) for name, summary in menu(commands, for_everyone=for_everyone)]
            await bot.set_my_commands(shown, scope, code or None)
        for code in sorted(gone):
            await bot.delete_my_commands(scope, code)
    await inbox.keep(key, told)
    log.info("Telegram knows the commands in: %s", ", ".join(filter(None, menus)))


def menu(commands: Sequence[CommandHelp], *, for_everyone: bool) -> Menu:
    """Return a menu as Telegram takes it. Its limits: https://core.telegram.org/bots/api#botcommand."""
    return tuple(
        (command.name, _cut(command.summary or command.name))
        for command in commands
        if (command.everyone or not for_everyone) and not command.unlisted and _NAME.fullmatch(command.name)
    )[:_MOST]


def _languages(catalogue: Catalogue) -> Mapping[str, str]:
    """Return Telegram's codes and ours of every language; "" is for those whose language has no menu.

    Telegram knows languages by two letters alone: where two of ours share them, the more general speaks for both.
    """
    languages = {"": catalogue.default}
    for tag in sorted(catalogue.languages, key=len):
        code = tag.partition("-")[0].lower()
        if len(code) == 2:  # noqa: PLR2004  # ISO 639-1
            languages.setdefault(code, tag)
    return languages


def _cut(summary: str) -> str:
    return summary if len(summary) <= _LONGEST_SUMMARY else f"{summary[: _LONGEST_SUMMARY - 1]}…"


def _digest(menus: Mapping[str, Sequence[CommandHelp]]) -> str:
    everything = {
        code: [menu(commands, for_everyone=for_everyone) for _, for_everyone in _SCOPES]
        for code, commands in menus.items()
    }
    return blake2b(json.dumps(everything).encode(), digest_size=16).hexdigest()
