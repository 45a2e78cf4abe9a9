"""The connection over which the bot hears: dropped, moved, declared invalid, refused; what is heard all the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import discord
import pytest

from adapters.discord.client import RESTLESS
from adapters.discord.session import GAP_S
from adapters.discord.starting import TokenRejected
from bot.chat.adapter import TryLater
from bot.chat.inbound import Command, Inbound
from bot.chat.message import Message, Toast
from bot.chat.text import Text
from tests.discord.server.faults import How
from tests.discord.serving import FASTER, KeepingInbox, made, room_of, running, serving, soon, types, up
from tests.discord.world import World
from tests.support.patience import PATIENCE

LINES = "adapters.discord"


class Impatience:
    """Sleeps without sleeping, up to so many seconds; longer pauses never end."""

    def __init__(self, longest: float) -> None:
        self.longest = longest
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Note the pause."""
        self.pauses.append(seconds)
        await (asyncio.sleep(0) if seconds < self.longest else asyncio.Event().wait())


def heard(inbox: KeepingInbox) -> list[str]:
    """Return the commands that the core heard, in their order."""
    return [one.name for one in facts(inbox.heard)]


def facts(inbounds: Sequence[Inbound]) -> list[Command]:
    """Return the commands among them."""
    return [one for one in inbounds if isinstance(one, Command)]


@pytest.mark.parametrize("shards", [0, 1])
async def test_what_happens_while_the_connection_is_away_is_heard_when_it_goes_on(dc: World, shards: int) -> None:
    """A break costs nothing: the connection goes on where it was, at the settings' address, and hears the rest."""
    ada, inbox = dc.guild("Library").person("Ada"), KeepingInbox()
    async with serving(dc, inbox, shards=shards):
        for number in range(3):
            dc.gateway.drops(code=4000 if number else None)
            happened = types(dc, ada, f"help{number}")
            await dc.answered(happened)
        assert heard(inbox) == ["help0", "help1", "help2"]
        assert (len(dc.gateway.introductions), dc.gateway.resumed) == (1, 3)


@pytest.mark.parametrize("shards", [0, 2])
async def test_the_settings_say_where_the_gateway_is(dc: World, shards: int) -> None:
    """When it connects first, when it goes on, and when it begins anew: whatever address Discord names."""
    adapter = made(dc, shards=shards)
    dc.gateway.url = "ws://127.0.0.1:1/nowhere"
    async with running(dc, adapter, KeepingInbox()):
        await up(adapter)
        dc.gateway.drops(shard=0)
        await dc.until(lambda: dc.gateway.resumed == 1)
        dc.gateway.invalidates(shard=0, resumable=False)
        await dc.until(lambda: len(dc.gateway.introductions) == (shards or 1) + 1)


async def test_an_interaction_that_is_told_twice_is_heard_once(dc: World) -> None:
    """As happens when a connection goes on that broke in a bad moment."""
    ada, inbox = dc.guild("Library").person("Ada"), KeepingInbox()
    async with serving(dc, inbox):
        happened = types(dc, ada, "help")
        await dc.answered(happened)
        dc.server.interactions.deliver(happened)
        last = types(dc, ada, "after")
        await dc.answered(last)
    assert heard(inbox) == ["help", "after"]


async def test_discord_asks_to_connect_again(dc: World) -> None:
    """It does so several times a day, and nobody need know."""
    ada, inbox = dc.guild("Library").person("Ada"), KeepingInbox()
    async with serving(dc, inbox):
        dc.gateway.reconnects()
        await dc.until(lambda: dc.gateway.resumed == 1)
        await dc.answered(types(dc, ada, "help"))
    assert len(dc.gateway.introductions) == 1


async def test_a_session_that_is_over_is_begun_anew(dc: World) -> None:
    """The connection introduces itself again; what happened in between is lost, and Discord has told people so."""
    ada, inbox = dc.guild("Library").person("Ada"), KeepingInbox()
    async with serving(dc, inbox):
        dc.gateway.invalidates(resumable=False)
        await dc.until(lambda: len(dc.gateway.introductions) == 2 and dc.gateway.is_heard)
        await dc.answered(types(dc, ada, "help"))
    assert heard(inbox) == ["help"]


async def test_a_session_that_is_forgotten_meanwhile_is_begun_anew(dc: World) -> None:
    """After a longer break there is nothing to go on with."""
    ada, inbox = dc.guild("Library").person("Ada"), KeepingInbox()
    async with serving(dc, inbox):
        dc.gateway.drops()
        dc.gateway.forgets()
        await dc.until(lambda: len(dc.gateway.introductions) == 2 and dc.gateway.is_heard)
        await dc.answered(types(dc, ada, "help"))


