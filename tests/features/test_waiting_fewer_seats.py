"""Fewer seats than were promised: the offers beyond them are taken back, and nobody's place in line is lost."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.features.seated import (
    a_seat_is_held,
    about_seats,
    id_of,
    in_line,
    learners,
    offers,
    seats,
    two_seats_are_held,
)
from tests.support.chat import ChatSim


async def test_fewer_seats_take_offers_back(chat: ChatSim) -> None:
    """Whoever was to be asked in the morning hears nothing, there is no seat; the next is theirs."""
    await chat.moves_to(datetime(2026, 3, 2, 23, 0))
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await seats(chat, 2)
    mary, nina = await id_of(chat, chat.mary), await id_of(chat, chat.nina)
    assert await in_line(chat) == [(mary, False), (nina, False)]
    assert await about_seats(chat) == []
    await chat.passes(hours=12)
    assert offers(chat.mary) == 0
    await seats(chat, 3)
    await chat.passes(minutes=1)
    assert (offers(chat.mary), offers(chat.nina)) == (1, 0)


@pytest.mark.parametrize("sign_up", ["1", "0"])
async def test_fewer_seats_are_held_for_the_first_in_line(chat: ChatSim, sign_up: str) -> None:
    """Two were asked and one seat is left: the second is told how it is, the first may also type, and sits."""
    await two_seats_are_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await seats(chat, 2, sign_up)
    mary, nina = await id_of(chat, chat.mary), await id_of(chat, chat.nina)
    assert await in_line(chat) == [(mary, True), (nina, False)]
    assert await about_seats(chat) == [f"lapse:{chat.circle}:{mary}"]
    await chat.nina.presses("Take the seat")
    assert "You are number 2 on the waiting list." in chat.nina.heard
    assert ("is full just now" in chat.nina.heard) == (sign_up == "1")
    assert ("When a seat becomes free" in chat.nina.heard) == (sign_up == "1")  # nobody is asked while it is closed
    if sign_up == "1":
        await chat.mary.says("/join")
    else:
        await chat.mary.presses("Take the seat")
    assert "You are in." in chat.mary.heard
    assert await learners(chat) == ["Linus", "Mary"]
    assert await in_line(chat) == [(nina, False)]
