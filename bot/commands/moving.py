"""`circlebot export` and `circlebot import`: a circle or a community as JSON."""

from __future__ import annotations

from pathlib import Path

from bot.config import Settings


async def write_out(settings: Settings, what: str, name: str, file: Path) -> None:
    """Write the circle or the community as JSON to `file`."""
    raise NotImplementedError


async def read_in(settings: Settings, file: Path, community: str | None) -> str:
    """Add what is in `file`, and return in a sentence what was added."""
    raise NotImplementedError
