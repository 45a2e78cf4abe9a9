"""Meetings among a server's events, over the wire: put there once, and true as long as they stand there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from bot.chat.adapter import Trouble, TryLater, Unreachable
from bot.chat.message import Event, Message, Posted
from bot.chat.text import Text
from tests.discord.lived_in import COMING, FIRST, OVER, REMINDER, lives
from tests.discord.running import world
from tests.discord.server.faults import How
from tests.discord.server.problems import Problem
from tests.discord.server.realm import BEGINNING
from tests.discord.server.state import OF_BOT, May, ScheduledEvent
from tests.discord.serving import room_of, serving
from tests.discord.telling import card, newest

if TYPE_CHECKING:
    from adapters.discord.adapter import DiscordAdapter
    from bot.clock import MovableClock
    from storage.engine import Database
    from tests.discord.people import Place
    from tests.discord.world import World

CREATE: Final = "POST /guilds/{guild_id}/scheduled-events"
SCHEDULED, ON, OVER_, OFF = 1, 2, 3, 4
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
MEETING: Final = Event("Python · Meeting 1", "About Python", "Room 3", BEGINNING + WEEK, BEGINNING + WEEK + HOUR)
FULL: Final = 100


def said(event: Event) -> Message:
    """Return what the core has posted and drawn for an entry."""
    return Message(Text(), event=event)


async def put(adapter: DiscordAdapter, server: Place, event: Event = MEETING) -> Posted:
    """Have the adapter put a meeting into a server's calendar."""
    return await adapter.post(room_of(server.channels()[0]), said(event), "key")


def only(server: Place) -> ScheduledEvent:
    """Return the one entry of a server's calendar."""
    (event,) = server.events.values()
    return event


async def test_a_meeting_is_put_there_as_it_is(dc: World) -> None:
    """With its name, its words, its place, its beginning and its end."""
    library = dc.guild("Library")
    async with serving(dc) as adapter:
        await put(adapter, library)
    event = only(library)
    assert (event.name, event.description, event.place) == (MEETING.title, MEETING.text, MEETING.place)
    assert (event.starts_at, event.ends_at, event.status) == (MEETING.starts_at, MEETING.ends_at, SCHEDULED)


async def test_it_moves_and_is_called_off_with_its_meeting(dc: World) -> None:
    """The entry is the same all along; once it is called off, there is nothing left to draw."""
    library = dc.guild("Library")
    async with serving(dc) as adapter:
        posted = await put(adapter, library)
        moved = replace(MEETING, title="Later", starts_at=MEETING.starts_at + HOUR, ends_at=MEETING.ends_at + HOUR)
        await adapter.edit(posted, said(moved))
        event = only(library)
        assert (event.name, event.starts_at, event.ends_at) == ("Later", moved.starts_at, moved.ends_at)
        await adapter.edit(posted, said(replace(moved, is_off=True)))
        assert only(library).status == OFF
        with pytest.raises(Unreachable) as caught:
            await adapter.edit(posted, said(moved))
        assert caught.value.trouble is None


async def test_a_bot_that_was_stopped_before_it_could_note_it_finds_it(dc: World) -> None:
    """Another start, and nobody knows of the entry but Discord, which has trimmed its words."""
    library = dc.guild("Library")
    wide = replace(MEETING, title=" Python · Meeting 1 ", text="About Python\n")
    async with serving(dc) as adapter:
        first = await put(adapter, library, wide)
    event = only(library)
    event.name, event.description = event.name.strip(), (event.description or "").strip()
    async with serving(dc) as adapter:
        assert await put(adapter, library, wide) == first
        dc.fails(CREATE, How.DROPPED_AFTER)
        other = replace(MEETING, title="Rust · Meeting 1")
        with pytest.raises(TryLater):
            await put(adapter, library, other)
        await put(adapter, library, other)
    assert sorted(one.name for one in library.events.values()) == [MEETING.title, other.title]


