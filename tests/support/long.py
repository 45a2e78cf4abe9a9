"""How long a test goes on: short in every run, in full when asked for."""

from __future__ import annotations

import os

ASKED = "CIRCLEBOT_LONG"
"""Set to 1 in the environment, tests that can go on for long do."""


def long(short: int, full: int) -> int:
    """Return how often something is tried: `short`, or `full` where the long form is asked for."""
    return full if os.environ.get(ASKED) == "1" else short
