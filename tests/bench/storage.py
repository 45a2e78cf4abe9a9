"""The storage: what it costs beside the bare driver, and how it grows."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from bot.domain.rsvps import Answer, Tally
from storage.engine import Database
from storage.migrate import migrate
from storage.store import SqlStore
from tests.bench import Figure, measured
from tests.bench._seeded import MEMBERS, NOW, seeded

_ROUNDS = 81
_TAPS = 50
_ANSWERS = tuple(Answer)

_UPSERT = """
INSERT INTO rsvps (meeting, person, answer, reason, stale, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (meeting, person) DO UPDATE SET answer = excluded.answer, reason = excluded.reason, stale = 0,
at = CASE WHEN rsvps.answer = excluded.answer AND rsvps.stale IS 0 THEN rsvps.at ELSE excluded.at END
"""
_TALLY = """
SELECT rsvps.answer, rsvps.stale, people.name FROM rsvps JOIN people ON people.id = rsvps.person
WHERE rsvps.meeting = ? ORDER BY rsvps.at, rsvps.person
"""


@contextmanager
def _on_one_core() -> Iterator[None]:
    """Keep the threads together: where the kernel happens to put them changes the cost of waking one by half."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def _cpu(tap: Callable[[int], Awaitable[object]]) -> float:
    """Return the CPU seconds that one tap takes."""
    before = time.process_time()
    for number in range(_TAPS):
        await tap(number)
    return (time.process_time() - before) / _TAPS


async def _rsvps(path: Path) -> tuple[float, float]:
    migrate(f"sqlite:///{path}")
    database = Database.open(f"sqlite:///{path}")
    meeting, people = await database.transact(seeded)
    driver = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    driver.execute("PRAGMA synchronous = FULL")
    driver.execute("PRAGMA foreign_keys = ON")
    thread = ThreadPoolExecutor(1)
    loop = asyncio.get_running_loop()

    def bare(person: int, answer: str, at: int) -> tuple[int, ...]:
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(_UPSERT, (meeting, person, answer, "", 0, at))
        rows = driver.execute(_TALLY, (meeting,)).fetchall()
        driver.execute("COMMIT")
        return tuple(sum(row[0] == one and not row[1] for row in rows) for one in ("yes", "maybe", "no"))

    def counted(store: SqlStore, person: int, answer: Answer) -> Tally:
        store.rsvps.answer(meeting, person, answer, NOW)
        return store.rsvps.tally(meeting)

    async def ours(number: int) -> None:
        person, answer = people[number % MEMBERS], _ANSWERS[number % 3]
        await database.transact(lambda store: counted(store, person, answer))

    async def theirs(number: int) -> None:
        await loop.run_in_executor(thread, bare, people[number % MEMBERS], _ANSWERS[number % 3].value, 1)

    figures = [(await _cpu(ours), await _cpu(theirs)) for _ in range(_ROUNDS + 1)][1:]
    thread.shutdown()
    driver.close()
    await database.close()
    return median(one[0] for one in figures), median(one[1] for one in figures)


@measured
def rsvp_against_sqlite3() -> Iterable[Figure]:
    """RSVP (upsert, tally, commit) through `transact`, against the same SQL with `sqlite3` on a thread."""
    with tempfile.TemporaryDirectory() as folder, _on_one_core():
        ours, bare = asyncio.run(_rsvps(Path(folder) / "bench.sqlite3"))
    yield Figure("RSVP in the store: CPU through transact", f"{ours * 1e3:.3f} ms")
    yield Figure("RSVP in the store: CPU with bare sqlite3 on a thread", f"{bare * 1e3:.3f} ms")
    ratio = ours / bare
    yield Figure("RSVP in the store against bare sqlite3", f"{ratio:.2f} x", "<= 2.5 x", ratio <= 2.5)


_FILL = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
INSERT INTO deliveries (key, notice, kind, due_at, state)
SELECT 'began:' || n, '{"kind":"began","meeting":' || n || '}', 'began', ? + n * 1000000, 'waiting' FROM numbers
"""


async def _looking(path: Path, waiting: int) -> float:
    """Return the median CPU seconds of a look for what is due, with so many waiting and few of them due."""
    migrate(f"sqlite:///{path}")
    driver = sqlite3.connect(path)
    driver.execute(_FILL, (waiting, int(NOW.timestamp() * 1e6)))
    driver.commit()
    driver.close()
    database = Database.open(f"sqlite:///{path}")

    def looks(store: SqlStore) -> float:
        times = []
        for _ in range(300):
            before = time.thread_time()
            taken = store.deliveries.lease(NOW + timedelta(seconds=5), "bench", NOW, 50)
            times.append(time.thread_time() - before)
            if len(taken) != 5:
                raise AssertionError(taken)
        return median(times[20:])

    figure = min([await database.transact(looks) for _ in range(5)])
    await database.close()
    return figure


@measured
def due_1m_against_10k() -> Iterable[Figure]:
    """Look for what is due (five are) among 1,000,000 that wait, against among 10,000."""
    with tempfile.TemporaryDirectory() as folder:
        few = asyncio.run(_looking(Path(folder) / "few.sqlite3", 10_000))
        many = asyncio.run(_looking(Path(folder) / "many.sqlite3", 1_000_000))
    yield Figure("Looking for due deliveries: 10,000 waiting", f"{few * 1e3:.3f} ms")
    yield Figure("Looking for due deliveries: 1,000,000 waiting", f"{many * 1e3:.3f} ms")
    yield Figure(
        "Looking for due deliveries: 1,000,000 against 10,000", f"{many / few:.2f} x", "<= 1.3 x", many / few <= 1.3
    )
