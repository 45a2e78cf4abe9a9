"""Reading a backup: it is verified, and a database of this release is made of it.

Nothing is taken from the file but rows: they come into tables of our own making, and are brought to this release there.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.records import dataclass
from storage.backup import (
    FORMAT,
    MANIFEST,
    RELEASE,
    SUMS,
    BackupError,
    Manifest,
    checksum,
    fault,
    number_from,
    opened,
    quoted,
    sqlite_url,
    tables_of,
    told,
)
from storage.migrate import is_known, make, migrate

_MAGIC: Final = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A backup that was found whole: a database of this release in a file of its own, and what the backup says."""

    path: Path
    manifest: Manifest


def unpack(file: Path, folder: Path) -> Unpacked:
    """Verify a backup and make a database of this release of it in `folder`. The backup itself is only read.

    Raises `BackupError` for whatever is not a whole backup that this release can read.
    """
    with told(f"{file} cannot be read"):
        with file.open("rb") as found:
            if found.read(len(_MAGIC)) != _MAGIC:
                raise BackupError(f"{file} is no backup: `circlebot backup` makes one.")
        packed = folder / "packed.db"
        shutil.copyfile(file, packed)  # what is verified and what is put back are the same bytes
    made = folder / "made.db"
    try:
        with closing(opened(packed)) as driver:
            manifest = _manifest(driver, file)
            _verify(driver, manifest, file)
            make(sqlite_url(made), manifest.revision)
            _move_rows(packed, made, file)
    except sqlite3.Error as error:
        raise BackupError(f"{file} is damaged ({error}). Take another backup.") from error
    migrate(sqlite_url(made))
    with closing(opened(made)) as driver:
        driver.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
    return Unpacked(made, manifest)


def _manifest(driver: sqlite3.Connection, file: Path) -> Manifest:
    """Return what a backup says of itself, where this release understands it."""
    there = {name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if MANIFEST not in there or SUMS not in there:
        ours = "It is a database of Circlebot itself: " if RELEASE in there else ""
        remedy = "stop the bot and set [database] url to it." if ours else "`circlebot backup` makes one."
        raise BackupError(f"{file} is no backup. {ours}{remedy}")
    about = {str(key): str(value) for key, value in driver.execute(f"SELECT about, value FROM {MANIFEST}")}  # noqa: S608  # our own name
    counted = driver.execute(f"SELECT name, rows FROM {SUMS}").fetchall()  # noqa: S608  # as above
    try:
        rows = {str(name): int(rows) for name, rows in counted}
        written = int(about["format"])
        found = Manifest(
            about["version"], about["revision"], datetime.fromisoformat(about["made_at"]), about["source"], rows
        )
    except (KeyError, ValueError) as error:
        raise BackupError(f"{file} is damaged: what it says of itself cannot be read. Take another backup.") from error
    if written > FORMAT or not is_known(found.revision):
        raise BackupError(
            f"{file} was made by a newer release of Circlebot ({found.version}). Install that one, or a newer one."
        )
    return found


def _verify(driver: sqlite3.Connection, manifest: Manifest, file: Path) -> None:
    """Look whether what is there is what was backed up."""
    if problem := fault(driver):
        raise BackupError(f"{file} is damaged ({problem}). Take another backup.")
    sums = {name: (rows, total) for name, rows, total in driver.execute(f"SELECT * FROM {SUMS}")}  # noqa: S608  # our own name
    there = tables_of(driver)
    changed = [name for name in sorted(sums.keys() | there.keys()) if name not in sums or name not in there]
    changed += [name for name in sums if name in there and checksum(driver, name) != sums[name]]
    (release,) = driver.execute(f"SELECT version_num FROM {RELEASE}").fetchone() or ("",)  # noqa: S608  # as above
    if changed or release != manifest.revision:
        what = f"in the table {changed[0]}" if changed else "in its release"
        raise BackupError(f"{file} was changed after it was made ({what}). Take another backup.")


def _move_rows(packed: Path, made: Path, file: Path) -> None:
    """Fill fresh tables with the rows of a backup."""
    with closing(opened(made)) as driver:
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("ATTACH ? AS packed", (str(packed),))
        driver.execute("BEGIN")
        ours = tables_of(driver)
        for table, columns in ours.items():
            if table == RELEASE:
                continue
            names = ", ".join(map(quoted, columns))
            driver.execute(
                f"INSERT INTO main.{quoted(table)} ({names}) SELECT {names} FROM packed.{quoted(table)}"  # noqa: S608  # our own names, quoted
            )
        for table, last in driver.execute("SELECT name, seq FROM packed.sqlite_sequence").fetchall():
            if table in ours:
                number_from(driver, table, max(last, _largest(driver, table)))
        if problem := fault(driver):
            raise BackupError(f"{file} is damaged ({problem}). Take another backup.")
        driver.execute("COMMIT")
        driver.execute("DETACH packed")


def _largest(driver: sqlite3.Connection, table: str) -> int:
    return int(driver.execute(f"SELECT coalesce(max(id), 0) FROM {quoted(table)}").fetchone()[0])  # noqa: S608  # our own name, quoted
