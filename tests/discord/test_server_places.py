"""Threads, calendars and servers on the tests' Discord, by the real library."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
import pytest

from tests.discord.asking import ask, library
from tests.discord.server.state import OF_BOT, Kind, May

if TYPE_CHECKING:
    from tests.discord.people import Place
    from tests.discord.world import World


async def opened(client: discord.Client, channel: int, **more: Any) -> discord.Thread:  # noqa: ANN401  # the library's
    """Open a thread on a text channel."""
    found = await client.fetch_channel(channel)
    assert isinstance(found, discord.TextChannel)
    return await found.create_thread(name="Rust", type=discord.ChannelType.public_thread, **more)


async def test_a_thread_is_opened_and_somebody_is_in_it(dc: World) -> None:
    """It hangs on its channel, belongs to the bot, and whoever is added must be on the server."""
    place = dc.guild("Library")
    ada, zoe, general = place.person("Ada"), dc.stranger("Zoe"), place.channels()[0]
    async with library(dc) as client:
        thread = await opened(client, general.id)
        await thread.add_user(discord.Object(ada.id))
        await thread.send("Welcome")
        with pytest.raises(discord.NotFound) as caught:
            await thread.add_user(discord.Object(zoe.id))
        assert caught.value.code == 10007
        (made,) = place.threads(general)
        assert (made.name, made.kind, made.shown) == ("Rust", Kind.THREAD, "Welcome")
        assert ada.user in made.in_it.values()
        with pytest.raises(discord.HTTPException) as refused:
            await client.http.start_thread_without_message(made.id, name="Deeper", type=11, auto_archive_duration=1440)
        assert refused.value.code == 50024, "no threads on threads"


async def test_a_post_in_a_forum_begins_with_words(dc: World) -> None:
    """It is a thread whose first message is there from the beginning."""
    place = dc.guild("Library")
    forum = place.forum("questions")
    async with library(dc) as client:
        found = await client.fetch_channel(forum.id)
        assert isinstance(found, discord.ForumChannel)
        made = await found.create_thread(name="Rust", content="Who begins?")
        (post,) = place.threads(forum)
        assert post.id == made.thread.id
        assert post.shown == "Who begins?"
    answer = await ask(dc, "POST", f"/channels/{forum.id}/threads", {"name": "Rust"})
    assert answer.wrong("message") == ["BASE_TYPE_REQUIRED"]
    dc.violations.clear()  # the contract finds that, too


@pytest.mark.parametrize(
    ("may", "code"),
    [(OF_BOT & ~May.CREATE_PUBLIC_THREADS, 50013), (OF_BOT & ~May.SEND_MESSAGES_IN_THREADS, None)],
)
async def test_who_may_open_a_thread(dc: World, may: May, code: int | None) -> None:
    """That is a right of its own, and writing in it another."""
    general = dc.guild("Library", bot=may).channels()[0]
    answer = await ask(dc, "POST", f"/channels/{general.id}/threads", {"name": "Rust", "type": 11})
    assert (answer.code if answer.status >= 400 else None) == code
    if code is None:
        said = await ask(dc, "POST", f"/channels/{answer.body['id']}/messages", {"content": "Hi"})
        assert said.code == 50013


async def test_a_quiet_thread_falls_asleep_and_can_be_woken(dc: World) -> None:
    """After a day without a word nothing can be said or drawn there until it is taken out of the archive."""
    place = dc.guild("Library")
    async with library(dc) as client:
        thread = await opened(client, place.channels()[0].id, auto_archive_duration=1440)
        said = await thread.send("Welcome")
        await dc.passes(hours=23)
        await thread.send("Still here?")
        await dc.passes(hours=23)
        await said.edit(content="Hello")
        await dc.passes(hours=1)
        for what in (thread.send("Hi"), said.edit(content="Hi"), thread.add_user(discord.Object(dc.realm.owner.id))):
            with pytest.raises(discord.HTTPException) as caught:
                await what
            assert caught.value.code in {50083, 10007}
        await thread.edit(archived=False)
        await dc.passes(hours=23)
        await thread.send("Good morning")
        await dc.passes(hours=23)
        await thread.send("and again")


async def test_a_locked_thread_stays_shut_for_who_does_not_run_it(dc: World) -> None:
    """Neither is anything said in it nor is it taken out of the archive, but by who may manage threads."""
    place = dc.guild("Library")
    ada = place.person("Ada")
    thread = place.thread(place.channels()[0], "Rust", ada)
    thread.locked = True
    path = f"/channels/{thread.id}"
    assert (await ask(dc, "POST", f"{path}/messages", {"content": "Hi"})).code == 160005
    thread.archived = True
    assert (await ask(dc, "POST", f"{path}/messages", {"content": "Hi"})).code == 50083
    assert (await ask(dc, "PATCH", path, {"archived": False})).code == 50013
    place.lets_bot(OF_BOT | May.MANAGE_THREADS)
    assert (await ask(dc, "PATCH", path, {"archived": False})).body["thread_metadata"]["archived"] is False
    assert (await ask(dc, "POST", f"{path}/messages", {"content": "Hi"})).status == 200
    with pytest.raises(AssertionError, match="locked"):
        await ada.types("meet", thread)


async def planned(client: discord.Client, dc: World, place: Place, **more: Any) -> discord.ScheduledEvent:  # noqa: ANN401  # the library's
    """Put a meeting into a server's calendar, tomorrow for an hour."""
    begins = dc.clock.now() + timedelta(days=1)
    guild = await client.fetch_guild(place.id)
    given = {
        "name": "Python",
        "start_time": begins,
        "end_time": begins + timedelta(hours=1),
        "location": "Room 3",
        "description": "Chapter 1",
        "entity_type": discord.EntityType.external,
        "privacy_level": discord.PrivacyLevel.guild_only,
    }
    event: discord.ScheduledEvent = await guild.create_scheduled_event(**{**given, **more})
    return event


