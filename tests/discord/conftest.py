"""Discord on loopback, for every test that asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

import pytest

from bot.clock import MovableClock
from tests.discord.recording import Scene, staged
from tests.discord.world import World, started

BEGINNING: Final = datetime(2026, 3, 2, 11, tzinfo=UTC)
"""When lives begin: a Monday."""


@pytest.fixture
async def dc() -> AsyncIterator[World]:
    """Discord, started; afterwards nothing may have been asked of it that its contract does not know."""
    async with started() as world:
        yield world
    assert not world.violations, world.violations


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Return a scene in which nothing has happened: Discord a notebook, the core a script."""
    async with staged() as one:
        yield one


@pytest.fixture
def beginning() -> MovableClock:
    """A clock at a Monday in March, moved by hand."""
    return MovableClock(source=lambda: BEGINNING)
