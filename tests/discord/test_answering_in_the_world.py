"""The same as `test_answering` and its like, against a Discord that keeps its own rules; with a script for a core."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord.answering import Answering
from adapters.discord.client import Client, Introductions
from adapters.discord.wire import Wire
from bot.chat.inbound import Command, Filled, Press
from bot.chat.message import Ask, Branch, Button, Picture, Posted, Redraw, Reply, Room, Say, Toast, stacked
from bot.chat.pacing import Pace, Pacing
from bot.i18n import Catalogue
from tests.discord.people import Person
from tests.discord.recording import Clock, ScriptedInbox
from tests.discord.sayings import CARD, IN_ROOM, Meet, message, page, panel
from tests.discord.server.doing import Answered
from tests.discord.server.state import May
from tests.discord.world import World

MARKED = datetime(2026, 1, 1, tzinfo=UTC)
_USER, _TEXT = 6, 3


@dataclass
class Stage:
    """Discord, the answering part connected to it, and Ada on a server."""

    discord: World
    inbox: ScriptedInbox
    clock: Clock
    ada: Person

    @property
    def room(self) -> Room:
        """The channel where Ada is."""
        assert self.ada.here is not None
        return Room("discord", str(self.ada.here.id))

    def later(self, **span: float) -> None:
        """Let time pass on Discord."""
        self.discord.clock.move_to(self.discord.clock.now() + timedelta(**span))

    def answers(self, *replies: Reply) -> None:
        """Let the core answer so."""
        self.inbox.replies.extend(replies)


@pytest.fixture
async def stage(dc: World) -> AsyncIterator[Stage]:
    """Return a stage on which nothing has happened."""
    async with connected(dc) as one:
        yield one


@asynccontextmanager
async def connected(dc: World) -> AsyncIterator[Stage]:
    """Connect the answering part to a Discord."""
    inbox, clock = ScriptedInbox(), Clock()
    wire = Wire(Pacing(Pace(bot_second=50)))
    answering = Answering(wire, Catalogue(), later=clock.later, monotonic=clock.monotonic)
    client = Client(
        heard=lambda interaction: answering.receive(interaction, inbox),
        gateway_url=dc.gateway_url,
        shards=1,
        introductions=Introductions(sleep=_at_once),
    )
    wire.speak_by(client)
    for name in ("circle", "thread"):
        options = [{"name": "topic", "type": _TEXT}, {"name": "who", "type": _USER}]
        dc.realm.commands[name] = {"id": str(dc.realm.new_id()), "name": name, "options": options}
    ada = dc.guild("Library").person("Ada")
    dc.busy.append(lambda: answering.is_busy)
    await client.login(dc.token)
    running = asyncio.create_task(client.connect())
    try:
        await client.wait_until_ready()
        yield Stage(dc, inbox, clock, ada)
    finally:
        await client.close()
        await running


async def _at_once(_: float) -> None:
    await asyncio.sleep(0)


class TestForms:
    """A form from its first question to what comes of it."""

    async def test_from_command_to_card(self, stage: Stage) -> None:
        """What was wrong is mended in the same place, and everybody sees what comes of it."""
        ada = stage.ada
        stage.answers(Ask(page()))
        await ada.types("circle", topic="Python")
        stage.answers(Ask(page(value="many", error="That is no number.")))
        await ada.fills(weeks="many")
        assert "That is no number." in ada.sees
        step = ada.last
        stage.answers(Ask(page()))
        await ada.presses("Continue")
        assert ada.form is not None
        assert ada.form.prefilled("weeks") == "many"
        stage.answers(Say(message("A circle", card=CARD)))
        await ada.fills(weeks="6")
        assert step.shown == IN_ROOM
        assert step.buttons == []
        assert ada.here is not None
        card = ada.here.messages[-1]
        assert (card.shown, card.is_ephemeral) == ("A circle", False)
        assert stage.inbox.stood == [(CARD, Posted(stage.room, str(card.id)))]
        command, first, press, second = stage.inbox.heard
        assert isinstance(command, Command)
        assert command.options == {"topic": "Python"}
        assert isinstance(first, Filled)
        assert isinstance(press, Press)
        assert isinstance(second, Filled)
        assert (first.answers["weeks"], second.answers["weeks"], second.draft) == ("many", "6", 7)
        assert press.payload == "dr.7"
        assert stage.discord.failed == []

    async def test_in_direct_messages(self, stage: Stage) -> None:
        """The same, all in one place."""
        ada = stage.ada
        ada.goes(ada.direct)
        stage.answers(Ask(page()), Ask(page(value="many", error="That is no number.")), Ask(page()))
        await ada.types("circle")
        await ada.fills(weeks="many")
        await ada.presses("Continue")
        stage.answers(Say(message("A circle", card=CARD), private=True))
        await ada.fills(weeks="6")
        assert [one.shown for one in ada.direct.messages] == ["A circle"]
        private = stage.inbox.heard[-1]
        assert isinstance(private, Filled)
        assert stage.inbox.stood == [(CARD, Posted(private.place.room, str(ada.last.id)))]


class TestPanelsAndCards:
    """What is drawn anew by a tap."""

    async def test_a_panel_that_ada_alone_sees(self, stage: Stage) -> None:
        """It is drawn in its place, however often."""
        stage.answers(Say(panel(), private=True), Redraw(panel("Once"), "Saved."), Redraw(panel("Twice")))
        await stage.ada.types("circle")
        await stage.ada.presses("Go")
        assert stage.ada.sees == "Saved.\nOnce"
        await stage.ada.presses("Go")
        assert len(stage.ada.private) == 1
        assert stage.ada.sees == "Twice"

    async def test_a_picture_goes_with_its_message(self, stage: Stage) -> None:
        """What is drawn without one keeps none."""
        pictured = message("Votes", rows=stacked(Button("Go", Meet())), picture=Picture(b"png", "Seven votes."))
        stage.answers(Say(pictured, private=True), Redraw(panel()))
        await stage.ada.types("circle")
        assert [one.description for one in stage.ada.last.attachments] == ["Seven votes."]
        await stage.ada.presses("Go")
        assert stage.ada.last.attachments == []

    async def test_a_card_that_everybody_sees(self, stage: Stage) -> None:
        """The tap's own answer draws it, and nothing else is said."""
        stage.answers(Say(message("0 come", card=CARD, rows=panel().rows)))
        await stage.ada.types("circle")
        assert stage.ada.here is not None
        (card,) = stage.ada.here.messages
        reply = Redraw(message("1 comes", card=CARD, rows=panel().rows), "See you!", marked=MARKED)
        stage.answers(reply)
        await stage.ada.presses("Go")
        assert [one.shown for one in stage.ada.here.messages] == ["1 comes"]
        assert stage.ada.private == []
        assert stage.inbox.drawn == [(Posted(stage.room, str(card.id)), reply)]

    async def test_a_card_in_a_thread(self, stage: Stage) -> None:
        """It stands there, and the tap is told from there."""
        ada = stage.ada
        stage.answers(Branch("Rust beginners", "c3"), Say(message("Welcome!", card=CARD, rows=panel().rows)))
        await ada.types("thread")
        ((_, posted),) = stage.inbox.stood
        assert posted.room.chat == stage.room.chat
        thread = stage.discord.realm.channels[int(posted.room.thread)]
        assert ada.id in thread.in_it
        assert ada.sees.endswith("#Rust beginners")
        stage.answers(Toast("Here."))
        ada.goes(thread)
        await ada.presses("Go")
        pressed = stage.inbox.heard[-1]
        assert isinstance(pressed, Press)
        assert pressed.posted == posted
        assert pressed.place.title == "Rust beginners"

    async def test_a_forum_that_wants_tags(self, stage: Stage) -> None:
        """No post is made; whoever asked for it hears what to do."""
        ada = stage.ada
        library = ada.here.guild if ada.here else None
        assert library is not None
        forum = library.forum("circles")  # type: ignore[attr-defined]  # a server's
        ada.goes(library.thread(forum, "Chess", ada))  # type: ignore[attr-defined]  # a server's
        forum.wants_tag = True
        stage.answers(Branch("Rust beginners", "c3"))
        await ada.types("thread")
        assert "wants a tag on every post" in ada.private[-1].shown
        assert "/circle" in ada.private[-1].shown
        assert len(library.threads(forum)) == 1  # type: ignore[attr-defined]  # a server's
        stage.discord.violations.clear()  # as elsewhere: the library names the type of a post

    async def test_where_the_bot_may_not_write(self, stage: Stage) -> None:
        """It answers there all the same."""
        assert stage.ada.here is not None
        stage.ada.here.guild.lets_bot(May.NOTHING)  # type: ignore[union-attr]  # a server's
        stage.answers(Say(message("A circle", card=CARD)))
        await stage.ada.types("circle")
        assert [one.shown for one in stage.ada.here.messages] == ["A circle"]


