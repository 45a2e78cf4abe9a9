"""The gateway of the tests' Discord, with the real library's connections."""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest
from discord.gateway import KeepAliveHandler

from tests.discord.asking import Library, answering, library
from tests.discord.server.gateway import Session
from tests.discord.server.realm import BEGINNING
from tests.discord.world import started

if TYPE_CHECKING:
    from tests.discord.world import World


async def test_a_connection_introduces_itself_and_hears(dc: World) -> None:
    """It is told who the bot is and where it is, and what people do; heartbeats are answered."""
    place = dc.guild("Library")
    await answering(dc, "meet")
    dc.waits = False
    async with library(dc) as client:
        await place.person("Ada").types("meet")
        await dc.until(lambda: bool(client.heard))
        assert client.known == ["ready 0"]
        assert client.user is not None
        assert client.user.name == "circles_bot"
        assert dc.gateway.introductions == [(0, BEGINNING)]
        assert dc.gateway.left == 999
        assert dc.gateway.heartbeats == 1
    await dc.until(lambda: dc.gateway.sessions == {})  # a goodbye ends it


@pytest.mark.parametrize("how", ["drops", "reconnects", "invalidates"])
async def test_a_connection_goes_on_and_hears_what_it_missed(dc: World, how: str) -> None:
    """A broken network, Discord's wish to come again, a session that is to be resumed: nothing is lost or doubled."""
    ada = dc.guild("Library").person("Ada")
    await answering(dc, "meet")
    dc.waits = False
    async with library(dc) as client:
        await ada.types("meet")
        await dc.until(lambda: len(client.heard) == 1)
        (session,) = dc.gateway.sessions.values()
        if how == "drops":
            dc.gateway.drops()
        elif how == "reconnects":
            dc.gateway.reconnects()
        else:
            dc.gateway.invalidates(resumable=True)
        if how == "drops":
            await ada.types("meet")
        await dc.until(lambda: client.known == ["ready 0", "gone 0", "resumed 0"])
        await ada.types("meet")
        await dc.until(lambda: len(client.heard) == 2 + (how == "drops"))
        assert [one.id for one in client.heard] == [one.id for one in ada.did]
        assert list(dc.gateway.sessions.values()) == [session]
        assert dc.gateway.resumed == 1
        assert len(dc.gateway.introductions) == 1


@pytest.mark.parametrize("how", ["forgotten", "invalid"])
async def test_what_cannot_go_on_begins_anew(dc: World, how: str) -> None:
    """The session is gone, and with it what happened meanwhile."""
    ada = dc.guild("Library").person("Ada")
    await answering(dc, "meet")
    dc.waits = False
    async with library(dc) as client:
        if how == "forgotten":
            dc.gateway.drops()
            dc.gateway.forgets()
        else:
            dc.gateway.invalidates(resumable=False)
        did = await ada.types("meet")
        assert did.has_failed, "nobody was there"
        await dc.until(lambda: client.known[-1] == "ready 0" and len(client.known) > 1)
        assert len(dc.gateway.introductions) == 2
        await ada.types("meet")
        await dc.until(lambda: [one.id for one in client.heard] == [ada.did[1].id])


@pytest.mark.parametrize(
    ("code", "error"), [(4004, discord.ConnectionClosed), (4014, discord.PrivilegedIntentsRequired)]
)
async def test_a_connection_can_be_turned_away(dc: World, code: int, error: type[Exception]) -> None:
    """By a code that says there is no use in trying on."""
    dc.gateway.closes_with.append(code)
    client = Library()
    await client.login(dc.token)
    try:
        with pytest.raises(error):
            await client.connect()
    finally:
        await client.close()
    assert dc.gateway.introductions == []


async def test_events_come_on_the_connection_of_their_server(dc: World) -> None:
    """With three connections, each hears of its own servers, and the first one of private talks."""
    dc.gateway.shards = 3
    places = [dc.guild(f"Library {number}") for number in range(6)]
    ada = places[0].person("Ada")
    for place in places[1:]:
        place.joins(ada)
    await answering(dc, "meet")
    dc.waits = False
    async with library(dc) as client:
        assert client.shard_count == 3
        for place in places:
            await ada.types("meet", place.channels()[0])
        await ada.types("meet", ada.direct)
        await dc.until(lambda: len(client.heard) == 7)
        told = {one.shard: _told(one) for one in dc.gateway.sessions.values()}
        for did in ada.did:
            guild = did.channel.guild
            shard = 0 if guild is None else (guild.id >> 22) % 3
            assert str(did.id) in told[shard]
        assert sum(len(one) for one in told.values()) == 7
        assert len({shard for shard, ids in told.items() if ids}) > 1, "else the test says nothing"
        dc.gateway.drops(shard=1)
        await dc.until(lambda: client.known[-1] == "resumed 1")


def _told(session: Session) -> list[str]:
    return [data["id"] for event, data in session.sent if event == "INTERACTION_CREATE"]


async def test_what_is_sent_can_be_packed(dc: World) -> None:
    """As one stream over all messages, each ending where a reader can go on. What is ready is told first."""
    there, _ = dc.guild("Library"), dc.guild("School", bot=None)
    unpacker = zlib.decompressobj()
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{dc.gateway_url}?v=10&encoding=json&compress=zlib-stream") as socket,
    ):
        hello = await socket.receive_bytes()
        assert hello.endswith(b"\x00\x00\xff\xff")
        assert json.loads(unpacker.decompress(hello))["op"] == 10
        told = {"token": dc.token, "intents": 0, "properties": {}}
        await socket.send_json({"op": 2, "d": told})
        ready = json.loads(unpacker.decompress(await socket.receive_bytes()))
        assert (ready["t"], ready["s"]) == ("READY", 1)
        assert ready["d"]["resume_gateway_url"] == dc.gateway_url
        assert ready["d"]["guilds"] == [{"id": str(there.id), "unavailable": True}]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"token": "wrong"}, 4004),
        ({"shard": [3, 3]}, 4010),
        ({"intents": 1 << 15}, 4014),
    ],
)
async def test_an_introduction_has_to_be_right(dc: World, told: dict[str, Any], code: int) -> None:
    """The token, the number of the connection, and nothing that the bot was not granted."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{dc.gateway_url}?v=10&encoding=json") as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": dc.token, "intents": 0, **told}})
        answer = await socket.receive()
        assert (answer.type, answer.data) == (aiohttp.WSMsgType.CLOSE, code)


async def test_heartbeats_may_stay_unanswered(dc: World) -> None:
    """A connection that is dead without knowing."""
    dc.gateway.acks = False
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{dc.gateway_url}?v=10&encoding=json") as socket:
        await socket.receive_json()
        await socket.send_json({"op": 1, "d": None})
        await dc.until(lambda: dc.gateway.heartbeats == 1)
        dc.gateway.acks = True
        await socket.send_json({"op": 1, "d": None})
        await socket.send_json({"op": 2, "d": {"token": dc.token, "intents": 0}})
        assert [(await socket.receive_json())["op"] for _ in range(2)] == [11, 0]


async def test_a_gateway_can_be_mute(dc: World) -> None:
    """Then there is no connection to be had."""
    dc.gateway.is_mute = True
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(dc.gateway_url)


async def test_no_heart_beats_on_after_a_test() -> None:
    """The library leaves a thread behind where a connection is given up early; it stops with Discord."""
    async with started() as dc:
        async with library(dc) as client:
            left = KeepAliveHandler(ws=client._get_websocket(shard_id=0), interval=40.0, shard_id=0)
            left.start()
        assert left.is_alive()
    await asyncio.to_thread(left.join, 5)
    assert not left.is_alive()
