"""Rooms and people that cannot be reached: what the core hears of it, and what is done about it at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.adapter import PostError, Trouble, TryLater, Unreachable
from bot.chat.message import Event, Message, Posted, Room
from bot.chat.text import Text
from tests.discord.server.faults import How
from tests.discord.server.realm import BEGINNING
from tests.discord.server.state import OF_BOT, Kind, May
from tests.discord.serving import private, room_of, serving
from tests.discord.world import World

POST = "POST /channels/{channel_id}/messages"
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
HELLO = Message(Text.of("Hello"))
TITLED = Message(Text.of("Hello"), title="Card")
MEETING = Event("Python", "Chapter 1", "Room 3", BEGINNING + WEEK, BEGINNING + WEEK + HOUR)


async def trouble(dc: World, room: Room, message: Message = HELLO) -> Trouble | None:
    """Post somewhere in vain, and return why."""
    async with serving(dc) as adapter:
        with pytest.raises(Unreachable) as caught:
            await adapter.post(room, message, "key")
    return caught.value.trouble


async def test_a_channel_that_was_deleted_is_gone(dc: World) -> None:
    """Nothing will ever be said there again."""
    general = dc.guild("Library").channels()[0]
    general.deleted = True
    assert await trouble(dc, room_of(general)) is Trouble.GONE


async def test_a_thread_that_was_deleted_is_gone(dc: World) -> None:
    """Though its channel is there."""
    library = dc.guild("Library")
    thread = library.thread(library.channels()[0], "Python", library.person("Ada"))
    thread.deleted = True
    assert await trouble(dc, room_of(thread)) is Trouble.GONE


async def test_the_chat_of_a_voice_channel_is_shut_without_connect(dc: World) -> None:
    """Discord lets nobody write there who may not come in to talk; rooms of words alone are as ever."""
    library = dc.guild("Library")
    voice = library.channel("Talking", kind=Kind.VOICE)
    async with serving(dc) as adapter:
        await adapter.post(room_of(voice), HELLO, "key")
    library.lets_bot(OF_BOT & ~May.CONNECT)
    assert await trouble(dc, room_of(voice)) is Trouble.REMOVED
    async with serving(dc) as adapter:
        await adapter.post(room_of(library.channels()[0]), HELLO, "another")


async def test_a_server_that_the_bot_has_left_has_removed_it(dc: World) -> None:
    """It may be taken back."""
    library = dc.guild("Library")
    library.removes_bot()
    assert await trouble(dc, room_of(library.channels()[0])) is Trouble.REMOVED


async def test_a_channel_that_the_bot_does_not_see_has_removed_it(dc: World) -> None:
    """Which is what taking it out of one channel is on Discord."""
    library = dc.guild("Library")
    library.lets_bot(OF_BOT & ~May.VIEW_CHANNEL, at=library.channels()[0])
    assert await trouble(dc, room_of(library.channels()[0])) is Trouble.REMOVED


async def test_a_bot_that_may_not_write_is_muted(dc: World) -> None:
    """In a channel, in threads, or with cards, which need a permission of their own."""
    library = dc.guild("Library")
    general = library.channels()[0]
    thread = library.thread(general, "Python", library.person("Ada"))
    library.lets_bot(OF_BOT & ~May.SEND_MESSAGES)
    assert await trouble(dc, room_of(general)) is Trouble.MUTED
    library.lets_bot(OF_BOT & ~May.SEND_MESSAGES_IN_THREADS)
    assert await trouble(dc, room_of(thread)) is Trouble.MUTED
    library.lets_bot(OF_BOT & ~May.EMBED_LINKS)
    assert await trouble(dc, room_of(general), TITLED) is Trouble.MUTED


async def test_somebody_who_takes_no_messages_is_no_trouble_of_a_rooms(dc: World) -> None:
    """They closed their private messages, blocked the bot, or left the last server that they shared with it."""
    library = dc.guild("Library")
    closed, blocking = library.person("Ada"), library.person("Ben")
    closed.user.takes_dms = False
    blocking.user.has_blocked = True
    for somebody in (closed, blocking, dc.stranger("Cleo")):
        assert await trouble(dc, private(somebody)) is None
        assert somebody.private == []


async def test_a_message_that_was_deleted_says_nothing_about_its_room(dc: World) -> None:
    """Its card is over; what is due there goes on."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        posted = await adapter.post(room_of(general), HELLO, "key")
        general.last.deleted = True
        with pytest.raises(Unreachable) as caught:
            await adapter.edit(posted, TITLED)
        assert caught.value.trouble is None
        await adapter.post(room_of(general), HELLO, "another")
    assert general.shown == "Hello"


