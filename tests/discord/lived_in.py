"""A server in which a circle lives already, where it is not the making that is tried."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tests.discord.running import Running, world
from tests.discord.server.state import USUAL, May
from tests.discord.telling import founded, joined

if TYPE_CHECKING:
    from bot.clock import MovableClock
    from storage.engine import Database
    from tests.discord.people import Person, Place
    from tests.discord.server.state import Channel
    from tests.discord.world import World

COMING: Final = "I'm coming"
FIRST: Final = datetime(2026, 3, 10, 17, tzinfo=UTC)
"""Six in the evening in Madrid."""
REMINDER: Final = FIRST - timedelta(days=2)
OVER: Final = FIRST + timedelta(minutes=90)
_NAMES: Final = ("Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida")


@dataclass
class Lived:
    """Mia manages the server; Ada, whom she made an organizer, facilitates the circle in its channel."""

    life: Running
    server: Place
    room: Channel
    mia: Person
    ada: Person
    learners: list[Person]

    @property
    def dc(self) -> World:
        """The Discord that it is on."""
        return self.life.dc


async def lives(life: Running, *, learners: int = 1) -> Lived:
    """Return a server with a published circle."""
    server = life.dc.guild("Library", channel="python")
    (room,) = server.channels()
    mia = server.person("Mia", may=USUAL | May.MANAGE_GUILD)
    ada, *others = (server.person(name) for name in ("Ada", *_NAMES[:learners]))
    await mia.types("community")
    await mia.presses("Invite…")
    await mia.presses("Choose an organizer")
    await mia.fills(person=ada)
    await founded(ada, "Python")
    await joined(others)
    return Lived(life, server, room, mia, ada, others)


@asynccontextmanager
async def living(database: Database, clock: MovableClock, *, learners: int = 1) -> AsyncIterator[Lived]:
    """Yield the same, on a Discord of its own."""
    async with world(database, clock) as life:
        yield await lives(life, learners=learners)
