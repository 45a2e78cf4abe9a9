"""Buttons that never die, and forms that outlive the bot: whatever comes late is answered with the truth."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clock import MovableClock
from tests.discord.lived_in import COMING, FIRST, OVER, REMINDER, lives, living
from tests.discord.running import running
from tests.discord.server.doing import Answered
from tests.discord.telling import blameless, card, ever_read
from tests.discord.world import World, started

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import pytest

    from storage.engine import Database
    from tests.discord.lived_in import Lived


async def _over_a_restart(
    database: Database,
    clock: MovableClock,
    before: Callable[[Lived], Awaitable[None]],
    after: Callable[[Lived], Awaitable[None]],
) -> World:
    """Live in two processes, one after the other, on one Discord and one database."""
    async with started(clock) as dc:
        async with running(dc, database) as first:
            lived = await lives(first, learners=2)
            await before(lived)
        async with running(dc, database) as second:
            lived.life = second
            await after(lived)
        return dc


async def test_a_card_that_was_posted_before_a_restart(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A tap on it counts, and its own answer draws it."""

    async def before(lived: Lived) -> None:
        await lived.life.moves_to(REMINDER)

    async def after(lived: Lived) -> None:
        tap = await lived.learners[0].presses(COMING)
        assert tap.answered is Answered.IN_PLACE
        assert "1 coming: Ben" in card(COMING, lived.room).shown

    blameless(await _over_a_restart(sqlite_database, beginning, before, after), caplog)


async def test_panels_and_steps_from_before_a_restart(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """What one person alone sees works on: a panel's button, and the way to the next page of a form."""

    async def before(lived: Lived) -> None:
        await lived.ada.types("circle")
        await lived.mia.types("newcircle", name="Chess", zone="Madrid")
        await lived.mia.fills(first="11 March 18:00", weeks="4")

    async def after(lived: Lived) -> None:
        await lived.ada.presses("Change…")
        assert "What would you like to change?" in lived.ada.sees
        await lived.mia.presses("Continue")
        await lived.mia.fills()
        assert "Chess" in lived.mia.sees
        await lived.mia.presses("Save")
        assert "4 weekly meetings" in lived.mia.sees

    blameless(await _over_a_restart(sqlite_database, beginning, before, after), caplog)


async def test_a_form_that_was_opened_before_a_restart(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """What was written into it is not lost."""

    async def before(lived: Lived) -> None:
        await lived.life.moves_to(OVER)
        await lived.learners[0].presses("Plus / delta")

    async def after(lived: Lived) -> None:
        ben = lived.learners[0]
        await ben.fills(plus="The tea", mood="4 good")
        assert "Thank you!" in ben.sees
        assert "1 answer so far" in card("Plus / delta", lived.room).shown

    blameless(await _over_a_restart(sqlite_database, beginning, before, after), caplog)


async def test_a_form_that_is_closed_after_its_first_page(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """What was sent is kept: the way on stands there, and whoever begins anew begins from nothing."""
    async with living(sqlite_database, beginning) as lived:
        mia = lived.mia
        await mia.types("newcircle", name="Chess", zone="Madrid")
        await mia.fills(first="11 March 18:00")
        step = mia.last
        await mia.presses("Continue", step)
        mia.closes_form()
        await lived.life.passes(minutes=30)
        await mia.presses("Continue", step)
        await mia.fills()
        assert "Wednesday, 11 March 2026" in mia.sees
        await mia.types("newcircle")
        assert mia.form is not None
        assert mia.form.prefilled("name") == ""
        mia.closes_form()
        saved = await mia.presses("Save", step)
        assert saved.shown.startswith("This form is over")
        blameless(lived.dc, caplog)


async def test_a_form_that_is_sent_too_late(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Days later it is forgotten, and says so; so does the way to its next page."""
    async with living(sqlite_database, beginning) as lived:
        mia = lived.mia
        await mia.types("newcircle", name="Chess", zone="Madrid")
        form = mia.form
        await lived.life.moves_to(FIRST)
        mia.form = form
        sent = await mia.fills(first="24 March 18:00")
        assert "form" in sent.shown
        assert "Continue" not in mia.last.buttons
        blameless(lived.dc, caplog)


async def test_a_card_after_a_year(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Every button that ever stood in the channel is answered, privately or by drawing what is true."""
    async with living(sqlite_database, beginning) as lived:
        ben, zoe = lived.learners[0], lived.server.person("Zoe")
        await lived.life.moves_to(REMINDER)
        await ben.presses(COMING)
        await lived.life.moves_to(OVER)
        await ben.presses("Plus / delta")
        await ben.fills(delta="Less theory")
        await lived.life.moves_to(FIRST + timedelta(days=400))
        before, pressed = len(lived.room.messages), 0
        for message in lived.room.messages:
            ever = {
                str(button["custom_id"])
                for state in (*message.edits, message)
                for button in state.all_buttons()
                if "custom_id" in button
            }
            pressed += len(ever)
            for custom_id in sorted(ever):
                for who in (ben, zoe):
                    tap = await who.taps(custom_id, message)
                    who.closes_form()
                    assert tap.shown.strip(), custom_id
                    assert "went wrong" not in tap.shown
        assert len(lived.room.messages) == before, "nobody else is bothered"
        assert pressed > 20
        assert "Zoe" not in ever_read(lived.room)
        blameless(lived.dc, caplog)


async def test_an_older_card(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A tap on it counts on the newer one; the older never comes back to life."""
    async with living(sqlite_database, beginning, learners=2) as lived:
        await lived.life.moves_to(REMINDER)
        older = card(COMING, lived.room)
        coming = older.button(COMING)["custom_id"]
        await lived.life.moves_to(FIRST - timedelta(hours=2))
        newer = card(COMING, lived.room)
        for number, who in enumerate(lived.learners, start=1):
            await who.taps(coming, older)
            assert "See you there!" in [one.shown for one in who.private]
            assert f"{number} coming" in newer.shown
            assert "There is a newer message about this further down." in older.shown
        assert card(COMING, lived.room) is newer
        blameless(lived.dc, caplog)


async def test_buttons_of_an_earlier_version(
    sqlite_database: Database, beginning: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A tag that nobody knows any more, another shape, nonsense: each gets a kind answer, to whoever pressed alone."""
    async with living(sqlite_database, beginning) as lived:
        await lived.life.moves_to(REMINDER)
        ben, reminder = lived.learners[0], card(COMING, lived.room)
        shown = reminder.shown
        for custom_id in ("zz.1", "rs", "rs.1", "rs.zzzzzzzz.yes", "rs.1.perhaps.9", "form.1", "x" * 100, "#2", "."):
            tap = await ben.taps(custom_id, reminder)
            assert tap.original is not None, custom_id
            assert tap.original.only_for is ben.user, custom_id
            assert "/help" in tap.shown or "not there any more" in tap.shown, (custom_id, tap.shown)
        assert reminder.shown == shown
        blameless(lived.dc, caplog)
