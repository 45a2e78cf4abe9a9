"""Waiting for a seat, and being offered one."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.chat.adapter import TryLater
from bot.features.circles.intents import (
    EndCircle,
    JoinCircle,
    PublishCircle,
    ReopenCircle,
    ShowCircle,
    TakeSeat,
    UnpublishCircle,
)
from storage.engine import Database
from tests.features.seated import (
    a_seat_is_held,
    about_seats,
    id_of,
    in_line,
    learners,
    offers,
    on_the_panel,
    posted,
    seats,
)
from tests.storage.conftest import somebody_waits, under_way
from tests.support.chat import ChatSim, lived_in
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
    await a_seat_is_held(chat, chat.mary, chat.nina)
    assert "You have left" in chat.ada.heard
    await chat.passes(minutes=1)
    assert "is free, and it is yours" in chat.mary.inbox()[-1]
    assert not any("is free" in text for text in chat.nina.inbox())
    await chat.mary.presses("Take the seat")
    assert await learners(chat) == ["Grace", "Linus", "Mary"]


async def test_an_offer_lapses_and_goes_to_the_next(chat: ChatSim) -> None:
    """Nobody waits for somebody who does not answer; a late tap is told the truth."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(hours=25)
    assert any("is free" in text for text in chat.nina.inbox())
    await chat.mary.presses("Take the seat")
    assert "over" in chat.mary.heard
    assert await learners(chat) == ["Grace", "Linus"]
    await chat.nina.presses("Take the seat")
    assert await learners(chat) == ["Grace", "Linus", "Nina"]


@pytest.mark.parametrize(
    ("sign_up", "truth"), [("1", "You can join again."), ("0", "“Python for beginners” is closed for now.")]
)
async def test_a_lapsed_offer_says_whether_one_can_still_join(chat: ChatSim, sign_up: str, truth: str) -> None:
    """A late tap hears of no next one who may not be there, and is led back only where the way is open."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await seats(chat, 3, sign_up)
    await chat.passes(hours=25)
    await chat.mary.presses("Take the seat")
    assert "The time to take this seat is over." in chat.mary.heard
    assert truth in chat.mary.heard
    assert "next" not in chat.mary.heard
    assert ("Join the waiting list" in chat.mary.heard) == (sign_up == "1")


async def test_an_offer_that_nobody_heard_of_is_made_again(chat: ChatSim) -> None:
    """The bot was away from night until it was over: the seat is held for the same person, who has a day again."""
    await chat.passes(hours=12)
    await a_seat_is_held(chat, chat.mary, chat.nina)
    assert not any("is free" in text for text in chat.mary.inbox())
    chat.clock.move_to(chat.clock.now() + timedelta(hours=35))
    await chat.passes(minutes=1)
    assert "is free, and it is yours" in chat.mary.inbox()[-1]
    assert "again" not in chat.mary.inbox()[-1]  # they have not been asked before
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
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await chat.mary.presses("Let it go")
    assert "off the waiting list" in chat.mary.heard
    await chat.passes(minutes=1)
    assert any("is free" in text for text in chat.nina.inbox())


async def test_a_seat_is_not_held_for_whoever_is_forgotten(chat: ChatSim) -> None:
    """Who asks to be forgotten while a seat is held for them leaves it to the next, and the card counts who waits."""
    await posted(chat)
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    assert "2 people wait" in chat.card()
    await chat.mary.whispers("/forgetme")
    await chat.mary.presses("Yes, forget me")
    nina = await id_of(chat, chat.nina)
    assert await in_line(chat) == [(nina, True)]
    assert all(key.endswith(f":{nina}") for key in await about_seats(chat))
    await chat.passes(minutes=1)
    assert offers(chat.nina) == 1
    assert "1 person waits" in chat.card()


async def test_more_seats_are_offered_to_those_who_wait(chat: ChatSim) -> None:
    """Raising the limit asks the next in order."""
    await seats(chat, 3)
    await chat.mary.opens()
    await chat.mary.says("/join")
    await seats(chat, 5)
    await chat.passes(minutes=1)
    assert "is free" in chat.mary.inbox()[-1]


async def test_a_double_tap_on_an_offer_is_welcomed_once(postgres_database: Database) -> None:
    """The second tap waits for the first, and finds them seated: it is not told that their time is over."""
    chat = await lived_in(postgres_database)
    await a_seat_is_held(chat, chat.mary, chat.nina)
    mary = await id_of(chat, chat.mary)
    async with under_way(
        postgres_database, lambda store: store.seats.accept(chat.circle, mary, chat.clock.now())
    ) as first:
        tap = asyncio.create_task(chat.mary.presses_payload(TakeSeat(circle=chat.circle).payload()))
        while not tap.done() and not await postgres_database.read(somebody_waits):
            """Look again."""
    assert await first
    await tap
    assert chat.mary.toast == "You are in already. See you at the next meeting!"


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


async def test_a_circle_that_rests_takes_its_offers_back(chat: ChatSim) -> None:
    """Whoever had one keeps their place, however long it rests, and is asked again when it is published."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await on_the_panel(chat, UnpublishCircle(circle=chat.circle, sure=True))
    mary, nina = await id_of(chat, chat.mary), await id_of(chat, chat.nina)
    assert await in_line(chat) == [(mary, False), (nina, False)]
    assert await about_seats(chat) == []
    await chat.mary.presses("Take the seat")
    assert "is resting just now. Your place on the list is kept." in chat.mary.toast
    await chat.passes(days=2)
    assert await learners(chat) == ["Grace", "Linus"]
    assert await in_line(chat) == [(mary, False), (nina, False)]
    await on_the_panel(chat, PublishCircle(circle=chat.circle))
    await chat.passes(minutes=1)
    assert (offers(chat.mary), offers(chat.nina)) == (2, 0)
    await chat.passes(hours=23)
    await chat.mary.presses("Take the seat")
    assert await learners(chat) == ["Grace", "Linus", "Mary"]


