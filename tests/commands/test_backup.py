"""`circlebot backup`: one file, from either database, whole, of one moment, and nobody else's to read."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import NullPool, create_engine, insert, make_url, text

from bot.errors import StorageBusy
from storage import tables
from storage.backup import BackupError
from storage.engine import Database
from storage.migrate import HEAD, downgrade
from storage.store import SqlStore
from tests.commands.backups import NOW, VERSION, backed_up, changed, content, restored, sums
from tests.commands.conftest import ROOT, Circlebot, Running
from tests.commands.test_command_line import settings
from tests.storage.conftest import make_world, person
from tests.support.patience import PATIENCE

Start = Callable[..., Running]


async def test_a_backup_says_what_it_is_and_is_for_its_owner_alone(database: Database, tmp_path: Path) -> None:
    """It names release, migration, moment and numbers of rows; nobody else can read it; nothing else is left behind."""
    folder = tmp_path / "backups"
    folder.mkdir()
    world = await database.transact(make_world)
    made = backed_up(database.url, folder / "today")
    assert (made.version, made.revision, made.made_at) == (VERSION, HEAD, NOW)
    assert made.source == make_url(database.url).get_backend_name()
    assert (made.rows["people"], made.rows["meetings"], made.rows["rsvps"]) == (3, 1, 0)
    assert {name: rows for name, (rows, _) in sums(folder / "today").items()} == made.rows
    assert stat.S_IMODE((folder / "today").stat().st_mode) == 0o600
    assert [file.name for file in folder.iterdir()] == ["today"]
    assert world.community.name.encode() in (folder / "today").read_bytes()


def test_a_backup_never_takes_the_place_of_a_file_unless_asked(sqlite_url: str, tmp_path: Path) -> None:
    """The name of another backup is refused, and so is that of the database itself, whatever is asked."""
    backed_up(sqlite_url, tmp_path / "today")
    before = (tmp_path / "today").read_bytes()
    with pytest.raises(BackupError, match="there already"):
        backed_up(sqlite_url, tmp_path / "today", now=NOW + timedelta(days=1))
    assert (tmp_path / "today").read_bytes() == before
    backed_up(sqlite_url, tmp_path / "today", now=NOW + timedelta(days=1), overwrite=True)
    assert (tmp_path / "today").read_bytes() != before
    with pytest.raises(BackupError, match="the database itself"):
        backed_up(sqlite_url, Path(str(make_url(sqlite_url).database)), overwrite=True)
    with pytest.raises(BackupError, match="no folder"):
        backed_up(sqlite_url, tmp_path / "nowhere" / "today")


def test_where_there_is_no_database_nothing_is_backed_up_and_none_is_made(tmp_path: Path) -> None:
    """A mistyped address is told, and leaves no empty file behind."""
    with pytest.raises(BackupError, match="no database yet"):
        backed_up(f"sqlite:///{tmp_path}/mistyped.db", tmp_path / "today")
    assert not list(tmp_path.iterdir())


def test_what_was_forgotten_is_not_in_a_backup(sqlite_url: str, tmp_path: Path) -> None:
    """SQLite leaves deleted words in its file; the backup has only what is there."""
    file = Path(str(make_url(sqlite_url).database))
    forget = ("INSERT INTO settings VALUES ('secret', 'Mrs. Malaprop')", "DELETE FROM settings")
    changed(file, "PRAGMA journal_mode = DELETE", "PRAGMA secure_delete = OFF", *forget)
    assert b"Malaprop" in file.read_bytes()
    backed_up(sqlite_url, tmp_path / "today")
    assert b"Malaprop" not in (tmp_path / "today").read_bytes()


async def test_a_backup_is_of_one_moment_while_others_write(database: Database, tmp_path: Path) -> None:
    """Of each transaction it has all or nothing, and nobody has to wait for it to write."""
    done, written = threading.Event(), 0

    async def write() -> None:
        nonlocal written
        while not done.is_set():
            written += 1

            def both(store: SqlStore, number: int = written) -> None:
                store.settings.put(f"a{number}", "x" * 100)
                store.settings.put(f"b{number}", "x" * 100)

            await database.transact(both)

    async def copy() -> None:
        for number in range(3):
            await asyncio.to_thread(backed_up, database.url, tmp_path / f"backup{number}")
        done.set()

    await asyncio.gather(write(), copy())
    sizes = []
    for number in range(3):
        with closing(sqlite3.connect(tmp_path / f"backup{number}")) as backup:
            keys = {key for (key,) in backup.execute("SELECT key FROM settings")}
        one, other = ({key[1:] for key in keys if key[0] == letter} for letter in "ab")
        assert one == other
        assert one == {str(number) for number in range(1, len(one) + 1)}
        sizes.append(len(one))
    assert sizes == sorted(sizes)
    assert written > sizes[-1] > sizes[0]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_older_release_is_backed_up_too(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Before an update one makes a backup, perhaps with the new program; restored, it is of this release."""
    url: str = request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgres_url")
    asyncio.run(_filled(url))
    downgrade(url, "0002")
    assert backed_up(url, tmp_path / "old").revision == "0002"
    restored(url, tmp_path / "old")
    assert backed_up(url, tmp_path / "new").revision == HEAD
    assert sums(tmp_path / "new")["members"] == sums(tmp_path / "old")["members"]


