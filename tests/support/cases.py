"""Many cases of one thing: hypothesis brings what is hard to think up, and chance makes fifty of each.

Drawn piece by piece, a case takes hypothesis ten times as long as it takes to be tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Final

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st

from tests.support.long import long

CASES: Final = 50
"""So many are made each time."""
CHANCES: Final = st.builds(Random, st.integers(0, 2**64))
"""Where there is nothing to think up: chance alone, which is the same again for the same seed."""


def many(short: int, full: int) -> settings:
    """Return the settings of a test that tries `CASES` each time, and so many in all."""
    return settings(
        deadline=None,
        derandomize=not long(0, 1),
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # what failed is told, and of a seed there is no simpler one
        max_examples=-(-long(short, full) // CASES),
    )


@contextmanager
def told(case: object) -> Iterator[None]:
    """Tell of the case in which something fails."""
    try:
        yield
    except BaseException:
        note(f"with {case!r}")
        raise
