"""Contenders measured in turns, each in a process of its own: whatever else the machine does meets them alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

from tests.bench import Figure
from tests.bench._control import Cost

ROOT = Path(__file__).parents[2]
ROUNDS = 3
FEW, MANY = 8, 256
"""How many taps are in flight."""

Run = Callable[[], list[Cost]]


def runs(module: str, *words: str, python: str = sys.executable) -> Run:
    """Return what has a module of this folder measure, in a process of its own."""

    def run() -> list[Cost]:
        done = subprocess.run(
            [python, "-m", f"tests.bench.{module}", *words],
            check=True,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        return [Cost(**cost) for cost in json.loads(done.stdout.splitlines()[-1])]

    return run


def in_turns(*turns: Run) -> list[list[list[Cost]]]:
    """Return what each run measured in each round."""
    rounds = [[run() for run in turns] for _ in range(ROUNDS)]
    return [[of_round[number] for of_round in rounds] for number in range(len(turns))]


def cost(costs: Iterable[Cost], name: str) -> Figure:
    """Return the row of what something cost."""
    return Figure(name, f"{median(one.cpu for one in costs) * 1e3:.2f} ms")


def ratio(ours: Sequence[Cost], theirs: Sequence[Cost], name: str, most: float) -> Figure:
    """Return the row of what ours cost in terms of theirs: the median of the rounds."""
    found = median(one.cpu / other.cpu for one, other in zip(ours, theirs, strict=True))
    return Figure(name, f"{found:.2f} x", f"<= {most:g} x", found <= most)
