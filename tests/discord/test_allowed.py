"""A bot that was let in by the link which `circlebot check` prints, and may do nothing else anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.permissions import permissions
from bot.chat.message import Message
from bot.chat.text import Text
from tests.discord.lived_in import COMING, FIRST, OVER, REMINDER, living
from tests.discord.server.state import May
from tests.discord.serving import room_of, serving
from tests.discord.telling import blameless, card

if TYPE_CHECKING:
    from bot.clock import MovableClock
    from storage.engine import Database
    from tests.discord.world import World

PRINTED = May(permissions(native_events=True).value)


async def test_what_the_link_asks_for_is_enough_for_a_circle(
    sqlite_database: Database, beginning: MovableClock
) -> None:
    """Its cards are posted and drawn, and its meetings stand in the calendar one after the other."""
    async with living(sqlite_database, beginning) as lived:
        lived.server.lets_bot(PRINTED)
        await lived.life.moves_to(REMINDER)
        await lived.learners[0].presses(COMING)
        assert COMING in card(COMING, lived.room).buttons
        await lived.life.moves_to(OVER)
        assert [event.starts_at > FIRST for event in lived.server.events.values()] == [False, True]
        blameless(lived.dc)


async def test_it_is_enough_to_wake_a_thread_and_draw_there(dc: World) -> None:
    """An archived one, whoever opened it."""
    library = dc.guild("Library", bot=PRINTED)
    thread = library.thread(library.channels()[0], "Python", library.person("Ada"))
    async with serving(dc) as adapter:
        posted = await adapter.post(room_of(thread), Message(Text.of("Hello")), "key")
        thread.archived = True
        await adapter.edit(posted, Message(Text.of("Hello again")))
    assert [message.shown for message in thread.messages] == ["Hello again"]
