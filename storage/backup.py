"""Backups: the whole database in one SQLite file with a manifest, whichever kind of database it comes from.

It is taken from one state of the database while others go on writing, and stands under its name only when it is whole.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from bot.errors import CircleBotError
from bot.records import dataclass
from storage import postgresql, sqlite
from storage.engine import parsed
from storage.migrate import is_known, make, revision_of

FORMAT: Final = 1
"""What the manifest says that can read it: a reader of this number knows what stands where."""
MANIFEST: Final = "backup_manifest"
SUMS: Final = "backup_tables"
RELEASE: Final = "alembic_version"
"""The table that says which release's tables the others are."""
ROWS_AT_ONCE: Final = 2000
_OWNER_ONLY: Final = 0o600
_NEWER: Final = (
    "The database was written by a newer release of Circlebot (at {revision}). Use that release, or a newer one."
)


class BackupError(CircleBotError):
    """A backup was not made, or cannot be put back, for a reason that can be told; nothing has changed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: the release and migration it is from, when, from what kind of database, of what."""

    version: str
    revision: str
    made_at: datetime
    source: str
    rows: Mapping[str, int]


def back_up(url: str, file: Path, *, version: str, now: datetime, overwrite: bool = False) -> Manifest:
    """Copy the database into `file` as it is at this moment, and return what the copy says of itself.

    Raises `BackupError` where there is nothing to copy or no place for it, `StorageBusy` for a database out of reach.
    """
    address = parsed(url)
    _check_target(address, file, overwrite=overwrite)
    revision = revision_of(url)
    if revision is None:
        raise BackupError("There is no database yet, so there is nothing to back up.")
    if not is_known(revision):
        raise BackupError(_NEWER.format(revision=revision))
    with told("The backup was not made"), _source(address) as source:
        return write(source, file, version=version, now=now, overwrite=overwrite)


def write(
    source: sqlite3.Connection | Connection, file: Path, *, version: str, now: datetime, overwrite: bool = False
) -> Manifest:
    """Copy what an open connection sees, to an SQLite file or to a PostgreSQL server, into `file`."""
    with beside(file) as folder:
        copy = folder / "copy.db"
        copy.touch(mode=_OWNER_ONLY)
        if isinstance(source, sqlite3.Connection):
            source.execute("VACUUM INTO ?", (str(copy),))  # one state, without what was deleted from it
        else:
            _copy_server(source, copy)
        kind = "sqlite" if isinstance(source, sqlite3.Connection) else "postgresql"
        manifest = _seal(copy, version=version, source=kind, now=now)
        _put(copy, file, overwrite=overwrite)
    return manifest


@contextmanager
def _source(address: URL) -> Iterator[sqlite3.Connection | Connection]:
    """Yield a connection that sees one state of the database, while others write to it."""
    if address.get_backend_name() == "sqlite":
        with closing(opened(Path(str(address.database)))) as driver:
            yield driver
        return
    engine = create_engine(
        address,
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
        connect_args={"connect_timeout": postgresql.CONNECT_S},
    )
    with engine.connect() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        yield connection


@contextmanager
def beside(file: Path) -> Iterator[Path]:
    """Yield a folder of our own on the same disk as `file`, which goes with all that is left in it."""
    folder = Path(tempfile.mkdtemp(prefix=f".{file.name}.", dir=file.absolute().parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn what a disk or a database has against it into a sentence that begins with `what`."""
    try:
        yield
    except (sqlite3.Error, OSError, DBAPIError) as error:
        if isinstance(error, DBAPIError) and (busy := postgresql.busy(error)):
            raise busy from error
        why = getattr(error, "strerror", None) or getattr(error, "orig", None) or error
        raise BackupError(f"{what}: {str(why).splitlines()[0] if str(why) else type(error).__name__}.") from error


def opened(path: Path) -> sqlite3.Connection:
    """Return a connection to a file that is there, whose transactions are begun and ended by hand."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=sqlite.BUSY_MS / 1000
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def sqlite_url(path: Path) -> str:
    """Return the address of an SQLite file, whatever letters its name has."""
    return URL.create("sqlite", database=str(path.absolute())).render_as_string()


def quoted(name: str) -> str:
    """Return the name of a table or column as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def tables_of(driver: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the columns of each table with data, without the manifest."""
    names = [
        name
        for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if not name.startswith("sqlite_") and name not in {MANIFEST, SUMS}
    ]
    return {name: [row[1] for row in driver.execute(f"PRAGMA table_info({quoted(name)})")] for name in names}


def checksum(driver: sqlite3.Connection, table: str) -> tuple[int, str]:
    """Return how many rows a table has and what they come to, in the order of its key."""
    described = driver.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
    key = ", ".join(quoted(row[1]) for row in sorted(described, key=lambda row: row[5]) if row[5]) or "1"
    digest, rows = sha256(json.dumps([row[1] for row in described]).encode()), 0
    for row in driver.execute(f"SELECT * FROM {quoted(table)} ORDER BY {key}"):  # noqa: S608  # a quoted name
        digest.update(json.dumps(row, default=bytes.hex).encode())
        rows += 1
    return rows, digest.hexdigest()


def check_folder(file: Path) -> None:
    """Refuse a file in a folder that is not there, or in which nothing may be written."""
    folder = file.absolute().parent
    if not folder.is_dir():
        raise BackupError(f"There is no folder {folder}. Make it first, or choose another.")
    if not os.access(folder, os.W_OK):
        raise BackupError(f"You may not write in {folder}. Choose another folder.")


def _check_target(address: URL, file: Path, *, overwrite: bool) -> None:
    """Refuse what would be in somebody's way, before any work is done."""
    check_folder(file)
    database = Path(str(address.database))
    if address.get_backend_name() == "sqlite" and file.exists() and database.exists() and file.samefile(database):
        raise BackupError(f"{file} is the database itself. Choose another name for the backup.")
    if file.exists() and not overwrite:
        raise BackupError(f"{file} is there already. Choose another name, or say --overwrite.")


def _copy_server(connection: Connection, copy: Path) -> None:
    """Copy what a connection to a PostgreSQL server sees into tables of the same release."""
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    make(sqlite_url(copy), revision)
    with closing(opened(copy)) as driver:
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("BEGIN")
        for table in tables_of(driver):
            if table != RELEASE:
                _copy_table(connection, driver, table)
        driver.execute("COMMIT")


def _copy_table(connection: Connection, driver: sqlite3.Connection, table: str) -> None:
    described = driver.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
    names = ", ".join(quoted(row[1]) for row in described)
    # JSON is kept as it was written: read into values and written again, it could come out as another text.
    wanted = ", ".join(f"{quoted(row[1])}::text" if row[2] == "JSON" else quoted(row[1]) for row in described)
    rows = connection.exec_driver_sql(
        f"SELECT {wanted} FROM {quoted(table)}",  # noqa: S608  # our own names, quoted
        execution_options={"stream_results": True, "yield_per": ROWS_AT_ONCE},
    )
    marks = ", ".join("?" * len(described))
    driver.executemany(
        f"INSERT INTO {quoted(table)} ({names}) VALUES ({marks})",  # noqa: S608  # as above
        (tuple(row) for row in rows),
    )
    if table in numbered(driver):
        number_from(driver, table, last_number(connection, table))


def numbered(driver: sqlite3.Connection) -> list[str]:
    """Return the tables that number their rows and never use a number again."""
    found = driver.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
    return [name for (name,) in found]


def number_from(driver: sqlite3.Connection, table: str, last: int) -> None:
    """Let an SQLite table go on numbering after `last`."""
    driver.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    driver.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))


