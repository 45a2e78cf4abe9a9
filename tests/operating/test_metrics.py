"""The metrics, read over HTTP from a bot that serves people: each figure is what happened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters.web.monitoring import routes
from adapters.web.server import Server, application
from bot.chat.adapter import Refused, Trouble, TryLater, Unreachable
from bot.chat.inbound import Opened, Place
from bot.clock import SystemClock
from bot.commands.monitoring import disks_of, sources
from bot.commands.serving import serving
from bot.metrics import CONTENT_TYPE, KEPT_S, METRICS, Kind, Metrics
from bot.tallies import Spread, Tally
from storage.engine import Database
from tests.operating.machine import FULL, Machine
from tests.support.chat import FIRST, ChatSim
from tests.support.databases import locked
from tests.support.sim import private

TOKEN = "a-token-of-sixteen-letters"


@dataclass
class Page:
    """The page of a bot, served over HTTP; `seconds` is the time by which it keeps what it has asked for."""

    address: str
    seconds: list[float]

    async def read(self, token: str = TOKEN) -> tuple[int, str]:
        """Return the status and the text."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with aiohttp.ClientSession() as http, http.get(self.address, headers=headers) as answer:
            return answer.status, await answer.text()

    async def values(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        """Return every sample by its name and labels, asked anew."""
        self.seconds[0] += KEPT_S
        status, text = await self.read()
        assert status == 200, text
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def value(self, name: str, **labels: str) -> float:
        """Return one value; one that was never counted is 0."""
        return (await self.values()).get((name, tuple(sorted(labels.items()))), 0.0)


@asynccontextmanager
async def measured(chat: ChatSim, database: Database) -> AsyncIterator[Page]:
    """Serve the metrics of a chat's bot."""
    seconds = [0.0]
    metrics = Metrics(sources(chat.bot, database), lambda: seconds[0])

    async def well() -> dict[str, object]:
        return {"ok": True}

    served = routes(well, metrics.page, token=TOKEN, content_type=CONTENT_TYPE)
    server = Server(application(well, more=served), "127.0.0.1", 0)
    await server.start()
    try:
        yield Page(f"http://127.0.0.1:{server.port}/metrics", seconds)
    finally:
        await server.stop()


@pytest.fixture
async def page(chat: ChatSim, sqlite_database: Database) -> AsyncIterator[Page]:
    """The metrics of a chat's bot."""
    async with measured(chat, sqlite_database) as page:
        yield page


async def test_what_people_do_is_counted(chat: ChatSim, page: Page) -> None:
    """By platform, kind and what came of it; with how long each had to wait."""
    for _ in range(3):
        await chat.ada.says("/next")
    await chat.facilitator.says("/digest")
    await chat.bob.presses_payload("nonsense")
    acts = {labels: value for (name, labels), value in (await page.values()).items() if name == "circlebot_acts_total"}
    assert acts == {
        (("kind", "command"), ("outcome", "answered"), ("platform", "sim")): 3.0,
        (("kind", "command"), ("outcome", "declined"), ("platform", "sim")): 1.0,
        (("kind", "press"), ("outcome", "declined"), ("platform", "sim")): 1.0,
    }
    assert await page.value("circlebot_answer_seconds_count", platform="sim", kind="command") == 4
    assert 0.0 < await page.value("circlebot_answer_seconds_sum", platform="sim", kind="command") < 60.0


async def test_deliveries_are_counted_by_what_became_of_them(chat: ChatSim, page: Page) -> None:
    """Sent, put off, out of reach, given up; late by how long after they were due."""
    chat.platform.errors.append(TryLater("busy", 90.0))
    await chat.moves_to(FIRST.replace(day=8, hour=18))
    assert await page.value("circlebot_deliveries_total", platform="sim", outcome="put_off") == 1
    await chat.passes(minutes=2)
    assert await page.value("circlebot_deliveries_total", platform="sim", outcome="sent") == 1
    assert await page.value("circlebot_delivery_late_seconds_sum", platform="sim") == pytest.approx(90.0, abs=1.0)
    chat.platform.errors.append(Unreachable("kicked", Trouble.REMOVED))
    await chat.moves_to(FIRST.replace(hour=16))
    assert await page.value("circlebot_deliveries_total", platform="sim", outcome="unreachable") == 1
    assert await page.value("circlebot_deliveries_total", platform="none", outcome="step") > 0


async def test_what_is_given_up_is_counted_apart(chat: ChatSim, page: Page) -> None:
    """It is a mistake of ours, and not somebody who has left."""
    chat.platform.errors.append(Refused("no such button"))
    await chat.moves_to(FIRST.replace(day=8, hour=18))
    assert await page.value("circlebot_deliveries_total", platform="sim", outcome="given_up") == 1


async def test_the_queue_is_what_waits(chat: ChatSim, page: Page) -> None:
    """Due by now, soon, and for how long the oldest has been due; not what is planned for later weeks."""
    values = await page.values()
    assert values["circlebot_queue_due", ()] == values["circlebot_queue_oldest_due_seconds", ()] == 0
    await chat.moves_to(FIRST.replace(day=8, hour=16))
    assert await page.value("circlebot_queue_soon") == 0
    chat.clock.move_to(chat.clock.now() + timedelta(minutes=90))
    assert await page.value("circlebot_queue_soon") == 1
    chat.clock.move_to(chat.clock.now() + timedelta(hours=1))
    assert await page.value("circlebot_queue_due") == 1
    assert await page.value("circlebot_queue_oldest_due_seconds") == pytest.approx(1800.0)
    assert await page.value("circlebot_queue_leased") == 0


async def test_the_queue_is_asked_for_every_few_seconds_only(chat: ChatSim, page: Page) -> None:
    """However many ask: reading the metrics costs the database next to nothing."""
    await page.read()
    reads = await page.value("circlebot_database_works_total", work="read", outcome="done")
    for _ in range(5):
        await page.read()
    # Each value above is asked for anew, which is one read; the five others were none.
    assert await page.value("circlebot_database_works_total", work="read", outcome="done") == reads + 1


async def test_what_the_database_does(chat: ChatSim, page: Page, sqlite_database: Database) -> None:
    """Works by outcome, how many were kept at once, and how large the file is."""
    before = await page.value("circlebot_database_works_total", work="write", outcome="done")
    await asyncio.gather(
        *(sqlite_database.transact(lambda store: store.settings.put("one", "more")) for _ in range(20))
    )
    values = await page.values()
    done = values["circlebot_database_works_total", (("outcome", "done"), ("work", "write"))]
    assert done == before + 20
    assert values["circlebot_database_batch_size_sum", ()] == done
    assert values["circlebot_database_batch_size_count", ()] < done
    assert values["circlebot_database_size_bytes", ()] > 100_000
    assert values["circlebot_database_works_under_way", ()] == 0


async def test_a_busy_database_shows(chat: ChatSim, page: Page, sqlite_database: Database) -> None:
    """In what people are told, and in what the database is asked; the page itself is there nevertheless."""
    sqlite_database._runner._writer._raw.execute("PRAGMA busy_timeout = 0")  # type: ignore[union-attr]  # no real seconds
    with locked(sqlite_database.url):
        reply = await chat.bot.router.receive(chat_says(chat))
    assert reply is not None
    assert await page.value("circlebot_database_works_total", work="write", outcome="busy") == 1
    assert await page.value("circlebot_acts_total", platform="sim", kind="opened", outcome="busy") == 1


def chat_says(chat: ChatSim) -> Opened:
    """Return that somebody opens the private chat."""
    return Opened(sender=chat.bob.sender, place=Place(private("u-bob")), key="opened:1")


async def test_platforms_and_disks(machine: Machine, sqlite_database: Database) -> None:
    """Up or not, how often they came back, who sends there; bytes that are free."""
    chat = machine.chat
    async with measured(chat, sqlite_database) as page:
        machine.second.troubles.are("network")
        values = await page.values()
        assert values["circlebot_platform_up", (("platform", "sim"),)] == 1
        assert values["circlebot_platform_up", (("platform", "echo"),)] == 0
        machine.second.troubles.are_over()
        assert await page.value("circlebot_platform_up", platform="echo") == 1
        assert await page.value("circlebot_platform_reconnects_total", platform="echo") == 1
        await chat.moves_to(FIRST.replace(day=8, hour=18))
        assert await page.value("circlebot_courier_elected", platform="sim") == 1
        assert await page.value("circlebot_disk_free_bytes", disk="database") == machine.disk.free
        machine.first.pacing.refused()
        assert await page.value("circlebot_pacing_refusals_total", platform="sim") == 1


async def test_what_needs_an_operator_shows(machine: Machine, sqlite_database: Database) -> None:
    """So that whoever watches many bots sees it, too."""
    machine.disk = FULL
    await machine.look()
    async with measured(machine.chat, sqlite_database) as page:
        assert await page.value("circlebot_concern", concern="disk") == 1


async def test_every_metric_is_there_and_explained(machine: Machine, sqlite_database: Database) -> None:
    """With its help and its type; and nothing of ours that is not declared."""
    await machine.chat.ada.says("/next")
    machine.disk = FULL
    await machine.look()
    await machine.chat.moves_to(FIRST.replace(day=8, hour=18))
    async with measured(machine.chat, sqlite_database) as page:
        _, text = await page.read()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    ours = {metric.name.removesuffix("_total"): metric for metric in METRICS}
    assert {name for name in families if name.startswith("circlebot_")} == ours.keys()
    for name, metric in ours.items():
        assert families[name].documentation == metric.help
        assert families[name].type == metric.kind.value
        assert families[name].samples, name
    assert {"process_cpu_seconds", "process_resident_memory_bytes", "python_info"} <= families.keys()


async def test_nothing_of_people_is_in_it(chat: ChatSim, page: Page) -> None:
    """No name, no title, no words, no number of anybody: labels are the program's own words."""
    await chat.ada.says("/next")
    await chat.ada.whispers("my secret words")
    await chat.moves_to(FIRST.replace(hour=19))
    _, text = await page.read()
    for secret in ("Ada", "u-ada", "Python for beginners", "room", "secret", "Unit"):
        assert secret not in "".join(line for line in text.splitlines(True) if not line.startswith("#"))


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_names_are_as_prometheus_wants_them(metric: object) -> None:
    """Base units, and a counter's end."""
    assert isinstance(metric, type(METRICS[0]))
    assert metric.name.startswith("circlebot_")
    assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
    assert not metric.name.endswith(("_ms", "_milliseconds", "_minutes", "_kb"))
    assert metric.help.endswith(".")


# Who may read it


async def test_the_token_opens_it(page: Page) -> None:
    """Nothing else does."""
    assert (await page.read())[0] == 200
    for wrong in ("", "wrong", TOKEN[:-1], TOKEN.upper()):
        status, text = await page.read(wrong)
        assert status == 401
        assert "circlebot_" not in text


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-For": "10.0.0.1"}, {"Authorization": "Bearer "}], ids=str)
async def test_without_a_token_nobody_reads_it(sqlite_database: Database, headers: dict[str, str]) -> None:
    """Not this machine either: behind a proxy everybody comes from it."""
    async with serving(sqlite_database, SystemClock(), host="127.0.0.1", port=0) as up:
        address = f"http://127.0.0.1:{up.server.port}/metrics"
        async with aiohttp.ClientSession() as http, http.get(address, headers=headers) as answer:
            assert answer.status == 403
            assert "set [http] metrics_token" in await answer.text()


async def test_a_bot_that_serves_has_them(sqlite_database: Database) -> None:
    """As `circlebot run` puts it together: with its version, its disk and since when it runs."""
    async with serving(sqlite_database, SystemClock(), host="127.0.0.1", port=0, metrics_token=TOKEN) as up:
        page = Page(f"http://127.0.0.1:{up.server.port}/metrics", [0.0])
        values = await page.values()
    (disk,) = disks_of(sqlite_database.url)
    assert values["circlebot_disk_size_bytes", (("disk", "database"),)] == disk.total
    assert any(name == "circlebot_build_info" for name, _ in values)
    assert values["circlebot_start_time_seconds", ()] == up.bot.pulse.started_at.timestamp()


# How it is counted


def test_a_bound_belongs_to_what_is_up_to_it() -> None:
    """As Prometheus counts: each bound holds all that is at most so large."""
    spread = Spread((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 9.0):
        spread.add(value)
    assert list(spread.cumulated()) == [("1.0", 2), ("2.0", 4), ("+Inf", 5)]
    assert spread.total == 14.0


def test_a_tally_counts_by_its_labels() -> None:
    """Each combination by itself."""
    tally = Tally()
    for outcome in ("sent", "sent", "dropped"):
        tally.add("sim", outcome)
    assert tally.counts == {("sim", "sent"): 2, ("sim", "dropped"): 1}