async def test_several_connections_serve_their_servers(dc: World) -> None:
    """Each hears of its own, and one that breaks does not disturb the others."""
    inbox = KeepingInbox()
    people = [dc.guild(f"Library {number}").person("Ada") for number in range(4)]
    async with serving(dc, inbox, shards=2):
        assert sorted(shard for shard, _ in dc.gateway.introductions) == [0, 1]
        dc.gateway.drops(shard=1, code=4000)
        for number, person in enumerate(people):
            await dc.answered(types(dc, person, f"help{number}"))
    assert sorted(heard(inbox)) == ["help0", "help1", "help2", "help3"]
    assert len(dc.gateway.introductions) == 2


async def test_as_many_connections_as_discord_recommends(dc: World) -> None:
    """Unless the settings say how many."""
    dc.gateway.shards = 3
    async with serving(dc):
        assert sorted(shard for shard, _ in dc.gateway.introductions) == [0, 1, 2]


async def test_what_is_due_goes_out_while_nobody_is_heard(dc: World) -> None:
    """Posting needs no connection to the gateway."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        dc.gateway.is_mute = True
        dc.gateway.drops()
        await adapter.post(room_of(general), Message(Text.of("Hello")), "key")
        dc.gateway.is_mute = False
    assert general.shown == "Hello"


async def test_a_long_break_is_said_once_and_so_is_its_end(dc: World, caplog: pytest.LogCaptureFixture) -> None:
    """Short ones are not: Discord makes some every day."""
    is_long = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await (is_long.wait() if seconds == GAP_S else soon(seconds))

    caplog.set_level(logging.WARNING, LINES)
    async with serving(dc, sleep=sleep) as adapter:
        client = adapter._client
        assert client is not None
        dc.gateway.drops(code=4000)
        await dc.until(lambda: dc.gateway.resumed == 1 and not client.away)
        assert caplog.messages == []
        caplog.set_level(logging.INFO, LINES)
        is_long.set()
        dc.gateway.is_mute = True
        dc.gateway.drops()
        await dc.until(lambda: any("does not tell us" in line for line in caplog.messages))
        dc.gateway.is_mute = False
        await dc.until(lambda: "Discord is connected again." in caplog.messages)
    assert sum("does not tell us" in line for line in caplog.messages) == 1


async def test_a_token_that_is_taken_away_stops_the_bot(dc: World, caplog: pytest.LogCaptureFixture) -> None:
    """Whether the gateway says so or the next post: once the login has confirmed it, only a person can help."""
    caplog.set_level(logging.DEBUG)
    secret = dc.token
    general = dc.guild("Library").channels()[0]
    for is_heard_at_once in (True, False):
        dc.realm.token = secret
        adapter = made(dc)
        task = asyncio.create_task(adapter.run(KeepingInbox()))
        await up(adapter)
        dc.realm.token = "another"
        if is_heard_at_once:
            dc.gateway.drops()
        else:
            with pytest.raises(TryLater, match="token"):
                await adapter.post(room_of(general), Message(Text.of("Hello")), "key")
        with pytest.raises(TokenRejected, match="Reset Token"):
            await asyncio.wait_for(task, PATIENCE)
    assert secret not in caplog.text


async def test_a_connection_that_cannot_stay_is_left_alone_for_a_while(
    dc: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord allows a thousand introductions a day: their pauses grow, and then there is a long one."""
    patience = Impatience(300.0)
    async with running(dc, made(dc, sleep=patience.sleep), KeepingInbox()):
        for number in range(RESTLESS):
            await dc.until(lambda: len(dc.gateway.introductions) > number and dc.gateway.is_heard)  # noqa: B023  # at once
            dc.gateway.drops()
            dc.gateway.forgets()
        await dc.until(lambda: 300.0 in patience.pauses)
    assert len(dc.gateway.introductions) == RESTLESS
    assert [pause for pause in patience.pauses if pause in {5.0, 10.0, 40.0}][:3] == [5.0, 10.0, 40.0]
    assert "leave it alone for a while" in caplog.text


async def test_a_gateway_that_closes_every_connection_is_not_stormed(dc: World) -> None:
    """The library would come again at once, thousands of times a minute."""
    patience = Impatience(40.0)
    dc.gateway.closes_with = [4000] * 1000
    async with running(dc, made(dc, sleep=patience.sleep), KeepingInbox()):
        await dc.until(lambda: 40.0 in patience.pauses)
    assert 1000 - len(dc.gateway.closes_with) < 20
    assert [pause for pause in patience.pauses if pause in {1.0, 2.0, 4.0, 8.0, 16.0, 32.0}] == [1, 2, 4, 8, 16, 32]


