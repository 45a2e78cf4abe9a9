"""The real program in processes of its own, between two platforms on loopback and one database.

async with scene(url, folder) as life:
    await life.plan(300)                   # deliveries, of which each can be told from all others
    async with life.program() as process:
        ...
    assert life.arrived() == …
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from adapters.discord.letter import PLATFORM as DISCORD
from adapters.telegram.letter import PLATFORM as TELEGRAM
from bot.chat.message import Room, RoomKind
from bot.clock import MovableClock
from bot.domain.circles import Circle, CircleState, Member
from bot.domain.communities import Community
from bot.domain.meetings import Meeting
from bot.domain.notices import Due, EventsBarred, MeetingCard
from bot.domain.people import Account, Role
from bot.features.rsvps.intents import Rsvp
from bot.ports import Store
from storage.engine import Database, parsed
from tests.discord import people as discord_people
from tests.discord.server.state import Channel
from tests.discord.world import World as Discord
from tests.discord.world import started
from tests.support.patience import PATIENCE
from tests.telegram import people as telegram_people
from tests.telegram.server.state import Chat
from tests.telegram.world import World as Telegram

ROOT: Final = Path(__file__).parents[2]
_UP: Final = "on Telegram as"
COMING: Final = "I'm coming"
ROOMS: Final = 100
"""To so many rooms on each platform what is due goes."""


@dataclass
class Scene:
    """Two platforms, a database, and a circle with a room on each. `deliveries` are named by their marks."""

    tg: Telegram
    dc: Discord
    url: str
    folder: Path
    database: Database
    engine: Engine
    group: Chat
    channel: Channel
    on_telegram: list[telegram_people.Person]
    on_discord: list[discord_people.Person]
    chats: list[telegram_people.Person]
    channels: list[Channel]
    meeting: int = 0
    places: dict[str, list[int]] = field(default_factory=dict)
    marks: dict[str, list[str]] = field(default_factory=dict)
    processes: dict[int, Process] = field(default_factory=dict)
    """All that were started, by their number."""

    # -- the database

    async def settle(self) -> None:
        """Write the circle down, with everybody in it."""
        await self.database.transact(self._settle)

    def _settle(self, store: Store) -> None:
        now = datetime.now(UTC)
        community = store.communities.add(Community(0, "Library", "en", "UTC"))
        circle = store.circles.add(Circle(0, community.id, "Python", "en", "UTC"), now).id
        start = (now + timedelta(days=8)).replace(hour=18, minute=0, second=0, microsecond=0)
        local = start.replace(tzinfo=None)
        self.meeting = store.meetings.add([Meeting(0, circle, 1, local, "UTC", start, 90)])[0].id
        everybody = [(TELEGRAM, one.id) for one in self.on_telegram] + [(DISCORD, one.id) for one in self.on_discord]
        for number, (platform, user) in enumerate(everybody):
            person = store.people.meet(Account(platform, str(user), f"{platform} {user}"), "en", "UTC", now)
            if number == 0:
                store.seats.join_as(circle, person.id, Role.FACILITATOR, now)
            else:
                store.seats.take(Member(circle, person, Role.LEARNER, now), now)
        store.circles.change_state(circle, CircleState.DRAFT, CircleState.PUBLISHED)
        server = str(self.channel.guild.id) if self.channel.guild else ""
        for room in (Room(TELEGRAM, str(self.group.id)), Room(DISCORD, str(self.channel.id))):
            place = store.places.note(room, "Room", server if room.platform == DISCORD else "").id
            store.places.attach(circle, place)
            key = f"{MeetingCard.kind}:{self.meeting}:{place}"
            notice = MeetingCard(self.meeting)
            store.deliveries.plan([Due(key, notice, now, place=place, circle=circle, meeting=self.meeting)])
        self.places[TELEGRAM] = [
            store.places.note(Room(TELEGRAM, str(one.id), kind=RoomKind.PRIVATE), "", "").id for one in self.chats
        ]
        self.places[DISCORD] = [store.places.note(Room(DISCORD, str(one.id)), "", server).id for one in self.channels]

    async def plan(self, number: int, *, platforms: tuple[str, ...] = (TELEGRAM, DISCORD)) -> None:
        """Have so many messages due, in turn on each platform and in each room; each says its own mark."""

        def work(store: Store) -> None:
            now, dues = datetime.now(UTC), []
            for _ in range(number):
                count = sum(map(len, self.marks.values()))
                platform = platforms[count % len(platforms)]
                marks = self.marks.setdefault(platform, [])
                mark = f"{platform}-{len(marks):05}"
                rooms = self.places[platform]
                about = store.places.note(Room("nowhere", mark), mark, "").id
                marks.append(mark)
                dues.append(Due(f"trial:{mark}", EventsBarred(about), now, place=rooms[len(marks) % len(rooms)]))
            store.deliveries.plan(dues)

        await self.database.transact(work)

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """Yield a connection of our own, beside all others; it is kept for the next question."""
        with self.engine.connect() as connection:
            yield connection

    def number(self, asked: str) -> int:
        """Return what the database answers to a question for a number."""
        with self.asking() as connection:
            return int(connection.execute(text(asked)).scalar() or 0)

    def waiting(self) -> set[str]:
        """Return the marks of what is not noted as sent."""
        with self.asking() as connection:
            rows = connection.execute(text("SELECT key FROM deliveries WHERE key LIKE 'trial:%' AND state <> 'sent'"))
            return {row[0].removeprefix("trial:") for row in rows}

    def left(self) -> int:
        """Return how many there are of them."""
        return self.number("SELECT count(*) FROM deliveries WHERE key LIKE 'trial:%' AND state <> 'sent'")

    def coming(self) -> Counter[str]:
        """Return who is noted as coming, by the number that their platform knows them by."""
        asked = "SELECT a.user FROM rsvps r JOIN accounts a ON a.person = r.person WHERE r.answer = 'yes'"
        with self.asking() as connection:
            return Counter(str(row[0]) for row in connection.execute(text(asked)))

    async def is_still(self) -> None:
        """Wait until nothing of a process that was killed is under way: neither a request nor a transaction."""
        await until(lambda: not self.tg.telegram.under_way and not self.dc.realm.under_way)
        if make_url(self.url).get_backend_name() != "postgresql":
            return
        asked = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND application_name LIKE 'circlebot%' AND state <> 'idle'"
        )
        await until(lambda: not self.number(asked))

    # -- the platforms

    def on_platform(self, platform: str) -> Counter[str]:
        """Return how often each mark stands in the rooms of a platform."""
        said = (
            [message.text for one in self.chats for message in one.chat.said]
            if platform == TELEGRAM
            else [message.content or message.shown for one in self.channels for message in one.messages]
        )
        return Counter(found for words in said if (found := _mark(words, platform)))

    def card(self, platform: str) -> bool:
        """Say whether the meeting's card stands in the circle's room on a platform."""
        room = self.group.said if platform == TELEGRAM else self.channel.messages
        return any(COMING in message.buttons for message in room)

    @property
    def payload(self) -> str:
        """What the button below the card says."""
        (card,) = [message for message in self.channel.messages if COMING in message.buttons][:1]
        said: str = card.button(COMING)["custom_id"]
        assert said.startswith(Rsvp.tag)
        return said

    def taps_on_telegram(self, who: telegram_people.Person) -> asyncio.Task[None]:
        """Let somebody tap; Telegram keeps it until the bot has it. They need not live to see an answer."""
        card = next(message for message in self.group.said if COMING in message.buttons)

        async def tapped() -> None:
            with suppress(AssertionError):
                await who.taps(card, card.button(COMING)["callback_data"])

        return asyncio.create_task(tapped())

    def taps_on_discord(self, who: discord_people.Person) -> asyncio.Task[None]:
        """Let somebody tap until Discord does not say any more that it has failed."""
        card = next(message for message in self.channel.messages if COMING in message.buttons)
        said = self.payload

        async def tapped() -> None:
            while True:
                while not self.dc.gateway.is_heard:  # noqa: ASYNC110  # another process connects
                    await asyncio.sleep(0.05)
                did = await who.taps(said, card)
                with suppress(TimeoutError):
                    await asyncio.wait_for(did.settled.wait(), 3.0)
                if did.answered is not None and not did.has_failed:
                    return

        return asyncio.create_task(tapped())

    # -- the program

    @asynccontextmanager
    async def program(self, code: str = "", **settings: str) -> AsyncIterator[int]:
        """Run the bot in a process, and yield the process's number; it is killed in the end.

        `code` is run in its place, by a Python that finds the bot. What it says and logs goes to a file in the folder.
        """
        number = len(self.processes) + 1
        ours = {
            "TELEGRAM__TOKEN": self.tg.token,
            "TELEGRAM__API_URL": self.tg.api_url,
            "DISCORD__TOKEN": self.dc.token,
            "DISCORD__API_URL": self.dc.api_url,
            "DISCORD__GATEWAY_URL": self.dc.gateway_url,
            "DATABASE__URL": self.url,
            "HTTP__PORT": "0",
            **settings,
        }
        usual = {name: value for name, value in os.environ.items() if not name.startswith("CIRCLEBOT_")}
        environment = usual | {f"CIRCLEBOT_{name}": value for name, value in ours.items() if value}
        with self.log(number).open("wb") as log:
            process = self.processes[number] = await asyncio.create_subprocess_exec(
                *(sys.executable, *(("-c", code) if code else ("-m", "bot", "run"))),
                cwd=self.folder,
                env=environment | {"PYTHONPATH": str(ROOT)},
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
            )
        try:
            yield number
        finally:
            await killed(process)

    @property
    def serving(self) -> list[int]:
        """The processes that have come up on Telegram, the latest last."""
        return sorted((number for number in self.processes if _UP in self.said(number)), key=self._up_since)

    def _up_since(self, number: int) -> str:
        return next(line for line in self.said(number).splitlines() if _UP in line)

    async def is_up(self, number: int) -> None:
        """Wait until a process says that it is ready, or up if a platform takes its time."""
        await until(lambda: re.search("Circlebot is (ready|up)", self.said(number)) is not None)

    def address(self, number: int) -> str:
        """Return where a process's own server listens."""
        found = re.search(r"health at (http://[^/]+)/", self.said(number))
        assert found is not None, self.said(number)
        return found[1]

    def log(self, number: int) -> Path:
        """Return the file with what the program said when it ran for the n-th time."""
        return self.folder / f"run-{number}.log"

    def said(self, number: int) -> str:
        """Return what the program said when it ran for the n-th time."""
        return self.log(number).read_text()


