"""A held seat's time runs out while the bot is away: whoever was asked is asked anew, and nobody loses it by that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.features.circles.intents import EndCircle, JoinCircle, LetGo, TakeSeat, UnpublishCircle
from storage.engine import Database
from tests.features.seated import a_seat_is_held, id_of, learners, offers, posted, seats, two_seats_are_held
from tests.support.chat import ChatSim, lived_in

AWAY = timedelta(days=3)
ANEW = "I was away when your time to answer ran out, so I ask you again."


@pytest.fixture
async def chat(database: Database) -> ChatSim:
    """The chat of the other tests, in both kinds of database."""
    return await lived_in(database)


async def _is_away(chat: ChatSim, span: timedelta = AWAY) -> None:
    """Let time pass in which the bot does nothing."""
    chat.clock.move_to(chat.clock.now() + span)
    await chat.crash_and_restart()


async def _asked_anew(chat: ChatSim) -> None:
    """Have Mary asked, and asked anew after an outage."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await _is_away(chat)
    await chat.passes(minutes=1)
    assert (offers(chat.mary), offers(chat.nina)) == (2, 0)


async def test_whoever_could_not_answer_is_asked_anew(chat: ChatSim) -> None:
    """They have the usual time once more, are told why they are asked again, and take the seat."""
    await _asked_anew(chat)
    first, second = (text for text in chat.mary.inbox() if "is free" in text)
    assert ANEW not in first
    assert ANEW in second
    (mary, _) = await chat.storage.read(lambda store: store.seats.waiting(chat.circle))
    assert mary.offered_until is not None
    assert timedelta(hours=23, minutes=50) < mary.offered_until - chat.clock.now() <= timedelta(hours=24)
    await chat.passes(hours=23)
    await chat.mary.presses("Take the seat")
    assert "You are in." in chat.mary.heard
    await chat.passes(hours=25)
    assert await learners(chat) == ["Grace", "Linus", "Mary"]
    assert offers(chat.nina) == 0


async def test_whoever_does_not_want_it_lets_it_go(chat: ChatSim) -> None:
    """Then the next is asked, at once and as ever."""
    await _asked_anew(chat)
    await chat.mary.presses("Let it go")
    await chat.passes(minutes=1)
    assert offers(chat.nina) == 1
    assert ANEW not in chat.nina.inbox()[-1]


async def test_whoever_keeps_silent_makes_way_for_the_next(chat: ChatSim) -> None:
    """An outage is made good once: when the usual time is over again, the seat goes on."""
    await _asked_anew(chat)
    await chat.passes(hours=23)
    assert offers(chat.nina) == 0
    await chat.passes(hours=2)
    assert (offers(chat.mary), offers(chat.nina)) == (2, 1)
    await chat.mary.presses("Take the seat")
    assert "The time to take this seat is over." in chat.mary.heard
    await chat.nina.presses("Take the seat")
    assert await learners(chat) == ["Grace", "Linus", "Nina"]


async def test_each_outage_is_made_good(chat: ChatSim) -> None:
    """The bot is away a second time when their time is over: they could not answer then either."""
    await _asked_anew(chat)
    await _is_away(chat)
    await chat.passes(minutes=1)
    assert (offers(chat.mary), offers(chat.nina)) == (3, 0)
    await chat.passes(hours=25)
    assert (offers(chat.mary), offers(chat.nina)) == (3, 1)


async def test_a_short_restart_extends_nothing(chat: ChatSim) -> None:
    """Whoever had nearly the whole day has had it: a deployment does not keep the next waiting."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(hours=23, minutes=55)
    await _is_away(chat, timedelta(minutes=13))
    await chat.passes(minutes=1)
    assert (offers(chat.mary), offers(chat.nina)) == (1, 1)


async def test_whoever_had_a_minute_to_answer_is_asked_anew(chat: ChatSim) -> None:
    """The bot was away nearly all the time that they had, and is back soon after it."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await _is_away(chat, timedelta(hours=24, minutes=10))
    await chat.passes(minutes=1)
    assert (offers(chat.mary), offers(chat.nina)) == (2, 0)


