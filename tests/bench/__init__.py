"""What is measured: `make bench` runs every function that a module of this folder has marked with `measured`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of the report. `goal` is empty and `ok` None for what is only reported."""

    name: str
    figure: str
    goal: str = ""
    ok: bool | None = None


Measurement = Callable[[], Iterable[Figure]]
MEASUREMENTS: list[Measurement] = []


def measured(function: Measurement) -> Measurement:
    """Mark a function that `make bench` runs."""
    MEASUREMENTS.append(function)
    return function
