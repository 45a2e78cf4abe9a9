"""Calendar feeds: addresses at which somebody's own calendar reads their meetings."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from bot.domain.circles import Circle
from bot.domain.meetings import Meeting
from bot.records import dataclass

FEED_LASTS: Final = timedelta(days=180)
"""How long an address works after it was made or last read."""
NOTED_AFTER: Final = timedelta(days=1)
"""How long after it was noted that an address is read it is noted again: calendars read every hour."""
MOST_FEEDS: Final = 10
"""How many addresses one person has at most; one more ends the oldest."""
PAST_SHOWN: Final = timedelta(days=90)
"""For how long a calendar shows what is over."""


def works_here_only(address: str) -> bool:
    """Say whether an address leads every machine to itself, and so to the bot only on its own."""
    host = urlsplit(address).hostname or ""
    try:
        found = ip_address(host)
    except ValueError:  # a name
        return host == "localhost" or host.endswith(".localhost")
    return found.is_loopback or found.is_unspecified


@dataclass(frozen=True, slots=True)
class Feed:
    """An address, of which only a hash is stored; without `circle` it has the meetings of all circles of the person."""

    id: int
    person: int
    circle: int | None
    expires_at: datetime

    def is_to_be_noted(self, now: datetime) -> bool:
        """Whether it is worth noting that it is read."""
        return self.expires_at < now + FEED_LASTS - NOTED_AFTER


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting as it stands in a calendar, with the circle whose it is and words about it."""

    meeting: Meeting
    circle: Circle
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """What somebody's calendar reads; `language` is theirs."""

    title: str
    language: str
    entries: tuple[Entry, ...]
    written_at: datetime
