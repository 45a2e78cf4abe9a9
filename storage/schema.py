"""The whole database: every module that declares tables, and what they are declared in."""

from __future__ import annotations

from storage import tables, transcript_tables
from storage.columns import metadata

__all__ = ["metadata", "tables", "transcript_tables"]

for _index in [index for table in metadata.tables.values() for index in table.indexes]:
    # Here and not at each of them: to be told anything of PostgreSQL, SQLAlchemy imports all of it, also on SQLite.
    _index.dialect_options["postgresql"]["where"] = _index.dialect_options["sqlite"]["where"]