async def test_no_introductions_left_today_are_waited_for(dc: World, caplog: pytest.LogCaptureFixture) -> None:
    """Discord takes the token away from who makes too many."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        dc.gateway.left = 1000
        await asyncio.sleep(0)

    dc.gateway.left = 0
    async with running(dc, made(dc, sleep=sleep), KeepingInbox()) as (adapter, _):
        await up(adapter)
    assert pauses[0] == 3600.0
    assert "asks us to wait" in caplog.text


async def test_too_many_connections_for_the_bot_are_named(dc: World, caplog: pytest.LogCaptureFixture) -> None:
    """The remedy is a setting."""
    dc.gateway.closes_with = [4011]
    async with running(dc, made(dc, shards=1), KeepingInbox()) as (adapter, _):
        await dc.until(lambda: "[discord] shards" in caplog.text)
        await dc.until(adapter.is_up.is_set)


async def test_no_server_is_kept(dc: World) -> None:
    """Discord tells of two thousand when it begins; none of them is remembered, and people there are served."""
    ada, inbox = dc.guild("Library").person("Ada"), KeepingInbox()
    for number in range(2000):
        dc.guild(f"Server {number}", channel="")
    async with serving(dc, inbox) as adapter:
        client = adapter._client
        assert client is not None
        assert list(client.guilds) == []
        dc.gateway.dispatch(None, "GUILD_CREATE", {"id": "4711", "unavailable": False})
        await dc.answered(types(dc, ada, "help"))
        (fact,) = facts(inbox.heard)
        assert fact.place.space == str(ada.here.guild.id if ada.here and ada.here.guild else 0)
        assert set(client._connection._users) <= {dc.realm.bot.id}
        assert list(client.guilds) == []
        assert not client.persistent_views


async def test_an_error_in_what_hears_is_said_without_peoples_words(
    dc: World, caplog: pytest.LogCaptureFixture
) -> None:
    """And without the token with which they are answered; the next one is heard all the same."""
    ada = dc.guild("Library").person("Ada")
    inbox = KeepingInbox()
    inbox.replies.extend([RuntimeError("what somebody wrote"), Toast("fine")])
    caplog.set_level(logging.DEBUG)
    async with serving(dc, inbox):
        first = types(dc, ada, "help")
        await dc.until(lambda: len(inbox.heard) == 1)
        second = types(dc, ada, "help")
        await dc.answered(second)
    assert "RuntimeError" in caplog.text
    for secret in ("what somebody wrote", first.token, second.token, dc.token):
        assert secret not in caplog.text


async def test_the_network_is_away_at_the_start(dc: World, caplog: pytest.LogCaptureFixture) -> None:
    """It is tried until it is there: said once, and once that it is over."""
    caplog.set_level(logging.INFO, LINES)
    for how in (How.DROPPED_BEFORE, How.ERROR_503, How.GARBAGE):
        dc.fails("GET /users/@me", how)
    async with running(dc, made(dc), KeepingInbox()) as (adapter, _):
        await up(adapter)
        await dc.until(lambda: "Discord is connected again." in caplog.messages)
    assert sum("cannot be reached" in line for line in caplog.messages) == 1


async def test_a_wrong_token_stops_the_start_and_is_not_shown(dc: World, caplog: pytest.LogCaptureFixture) -> None:
    """With the remedy, and not again and again."""
    caplog.set_level(logging.DEBUG)
    adapter = made(dc, token="MTIz.wrong.secret-token")
    with pytest.raises(TokenRejected, match="developer portal"):
        await asyncio.wait_for(adapter.run(KeepingInbox()), PATIENCE)
    assert len(dc.realm.called("GET /users/@me")) == 1
    assert "secret-token" not in caplog.text
    assert dc.gateway.introductions == []


async def test_the_library_may_not_say_anything(dc: World, caplog: pytest.LogCaptureFixture) -> None:
    """Its lines hold what people write, and the tokens with which they are answered."""
    caplog.set_level(logging.DEBUG)
    ada, inbox = dc.guild("Library").person("Ada"), KeepingInbox()
    async with serving(dc, inbox):
        happened = types(dc, ada, "help")
        await dc.answered(happened)
        dc.gateway.drops(code=4000)
        await dc.until(lambda: dc.gateway.resumed == 1)
    assert [record.name for record in caplog.records if record.name.startswith("discord")] == []
    assert happened.token not in caplog.text
    assert dc.token not in caplog.text
    assert discord.version_info.major == 2
    assert FASTER > 1
