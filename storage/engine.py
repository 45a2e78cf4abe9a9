"""The storage behind `transact` and `read`, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar, cast

from sqlalchemy import URL, make_url

from bot.errors import ConfigError, StorageBusy
from bot.tallies import QUICK_S, Spread, Spreads
from storage.postgresql import Pool
from storage.sqlite import BUSY_MS, READERS, Readers
from storage.store import SqlStore
from storage.writer import Writer

T = TypeVar("T")


def parsed(url: str) -> URL:
    """Return the address with the driver that we use; raises `ConfigError` for a database that we do not serve."""
    address = make_url(url)
    match address.get_backend_name():
        case "sqlite" if address.database and address.database != ":memory:":
            return address.set(drivername="sqlite+pysqlite")
        case "postgresql":
            return address.set(drivername="postgresql+psycopg")
    raise ConfigError(["database: use sqlite:///path/to/file or postgresql://user@host/name"])


class SqliteFile:
    """One thread that writes, a few that read; `busy_ms` is how long each waits for another process."""

    def __init__(self, address: URL, *, busy_ms: int = BUSY_MS, readers: int = READERS) -> None:
        path = str(address.database)
        self._writer = Writer(path, busy_ms)
        self._readers = Readers(path, readers, busy_ms)
        self.batches = self._writer.batches
        self.write = self._writer.submit
        self.read = self._readers.submit

    async def close(self) -> None:
        """Finish what was submitted, then stop."""
        await self._readers.close()
        await self._writer.close()


class Database:
    """One database, opened: works are run by `runner`. Implements `bot.ports.Storage`."""

    def __init__(self, address: URL, runner: SqliteFile | Pool) -> None:
        self.url = address.render_as_string(hide_password=False)
        self._runner = runner
        self.works = Spreads(QUICK_S)
        """Seconds from asking for a work to its end, by what it is ("read", "write") and its outcome."""
        # At hand, since every tap is counted.
        self._writes, self._reads = self.works.of("write", "done"), self.works.of("read", "done")
        self.under_way = 0
        """How many works wait or run."""

    @classmethod
    def open(cls, url: str) -> Database:
        """Open the database at `url`, which must be migrated.

        Raises `ConfigError` for an address that means nothing. Whether a server can be reached shows in the first work.
        """
        address = parsed(url)
        return cls(address, SqliteFile(address) if address.get_backend_name() == "sqlite" else Pool(address))

    async def transact(self, work: Callable[[SqlStore], T]) -> T:
        """Run `work` in a transaction on a thread of the storage, and return what it returns, after the commit.

        Whatever `work` raises undoes it alone. On PostgreSQL it may be run again, so it has no effect but through its
        store. Raises `StorageBusy` when the database is locked, full or out of reach.
        """
        began = perf_counter()
        self.under_way += 1
        try:
            result = await self._runner.write(work)
        except BaseException as error:
            self._failed("write", error, began)
            raise
        self.under_way -= 1
        self._writes.add(perf_counter() - began)
        return cast("T", result)

    async def read(self, work: Callable[[SqlStore], T]) -> T:
        """Run `work` on one state of the database, which it cannot change, and return what it returns."""
        began = perf_counter()
        self.under_way += 1
        try:
            result = await self._runner.read(work)
        except BaseException as error:
            self._failed("read", error, began)
            raise
        self.under_way -= 1
        self._reads.add(perf_counter() - began)
        return cast("T", result)

    @property
    def batches(self) -> Spread | None:
        """How many works were committed together; None where each commits by itself."""
        return self._runner.batches if isinstance(self._runner, SqliteFile) else None

    def _failed(self, what: str, error: BaseException, began: float) -> None:
        """Count a work that ended without a result."""
        self.under_way -= 1
        self.works.add(perf_counter() - began, what, "busy" if isinstance(error, StorageBusy) else "refused")

    async def close(self) -> None:
        """Finish what was asked for, then let go of the database."""
        await self._runner.close()
