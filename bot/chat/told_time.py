"""What time a platform says it is: the only other clock that a bot sees."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


class ToldTime:
    """The `Date` that stood in a platform's last answer, beside our own clock at that moment.

    `clock` is the machine's, in Unix seconds, however fast a rehearsal goes.
    """

    __slots__ = ("_clock", "_heard")

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._heard: tuple[str, float] | None = None

    def heard(self, date: str | None) -> None:
        """Note the header of an answer, unread: most are never asked about."""
        if date is not None:
            self._heard = (date, self._clock())

    def ahead(self) -> timedelta | None:
        """Return by how much our clock was ahead of the platform's (below zero: behind), None where none is known."""
        if self._heard is None:
            return None
        date, ours = self._heard
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            return None
        return datetime.fromtimestamp(ours, UTC) - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))
