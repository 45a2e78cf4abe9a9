"""The whole bot on the tests' Discord: from the first form to a reminder that comes in its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.discord.running import running, world
from tests.discord.server.state import USUAL, May

if TYPE_CHECKING:
    from storage.engine import Database

FIRST = datetime(2026, 3, 10, 17, tzinfo=UTC)
"""Six in the evening in Madrid."""
FILLED = {"name": "Python for beginners", "zone": "Madrid", "first": "10 March 18:00"}


async def test_a_circle_begins_and_its_reminder_comes(sqlite_database: Database) -> None:
    """What people do and what time brings both happen before the test looks."""
    async with world(sqlite_database) as up:
        library = up.dc.guild("Library")
        general = library.channels()[0]
        fay, ada = library.person("Fay", may=USUAL | May.MANAGE_GUILD), library.person("Ada")
        await fay.types("newcircle")
        assert fay.form is not None
        await fay.fills(FILLED)
        await fay.presses("Continue")
        await fay.fills()
        await fay.presses("Save")
        await fay.presses("Publish")
        await ada.presses("Join this circle")
        assert "You are in" in ada.sees
        assert general.last.buttons == ["Join this circle"]
        await up.moves_to(FIRST - timedelta(days=2))
        card = ada.with_button("I'm coming")
        assert card.channel is general
        assert "Tuesday, 10 March 2026, 17:00" in card.shown
        await ada.presses("I'm coming")
        assert "1 coming: Ada" in card.shown
        assert up.dc.failed == []
        assert up.dc.refusals == []


async def test_the_bot_goes_on_where_it_was(sqlite_database: Database) -> None:
    """A new process finds the buttons of the old one; what was typed into a form meanwhile is not lost."""
    async with world(sqlite_database) as up:
        library = up.dc.guild("Library")
        fay = library.person("Fay", may=USUAL | May.MANAGE_GUILD)
        await fay.types("newcircle")
        await up.dies()
        up.dc.gateway.forgets()
        async with running(up.dc, sqlite_database):
            await fay.fills(FILLED)
            assert "part 2 of 2" in fay.sees
        assert up.dc.failed == []
