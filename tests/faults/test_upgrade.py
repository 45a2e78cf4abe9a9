"""Every release's database becomes this one's with all that it holds; what goes wrong on the way leaves it whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, NullPool, create_engine, text

from bot.domain.meetings import MeetingState
from bot.domain.people import Account
from bot.errors import ConfigError
from storage import migrate as migrating
from storage.engine import Database, parsed
from storage.migrate import HEAD, is_current, migrate
from storage.schema import metadata
from storage.store import SqlStore
from tests.storage import released
from tests.storage.released.rows import ROWS
from tests.support.databases import Postgres
from tests.support.long import long
from tests.support.patience import PATIENCE
from tests.support.program import program

OLDER = [revision for revision in released.revisions() if revision != HEAD]
FEWEST = 8
"""From the oldest release on there are more statements than that."""
_KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from storage.migrate import migrate
left = int(sys.argv[2])

@event.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, *rest):
    global left
    if statement.lstrip().upper().startswith(("CREATE", "ALTER", "UPDATE", "INSERT", "DROP")):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

migrate(sys.argv[1])
print("done")
"""
"""A migration whose process dies before the statement with a number."""

Kept = Callable[[str], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    """Return what makes a database as a release left it, and returns its address."""
    if request.param == "sqlite":

        def of_file(revision: str) -> str:
            released.restore(revision, tmp_path / "kept.sqlite3")
            return f"sqlite:///{tmp_path}/kept.sqlite3"

        yield of_file
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    made: list[str] = []

    def of_server(revision: str) -> str:
        url = postgres.create(migrated=False)
        made.append(url)
        migrating._run(url, "upgrade", revision)
        with _engine(url).begin() as connection:
            released.fill(connection, ROWS)
        return url

    yield of_server
    for url in made:
        postgres.drop(url)


def _engine(url: str) -> Engine:
    return create_engine(parsed(url), poolclass=NullPool)


def _columns(url: str) -> released.Columns:
    with _engine(url).connect() as connection:
        return released.columns(connection)


def _held(url: str, columns: released.Columns) -> released.Rows:
    with _engine(url).connect() as connection:
        return released.held(connection, columns)


def _stored(url: str) -> str:
    with _engine(url).connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_the_database_of_every_release_is_kept() -> None:
    """A new migration needs the database that it leads to: `python -m tests.storage.released`."""
    versions = Path(migrating.__file__).parent / "migrations" / "versions"
    assert released.revisions() == sorted(path.name.partition("_")[0] for path in versions.glob("[0-9]*.py"))
    assert released.revisions()[-1] == HEAD


@pytest.mark.parametrize("revision", released.revisions())
def test_what_is_kept_has_rows_in_every_table(revision: str, tmp_path: Path) -> None:
    """A table without rows would prove nothing of what a migration does to them."""
    released.restore(revision, tmp_path / "kept.sqlite3")
    url = f"sqlite:///{tmp_path}/kept.sqlite3"
    assert _stored(url) == revision
    assert [name for name, rows in _held(url, _columns(url)).items() if not rows] == []


@pytest.mark.parametrize("revision", released.revisions())
async def test_every_release_becomes_this_one_with_all_that_it_holds(kept: Kept, revision: str) -> None:
    """Each row is there as it was, the tables are as declared, new ones are empty, and the bot works on."""
    url = kept(revision)
    columns = _columns(url)
    before = _held(url, columns)
    migrate(url)
    assert is_current(url)
    assert _held(url, columns) == before
    assert {name: rows for name, rows in _held(url, _columns(url)).items() if name not in before and rows} == {}
    with _engine(url).connect() as connection:
        options = {"compare_server_default": url.startswith("postgresql")}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    await _works_on(url)


async def _works_on(url: str) -> None:
    """Assert that the bot reads what it finds and adds to it, and that no number is used twice."""
    database = Database.open(url)

    def look(store: SqlStore) -> tuple[object, ...]:
        first = store.meetings.of_circle(1)[0]
        waiting = [one.due.key for one in store.deliveries.waiting()]
        new = store.meetings.add([replace(first, uid="")])[0]
        store.people.meet(Account("web", "new", "New"), "en", "", first.starts_at)
        return first.state, first.topic, len(store.seats.roster(1)), waiting, new.id

    waiting = ["digest:1", "remind:2:172800:1", "ended:2"]
    assert await database.transact(look) == (MeetingState.CLOSED, "Unit 1: «Hello»", 2, waiting, 4)
    await database.close()


def _spoilt(url: str) -> None:
    """Put something into the way of the last migration's last step."""
    with _engine(url).begin() as connection:
        connection.execute(text("CREATE INDEX ix_deliveries_place ON settings (value)"))


@pytest.mark.parametrize("revision", OLDER)
def test_a_migration_that_fails_leaves_the_old_database_whole(kept: Kept, revision: str) -> None:
    """Whatever it had done already is undone, it says so in plain words, and it succeeds once its reason is gone."""
    url = kept(revision)
    _spoilt(url)
    columns = _columns(url)
    before = _held(url, columns)
    with pytest.raises(ConfigError, match=f"is at {revision}, as it was") as caught:
        migrate(url)
    assert "ix_deliveries_place" in str(caught.value)
    assert _columns(url) == columns
    assert _held(url, columns) == before
    assert _stored(url) == revision
    with _engine(url).begin() as connection:
        connection.execute(text("DROP INDEX ix_deliveries_place"))
    migrate(url)
    assert _held(url, columns) == before


@pytest.mark.parametrize("steps", range(0, long(12, 60), long(6, 1)))
def test_a_migration_that_is_killed_leaves_the_old_database_whole(kept: Kept, steps: int) -> None:
    """Wherever it dies, what was there is there, and the next start finishes the work."""
    url = kept(OLDER[0])
    columns = _columns(url)
    before = _held(url, columns)
    died = subprocess.run(
        [sys.executable, "-c", _KILLED, url, str(steps)],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    if died.returncode != -signal.SIGKILL:
        assert steps > FEWEST
        assert died.stdout == "done\n", died.stderr
        assert is_current(url)
        return
    assert _held(url, columns) == before
    assert _columns(url) == columns
    assert _stored(url) == OLDER[0]
    migrate(url)
    assert _held(url, columns) == before


def test_processes_that_start_at_once_migrate_once(kept: Kept) -> None:
    """Whoever comes second waits and finds it done; nobody fails, and nothing is done twice."""
    url = kept(OLDER[0])
    columns = _columns(url)
    before = _held(url, columns)
    code = "import sys; sys.stdin.readline(); from storage.migrate import migrate; migrate(sys.argv[1])"
    several = [
        subprocess.Popen([sys.executable, "-c", code, url], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(long(2, 8))
    ]
    for process in several:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=PATIENCE)[1] for process in several]
    assert said == [""] * len(several)
    assert [process.returncode for process in several] == [0] * len(several)
    assert is_current(url)
    assert _held(url, columns) == before


async def test_a_newer_database_is_refused_kindly(kept: Kept, tmp_path: Path) -> None:
    """The program says which release wrote it and what to do, touches nothing, and ends."""
    url = kept(HEAD)
    with _engine(url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("CREATE TABLE of_tomorrow (id INTEGER PRIMARY KEY)"))
    columns = _columns(url)
    before = _held(url, columns)
    async with program(tmp_path, "run", DATABASE__URL=url, WEB__ENABLED="true") as process:
        said, _ = await process.communicate()
    assert process.returncode == 2
    words = said.decode()
    assert "written by a newer release" in words
    assert "9999" in words
    assert "Traceback" not in words
    assert _columns(url) == columns
    assert _held(url, columns) == before
