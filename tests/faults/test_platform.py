"""Ten minutes in which a platform misbehaves at random: the bot recovers alone, loses nothing, and no room waits.

Of its time: real seconds do not pass. In a usual run it is less than ten minutes.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import pytest

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.letter import PLATFORM as DISCORD
from adapters.telegram.letter import PLATFORM as TELEGRAM
from bot.assembly import Bot, assemble
from bot.chat.message import Room
from bot.clock import MovableClock
from bot.domain.rsvps import Answer
from bot.i18n import Catalogue
from bot.ports import Store
from scheduler.service import Scheduler
from storage.engine import Database
from tests.discord import lived_in as on_discord
from tests.discord import running as discord_running
from tests.discord.conftest import BEGINNING
from tests.discord.server.messages import NONCE_S
from tests.discord.serving import soon, stopped
from tests.discord.world import World as Discord
from tests.discord.world import started
from tests.faults.platform_storms import DiscordFaults, Storm, TelegramFaults, marks, plan, waiting
from tests.support.long import long
from tests.support.patience import PATIENCE
from tests.telegram.lived_in import lived_in
from tests.telegram.world import World as Telegram
from tests.telegram.wound import A_MOMENT, Paced, Seconds, paced

SECONDS = long(80, 600)
"""For how long the storm lasts, in the platform's seconds."""
STEP = 2
ROOMS = 5
AFTERWARDS = 500
"""In so many of its seconds all must be well: the longest wait after a failure is five minutes and a quarter."""
CALM_S = 30
"""After so many of its seconds at most the room of which nothing fails has its message: where the platform's network
bans the bot for up to nine seconds, everybody waits, and it may do so again."""
ANSWERS: Final = {"I'm coming": Answer.YES, "Maybe": Answer.MAYBE, "Can't make it": Answer.NO}


@dataclass
class Weather:
    """One platform in a storm: how time passes there, what people tap, and what stands in its rooms."""

    database: Database
    storm: Storm
    clock: MovableClock
    places: list[int]
    calm: int
    passes: Callable[[int], Awaitable[None]]
    taps: Callable[[int, str], None]
    people: int
    said: Callable[[], list[str]]
    said_in_calm: Callable[[], list[str]]
    rooms: frozenset[int] = frozenset()
    """Discord's numbers of all of them."""
    planned: dict[str, tuple[int, int]] = field(default_factory=dict)
    """When each message was due, in seconds of the storm, and where."""
    late: list[int] = field(default_factory=list)
    last: dict[int, Answer] = field(default_factory=dict)

    async def blows(self) -> None:
        """Let the storm blow: messages are due, people tap."""
        self.storm.blows = True
        for second in range(0, SECONDS, STEP):
            await self._due(second, self.storm.chance.choice(self.places))
            if second % (5 * STEP) == 0:
                await self._due(second, self.calm)
            if second % (2 * STEP) == 0:
                who, words = self.storm.chance.randrange(self.people), self.storm.chance.choice(list(ANSWERS))
                self.taps(who, words)
                self.last[who] = ANSWERS[words]
            await self.passes(STEP)
            self._look_at_calm(second + STEP)

    async def calms_down(self) -> int:
        """Let it be over, and time pass until everything is sent; return how many seconds that took."""
        self.storm.blows = False
        for second in range(0, AFTERWARDS, 5):
            await self.passes(5)
            if not await waiting(self.database) and not await self._is_to_be_drawn():
                return second
        raise AssertionError(f"still waiting: {sorted(await waiting(self.database))}")

    async def _is_to_be_drawn(self) -> bool:
        return bool(await self.database.read(lambda store: store.cards.dirty(1, [TELEGRAM, DISCORD])))

    async def _due(self, second: int, place: int) -> None:
        mark = f"mark-{len(self.planned)}"
        self.planned[mark] = (second, place)
        await plan(self.database, place, mark, self.clock.now())

    def _look_at_calm(self, second: int) -> None:
        there = marks(self.said_in_calm())
        for mark, (due, place) in self.planned.items():
            if place == self.calm and mark not in there:
                self.late.append(second - due)

    async def all_is_well(self) -> None:
        """Assert that nothing was lost, and that no room has waited for another."""
        assert sum(self.storm.met.values()) > SECONDS / 8, self.storm.met
        there = marks(self.said())
        assert there.keys() == self.planned.keys()
        assert max(self.late, default=0) <= CALM_S, self.late
        assert marks(self.said_in_calm()) == Counter(
            mark for mark, (_, place) in self.planned.items() if place == self.calm
        )


