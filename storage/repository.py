"""What the repositories share: a connection, and an INSERT that says what to do about a row that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, CursorResult, Dialect, Executable, Row, Select, bindparam

# One construct for both databases: SQLite took ON CONFLICT from PostgreSQL, and SQLAlchemy writes this one for either.
from sqlalchemy.dialects.postgresql import Insert, insert

__all__ = ["AnyRow", "Prepared", "Repository", "bound", "insert"]

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever columns the query beside it names."""


def bound(name: str, *, expanding: bool = False) -> BindParameter[Any]:
    """Return a parameter that takes its type from what it is compared with, for use in several statements."""
    return bindparam(name, expanding=expanding)


class Prepared:
    """A statement written out once for each kind of database and run by its text: for the tap's hot path alone.

    It saves half of what running a statement costs. Values are given as they are stored, and rows come as they are
    stored: there is no conversion but the driver's.
    """

    __slots__ = ("_names", "_statement", "_written")

    def __init__(self, statement: Insert | Select[Any], *names: str) -> None:
        self._statement = statement
        self._names = names
        self._written: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Run it with a value for each of its names."""
        try:
            written, order = self._written[connection.dialect.name]
        except KeyError:
            written, order = self._write(connection.dialect)
        if order is None:
            return connection.exec_driver_sql(written, values)
        return connection.exec_driver_sql(written, tuple([values[name] for name in order]))

    def _write(self, dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._names)
        order = tuple(compiled.positiontup) if compiled.positiontup else None
        self._written[dialect.name] = str(compiled), order
        return self._written[dialect.name]


class Repository:
    """Intent-named methods on one transaction's connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _one(self, statement: Executable, **values: Any) -> AnyRow | None:  # noqa: ANN401  # as many types as columns
        return self._connection.execute(statement, values).first()

    def _all(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:  # noqa: ANN401
        return self._connection.execute(statement, values).fetchall()

    def _do(self, statement: Executable, **values: Any) -> int:  # noqa: ANN401
        """Return how many rows it changed."""
        return self._connection.execute(statement, values).rowcount
