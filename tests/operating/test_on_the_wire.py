"""Operators on the real platforms, on loopback: what one platform's end means is told on the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.chat.adapter import TryLater
from bot.chat.message import Message, Room, RoomKind
from bot.chat.text import Text
from bot.domain.operating import TOKEN_REFUSED, Concern
from tests.both.conftest import beginning, tg
from tests.both.running import Both, both
from tests.discord.server.faults import How as DiscordHow
from tests.discord.world import started
from tests.telegram.running import until
from tests.telegram.server.faults import How as TelegramHow

if TYPE_CHECKING:
    from bot.clock import MovableClock
    from storage.engine import Database
    from tests.discord.people import Person as OnDiscord
    from tests.telegram.people import Person as OnTelegram
    from tests.telegram.world import World as Telegram

__all__ = ["beginning", "tg"]


class Operated:
    """A bot on both platforms that Rob runs, whom it knows on both."""

    def __init__(self, life: Both, there: OnTelegram, here: OnDiscord) -> None:
        self.life, self.there, self.here = life, there, here

    async def look(self) -> None:
        """Let the bot look whether all is well, and send what follows from it."""
        await self.life.bot.scheduler.look()
        await self.life.bot.scheduler.run_due()

    def on_discord(self, words: str) -> list[str]:
        """Return what Rob was told there with these words in it."""
        return [message.shown for message in self.here.private if words in message.shown]

    def on_telegram(self, words: str) -> list[str]:
        """Return what Rob was told there with these words in it."""
        return [message.text for message in self.there.said if words in message.text]


@pytest.fixture
async def operated(tg: Telegram, beginning: MovableClock, sqlite_database: Database) -> AsyncIterator[Operated]:
    """Yield the bot, with Rob's private chats open."""
    async with started(beginning) as dc:
        there, here = tg.user("Rob"), dc.guild("Library").person("Rob")
        operators = [("telegram", str(there.id)), ("discord", str(here.id))]
        async with both(tg, dc, sqlite_database, operators) as life:
            await there.starts()
            await here.types("me")
            await life.settled()
            yield Operated(life, there, here)


async def test_the_status_on_both(operated: Operated) -> None:
    """Typed on Telegram, and as a command of the menu on Discord; read by nobody else."""
    await operated.there.writes("/status")
    await operated.life.settled()
    assert "Telegram: up" in operated.there.last.text
    await operated.here.types("status")
    await operated.life.settled()
    assert "Discord: up" in operated.here.sees


async def test_telegrams_token_is_revoked(operated: Operated) -> None:
    """The bot goes on on Discord, and says there what helps, once; and when it is well again."""
    life, secret = operated.life, operated.life.tg.telegram.token
    life.tg.telegram.token = "1:another"
    life.tg.inject({})  # ends the request that was under way
    await until(life.tg, lambda: life.adapter.troubles.kind == TOKEN_REFUSED)
    for _ in range(3):
        await operated.look()
    assert len(operated.on_discord("Telegram refuses my token")) == 1
    assert "@BotFather" in operated.on_discord("Telegram refuses my token")[0]
    life.tg.telegram.token = secret
    life.tg.inject({})
    await until(life.tg, lambda: not life.adapter.troubles.kind)
    await operated.look()
    assert len(operated.on_discord("Telegram knows me by my token again.")) == 1


async def test_discords_token_is_revoked(operated: Operated) -> None:
    """Discord does not let it in any more: on Telegram all goes on, and there the operator hears of it."""
    life = operated.life
    life.dc.realm.token = "another"
    life.dc.gateway.drops()
    await until(life.tg, lambda: "discord" in life.bot.pulse.refused)
    for _ in range(3):
        await operated.look()
    (said,) = operated.on_telegram("Discord refuses my token")
    assert "Reset Token" in said
    assert not life.task.done()
    assert [found.concern for found in life.bot.scheduler.watch.found] == [Concern.TOKEN]


async def test_both_platforms_tell_the_time(operated: Operated) -> None:
    """In every answer: on loopback it is this machine's own."""
    skews = operated.life.bot.pulse.skews()
    assert skews.keys() == {"telegram", "discord"}
    assert all(abs(skew) < timedelta(minutes=1) for skew in skews.values())


async def test_limits_that_are_met_are_counted(operated: Operated) -> None:
    """On both, whoever waits for them: we ourselves, or a platform's library."""
    life = operated.life
    before = life.bot.pulse.limits()
    life.tg.fails("sendMessage", TelegramHow.FLOOD)
    life.dc.fails("POST /channels/{channel_id}/messages", DiscordHow.FLOOD, seconds=0.01)
    hello = Message(Text.of("Hello"))
    with pytest.raises(TryLater):
        await life.adapter.post(Room("telegram", str(operated.there.id), kind=RoomKind.PRIVATE), hello, "one")
    await life.there.post(Room("discord", str(operated.here.id), kind=RoomKind.PRIVATE), hello, "two")
    after = life.bot.pulse.limits()
    assert {name: times - before[name][1] for name, (_, times) in after.items()} == {"telegram": 1, "discord": 1}
