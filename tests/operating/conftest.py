"""The chats in which operating is tried."""

from __future__ import annotations

import pytest

from storage.engine import Database
from tests.operating.machine import Machine, operated
from tests.support.chat import ChatSim, lived_in


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """A community with a published circle, as everywhere."""
    return await lived_in(sqlite_database)


@pytest.fixture
async def machine(chat: ChatSim) -> Machine:
    """The same, with an operator who is told what is wrong."""
    return await operated(chat)
