"""Circles: made, published, shown, changed."""

from __future__ import annotations

import pytest

from storage.engine import Database
from tests.support.chat import ChatSim, empty_chat, lived_in

ANSWERS = {"name": "Spanish for beginners", "zone": "Madrid", "first": "10 March 2026 18:00", "language": "en"}


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """Return a chat with a community, a circle and its people."""
    return await lived_in(sqlite_database)


@pytest.fixture
async def bare(sqlite_database: Database) -> ChatSim:
    """Return a chat in which nothing has happened."""
    return empty_chat(sqlite_database)


async def a_draft(chat: ChatSim, **answers: str) -> None:
    """Have Fatima make a circle in the room."""
    await chat.fatima.says("/newcircle")
    await chat.fatima.fills(**(ANSWERS | answers), then="Save")


async def test_a_circle_goes_from_nothing_to_its_first_learners(bare: ChatSim) -> None:
    """A form, a look back, a draft, an announcement, two who join: the whole path."""
    await bare.fatima.says("/newcircle Spanish for beginners")
    await bare.fatima.fills(zone="Madrid", first="10 March 2026 18:00", language="English", place="Room 3")
    assert "Here is what I understood" in bare.fatima.heard
    await bare.fatima.presses("Save")
    assert "Draft" in bare.fatima.heard
    assert "6 weekly meetings" in bare.fatima.heard
    await bare.fatima.presses("Publish")
    assert bare.posts("Join this circle") == 1
    await bare.ada.presses("Join this circle")
    assert "You are in" in bare.ada.heard
    await bare.grace.presses("Join this circle")
    assert "2 learners so far" in bare.card()
    await bare.fatima.says("/circle")
    assert "Learners: Ada and Grace" in bare.fatima.heard
