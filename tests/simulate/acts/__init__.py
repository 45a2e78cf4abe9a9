"""What people do, and the books that are kept of it: a class for each sort of thing, an act for each."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from tests.simulate.hands import Failed, Hand
from tests.simulate.truth import Soul
from tests.simulate.world import DISCORD, TELEGRAM

if TYPE_CHECKING:
    from tests.simulate.ledger import Sighting
    from tests.simulate.people import People
    from tests.simulate.year import Year

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
FAILED: Final = "failed"
"""What somebody is told where the platform says that what they did has failed: the bot was not there."""


class Acting:
    """What those have in common who let people act."""

    def __init__(self, year: Year, people: People) -> None:
        self.year, self.people = year, people

    @property
    def now(self) -> datetime:
        """The present."""
        return self.year.now

    @property
    def chance(self) -> Random:
        """What is drawn by when people see something; what they do then hangs on their own chances."""
        return self.people.chance

    @staticmethod
    def hand_with(soul: Soul, seen: Sighting) -> Hand:
        """Return the account that a private message came to."""
        is_telegram = seen.on_telegram
        return soul.hand(TELEGRAM if is_telegram else DISCORD)

    @staticmethod
    async def told(doing: Coroutine[object, object, str]) -> str:
        """Return what somebody is told; "" where it failed."""
        try:
            return await doing
        except Failed:
            return "failed"
