"""The log of a whole life at its loudest: no token stands in it, and nothing that people wrote."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tests.discord.lived_in import COMING, OVER, REMINDER, living
from tests.discord.server.faults import How

if TYPE_CHECKING:
    import pytest

    from bot.clock import MovableClock
    from storage.engine import Database

OF_THE_TESTS = "aiohttp."
"""Who logs what the tests' own server is asked."""
LEFT = "the chairs squeak terribly"


async def test_no_token_and_nobodys_words_are_logged(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever level somebody sets: commands, taps, forms, deliveries, a broken request and a new connection."""
    caplog.set_level(logging.DEBUG)
    async with living(sqlite_database, beginning, learners=2) as lived:
        ben, dc = lived.learners[0], lived.dc
        await lived.life.moves_to(REMINDER)
        await ben.presses(COMING)
        dc.fails("/callback", How.DROPPED_AFTER)
        await ben.types("reason", reason=LEFT)
        dc.gateway.drops()
        await lived.life.moves_to(OVER)
        await ben.presses("Plus / delta")
        assert ben.form is not None
        await ben.fills(plus="", delta=LEFT)
        tokens = {dc.token, *(one.token for one in dc.realm.interactions.values())}
    logged = "\n".join(
        f"{one.getMessage()} {one.exc_text or ''}" for one in caplog.records if not one.name.startswith(OF_THE_TESTS)
    )
    assert "interaction" in logged
    assert len(tokens) > 10
    assert [token for token in tokens if token in logged] == []
    assert LEFT not in logged
