"""From nothing to ready: `run` on the example configuration, against importing its libraries alone."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bot import loop
from scheduler import clocks
from storage.engine import Database
from tests.bench import Figure, measured
from tests.bench._filled import fill

ROOT = Path(__file__).parents[2]
LIBRARIES = (
    "aiohttp.web",
    "apscheduler.schedulers.asyncio",
    "apscheduler.triggers.cron",
    "babel.dates",
    "babel.lists",
    "babel.numbers",
    "babel.units",
    "click",
    "pydantic_settings",
    "sqlalchemy.dialects.sqlite",
    # What they import themselves when they are first used: SQLAlchemy its driver, pydantic-settings what reads TOML.
    "sqlite3",
    "tomllib",
    *(["uvloop"] if loop.factory() else []),
)
"""What every start needs, whatever we do with it: other people's modules, all that the bot has once it is ready.

Nothing is done with them: making an engine, a server and a scheduler counts as ours.
"""
_ROUNDS = 15
_MEETINGS = 100_000
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""The libraries lie compiled beside their sources; so does the bot, from its first start on."""


class Took(NamedTuple):
    """Seconds from starting a process until it said that it was there."""

    wall: float
    cpu: float
    """On a machine with other things to do, the steadier of the two."""


def _importing() -> Took:
    return _timed(
        [sys.executable, "-c", f"import {', '.join(LIBRARIES)}; print('here', flush=True); input()"], {}, ROOT, "here"
    )


def _starting(folder: Path) -> Took:
    command = [sys.executable, "-m", "bot", "run", "--config", str(ROOT / "config.example.toml")]
    environment = {
        "CIRCLEBOT_HTTP__PORT": "0",
        "CIRCLEBOT_WEB__ENABLED": "true",
        "CIRCLEBOT_DATABASE__URL": f"sqlite:///{folder / 'bench.db'}",
        "PYTHONPATH": str(ROOT),
    }
    return _timed(command, environment, folder, "is ready")


def _timed(command: Sequence[str], environment: Mapping[str, str], folder: Path, said: str) -> Took:
    """Start a process, and stop the clock when it says something. How long it takes to end does not count."""
    before = time.perf_counter()
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**_ENVIRONMENT, **environment},
        cwd=folder,
        text=True,
    ) as process:
        assert process.stdout is not None
        if not any(said in line for line in process.stdout):
            raise AssertionError("it never got ready")
        took = Took(time.perf_counter() - before, _cpu_s(process.pid))
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
    return took


def _cpu_s(process: int) -> float:
    """Return for how long all threads of a process have run; nothing where the system does not say."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text(encoding="ascii").split()[0]) for thread in threads) / 1e9


@measured
def start_to_ready() -> Iterable[Figure]:
    """Start on a migrated database, side by side with the bare imports; the medians, of ratios taken round by round."""
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        empty, full = Path(few), Path(many)
        for folder in (empty, full):
            _starting(folder)  # makes the database and the bytecode, which happens once
        _fill(full / "bench.db")
        rounds = [(_starting(empty), _starting(full), _importing()) for _ in range(_ROUNDS)]
    bare = [imports for _, _, imports in rounds]
    yield Figure("Start to ready: importing its libraries alone", _middle(bare))
    for side, name in enumerate(("`run` on the example configuration", f"the same with {_MEETINGS:,} meetings")):
        ours = [took[side] for took in rounds]
        ratio = median(took.wall / imports.wall for took, imports in zip(ours, bare, strict=True))
        yield Figure(f"Start to ready: {name}", _middle(ours))
        yield Figure(f"Start to ready against the imports alone: {name}", f"{ratio:.2f} x", "<= 1.3 x", ratio <= 1.3)
        if all(imports.cpu for imports in bare):
            of_cpu = median(took.cpu / imports.cpu for took, imports in zip(ours, bare, strict=True))
            yield Figure(f"Start to ready against the imports alone, by CPU time: {name}", f"{of_cpu:.2f} x")


def _middle(took: Sequence[Took]) -> str:
    return f"{median(one.wall for one in took) * 1e3:.0f} ms, {median(one.cpu for one in took) * 1e3:.0f} ms of CPU"


def _fill(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO communities (id, name, language, zone) VALUES (1, 'Library', 'en', 'UTC')")
    connection.close()
    fill(file, circles=_MEETINGS // 10, meetings=_MEETINGS, waiting=2 * _MEETINGS)
    asyncio.run(_sleep_over_it(file))


async def _sleep_over_it(file: Path) -> None:
    """Have the meetings compared with the zone data, as every night does."""
    database = Database.open(f"sqlite:///{file}")
    await clocks.follow(database, datetime.now(UTC))
    await database.close()
