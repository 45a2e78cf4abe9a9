"""Every command of the bot, typed by anybody, anywhere: answered, kindly, and never refused by Telegram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.telegram.lived_in import living
from tests.telegram.telling import Life, blameless

if TYPE_CHECKING:
    from storage.engine import Database
    from tests.telegram.people import Person
    from tests.telegram.server.state import Chat
    from tests.telegram.world import World

WORDS = ("", "Thursday 6pm", "<b>&nonsense;</b> _*[" + "x" * 300)
UNKIND = ("Something went wrong", "Traceback", "None", "That is done.")


def _told(tg: World) -> int:
    """Return how often the bot has shown anything."""
    return sum(len(tg.calls(method)) for method in ("sendMessage", "editMessageText", "sendPhoto"))


async def _commands(life: Life) -> list[str]:
    """Return the names of all commands; the one last that makes a learner of a stranger."""
    names = {command.name for command in await life.bot.bot.router.commands("")} | {"start", "cancel"}
    return [*sorted(names - {"join"}), "join"]


async def _typed(life: Life, who: Person, where: Chat) -> list[str]:
    """Type all commands with all words, and return those that nothing was said to."""
    silent = []
    for name in await _commands(life):
        for words in WORDS:
            before = _told(life.tg)
            await life.says(who, f"/{name} {words}".strip(), where)
            if _told(life.tg) == before:
                silent.append(f"/{name} {words}".strip())
    return silent


@pytest.mark.parametrize("in_group", [True, False], ids=["in the group", "in private"])
@pytest.mark.parametrize("role", ["stranger", "learner", "facilitator"])
async def test_every_command_is_answered(
    tg: World, sqlite_database: Database, caplog: pytest.LogCaptureFixture, role: str, *, in_group: bool
) -> None:
    """With words, without, and with such as make no sense."""
    async with living(tg, sqlite_database, learners=2) as (lived, bot):
        life = Life(tg, bot)
        stranger = tg.user("Zoe")
        lived.group.set_member(stranger.user, lived.group.member(lived.learners[0].user))
        who = {"stranger": stranger, "learner": lived.learners[0], "facilitator": lived.ada}[role]
        assert await _typed(life, who, lived.group if in_group else who.chat) == []
        said = [*life.texts(lived.group), *life.texts(who.chat)]
    assert [text for text in said if any(words in text for words in UNKIND)] == []
    blameless(tg, caplog)
