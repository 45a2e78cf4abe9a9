"""Writers side by side on SQLite, and leasing and marking on PostgreSQL."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import create_engine, text

from bot.domain.rsvps import Answer
from storage.engine import Database
from storage.migrate import migrate
from storage.store import SqlStore
from tests.bench import Figure, measured
from tests.bench._seeded import NOW, seeded
from tests.support.databases import postgres_server

_WRITES = 500
_ROUNDS = 5
_DUE = 40_000
_LEASED = 2_000


async def _writing(path: Path, writers: int) -> list[float]:
    """Return the seconds of each of many writes by so many at once, each beginning its next when the last is done."""
    migrate(f"sqlite:///{path}")
    database = Database.open(f"sqlite:///{path}")
    meeting, people = await database.transact(seeded)
    waits: list[float] = []

    async def writer(number: int) -> None:
        person = people[number % len(people)]
        for turn in range(_WRITES):
            answer, before = tuple(Answer)[turn % 3], time.perf_counter()
            await database.transact(lambda store: store.rsvps.answer(meeting, person, answer, NOW))  # noqa: B023  # awaited at once
            waits.append(time.perf_counter() - before)

    await asyncio.gather(*map(writer, range(writers)))
    await database.close()
    return waits[len(waits) // 10 :]


@measured
def writers_on_sqlite() -> Iterable[Figure]:
    """Commits with synchronous=FULL by eight at once: the slowest against the usual. And 32 at once: none may fail."""
    rounds = []
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(asyncio.run(_writing(Path(folder) / "bench.sqlite3", 8)))
    p50, p99 = (median(quantiles(waits, n=100)[at] for waits in rounds) for at in (49, 98))
    yield Figure("SQLite, 8 writers at once, synchronous=FULL: p50", f"{p50 * 1e3:.2f} ms")
    yield Figure("SQLite, 8 writers at once, synchronous=FULL: p99", f"{p99 * 1e3:.2f} ms")
    yield Figure("SQLite, 8 writers at once: p99 against p50", f"{p99 / p50:.2f} x", "<= 2 x", p99 <= 2 * p50)
    with tempfile.TemporaryDirectory() as folder:
        done = len(asyncio.run(_writing(Path(folder) / "bench.sqlite3", 32)))
    asked = 32 * _WRITES - 32 * _WRITES // 10
    yield Figure("SQLite, 32 writers at once: writes that failed", str(asked - done), "0", done == asked)


_FILL = r"""
INSERT INTO deliveries (key, notice, kind, place, circle, meeting, due_at, state, attempts, message, outcome)
SELECT 'bench:' || n, '{"kind"\:"remind","meeting"\:1,"lead"\:172800}', 'remind', 1, NULL, NULL, :now, 'waiting',
  0, '', ''
FROM generate_series(1, :count) AS n
"""


async def _leasing(url: str) -> float:
    """Return how many deliveries a second are leased and marked as sent, from the table to the commit."""
    migrate(url)
    database = Database.open(url)
    await database.transact(seeded)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO places (platform, chat, kind) VALUES ('telegram', '1', 'group')"))
        connection.execute(text(_FILL), {"count": _DUE, "now": int(NOW.timestamp() * 1e6)})
    engine.dispose()
    until = NOW + timedelta(minutes=2)

    def lease(store: SqlStore) -> list[int]:
        return [one.id for one in store.deliveries.lease(NOW, "bench", until, _LEASED, ["telegram"])]

    async def side() -> None:
        while leased := await database.transact(lease):
            marks = {number: str(number) for number in leased}
            await database.transact(lambda store: store.deliveries.sent(marks, NOW))  # noqa: B023  # awaited at once

    before = time.perf_counter()
    await asyncio.gather(side(), side())
    took = time.perf_counter() - before
    await database.close()
    return _DUE / took


@measured
def leasing_on_postgresql() -> Iterable[Figure]:
    """Lease what is due and mark it as sent, in large steps: what the table allows."""
    with tempfile.TemporaryDirectory() as folder, postgres_server(Path(folder) / "server") as url:
        rate = asyncio.run(_leasing(url))
    yield Figure("PostgreSQL: deliveries leased and marked as sent", f"{rate:,.0f} /s", ">= 20,000 /s", rate >= 20_000)
