"""SQLite by the driver's own hand: a statement is written out once, and run as text from then on.

SQLAlchemy takes several times as long to run a statement as SQLite does. What it says about a statement (its text, the
order of its values, how values and columns are converted) does not change from one run to the next, so it is asked
once. Only for statements that live as long as the program.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Dialect, Executable
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
TOO_LONG = 9
"""From so many values on, a list that is searched is left to SQLAlchemy: each length is a text of its own, all kept."""
_DIALECT: Dialect = SQLiteDialect_pysqlite(paramstyle="qmark")


class _Compilable(Protocol):
    def compile(self, *, dialect: Dialect, column_keys: Sequence[str]) -> SQLCompiler: ...


class Written:
    """A statement for values of these names, and for lists of these lengths."""

    __slots__ = ("_fixed", "_in", "_lists", "_made", "_out", "_placed", "_text")

    def __init__(
        self, compiled: SQLCompiler, columns: Iterable[ColumnElement[Any]], values: Mapping[str, object]
    ) -> None:
        spread = compiled.construct_expanded_state(dict(values))
        self._text = spread.statement
        names = tuple(spread.positiontup or ())
        # The values in their order, the quickest way there is; one alone, or none, it would not hand out as a tuple.
        self._placed: Callable[[Mapping[str, Any]], Sequence[Any]] = (
            itemgetter(*names) if len(names) > 1 else lambda values: [values[name] for name in names]
        )
        self._lists = [(name, places) for name, places in spread.parameter_expansion.items() if name in values]
        # One name may stand in several places, of which some do not know its type.
        into = {
            place: convert
            for bind, name in compiled.bind_names.items()
            if (convert := _into(bind.type))
            for place in spread.parameter_expansion.get(name, (name,))
        }
        given = {*values, *(place for _, places in self._lists for place in places)}
        fixed = set(names) - given
        known = {**compiled.params, **spread.additional_parameters}
        self._fixed = {name: _converted(known[name], into.get(name)) for name in fixed}
        self._in = [(name, convert) for name, convert in into.items() if name not in fixed]
        columns = tuple(columns)
        row = namedtuple("Row", [column.key or "" for column in columns], rename=True)  # type: ignore[misc]  # noqa: PYI024  # its columns are known only now
        self._made: Callable[[Iterable[Any]], Any] = partial(tuple.__new__, row)
        outs = [_out(column.type) for column in columns]
        self._out = [(at, convert) for at, convert in enumerate(outs) if convert]

    def run(self, driver: sqlite3.Connection, values: dict[str, Any]) -> sqlite3.Cursor:
        """Run it."""
        for listed, places in self._lists:
            values |= zip(places, values[listed], strict=True)
        for name, convert in self._in:
            values[name] = convert(values[name])
        if self._fixed:
            values |= self._fixed
        return driver.execute(self._text, self._placed(values))

    def row(self, stored: tuple[Any, ...]) -> Any:  # noqa: ANN401  # of whatever columns the statement names
        """Return a row as the statement's types say, with its columns by position and by name."""
        if not self._out:
            return self._made(stored)
        row = list(stored)
        for at, convert in self._out:
            row[at] = convert(row[at])
        return self._made(row)


def written(statement: Executable, values: Mapping[str, object]) -> Written | None:
    """Return a statement written out for such values; None where its text depends on what they are, or is too long."""
    made: _Compilable = statement  # type: ignore[assignment]  # everything that can be executed can be compiled
    compiled = made.compile(dialect=_DIALECT, column_keys=tuple(values))
    lists = [value for value in values.values() if isinstance(value, list)]
    if compiled.literal_execute_params or any(len(listed) >= TOO_LONG for listed in lists):
        return None
    return Written(compiled, getattr(statement, "exported_columns", ()), values)


def _into(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _out(kind: TypeEngine[Any]) -> Convert | None:
    convert: Convert | None = kind.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
    return convert


def _converted(value: object, convert: Convert | None) -> Any:  # noqa: ANN401
    return convert(value) if convert else value
