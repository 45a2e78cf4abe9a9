"""Waiting for a seat, and being offered one."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.chat.adapter import TryLater
from bot.features.circles.intents import (
    JoinCircle,
)
from tests.features.seated import learners, posted, seats
from tests.support.chat import ChatSim
from tests.support.sim import SimPlatform


async def test_a_full_circle_has_a_waiting_list(chat: ChatSim) -> None:
    """Seats are never oversold; who comes later waits, in order."""
    await seats(chat, 3)
    await posted(chat)
    assert "Join the waiting list" in chat.card()
    await chat.mary.presses("Join the waiting list")
    assert "number 1 on the waiting list" in chat.mary.heard
    await chat.nina.presses("Join the waiting list")
    assert "number 2 on the waiting list" in chat.nina.heard
    assert await learners(chat) == ["Ada", "Grace", "Linus"]


async def test_however_many_tap_at_once_no_seat_is_sold_twice(chat: ChatSim) -> None:
    """Eight people tap at once for the last seat: one sits, seven wait."""
    await seats(chat, 4)
    await posted(chat)
    people = [getattr(chat, f"guest{number}") for number in range(8)]
    await asyncio.gather(*(someone.presses_payload(JoinCircle(circle=chat.circle).payload()) for someone in people))
    assert len(await learners(chat)) == 4
    waiting = await chat.storage.read(lambda store: store.seats.waiting(chat.circle))
    assert len(waiting) == 7


async def test_a_freed_seat_is_offered_to_the_next(chat: ChatSim) -> None:
    """Who leaves frees a seat; the first who waits is asked privately and takes it."""
    await seats(chat, 3)
    for someone in (chat.mary, chat.nina):
        await someone.opens()
        await someone.says("/join")
    await chat.ada.says("/leave")
    await chat.ada.presses("Leave")
    assert "You have left" in chat.ada.heard
    await chat.passes(minutes=1)
    assert "is free, and it is yours" in chat.mary.inbox()[-1]
    assert not any("is free" in text for text in chat.nina.inbox())
    await chat.mary.presses("Take the seat")
    assert await learners(chat) == ["Grace", "Linus", "Mary"]


async def test_an_offer_lapses_and_goes_to_the_next(chat: ChatSim) -> None:
    """Nobody waits for somebody who does not answer; a late tap is told the truth."""
    await seats(chat, 3)
    for someone in (chat.mary, chat.nina):
        await someone.opens()
        await someone.says("/join")
    await chat.ada.says("/leave")
    await chat.ada.presses("Leave")
    await chat.passes(hours=25)
    assert any("is free" in text for text in chat.nina.inbox())
    await chat.mary.presses("Take the seat")
    assert "over" in chat.mary.heard
    assert await learners(chat) == ["Grace", "Linus"]
    await chat.nina.presses("Take the seat")
    assert await learners(chat) == ["Grace", "Linus", "Nina"]


async def test_an_offer_that_nobody_heard_of_is_made_again(chat: ChatSim) -> None:
    """The bot was away from night until it was over: the seat is held for the same person, who has a day again."""
    await chat.passes(hours=12)
    await seats(chat, 3)
    for someone in (chat.mary, chat.nina):
        await someone.opens()
        await someone.says("/join")
    await chat.ada.says("/leave")
    await chat.ada.presses("Leave")
    assert not any("is free" in text for text in chat.mary.inbox())
    chat.clock.move_to(chat.clock.now() + timedelta(hours=35))
    await chat.passes(minutes=1)
    assert any("is free, and it is yours" in text for text in chat.mary.inbox())
    assert not any("is free" in text for text in chat.nina.inbox())
    await chat.passes(hours=23)
    await chat.mary.presses("Take the seat")
    assert await learners(chat) == ["Grace", "Linus", "Mary"]


@pytest.mark.parametrize("tried", [False, True])
async def test_no_seat_waits_for_a_platform_that_is_switched_off(chat: ChatSim, tried: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Nobody there can be asked, today or tomorrow: when the offer is over, it goes to the next."""
    echo = chat.serve(SimPlatform("echo"))
    await seats(chat, 3)
    zoe = chat.account("zoe", "echo")
    await zoe.opens()
    await zoe.presses_payload(JoinCircle(circle=chat.circle).payload())
    await chat.nina.opens()
    await chat.nina.says("/join")
    await chat.ada.says("/leave")
    if tried:
        echo.errors.append(TryLater("the token is refused", 3600))
        await chat.ada.presses("Leave")  # Zoe is asked at once, in vain
    chat.beside.clear()
    await chat.crash_and_restart()
    if not tried:
        await chat.ada.presses("Leave")
    await chat.passes(hours=23)
    assert not any("is free" in text for text in chat.nina.inbox())
    await chat.passes(hours=2)
    assert any("is free" in text for text in chat.nina.inbox())


async def test_a_seat_let_go_is_offered_on(chat: ChatSim) -> None:
    """“Let it go” hands the seat on at once."""
    await seats(chat, 3)
    for someone in (chat.mary, chat.nina):
        await someone.opens()
        await someone.says("/join")
    await chat.ada.says("/leave")
    await chat.ada.presses("Leave")
    await chat.passes(minutes=1)
    await chat.mary.presses("Let it go")
    assert "off the waiting list" in chat.mary.heard
    await chat.passes(minutes=1)
    assert any("is free" in text for text in chat.nina.inbox())


async def test_more_seats_are_offered_to_those_who_wait(chat: ChatSim) -> None:
    """Raising the limit asks the next in order."""
    await seats(chat, 3)
    await chat.mary.opens()
    await chat.mary.says("/join")
    await seats(chat, 5)
    await chat.passes(minutes=1)
    assert "is free" in chat.mary.inbox()[-1]


async def test_a_seat_is_not_taken_for_somebody_else(chat: ChatSim) -> None:
    """The button of an offer does nothing in other hands."""
    await seats(chat, 3)
    await chat.mary.opens()
    await chat.mary.says("/join")
    await chat.ada.says("/leave")
    await chat.ada.presses("Leave")
    await chat.passes(minutes=1)
    offer = chat.platform.seen_by(chat.mary.user)[-1]
    payload = next(
        b.intent.payload() for row in offer.message.rows for b in row if b.label == "Take the seat" and b.intent
    )
    await chat.eve.presses_payload(payload, offer)
    assert "Eve" not in await learners(chat)


async def test_an_offer_is_found_in_the_room_too(chat: ChatSim) -> None:
    """Whom the bot cannot write to privately sees the held seat with /circle."""
    await seats(chat, 3)
    await chat.mary.says("/join")
    await chat.ada.says("/leave")
    await chat.ada.presses("Leave")
    await chat.mary.says("/circle")
    assert "is free, and it is yours" in chat.mary.heard
    await chat.mary.presses("Take the seat")
    assert "Mary" in await learners(chat)


async def test_a_free_seat_is_offered_in_the_morning(chat: ChatSim) -> None:
    """Whoever waits may sleep: the seat is held for them."""
    await seats(chat, 3)
    await chat.mary.opens()
    await chat.mary.says("/join")
    await chat.moves_to(datetime(2026, 3, 2, 23, 0))
    await chat.ada.says("/leave")
    await chat.ada.presses("Leave")
    assert not any("is free" in text for text in chat.mary.inbox())
    await chat.moves_to(datetime(2026, 3, 3, 8, 0))
    await chat.mary.presses("Take the seat")
    assert "Mary" in await learners(chat)
