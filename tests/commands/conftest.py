"""The command line as people use it: processes of its own, real files, real ports."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from bot.commands.moving_format import AnyDocument
from storage.engine import Database
from tests.commands.backups import backed_up
from tests.commands.moved import exported
from tests.support.demo import demo_made
from tests.support.patience import PATIENCE
from tests.support.warm import Warm

ROOT = Path(__file__).parents[2]
Circlebot = Callable[..., subprocess.CompletedProcess[str]]


@dataclass
class Running:
    """A command that goes on until it is stopped; `said` are its lines until it was ready, `address` what they name."""

    process: subprocess.Popen[str]
    said: list[str]

    @property
    def address(self) -> str:
        """The address of its server."""
        words = " ".join(self.said).replace(";", " ").split()
        return next(word.rstrip("/.,").removesuffix("/healthz") for word in words if word.startswith("http://"))

    def get(self, path: str) -> str:
        """Return what its server answers."""
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:  # noqa: S310  # our own address
            body: bytes = answer.read()
        return body.decode()

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; return the exit code."""
        self.process.send_signal(sign)
        code = self.process.wait(timeout=PATIENCE)
        for pipe in (self.process.stdout, self.process.stderr):
            _close(pipe)
        return code


def _close(pipe: IO[str] | None) -> None:
    if pipe is not None:
        pipe.close()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CIRCLEBOT_")} | {
        "PYTHONPATH": str(ROOT)
    }


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """The commands, imported once for all tests that run one."""
    started = Warm(tmp_path_factory.mktemp("warm"))
    yield started
    started.stop()


@pytest.fixture
def circlebot(warm: Warm, tmp_path: Path) -> Circlebot:
    """Run a command to its end, in an empty folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return warm.run(*arguments, cwd=tmp_path, env=_environment())

    return run


@pytest.fixture
def circlebot_afresh(tmp_path: Path) -> Circlebot:
    """The same, with nothing imported beforehand."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a command and return once it says that it is ready; whatever still runs at the end is stopped."""
    started: list[Running] = []

    def run(*arguments: str) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running = Running(process, [])
        started.append(running)
        assert process.stdout is not None
        for line in process.stdout:
            running.said.append(line.strip())
            if "is ready" in line:
                return running
        raise AssertionError("\n".join(running.said))

    yield run
    for running in started:
        if running.process.poll() is None:
            running.stop(signal.SIGKILL)


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which something else listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a freshly made demo, to be copied."""
    folder = tmp_path_factory.mktemp("demo")
    asyncio.run(demo_made(folder))
    return folder


@pytest.fixture(scope="session")
def riverside(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> AnyDocument:
    """A community that has lived for three weeks, as it is exported."""
    file = tmp_path_factory.mktemp("moving") / "demo.db"
    shutil.copy(made_demo / "circlebot.db", file)
    return asyncio.run(exported(f"sqlite:///{file}", "community", "riverside LIBRARY"))


@pytest.fixture
def opened(database_url: str) -> Iterator[Database]:
    """An empty database, for tests that run event loops of their own."""
    database = Database.open(database_url)
    yield database
    asyncio.run(database.close())


@pytest.fixture(scope="session")
def lived_in(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a community with two circles, three weeks old, with something in nearly every table."""
    folder = tmp_path_factory.mktemp("lived_in")
    shutil.copy(made_demo / "circlebot.db", folder / "demo.db")
    backed_up(f"sqlite:///{folder}/demo.db", folder / "backup")
    return folder / "backup"


@pytest.fixture
def backup(lived_in: Path, tmp_path: Path) -> Path:
    """The same in a folder where a test may do with it what it likes."""
    shutil.copy(lived_in, tmp_path / "backup")
    return tmp_path / "backup"
