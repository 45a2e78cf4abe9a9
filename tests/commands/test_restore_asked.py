"""What `circlebot restore` says before it replaces anything: what comes, and what stands there now."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from bot.commands.backup import bring_back
from bot.config import DatabaseSettings, Settings
from bot.errors import CalledOff, StorageBusy
from storage.backup import sqlite_url as sqlite_address
from storage.engine import Database
from storage.migrate import downgrade, is_current
from storage.sqlite import connect, raw
from storage.store import SqlStore
from tests.commands.backups import NOW, backed_up, changed, content, filled, restored
from tests.commands.conftest import ROOT
from tests.storage.conftest import person
from tests.support.databases import Postgres
from tests.support.patience import PATIENCE

GUIDE = (ROOT / "docs" / "backups.md").read_text(encoding="utf-8")
WORLD = "1 community, 1 circle, 3 people and 1 meeting"


RUNS = """
import asyncio, sys
from storage.engine import Database

async def run():
    database = Database.open(sys.argv[1])
    await database.transact(lambda store: store.settings.put("a", "b"))
    print(flush=True)
    sys.stdin.read()
    await database.close()

asyncio.run(run())
"""
"""Has a database open as the bot does, and does nothing with it, until its input ends."""


def at(url: str) -> Settings:
    """Return settings that name a database."""
    return Settings(database=DatabaseSettings(url=SecretStr(url)))


def asked(url: str, file: Path) -> Sequence[str]:
    """Return the lines of the question that is asked before a backup is put back; the answer is no."""
    said: list[str] = []

    def no(what: str) -> bool:
        said.extend(what.splitlines())
        return False

    with pytest.raises(CalledOff):
        bring_back(at(url), file, no)
    return said


def now_there(url: str, file: Path) -> str:
    """Return what the question says of what stands there now."""
    before, label, now = asked(url, file)[-1].partition("  there now:     ")
    assert (before, bool(label)) == ("", True)
    return now


def file_of(url: str) -> Path:
    """Return the file of an SQLite database."""
    return Path(str(make_url(url).database))


def bytes_in(folder: Path) -> Mapping[str, bytes]:
    """Return the files in a folder, to be compared."""
    return {each.name: each.read_bytes() for each in folder.iterdir()}


@contextmanager
def running(url: str) -> Iterator[None]:
    """Have another process use a database meanwhile, as the bot does."""
    command = [sys.executable, "-c", RUNS, url]
    bot = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert bot.stdout is not None
    assert bot.stdout.readline() == b"\n"
    try:
        yield
    finally:
        bot.communicate(timeout=PATIENCE)


def used(url: str, *, hours: float) -> None:
    """Have somebody new press something so long after a backup was made."""

    async def use() -> None:
        database = Database.open(url)

        def act(store: SqlStore) -> None:
            person(store, f"Late by {hours}")
            store.first_time(f"tap {hours}", NOW + timedelta(hours=hours))

        await database.transact(act)
        await database.close()

    asyncio.run(use())


def test_both_are_told_side_by_side(database_url: str, tmp_path: Path) -> None:
    """In the same words: whoever took the wrong file, or the wrong database, sees it in time."""
    filled(database_url)
    used(database_url, hours=-2)
    backed_up(database_url, tmp_path / "today.backup")
    used(database_url, hours=21.5)
    whole, instead, comes, goes = asked(database_url, tmp_path / "today.backup")
    assert whole == f"{tmp_path}/today.backup is whole: Circlebot 1.2.3, 2026-11-21 at 12:00 UTC."
    assert instead.startswith("It takes the place of all that is in ")
    assert comes == "  in the backup: 1 community, 1 circle, 4 people and 1 meeting; last used 2026-11-21 at 10:00 UTC"
    assert goes == "  there now:     1 community, 1 circle, 5 people and 1 meeting; last used 2026-11-22 at 09:30 UTC"


def test_what_nobody_has_used_is_told_without_a_time(database_url: str, backup: Path) -> None:
    """Such as the database of a bot that was set up a moment ago."""
    assert now_there(database_url, backup) == "0 communities, 0 circles, 0 people and 0 meetings"


def test_what_has_not_been_used_for_long_is_told_by_when_people_were_seen(database_url: str, backup: Path) -> None:
    """What they did is not known by then, and that they did something is."""
    filled(database_url)
    assert now_there(database_url, backup) == f"{WORLD}; last used 2026-01-05 at 18:00 UTC"


def test_a_database_of_an_older_release_can_be_told(database_url: str, backup: Path) -> None:
    """It is not brought to this one for that."""
    downgrade(database_url, "0001")
    assert now_there(database_url, backup) == "0 communities, 0 circles, 0 people and 0 meetings"
    assert not is_current(database_url)


def test_where_nothing_stands_that_is_told(backup: Path, tmp_path: Path, postgres: Postgres) -> None:
    """No file, or a database without tables; none is made to look into it."""
    assert now_there(f"sqlite:///{tmp_path}/new.db", backup) == "nothing"
    assert not (tmp_path / "new.db").exists()
    url = postgres.create(migrated=False)
    assert now_there(url, backup) == "nothing"
    assert not is_current(url)
    postgres.drop(url)


@pytest.mark.parametrize("kind", ["torn", "diary"])
def test_what_cannot_be_read_is_told(sqlite_url: str, backup: Path, kind: str) -> None:
    """It is kept as it is, and restoring goes on all the same."""
    file = file_of(sqlite_url)
    whole = file.read_bytes()
    file.write_bytes(b"Dear diary. " * 400 if kind == "diary" else whole[:5000])
    before = file.read_bytes()
    assert now_there(sqlite_url, backup).startswith("cannot be read (")
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "time",
    ["updates_seen SET at = 'on Tuesday'", "updates_seen SET at = 9000000000000000000", "accounts SET seen_at = x'26'"],
)
def test_a_time_that_is_none_is_told(sqlite_url: str, backup: Path, time: str) -> None:
    """Restoring goes on for such a database, too."""
    filled(sqlite_url)
    used(sqlite_url, hours=0)
    changed(file_of(sqlite_url), f"UPDATE {time}")
    assert now_there(sqlite_url, backup) == "cannot be read (a time in it is none)"
    assert restored(sqlite_url, backup).is_backup


def test_a_folder_in_the_place_of_the_file_is_told(backup: Path, tmp_path: Path) -> None:
    """In the words of the system."""
    (tmp_path / "folder").mkdir()
    assert now_there(f"sqlite:///{tmp_path}/folder", backup).startswith("cannot be read (Is a directory")


@pytest.mark.parametrize("left", [(), ("-wal",), ("-wal", "-shm")])
def test_the_question_changes_nothing_of_what_a_killed_bot_left(
    sqlite_url: str, backup: Path, tmp_path: Path, left: tuple[str, ...]
) -> None:
    """What it did last stands beside the file, and is told; nothing is moved into the file, made or taken away."""
    file = tmp_path / "killed" / "is it 100%41 #1?.db"
    file.parent.mkdir()
    filled(sqlite_url)
    with closing(connect(str(file_of(sqlite_url)))) as connection:
        person(SqlStore(connection), "Late")
        if not left:
            raw(connection).execute("PRAGMA wal_checkpoint").fetchall()
        for part in ("", *left):
            shutil.copyfile(f"{file_of(sqlite_url)}{part}", f"{file}{part}")
    before = bytes_in(file.parent)
    (tmp_path / "link.db").symlink_to(file)
    for name in (file, tmp_path / "link.db"):
        assert now_there(sqlite_address(name), backup).startswith("1 community, 1 circle, 4 people and 1 meeting; ")
    assert bytes_in(file.parent) == before
    assert len(before) == 1 + len(left)


def test_the_question_changes_nothing_of_a_restore_that_was_cut_off(
    sqlite_url: str, backup: Path, tmp_path: Path
) -> None:
    """Half is in the file, and beside it is what undoes it: what counts is what was there before."""
    filled(sqlite_url)
    file = tmp_path / "cut" / "off.db"
    file.parent.mkdir()
    with closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as driver:
        driver.execute("PRAGMA journal_mode = DELETE")
        driver.execute("PRAGMA cache_size = 1")  # what is changed is written before it is done
        driver.execute("BEGIN")
        driver.execute("DELETE FROM meetings")
        driver.execute("UPDATE people SET name = replace(hex(zeroblob(50000)), '0', 'x')")
        for part in ("", "-journal"):
            shutil.copyfile(f"{file_of(sqlite_url)}{part}", f"{file}{part}")
        driver.execute("ROLLBACK")
    assert file.read_bytes() != file_of(sqlite_url).read_bytes()
    before = bytes_in(file.parent)
    assert now_there(f"sqlite:///{file}", backup) == f"{WORLD}; last used 2026-01-05 at 18:00 UTC"
    assert bytes_in(file.parent) == before


def test_what_is_another_programs_is_told(backup: Path, tmp_path: Path) -> None:
    """Whoever mistyped the name of the database file sees it in time."""
    changed(tmp_path / "songs.db", "CREATE TABLE songs (name)")
    assert now_there(f"sqlite:///{tmp_path}/songs.db", backup) == "nothing of Circlebot's, but something else"


def test_a_server_that_does_not_answer_is_told_without_the_password(backup: Path) -> None:
    """In a line."""
    told = now_there("postgresql+psycopg://ada:s3cret@127.0.0.1:9/circles", backup)
    assert told.startswith("cannot be read (")
    assert "s3cret" not in told


# Before it is asked, and after


def test_nobody_is_asked_while_the_bot_runs(database_url: str, backup: Path, tmp_path: Path) -> None:
    """They would decide in vain: that it is to be stopped first is said before."""
    before = content(database_url, tmp_path)["circles"]
    with running(database_url), pytest.raises(StorageBusy, match="Stop it first"):
        bring_back(at(database_url), backup, lambda what: pytest.fail(f"asked: {what}"))
    assert content(database_url, tmp_path)["circles"] == before


def test_a_bot_that_was_started_while_they_thought_is_left_alone(
    database_url: str, backup: Path, tmp_path: Path
) -> None:
    """It is looked for again at the moment of replacing."""
    before = content(database_url, tmp_path)["circles"]
    with ExitStack() as until_then:

        def yes(_: str) -> bool:
            until_then.enter_context(running(database_url))
            return True

        with pytest.raises(StorageBusy, match="Stop it first"):
            bring_back(at(database_url), backup, yes)
    assert content(database_url, tmp_path)["circles"] == before


def test_a_folder_for_the_database_is_made_only_after_a_yes(backup: Path, tmp_path: Path) -> None:
    """After a no, all is as it was."""
    url, before = f"sqlite:///{tmp_path}/new/home/circles.db", bytes_in(tmp_path)
    assert now_there(url, backup) == "nothing"
    assert bytes_in(tmp_path) == before
    bring_back(at(url), backup, lambda _: True)
    assert [file.name for file in (tmp_path / "new" / "home").iterdir()] == ["circles.db"]


def test_that_what_was_taken_back_works_again_is_said(sqlite_url: str, backup: Path) -> None:
    """Whoever took a sign-in back after the backup, because a stranger had it, takes it back once more."""
    assert "taken back after the backup work again" in bring_back(at(sqlite_url), backup, lambda _: True)


def test_the_guide_shows_what_is_said(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line by line, but for numbers, and for the whole path that the guide leaves out."""
    monkeypatch.chdir(tmp_path)
    url, file = "sqlite:///circlebot.db", Path("today.backup")
    said: list[str] = []
    backup.rename(file)
    restored(url, file)
    used(url, hours=1)

    def yes(what: str) -> bool:
        said.extend([*what.splitlines(), "", "Go on? [no]: yes"])
        return True

    said += bring_back(at(url), file, yes).splitlines()
    shown = GUIDE.partition("    $ circlebot restore today.backup\n")[2].partition("\n\nIt prints")[0]
    lines = [line.removeprefix("    ") for line in shown.splitlines()]
    assert list(map(_numberless, lines)) == [_numberless(line.replace(f"{tmp_path}/", "…/")) for line in said]


def _numberless(line: str) -> str:
    return re.sub(r"\d+( messages? (was|were))?", "N", line)
