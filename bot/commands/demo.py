"""`make demo`: a community in which two circles live, with a clock that one can move.

Its past is not painted on: the people of the demo said and pressed everything, on a clock that ran through three weeks
in seconds, so that whatever stands in the rooms is what the bot really posts.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from tzlocal import get_localzone_name

from bot.clock import MovableClock, real_now
from bot.commands.demo_story import Story, live_through
from bot.commands.serving import OFFSET, DemoClock, PortTaken, demo_clock, is_free, serving, sqlite_url, until_stopped
from bot.errors import CircleBotError
from storage.engine import Database
from storage.migrate import migrate

HOST = "127.0.0.1"
SEEDED = "demo.seeded"
"""The setting that says that the demo's past has been lived through to its end."""
WEEKS_AGO = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Where:
    """Where the demo keeps its data."""

    folder: Path

    @property
    def file(self) -> Path:
        """The database."""
        return self.folder / "circlebot.db"

    @property
    def url(self) -> str:
        """The database's address."""
        return sqlite_url(self.file)


async def serve_demo(folder: Path, port: int, *, fresh: bool) -> None:
    """Serve the demo until stopped, after living through its past if there is none yet.

    Raises `CircleBotError` in words; a port that is taken is said before anything is made or forgotten.
    """
    where = Where(folder)
    if not is_free(HOST, port):
        raise _taken(port)
    if fresh or not await _is_seeded(where):
        await _seed(where)
    database = Database.open(where.url)
    try:
        clock = await demo_clock(database)
        async with serving(database, clock, host=HOST, port=port, page=True, demo=True) as up:
            _say(f"Circlebot's demo is ready: http://{HOST}:{up.server.port}/")
            _say("Switch between the people at the top; move the clock with Next. Ctrl-C stops; what you did is kept.")
            await until_stopped()
    except PortTaken as taken:
        raise _taken(port) from taken
    finally:
        await database.close()


def _taken(port: int) -> CircleBotError:
    return CircleBotError(f"Port {port} is in use, perhaps by this demo. Choose another: make demo PORT={port + 1}")


async def _is_seeded(where: Where) -> bool:
    if not where.file.exists():
        return False
    migrate(where.url)
    database = Database.open(where.url)
    try:
        return await database.read(lambda store: store.settings.get(SEEDED)) is not None
    finally:
        await database.close()


async def _seed(where: Where) -> None:
    """Live through the demo's past in a file of its own, which takes its place when it is whole."""
    making = where.folder / "making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    url = sqlite_url(making / "circlebot.db")
    migrate(url)
    database = Database.open(url)
    now = real_now().replace(second=0, microsecond=0)
    try:
        began = now - WEEKS_AGO
        clock = MovableClock(source=lambda: began)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Living through three weeks of two circles", total=1.0)
            async with serving(database, clock, host=HOST, port=0, page=True, demo=True) as up:
                story = Story(up, clock, DemoClock(clock, database, up.bot.catalogue), _zone())
                await live_through(story, now, lambda done: progress.update(task, completed=done))
        await database.transact(lambda store: store.settings.put(SEEDED, now.isoformat()))
        await database.transact(lambda store: store.settings.put(OFFSET, "0"))
    finally:
        await database.close()
    for name in ("circlebot.db", "circlebot.db-wal", "circlebot.db-shm"):
        (where.folder / name).unlink(missing_ok=True)
        if (making / name).exists():
            (making / name).replace(where.folder / name)
    shutil.rmtree(making)


def _zone() -> str:
    """Return this machine's zone, UTC where it has none."""
    name = get_localzone_name() or "UTC"
    return name if "/" in name else "UTC"


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
