"""The chat and the Telegram that are flooded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.clock import MovableClock
from tests.support.chat import ChatSim, lived_in
from tests.telegram.world import World as Telegram

if TYPE_CHECKING:
    from storage.engine import Database


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """A community with a published circle, Fatima who runs it, Ada, Grace and Linus in it, and Olga the organizer."""
    return await lived_in(sqlite_database)


@pytest.fixture
async def tg() -> AsyncIterator[Telegram]:
    """Telegram, started."""
    world = Telegram()
    await world.start()
    try:
        yield world
    finally:
        await world.stop()


@pytest.fixture
def beginning() -> MovableClock:
    """A clock at a Monday in March, moved by hand."""
    return MovableClock(source=lambda: datetime(2026, 3, 2, 11, tzinfo=UTC))
