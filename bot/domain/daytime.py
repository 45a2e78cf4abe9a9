"""A time of day as people write it."""

from __future__ import annotations

import re
from datetime import time

_NOON = 12
_WRITTEN = re.compile(r"(\d{1,2})(?:\s*[:.h]\s*(\d{2})|\s*h)?\s*(?:([ap])\.?\s*m\.?)?", re.IGNORECASE)


def read_time(words: str) -> time | None:
    """Return the time that "9", "09:30", "21.15", "18h30" or "9:30 pm" mean, None for anything else."""
    match = _WRITTEN.fullmatch(words.strip())
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None
