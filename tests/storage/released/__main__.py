"""Write down the database of the newest revision: `python -m tests.storage.released`."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine

from storage import migrate
from tests.storage.released import FOLDER, fill
from tests.storage.released.rows import ROWS


def write(revision: str) -> Path:
    """Write the dump of a revision that has none yet, and return its path."""
    target = FOLDER / f"{revision}.sql"
    with tempfile.TemporaryDirectory() as folder, target.open("x") as dump:
        path = Path(folder) / "made.sqlite3"
        migrate._run(f"sqlite:///{path}", "upgrade", revision)
        with create_engine(f"sqlite:///{path}").begin() as connection:
            fill(connection, ROWS)
        with closing(sqlite3.connect(path)) as made:
            dump.writelines(f"{line}\n" for line in made.iterdump())
    return target


if __name__ == "__main__":
    for written in map(write, sys.argv[1:] or [migrate.HEAD]):
        sys.stdout.write(f"{written}\n")
