"""Moving the data of another release to this one, and back. Alembic is imported only when there is something to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from sqlalchemy import URL, Connection, NullPool, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.errors import ConfigError, StorageBusy
from storage import postgresql, sqlite
from storage.engine import parsed

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0005"
"""The newest migration, known without looking at the files."""
NOTHING = "base"
"""Before the first migration."""

_LOCK = 0x636972636C65  # "circle": one migration at a time among all processes of a server
_WAIT_MS = 60_000
"""How long to wait for another process that is migrating the same file, in milliseconds."""
_STORED = "SELECT version_num FROM alembic_version"


def is_current(url: str) -> bool:
    """Return whether the database has the tables of this release; False where there is none yet.

    Raises `StorageBusy` when the database cannot be reached.
    """
    return revision_of(url) == HEAD


def revision_of(url: str) -> str | None:
    """Return the migration that the database is at, None where there is no database of ours yet.

    Raises `StorageBusy` when the database cannot be reached.
    """
    address = parsed(url)
    if address.get_backend_name() == "sqlite":
        return _stored_in_file(Path(str(address.database)))
    with _engine_errors(), _postgresql(address) as connection:
        return _stored(connection)


def is_known(revision: str) -> bool:
    """Return whether this release or an older one has a migration of that name."""
    return revision.isalnum() and any((Path(__file__).parent / "migrations/versions").glob(f"{revision}_*.py"))


def migrate(url: str) -> None:
    """Bring the database to this release, all or nothing; one process at a time, the others wait.

    Raises `ConfigError` for a database that a newer release has written and for a file that cannot be written,
    `StorageBusy` when it cannot be reached.
    """
    _let_write(parsed(url))
    if not is_current(url):
        _run(url, "upgrade", "head")


def make(url: str, revision: str) -> None:
    """Give a database that has none the tables of a release, which may be an older one."""
    _run(url, "upgrade", revision)


def downgrade(url: str, revision: str = NOTHING) -> None:
    """Take the database back to an older revision, all or nothing. What that one has no place for is lost."""
    _run(url, "downgrade", revision)


def _run(url: str, step: Literal["upgrade", "downgrade"], revision: str) -> None:
    address = parsed(url)
    _let_write(address)
    locked = _locked_file if address.get_backend_name() == "sqlite" else _locked_server
    with _engine_errors(), locked(address) as connection:
        from alembic import command, util  # noqa: PLC0415  # takes longer to import than a start may

        stored = _stored(connection)
        try:
            (command.upgrade if step == "upgrade" else command.downgrade)(_config(connection), revision)
        except util.CommandError as error:
            raise ConfigError([_newer(stored)]) from error
        except DBAPIError as error:
            if _busy(error) is not None:
                raise
            raise ConfigError([_stuck(stored, error)]) from error


def _let_write(address: URL) -> None:
    """Raise `ConfigError` for a file that we may not write, or whose folder is not there: no folder is made unasked."""
    if address.get_backend_name() == "sqlite" and (barred := sqlite.barred(Path(str(address.database)))):
        raise ConfigError([f"{barred.what}. {barred.remedy}"])


def _newer(stored: str | None) -> str:
    return (
        f"database: it was written by a newer release (its tables are at {stored}; this release knows them up to "
        f"{HEAD}). Nothing was changed. Install that release, or restore a backup that was made with this one"
    )


def _stuck(stored: str | None, error: DBAPIError) -> str:
    return (
        f"database: its tables could not be brought to this release. It is at {stored or NOTHING}, as it was: "
        f"the former release still works with it. What went wrong: {error.orig}"
    )


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _locked_file(address: URL) -> Iterator[Connection]:
    """Hold the whole file for the transaction; foreign keys sleep, because SQLite changes tables by copying them."""
    with sqlite.connect(str(address.database)) as connection, connection.begin():
        driver = sqlite.raw(connection)
        driver.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("BEGIN EXCLUSIVE")
        try:
            yield connection
            broken = driver.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise sqlite3.IntegrityError(f"rows that point nowhere: {broken[:5]}")
            driver.execute("COMMIT")
        finally:
            if driver.in_transaction:
                driver.execute("ROLLBACK")


@contextmanager
def _locked_server(address: URL) -> Iterator[Connection]:
    with _postgresql(address) as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield connection


@contextmanager
def _postgresql(address: URL) -> Iterator[Connection]:
    engine = create_engine(address, poolclass=NullPool, connect_args={"connect_timeout": postgresql.CONNECT_S})
    with engine.connect() as connection:
        yield connection


@contextmanager
def _engine_errors() -> Iterator[None]:
    """Turn a database that is locked or out of reach into `StorageBusy`."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        told = _busy(error)
        if told is None:
            raise
        raise StorageBusy(_out_of_reach(told)) from error


def _out_of_reach(why: StorageBusy) -> str:
    what = " ".join(str(why).split()).rstrip(".")
    return (
        f"The database cannot be used: {what}. See that it is running, that its disk has room and that no other "
        "program holds it, and that [database] url names it; then start again."
    )


def _busy(error: DBAPIError | sqlite3.Error) -> StorageBusy | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and not isinstance(cause, sqlite3.Error):
        return postgresql.busy(error, writing=True)
    return sqlite.busy(error, writing=True)


def _stored(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return cast("str | None", connection.execute(text(_STORED)).scalar())


def _stored_in_file(path: Path) -> str | None:
    """Return the revision of an SQLite file, without making one."""
    if not path.exists():
        return None
    with _engine_errors():
        connection = sqlite3.connect(path, timeout=sqlite.BUSY_MS / 1000)
        try:
            row = connection.execute(_STORED).fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return None
            raise
        except sqlite3.DatabaseError as error:
            why = f"database: {path} cannot be read ({error}): it is damaged, or another program's. Restore a backup."
            raise ConfigError([why]) from error
        finally:
            connection.close()
    return None if row is None else str(row[0])
