"""What tests of the Discord adapter share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.discord.recording import Scene, staged


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Return a scene in which nothing has happened: Discord a notebook, the core a script."""
    async with staged() as one:
        yield one
