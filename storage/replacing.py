"""Putting a backup in the place of the database: all or nothing, and only while nobody uses it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import psycopg
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from bot.domain.digests import TOO_LATE
from bot.errors import StorageBusy
from bot.records import dataclass
from storage import postgresql, sqlite
from storage.backup import (
    RELEASE,
    ROWS_AT_ONCE,
    BackupError,
    fault,
    last_number,
    number_from,
    numbered,
    opened,
    quoted,
    sequence_of,
    tables_of,
    to_disk,
    told,
    write,
)
from storage.engine import parsed
from storage.migrate import migrate, revision_of
from storage.restoring import Unpacked
from storage.schema import metadata

GAP: Final = 1_000
"""How many numbers are left out: buttons in the rooms may name what came after the backup, and must not mean others."""
REDRAWN: Final = timedelta(days=28)
"""Cards that were drawn so short a time ago are drawn again: what they show may be newer than what is known now."""
_WAIT_MS: Final = 1000
_LOCK_S: Final = 10
_PARTS: Final = ("-wal", "-shm", "-journal")
_UNREADABLE: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NOT_DONE: Final = "The backup was not put back, and nothing was changed"
_WHY: Final = f"{TOO_LATE}: it was due before the backup was put back"
_RUNNING: Final = (
    "The bot is running, or something else uses the database. Stop it first, then restore. Nothing was changed."
)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: where the former database is kept, None where there was none; how many messages were too late.

    `is_backup` says that what is kept can be restored; otherwise it is the damaged file itself.
    """

    kept: Path | None
    dropped: int
    is_backup: bool = True


@dataclass(frozen=True, slots=True)
class _Change:
    """What is put in the place of a database: the unpacked file; and where the former content is kept."""

    made: Path
    keep: Path
    version: str
    now: datetime

    def save(self, former: sqlite3.Connection | Connection) -> Path:
        """Back up what is there, and return where."""
        write(former, self.keep, version=self.version, now=self.now)
        return self.keep

    def settle(self, former: Mapping[str, int]) -> int:
        """Make of what was true at the backup what may go on now; return how many messages are dropped as past."""
        return _settle(self.made, former, self.now)


def refuse_running(url: str) -> None:
    """Raise `StorageBusy` where the bot is seen to run, for whoever is asked otherwise in vain; nothing is changed.

    What cannot be looked at is passed over: `put_back` looks again, and more closely.
    """
    address = parsed(url)
    with suppress(OSError, DBAPIError):
        if address.get_backend_name() != "sqlite":
            with _server(url).connect() as connection:
                _refuse_running(connection)
        elif _is_in_use(Path(str(address.database))):
            raise StorageBusy(_RUNNING)


def put_back(url: str, unpacked: Unpacked, keep: Path, *, version: str, now: datetime) -> Restored:
    """Put an unpacked backup in the place of the database; what was there is backed up into `keep` before.

    Raises `BackupError` where that cannot be, `StorageBusy` while the bot runs: then everything is as it was.
    """
    address, change = parsed(url), _Change(unpacked.path, keep, version, now)
    with told(_NOT_DONE):
        if address.get_backend_name() == "sqlite":
            return _into_file(Path(str(address.database)), change)
        return _into_server(url, change)


def _settle(path: Path, former: Mapping[str, int], now: datetime) -> int:
    """Make of what was true at the backup what may go on now; return how many messages are dropped as past.

    What was due before now may have been sent after the backup, and is not sent twice; what time does without a message
    is still done. Nobody holds a lease. What rooms show may be newer, so cards are drawn again. `former` are the last
    numbers that the database in its place has given: none of them, nor those shortly after, is used again.
    """
    at = _stored(now)
    with closing(opened(path)) as driver:
        driver.execute("BEGIN")
        driver.execute("DELETE FROM leases")
        driver.execute("UPDATE deliveries SET leased_by = NULL, leased_until = NULL WHERE leased_by IS NOT NULL")
        dropped = driver.execute(
            "UPDATE deliveries SET state = 'dropped', outcome = ?, sent_at = ? WHERE state = 'waiting' AND due_at <= ? "
            "AND (place IS NOT NULL OR person IS NOT NULL)",
            (_WHY, at, at),
        ).rowcount
        driver.execute(
            "UPDATE cards SET fingerprint = '', dirty_at = ? WHERE drawn_at > ?", (at, _stored(now - REDRAWN))
        )
        known = dict(driver.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        for table in numbered(driver):
            number_from(driver, table, max(known.get(table, 0), former.get(table, 0)) + GAP)
        driver.execute("COMMIT")
    to_disk(path)
    return dropped


def _stored(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND


# Into an SQLite file


def _into_file(path: Path, change: _Change) -> Restored:
    path = path.resolve()  # the file itself, where its name is only a link to it
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        return Restored(None, _as_new(path, change))
    try:
        with _alone(path) as driver:
            if not fault(driver) and RELEASE in tables_of(driver):
                return _within(driver, change)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in _UNREADABLE:
            raise
    return _instead(path, change)


def _within(driver: sqlite3.Connection, change: _Change) -> Restored:
    """Replace the content of a file in one transaction of SQLite's own.

    Whoever ends us meanwhile leaves what was there, and whoever waits for the file finds the new content in it.
    """
    kept = change.save(driver)
    dropped = change.settle(dict(driver.execute("SELECT name, seq FROM sqlite_sequence").fetchall()))
    with closing(opened(change.made)) as made:
        made.backup(driver)
    return Restored(kept, dropped)


def _as_new(path: Path, change: _Change, make_way: Callable[[], None] = lambda: None) -> int:
    """Make a file, whole at once, in a place for which all is ready by then; return how many messages are dropped."""
    dropped = change.settle({})
    making = path.with_name(f".{path.name}.restored")
    try:
        making.touch(mode=0o600)  # nobody else reads it meanwhile
        shutil.copyfile(change.made, making)
        to_disk(making)
        make_way()
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)
    to_disk(path.parent)
    return dropped


def _instead(path: Path, change: _Change) -> Restored:
    """Keep a file aside, as it is, that is damaged or not ours, and put the backup in its place.

    Whoever ends us meanwhile leaves the one or the other there: with none, the bot would start with nothing.
    """
    if _is_in_use(path):
        raise StorageBusy(_RUNNING)
    aside = path.with_name(f"{path.name}.damaged-{change.now:%Y%m%d-%H%M%S}")
    return Restored(aside, _as_new(path, change, lambda: _set_aside(path, aside)), is_backup=False)


def _set_aside(path: Path, aside: Path) -> None:
    """Give a file another name, too, and its parts that name alone: they must not be taken for the new file's."""
    try:
        aside.hardlink_to(path)
    except OSError:  # a disk on which a file has one name: it is gone for a moment
        path.replace(aside)
    for part in _PARTS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + part).replace(aside.with_name(aside.name + part))
    to_disk(path.parent)


