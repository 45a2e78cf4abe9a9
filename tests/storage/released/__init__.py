"""The database of every release as it left it: an SQL dump for each revision, with rows in every table.

After a new migration, `python -m tests.storage.released` writes the dump of the newest revision. Those that are there
are never written again: they are what stands on people's machines.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, MetaData, text

FOLDER: Final = Path(__file__).parent
Columns = dict[str, list[str]]
"""By the name of the table."""
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


def columns(connection: Connection) -> Columns:
    """Return the columns of the tables that are there."""
    asked = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        if connection.dialect.name == "postgresql"
        else "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
    )
    found: Columns = {}
    for table, column in sorted(tuple(row) for row in connection.execute(text(asked))):
        if table != "alembic_version" and not table.startswith("sqlite_"):
            found.setdefault(table, []).append(column)
    return found


def held(connection: Connection, columns: Columns) -> Rows:
    """Return what stands in some columns of some tables."""
    rows: Rows = {}
    for table, names in columns.items():
        wanted = ", ".join(f'"{name}"' for name in names)
        found = connection.execute(text(f'SELECT {wanted} FROM "{table}"'))  # noqa: S608  # our own names
        rows[table] = sorted((tuple(row) for row in found), key=repr)
    return rows


def fill(connection: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Put rows into the tables that are there, leaving out the columns that are not; ids go on after the last one."""
    is_server = connection.dialect.name == "postgresql"
    if is_server:  # two tables point at each other
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    there = MetaData()
    there.reflect(connection)
    for name, table in there.tables.items():
        if name == "alembic_version":
            continue
        for row in rows[name]:
            connection.execute(table.insert().values({key: row[key] for key in row if key in table.c}))
        if is_server and "id" in table.c and name != "feedback":
            goes_on = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"  # noqa: S608  # our own name
            connection.execute(text(goes_on))
