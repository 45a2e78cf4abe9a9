"""A storage whose every change can be taken back: thousands of cells are tried in one world, each as if it were first.

It is the real store on a real database, with one connection and one transaction around everything. The storage's own
threads and commits are tried elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection

from storage import postgresql, sqlite
from storage.engine import parsed
from storage.schema import metadata
from storage.store import SqlStore

T = TypeVar("T")
Dump = dict[str, list[tuple[object, ...]]]
"""Rows by table."""
NOTED = frozenset({"people", "accounts", "places", "updates_seen", "leases", "settings", "drafts"})
"""Tables that change when somebody merely says something."""
_TABLES = [table.name for table in metadata.sorted_tables if not table.name.startswith("web_")]


class Trial:
    """Implements `bot.ports.Storage`; `refused` is what the last work that was undone was undone with."""

    def __init__(self, url: str) -> None:
        address = parsed(url)
        is_file = address.get_backend_name() == "sqlite"
        self._connection: Connection = (
            sqlite.connect(str(address.database)) if is_file else postgresql.connect(address, pool_size=1).connect()
        )
        self._store = SqlStore(self._connection)
        self._is_sorted = is_file
        """Whether rows come in the same order every time."""
        self.refused: BaseException | None = None
        if is_file:  # the other driver begins by itself
            self._do("BEGIN")

    def _do(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)

    async def transact(self, work: Callable[[SqlStore], T]) -> T:
        """Run a work; whatever it raises undoes it alone."""
        self._do("SAVEPOINT work")
        try:
            done = work(self._store)
        except BaseException as error:
            self.refused = error
            self._do("ROLLBACK TO SAVEPOINT work")
            self._do("RELEASE SAVEPOINT work")
            raise
        self._do("RELEASE SAVEPOINT work")
        return done

    async def read(self, work: Callable[[SqlStore], T]) -> T:
        """Run a work that is not to write: what it writes is undone."""
        self._do("SAVEPOINT look")
        try:
            return work(self._store)
        finally:
            self._do("ROLLBACK TO SAVEPOINT look")
            self._do("RELEASE SAVEPOINT look")

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back, at the end, whatever happens meanwhile."""
        self.refused = None
        self._do("SAVEPOINT cell")
        try:
            yield
        finally:
            self._do("ROLLBACK TO SAVEPOINT cell")
            self._do("RELEASE SAVEPOINT cell")

    def dump(self, *, without: frozenset[str] = NOTED, also: tuple[str, ...] = ()) -> Dump:
        """Return every row of every table but the web page's own (unless in `also`) and those in `without`."""
        found = {}
        for name in (*_TABLES, *also):
            if name not in without:
                rows = [tuple(row) for row in self._connection.exec_driver_sql(f"SELECT * FROM {name}")]  # noqa: S608  # our own names
                found[name] = rows if self._is_sorted else sorted(rows, key=repr)
        return found

    def close(self) -> None:
        """Take everything back and let go of the database."""
        self._do("ROLLBACK")
        self._connection.close()
        self._connection.engine.dispose()
