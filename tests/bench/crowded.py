"""Among many circles: how long taps wait, what sending costs, what a start and a month take.

Each side runs in a process of its own and in turns, so that whatever else the machine does meets both alike; a ratio is
the median of the ratios of the rounds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from statistics import median, quantiles
from typing import Any

from tests.bench import Figure, measured
from tests.bench._rounds import ROOT

ROUNDS = 3
CIRCLES, WAITING = 10_000, 1_000_000
FEW, MANY = 1_000, 1_000_000
"""Between how many circles the sender keeps its rate."""


def _run(*words: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.crowded_run", *map(str, words)],
        check=True,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _p99(waits: list[float]) -> float:
    return quantiles(waits, n=100)[98]


@measured
def taps_among_many() -> Iterable[Figure]:
    """From tap to answer, while the sender works at the limit, against an empty database without anything to send."""
    pairs = [(_run("taps", CIRCLES, WAITING), _run("taps", 0, 0)) for _ in range(ROUNDS)]
    for name, side in (("1,000,000 deliveries waiting, 10,000 circles, sender at work", 0), ("empty database", 1)):
        waits = [_p99(pair[side]["waits"]) for pair in pairs]
        middles = [median(pair[side]["waits"]) for pair in pairs]
        yield Figure(f"Tap to answer, {name}: p50", f"{median(middles) * 1e3:.1f} ms")
        yield Figure(f"Tap to answer, {name}: p99", f"{median(waits) * 1e3:.1f} ms")
    found = median(_p99(full["waits"]) / _p99(empty["waits"]) for full, empty in pairs)
    yield Figure("Tap to answer, p99: full against empty", f"{found:.2f} x", "<= 2 x", found <= 2)
    sent = median(full["sent_per_s"] for full, _ in pairs)
    yield Figure("Tap to answer: what the sender sends meanwhile", f"{sent:.1f} /s")


@measured
def the_sender() -> Iterable[Figure]:
    """What one process sends at Telegram's limit, and of how much of a core, among few circles and among many."""
    few, many = _run("sender", FEW), _run("sender", MANY)
    for name, found in ((f"{FEW:,} circles", few), (f"{MANY:,} circles", many)):
        yield Figure(f"Sender at Telegram's limit, {name}: messages", f"{found['sent_per_s']:.1f} /s")
        share = found["core"] * 100
        yield Figure(f"Sender at Telegram's limit, {name}: of a core", f"{share:.1f} %", "<= 5 %", share <= 5)
    share = _run("posts")["core"] * 100
    yield Figure("Bare posts of the HTTP client at Telegram's limit: of a core", f"{share:.1f} %")
    rate = many["sent_per_s"] / few["sent_per_s"]
    yield Figure(f"Sender: rate among {MANY:,} circles against {FEW:,}", f"{rate:.2f} x", ">= 0.95 x", rate >= 0.95)


@measured
def a_month() -> Iterable[Figure]:
    """Memory after a month's taps and reminders (100,000 and 20,000), against after a day's."""
    found = _run("month")
    yield Figure("Memory after a day", f"{found['day']:.0f} MB")
    yield Figure("Memory after a month", f"{found['month']:.0f} MB")
    ratio = found["month"] / found["day"]
    yield Figure("Memory after a month against after a day", f"{ratio:.2f} x", "<= 1.1 x", ratio <= 1.1)
