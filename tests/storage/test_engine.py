"""Transactions: committed together, answered after the commit, undone alone; snapshots; what busy means."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError

import bot.ports
from bot.errors import ConfigError, StorageBusy
from storage.engine import Database
from storage.store import SqlStore
from storage.tables import settings
from tests.support.patience import PATIENCE


def _put(key: str, value: str) -> Callable[[SqlStore], None]:
    return lambda store: store.settings.put(key, value)


def _path(url: str) -> str:
    return str(make_url(url).database)


def _size(path: str) -> int:
    return Path(path).stat().st_size


class _Held:
    """A work that occupies the writer until it is let go, so that others pile up behind it."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.let_go = threading.Event()

    def __call__(self, store: SqlStore) -> None:
        self.begun.set()
        assert self.let_go.wait(10)

    async def pile_up(self, database: Database, *works: Callable[[SqlStore], object]) -> list[object]:
        """Hold the writer while `works` come in, then let go; return their results or errors."""
        holding = asyncio.ensure_future(database.transact(self))
        await asyncio.to_thread(self.begun.wait, PATIENCE)
        waiting = [asyncio.ensure_future(database.transact(work)) for work in works]
        await asyncio.sleep(0)
        self.let_go.set()
        results: list[object] = await asyncio.gather(*waiting, return_exceptions=True)
        await holding
        return results


def test_it_is_what_the_core_asks_for() -> None:
    """The types say that the database implements the port, repositories and all."""

    def takes(storage: bot.ports.Storage) -> None: ...

    def implemented(database: Database) -> None:
        takes(database)

    assert implemented is not None


async def test_what_a_work_returns_and_writes_stays(database: Database) -> None:
    """A work's result comes back, and its writes are there for the next."""

    def keeps(store: SqlStore) -> int:
        store.settings.put("a", "1")
        return 7

    assert await database.transact(keeps) == 7
    assert await database.read(lambda store: store.settings.get("a")) == "1"


async def test_a_work_that_raises_changes_nothing(database: Database) -> None:
    """The error comes back as it is, and the writes before it are undone."""

    def work(store: SqlStore) -> None:
        store.settings.put("a", "1")
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await database.transact(work)
    assert await database.transact(lambda store: store.settings.get("a")) is None


async def test_works_committed_together_fail_alone(sqlite_database: Database) -> None:
    """Of works that waited together, one that raises is undone, the others stay, in order."""

    def fails(store: SqlStore) -> None:
        store.settings.put("a", "wrong")
        raise ValueError("no")

    results = await _Held().pile_up(sqlite_database, _put("a", "1"), fails, lambda store: store.settings.get("a"))
    assert results[0] is None
    assert isinstance(results[1], ValueError)
    assert results[2] == "1"


async def test_a_database_error_in_one_work_leaves_its_neighbours(sqlite_database: Database) -> None:
    """A broken constraint is one work's business."""

    def breaks(store: SqlStore) -> None:
        store.settings.put("b", "wrong")
        store.connection.execute(text("INSERT INTO organizers (community, person) VALUES (77, 77)"))

    results = await _Held().pile_up(sqlite_database, _put("a", "1"), breaks, _put("c", "3"))
    assert [type(result) for result in results] == [type(None), IntegrityError, type(None)]
    there = await sqlite_database.read(lambda store: [store.settings.get(key) for key in "abc"])
    assert there == ["1", None, "3"]


async def test_works_that_wait_share_one_commit(sqlite_database: Database, sqlite_url: str) -> None:
    """A hundred works that waited together are one transaction on the disk."""
    wal = _path(sqlite_url) + "-wal"
    await sqlite_database.transact(_put("a", "0"))
    before = _size(wal)
    await sqlite_database.transact(_put("a", "1"))
    alone = _size(wal) - before
    before = _size(wal)
    await _Held().pile_up(sqlite_database, *(_put("a", str(number)) for number in range(100)))
    assert _size(wal) - before <= 2 * alone


async def test_nobody_is_answered_before_the_commit(sqlite_database: Database, sqlite_url: str) -> None:
    """Whatever an answer says is seen by everybody else by then."""
    other = sqlite3.connect(_path(sqlite_url))
    seen: list[str | None] = []

    async def one(number: int) -> None:
        await sqlite_database.transact(_put(f"k{number}", "1"))
        row = other.execute("SELECT value FROM settings WHERE key = ?", (f"k{number}",)).fetchone()
        seen.append(row and row[0])

    await asyncio.gather(*(one(number) for number in range(50)))
    other.close()
    assert seen == ["1"] * 50


_CRASHING = """
import asyncio, sys
from storage.engine import Database

async def main():
    database = Database.open(sys.argv[1])
    async def one(lane):
        for number in range(10**9):
            key = f"{lane}.{number}"
            await database.transact(lambda store: store.settings.put(key, "x"))
            print(key, flush=True)
    await asyncio.gather(*(one(lane) for lane in range(8)))

asyncio.run(main())
"""


