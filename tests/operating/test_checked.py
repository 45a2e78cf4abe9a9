"""`circlebot check` beside a bot that runs: it asks the bot itself how it is."""

from __future__ import annotations

import asyncio

from bot.clock import SystemClock
from bot.commands.check import _port
from bot.commands.serving import serving
from bot.config import HttpSettings, Settings
from storage.engine import Database
from tests.operating.machine import Troubled


async def test_a_bot_that_runs_says_how_it_is(sqlite_database: Database) -> None:
    """Ready, or what is missing: that its port is taken is no mistake."""
    platform = Troubled()
    async with serving(sqlite_database, SystemClock(), host="127.0.0.1", port=0, others=[platform]) as up:
        settings = Settings(http=HttpSettings(port=up.server.port))
        found = await asyncio.to_thread(_port, settings)
        assert (found.fine, found.what) == (True, f"http: the bot is running on 127.0.0.1:{up.server.port}, and ready")
    platform.is_up.clear()
    async with serving(sqlite_database, SystemClock(), host="127.0.0.1", port=0, others=[platform]) as up:
        settings = Settings(http=HttpSettings(port=up.server.port))
        found = await asyncio.to_thread(_port, settings)
        assert not found.fine
        assert found.what.endswith("but sim is not up yet")


async def test_somebody_else_on_the_port(sqlite_database: Database) -> None:
    """Whatever else listens there is in the way."""

    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        await writer.drain()
        writer.close()

    other = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    port = other.sockets[0].getsockname()[1]
    found = await asyncio.to_thread(_port, Settings(http=HttpSettings(port=port)))
    other.close()
    assert not found.fine
    assert "is in use" in found.what
