"""docs/discord.md, followed step by step: the program as it is started there, and the buttons it names."""

from __future__ import annotations

import re
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.discord import texts
from adapters.discord.permissions import needed
from adapters.discord.starting import NETWORK, TROUBLES, TokenRejected
from bot.clock import MovableClock
from bot.i18n import Catalogue
from tests.discord.people import Person, Place
from tests.discord.server.state import EVERYTHING, USUAL, Channel, May, Message
from tests.discord.world import World, started
from tests.support.patience import PATIENCE
from tests.support.program import ROOT, line_of, program

GUIDE = (ROOT / "docs" / "discord.md").read_text(encoding="utf-8")
TYPED = {"Tuesday 6pm"}
"""What the first steps of the guide have in quotation marks that is to be typed."""


def circlebot(there: World, folder: Path, *arguments: str) -> AbstractAsyncContextManager[Process]:
    """Start the program as the guide does: with the token in the environment, and nothing else said."""
    return program(folder, *arguments, DISCORD__TOKEN=there.token, DISCORD__API_URL=there.api_url)


@pytest.fixture
async def now() -> AsyncIterator[World]:
    """A Discord on which it is as late as it is for the program, and that waits for it also on a busy machine."""
    async with started(MovableClock()) as world:
        world.realm.patience = timedelta(seconds=PATIENCE)
        yield world
    assert not world.violations, world.violations


class Reader:
    """Somebody who follows the guide with a friend, and notes each button seen on the way."""

    def __init__(self, there: World, library: Place) -> None:
        self.there = there
        self.channel = library.channels()[0]
        self.seen: set[str] = set()

    async def presses(self, who: Person, button: str) -> None:
        """Press the newest button of that name as soon as it is there."""
        await self.there.until(lambda: any(button in message.buttons for message in who.visible()))
        message = who.with_button(button)
        self.seen.update(message.buttons)
        await who.presses(button, message)

    async def goes_through_the_forms(self, who: Person) -> None:
        """Answer in words what has to be answered, and leave the rest as it is."""
        await who.fills(name="Python for beginners", zone="Madrid", first="Tuesday 6pm")
        await self.presses(who, "Continue")
        await who.fills()

    def card(self, button: str) -> Message:
        """Return the newest message that everybody sees with such a button."""
        return next(message for message in reversed(everybodys(self.channel)) if button in message.buttons)


def everybodys(channel: Channel) -> list[Message]:
    """Return what everybody sees in a channel."""
    return [message for message in channel.messages if message.only_for is None]


async def test_the_guide_leads_to_the_first_rsvp(now: World, tmp_path: Path) -> None:
    """From the token to a card that counts one, by the commands, links and buttons that the guide names."""
    library = now.guild("Library", bot=None)
    ada, ben = library.person("Ada", may=USUAL | May.MANAGE_GUILD), library.person("Ben")
    reader = Reader(now, library)
    async with circlebot(now, tmp_path, "check") as check:
        link = re.findall(r"https://\S+permissions=\d+", await line_of(check, "add it to a server"))[0]
        assert await check.wait() == 0
    assert link.startswith(re.findall(r"`(https://discord\.com/oauth2\S+client_id=)…`", GUIDE)[0])
    async with circlebot(now, tmp_path, "run") as run:
        ready = await line_of(run, "is ready")
        said = re.findall(r"(?m)^    (Circlebot is ready: .*;) …$", GUIDE)[0]
        assert ready.startswith(said)
        await now.until(lambda: bool(now.realm.commands))
        library.adds_bot(May(int(link.rpartition("=")[2])))
        await ada.types("newcircle")
        await reader.goes_through_the_forms(ada)
        await reader.presses(ada, "Save")
        await reader.presses(ada, "Publish")
        await reader.presses(ben, "Join this circle")
        await ben.types("next")
        await reader.presses(ben, "I'm coming")
        assert "Ben" in reader.card("I'm coming").shown
        run.terminate()
        assert await run.wait() == 0
    assert now.refusals == []
    assert now.failed == []
    steps = GUIDE[GUIDE.index("## 3.") : GUIDE.index("## What happens where")]
    assert set(re.findall(r"“([^”]+)”", steps)) - TYPED <= reader.seen
    assert now.token.rpartition(".")[2] not in ready


