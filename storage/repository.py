"""What the repositories share: a connection, and an INSERT that says what to do about a row that is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Executable, Row, bindparam

# One construct for both databases: SQLite took ON CONFLICT from PostgreSQL, and SQLAlchemy writes this one for either.
from sqlalchemy.dialects.postgresql import insert

__all__ = ["AnyRow", "Repository", "bound", "insert"]

AnyRow = Row[*tuple[Any, ...]]
"""A row of whatever columns the query beside it names."""


def bound(name: str, *, expanding: bool = False) -> BindParameter[Any]:
    """Return a parameter that takes its type from what it is compared with, for use in several statements."""
    return bindparam(name, expanding=expanding)


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
