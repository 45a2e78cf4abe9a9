"""A tapped card drawn at once by its platform: the answer names the mark it answers, and nobody draws it again."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.chat.inbound import Place, Press
from bot.chat.message import Message, Posted, Redraw
from bot.chat.text import Text
from bot.features.rsvps.intents import StopNudges
from bot.ports import StoredCard
from storage.engine import Database
from tests.support.chat import ChatSim, lived_in
from tests.support.sim import SimPost, private


@pytest.fixture
async def chat(database: Database) -> ChatSim:
    """The lived-in chat on either database, with the next meeting's card in its room."""
    chat = await lived_in(database)
    await chat.facilitator.says("/next")
    return chat


async def card(chat: ChatSim, post: SimPost) -> StoredCard:
    """Return what is kept of a card."""
    found = await chat.storage.read(lambda store: store.cards.at(post.posted))
    assert found is not None
    return found


async def taps(
    chat: ChatSim, post: SimPost, label: str = "I'm coming", *, on: Posted | None = None, is_aside: bool = False
) -> Redraw:
    """Have Ada press a button of a card (where it stands, or where such a one stood), and leave all drawing undone."""
    payload = next(
        button.intent.payload()
        for row in post.message.rows
        for button in row
        if button.intent is not None and button.label.startswith(label)
    )
    place = Place(post.posted.room)
    reply = await chat.bot.router.receive(
        Press(sender=chat.ada.sender, place=place, payload=payload, posted=on or post.posted, is_aside=is_aside)
    )
    assert isinstance(reply, Redraw)
    return reply


def newest(chat: ChatSim) -> SimPost:
    """Return the newest card in the room."""
    return next(post for post in reversed(chat.platform.in_room(chat.room)) if post.message.card)


async def test_the_answer_names_the_mark_that_the_tap_has_made(chat: ChatSim) -> None:
    """Each tap makes one of its own; what is drawn with it is drawn for good."""
    post = newest(chat)
    first = await taps(chat, post)
    assert first.marked == (await card(chat, post)).touched is not None
    second = await taps(chat, post, "Can't make it")
    assert second.marked == (await card(chat, post)).touched
    assert first.marked is not None
    assert second.marked is not None
    assert second.marked > first.marked


async def test_an_older_card_never_takes_over(chat: ChatSim) -> None:
    """Below it stands a newer one: a late tap counts there, is told so, and the older only says where to look."""
    older = newest(chat)
    newer = chat.platform.put(chat.room, older.message)
    assert newer.message.card is not None
    await chat.bot.router.stands(newer.message.card, newer.posted, newer.message)
    for _ in ("not drawn yet", "drawn, and forgotten"):
        reply = await taps(chat, newer, on=older.posted)
        assert (reply.marked, reply.message.card, reply.message.rows) == (None, None, ())
        assert "There is a newer message" in str(reply.message.text)
        assert reply.alert
        await chat.passes(seconds=10)
        assert "1 coming: Ada" in str(newest(chat).message.text)
    assert (await taps(chat, newer, "Maybe")).marked is not None


async def test_a_card_that_was_drawn_before_a_tap(chat: ChatSim) -> None:
    """Somebody answers while it is on its way to the room: as soon as it stands there, it is drawn anew."""
    older = newest(chat)
    newer = chat.platform.put(chat.room, older.message)
    await taps(chat, older)
    await chat.passes(seconds=10)
    assert newer.message.card is not None
    await chat.bot.router.stands(newer.message.card, newer.posted, newer.message)
    await chat.passes(seconds=10)
    assert "1 coming: Ada" in str(newest(chat).message.text)


async def test_what_one_person_alone_sees_is_no_older_card(chat: ChatSim) -> None:
    """It is drawn as it is true now, and is none of the room's."""
    post = newest(chat)
    aside = chat.platform.put(chat.room, post.message)
    reply = await taps(chat, aside, is_aside=True)
    assert "1 coming: Ada" in str(reply.message.text)
    assert await chat.store.read(lambda store: store.cards.at(aside.posted)) is None


async def test_in_private_too(chat: ChatSim) -> None:
    """The question that somebody is asked privately is a card as well; what is no card has no mark."""
    await chat.moves_to(datetime(2026, 3, 9, 20, 0))  # a wall clock
    asked = next(post for post in chat.platform.seen_by(chat.ada.user) if post.posted.room == private(chat.ada.user))
    reply = await taps(chat, asked)
    assert reply.marked == (await card(chat, asked)).touched is not None
    plain = chat.platform.put(private(chat.ada.user), Message(Text.of("Hello")))
    press = Press(
        sender=chat.ada.sender, place=Place(plain.posted.room), payload=StopNudges().payload(), posted=plain.posted
    )
    answer = await chat.bot.router.receive(press)
    assert getattr(answer, "marked", None) is None