def test_what_was_answered_survives_a_crash(database_url: str) -> None:
    """After SIGKILL in the middle of everything, all that anybody was told is there."""
    process = subprocess.Popen([sys.executable, "-c", _CRASHING, database_url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(200)]
    os.kill(process.pid, signal.SIGKILL)
    told += [line.strip() for line in process.stdout if line.endswith("\n")]
    process.stdout.close()
    process.wait()

    async def kept() -> set[str]:
        database = Database.open(database_url)
        rows = await database.read(lambda store: store.connection.execute(text("SELECT key FROM settings")).fetchall())
        await database.close()
        return {row[0] for row in rows}

    assert set(told) <= asyncio.run(kept())


async def test_a_read_sees_one_moment(database: Database) -> None:
    """What is committed while a read runs does not show in it, and the writer does not wait for it."""
    await database.transact(_put("a", "before"))
    looked, written = threading.Event(), threading.Event()

    def twice(store: SqlStore) -> tuple[str | None, str | None]:
        first = store.settings.get("a")
        looked.set()
        assert written.wait(10)
        return first, store.settings.get("a")

    reading = asyncio.ensure_future(database.read(twice))
    await asyncio.to_thread(looked.wait, PATIENCE)
    await database.transact(_put("a", "after"))
    written.set()
    assert await reading == ("before", "before")
    assert await database.read(lambda store: store.settings.get("a")) == "after"


async def test_a_read_cannot_write(database: Database) -> None:
    """Writing in a read is a mistake that shows, and not one that a retry would mend."""
    with pytest.raises((DBAPIError, sqlite3.OperationalError)):
        await database.read(_put("a", "1"))
    assert await database.read(lambda store: store.settings.get("a")) is None


async def test_a_full_disk_is_busy(sqlite_database: Database) -> None:
    """Where the file cannot grow the work is undone and told so; when there is room again all goes on."""
    await sqlite_database.transact(_put("a", "1"))

    def limit(store: SqlStore) -> None:
        pages = store.connection.execute(text("PRAGMA page_count")).scalar_one()
        store.connection.execute(text(f"PRAGMA max_page_count = {pages}"))

    def unlimited(store: SqlStore) -> None:
        store.connection.execute(text("PRAGMA max_page_count = 1000000"))

    await sqlite_database.transact(limit)
    with pytest.raises(StorageBusy):
        await sqlite_database.transact(_put("big", "x" * 1_000_000))
    results = await _Held().pile_up(sqlite_database, _put("big", "x" * 1_000_000), _put("small", "1"))
    assert isinstance(results[0], StorageBusy)
    assert isinstance(results[1], StorageBusy) or results[1] is None
    await sqlite_database.transact(unlimited)
    small = await sqlite_database.transact(lambda store: store.settings.get("small"))
    assert (small == "1") == (results[1] is None)
    await sqlite_database.transact(_put("big", "x" * 1_000_000))


async def test_works_are_done_before_closing(database_url: str) -> None:
    """Closing waits for what was handed in."""
    database = Database.open(database_url)
    waiting = [asyncio.ensure_future(database.transact(_put(f"k{number}", "1"))) for number in range(20)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*waiting)
    again = Database.open(database_url)
    assert await again.read(lambda store: store.settings.get("k19")) == "1"
    await again.close()


async def test_a_closed_storage_takes_nothing(database_url: str) -> None:
    """Handing work to a closed storage is an error, not a hang."""
    database = Database.open(database_url)
    await database.transact(_put("a", "1"))
    await database.close()
    with pytest.raises(RuntimeError):
        await database.transact(_put("a", "2"))


async def test_a_work_that_nobody_waits_for_does_no_harm(sqlite_database: Database) -> None:
    """A cancelled caller takes nothing down with it."""
    held = _Held()
    holding = asyncio.ensure_future(sqlite_database.transact(held))
    await asyncio.to_thread(held.begun.wait, PATIENCE)
    cancelled = asyncio.ensure_future(sqlite_database.transact(_put("a", "1")))
    await asyncio.sleep(0)
    cancelled.cancel()
    held.let_go.set()
    await holding
    await sqlite_database.transact(_put("b", "1"))
    assert await sqlite_database.read(lambda store: store.settings.get("b")) == "1"


async def test_even_odd_errors_reach_whoever_waits(database: Database) -> None:
    """An exception that a future cannot carry is told in another way, and the storage lives on."""

    def stops(store: SqlStore) -> None:
        raise StopIteration

    with pytest.raises(RuntimeError):
        await database.transact(stops)
    await database.transact(_put("a", "1"))


async def test_an_error_repeats_nothing_of_what_was_to_be_written(database: Database) -> None:
    """It goes into the log, where people's words have no place."""
    values = {"key": "a", "value": "Ada's words"}
    await database.transact(_put("a", "1"))
    with pytest.raises(IntegrityError) as error:
        await database.transact(lambda store: store.connection.execute(settings.insert(), values))
    assert "Ada" not in str(error.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://somewhere/x"])
def test_an_address_of_no_use_is_refused(url: str) -> None:
    """Databases that we do not serve are named as such."""
    with pytest.raises(ConfigError, match="database"):
        Database.open(url)


@pytest.mark.parametrize("library", ["alembic", "sqlalchemy.dialects.postgresql"])
def test_importing_the_storage_does_not_import_what_few_starts_need(library: str) -> None:
    """A start with nothing to migrate is quick, and so is one without a server."""
    code = f"import sys, storage.engine, storage.migrate; sys.exit('{library}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