async def test_two_circles_of_one_name_have_an_entry_each(dc: World) -> None:
    """Where they meet at different times; and what people or other programs put there is left alone."""
    library = dc.guild("Library")
    async with serving(dc) as adapter:
        await put(adapter, library)
        only(library).creator = library.owner
        await put(adapter, library)
        await put(
            adapter, library, replace(MEETING, starts_at=MEETING.starts_at + HOUR, ends_at=MEETING.ends_at + HOUR)
        )
    assert len(library.events) == 3


async def test_one_that_people_began_early_is_ended_when_its_meeting_is_called_off(dc: World) -> None:
    """Discord cannot call it off any more."""
    library = dc.guild("Library")
    async with serving(dc) as adapter:
        posted = await put(adapter, library)
        only(library).status = ON
        await adapter.edit(posted, said(replace(MEETING, is_off=True)))
    assert only(library).status == OVER_


async def test_one_that_people_took_away_is_gone(dc: World) -> None:
    """It is not put there again, and nothing is said of the room."""
    library = dc.guild("Library")
    async with serving(dc) as adapter:
        posted = await put(adapter, library)
        library.events.clear()
        with pytest.raises(Unreachable) as caught:
            await adapter.edit(posted, said(MEETING))
    assert caught.value.trouble is None


async def test_what_people_write_fits(dc: World) -> None:
    """However long it is, whatever counts as a character, and where nothing is left of it."""
    library = dc.guild("Library")
    async with serving(dc) as adapter:
        await put(adapter, library, replace(MEETING, title="🦜" * 200, text="x" * 2000, place=" "))
    event = only(library)
    for words, most in ((event.name, 100), (event.description or "", 1000), (event.place, 100)):
        assert 0 < len(words.encode("utf-16-le")) // 2 <= most


async def test_a_full_calendar_goes_without(dc: World) -> None:
    """Discord takes a hundred: that is no mistake of ours, and does not hold back the room."""
    library = dc.guild("Library")
    for number in range(FULL):
        one = ScheduledEvent(number, library, library.owner, "Party", "", "Hall", MEETING.starts_at, MEETING.ends_at)
        library.events[number] = one
    async with serving(dc) as adapter:
        with pytest.raises(Unreachable) as caught:
            await put(adapter, library)
        assert caught.value.trouble is None
        await adapter.post(room_of(library.channels()[0]), Message(Text.of("Hello")), "hello")


async def test_without_the_permission_the_room_is_as_ever(dc: World) -> None:
    """The calendar alone is out of reach, for what is new and for what stands there."""
    library = dc.guild("Library")
    async with serving(dc) as adapter:
        posted = await put(adapter, library)
        library.lets_bot(OF_BOT & ~May.CREATE_EVENTS)
        for going in (put(adapter, library, replace(MEETING, title="Other")), adapter.edit(posted, said(MEETING))):
            with pytest.raises(Unreachable) as caught:
                await going
            assert caught.value.trouble is Trouble.NO_EVENTS


async def test_the_facilitator_is_told_once_and_all_else_goes_on(
    sqlite_database: Database, beginning: MovableClock
) -> None:
    """Reminders come as ever, and nobody is told again when the next meeting's turn has come."""
    async with world(sqlite_database, beginning) as life:
        life.dc.fails(CREATE, How.REFUSED, problem=Problem(50013), times=9)
        lived = await lives(life)
        told = [one for one in lived.ada.direct.messages if "permission to create events" in one.shown]
        assert len(told) == 1
        await life.moves_to(REMINDER)
        assert COMING in card(COMING, lived.room).buttons
        await life.moves_to(OVER + HOUR)
        assert newest("permission to create events", lived.ada.direct.messages) is told[0]
        assert not lived.server.events


async def test_an_answer_that_was_lost_puts_nothing_there_twice(
    sqlite_database: Database, beginning: MovableClock
) -> None:
    """The whole bot tries again, finds the entry, and the next one follows when the meeting is over."""
    async with world(sqlite_database, beginning) as life:
        fault = life.dc.fails(CREATE, How.DROPPED_AFTER)
        lived = await lives(life)
        await life.passes(hours=1)
        assert fault.met == 1
        assert [one.starts_at for one in lived.server.events.values()] == [FIRST]
        await life.moves_to(OVER)
        assert [one.starts_at for one in lived.server.events.values()] == [FIRST, FIRST + WEEK]
