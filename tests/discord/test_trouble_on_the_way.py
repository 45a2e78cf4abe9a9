"""What goes wrong between the bot and Discord: nothing is lost, and nothing is said twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.chat.adapter import Refused, TryLater
from bot.chat.message import Button, Card, Message, Redraw
from bot.chat.text import Text
from bot.domain.rsvps import Answer
from bot.features.rsvps.intents import Rsvp
from tests.discord.server.faults import How
from tests.discord.serving import KeepingInbox, private, room_of, serving
from tests.discord.world import World
from tests.support.patience import PATIENCE

POST = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
OPEN = "POST /users/@me/channels"
COMING = Button("Coming", Rsvp(meeting=1, answer=Answer.YES))
HELLO, BYE = Message(Text.of("Hello")), Message(Text.of("Bye"))
TROUBLES = [
    How.DROPPED_BEFORE,
    How.DROPPED_AFTER,
    How.ERROR_500,
    How.ERROR_502,
    How.ERROR_503,
    How.GARBAGE,
    How.BANNED,
]


@pytest.mark.parametrize("how", TROUBLES)
async def test_a_post_is_for_later_and_then_stands_once(dc: World, how: How) -> None:
    """Each try is one request: whoever posts knows how long to wait, and others' messages wait for none of it."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        fault = dc.fails(POST, how)
        with pytest.raises(TryLater):
            await adapter.post(room_of(general), HELLO, "key")
        assert fault.met == 1
        posted = await adapter.post(room_of(general), HELLO, "key")
    assert general.shown == "Hello"
    assert posted.message == str(general.last.id)


@pytest.mark.parametrize("how", TROUBLES)
async def test_an_edit_is_for_later_and_then_shows(dc: World, how: How) -> None:
    """What it does twice, it does once."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        posted = await adapter.post(room_of(general), HELLO, "key")
        dc.fails(EDIT, how, seconds=0.0)
        with pytest.raises(TryLater):
            await adapter.edit(posted, BYE)
        await adapter.edit(posted, BYE)
    assert general.shown == "Bye"


@pytest.mark.parametrize("how", [How.DROPPED_BEFORE, How.DROPPED_AFTER, How.ERROR_503])
async def test_a_private_talk_that_could_not_be_opened_is_opened_later(dc: World, how: How) -> None:
    """An outage says nothing about the person."""
    ada = dc.guild("Library").person("Ada")
    async with serving(dc) as adapter:
        dc.fails(OPEN, how)
        with pytest.raises(TryLater):
            await adapter.post(private(ada), HELLO, "key")
        await adapter.post(private(ada), HELLO, "key")
    assert ada.sees == "Hello"


@pytest.mark.parametrize("how", [How.HANGS, How.HANGS_AFTER])
async def test_who_waits_too_long_may_give_up_and_come_again(dc: World, how: How) -> None:
    """The courier does: whether it had arrived or not, it stands there once."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        fault = dc.fails(POST, how)
        posting = asyncio.create_task(adapter.post(room_of(general), HELLO, "key"))
        await dc.until(lambda: fault.met == 1 and (how is How.HANGS or bool(general.messages)))
        posting.cancel()
        await asyncio.wait({posting}, timeout=PATIENCE)
        assert posting.cancelled()
        assert not adapter.is_busy
        await adapter.post(room_of(general), HELLO, "key")
    assert general.shown == "Hello"


async def test_a_tap_while_its_card_is_being_drawn_leaves_it_to_the_painter(dc: World) -> None:
    """Nobody knows which of the two Discord hears last: a tap alone says that it has drawn what is so."""
    library = dc.guild("Library")
    general, ada, inbox = library.channels()[0], library.person("Ada"), KeepingInbox()
    drawn = Redraw(replace(BYE, rows=((COMING,),), card=Card("meeting", 1)), marked=datetime(2026, 3, 10, tzinfo=UTC))
    async with serving(dc, inbox) as adapter:
        posted = await adapter.post(room_of(general), Message(HELLO.text, rows=((COMING,),)), "key")
        inbox.replies.extend([drawn, drawn])
        fault = dc.fails(EDIT, How.HANGS)
        drawing = asyncio.create_task(adapter.edit(posted, HELLO))
        await dc.until(lambda: fault.met == 1)
        dc.waits = False  # since Discord does not come to rest
        tap = await ada.presses("Coming", general.last)
        await asyncio.wait_for(tap.settled.wait(), PATIENCE)
        dc.realm.faults.release()
        with pytest.raises(TryLater):
            await drawing
        assert inbox.drawn == []
        tap = await ada.presses("Coming", general.last)
        await asyncio.wait_for(tap.settled.wait(), PATIENCE)
        await dc.until(lambda: len(inbox.drawn) == 1)
    assert general.shown == "Bye"


async def test_our_mistake_is_said_in_discords_words(dc: World) -> None:
    """Somebody will look at it."""
    general = dc.guild("Library").channels()[0]
    async with serving(dc) as adapter:
        dc.fails(POST, How.REFUSED)
        with pytest.raises(Refused, match="50035: Invalid Form Body"):
            await adapter.post(room_of(general), HELLO, "key")


async def test_one_room_that_fails_does_not_hold_up_another(dc: World) -> None:
    """They are side by side."""
    library = dc.guild("Library")
    general, other = library.channels()[0], library.channel("other")
    async with serving(dc) as adapter:
        fault = dc.fails(POST, How.HANGS, number=general.id)
        hanging = asyncio.create_task(adapter.post(room_of(general), HELLO, "key"))
        await dc.until(lambda: fault.met == 1)
        await adapter.post(room_of(other), HELLO, "another")
        dc.realm.faults.release()
        with pytest.raises(TryLater):
            await hanging
    assert other.shown == "Hello"
