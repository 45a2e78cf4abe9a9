"""`circlebot restore`: verified before anything is replaced, all or nothing, from either database into either."""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.errors import StorageBusy
from storage import tables
from storage.engine import Database
from storage.store import SqlStore
from tests.commands.backups import NOW, backed_up, content, filled, restored, sums
from tests.commands.conftest import ROOT, Circlebot, Running
from tests.commands.terminal import Terminal
from tests.commands.test_command_line import settings
from tests.storage.conftest import make_world, meeting, person, soon
from tests.support.databases import Postgres
from tests.support.long import long
from tests.support.patience import PATIENCE

Start = Callable[..., Running]
FAR = 500
"""Nothing that was made after a backup, and was lost with the database, has a number so far ahead."""


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_everything_comes_back_in_either_kind_of_database(
    source: str, target: str, backup: Path, postgres: Postgres, tmp_path: Path
) -> None:
    """From SQLite and PostgreSQL into SQLite and PostgreSQL, nothing is lost and nothing comes to mean another."""

    def made(kind: str, name: str) -> str:
        return f"sqlite:///{tmp_path}/{name}.db" if kind == "sqlite" else postgres.create(migrated=False)

    here, there = made(source, "here"), made(target, "there")
    restored(here, backup)
    first = backed_up(here, tmp_path / "first")
    assert first.source == source
    assert sum(rows > 0 for rows in first.rows.values()) > 20
    restored(there, tmp_path / "first")
    assert backed_up(there, tmp_path / "second").source == target
    assert sums(tmp_path / "second") == sums(tmp_path / "first")
    untouched = sums(backup).keys() - {"deliveries", "cards", "leases"}
    assert {name: sums(tmp_path / "first")[name] for name in untouched} == {
        name: sums(backup)[name] for name in untouched
    }
    for url in (here, there):
        if url.startswith("postgresql"):
            postgres.drop(url)


async def test_no_number_is_given_twice(database_url: str, tmp_path: Path) -> None:
    """A button that was posted after the backup names a meeting that is no more, and never another one."""
    database = Database.open(database_url)
    world = await database.transact(make_world)
    backed_up(database_url, tmp_path / "backup")

    def later(store: SqlStore) -> int:
        made = [meeting(world.circle.id, number, soon(days=number)) for number in range(2, 5)]
        return store.meetings.add(made)[-1].id

    last = await database.transact(later)
    await database.close()
    restored(database_url, tmp_path / "backup")
    database = Database.open(database_url)
    try:
        assert await database.read(lambda store: store.meetings.get(last)) is None
        again = await database.transact(later)
        assert again > last + FAR
        assert (await database.transact(lambda store: person(store, "New"))).id > FAR
    finally:
        await database.close()


async def test_what_is_past_is_not_sent_and_what_is_to_come_is(database_url: str, tmp_path: Path) -> None:
    """Messages due before the restore may have gone out: dropped, and said. Steps are taken, later ones wait."""
    database = Database.open(database_url)
    world = await database.transact(make_world)

    def plan(store: SqlStore) -> None:
        row = {"notice": "{}", "kind": "remind", "attempts": 0, "message": "", "outcome": ""}
        ours = {"place": world.place, "leased_by": "host/1", "leased_until": NOW}
        plans = [
            {"key": "sent", "state": "sent", "due_at": NOW - timedelta(days=2), **ours},
            {"key": "past", "state": "waiting", "due_at": NOW - timedelta(days=1), **ours},
            {"key": "between", "state": "waiting", "due_at": NOW + timedelta(days=1), **ours},
            {"key": "step", "state": "waiting", "due_at": NOW - timedelta(days=1), **ours, "place": None},
            {"key": "ahead", "state": "waiting", "due_at": NOW + timedelta(days=3), **ours},
        ]
        store.connection.execute(insert(tables.deliveries), [row | one for one in plans])
        store.take_lease("courier:web", "host/1", NOW, NOW + timedelta(days=9))

    await database.transact(plan)
    await database.close()
    backed_up(database_url, tmp_path / "backup")
    done = restored(database_url, tmp_path / "backup", now=NOW + timedelta(days=2))
    assert done.dropped == 2
    database = Database.open(database_url)
    try:
        found = await database.read(
            lambda store: store.deliveries.several(["sent", "past", "between", "step", "ahead"])
        )
        assert {key: one.state.value for key, one in found.items()} == {
            "sent": "sent",
            "past": "dropped",
            "between": "dropped",
            "step": "waiting",
            "ahead": "waiting",
        }
        assert found["past"].outcome.startswith("too late")
        assert await database.transact(
            lambda store: store.take_lease("courier:web", "other", NOW, NOW + timedelta(days=1))
        )
    finally:
        await database.close()