class TestTime:
    """Three seconds, and a quarter of an hour."""

    async def begins(self, stage: Stage) -> asyncio.Task[object]:
        """Let Ada ask something that takes the core more than two seconds."""
        stage.inbox.ready["circle"] = asyncio.Event()
        asking = asyncio.ensure_future(stage.ada.types("circle"))
        await stage.inbox.until_asked()
        await stage.clock.is_waited_for(2.0)
        return asking

    async def test_put_off(self, stage: Stage) -> None:
        """Everybody sees what is for everybody, and Ada alone that it is there."""
        asking = await self.begins(stage)
        stage.clock.passes(2.0)
        did = stage.ada.did[0]
        await stage.discord.until(lambda: did.answered is not None)
        assert did.answered is Answered.LATER
        stage.later(minutes=5)
        stage.answers(Say(message("A circle", card=CARD)))
        stage.inbox.ready["circle"].set()
        await asking
        assert stage.ada.here is not None
        card, told = stage.ada.here.messages[-1], stage.ada.private[-1]
        assert (card.shown, card.is_ephemeral) == ("A circle", False)
        assert told.shown == IN_ROOM
        assert stage.inbox.stood == [(CARD, Posted(stage.room, str(card.id)))]

    async def test_after_a_quarter_of_an_hour(self, stage: Stage) -> None:
        """What was for Ada alone is told her in direct messages."""
        asking = await self.begins(stage)
        stage.clock.passes(2.0)
        await stage.discord.until(lambda: stage.ada.did[0].answered is not None)
        stage.later(minutes=16)
        stage.answers(Say(message("For Ada"), private=True))
        stage.inbox.ready["circle"].set()
        await stage.discord.until(lambda: bool(stage.ada.direct.messages))
        assert [one.shown for one in stage.ada.direct.messages] == ["For Ada"]
        asking.cancel()

    async def test_after_three_seconds(self, stage: Stage) -> None:
        """Ada reads that it failed; what is for everybody is there."""
        asking = await self.begins(stage)
        stage.later(seconds=4)
        stage.answers(Say(message("A circle", card=CARD)))
        stage.inbox.ready["circle"].set()
        await stage.discord.until(lambda: bool(stage.inbox.stood))
        assert stage.ada.here is not None
        (card,) = stage.ada.here.messages
        assert stage.inbox.stood == [(CARD, Posted(stage.room, str(card.id)))]
        asking.cancel()

    async def test_told_twice(self, stage: Stage) -> None:
        """A connection that is taken up again brings the last once more."""
        stage.answers(Toast("Here."), Toast("Again."))
        did = await stage.ada.types("circle")
        stage.discord.server.interactions.deliver(did)
        await stage.ada.types("thread")
        assert [getattr(one, "name", "") for one in stage.inbox.heard] == ["circle", "thread"]
        assert [one.shown for one in stage.ada.private] == ["Here.", "Again."]
