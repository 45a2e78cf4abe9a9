"""One circle with a room on Telegram and a room on Discord: one roster, one count, and people who are on both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.both.running import Both, both
from tests.discord import telling as on_discord
from tests.discord.server.doing import Answered
from tests.discord.server.state import USUAL, May
from tests.discord.world import started
from tests.telegram.telling import Life
from tests.telegram.telling import blameless as blameless_on_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import MovableClock
    from storage.engine import Database
    from tests.discord.server.state import Message
    from tests.telegram.server.state import Message as Post
    from tests.telegram.world import World as Telegram

FIRST = datetime(2026, 3, 10, 17, tzinfo=UTC)
COMING = "I'm coming"


class Halves:
    """Olga has a server and a group, Ada is on both, Ben is on Discord alone, Cleo on Telegram alone."""

    def __init__(self, life: Both) -> None:
        self.bot, self.dc, self.tg, self.life = life, life.dc, life.tg, Life(life.tg, life)
        self.server = life.dc.guild("Library", channel="chess")
        (self.channel,) = self.server.channels()
        self.olga = self.server.person("Olga", may=USUAL | May.MANAGE_GUILD)
        self.ada, self.ben = self.server.person("Ada"), self.server.person("Ben")
        self.olga_there, self.ada_there, self.cleo = (life.tg.user(name) for name in ("Olga", "Ada T.", "Cleo"))
        members = [self.ada_there, self.cleo]
        self.group = life.tg.group("Chess at the library", admins=[self.olga_there], members=members)

    def cards(self, label: str = COMING) -> tuple[Message, Post]:
        """Return the newest card on each side."""
        return on_discord.card(label, self.channel), self.life.with_button(label, self.group)

    def counts(self, words: str) -> None:
        """Assert that both cards say so."""
        here, there = self.cards()
        assert words in here.shown
        assert words in there.text


@pytest.fixture
async def halves(
    tg: Telegram, beginning: MovableClock, sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Halves]:
    """Yield the two, with a circle that was begun on Discord and has a room on each; nothing may go wrong there."""
    async with started(beginning) as dc, both(tg, dc, sqlite_database) as life:
        of = Halves(life)
        await _begins(of)
        yield of
        await life.settled()
        on_discord.blameless(dc, caplog)
        blameless_on_telegram(tg)


async def _begins(of: Halves) -> None:
    await on_discord.founded(of.olga, "Chess")
    await of.olga.goes(of.olga.direct).types("link")
    await of.life.says(of.olga_there, f"/link {_code(of.olga.sees)}")
    assert "You will be one person" in of.life.sees(of.olga_there)
    await of.life.taps(of.olga_there, "Link")
    assert "you are one person now" in of.life.sees(of.olga_there)
    assert "is linked with this account now" in of.olga.sees
    of.olga.goes(of.channel)
    await of.life.says(of.olga_there, "/circle Chess", of.group)
    await of.life.taps(of.olga_there, "Post it in")
    assert "Chess" in of.life.with_button("Join this circle", of.group).text


def _code(words: str) -> str:
    """Return the code that somebody reads."""
    return words.partition("/link ")[2].split()[0]


async def test_one_roster_and_one_count(halves: Halves) -> None:
    """A tap on either side draws both cards; reminders come once to each room, nudges to where people are."""
    of = halves
    await of.ben.presses("Join this circle")
    await of.life.taps(of.cleo, "Join this circle", of.group)
    here, there = of.cards("Join this circle")
    assert "2 learners so far" in here.shown
    assert "2 learners so far" in there.text
    said = len(of.channel.messages), len(of.life.said(of.group))
    await of.bot.moves_to(FIRST - timedelta(days=2))
    assert (len(of.channel.messages), len(of.life.said(of.group))) == (said[0] + 1, said[1] + 1)
    tap = await of.ben.presses(COMING)
    assert tap.answered is Answered.IN_PLACE
    of.counts("1 coming: Ben")
    assert await of.life.taps(of.cleo, COMING, of.group) == "See you there!"
    of.counts("2 coming: Ben and Cleo")
    await of.life.taps(of.cleo, "Maybe", of.group)
    of.counts("1 maybe: Cleo")
    await of.olga.types("move", to="Wednesday 6pm")
    await of.olga.fills()
    await of.olga.presses("Save")
    assert "A meeting has moved" in of.channel.last.shown
    assert "A meeting has moved" in of.life.texts(of.group)[-1]
    assert "Can you still come?" in of.ben.sees
    of.counts("1 has yet to confirm the new time")


async def test_plus_and_delta_from_both_are_one_summary(halves: Halves) -> None:
    """Three answers, two from one side and one from the other, are read out on both; votes count together."""
    of = halves
    await of.ben.presses("Join this circle")
    await of.ada.presses("Join this circle")
    await of.life.taps(of.cleo, "Join this circle", of.group)
    await of.bot.moves_to(FIRST + timedelta(minutes=90))
    for who, delta in ((of.ben, "Less theory"), (of.ada, "More games")):
        await who.presses("Plus / delta")
        await who.fills(delta=delta)
    await of.life.taps(of.cleo, "Plus / delta", of.group)
    await of.life.goes_through(of.cleo, "The tea", "Start on time", "4 good")
    here, there = on_discord.newest("3 people answered.", of.channel.messages), of.life.newest("3 people", of.group)
    for words in ("Less theory", "More games", "The tea", "Start on time"):
        assert words in here.shown
        assert words in there.text
    await of.ben.presses("Vote: Start on time")
    await of.life.taps(of.cleo, "Vote: Start on time", of.group)
    assert "Start on time: 2 votes" in here.shown
    assert "Start on time: 2 votes" in there.text


async def test_who_is_on_both_counts_once(halves: Halves) -> None:
    """Two seats become one by a link; what she says on either side is the one answer; unlinked, they are two."""
    of = halves
    await of.ada.presses("Join this circle")
    await of.life.taps(of.ada_there, "Join this circle", of.group)
    await of.bot.moves_to(FIRST - timedelta(days=2))
    await of.ada.presses(COMING)
    await of.bot.passes(minutes=1)
    await of.life.taps(of.ada_there, "Maybe", of.group)
    of.counts("1 coming: Ada")
    of.counts("1 maybe: Ada T.")
    await of.ada.types("link")
    address = of.ada.follows("Open Telegram")
    await of.ada_there.follows(address)
    await of.bot.settled()
    assert "You are in Chess with both, and will have one seat there." in of.life.sees(of.ada_there)
    await of.life.taps(of.ada_there, "Link")
    here, there = of.cards()
    assert "coming: Ada" not in here.shown
    assert "coming: Ada" not in there.text
    of.counts("1 maybe: Ada")
    assert "1 learner so far" in of.cards("Join this circle")[0].shown
    await of.ada.presses(COMING)
    of.counts("1 coming: Ada")
    await of.life.taps(of.ada_there, "Can't make it", of.group)
    of.counts("1 can't make it: Ada")
    of.ada.goes(of.ada.direct)
    await of.ada.types("me")
    await of.ada.presses("Accounts")
    await of.ada.presses("Unlink Telegram")
    await of.ada.presses("Yes, unlink it")
    of.counts("1 can't make it: Ada")
    await of.life.taps(of.ada_there, COMING, of.group)
    assert "Would you like to join?" in of.life.sees(of.ada_there)
    of.counts("1 can't make it: Ada")


async def test_a_nudge_comes_once_to_whoever_is_on_both(halves: Halves) -> None:
    """To the account that was used last."""
    of = halves
    await of.ada.presses("Join this circle")
    await of.ada.types("link")
    await of.life.says(of.ada_there, f"/link {_code(of.ada.sees)}")
    await of.life.taps(of.ada_there, "Link")
    asked = len(of.ada.direct.messages)
    await of.bot.moves_to(FIRST - timedelta(hours=2, minutes=1))
    assert of.life.count("Will you come", of.ada_there.chat) == 1
    assert len(of.ada.direct.messages) == asked
    await of.life.taps(of.ada_there, COMING)
    of.counts("1 coming: Ada")
