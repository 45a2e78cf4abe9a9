"""Making the demo's database: an empty one, in which its people live through three weeks."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from tzlocal import get_localzone_name

from bot.clock import MovableClock, real_now
from bot.commands.demo_clock import OFFSET, serving_demo
from bot.commands.demo_story import Story, live_through
from bot.commands.serving import sqlite_url
from storage.engine import Database
from storage.migrate import migrate

LIVED = timedelta(days=20)
"""How long the past is."""


async def make_demo(folder: Path, name: str, *, ahead: timedelta = timedelta(0), zone: str = "") -> None:
    """Make the database `name` in `folder`, in place of the one that may be there: only when it is whole.

    The demo's present is the real one, or so far `ahead` of it (behind it, where negative), and stays so when it is
    served; its community lives in `zone` (an IANA name), or in this machine's.
    """
    making = folder / "making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    url = sqlite_url(making / name)
    migrate(url)
    database = Database.open(url)
    now = (real_now() + ahead).replace(second=0, microsecond=0)
    clock = MovableClock(source=lambda: now - LIVED)
    try:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Living through three weeks of two circles", total=1.0)
            async with serving_demo(database, clock, "127.0.0.1", 0) as demo:
                await live_through(
                    Story(demo, zone or _zone()), now, lambda done: progress.update(task, completed=done)
                )
        await database.transact(lambda store: store.settings.put(OFFSET, str(ahead.total_seconds())))
    finally:
        await database.close()
    for suffix in ("-wal", "-shm", ""):
        (folder / f"{name}{suffix}").unlink(missing_ok=True)
    for suffix in ("-wal", "-shm", ""):  # the file by which it is known comes last
        if (making / f"{name}{suffix}").exists():
            (making / f"{name}{suffix}").replace(folder / f"{name}{suffix}")
    shutil.rmtree(making)


def _zone() -> str:
    """Return this machine's zone, UTC where it has none."""
    name = get_localzone_name() or "UTC"
    return name if "/" in name else "UTC"