async def _works(scheduler: Scheduler, done: Callable[[], tuple[int, int]], is_quiet: Callable[[], bool]) -> None:
    """Let the bot do all that it may do now: until for a moment nothing stirs."""
    scheduler._courier.look_again()  # as a scheduler does that was started
    scheduler._painter.look_again()
    before = None
    async with asyncio.timeout(PATIENCE):
        while before != (before := done()) or not is_quiet():  # noqa: ASYNC110  # servers and bots tell of no silence
            await asyncio.sleep(2 * A_MOMENT)


def _again(there: Counter[str]) -> int:
    """Return how many messages stand there that stood there already."""
    return sum(there.values()) - len(there)


async def _noted(database: Database, meeting: int) -> list[Answer]:
    return sorted(given.answer for given in await database.read(lambda store: store.rsvps.of(meeting)))


@pytest.fixture
def seed() -> int:
    """What the storm is made of; it is shown where a test fails."""
    chosen = random.randrange(10**6)
    print(f"seed {chosen}")  # noqa: T201  # shown where the test fails
    return chosen


@asynccontextmanager
async def _on_telegram(tg: Telegram, database: Database, seed: int) -> AsyncIterator[tuple[Weather, Paced]]:
    circle = await lived_in(tg, database, learners=6)
    groups = [tg.group(f"Group {number}", admins=[circle.ada]) for number in range(ROOMS + 1)]
    calm = groups[-1]

    def note(store: Store) -> list[int]:
        return [store.places.note(Room(TELEGRAM, str(group.id)), group.title, "").id for group in groups]

    *places, quiet = await database.transact(note)
    storm = Storm(random.Random(seed), frozenset({calm.id}))
    async with paced(tg, database) as bot:
        card = await circle.posts_card()
        tg.waits, tg.patience = False, 10_000.0
        tg.telegram.faults = TelegramFaults(storm)
        tapping: set[asyncio.Task[object]] = set()

        def taps(who: int, words: str) -> None:
            payload = card.button(words)["callback_data"]
            tapping.add(asyncio.create_task(circle.learners[who].taps(card, payload)))

        async def passes(seconds: int) -> None:
            bot.seconds.pass_(seconds)
            bot.clock.move_to(bot.clock.now() + timedelta(seconds=seconds))
            await _works(
                bot.bot.scheduler,
                lambda: (len(tg.telegram.calls), len(bot.seconds.sleepers)),
                lambda: not tg.telegram.under_way,
            )
            storm.passes(seconds, tg.telegram.faults.release)

        def said() -> list[str]:
            return [message.text for group in groups for message in group.said]

        yield (
            Weather(
                database,
                storm,
                bot.clock,
                places,
                quiet,
                passes,
                taps,
                len(circle.learners),
                said,
                lambda: [message.text for message in calm.said],
            ),
            bot,
        )
        for tap in tapping:
            tap.cancel()
        await asyncio.gather(*tapping, return_exceptions=True)


async def test_telegram_in_a_storm(tg: Telegram, sqlite_database: Database, seed: int) -> None:
    """Each message comes, twice only where it had come and the answer was lost; each person's last answer counts."""
    async with _on_telegram(tg, sqlite_database, seed) as (weather, _):
        await weather.blows()
        await weather.calms_down()
        await weather.all_is_well()
        after = weather.storm.met["DROPPED_AFTER"] + weather.storm.met["HANGS_AFTER"]
        assert _again(marks(weather.said())) <= after
        assert not tg.telegram.updates.waiting
        assert await _noted(sqlite_database, 1) == sorted(weather.last.values())


