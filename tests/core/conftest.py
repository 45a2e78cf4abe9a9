"""A router over a real database, with the scripted feature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.chat.adapter import Ability
from bot.clock import MovableClock
from bot.dates import WrittenDates
from bot.i18n import Catalogue
from bot.router import Means, Router
from scheduler.planner import Planner
from storage.engine import Database
from tests.core.scripted import Talk, scripted

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""A Monday; noon in Madrid."""


class NoLinks:
    """Implements `bot.ports.Links`: there are none."""

    def platforms(self) -> Sequence[str]:
        """Return nothing."""
        return ()

    def start(self, platform: str, payload: str) -> str:
        """Return nothing."""
        return ""

    def calendar(self, platform: str, token: str) -> str:
        """Have no server."""
        return ""

    def group(self, platform: str, payload: str) -> str:
        """Return nothing."""
        return ""

    def can(self, platform: str, ability: Ability) -> bool:
        """Return False."""
        return False


@pytest.fixture
async def talk(sqlite_database: Database) -> Talk:
    """Return Ada in a room."""
    clock = MovableClock(source=lambda: NOW)
    means = Means(sqlite_database, clock, Catalogue(), Planner(), WrittenDates(), NoLinks())
    return Talk(Router(means, [scripted]), sqlite_database, clock)