@pytest.mark.parametrize("intent", [TakeSeat, JoinCircle])
async def test_a_yes_from_the_outage_counts(chat: ChatSim, intent: type[TakeSeat | JoinCircle]) -> None:
    """What they tapped meanwhile arrives before the offer is looked at: the seat is held until then, and theirs."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await _is_away(chat)
    await chat.mary.presses_payload(intent(circle=chat.circle).payload())
    assert "You are in." in chat.mary.heard
    await chat.passes(hours=25)
    assert await learners(chat) == ["Grace", "Linus", "Mary"]
    assert (offers(chat.mary), offers(chat.nina)) == (1, 0)  # nobody is asked any more


async def test_a_no_from_the_outage_counts(chat: ChatSim) -> None:
    """They let it go meanwhile: they are not asked again, the next is."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await _is_away(chat)
    await chat.mary.presses("Let it go")
    assert "off the waiting list" in chat.mary.heard
    await chat.passes(hours=23)
    assert (offers(chat.mary), offers(chat.nina)) == (0, 1)  # what she pressed was redrawn


async def test_nobody_takes_a_seat_that_is_still_held(chat: ChatSim) -> None:
    """Somebody new joins in the moment in which the bot is back: they wait, and the seat is sold once."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.nina.presses_payload(LetGo(circle=chat.circle).payload(), chat.platform.seen_by(chat.nina.user)[-1])
    await chat.passes(minutes=1)
    await _is_away(chat)
    await chat.eve.presses_payload(JoinCircle(circle=chat.circle).payload())
    assert "You are number 2 on the waiting list." in chat.eve.heard
    await chat.passes(minutes=1)
    await chat.mary.presses("Take the seat")
    assert await learners(chat) == ["Grace", "Linus", "Mary"]


@pytest.mark.parametrize("intent", [EndCircle, UnpublishCircle])
async def test_a_circle_that_does_not_run_any_more_asks_nobody(
    chat: ChatSim, intent: type[EndCircle | UnpublishCircle]
) -> None:
    """It is ended, or comes to rest, before the offer is looked at: all keep their places."""
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await chat.facilitator.says("/circle")
    panel = chat.platform.seen_by(chat.facilitator.user)[-1]
    await _is_away(chat)
    await chat.facilitator.presses_payload(intent(circle=chat.circle, sure=True).payload(), panel)
    await chat.passes(hours=25)
    assert (offers(chat.mary), offers(chat.nina)) == (1, 0)
    waiting = await chat.storage.read(lambda store: store.seats.waiting(chat.circle))
    assert [(one.person, one.offered_until) for one in waiting] == [
        (await id_of(chat, chat.mary), None),
        (await id_of(chat, chat.nina), None),
    ]


async def test_a_circle_that_ended_meanwhile_asks_nobody(chat: ChatSim) -> None:
    """Its last meeting closes while the bot is away, and so does the offer: it holds no seat any more."""
    last = (await chat.meetings())[-1]
    await chat.moves_to(last.ends_at + timedelta(hours=40))
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await _is_away(chat)
    await chat.passes(hours=25)
    assert (offers(chat.mary), offers(chat.nina)) == (1, 0)
    waiting = await chat.storage.read(lambda store: store.seats.waiting(chat.circle))
    assert [one.offered_until for one in waiting] == [None, None]


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_seat_that_is_not_there_any_more_is_not_given(chat: ChatSim, is_late: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Fatima wants fewer people: whoever was offered the seat keeps their place, and the circle is not overfull."""
    await posted(chat)
    await a_seat_is_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await seats(chat, 2)
    if is_late:
        await _is_away(chat)
        await chat.passes(minutes=1)
    await chat.mary.presses("Take the seat")
    assert "“Python for beginners” is full just now. You are number 1 on the waiting list." in chat.mary.heard
    assert await learners(chat) == ["Grace", "Linus"]
    assert (offers(chat.mary), offers(chat.nina)) == (0, 0)  # what she pressed was redrawn
    await seats(chat, 3)
    await chat.passes(minutes=1)
    assert (offers(chat.mary), offers(chat.nina)) == (1, 0)


async def test_one_seat_less_is_one_offer_less(chat: ChatSim) -> None:
    """Of two who were asked, the first in line is asked anew after an outage: the other has the place behind them."""
    await two_seats_are_held(chat, chat.mary, chat.nina)
    await chat.passes(minutes=1)
    await seats(chat, 2)
    await _is_away(chat)
    await chat.passes(minutes=1)
    assert (offers(chat.mary), offers(chat.nina)) == (2, 1)
    await chat.nina.presses("Take the seat")
    assert "is full just now. You are number 2 on the waiting list." in chat.nina.heard
    await chat.mary.presses("Take the seat")
    assert await learners(chat) == ["Linus", "Mary"]