def _bot_on_discord(dc: Discord, database: Database, seconds: Seconds) -> tuple[DiscordAdapter, Bot]:
    """Return the bot, whose every clock goes as Discord's."""
    adapter = DiscordAdapter(
        dc.token,
        Catalogue(),
        api_url=dc.api_url,
        gateway_url=dc.gateway_url,
        sleep=soon,
        monotonic=seconds.read,
        chance=lambda: 0.5,
    )
    bot = assemble(database, dc.clock, [adapter])
    bot.scheduler = Scheduler(
        database,
        dc.clock,
        bot.narrator,
        bot.planner,
        bot.adapters,
        chance=lambda: 0.5,
        monotonic=seconds.read,
        sleep=seconds.sleep,
    )
    return adapter, bot


@asynccontextmanager
async def _on_discord(clock: MovableClock, database: Database, seed: int) -> AsyncIterator[tuple[Weather, Discord]]:
    async with started(clock) as dc:
        async with discord_running.running(dc, database) as life:
            circle = await on_discord.lives(life, learners=6)
            await circle.learners[0].types("next")
        rooms = [circle.server.channel(f"room-{number}") for number in range(ROOMS + 1)]
        calm = rooms[-1]
        server = str(circle.server.id)

        def note(store: Store) -> list[int]:
            return [store.places.note(Room(DISCORD, str(room.id)), room.name, server).id for room in rooms]

        *places, quiet = await database.transact(note)
        card = next(message for message in circle.room.messages if "I'm coming" in message.buttons)
        storm, seconds = Storm(random.Random(seed), frozenset({calm.id})), Seconds()
        adapter, bot = _bot_on_discord(dc, database, seconds)
        dc.waits = False
        dc.busy.append(lambda: adapter.is_busy)

        async def sends() -> None:
            while True:
                await bot.scheduler.run_due()
                await asyncio.sleep(A_MOMENT / 4)

        async def passes(lasts: int) -> None:
            seconds.pass_(lasts)
            clock.move_to(clock.now() + timedelta(seconds=lasts))
            await _works(
                bot.scheduler,
                lambda: (len(dc.realm.calls), len(seconds.sleepers)),
                lambda: not dc.realm.under_way,
            )
            storm.passes(lasts, dc.realm.faults.release)

        def taps(who: int, words: str) -> None:
            payload = card.button(words)["custom_id"]
            tapping.add(asyncio.create_task(circle.learners[who].taps(payload, card)))

        def said() -> list[str]:
            return [message.content or message.shown for room in rooms for message in room.messages]

        serving = asyncio.create_task(bot.scheduler.duty.serve(DISCORD, partial(adapter.run, bot.router)))
        sending = asyncio.create_task(sends())
        tapping: set[asyncio.Task[object]] = set()
        try:
            await dc.until(lambda: adapter.is_up.is_set() and bool(dc.realm.commands))
            dc.realm.faults = DiscordFaults(storm)
            yield (
                Weather(
                    database,
                    storm,
                    clock,
                    places,
                    quiet,
                    passes,
                    taps,
                    len(circle.learners),
                    said,
                    lambda: [message.content or message.shown for message in calm.messages],
                    frozenset(room.id for room in rooms),
                ),
                dc,
            )
        finally:
            await asyncio.gather(*tapping, return_exceptions=True)
            sending.cancel()
            await asyncio.wait({sending})
            await stopped(serving)
        assert not dc.violations, dc.violations


async def test_discord_in_a_storm(sqlite_database: Database, seed: int) -> None:
    """Each message comes, and none twice within the time for which Discord knows it; the last answers count."""
    async with _on_discord(MovableClock(source=lambda: BEGINNING), sqlite_database, seed) as (weather, dc):
        await weather.blows()
        await weather.calms_down()
        await weather.all_is_well()
        assert _again(marks(weather.said())) <= SECONDS // NONCE_S
        said: dict[str, datetime] = {}
        for message in dc.realm.messages.values():
            for mark in marks([message.shown]) if message.channel.id in weather.rooms else ():
                assert message.created is not None
                assert mark not in said or message.created - said[mark] > timedelta(seconds=NONCE_S)
                said[mark] = message.created
        assert await _noted(sqlite_database, 1) == sorted(weather.last.values())
