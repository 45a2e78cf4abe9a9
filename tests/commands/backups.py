"""What tests of backups share: a world with everything in it, and looking into databases and backups."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from storage.backup import Manifest, back_up, beside
from storage.engine import Database
from storage.replacing import Restored, put_back
from storage.restoring import unpack
from tests.storage.conftest import make_world

VERSION = "1.2.3"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def backed_up(url: str, file: Path, *, now: datetime = NOW, overwrite: bool = False) -> Manifest:
    """Back a database up."""
    return back_up(url, file, version=VERSION, now=now, overwrite=overwrite)


def restored(url: str, file: Path, *, now: datetime = NOW) -> Restored:
    """Restore a backup, keeping what was there in `kept` beside it."""
    with beside(file) as folder:
        return put_back(url, unpack(file, folder), file.with_name("kept"), version=VERSION, now=now)


def sums(file: Path) -> Mapping[str, tuple[int, str]]:
    """Return how many rows each table in a backup has and what they come to."""
    with closing(sqlite3.connect(file)) as backup:
        return {name: (rows, total) for name, rows, total in backup.execute("SELECT * FROM backup_tables")}


def content(url: str, folder: Path) -> Mapping[str, tuple[int, str]]:
    """Return what is in a database, to be compared."""
    with beside(folder / "content") as inside:
        backed_up(url, inside / "content")
        return sums(inside / "content")


def changed(file: Path, *statements: str) -> None:
    """Change an SQLite file behind everybody's back."""
    with closing(sqlite3.connect(file)) as driver:
        for statement in statements:
            driver.execute(statement)
        driver.commit()


def filled(url: str) -> None:
    """Put the small world in a database."""

    async def fill() -> None:
        database = Database.open(url)
        await database.transact(make_world)
        await database.close()

    asyncio.run(fill())