def sequence_of(connection: Connection, table: str) -> str:
    """Return what gives a PostgreSQL table its numbers, as SQL takes it."""
    asked = text("SELECT pg_get_serial_sequence(:table, 'id')")
    return str(connection.execute(asked, {"table": quoted(table)}).scalar_one())


def last_number(connection: Connection, table: str) -> int:
    """Return the last number that a row of a PostgreSQL table got."""
    asked = f"SELECT last_value, is_called FROM {sequence_of(connection, table)}"  # noqa: S608  # the server's own name
    last, is_called = connection.exec_driver_sql(asked).one()
    return int(last) if is_called else 0


def _seal(copy: Path, *, version: str, source: str, now: datetime) -> Manifest:
    """Look whether the copy is whole, write down what is in it, and see it to the disk."""
    with closing(opened(copy)) as driver:
        driver.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
        driver.execute("PRAGMA synchronous = FULL")
        problem = fault(driver)
        if problem:
            raise BackupError(
                f"The database is damaged ({problem}), so no backup was made of it. Keep a copy of it as it is, and "
                "restore the last good backup."
            )
        (revision,) = driver.execute("SELECT version_num FROM alembic_version").fetchone()
        sums = {table: checksum(driver, table) for table in tables_of(driver)}
        manifest = Manifest(version, revision, now, source, {table: rows for table, (rows, _) in sums.items()})
        driver.execute("BEGIN")
        driver.execute(f"CREATE TABLE {MANIFEST} (about TEXT PRIMARY KEY, value TEXT NOT NULL)")
        driver.execute(f"CREATE TABLE {SUMS} (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, checksum TEXT NOT NULL)")
        about = {
            "format": str(FORMAT),
            "version": version,
            "revision": revision,
            "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "source": source,
        }
        driver.executemany(f"INSERT INTO {MANIFEST} VALUES (?, ?)", about.items())  # noqa: S608  # our own name
        driver.executemany(
            f"INSERT INTO {SUMS} VALUES (?, ?, ?)",  # noqa: S608  # as above
            ((table, rows, total) for table, (rows, total) in sums.items()),
        )
        driver.execute("COMMIT")
    return manifest


def fault(driver: sqlite3.Connection) -> str:
    """Return what is wrong with an SQLite file in itself, empty where nothing is."""
    said: Any = driver.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        return str(said).splitlines()[0]
    astray = driver.execute("PRAGMA foreign_key_check").fetchone()
    return f"a row of {astray[0]} points at one of {astray[2]} that is not there" if astray else ""


def to_disk(path: Path) -> None:
    """Return when a file, or the names in a folder, would survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(copy: Path, file: Path, *, overwrite: bool) -> None:
    """Give the finished copy its name."""
    copy.chmod(_OWNER_ONLY)
    to_disk(copy)
    if overwrite:
        copy.replace(file)
    else:
        try:
            file.hardlink_to(copy)  # fails where somebody made one of that name meanwhile
        except FileExistsError:
            raise BackupError(f"{file} is there already. Choose another name, or say --overwrite.") from None
        except OSError:  # a disk without such links
            copy.replace(file)
    to_disk(file.absolute().parent)
