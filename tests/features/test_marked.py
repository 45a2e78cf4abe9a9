"""A tapped card drawn at once by its platform: the answer names the mark it answers, and nobody draws it again."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.chat.inbound import Place, Press
from bot.chat.message import Message, Redraw
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


async def taps(chat: ChatSim, post: SimPost, label: str = "I'm coming") -> Redraw:
    """Have Ada press a button of a card, and leave all drawing undone."""
    payload = next(
        button.intent.payload()
        for row in post.message.rows
        for button in row
        if button.intent is not None and button.label.startswith(label)
    )
    place = Place(post.posted.room)
    reply = await chat.bot.router.receive(
        Press(sender=chat.ada.sender, place=place, payload=payload, posted=post.posted)
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


async def test_an_older_card_is_the_painter_s(chat: ChatSim) -> None:
    """Below it stands a newer one, and it only says so: what answers a late tap there is not how it looks."""
    older = newest(chat)
    newer = chat.platform.put(chat.room, older.message)
    assert newer.message.card is not None
    await chat.bot.router.stands(newer.message.card, newer.posted, newer.message)
    assert (await taps(chat, older)).marked is None
    assert (await taps(chat, newer, "Maybe")).marked is not None


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
