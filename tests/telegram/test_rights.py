"""Who runs a group: asked of Telegram where it matters, and remembered for a minute."""

from __future__ import annotations

import pytest

from bot.chat.adapter import CommandHelp
from bot.chat.inbound import Act, Command, Left, Moved
from bot.chat.intents import Intent
from bot.chat.message import Message, Reply, Say, Toast
from bot.chat.text import Text
from tests.telegram import happening
from tests.telegram.happening import ADA, BEN, GROUP, said, tapped
from tests.telegram.recording import Scene


class Plan(Intent, tag="zmp", command="plan"):
    """Plan a meeting."""


@pytest.fixture
async def scene() -> Scene:
    """Return a scene in which it matters for commands who runs the room."""
    scene = Scene()
    scene.inbox.minds = runs
    scene.inbox.menu = (CommandHelp("plan", "Plan", Plan),)
    return scene


def runs(act: Act) -> bool:
    """Say for which acts it matters who runs the room: commands."""
    return isinstance(act, Command)


class TestRights:
    """Who runs a group."""

    @pytest.fixture
    def replies(self) -> tuple[Reply, ...]:
        """Return an answer that needs no more than a toast."""
        return (Say(Message(Text.of("Planned."))),)

    async def test_administrators_run_their_group(self, scene: Scene, replies: tuple[Reply, ...]) -> None:
        """Telegram is asked once a minute, and only where it matters."""
        owner = {"user": happening.person(ADA), "status": "creator", "is_anonymous": False}
        scene.recorder.results["getChatAdministrators"] = [owner]
        await scene.happens(said(ADA, "/plan", GROUP), *replies)
        await scene.happens(said(BEN, "/plan", GROUP), *replies)
        await scene.happens(said(ADA, "/plan"), *replies)
        await scene.happens(tapped(ADA, "x", GROUP), Toast(""))
        asked = [call for call in scene.calls if call.method == "getChatAdministrators"]
        assert [call.said["chat_id"] for call in asked] == [GROUP]
        heard = [fact.sender.runs_room for fact in scene.inbox.heard if not isinstance(fact, Left | Moved)]
        assert heard == [True, False, False, False]
        scene.now += 61
        scene.recorder.results["getChatAdministrators"] = [{**owner, "user": happening.person(BEN)}]
        await scene.happens(said(ADA, "/plan", GROUP), *replies)
        again = scene.inbox.heard[-1]
        assert isinstance(again, Command)
        assert not again.sender.runs_room

    async def test_where_telegram_does_not_say_nobody_runs_the_group(
        self, scene: Scene, replies: tuple[Reply, ...]
    ) -> None:
        """The command is heard all the same, and the next one asks again."""
        scene.recorder.troubles["getChatAdministrators"] = (400, "Bad Request: member list is inaccessible")
        await scene.happens(said(ADA, "/plan", GROUP), *replies)
        heard = scene.inbox.heard[-1]
        assert isinstance(heard, Command)
        assert not heard.sender.runs_room
        await scene.happens(said(ADA, "/plan", GROUP), *replies)
        assert sum(call.method == "getChatAdministrators" for call in scene.calls) == 2
