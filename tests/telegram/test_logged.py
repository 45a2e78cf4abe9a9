"""What the log says of Telegram where everything is logged: what happened to whom, and never anybody's words."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.logs import QUIET
from tests.telegram.running import running, until
from tests.telegram.telling import Life, founded

if TYPE_CHECKING:
    from storage.engine import Database
    from tests.telegram.world import World

OVER = datetime(2026, 3, 10, 18, 30, tzinfo=UTC)
"""When the first meeting is over."""


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The log as `[log] level = "debug"` has it."""
    for name in QUIET:
        caplog.set_level(logging.WARNING, name)
    caplog.set_level(logging.DEBUG)  # last, for it is what the fixture itself takes, too
    return caplog


async def test_a_debug_log_says_what_happened_and_nobodys_words(
    everything: pytest.LogCaptureFixture, tg: World, sqlite_database: Database
) -> None:
    """Each update has a line, and each request: kinds, numbers and statuses; no name, title, answer or token."""
    fay, ada = tg.user("Fayette"), tg.user("Adalind")
    group = tg.group("Bookworms", admins=[fay], members=[ada])
    async with running(tg, sqlite_database) as bot:
        life = Life(tg, bot)
        await founded(life, fay, "Checkmates", group)
        await life.taps(ada, "Join this circle", group)
        await life.moves_to(OVER + timedelta(minutes=5))
        await life.taps(ada, "Plus / delta", group)
        await life.goes_through(ada, "Marzipan", "Marshmallows", "4 good")
        await life.says(ada, "/frobnicate")
        await life.says(ada, "Gooseberries")
    lines = [record.getMessage() for record in everything.records if record.name.startswith("adapters.telegram")]
    assert f"Press in chat {group.id} of user {ada.id}: Ask" in "\n".join(lines)
    assert f"Typed in chat {ada.id} of user {ada.id}: Ask" in "\n".join(lines)
    assert f"sendMessage in chat {group.id}: 200" in lines
    assert "answerCallbackQuery: 200" in lines
    said = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in everything.records).casefold()
    typed = ["Checkmates", "Marzipan", "Marshmallows", "frobnicate", "Gooseberries"]
    names = ["Fayette", "Adalind", "Bookworms"]
    secret = tg.token.partition(":")[2]
    assert [words for words in (*typed, *names, secret) if words.casefold() in said] == []


async def test_nothing_of_it_is_said_as_a_rule(
    caplog: pytest.LogCaptureFixture, tg: World, sqlite_database: Database
) -> None:
    """At the usual level a tap leaves no line."""
    caplog.set_level(logging.INFO)
    ada = tg.user("Ada")
    async with running(tg, sqlite_database) as bot:
        await until(tg, lambda: "Telegram knows the commands" in caplog.text)
        caplog.clear()
        await ada.writes("/help")
        await bot.settled()
        assert [record.getMessage() for record in caplog.records] == []
