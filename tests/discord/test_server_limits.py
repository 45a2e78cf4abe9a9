"""Limits and faults of the tests' Discord, and how the real library takes them: in Discord's time, not in ours."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from tests.discord.asking import ask, library
from tests.discord.server.faults import How
from tests.discord.server.problems import Problem
from tests.discord.server.realm import BEGINNING
from tests.discord.server.state import Channel, May
from tests.discord.world import unhurried

if TYPE_CHECKING:
    from tests.discord.world import World

SAY = "POST /channels/{channel_id}/messages"


def general(dc: World) -> Channel:
    """Return the only channel of a new server."""
    return dc.guild("Library").channels()[0]


async def test_usually_there_are_no_limits(dc: World) -> None:
    """Tests that are not about them never meet one, and no header tells of one."""
    channel = general(dc)
    for number in range(60):
        answer = await ask(dc, "POST", f"/channels/{channel.id}/messages", {"content": str(number)})
        assert answer.status == 200
        assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]


async def test_a_room_takes_five_messages_in_five_seconds(dc: World) -> None:
    """Headers count down, the sixth is refused with how long to wait; other rooms have limits of their own."""
    dc.realm.limits.are_real = True
    one, other = general(dc), general(dc)
    answers = [await ask(dc, "POST", f"/channels/{one.id}/messages", {"content": "Hi"}) for _ in range(6)]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    assert answers[0].headers["X-RateLimit-Limit"] == "5"
    refused = answers[5]
    assert refused.status == 429
    assert refused.body == {"message": "You are being rate limited.", "code": 0, "retry_after": 5.0, "global": False}
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["Via"]
    assert (await ask(dc, "POST", f"/channels/{other.id}/messages", {"content": "Hi"})).status == 200
    await dc.passes(5)
    assert (await ask(dc, "POST", f"/channels/{one.id}/messages", {"content": "Hi"})).status == 200
    assert dc.realm.limits.refused == 1


async def test_all_rooms_together_have_a_limit_but_for_answers_to_people(dc: World) -> None:
    """Fifty requests a second, whatever they are; interactions and what follows them are not counted."""
    dc.realm.limits.are_real = True
    dc.realm.limits.bot_second = 3
    answers = [await ask(dc, "GET", f"/channels/{general(dc).id}") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[3].body["global"] is True
    assert answers[3].headers["X-RateLimit-Scope"] == "global"
    late = await ask(dc, "POST", "/interactions/1/x/callback", {"type": 5})
    assert late.code == 10062
    await dc.passes(1)
    assert (await ask(dc, "GET", "/users/@me")).status == 200


async def test_the_library_waits_in_discords_time(dc: World) -> None:
    """It reads the headers, and is never refused; not a second of ours passes."""
    channel, began = general(dc), monotonic()
    dc.realm.limits.are_real = True
    async with library(dc) as client:
        room = client.get_partial_messageable(channel.id)
        for number in range(12):
            await room.send(str(number))
    assert len(channel.messages) == 12
    assert dc.realm.limits.refused == 0
    assert (dc.clock.now() - BEGINNING).total_seconds() >= 10
    assert monotonic() - began < (dc.clock.now() - BEGINNING).total_seconds()


async def test_the_library_waits_when_it_is_refused(dc: World) -> None:
    """For as long as it is told, and then it tries again; a longer wait than it puts up with it reports."""
    channel = general(dc)
    dc.fails(SAY, How.FLOOD, seconds=7)
    async with library(dc, max_ratelimit_timeout=30) as client:
        room = client.get_partial_messageable(channel.id)
        await room.send("Hi")
        assert channel.shown == "Hi"
        assert (dc.clock.now() - BEGINNING).total_seconds() == 7
        dc.fails(SAY, How.FLOOD, seconds=31)
        with pytest.raises(discord.RateLimited) as caught:
            await room.send("Hi")
        assert caught.value.retry_after == 31
        dc.fails(SAY, How.BANNED)
        with pytest.raises(discord.HTTPException) as banned:
            await room.send("Hi")
        assert (banned.value.status, banned.value.code) == (429, 0)
    assert dc.realm.limits.refused == 3


async def test_the_library_tries_again_after_an_outage(dc: World) -> None:
    """Four times, a little later each time; the wait is told to who asks."""
    channel = general(dc)
    with unhurried(dc.clock) as slept:
        async with library(dc) as client:
            room = client.get_partial_messageable(channel.id)
            fault = dc.fails(SAY, How.ERROR_502, times=2)
            await room.send("Hi")
            assert (fault.met, [one for one in slept if one]) == (2, [1, 3])
            dc.fails(SAY, How.ERROR_500, times=9)
            with pytest.raises(discord.DiscordServerError):
                await room.send("Hi")
    assert len(channel.messages) == 1


@pytest.mark.parametrize(("how", "said"), [(How.DROPPED_BEFORE, 0), (How.DROPPED_AFTER, 1)])
async def test_a_connection_breaks(dc: World, how: How, said: int) -> None:
    """Before the message stands there, or after."""
    channel = general(dc)
    dc.fails(SAY, how, number=channel.id)
    async with library(dc) as client:
        with pytest.raises(aiohttp.ClientError):
            await client.get_partial_messageable(channel.id).send("Hi")
    assert len(channel.messages) == said


@pytest.mark.parametrize(("how", "said"), [(How.HANGS, 0), (How.HANGS_AFTER, 1)])
async def test_an_answer_never_comes(dc: World, how: How, said: int) -> None:
    """Until it is given up, or the test lets go; nobody who waits for quiet waits for it."""
    channel = general(dc)
    fault = dc.fails(SAY, how)
    asked = asyncio.create_task(ask(dc, "POST", f"/channels/{channel.id}/messages", {"content": "Hi"}))
    await dc.until(lambda: fault.met == 1 and len(channel.messages) == said)
    await dc.quiet()
    dc.realm.faults.release()
    with pytest.raises(aiohttp.ClientError):
        await asked


async def test_nonsense_and_refusals_of_choice(dc: World) -> None:
    """A status that says all is well with something that is no JSON; or any refusal that a test wants."""
    channel, other = general(dc), general(dc)
    dc.fails(SAY, How.GARBAGE, number=channel.id)
    dc.fails(SAY, How.REFUSED, number=other.id, problem=Problem(50001))
    async with library(dc) as client:
        with pytest.raises(ValueError, match="property name"):
            await client.get_partial_messageable(channel.id).send("Hi")
        with pytest.raises(discord.Forbidden) as caught:
            await client.get_partial_messageable(other.id).send("Hi")
        assert caught.value.code == 50001
        await client.get_partial_messageable(other.id).send("Hi")


async def test_invalid_requests_are_counted(dc: World) -> None:
    """Those for which Discord bans an address: 401, 403, and limits that are the bot's own."""
    place = dc.guild("Library", bot=May.NOTHING)
    path = f"/channels/{place.channels()[0].id}/messages"
    await ask(dc, "POST", path, {"content": "Hi"})
    await ask(dc, "GET", "/users/@me", token="wrong")
    await ask(dc, "GET", "/channels/5")
    for scope in ("user", "shared"):
        dc.fails("GET /users/@me", How.FLOOD, scope=scope)
        await ask(dc, "GET", "/users/@me")
    assert dc.realm.limits.invalid == 3
    assert len(dc.refusals) == 3, "what a test asked to go wrong is none of Discord's refusals"
