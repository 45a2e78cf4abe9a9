"""Run a simulated year and print what it saw: `CIRCLES=1000 WEEKS=52 SEED=1 DATABASE=sqlite make simulate`."""

from __future__ import annotations

import gc
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot import loop
from storage.migrate import migrate
from tests.simulate.report import MOST_TOLD, Report, memory_mb, tell
from tests.simulate.size import Size
from tests.simulate.world import opened
from tests.simulate.year import BEGINNING, Year
from tests.support.databases import postgres_server

_QUICK: Final = Path("/dev/shm")  # noqa: S108  # a folder of its own is made in it
"""Where a file is in memory alone: whether what is written lasts is for other tests."""
_MANY: Final = 50_000


@contextmanager
def rarely_tidied() -> Iterator[None]:
    """Have Python look for what nobody needs any more among what is new, and among all only when `tidy` says so.

    A thousand circles with all that stands in their rooms are millions of objects, each of which it would look at.
    """
    before = gc.get_threshold()
    gc.set_threshold(_MANY, 20, 1_000_000)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def tidy(week: int) -> None:
    """Look through everything every few weeks, and leave what is there alone from then on."""
    if week % 6 == 0:
        gc.unfreeze()
        gc.collect()
    gc.freeze()


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Yield the address of a fresh, migrated database."""
    with tempfile.TemporaryDirectory(prefix="circlebot-year-", dir=_QUICK if _QUICK.is_dir() else None) as folder:
        if kind == "postgresql":
            with postgres_server(Path(folder) / "pg") as address:
                migrate(address)
                yield address
        else:
            address = f"sqlite:///{folder}/year.sqlite3"
            migrate(address)
            yield address


async def lived(size: Size, url: str, console: Console, kind: str) -> int:
    """Live a year and print it; return how many promises were broken."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[seen]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("a year", total=size.weeks * 7.0, seen="")
        said = [-1, 0]

        def goes_on(moment: datetime, year: Year) -> None:
            days = (moment - BEGINNING).total_seconds() / 86400
            report, broken = year.report, len(year.court.broken)
            messages = year.ledger.by_kind.total()
            seen = f"{moment:%d %b} · {report.taps.total():,} taps · {messages:,} messages · {broken} broken"
            progress.update(bar, completed=days, seen=seen)
            for one in year.court.broken[said[1] : MOST_TOLD]:
                tell(progress.console, one, size)
            said[1] = broken
            if int(days // 7) > said[0]:
                said[0] = int(days // 7)
                tidy(said[0])
                if not console.is_terminal:
                    spent = f"{process_time():.0f} s of CPU, {memory_mb():.0f} MB"
                    console.print(f"week {said[0] + 1}: {seen} · {spent}", markup=False, highlight=False)
            console.file.flush()

        async with opened(url, BEGINNING) as world:
            year = Year(world, size, progress=goes_on)
            report: Report = await year.lives()
    report.prints(console, size, year.court, kind)
    return len(year.court.broken)


def main() -> int:
    """Run it."""
    logging.basicConfig(level=logging.CRITICAL)
    kind = os.environ.get("DATABASE") or "sqlite"
    console = Console(width=None if sys.stdout.isatty() else 120)
    size = Size.asked()
    console.print(f"{size.circles} circles, {size.weeks} weeks, seed {size.seed}, {kind}", highlight=False)
    with database(kind) as url, rarely_tidied():
        return 1 if loop.run(lived(size, url, console, kind)) else 0


if __name__ == "__main__":
    raise SystemExit(main())
