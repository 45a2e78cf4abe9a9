"""Alive is not ready: what a restart would mend, and what somebody else has to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from bot.assembly import assemble
from bot.chat.adapter import Adapter, Inbox
from bot.clock import SystemClock
from bot.commands.monitoring import KEPT_S, Readiness
from bot.commands.serving import serving
from bot.domain.operating import TOKEN_REFUSED
from bot.errors import GaveUp, TokenRejected
from storage.engine import Database
from storage.migrate import downgrade
from tests.operating.machine import Machine, Troubled
from tests.support.databases import Postgres
from tests.support.patience import PATIENCE


@dataclass
class Refusing(Troubled):
    """A platform that does not know the bot."""

    async def run(self, inbox: Inbox) -> None:
        """Refuse the token."""
        self.is_up.clear()
        raise TokenRejected(f"{self.platform} does not know this bot: make a new token.")


async def asked(port: int, path: str) -> tuple[int, dict[str, Any]]:
    """Ask a server for how it is."""
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.json()


@asynccontextmanager
async def up(database: Database, adapters: Sequence[Adapter]) -> AsyncIterator[int]:
    """Serve a bot on these platforms; yield its port."""
    async with serving(database, SystemClock(), host="127.0.0.1", port=0, others=adapters) as running:
        yield running.server.port


async def test_all_is_well(sqlite_database: Database) -> None:
    """Both say so; ready names what it has looked at."""
    async with up(sqlite_database, [Troubled()]) as port:
        assert await asked(port, "/healthz") == (200, {"ok": True})
        status, found = await asked(port, "/readyz")
    assert status == 200
    assert found["missing"] == []
    assert (found["database"], found["platforms"]) == ("ok", {"sim": "up"})


async def test_whose_turn_it_is_is_told_once_it_is_known(machine: Machine, sqlite_database: Database) -> None:
    """Nobody stands for anything before something is due; who has not stood does not stand by either."""
    other = assemble(sqlite_database, machine.chat.clock, [Troubled()])
    assert (await Readiness(other, sqlite_database).found())["courier"] == {"sim": "idle"}
    await machine.chat.bot.scheduler.run_due()
    ours = (await Readiness(machine.chat.bot, sqlite_database).found())["courier"]
    assert ours == {"sim": "elected", "echo": "elected"}
    machine.chat.bot.pulse.elected = tuple
    theirs = (await Readiness(machine.chat.bot, sqlite_database).found())["courier"]
    assert theirs == {"sim": "standby", "echo": "standby"}


async def test_a_platform_that_is_not_up(sqlite_database: Database) -> None:
    """The process lives and tries on: starting it anew would not help, and people cannot be served."""
    platform = Troubled()
    platform.is_up.clear()
    async with up(sqlite_database, [platform, Troubled(platform="echo")]) as port:
        assert (await asked(port, "/healthz"))[0] == 200
        status, found = await asked(port, "/readyz")
    assert status == 503
    assert found["missing"] == ["sim is not up yet"]
    assert found["platforms"] == {"sim": "not up yet", "echo": "up"}


async def test_what_is_wrong_with_a_platform_is_named(machine: Machine, sqlite_database: Database) -> None:
    """As it is called in the metrics, too."""
    machine.first.troubles.are(TOKEN_REFUSED)
    found = await Readiness(machine.chat.bot, sqlite_database).found()
    assert not found["ok"]
    assert found["missing"] == ["sim is down (token)"]


async def test_another_process_serves_it(machine: Machine, sqlite_database: Database) -> None:
    """Standing by is ready, too: that is what it is there for."""
    machine.first.is_up.clear()
    machine.chat.bot.pulse.stands_by = lambda: {"sim"}
    found = await Readiness(machine.chat.bot, sqlite_database).found()
    assert found["ok"]
    assert found["platforms"] == {"sim": "standby", "echo": "up"}


async def test_a_database_of_another_version(machine: Machine, sqlite_database: Database) -> None:
    """It says what to do about it."""
    await asyncio.to_thread(downgrade, sqlite_database.url, "0003")
    found = await Readiness(machine.chat.bot, sqlite_database).found()
    assert found["missing"] == ["the database is at an older version: run `circlebot migrate`"]


async def test_it_is_looked_once_a_second(machine: Machine, sqlite_database: Database) -> None:
    """Whoever asks without end costs the database nothing."""
    ready = Readiness(machine.chat.bot, sqlite_database)
    await ready.found()
    reads = sum(sum(spread.counts) for spread in sqlite_database.works.spreads.values())
    for _ in range(20):
        await ready.found()
    assert sum(sum(spread.counts) for spread in sqlite_database.works.spreads.values()) == reads


async def test_a_database_out_of_reach(postgres: Postgres) -> None:
    """Ready says so, to anybody, and not which server it is."""
    url, seconds = postgres.create(), [0.0]
    database = Database.open(url)
    try:
        ready = Readiness(assemble(database, SystemClock(), [Troubled()]), database, lambda: seconds[0])
        assert (await ready.found())["ok"]
        postgres.drop(url)
        seconds[0] += KEPT_S + 1.0
        assert (await ready.found())["missing"] == ["the database cannot be reached"]
    finally:
        await database.close()


# A platform that does not know the bot


async def test_one_platform_refuses_and_the_others_go_on(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Loudly in the log, with what helps; not ready, but alive."""
    async with up(sqlite_database, [Refusing(), Troubled(platform="echo")]) as port:
        status, found = await asked(port, "/readyz")
        assert status == 503
        assert found["missing"] == ["sim is down (token)"]
        assert (await asked(port, "/healthz"))[0] == 200
    assert "sim does not know this bot: make a new token. Everything else goes on." in caplog.text


async def test_where_no_platform_is_left_the_bot_ends(sqlite_database: Database) -> None:
    """With the reasons of all of them."""
    with pytest.raises(GaveUp) as caught:
        async with serving(
            sqlite_database, SystemClock(), host="127.0.0.1", port=0, others=[Refusing(), Refusing(platform="echo")]
        ) as running:
            await asyncio.wait({running.running}, timeout=PATIENCE)
    assert str(caught.value).splitlines() == [
        "sim does not know this bot: make a new token.",
        "echo does not know this bot: make a new token.",
    ]


async def test_what_makes_no_sense_any_more_ends(sqlite_database: Database) -> None:
    """When the watch finds that nobody knows the bot any more, the program ends, and says why."""

    async def until_it_ends() -> None:
        async with serving(sqlite_database, SystemClock(), host="127.0.0.1", port=0, others=[Troubled()]) as running:
            running.bot.scheduler.watch.hopeless = "Put the present token into the settings."
            await running.bot.scheduler.look()
            await asyncio.wait({running.running}, timeout=PATIENCE)

    with pytest.raises(GaveUp, match="Put the present token"):
        await until_it_ends()