@pytest.mark.parametrize("intent", [JoinCircle, ShowCircle, TakeSeat])
async def test_whoever_waits_hears_that_the_circle_rests(
    chat: ChatSim, intent: type[JoinCircle | ShowCircle | TakeSeat]
) -> None:
    """An old button tells them, and them alone, that their place is kept: to others a draft does not exist."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await on_the_panel(chat, UnpublishCircle(circle=chat.circle, sure=True))
    payload = intent(circle=chat.circle).payload()
    for waits in (chat.mary, chat.nina):
        await waits.presses_payload(payload)
        assert waits.toast == "“Python for beginners” is resting just now. Your place on the list is kept."
    for other in (chat.ada, chat.eve):  # one has left, one never came
        await other.presses_payload(payload)
        assert other.toast == "That circle is not there any more. /circles shows the ones that are."


async def test_an_offer_of_before_the_rest_is_answered_with_the_truth(chat: ChatSim) -> None:
    """Where there is no seat any more when the circle goes on, an old button says which place they have."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await on_the_panel(chat, UnpublishCircle(circle=chat.circle, sure=True))
    await seats(chat, 2)
    await on_the_panel(chat, PublishCircle(circle=chat.circle))
    await chat.passes(days=2)
    assert offers(chat.mary) == 1
    await chat.mary.presses("Take the seat")
    assert "You are number 1 on the waiting list." in chat.mary.heard
    assert await learners(chat) == ["Grace", "Linus"]


async def test_an_offer_of_before_the_rest_can_be_let_go(chat: ChatSim) -> None:
    """Who does not want the seat is off the list; when the circle goes on, the next is asked."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await on_the_panel(chat, UnpublishCircle(circle=chat.circle, sure=True))
    await chat.mary.presses("Let it go")
    assert "off the waiting list" in chat.mary.heard
    assert await about_seats(chat) == []
    await on_the_panel(chat, PublishCircle(circle=chat.circle))
    await chat.passes(minutes=1)
    assert offers(chat.nina) == 1


async def test_an_offer_for_the_morning_is_not_made_by_a_circle_that_rests(chat: ChatSim) -> None:
    """It came to rest at night: in the morning nobody hears of a seat."""
    await chat.moves_to(datetime(2026, 3, 2, 23, 0))
    await a_seat_is_held(chat, chat.mary, chat.nina)
    assert await about_seats(chat)
    await on_the_panel(chat, UnpublishCircle(circle=chat.circle, sure=True))
    await chat.passes(days=2)
    assert offers(chat.mary) == 0


async def test_a_circle_that_is_ended_takes_its_offers_back(chat: ChatSim) -> None:
    """An old button says that it has ended; opened again and published, it asks the same person again."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await on_the_panel(chat, EndCircle(circle=chat.circle, sure=True))
    assert await about_seats(chat) == []
    await chat.mary.presses("Take the seat")
    assert chat.mary.toast == "This circle has ended."
    await chat.passes(days=2)
    await on_the_panel(chat, ReopenCircle(circle=chat.circle))
    assert await about_seats(chat) == []
    await on_the_panel(chat, PublishCircle(circle=chat.circle))
    await chat.passes(minutes=1)
    assert (offers(chat.mary), offers(chat.nina)) == (2, 0)


async def test_the_last_meeting_takes_offers_back(chat: ChatSim) -> None:
    """A circle that ends by itself holds no seat, and nobody is put off its list after that."""
    last = (await chat.meetings())[-1]
    await chat.moves_to(last.ends_at + timedelta(hours=47))
    await a_seat_is_held(chat, chat.mary, chat.nina)
    assert await about_seats(chat)
    await chat.moves_to(last.ends_at + timedelta(hours=49))
    assert await about_seats(chat) == []
    assert await in_line(chat) == [(await id_of(chat, chat.mary), False), (await id_of(chat, chat.nina), False)]
