"""Answers that go to one person alone, and what the bot learns from their getting there."""

from __future__ import annotations

import pytest

from adapters.telegram.inbound import private_room
from adapters.telegram.waiting import KEPT_S
from bot.chat.inbound import Joined, Press
from bot.chat.message import Say
from tests.telegram.happening import ADA, GROUP, tapped
from tests.telegram.recording import BLOCKED, MUTED, Scene
from tests.telegram.sayings import panel


@pytest.fixture
async def scene() -> Scene:
    """Return a scene in which nothing has happened."""
    return Scene()


@pytest.mark.parametrize("muted", [False, True])
async def test_an_answer_that_gets_there_is_news_once_an_hour(scene: Scene, *, muted: bool) -> None:
    """From then on the bot may remind them there; whether it was meant to go there makes no difference."""
    reply = Say(panel(), private=not muted)
    if muted:
        scene.recorder.troubles[f"sendMessage {GROUP}"] = MUTED
    for seconds in (0, KEPT_S - 1, 2):
        scene.now += seconds
        await scene.happens(tapped(ADA, "x", GROUP), reply, None)
        scene.inbox.replies.clear()
    opened = [fact for fact in scene.inbox.heard if isinstance(fact, Joined)]
    assert [(fact.back, fact.place.room, fact.sender.user) for fact in opened] == [
        (True, private_room(str(ADA)), str(ADA))
    ] * 2


async def test_one_that_does_not_is_none(scene: Scene) -> None:
    """Whoever never opened the chat cannot be written to."""
    scene.recorder.troubles[f"sendMessage {ADA}"] = BLOCKED
    await scene.happens(tapped(ADA, "x", GROUP), Say(panel(), private=True))
    assert [type(fact) for fact in scene.inbox.heard] == [Press]
