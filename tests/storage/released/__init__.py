"""The database of every release as it left it: an SQL dump for each revision, with rows in every table.

After a new migration, `python -m tests.storage.released` writes the dump of the newest revision. Those that are there
are never written again: they are what stands on people's machines.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Table, text

FOLDER: Final = Path(__file__).parent
Rows = dict[str, list[tuple[Any, ...]]]
"""What a database holds: by the name of the table, its rows in order."""


def revisions() -> list[str]:
    """Return the revisions whose databases are kept, oldest first."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


def restore(revision: str, path: Path) -> None:
    """Make an SQLite file as a release left it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as made:
        made.executescript((FOLDER / f"{revision}.sql").read_text())


def tables(connection: Connection) -> dict[str, Table]:
    """Return the tables that are there, as they are there."""
    found = MetaData()
    found.reflect(connection)
    return {name: table for name, table in found.tables.items() if name != "alembic_version"}


def held(connection: Connection, columns: dict[str, list[str]]) -> Rows:
    """Return what stands in some columns of some tables."""
    there = tables(connection)
    rows: Rows = {}
    for name, wanted in columns.items():
        asked = [there[name].c[column] for column in wanted]
        rows[name] = sorted(
            (tuple(row) for row in connection.execute(there[name].select().with_only_columns(*asked))), key=repr
        )
    return rows


def fill(connection: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Put rows into the tables that are there, leaving out the columns that are not; ids go on after the last one."""
    is_server = connection.dialect.name == "postgresql"
    if is_server:  # two tables point at each other
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    for name, table in tables(connection).items():
        for row in rows[name]:
            connection.execute(table.insert().values({key: row[key] for key in row if key in table.c}))
        if is_server and "id" in table.c and name != "feedback":
            goes_on = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"  # noqa: S608  # our own name
            connection.execute(text(goes_on))