async def _filled(url: str) -> None:
    database = Database.open(url)
    await database.transact(make_world)
    await database.close()


def test_a_newer_release_is_left_alone(database_url: str, tmp_path: Path) -> None:
    """What this program does not know it cannot answer for."""
    _at_revision(database_url, "9999")
    with pytest.raises(BackupError, match="newer release"):
        backed_up(database_url, tmp_path / "today")
    assert not (tmp_path / "today").exists()


def _at_revision(url: str, revision: str) -> None:
    with create_engine(make_url(url), poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_a_damaged_database_is_told_of_and_not_backed_up(sqlite_url: str, tmp_path: Path) -> None:
    """One hears of it today, and not when the backup is needed."""
    asyncio.run(_filled(sqlite_url))
    changed(Path(str(make_url(sqlite_url).database)), "PRAGMA foreign_keys = OFF", "DELETE FROM people")
    with pytest.raises(BackupError, match="damaged"):
        backed_up(sqlite_url, tmp_path / "today")
    assert not (tmp_path / "today").exists()


def test_a_full_disk_leaves_no_half_backup(sqlite_url: str, tmp_path: Path) -> None:
    """It is said, the name stays free, and no piece of it stays."""
    folder = tmp_path / "backups"
    folder.mkdir()
    program = (
        "import sys; from pathlib import Path; from tests.commands.backups import backed_up\n"
        "try: backed_up(sys.argv[1], Path(sys.argv[2]))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, sqlite_url, str(folder / "today")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert done.stdout.startswith("BackupError The backup was not made:"), done.stdout + done.stderr
    assert not list(folder.iterdir())


def test_a_server_out_of_reach_is_told_of(tmp_path: Path) -> None:
    """As everywhere else where the database does not answer."""
    with pytest.raises(StorageBusy):
        backed_up("postgresql+psycopg://nobody@127.0.0.1:9/nothing", tmp_path / "today")
    assert not list(tmp_path.iterdir())


def test_a_hundred_thousand_rows_go_both_ways_in_reasonable_time(database_url: str, tmp_path: Path) -> None:
    """A server that has run for years is backed up and restored within a minute."""
    asyncio.run(_many(database_url, 100_000))
    began = monotonic()
    assert backed_up(database_url, tmp_path / "many").rows["settings"] == 100_000
    restored(database_url, tmp_path / "many")
    assert monotonic() - began < 60
    assert content(database_url, tmp_path)["settings"] == sums(tmp_path / "many")["settings"]


async def _many(url: str, rows: int) -> None:
    database = Database.open(url)

    def put(store: SqlStore) -> None:
        person(store, "Ada")
        values = [{"key": f"key{number}", "value": f"value {number}"} for number in range(rows)]
        store.connection.execute(insert(tables.settings), values)

    await database.transact(put)
    await database.close()


def test_the_command_backs_up_a_running_bot(start: Start, circlebot: Circlebot, tmp_path: Path) -> None:
    """It says what it took in people's words; a second time it wants another name."""
    settings(tmp_path)
    running = start("run")
    done = circlebot("backup", "today.backup")
    assert done.returncode == 0, done.stderr
    assert "Backed up into today.backup: 0 communities, 0 circles, 0 people and 0 meetings" in done.stdout
    again = circlebot("backup", "today.backup")
    assert again.returncode == 2
    assert "there already" in again.stderr
    assert circlebot("backup", "today.backup", "--overwrite").returncode == 0
    assert running.stop() == 0