def test_what_was_there_is_kept_as_a_backup_of_its_own(database_url: str, backup: Path, tmp_path: Path) -> None:
    """Whoever restored the wrong file restores again."""
    filled(database_url)
    before = content(database_url, tmp_path)
    done = restored(database_url, backup)
    assert done.kept == tmp_path / "kept"
    assert content(database_url, tmp_path) != before
    done.kept.rename(tmp_path / "former")
    restored(database_url, tmp_path / "former")
    assert content(database_url, tmp_path)["members"] == before["members"]
    assert content(database_url, tmp_path)["meetings"] == before["meetings"]


# While somebody uses the database


async def test_a_database_that_the_bot_uses_is_left_alone(database_url: str, backup: Path, tmp_path: Path) -> None:
    """An idle bot counts, too; once it has stopped, the restore goes on."""
    database = Database.open(database_url)
    await database.transact(make_world)
    before = content(database_url, tmp_path)
    with pytest.raises(StorageBusy, match="Stop it first"):
        await asyncio.to_thread(restored, database_url, backup)
    assert content(database_url, tmp_path) == before
    await database.transact(lambda store: store.settings.put("still", "here"))
    await database.close()
    await asyncio.to_thread(restored, database_url, backup)
    assert content(database_url, tmp_path)["members"] == sums(backup)["members"]


HOLDS = """
import sqlite3, sys
driver = sqlite3.connect(sys.argv[1])
driver.execute("PRAGMA journal_mode = WAL")
driver.execute("SELECT * FROM people").fetchone()
print(flush=True)
sys.stdin.read()
"""


def test_a_damaged_database_is_moved_aside_unless_it_is_in_use(tmp_path: Path, backup: Path) -> None:
    """The case one has backups for. What is left of the old one is kept as it is."""
    file = tmp_path / "circlebot.db"
    shutil.copy(backup, file)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDS,
            str(file),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    with file.open("r+b") as damaged:
        damaged.write(b"rubbish" * 20)
    try:
        with pytest.raises(StorageBusy):
            restored(f"sqlite:///{file}", backup)
        assert file.read_bytes().startswith(b"rubbish")
    finally:
        holder.communicate(timeout=PATIENCE)
    done = restored(f"sqlite:///{file}", backup)
    assert not done.is_backup
    assert done.kept is not None
    assert done.kept.read_bytes().startswith(b"rubbish")
    assert content(f"sqlite:///{file}", tmp_path)["members"] == sums(backup)["members"]
    assert not file.with_name("circlebot.db-wal").exists()


# Ended in the middle

ENDS_ITSELF = (
    "import os, signal, sys\n"
    "sys.addaudithook(lambda what, about: what == 'os.rename' and str(about[1]) == sys.argv[1]\n"
    "                 and os.kill(os.getpid(), signal.SIGKILL))\n"
    "from pathlib import Path; from tests.commands.backups import restored\n"
    "restored(f'sqlite:///{sys.argv[1]}', Path(sys.argv[2]))"
)
"""Puts a backup back, and is ended when all is ready but for the last step: the new file has not got its name yet."""