async def test_somebody_elses_message_is_not_drawn_anew(dc: World) -> None:
    """It is none of the bot's, whatever the database says."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        posted = await adapter.post(room_of(general), HELLO, "key")
        general.last.author = dc.guild("Other").person("Ada").user
        with pytest.raises(Unreachable) as caught:
            await adapter.edit(posted, TITLED)
    assert caught.value.trouble is None


async def test_a_server_without_events_for_the_bot_goes_without(dc: World) -> None:
    """The rest goes on there."""
    library = dc.guild("Library")
    general = library.channels()[0]
    library.lets_bot(OF_BOT & ~May.CREATE_EVENTS)
    assert await trouble(dc, room_of(general), Message(Text(), event=MEETING)) is Trouble.NO_EVENTS
    async with serving(dc) as adapter:
        await adapter.post(room_of(general), HELLO, "key")
    assert general.shown == "Hello"


async def test_an_event_that_was_deleted_is_no_trouble_of_a_rooms(dc: World) -> None:
    """Somebody tidied up the calendar."""
    library = dc.guild("Library")
    general = library.channels()[0]
    async with serving(dc) as adapter:
        posted = await adapter.post(room_of(general), Message(Text(), event=MEETING), "key")
        library.events.clear()
        with pytest.raises(Unreachable) as caught:
            await adapter.edit(posted, Message(Text(), event=MEETING))
    assert caught.value.trouble is None


async def test_a_storm_of_refusals_stays_far_below_what_discord_puts_up_with(dc: World) -> None:
    """Rooms that all refuse: each try costs one request, none is tried again by itself, and others are not held up."""
    library = dc.guild("Library", bot=May.NOTHING)
    rooms = [room_of(library.channel(f"room{number}")) for number in range(100)]
    async with serving(dc) as adapter:
        for room in rooms:
            for _ in range(3):
                with pytest.raises(PostError):
                    await adapter.edit(Posted(room, "1"), HELLO)
        assert dc.realm.limits.invalid == 300
        assert adapter.pacing.wait(rooms[0]) == 0.0


async def test_the_limits_of_a_busy_room_are_kept_without_a_single_refusal(dc: World) -> None:
    """The library learns them from Discord, and waits; nothing is lost, and the order stays."""
    dc.realm.limits.are_real = True
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        for number in range(23):
            await adapter.post(room_of(general), Message(Text.of(f"Number {number}")), f"key {number}")
    assert [message.shown for message in general.messages] == [f"Number {number}" for number in range(23)]
    assert dc.realm.limits.refused == 0


async def test_a_short_limit_is_waited_out_and_a_long_one_handed_on(dc: World) -> None:
    """Up to half a minute the library waits by itself."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        fault = dc.fails(POST, How.FLOOD, seconds=20.0)
        await adapter.post(room_of(general), HELLO, "key")
        assert fault.met == 1
        dc.fails(POST, How.FLOOD, seconds=31.0)
        with pytest.raises(TryLater) as caught:
            await adapter.post(room_of(general), HELLO, "another")
        assert caught.value.seconds == 31.0
        dc.fails(POST, How.BANNED, seconds=120.0)
        with pytest.raises(TryLater) as caught:
            await adapter.post(room_of(general), HELLO, "another")
        assert caught.value.seconds == 120.0
