"""The one thread that writes to SQLite: what waits is committed together, and nobody is answered before the commit."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from bot.errors import StorageBusy
from bot.tallies import MANY, Spread
from storage.sqlite import busy, connect, raw
from storage.store import SqlStore
from storage.works import Work, done

LARGEST_BATCH = 256
"""How many works are committed together at most, so that a burst does not make its first wait for its last."""


class Job:
    """A work that somebody waits for."""

    __slots__ = ("error", "future", "loop", "result", "work")

    def __init__(self, work: Work, loop: asyncio.AbstractEventLoop) -> None:
        self.work = work
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Answer whoever waits; runs on their event loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Runs works one after the other on its own connection and thread."""

    def __init__(self, path: str, busy_ms: int) -> None:
        self._connection = connect(path, busy_ms=busy_ms)
        self._raw = raw(self._connection)
        self._store = SqlStore(self._connection)
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._closed = False
        self.batches = Spread(MANY)
        """How many works were committed together."""
        self._thread = threading.Thread(target=self._run, name="storage-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> asyncio.Future[Any]:
        """Return the future of what `work` returns, fulfilled on the running loop after the commit."""
        if self._closed:
            raise RuntimeError("the storage is closed")
        job = Job(work, asyncio.get_running_loop())
        self._jobs.put(job)
        return job.future

    async def close(self) -> None:
        """Finish what was submitted, then stop."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        going = True
        while going:
            batch, going = self._waiting()
            if batch:
                self._serve(batch)
                self.batches.add(len(batch))
                _answer(batch)
        self._connection.close()
        self._connection.engine.dispose()

    def _waiting(self) -> tuple[list[Job], bool]:
        """Wait for a work, and return it with all that wait behind it; False after the last."""
        batch: list[Job] = []
        job = self._jobs.get()
        while job is not None:
            if not job.future.cancelled():
                batch.append(job)
            if len(batch) >= LARGEST_BATCH:
                return batch, True
            if self._jobs.empty():  # nobody else takes from it
                return batch, True
            job = self._jobs.get()
        return batch, False

    def _serve(self, batch: Sequence[Job]) -> None:
        """Run all works in one transaction; whatever goes wrong with the transaction itself is everybody's error."""
        try:
            self._raw.execute("BEGIN IMMEDIATE")
            if len(batch) == 1:
                self._alone(batch[0])
            else:
                self._together(batch)
            if self._raw.in_transaction:
                self._raw.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001  # the thread lives on, and everybody gets an answer
            self._fail(batch, error)

    def _alone(self, job: Job) -> None:
        """Run the only work: the transaction is its own, so it needs no savepoint."""
        try:
            job.result = done(job.work, self._store)
        except BaseException as error:  # noqa: BLE001  # handed to whoever waits
            job.error = _told(error)
            self._roll_back()

    def _together(self, batch: Sequence[Job]) -> None:
        for job in batch:
            self._raw.execute("SAVEPOINT work")
            try:
                job.result = done(job.work, self._store)
            except BaseException as error:  # handed to whoever waits
                if not self._raw.in_transaction:  # a full disk, for one, makes SQLite roll back everything
                    raise
                job.error = _told(error)
                self._raw.execute("ROLLBACK TO work")
            self._raw.execute("RELEASE work")

    def _fail(self, batch: Sequence[Job], error: BaseException) -> None:
        told = _told(error)
        if not isinstance(told, StorageBusy):
            told = StorageBusy(f"the transaction was lost: {error}")
            told.__cause__ = error
        for job in batch:
            job.error = told
        self._roll_back()

    def _roll_back(self) -> None:
        if self._raw.in_transaction:
            try:
                self._raw.execute("ROLLBACK")
            except sqlite3.Error:  # pragma: no cover  # the next BEGIN says what is wrong
                return


def _told(error: BaseException) -> BaseException:
    """Return the error as the one who waits gets it."""
    return busy(error, writing=True) or error


def _answer(batch: Sequence[Job]) -> None:
    """Wake each event loop once for all of its works."""
    if len(batch) == 1:
        _wake(batch[0].loop, batch)
        return
    for loop in {job.loop for job in batch}:
        _wake(loop, [job for job in batch if job.loop is loop])


def _wake(loop: asyncio.AbstractEventLoop, jobs: Sequence[Job]) -> None:
    with suppress(RuntimeError):  # that loop is closed: nobody waits any more
        loop.call_soon_threadsafe(_settle, jobs)


def _settle(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.settle()