async def test_a_meeting_stands_in_the_calendar(dc: World) -> None:
    """It can be moved and called off, and then no more."""
    place = dc.guild("Library")
    async with library(dc) as client:
        event = await planned(client, dc, place)
        (there,) = place.events.values()
        assert (there.name, there.place, there.status) == ("Python", "Room 3", 1)
        guild = await client.fetch_guild(place.id)
        assert [one.id for one in await guild.fetch_scheduled_events()] == [event.id]
        moved = there.starts_at + timedelta(days=7)
        await event.edit(start_time=moved, end_time=moved + timedelta(hours=1))
        assert there.starts_at == moved
        await event.cancel()
        assert there.status == 4
        assert await guild.fetch_scheduled_events() == []
        with pytest.raises(discord.HTTPException) as caught:
            await client.http.edit_scheduled_event(place.id, event.id, name="Rust")
        assert caught.value.code == 180000
        await event.delete()
        with pytest.raises(discord.NotFound) as gone:
            await guild.fetch_scheduled_event(event.id)
        assert gone.value.code == 10070


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"name": "x" * 101}, "name"),
        ({"description": "x" * 1001}, "description"),
        ({"location": "x" * 101}, "entity_metadata.location"),
        ({"start_time": -1}, "scheduled_start_time"),
        ({"end_time": 24}, "scheduled_end_time"),
    ],
)
async def test_what_does_not_fit_into_a_calendar(dc: World, more: dict[str, Any], path: str) -> None:
    """Names, texts and places have their limits; nothing begins in the past, or ends before it begins."""
    place = dc.guild("Library")
    hours = {name: dc.clock.now() + timedelta(hours=value) for name, value in more.items() if isinstance(value, int)}
    async with library(dc) as client:
        with pytest.raises(discord.HTTPException) as caught:
            await planned(client, dc, place, **{**more, **hours})
    assert caught.value.code == 50035
    assert f"In {path}:" in str(caught.value)
    assert place.events == {}
    dc.violations.clear()  # the contract finds some of them, too


async def test_who_may_fill_the_calendar(dc: World) -> None:
    """That is a right of its own; what somebody else has put there is theirs. A hundred entries fill it."""
    place = dc.guild("Library", bot=OF_BOT & ~May.CREATE_EVENTS)
    async with library(dc) as client:
        with pytest.raises(discord.Forbidden):
            await planned(client, dc, place)
        place.lets_bot(OF_BOT)
        event = await planned(client, dc, place)
        place.events[event.id].creator = place.owner
        with pytest.raises(discord.Forbidden):
            await event.delete()
        for _ in range(99):
            await planned(client, dc, place)
        with pytest.raises(discord.HTTPException) as caught:
            await planned(client, dc, place)
        assert caught.value.code == 30038


async def test_servers_people_and_the_bot_itself(dc: World) -> None:
    """What is there is told, what is not is not known; who was removed from a server knows nothing of it."""
    place = dc.guild("Library")
    ada = place.person("Ada")
    async with library(dc) as client:
        assert (await client.fetch_guild(place.id, with_counts=False)).name == "Library"
        assert (await client.fetch_user(ada.id)).display_name == "Ada"
        assert client.user is not None
        assert client.user.id == dc.realm.bot.id
        assert (await client.application_info()).name == "Circles"
        place.removes_bot()
        with pytest.raises(discord.NotFound) as caught:
            await client.fetch_guild(place.id)
        assert caught.value.code == 10004
        with pytest.raises(discord.NotFound) as nobody:
            await client.fetch_user(5)
        assert nobody.value.code == 10013
    other = await ask(dc, "PUT", "/applications/5/commands", [])
    assert other.code == 10002
