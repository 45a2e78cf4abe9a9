"""The end: what people have begun is finished, nobody waits for ever, and nothing is left behind."""

from __future__ import annotations

import asyncio
import gc

import aiohttp
import pytest

from adapters.discord.client import BETWEEN_S
from bot.chat.adapter import TryLater
from bot.chat.inbound import Inbound
from bot.chat.message import Message, Reply, Toast
from bot.chat.text import Text
from tests.discord.serving import KeepingInbox, made, room_of, running, types, up
from tests.discord.world import World
from tests.support.patience import PATIENCE


class Reluctant(KeepingInbox):
    """A core that does not give up at once what it has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.is_told, self.may_go = asyncio.Event(), asyncio.Event()

    async def receive(self, inbound: Inbound) -> Reply:
        """Think until told to stop, and then some more."""
        try:
            await asyncio.gather(super().receive(inbound), asyncio.Event().wait())
        finally:
            self.is_told.set()
            await self.may_go.wait()
        return None


async def test_a_stop_finishes_what_people_have_begun(dc: World) -> None:
    """Whoever tapped in the last moment is answered."""
    ada, inbox = dc.guild("Library").person("Ada"), KeepingInbox()
    inbox.ready["help"] = asyncio.Event()
    inbox.replies.append(Toast("fine"))
    async with running(dc, made(dc), inbox) as (adapter, task):
        await up(adapter)
        happened = types(dc, ada, "help")
        await inbox.until_asked()
        assert adapter.is_busy
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=0.05)
        assert not done
        inbox.ready["help"].set()
        await asyncio.wait({task}, timeout=PATIENCE)
    assert happened.shown == "fine"
    assert not adapter.is_busy


async def test_a_stop_does_not_wait_for_ever(dc: World) -> None:
    """What takes longer is given up, and Discord's goodbye is not waited for either."""
    ada, inbox = dc.guild("Library").person("Ada"), KeepingInbox()
    inbox.ready["help"] = asyncio.Event()
    adapter = made(dc)
    adapter.stopping_s = 0.05
    async with running(dc, adapter, inbox) as (_, task):
        await up(adapter)
        types(dc, ada, "help")
        await inbox.until_asked()
        task.cancel()
        await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), PATIENCE)
    assert not adapter.is_busy


async def test_a_stop_in_the_middle_of_an_end_leaves_no_connection(dc: World) -> None:
    """The token is refused, what people have begun takes a while to give up, and just then the bot is stopped."""
    library, inbox = dc.guild("Library"), Reluctant()
    async with running(dc, made(dc), inbox) as (adapter, task):
        await up(adapter)
        types(dc, library.person("Ada"), "help")
        await inbox.until_asked()
        dc.realm.token = "another"
        with pytest.raises(TryLater, match="token"):
            await adapter.post(room_of(library.channels()[0]), Message(Text.of("Hello")), "key")
        await asyncio.wait_for(inbox.is_told.wait(), PATIENCE)
        task.cancel()
        await asyncio.wait({task}, timeout=0.05)
        inbox.may_go.set()
        await asyncio.wait({task}, timeout=PATIENCE)
        assert task.cancelled()
        assert not [one for one in asyncio.all_tasks() if one.get_name() == "discord:connection"]


async def test_a_stop_in_the_middle_of_an_introduction_leaves_nothing_open(dc: World) -> None:
    """The library forgets a connection that is there, but has not said yet who it is."""
    introduces = asyncio.Event()

    async def sleep(seconds: float) -> None:
        if 4.0 < seconds <= BETWEEN_S:
            introduces.set()
        await asyncio.Event().wait()

    async with running(dc, made(dc, sleep=sleep), KeepingInbox()) as (adapter, _):
        await up(adapter)
        dc.gateway.invalidates(resumable=False)
        await asyncio.wait_for(introduces.wait(), PATIENCE)
    sockets = [one for one in gc.get_objects() if isinstance(one, aiohttp.ClientWebSocketResponse)]
    here = asyncio.get_running_loop()  # other tests' loops are none of ours
    assert [one for one in sockets if one._loop is here and not one.closed] == []
