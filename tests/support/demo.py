"""The demo on a day of its own: what comes next in it depends on the day of the week on which it begins."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.clock import real_now
from bot.commands.demo_making import make_demo

A_THURSDAY: Final = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
"""When the demo's present begins, on whatever day the tests run. The next thing is Friday's reminder of Sunday."""


async def demo_made(folder: Path, at: datetime = A_THURSDAY, zone: str = "UTC") -> Path:
    """Make the demo's database in `folder` so that it is `at` there now; return its file."""
    await make_demo(folder, "circlebot.db", ahead=at - real_now(), zone=zone)
    return folder / "circlebot.db"
