"""The scheduler's world, on SQLite for most tests, on both databases where leases matter."""

from __future__ import annotations

import pytest

from storage.engine import Database
from tests.scheduler.world import World


@pytest.fixture
async def world(sqlite_database: Database) -> World:
    """A published circle with two meetings and one room."""
    return await World(sqlite_database).settle()


@pytest.fixture
async def shared(database: Database) -> World:
    """The same on each kind of database."""
    return await World(database).settle()
