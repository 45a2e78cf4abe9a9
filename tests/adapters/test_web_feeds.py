"""Calendar feeds on the real server: whoever has the address reads, by any name of the server, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from adapters.web.feeds import READS, feeds
from adapters.web.server import Server, application
from bot.errors import StorageBusy

KEY = "k" * 32
BUSY = "b" * 32


async def read(token: str) -> bytes | None:
    """One calendar, and one that the database does not give out just now."""
    if token == BUSY:
        raise StorageBusy("locked")
    return b"BEGIN:VCALENDAR\r\n" if token == KEY else None


async def health() -> dict[str, object]:
    """All is well."""
    return {"ok": True}


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    """A calendar that reads, of a server that has nothing else."""
    server = Server(application(health, more=[feeds(read)]), "127.0.0.1", 0)
    await server.start()
    async with ClientSession(f"http://127.0.0.1:{server.port}") as session:
        yield session
    await server.stop()


async def test_a_calendar_reads_its_feed(http: ClientSession) -> None:
    """It gets a calendar, which nobody on the way may keep for others; no key but the address is needed."""
    async with http.get(f"/calendar/{KEY}.ics", headers={"Host": "circles.example.org"}) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/calendar"
        assert answer.headers["Cache-Control"].startswith("private")
        assert await answer.read() == b"BEGIN:VCALENDAR\r\n"


@pytest.mark.parametrize(
    "path",
    ["/calendar/" + "x" * 32 + ".ics", "/calendar/", "/calendar", f"/calendar/{KEY}", "/calendar/..%2f..%2fetc.ics"],
)
async def test_nothing_is_found_without_the_address(http: ClientSession, path: str) -> None:
    """There is no list, and a wrong address looks like none."""
    async with http.get(path) as answer:
        assert answer.status == 404
        assert KEY not in await answer.text()


async def test_a_busy_database_asks_to_come_back(http: ClientSession) -> None:
    """The calendar keeps what it has, and looks again later."""
    async with http.get(f"/calendar/{BUSY}.ics") as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0


async def test_who_reads_without_end_is_asked_to_come_back(http: ClientSession) -> None:
    """A calendar with hundreds of meetings takes work to write; that of others is read as before."""
    for _ in range(READS.burst):
        async with http.get(f"/calendar/{KEY}.ics") as answer:
            assert answer.status == 200
    async with http.get(f"/calendar/{KEY}.ics") as answer:
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) > 0
    async with http.get(f"/calendar/{BUSY}.ics") as answer:
        assert answer.status == 503


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_feed_is_only_read(http: ClientSession, method: str) -> None:
    """Nothing can be written there."""
    async with http.request(method, f"/calendar/{KEY}.ics") as answer:
        assert answer.status == 405
