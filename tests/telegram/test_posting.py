"""What the core posts, against Telegram on loopback: messages, cards, pictures, and groups that move."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from adapters.telegram.adapter import TelegramAdapter
from bot.chat.adapter import TryLater
from bot.chat.inbound import Moved
from bot.chat.message import Chart, Message, Picture, Posted, Series
from bot.chat.text import Text
from bot.i18n import Catalogue
from tests.adapters.web_support import png
from tests.support.patience import PATIENCE
from tests.telegram.running import made, quiet, room_of, serving, stopped, until, up
from tests.telegram.scripted import KeepingInbox
from tests.telegram.world import How, World

CHART = Chart("Turnout", ("May", "June"), (Series("came", (3.0, 5.0)),), "Turnout: 3 and 5 people")


async def test_what_is_posted_stands_there_and_is_drawn_anew(tg: World) -> None:
    """Post and edit are the port's."""
    group = tg.group("Python", members=[tg.user("Ada")])
    async with serving(tg, KeepingInbox()) as (adapter, _):
        posted = await adapter.post(room_of(group), Message(Text.of("Two <b> or not"), title="Hello"), "key")
        assert group.last.text == "Hello\n\nTwo <b> or not"
        await adapter.edit(posted, Message(Text.of("Three")))
        assert group.last.text == "Three"
        await adapter.edit(posted, Message(Text.of("Three")))
    assert posted == Posted(room_of(group), str(group.last.id))


async def test_a_post_waits_for_the_bot_to_come_up(tg: World) -> None:
    """What is due at the start is not put off because the bot is still introducing itself."""
    ada = tg.user("Ada", started=True)
    fault = tg.fails("getMe", How.HANGS)
    async with serving(tg, KeepingInbox()) as (adapter, _):
        await until(tg, lambda: fault.met == 1)
        posting = asyncio.create_task(adapter.post(room_of(ada.chat), Message(Text.of("Hello")), "key"))
        tg.telegram.faults.release()
        await asyncio.wait_for(posting, PATIENCE)
    assert ada.last.text == "Hello"


async def test_what_is_not_running_posts_nothing(tg: World) -> None:
    """Before the start and after the stop, a post is for later."""
    ada = tg.user("Ada", started=True)
    never = made(tg)
    with pytest.raises(TryLater):
        await never.post(room_of(ada.chat), Message(Text.of("Hello")), "key")
    async with serving(tg, KeepingInbox()) as (adapter, _):
        await up(tg, adapter)
    with pytest.raises(TryLater):
        await adapter.edit(Posted(room_of(ada.chat), "1"), Message(Text.of("Hello")))
    assert ada.said == []


async def test_a_stop_waits_for_a_post_that_is_under_way(tg: World) -> None:
    """Otherwise it would be there, nobody would know, and it would be posted again."""
    ada = tg.user("Ada", started=True)
    async with serving(tg, KeepingInbox()) as (adapter, task):
        await up(tg, adapter)
        fault = tg.fails("sendMessage", How.HANGS)
        posting = asyncio.create_task(adapter.post(room_of(ada.chat), Message(Text.of("Hello")), "key"))
        await until(tg, lambda: fault.met == 1)
        task.cancel()
        done, _ = await asyncio.wait({task, posting}, timeout=0.05)
        assert not done
        tg.telegram.faults.release()
        await asyncio.wait({posting, task}, timeout=PATIENCE)
        with pytest.raises(TryLater):
            posting.result()


async def test_a_chart_is_drawn_on_the_way(tg: World) -> None:
    """A chart becomes a picture where there is somebody to draw it, with its words as the caption."""
    ada = tg.user("Ada", started=True)
    message = Message(Text.of("Last week"), picture=CHART)
    adapter = TelegramAdapter(
        tg.token, Catalogue(), api_url=tg.api_url, draw=lambda chart: Picture(png(), chart.alt, chart.name)
    )
    task = asyncio.create_task(adapter.run(KeepingInbox()))
    await up(tg, adapter)
    posted = await adapter.post(room_of(ada.chat), message, "key")
    await until(tg, lambda: len(ada.said) == 2)
    await adapter.edit(posted, replace(message, text=Text.of("The week before")))
    assert ada.said[0].text == "The week before"
    assert ada.said[1].photo is not None
    assert ada.said[1].text == CHART.alt
    await stopped(task)


async def test_a_chart_that_nobody_draws_is_said_in_words(tg: World) -> None:
    """Nothing is said by a picture alone."""
    ada = tg.user("Ada", started=True)
    async with serving(tg, KeepingInbox()) as (adapter, _):
        await adapter.post(room_of(ada.chat), Message(Text.of("Last week"), picture=CHART), "key")
    assert CHART.alt in ada.last.text


async def test_the_core_hears_that_a_group_has_a_new_address(tg: World) -> None:
    """Whoever posts to the old address learns it from Telegram, and tells the core once."""
    tg.waits = False
    ada = tg.user("Ada")
    group = tg.group("Python", admins=[ada], is_basic=True)
    inbox = KeepingInbox()
    async with serving(tg, inbox) as (adapter, _):
        await up(tg, adapter)
        new = await tg.becomes_supergroup(group, ada)
        for _ in range(2):
            with pytest.raises(TryLater):
                await adapter.post(room_of(group), Message(Text.of("Hello")), "key")
        await quiet(tg, adapter)
    told = {fact for fact in inbox.heard if isinstance(fact, Moved) and fact.key.startswith("telegram:moved")}
    assert told == {Moved(old=room_of(group), new=room_of(new), key=f"telegram:moved:{group.id}")}
