"""From nothing to ready: `run` on the example configuration, against importing its libraries alone."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from tests.bench import Figure, measured
from tests.bench._filled import fill

ROOT = Path(__file__).parents[2]
LIBRARIES = (
    "aiohttp.web",
    "apscheduler.schedulers.asyncio",
    "babel.dates",
    "click",
    "pydantic_settings",
    "sqlalchemy.dialects.sqlite",
)
"""What every start needs, whatever we do with it."""
_ROUNDS = 9
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""The libraries lie compiled beside their sources; so does the bot, from its first start on."""


def _importing() -> float:
    before = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {', '.join(LIBRARIES)}"], check=True, env=_ENVIRONMENT)
    return time.perf_counter() - before


_MEETINGS = 100_000


def _starting(folder: Path) -> float:
    command = [sys.executable, "-m", "bot", "run", "--config", str(ROOT / "config.example.toml")]
    environment = _ENVIRONMENT | {
        "CIRCLEBOT_HTTP__PORT": "0",
        "CIRCLEBOT_DATABASE__URL": f"sqlite:///{folder / 'bench.db'}",
        "PYTHONPATH": str(ROOT),
    }
    before = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=folder, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "is ready" in line:
                break
        else:
            raise AssertionError("it never got ready")
        took = time.perf_counter() - before
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
    return took


@measured
def start_to_ready() -> Iterable[Figure]:
    """Start on a migrated database, side by side with the bare imports; wall clock, the medians."""
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        empty, full = Path(few), Path(many)
        for folder in (empty, full):
            _starting(folder)  # makes the database and the bytecode, which happens once
        _fill(full / "bench.db")
        rounds = [(_starting(empty), _starting(full), _importing()) for _ in range(_ROUNDS)]
    ours, among, bare = (median(times[side] for times in rounds) for side in (0, 1, 2))
    yield Figure("Start to ready: `run` on the example configuration", f"{ours * 1e3:.0f} ms")
    yield Figure(f"Start to ready: the same with {_MEETINGS:,} meetings", f"{among * 1e3:.0f} ms")
    yield Figure("Start to ready: importing its libraries alone", f"{bare * 1e3:.0f} ms")
    for name, took in (("", ours), (f", {_MEETINGS:,} meetings", among)):
        ratio = took / bare
        yield Figure(f"Start to ready against the imports alone{name}", f"{ratio:.2f} x", "<= 1.3 x", ratio <= 1.3)


def _fill(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO communities (id, name, language, zone) VALUES (1, 'Library', 'en', 'UTC')")
    connection.close()
    fill(file, circles=_MEETINGS // 10, meetings=_MEETINGS, waiting=2 * _MEETINGS)
