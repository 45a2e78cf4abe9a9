"""`circlebot backup` and `circlebot restore`."""

from __future__ import annotations

from pathlib import Path

from bot.config import Settings


async def back_up(settings: Settings, file: Path) -> str:
    """Copy the database into `file`, and return in a sentence what was done."""
    raise NotImplementedError


async def bring_back(settings: Settings, file: Path, *, sure: bool) -> str:
    """Verify the backup in `file`, put it in the place of the database, and return in a sentence what was done."""
    raise NotImplementedError