async def test_a_circle_gets_a_thread_of_its_own(now: World, tmp_path: Path) -> None:
    """The guide's other way: said along with the command, and lived in a thread that the bot opens."""
    library = now.guild("Library")
    ada = library.person("Ada", may=USUAL | May.MANAGE_GUILD)
    reader = Reader(now, library)
    async with circlebot(now, tmp_path, "run") as run:
        await line_of(run, "is ready")
        await now.until(lambda: bool(now.realm.commands))
        assert "`/newcircle name:Python for beginners weeks:6`" in GUIDE
        await ada.types("newcircle", name="Python for beginners", weeks=6)
        await ada.fills(zone="Madrid", first="Tuesday 6pm")
        await reader.presses(ada, "Continue")
        await ada.fills()
        await reader.presses(ada, "Save")
        await reader.presses(ada, "Open a thread for it")
        (thread,) = library.threads(reader.channel)
        await reader.presses(ada.goes(thread), "Publish")
        await now.until(lambda: any("Join this circle" in message.buttons for message in everybodys(thread)))
        assert everybodys(reader.channel) == []


async def test_the_permissions_of_the_link_are_all_that_the_bot_needs(now: World) -> None:
    """Discord's server of these tests knows each of them."""
    value = sum(May[one.flag.upper()].value for one in needed(native_events=True))
    assert value & ~EVERYTHING == 0


def test_the_guide_explains_each_permission_and_no_other() -> None:
    """The table is what the link asks for: nobody grants what they cannot read about."""
    table = GUIDE[GUIDE.index("| permission |") :].partition("\n\n")[0]
    assert re.findall(r"(?m)^\| ([A-Z][^|]*?) \|", table) == [one.shown for one in needed(native_events=True)]


def test_what_the_guide_quotes_is_what_the_bot_says() -> None:
    """Whoever searches for the words that they read finds them."""
    t = Catalogue().speaker("en")
    for quoted, said in (
        ("Discord does not know this bot", str(TokenRejected())),
        ("Discord cannot be reached", TROUBLES[NETWORK]),
        ("I am not allowed to do that here yet", str(texts.may_not(t, ""))),
        ("Continue", texts.continue_(t)),
    ):
        assert f"“{quoted}" in GUIDE
        assert said.startswith(quoted)


async def test_who_manages_a_server_makes_organizers(now: World, tmp_path: Path) -> None:
    """By the buttons that the guide names; an organizer finds the same there and privately, and begins circles."""
    library = now.guild("Library")
    ada, ben = library.person("Ada", may=USUAL | May.MANAGE_GUILD), library.person("Ben")
    reader = Reader(now, library)
    steps = GUIDE[GUIDE.index("**A server is a community**") : GUIDE.index("**Several servers.**")]
    appointing, _, _ = steps.partition("Organizers begin circles")
    async with circlebot(now, tmp_path, "run") as run:
        await line_of(run, "is ready")
        await now.until(lambda: bool(now.realm.commands))
        await ada.types("community")
        for button in re.findall(r"“([^”]+)”", appointing):
            await reader.presses(ada, button)
        assert ada.form is not None
        await ada.fills({ada.form.fields[0]: ben})
        await ben.types("community")
        assert "Digest here" in ben.last.buttons
        await ben.goes(ben.direct).types("community")
        await reader.presses(ben, "Invite…")
        assert "Choose a facilitator" in ben.last.buttons
        await ben.goes(reader.channel).types("newcircle")
        assert ben.form is not None