def _mark(words: str, platform: str) -> str:
    _, there, rest = words.partition(f"{platform}-")
    return f"{platform}-{rest[:5]}" if there else ""


@asynccontextmanager
async def scene(url: str, folder: Path, *, people: int = 2) -> AsyncIterator[Scene]:
    """Yield a circle with so many people on each platform, whose limits are the real ones; no program runs yet."""
    tg, database = Telegram(), Database.open(url)
    engine = create_engine(parsed(url), pool_size=1, pool_pre_ping=True, isolation_level="AUTOCOMMIT")
    await tg.start()
    try:
        async with started(MovableClock()) as dc:
            tg.waits, tg.patience = False, 3600.0
            dc.waits, dc.realm.limits.are_real = False, True
            on_telegram = [tg.user(f"T{number}", started=True) for number in range(people)]
            group = tg.group("Readers", admins=on_telegram[:1], members=on_telegram[1:])
            server = dc.guild("Library", channel="python")
            (channel,) = server.channels()
            on_discord = [server.person(f"D{number}", at=channel) for number in range(people)]
            chats = [tg.user(f"C{number}", started=True) for number in range(ROOMS)]
            channels = [server.channel(f"room-{number}") for number in range(ROOMS)]
            made = Scene(
                tg, dc, url, folder, database, engine, group, channel, on_telegram, on_discord, chats, channels
            )
            await made.settle()
            try:
                yield made
            except BaseException:
                for number in made.processes:
                    print(f"--- {number}", made.said(number), sep="\n")  # noqa: T201  # shown where the test fails
                raise
            assert not dc.violations, dc.violations[:5]
            assert not tg.violations, tg.violations[:5]
    finally:
        await tg.stop()
        engine.dispose()
        await database.close()


async def killed(process: Process) -> None:
    """End a process without a word to it."""
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def until(happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is so: other processes do it, so it is looked for again and again."""
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110  # as the docstring says
            await asyncio.sleep(0.02)


@contextmanager
def held(url: str, tables: str = "deliveries, rsvps") -> Iterator[None]:
    """Let no transaction that writes of people or deliveries come to its end meanwhile; on PostgreSQL, of `tables`."""
    engine = create_engine(parsed(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(1000 * PATIENCE)}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        try:
            yield
        finally:
            connection.exec_driver_sql("ROLLBACK")
