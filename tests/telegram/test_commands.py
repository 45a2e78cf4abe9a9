"""The menus that Telegram shows: for whom, in which languages, and told only when they have changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot
from telegram.error import BadRequest
from telegram.request import RequestData

from adapters.telegram.commands import menu, tell
from adapters.telegram.transport import AiohttpRequest
from bot.assembly import assemble
from bot.chat.adapter import CommandHelp
from bot.chat.intents import Intent
from bot.clock import SystemClock
from bot.i18n import Catalogue
from storage.engine import Database
from tests.adapters.web_support import Help, Meet, Next
from tests.telegram.scripted import KeepingInbox


class Telegram(AiohttpRequest):
    """Takes menus, and remembers them by scope and language; refuses the call of number `refused`."""

    def __init__(self) -> None:
        super().__init__()
        self.menus: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.calls = 0
        self.refused = 0

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: object, **more: object
    ) -> tuple[int, bytes]:
        """Answer setMyCommands, deleteMyCommands and getMe."""
        called, result = url.rpartition("/")[2], True
        asked: dict[str, Any] = request_data.parameters if request_data is not None else {}
        if called == "getMe":
            return _answer({"id": 7, "is_bot": True, "first_name": "Bot", "username": "circle_bot"})
        self.calls += 1
        if self.calls == self.refused:
            return 400, json.dumps({"ok": False, "error_code": 400, "description": "Bad Request: no"}).encode()
        key = asked["scope"]["type"], asked.get("language_code", "")
        if called == "setMyCommands":
            self.menus[key] = asked["commands"]
        else:
            assert called == "deleteMyCommands"
            del self.menus[key]
        return _answer(result)

    def names(self, scope: str, language: str = "") -> list[str]:
        """Return the commands of a menu."""
        return [command["command"] for command in self.menus[scope, language]]


def _answer(result: object) -> tuple[int, bytes]:
    return 200, json.dumps({"ok": True, "result": result}).encode()


@dataclass
class Core(KeepingInbox):
    """A core with three commands, of which one is not for everyone."""

    more: tuple[CommandHelp, ...] = ()

    async def commands(self, language: str) -> Sequence[CommandHelp]:
        """Return the three."""
        known: tuple[type[Intent], ...] = (Next, Meet, Help)
        return [
            *(CommandHelp(one.command, f"{one.summary} ({language})", one, everyone=one is not Meet) for one in known),
            *self.more,
        ]


def _locales(folder: Path, *languages: str) -> Path:
    for language in languages:
        (folder / language / "LC_MESSAGES").mkdir(parents=True)
        (folder / language / "LC_MESSAGES" / "circlebot.po").touch()
    return folder


@pytest.fixture
def telegram() -> Telegram:
    """What takes the menus."""
    return Telegram()


@pytest.fixture
async def bot(telegram: Telegram) -> Bot:
    """A bot that knows itself."""
    bot = Bot("7:token", request=telegram, get_updates_request=AiohttpRequest())
    await bot.get_me()
    return bot


async def test_menus_are_told_for_each_scope_and_language(bot: Bot, telegram: Telegram, tmp_path: Path) -> None:
    """Groups see what everyone needs; administrators and private chats see it all; each language has its own words."""
    await tell(bot, Core(), Catalogue(_locales(tmp_path, "es", "pt_BR")))
    scopes = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
    assert set(telegram.menus) == {(scope, language) for scope in scopes for language in ("", "en", "es", "pt")}
    assert telegram.names("all_group_chats", "es") == ["next", "help"]
    for scope in scopes - {"all_group_chats"}:
        assert telegram.names(scope, "es") == ["next", "meet", "help"]
    words = {language: telegram.menus["default", language][0]["description"] for language in ("", "en", "es", "pt")}
    assert words == {
        "": "The next meeting (en)",
        "en": "The next meeting (en)",
        "es": "The next meeting (es)",
        "pt": "The next meeting (pt-BR)",
    }


async def test_those_whose_language_has_no_menu_see_the_bots_own(bot: Bot, telegram: Telegram, tmp_path: Path) -> None:
    """The menu without a language is in the language that the settings name."""
    await tell(bot, Core(), Catalogue(_locales(tmp_path, "es"), default="es"))
    assert telegram.menus["default", ""] == telegram.menus["default", "es"]


async def test_only_changes_are_told(bot: Bot, telegram: Telegram) -> None:
    """At the next start nothing is told, until a command is another, or another language is the usual one."""
    core, catalogue = Core(), Catalogue()
    await tell(bot, core, catalogue)
    told = telegram.calls
    assert told > 0
    await tell(bot, core, catalogue)
    assert telegram.calls == told
    await tell(bot, replace(core, more=(CommandHelp("new", "Something new", Help),)), catalogue)
    assert telegram.calls == 2 * told
    assert telegram.names("all_group_chats")[-1] == "new"


async def test_what_is_for_everyone_counts_as_a_change(bot: Bot, telegram: Telegram) -> None:
    """Whoever may use a command decides where it is shown."""
    core = Core(more=(CommandHelp("new", "Something new", Help),))
    await tell(bot, core, Catalogue())
    await tell(bot, replace(core, more=(CommandHelp("new", "Something new", Help, everyone=False),)), Catalogue())
    assert "new" not in telegram.names("all_group_chats")


async def test_another_bot_is_told_its_own_menus(bot: Bot, telegram: Telegram) -> None:
    """With another bot's token, what the first was told does not count."""
    core = Core()
    await tell(bot, core, Catalogue())
    assert list(core.kept) == ["telegram:menu:7"]


async def test_menus_of_a_language_that_is_no_more_are_removed(bot: Bot, telegram: Telegram, tmp_path: Path) -> None:
    """Otherwise those people would see commands of years ago."""
    core = Core()
    await tell(bot, core, Catalogue(_locales(tmp_path / "with", "es")))
    await tell(bot, core, Catalogue(_locales(tmp_path / "without")))
    assert {language for _, language in telegram.menus} == {"", "en"}


async def test_menus_that_were_not_all_taken_are_told_again(bot: Bot, telegram: Telegram) -> None:
    """What is told in part counts as not told."""
    core, telegram.refused = Core(), 3
    with pytest.raises(BadRequest):
        await tell(bot, core, Catalogue())
    assert core.kept == {}
    await tell(bot, core, Catalogue())
    assert core.kept


def test_a_menu_keeps_within_telegrams_limits() -> None:
    """Descriptions are cut at 256 characters, names that Telegram would refuse are left out, 100 commands are shown."""
    long = CommandHelp("next", "é" * 300, Next)
    wrong = [CommandHelp(name, "Wrong", Next) for name in ("Next", "a-b", "", "x" * 33)]
    shown = menu([long, *wrong, *(CommandHelp(f"c{number}", "One", Next) for number in range(200))], for_everyone=False)
    assert shown[0] == ("next", "é" * 255 + "…")
    assert len(shown) == 100
    assert shown[1][0] == "c0"


async def test_every_command_of_ours_is_in_a_menu(sqlite_database: Database) -> None:
    """No command of the bot has a name or a summary that Telegram would not take; only operators' stand in none."""
    catalogue = Catalogue()
    router = assemble(sqlite_database, SystemClock(), [], catalogue).router
    for language in catalogue.languages:
        known = [command for command in await router.commands(language) if not command.unlisted]
        shown = menu(known, for_everyone=False)
        assert [name for name, _ in shown] == [command.name for command in known]
        assert [summary for _, summary in shown] == [command.summary for command in known]
        assert all(1 <= len(summary) <= 256 for _, summary in shown)
