"""SQLite: how connections are opened, what its errors mean, and the threads that read."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from bot.errors import StorageBusy
from bot.records import dataclass
from storage.store import SqlStore
from storage.works import Work, done

READERS = 3
"""How many threads read."""
BUSY_MS = 5000
"""How long another process may hold the file before a work is told that it is busy, in milliseconds."""
STATEMENTS_CACHED = 512

_BUSY_CODES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL,
}
_PRIMARY = 0xFF
"""An extended error code holds its primary code in the lowest byte."""


@dataclass(frozen=True, slots=True)
class Barred:
    """What keeps us from writing a file, and what helps."""

    what: str
    remedy: str


def barred(path: Path) -> Barred | None:
    """Return what keeps us from writing the file at `path`, or from making it; None where nothing does."""
    file = path.absolute()
    if not file.parent.is_dir():
        what = f"database: cannot be reached (there is no folder {file.parent})"
        return Barred(what, "Look at [database] url, or make the folder.")
    whose = "Let the user whom the bot runs as own it, as by `chown`; or change [database] url."
    if not os.access(file.parent, os.W_OK | os.X_OK):
        return Barred(f"database: the folder {file.parent} cannot be written to", whose)
    if file.exists() and not os.access(file, os.R_OK | os.W_OK):
        return Barred(f"database: the file {file} cannot be written to", whose)
    return None


def connect(path: str, *, reading: bool = False, busy_ms: int = BUSY_MS) -> Connection:
    """Return a connection of its own to the file at `path`, whose transactions are begun and ended by hand."""

    def opened() -> sqlite3.Connection:
        # isolation_level=None: the driver begins nothing by itself. One thread uses it, though another may make it.
        made = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS_CACHED)
        made.execute(f"PRAGMA busy_timeout = {busy_ms}")
        made.execute("PRAGMA foreign_keys = ON")
        if reading:
            made.execute("PRAGMA query_only = ON")
        else:
            _write_ahead(made, busy_ms)
            made.execute("PRAGMA synchronous = FULL")
        return made

    if not os.path.exists(path):  # noqa: PTH110  # it holds people's names and words: for its owner's eyes only
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    # What went wrong is logged, and holds no words of people.
    return create_engine("sqlite+pysqlite://", creator=opened, poolclass=NullPool, hide_parameters=True).connect()


def _write_ahead(driver: sqlite3.Connection, busy_ms: int) -> None:
    """Let readers and the writer work side by side; the file remembers it.

    While another process does the same to a new file SQLite gives up at once, whatever its time limit.
    """
    deadline = time.monotonic() + busy_ms / 1000
    while True:
        try:
            driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if busy(error) is None or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def raw(connection: Connection) -> sqlite3.Connection:
    """Return the driver's own connection."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def busy(error: BaseException, *, writing: bool = False) -> StorageBusy | None:
    """Return `StorageBusy` for an error that says that the file cannot be used just now, None for any other."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if not isinstance(cause, sqlite3.Error) or code is None:
        return None
    code &= _PRIMARY
    # A reader's attempt to write is a mistake of ours; a writer's file that cannot be written is not.
    if code in _BUSY_CODES or (writing and code == sqlite3.SQLITE_READONLY):
        told = StorageBusy(str(cause))
        told.__cause__ = error
        return told
    return None


class Readers:
    """A few threads with connections of their own: each work sees one state of the database, whatever is written."""

    def __init__(self, path: str, number: int, busy_ms: int) -> None:
        self._path, self._busy_ms = path, busy_ms
        self._mine = threading.local()
        self._open: list[Connection] = []
        self._threads = ThreadPoolExecutor(number, thread_name_prefix="storage-reader")

    def submit(self, work: Work) -> asyncio.Future[Any]:
        """Return the future of what `work` returns."""
        return asyncio.get_running_loop().run_in_executor(self._threads, self._run, work)

    async def close(self) -> None:
        """Finish what was submitted, then stop."""
        await asyncio.to_thread(self._threads.shutdown)
        for connection in self._open:
            connection.close()

    def _run(self, work: Work) -> Any:  # noqa: ANN401  # whatever the work returns
        try:
            store = self._store()
            driver = raw(store.connection)
            driver.execute("BEGIN")
            try:
                return done(work, store)
            finally:
                if driver.in_transaction:
                    driver.execute("ROLLBACK")
        except Exception as error:
            told = busy(error)
            if told is None:
                raise
            raise told from error

    def _store(self) -> SqlStore:
        store: SqlStore | None = getattr(self._mine, "store", None)
        if store is None:
            connection = connect(self._path, reading=True, busy_ms=self._busy_ms)
            self._open.append(connection)
            store = self._mine.store = SqlStore(connection)
        return store