@contextmanager
def _alone(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that nobody else can have beside it. Raises `StorageBusy` where somebody has one.

    Whoever has the file open keeps it from leaving the mode in which many read and one writes.
    """
    with closing(opened(path)) as driver:
        driver.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        try:
            driver.execute("PRAGMA locking_mode = EXCLUSIVE")
            if driver.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
                raise StorageBusy(_RUNNING)
            driver.execute("BEGIN EXCLUSIVE")  # and kept until the connection closes
            driver.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if sqlite.busy(error) is None:
                raise
            raise StorageBusy(_RUNNING) from error
        yield driver


def _is_in_use(path: Path) -> bool:
    """Say whether a process has an SQLite file open, also one that SQLite cannot read: by the locks that it takes."""
    try:
        import fcntl  # noqa: PLC0415  # not everywhere
    except ImportError:  # pragma: no cover  # Windows does not let an open file be moved
        return False
    pending_byte, length = 0x40000000, 512
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, pending_byte)
        except OSError:
            return True
    return False


# Into a PostgreSQL database


def _into_server(url: str, change: _Change) -> Restored:
    engine = _server(url)
    with engine.connect() as connection:
        _refuse_running(connection)
    has_tables = revision_of(url) is not None
    migrate(url)
    tables = [table.name for table in metadata.sorted_tables]
    listed = ", ".join(map(quoted, tables))
    with closing(opened(change.made)) as driver, engine.connect() as connection, connection.begin():
        _refuse_running(connection)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_S}s'")
        connection.exec_driver_sql(f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE")
        is_used = has_tables and connection.execute(text("SELECT EXISTS (SELECT FROM people)")).scalar_one()
        kept = change.save(connection) if is_used else None
        dropped = change.settle({table: last_number(connection, table) for table in numbered(driver)})
        connection.exec_driver_sql(f"TRUNCATE {listed}")
        try:
            _fill(connection, driver, tables)
        except psycopg.Error as error:
            raise BackupError(f"{_NOT_DONE}: {str(error).splitlines()[0]}.") from error
    return Restored(kept, dropped)


def _server(url: str) -> Engine:
    whoami = {"connect_timeout": postgresql.CONNECT_S, "application_name": "circlebot restore"}
    return create_engine(parsed(url), poolclass=NullPool, connect_args=whoami)


def _refuse_running(connection: Connection) -> None:
    asked = text(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name)"
    )
    if connection.execute(asked, {"name": postgresql.NAME}).scalar_one():
        raise StorageBusy(_RUNNING)


def _fill(connection: Connection, driver: sqlite3.Connection, tables: list[str]) -> None:
    """Fill empty tables, in an order in which nothing points at what is not there yet, and let numbering go on."""
    server = cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)
    for table in tables:
        later = _later(table)
        columns = [column for column in tables_of(driver)[table] if column not in later]
        names = ", ".join(map(quoted, columns))
        with server.cursor() as cursor, cursor.copy(f"COPY {quoted(table)} ({names}) FROM STDIN") as stream:
            rows = driver.execute(f"SELECT {names} FROM {quoted(table)}")  # noqa: S608  # our own names, quoted
            while some := rows.fetchmany(ROWS_AT_ONCE):
                for row in some:
                    stream.write_row(row)
    for table in tables:
        for column in _later(table):
            wanted = f"SELECT {quoted(column)}, id FROM {quoted(table)} WHERE {quoted(column)} IS NOT NULL"  # noqa: S608  # as above
            with server.cursor() as cursor:
                cursor.executemany(
                    f"UPDATE {quoted(table)} SET {quoted(column)} = %s WHERE id = %s",  # noqa: S608  # as above
                    driver.execute(wanted).fetchall(),
                )
    for table, last in driver.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
        asked = text("SELECT setval(CAST(:sequence AS regclass), :last)")
        connection.execute(asked, {"sequence": sequence_of(connection, table), "last": last})


def _later(table: str) -> list[str]:
    """Return the columns that point at tables which are filled later: where two tables point at each other."""
    return [key.parent.name for key in metadata.tables[table].foreign_keys if key.use_alter]
