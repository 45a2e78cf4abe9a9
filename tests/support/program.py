"""The program as it is started on a command line: a process of its own, with settings in its environment."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def program(folder: Path, *arguments: str, **settings: str) -> AsyncIterator[Process]:
    """Run it in a folder, on any free port, and stop it at the end; what it says and logs comes as one."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith("CIRCLEBOT_")}
    ours = {f"CIRCLEBOT_{name}": value for name, value in settings.items()}
    environment = {**usual, "PYTHONPATH": str(ROOT), "CIRCLEBOT_HTTP__PORT": "0", **ours}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments), cwd=folder, env=environment, stdout=PIPE, stderr=STDOUT
    )
    try:
        async with asyncio.timeout(2 * PATIENCE):  # for all that is done with it
            yield process
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        except TimeoutError:
            process.kill()
            said, _ = await process.communicate()
            raise AssertionError(f"the program does not end: {said.decode()}") from None


async def line_of(process: Process, words: str) -> str:
    """Return the next line that has these words."""
    assert process.stdout is not None
    before = []
    async for line in process.stdout:
        before.append(line.decode())
        if words in before[-1]:
            return before[-1]
    raise AssertionError(f"{words!r} was never said, but {before}")
