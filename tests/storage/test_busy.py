"""A database that is locked, restarted, out of reach or at odds with itself: what those who wait are told."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from bot.errors import StorageBusy
from storage.engine import Database, SqliteFile, parsed
from storage.postgresql import Pool
from storage.store import SqlStore
from tests.support.databases import Postgres
from tests.support.patience import PATIENCE


def _put(key: str, value: str) -> Callable[[SqlStore], None]:
    return lambda store: store.settings.put(key, value)


async def test_a_locked_file_is_busy(sqlite_database: Database, sqlite_url: str) -> None:
    """Another program that keeps the file makes everybody's work busy, and nothing is half done."""
    address = parsed(sqlite_url)
    impatient = Database(address, SqliteFile(address, busy_ms=50))
    other = sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(
        *(impatient.transact(_put("a", str(number))) for number in range(3)), return_exceptions=True
    )
    assert {type(result) for result in results} == {StorageBusy}
    other.execute("ROLLBACK")
    other.close()
    assert await impatient.read(lambda store: store.settings.get("a")) is None
    await impatient.transact(_put("a", "now"))
    await impatient.close()


async def test_a_server_that_comes_back_is_used_again(postgres: Postgres, postgres_url: str) -> None:
    """Connections that a restart has cut are replaced without anybody noticing."""
    database = Database.open(postgres_url)
    await asyncio.gather(*(database.transact(_put(f"k{number}", "1")) for number in range(10)))
    with postgres.admin.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": make_url(postgres_url).database},
        )
    await asyncio.gather(*(database.transact(_put(f"k{number}", "2")) for number in range(10)))
    assert await database.read(lambda store: store.settings.get("k9")) == "2"
    await database.close()


@pytest.mark.parametrize("cuts", [1, 99])
async def test_a_work_that_does_not_mind_a_lost_connection(postgres_url: str, cuts: int) -> None:
    """It is run again on a fresh connection; where that is lost each time, whoever waits is told that it is busy."""
    database = Database.open(postgres_url)
    tries: list[str] = []

    def work(store: SqlStore) -> str:
        tries.append("again")
        if len(tries) <= cuts:
            with suppress(OperationalError):
                store.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        else:
            store.settings.put("a", "1")
        return "done"

    if cuts == 1:
        assert await database.transact(work) == "done"
        assert await database.read(lambda store: store.settings.get("a")) == "1"
        assert len(tries) == 2
    else:
        with pytest.raises(StorageBusy):
            await database.transact(work)
    await database.close()


async def test_a_transaction_that_stands_still_keeps_nothing_from_others(postgres: Postgres, postgres_url: str) -> None:
    """As that of a process that is held up: the server ends it, others go on, and it is run anew."""
    held_up, others = _impatient(postgres_url), Database.open(postgres_url)
    await others.transact(_put("a", "0"))
    tries: list[str] = []

    def work(store: SqlStore) -> str:
        tries.append(store.settings.get("a") or "")
        store.settings.put("a", "1")
        if len(tries) == 1:
            ours = store.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            _until_gone(postgres, ours)
            asyncio.run_coroutine_threadsafe(others.transact(_put("a", "2")), loop).result(PATIENCE)
        return "done"

    loop = asyncio.get_running_loop()
    assert await held_up.transact(work) == "done"
    assert tries == ["0", "2"]
    assert await others.read(lambda store: store.settings.get("a")) == "1"
    await held_up.close()
    await others.close()


async def test_a_transaction_that_stood_still_before_its_commit_is_run_again(
    postgres: Postgres, postgres_url: str
) -> None:
    """Nothing of it was committed, so it cannot be done twice."""
    database = _impatient(postgres_url)
    tries: list[int] = []

    def work(store: SqlStore) -> None:
        store.settings.put(str(len(tries)), "1")
        tries.append(store.connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        if len(tries) == 1:
            _until_gone(postgres, tries[0])

    await database.transact(work)
    assert len(set(tries)) == 2
    assert await database.read(lambda store: store.settings.get("0")) is None
    assert await database.read(lambda store: store.settings.get("1")) == "1"
    await database.close()


def _impatient(url: str) -> Database:
    """Return a database whose server soon ends a transaction that stands still."""
    address = parsed(url)
    return Database(address, Pool(address, idle_s=0.5))


def _until_gone(postgres: Postgres, backend: int) -> None:
    """Wait until the server has ended a session."""
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
    until = monotonic() + PATIENCE
    with postgres.admin.connect() as connection:
        while connection.execute(asked, {"pid": backend}).scalar_one():
            assert monotonic() < until, "the server does not end it"


async def test_a_server_out_of_reach_is_busy() -> None:
    """No server: every work is told so."""
    database = Database.open("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(StorageBusy):
        await database.transact(_put("a", "1"))
    with pytest.raises(StorageBusy):
        await database.read(lambda store: store.settings.get("a"))
    await database.close()


async def test_a_deadlock_is_run_again(postgres_url: str) -> None:
    """Two works that wait for each other both get done in the end."""
    database = Database.open(postgres_url)
    await database.transact(_put("a", "0"))
    await database.transact(_put("b", "0"))
    both = threading.Barrier(2)
    tries: list[str] = []

    def work(first: str, second: str) -> Callable[[SqlStore], None]:
        def run(store: SqlStore) -> None:
            store.settings.put(first, first + second)
            tries.append(first)
            if len(tries) <= 2:
                both.wait(10)
            store.settings.put(second, first + second)

        return run

    await asyncio.gather(database.transact(work("a", "b")), database.transact(work("b", "a")))
    assert len(tries) == 3
    assert await database.read(lambda store: store.settings.get("a")) == tries[-1] + {"a": "b", "b": "a"}[tries[-1]]
    await database.close()
