"""Telegram on loopback, for every test that asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.telegram.world import World


@pytest.fixture
async def tg() -> AsyncIterator[World]:
    """Telegram, started; afterwards nothing may have been said to it that the Bot API does not know."""
    world = World()
    await world.start()
    try:
        yield world
    finally:
        await world.stop()
    assert not world.violations, world.violations
