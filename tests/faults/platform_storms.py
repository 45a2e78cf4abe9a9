"""A platform that misbehaves at random: whatever is asked of it may fail, in any way, as a seed decides."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.chat.message import Room
from bot.domain.notices import Due, EventsBarred
from bot.ports import Store
from storage.engine import Database
from tests.discord.server import faults as discord
from tests.telegram.server import faults as telegram

OFTEN: Final = 0.4
"""How much of what is asked fails while the storm lasts."""
HANGS_S: Final = 20.0
"""After so many seconds of its time what hangs is let go, with a broken connection."""
_MARK: Final = re.compile(r"mark-\d+")


@dataclass
class Storm:
    """What fails, and how often it did. `calm` are the rooms of which nothing fails."""

    chance: random.Random
    calm: frozenset[int]
    blows: bool = False
    met: Counter[str] = field(default_factory=Counter)
    since_release: float = 0.0

    def picks(self, ways: list[str], rooms: set[int]) -> str | None:
        """Return how something fails, None where it does not."""
        if not self.blows or rooms & self.calm or self.chance.random() > OFTEN:
            return None
        way = self.chance.choice(ways)
        self.met[way] += 1
        return way

    def passes(self, seconds: float, release: Callable[[], None]) -> None:
        """Let time pass: what has hung for long is let go."""
        self.since_release += seconds
        if self.since_release >= HANGS_S or not self.blows:
            self.since_release = 0.0
            release()


class TelegramFaults(telegram.Faults):
    """The faults of a storm on Telegram."""

    def __init__(self, storm: Storm) -> None:
        super().__init__()
        self._storm = storm

    def meets(self, method: str, chat: int | None) -> telegram.Fault | None:
        """Return the fault that a call meets."""
        ways = [how.name for how in telegram.How if how is not telegram.How.REFUSED]
        way = self._storm.picks(ways, {chat} if chat is not None else set())
        if way is None:
            return None
        return telegram.Fault(telegram.How[way], method, chat, seconds=self._storm.chance.randint(1, 9))


class DiscordFaults(discord.Faults):
    """The faults of a storm on Discord."""

    def __init__(self, storm: Storm) -> None:
        super().__init__()
        self._storm = storm

    def meets(self, route: str, path: dict[str, str]) -> discord.Fault | None:
        """Return the fault that a request meets."""
        ways = [how.name for how in discord.How if how is not discord.How.REFUSED]
        way = self._storm.picks(ways, {int(value) for value in path.values() if value.isdecimal()})
        if way is None:
            return None
        return discord.Fault(discord.How[way], route, seconds=float(self._storm.chance.randint(1, 9)))


async def plan(database: Database, place: int, mark: str, now: datetime) -> None:
    """Have a message due in a room, by which it can be told from all others."""

    def work(store: Store) -> None:
        about = store.places.note(Room("nowhere", mark), mark, "").id
        store.deliveries.plan([Due(f"trial:{mark}", EventsBarred(about), now, place=place)])

    await database.transact(work)


async def waiting(database: Database) -> set[str]:
    """Return the marks of what has not been sent."""

    def look(store: Store) -> set[str]:
        keys = [one.due.key for one in store.deliveries.waiting(limit=10_000)]
        return {key.removeprefix("trial:") for key in keys if key.startswith("trial:")}

    return await database.read(look)


def marks(words: Iterable[str]) -> Counter[str]:
    """Return how often each mark is read."""
    return Counter(found for said in words for found in _MARK.findall(said))
