"""What the repositories share: a connection, and an INSERT that says what to do about a row that is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self, cast

from sqlalchemy import BindParameter, Connection, Executable, Row, Table, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.base import SyntaxExtension

from storage.direct import TOO_LONG, Written, written

__all__ = ["AnyRow", "Repository", "Values", "believed_until", "bound", "insert"]

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever columns the query beside it names."""


Values = Mapping[str, Any]
"""What the columns of a row hold, by their names."""

_BELIEVED = 10
"""How many times as long as it may last a lease may seem to last: processes' clocks differ a little."""


class Insert(sqlite.Insert):
    """One construct for both databases: SQLite took ON CONFLICT from PostgreSQL, and SQLAlchemy writes this for either.

    To take PostgreSQL's own is to import all that it can, which takes a twentieth of a start.
    """

    inherit_cache = True

    def ext(self, extension: SyntaxExtension) -> Self:
        """Say of an ON CONFLICT what PostgreSQL asks and SQLite knows nothing of: that it names no constraint."""
        extension.constraint_target = None  # type: ignore[attr-defined]  # see above
        return super().ext(extension)


def insert(table: Table) -> Insert:
    """Return an INSERT that can say what to do about a row that is there."""
    return Insert(table)


def believed_until(now: datetime, until: datetime) -> datetime:
    """Return the end after which no lease of such a length can end, unless a clock was set back since it was taken."""
    return now + _BELIEVED * (until - now)


def bound(name: str, *, expanding: bool = False) -> BindParameter[Any]:
    """Return a parameter that takes its type from what it is compared with, for use in several statements."""
    return bindparam(name, expanding=expanding)


_WRITTEN: dict[tuple[object, ...], Written | None] = {}
"""Statements as SQLite gets them, by the names of their values and the lengths of lists among them.

Each is written out when it is first run.
"""


class Repository:
    """Intent-named methods on one transaction's connection.

    What is run here is kept for good, so statements are made once, at the module's top.
    """

    __slots__ = ("_connection", "_driver")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # On PostgreSQL the network takes longer than SQLAlchemy does, which knows there what a lost connection is.
        driver: object = connection.connection.dbapi_connection
        self._driver = driver if isinstance(driver, sqlite3.Connection) else None

    def _one(self, statement: Executable, **values: Any) -> AnyRow | None:  # noqa: ANN401  # as many types as columns
        if self._driver is None or (ready := _ready(statement, values)) is None:
            return self._connection.execute(statement, values).first()
        stored = ready.run(self._driver, values).fetchone()
        return None if stored is None else cast("AnyRow", ready.row(stored))

    def _all(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:  # noqa: ANN401  # as above
        if self._driver is None or (ready := _ready(statement, values)) is None:
            return self._connection.execute(statement, values).fetchall()
        return [ready.row(stored) for stored in ready.run(self._driver, values)]

    def _save(self, statement: Executable, after: Values, was: Values | None, **which: Any) -> bool:  # noqa: ANN401
        """Write the fields that are others than they were when they were read; return whether there was such a row.

        Whoever changes another field of it in this very moment, after the same reading, loses nothing by that.
        """
        fields = after if was is None else {name: value for name, value in after.items() if value != was[name]}
        return not fields or self._do(statement, **which, **fields) > 0

    def _do(self, statement: Executable, **values: Any) -> int:  # noqa: ANN401  # as above
        """Return how many rows it changed."""
        if self._driver is None or (ready := _ready(statement, values)) is None:
            return self._connection.execute(statement, values).rowcount
        return ready.run(self._driver, values).rowcount


def _ready(statement: Executable, values: Mapping[str, Any]) -> Written | None:
    key: tuple[object, ...] = statement, *values
    if list in map(type, values.values()):
        key += tuple([min(len(value), TOO_LONG) for value in values.values() if type(value) is list])
    try:
        return _WRITTEN[key]
    except KeyError:
        return _WRITTEN.setdefault(key, written(statement, values))
