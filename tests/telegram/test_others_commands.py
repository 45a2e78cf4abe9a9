"""Whose a command in a group is that names no bot: ours, in some language, or another bot's."""

from __future__ import annotations

import pytest

from bot.chat.adapter import CommandHelp
from bot.chat.message import Say
from tests.telegram.happening import ADA, GROUP, said
from tests.telegram.recording import Scene
from tests.telegram.sayings import Meet, message


@pytest.fixture
async def scene() -> Scene:
    """Return a scene in which nothing has happened."""
    return Scene()


async def test_another_bots_command_is_left_alone(scene: Scene) -> None:
    """A command in a group that names no bot and is none of ours is not answered; a slip of ours is."""
    scene.inbox.menu = (CommandHelp("meeting", "Plan", Meet),)
    assert await scene.happens(said(ADA, "/weather", GROUP), Say(message())) == []
    assert scene.inbox.heard == []
    assert await scene.happens(said(ADA, "/metting", GROUP))
    assert await scene.happens(said(ADA, "/weather@circle_bot", GROUP))


@pytest.mark.parametrize("typed", ["/reunión", "/reunion", "/Reunión", "/reuniòn"])
async def test_a_command_of_ours_in_another_language_is_answered(scene: Scene, typed: str) -> None:
    """Also in a group: what it is called in some menu is ours, with its accent or without."""
    scene.inbox.menu = (CommandHelp("meeting", "Plan", Meet, named="reunión"),)
    assert await scene.happens(said(ADA, typed, GROUP), Say(message()))


@pytest.mark.parametrize("typed", ["/resume", "/resumé", "/resumenes"])
async def test_what_merely_looks_like_our_name_in_another_language_is_left_alone(scene: Scene, typed: str) -> None:
    """Nobody is told in English what another bot's command might mean in Spanish."""
    scene.inbox.menu = (CommandHelp("digest", "The week", Meet, named="resumen"),)
    assert await scene.happens(said(ADA, typed, GROUP), Say(message())) == []
    assert scene.inbox.heard == []
    assert await scene.happens(said(ADA, "/resumen", GROUP), Say(message()))
