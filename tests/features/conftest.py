"""The chats in which features are tried."""

from __future__ import annotations

import pytest

from storage.engine import Database
from tests.support.chat import ChatSim, empty_chat, lived_in


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """A community with a published circle, Fatima who runs it, Ada, Grace and Linus in it, and Olga the organizer."""
    return await lived_in(sqlite_database)


@pytest.fixture
async def bare_chat(sqlite_database: Database) -> ChatSim:
    """A chat in which nothing has happened yet."""
    return empty_chat(sqlite_database)
