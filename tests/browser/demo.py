"""The real demo for browser tests: seeded once for all, then a copy of it for each, in a process that may be killed."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.demo import demo_made
from tests.support.patience import PATIENCE

HERE = "UTC"
"""The demo's zone: an hour that tests can name, other than that of the browser that looks."""
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
            env=_surroundings(),
        )
        async with asyncio.timeout(PATIENCE):
            said = await self._until_ready(self._process)
        self.address, self._port = said[1], said[2]

    async def kill(self) -> None:
        """End it as a power cut does, if it is up: nothing is finished, nothing is tidied."""
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.kill()
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


@asynccontextmanager
async def living(made: pytest.TempPathFactory, folder: Path) -> AsyncIterator[Demo]:
    """Yield a demo that is up, three days before a meeting of its Python circle, with data of its own."""
    expect.set_options(timeout=1000 * PATIENCE)
    demo = Demo(shutil.copytree(await _seeded(made), folder / "demo"))
    await demo.start()
    try:
        yield demo
    finally:
        await demo.kill()


def _surroundings() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CIRCLEBOT_")} | {"TZ": HERE}


async def _seeded(made: pytest.TempPathFactory) -> Path:
    """Return a folder with the demo's data, made by whichever test process comes first; the others wait for it."""
    among_several = "PYTEST_XDIST_WORKER" in os.environ
    shared = made.getbasetemp().parent if among_several else made.getbasetemp()
    folder = shared / "demo-seed"
    with (shared / "demo-seed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = shared / "demo-seed-making"
            await demo_made(making, zone=HERE)
            making.rename(folder)
    return folder