def test_killed_while_a_damaged_file_makes_way_there_is_always_one(tmp_path: Path, backup: Path) -> None:
    """The damaged one, of which a start says so: with none, the bot would start with nothing."""
    file = tmp_path / "circlebot.db"
    file.write_bytes(b"rubbish" * 200)
    command = [sys.executable, "-c", ENDS_ITSELF, str(file), str(backup)]
    ended = subprocess.run(command, cwd=ROOT, timeout=PATIENCE, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert file.read_bytes().startswith(b"rubbish")
    again = restored(f"sqlite:///{file}", backup)
    assert again.kept is not None
    assert again.kept.read_bytes().startswith(b"rubbish")
    assert content(f"sqlite:///{file}", tmp_path)["members"] == sums(backup)["members"]


RESTORE = (
    "import sys; from pathlib import Path; from tests.commands.backups import restored; print('begins', flush=True)\n"
    "restored(sys.argv[1], Path(sys.argv[2])); print('done', flush=True)"
)


def restoring(url: str, file: Path) -> subprocess.Popen[str]:
    """Start a restore as a process of its own, and return when it begins."""
    process = subprocess.Popen(
        [sys.executable, "-c", RESTORE, url, str(file)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    return process


def test_killed_in_the_middle_the_old_or_the_new_is_there(database_url: str, tmp_path: Path) -> None:
    """Whenever it ends, no table is of the one and no other of the other, and a second try does the whole."""

    async def fill(count: int) -> None:
        database = Database.open(database_url)

        def put(store: SqlStore) -> None:
            person(store, "Ada")
            rows = [{"key": f"{count}-{number}", "value": "x" * 200} for number in range(count)]
            store.connection.execute(insert(tables.settings), rows)

        await database.transact(put)
        await database.close()

    asyncio.run(fill(10_000))
    backed_up(database_url, tmp_path / "new")
    asyncio.run(fill(5_000))
    new, old = sums(tmp_path / "new")["settings"], content(database_url, tmp_path)["settings"]
    whole = restoring(database_url, tmp_path / "new")
    began = time.monotonic()
    whole.communicate(timeout=PATIENCE)
    assert whole.returncode == 0
    takes = time.monotonic() - began
    assert content(database_url, tmp_path)["settings"] == new
    (tmp_path / "kept").rename(tmp_path / "old")
    chance, found = random.Random(7), []
    for number in range(long(2, 60)):
        wanted = tmp_path / ("old" if number % 2 == 0 else "new")
        (tmp_path / "kept").unlink(missing_ok=True)
        process = restoring(database_url, wanted)
        time.sleep(takes * chance.random())  # in the middle of its work: there is nothing to wait for
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
        found.append(content(database_url, tmp_path)["settings"])
        assert found[-1] in (old, new)
    (tmp_path / "kept").unlink(missing_ok=True)
    restored(database_url, tmp_path / "new")
    assert content(database_url, tmp_path)["settings"] == new


# As a command


@pytest.mark.parametrize(
    "answer", ["no", "", "perhaps\nno", "\x03", "\x04"], ids=["no", "enter", "perhaps", "^C", "^D"]
)
def test_the_command_takes_only_a_yes_for_one(tmp_path: Path, lived_in: Path, answer: str) -> None:
    """It asks as `init` does, of whoever is unsure once more; an interruption is a no, in our words.

    A no is no error of theirs; but whatever follows on `&&` counts on a restore.
    """
    settings(tmp_path)
    shutil.copy(lived_in, tmp_path / "demo.backup")
    terminal = Terminal(tmp_path, "restore", "demo.backup")
    terminal.until("Go on? [no]: ")
    terminal.types(answer)
    if "perhaps" in answer:
        terminal.until("That does not fit: say yes or no.")
    assert terminal.ends() == 1
    assert "Nothing was changed." in terminal.seen
    assert "Error" not in terminal.seen
    assert "Aborted" not in terminal.seen
    assert not (tmp_path / "circles.db").exists()


def test_the_command_goes_on_after_a_yes(tmp_path: Path, lived_in: Path) -> None:
    """Or how it begins."""
    settings(tmp_path)
    shutil.copy(lived_in, tmp_path / "demo.backup")
    terminal = Terminal(tmp_path, "restore", "demo.backup")
    terminal.until("Go on? [no]: ")
    terminal.types("y")
    assert terminal.ends() == 0
    assert "Restored from demo.backup" in terminal.seen
    assert (tmp_path / "circles.db").exists()


def test_the_command_asks_and_tells(circlebot: Circlebot, start: Start, tmp_path: Path, lived_in: Path) -> None:
    """It refuses while the bot runs, wants a yes, says what came back and where the former is, and the bot starts."""
    settings(tmp_path)
    shutil.copy(lived_in, tmp_path / "demo.backup")
    running = start("run")
    refused = circlebot("restore", "demo.backup", "--yes")
    assert refused.returncode == 2
    assert "Stop it first" in refused.stderr
    assert running.stop() == 0
    unasked = circlebot("restore", "demo.backup")
    assert unasked.returncode == 2
    assert "--yes" in unasked.stderr
    done = circlebot("restore", "demo.backup", "--yes")
    assert done.returncode == 0, done.stderr
    assert "Restored from demo.backup: 1 community, 2 circles, 11 people" in done.stdout
    assert "before-restore" in done.stdout
    assert sorted(file.name.partition(".before")[0] for file in tmp_path.iterdir()) == [
        "circles.db",
        "circles.db",
        "config.toml",
        "demo.backup",
    ]
    assert start("run").stop() == 0
