"""`make bench`: print name, figure and goal of everything measured, and write the same to build/bench.json.

Names on the command line choose the modules to run: `python -m tests.bench storage`.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from dataclasses import asdict
from pathlib import Path

import tests.bench
from tests.bench import MEASUREMENTS, Figure

REPORT = Path("build/bench.json")
_MARKS = {True: "met", False: "MISSED", None: ""}


def main() -> int:
    """Measure; return 1 where a goal is missed."""
    chosen = set(sys.argv[1:])
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if not module.name.startswith("_") and (not chosen or module.name in chosen):
            importlib.import_module(f"tests.bench.{module.name}")
    figures: list[Figure] = []
    print(f"{'what':<72}{'figure':>14}  {'goal':<10}")
    for measurement in MEASUREMENTS:
        for row in measurement():
            figures.append(row)
            print(f"{row.name:<72}{row.figure:>14}  {row.goal:<10}{_MARKS[row.ok]}", flush=True)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([asdict(row) for row in figures], indent=2) + "\n")
    return 1 if any(row.ok is False for row in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
