"""How large a simulated year is, and what chance makes of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

ZONES: Final = (
    *("Europe/Madrid", "Europe/London", "Europe/Berlin", "Europe/Athens", "America/New_York", "America/Los_Angeles"),
    *(
        "America/Chicago",
        "America/Halifax",
        "America/Santiago",
        "America/Sao_Paulo",
        "America/Bogota",
        "America/Havana",
    ),
    *("Australia/Sydney", "Australia/Adelaide", "Australia/Brisbane", "Australia/Lord_Howe", "Pacific/Auckland"),
    *("Asia/Kolkata", "Asia/Tokyo", "Asia/Kathmandu", "Asia/Beirut", "Asia/Jerusalem", "Africa/Cairo", "Africa/Lagos"),
    *("Africa/Nairobi", "Africa/Casablanca", "Atlantic/Azores", "Pacific/Honolulu"),
)


@dataclass(frozen=True)
class Size:
    """So many circles live at a time, for so many weeks; the same seed makes the same people and the same chances."""

    circles: int = 1000
    weeks: int = 52
    seed: int = 1
    restarts: int = 6
    """How often the bot is started anew; every second time it was killed."""
    outages: int = 1
    """How often it is away for more than a day."""

    @classmethod
    def asked(cls) -> Size:
        """Return what the environment asks for."""
        known = {
            name: int(os.environ[name.upper()]) for name in ("circles", "weeks", "seed") if os.environ.get(name.upper())
        }
        weeks = known.get("weeks", cls.weeks)
        return cls(**known, restarts=max(2, weeks // 8), outages=max(1, weeks // 26))
