"""The real demo for browser tests: seeded once for all, then a copy of it for each, in a process that may be killed."""

from __future__ import annotations

import asyncio
import fcntl
import re
import shutil
import signal
import sqlite3
import subprocess  # the demo is run as people run it
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 120.0
"""Seconds after which a demo that has not come up has failed; never waited for when all is well."""
READY = re.compile(r"ready: (http://127\.0\.0\.1:(\d+))/")


@dataclass
class Demo:
    """A demo on a free port; started again it keeps its port, as people's open pages expect."""

    folder: Path
    address: str = ""
    _port: str = "0"
    _process: Process | None = field(default=None, repr=False)

    async def start(self) -> None:
        """Return when the page can be opened."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--data", str(self.folder), "--port", self._port),
            stdout=PIPE,
            stderr=STDOUT,
        )
        async with asyncio.timeout(PATIENCE):
            said = await self._until_ready(self._process)
        self.address, self._port = said[1], said[2]

    async def kill(self) -> None:
        """End it as a power cut does: nothing is finished, nothing is tidied."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """End it as Ctrl-C does, if it is up."""
        await self._end(signal.SIGTERM)

    async def _end(self, sign: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.send_signal(sign)
        await self._process.communicate()
        self._process = None

    @staticmethod
    async def _until_ready(process: Process) -> re.Match[str]:
        assert process.stdout
        said: list[str] = []
        while line := (await process.stdout.readline()).decode():
            said.append(line)
            if found := READY.search(line):
                return found
        raise AssertionError("the demo did not come up:\n" + "".join(said))


def seeded(shared: Path) -> Path:
    """Return a folder with the demo's data, made by whichever test process comes first; the others wait for it."""
    folder = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = shared / "demo-making"
            _make(making)
            making.rename(folder)
    return folder


def _make(folder: Path) -> None:
    command = [sys.executable, "-m", "bot", "demo", "--data", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=PIPE, stderr=STDOUT, text=True) as process:  # our own program
        assert process.stdout
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if READY.search(line):
                break
        process.terminate()
        rest, _ = process.communicate()
    if not any(map(READY.search, said)):
        raise AssertionError("the demo was not seeded:\n" + "".join(said) + rest)


def copied(source: Path, target: Path) -> Path:
    """Return a folder with a copy of a demo's data that is not being served."""
    shutil.copytree(source, target)
    return target


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    """Return what a demo's database says; it may be served at the same time."""
    connection = sqlite3.connect(f"file:{folder / 'circlebot.db'}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
