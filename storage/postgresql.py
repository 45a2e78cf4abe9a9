"""PostgreSQL: a small pool of connections on threads, one transaction each, run again where the server asks for it."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError

from bot.errors import Overtaken, StorageBusy
from storage.cards import TOUCHED, Touched
from storage.store import SqlStore
from storage.works import Work, done

log = logging.getLogger(__name__)

WRITERS = 6
READERS = 3
TRIES = 5
NAME = "circlebot"
"""What the server is told who we are: a restore looks for others of that name."""
CONNECT_S = 5
"""How long making a connection may take, in seconds."""
IDLE_S = 10.0
"""For how many seconds a transaction may stand still before the server ends it. A process that is held up, as by a
machine that sleeps, would else keep what it has locked from all others for as long; awake again, it runs it anew."""

_AGAIN = {"40001", "40P01", "25P03"}
"""Serialization failure, deadlock, stood still for too long: the same transaction may pass when run again."""
_BUSY_STATES = {"55P03", "57014"}
"""Lock not available, cancelled by a time limit."""
_READ_ONLY = "25006"
_BUSY_CLASSES = {"08", "53", "57", "58"}
"""Connection, resources (full disk, too many connections), operator intervention, system error."""


class _Unanswered(StorageBusy):
    """The connection was lost in the commit: nobody knows whether it came to pass."""


def connect(url: URL, *, pool_size: int = WRITERS + READERS) -> Engine:
    """Return an engine whose pool opens connections when they are first needed."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"connect_timeout": CONNECT_S, "application_name": NAME},
        # Whether an INSERT … ON CONFLICT did anything is how races are settled; without this it is not told.
        execution_options={"preserve_rowcount": True},
        hide_parameters=True,  # what went wrong is logged, and holds no words of people
    )


def busy(error: DBAPIError, *, writing: bool = False) -> StorageBusy | None:
    """Return `StorageBusy` for an error that says that the server cannot be used just now, None for any other."""
    state = _state(error)
    lost = error.connection_invalidated or (not state and isinstance(error, OperationalError | InterfaceError))
    # A reader's attempt to write is a mistake of ours; a server that is a standby for the moment is not.
    if lost or state in _AGAIN | _BUSY_STATES or state[:2] in _BUSY_CLASSES or (writing and state == _READ_ONLY):
        told = StorageBusy(str(error.orig))
        told.__cause__ = error
        return told
    return None


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


class Pool:
    """Runs writing works and reading works on threads of their own, so that long reads never hold up a tap."""

    def __init__(self, url: URL, *, idle_s: float = IDLE_S) -> None:
        self._engine = connect(url)
        event.listen(self._engine, "connect", partial(_let_none_stand_still, idle_s))
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="storage-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="storage-reader")

    def write(self, work: Work) -> asyncio.Future[Any]:
        """Return the future of what `work` returns, fulfilled after the commit."""
        return asyncio.get_running_loop().run_in_executor(self._writers, _write, self._engine, work)

    def read(self, work: Work) -> asyncio.Future[Any]:
        """Return the future of what `work` returns, which sees one state of the database."""
        return asyncio.get_running_loop().run_in_executor(self._readers, _run, self._snapshots, work)

    async def close(self) -> None:
        """Finish what was submitted, then stop."""
        await asyncio.to_thread(self._writers.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        self._engine.dispose()


def _let_none_stand_still(idle_s: float, connection: DBAPIConnection, _: object) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"SET idle_in_transaction_session_timeout = {round(1000 * idle_s)}")
    connection.commit()


def _write(engine: Engine, work: Work) -> Any:  # noqa: ANN401
    touched = Touched()

    def told_what_it_touches(store: SqlStore) -> Any:  # noqa: ANN401
        nonlocal touched
        touched = Touched()  # nothing of a try that failed
        store.connection.execution_options(**{TOUCHED: touched})
        return work(store)

    try:
        result = _run(engine, told_what_it_touches, writing=True)
    except _Unanswered:  # where it did not come to pass, a second look does no harm
        _look_again(engine, touched)
        raise
    _look_again(engine, touched)
    return result


def _run(engine: Engine, work: Work, *, writing: bool = False) -> Any:  # noqa: ANN401  # whatever the work returns
    for attempt in range(1, TRIES + 1):
        committing = False
        try:
            with engine.connect() as connection:
                result = done(work, SqlStore(connection))
                committing = True
                connection.commit()
                return result
        except Overtaken:
            if attempt == TRIES:
                raise
        except PendingRollbackError as error:  # the connection was lost, and the work made nothing of that
            if attempt == TRIES:
                raise StorageBusy("the connection was lost") from error
        except DBAPIError as error:
            # A connection lost before the commit changed nothing (the server may have been restarted since the last
            # work): a fresh one serves. Lost in the commit, nobody knows, and the work must not be done twice.
            lost = error.connection_invalidated and not committing
            if attempt < TRIES and (lost or _state(error) in _AGAIN):
                _make_way(attempt)
                continue
            if committing and error.connection_invalidated:
                raise _Unanswered(str(error.orig)) from error
            told = busy(error, writing=writing)
            if told is None:
                raise
            raise told from error
    raise AssertionError  # the last attempt returns or raises


def _look_again(engine: Engine, touched: Touched) -> None:
    """Take the second look of a work that is done, or may be, whatever comes of this."""
    if not touched:
        return
    for attempt in range(1, TRIES + 1):
        try:
            with engine.connect() as connection:
                touched.look_again(connection.execution_options(isolation_level="AUTOCOMMIT"))
        except DBAPIError as error:
            if attempt < TRIES and (error.connection_invalidated or _state(error) in _AGAIN):
                _make_way(attempt)
                continue
            log.warning("cards posted in this very moment may show what was before: %s", _state(error) or "no server")
        return


def _make_way(attempt: int) -> None:
    """Wait a little, to get out of each other's way."""
    time.sleep(random.uniform(0, 0.02) * attempt)  # noqa: S311  # not for secrets
