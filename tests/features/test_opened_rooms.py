"""A thread opened for a circle: its own room, beside the one where it was asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.adapter import Trouble, Unreachable
from bot.chat.message import Branch, Room
from bot.features.circles.intents import OpenRoomFor
from bot.features.circles.panels import ROOM
from tests.features.in_a_space import begins, in_a_space
from tests.features.one_circle import newest
from tests.support.chat import FIRST, ChatSim
from tests.support.sim import group

OPEN = "Open a thread for it"
THREAD = replace(group("room"), thread="t1")


@pytest.fixture
def hall(bare_chat: ChatSim) -> ChatSim:
    """A space with nothing in it, and Mona who manages it."""
    return in_a_space(bare_chat)


async def rooms(chat: ChatSim) -> list[Room]:
    """Return the rooms of the newest circle."""
    return [
        place.room
        for place in await chat.storage.read(lambda store: store.places.of_circle(newest(store).id))
        if not place.room.is_private
    ]


async def test_a_draft_moves_into_the_thread(hall: ChatSim) -> None:
    """The room where it was made is its room no more, as nothing stands there; the thread gets what is published."""
    await begins(hall.mona)
    assert await rooms(hall) == [hall.room]
    branch = await hall.mona.presses(OPEN)
    assert branch == Branch("Spanish for beginners", f"{ROOM}1")
    assert await rooms(hall) == [THREAD]
    (first,) = hall.said(THREAD)
    assert first.startswith("This is the room of “Spanish for beginners”.\nIt is still being prepared.")
    assert "10 March" not in first
    assert hall.said() == []
    await hall.mona.presses("Publish")
    assert hall.posts("Join this circle", THREAD) == 1
    assert hall.said() == []
    assert OPEN not in hall.mona.heard


async def test_what_stands_in_a_room_stays_there(hall: ChatSim) -> None:
    """A published circle has two rooms then, and is announced in the new one."""
    await begins(hall.mona)
    await hall.mona.presses("Publish")
    assert OPEN not in hall.mona.heard
    await hall.mona.presses("More…")
    await hall.mona.presses(OPEN)
    assert await rooms(hall) == [hall.room, THREAD]
    assert hall.posts("Join this circle") == hall.posts("Join this circle", THREAD) == 1


async def test_whoever_looks_after_the_circle_opens_it(hall: ChatSim) -> None:
    """A facilitator who manages nothing, of a single circle, in its room; not in any other, and nobody else at all."""
    await begins(hall.mona)
    await hall.mona.presses("Members")
    await hall.mona.presses("Choose a facilitator")
    await hall.mona.fills(person=hall.fatima.user)
    payload = OpenRoomFor(circle=1).payload()
    await hall.stranger.presses_payload(payload)
    assert "not there any more" in hall.stranger.heard
    await hall.fatima.says("/circle Spanish", group("another room"))
    assert OPEN not in hall.fatima.heard
    await hall.fatima.presses_payload(payload, hall.platform.seen_by(hall.fatima.user)[-1])
    assert "Only those who look after this room" in hall.fatima.heard
    await hall.fatima.says("/circle")
    await hall.fatima.presses(OPEN)
    assert await rooms(hall) == [THREAD]


async def test_a_thread_beside_a_thread(hall: ChatSim) -> None:
    """Asked for in the circle's thread, by an old button, another is opened, which the facilitator may use, too."""
    await begins(hall.mona)
    await hall.mona.presses("Members")
    await hall.mona.presses("Choose a facilitator")
    await hall.mona.fills(person=hall.fatima.user)
    await hall.mona.says("/circle")
    await hall.mona.presses(OPEN)
    await hall.fatima.says("/circle", THREAD)
    assert OPEN not in hall.fatima.heard
    await hall.fatima.presses_payload(OpenRoomFor(circle=1).payload(), hall.platform.seen_by(hall.fatima.user)[-1])
    assert await rooms(hall) == [THREAD, replace(THREAD, thread="t2")]


async def test_a_thread_of_others_is_theirs(hall: ChatSim) -> None:
    """Where another circle lives already, who looks after one in the channel brings nothing."""
    await begins(hall.mona)
    await hall.mona.presses("Members")
    await hall.mona.presses("Choose a facilitator")
    await hall.mona.fills(person=hall.fatima.user)
    await begins(hall.mona, name="Rust")
    await hall.mona.presses(OPEN)
    await hall.fatima.says(f"/start {ROOM}1", THREAD)
    assert "Only those who look after this room" in hall.fatima.heard


async def test_where_no_room_can_be_opened_none_is_offered(chat: ChatSim) -> None:
    """An old button is answered, in private too."""
    await chat.facilitator.says("/circle")
    assert OPEN not in chat.facilitator.heard
    payload = OpenRoomFor(circle=chat.circle).payload()
    await chat.facilitator.presses_payload(payload)
    assert "I cannot open a room" in chat.facilitator.heard
    await chat.facilitator.whispers("/help")
    await chat.facilitator.presses_payload(payload, chat.platform.seen_by(chat.facilitator.user)[-1])
    assert "our private chat" in chat.facilitator.heard


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble.REMOVED, "I cannot see “Spanish for beginners” any more."),
        (Trouble.MUTED, "whoever manages the place gives me the right to send messages"),
        (Trouble.CLOSED, "“Spanish for beginners” is closed"),
        (Trouble.GONE, "“Spanish for beginners” is not there any more"),
        (None, ""),
    ],
)
async def test_a_lost_thread_is_told_of_by_its_name(hall: ChatSim, trouble: Trouble | None, words: str) -> None:
    """Nobody is told to add the bot to a group again where nobody does that."""
    await begins(hall.mona)
    await hall.mona.presses(OPEN)
    await hall.mona.presses("Publish")
    hall.platform.errors.append(Unreachable("the platform's words", trouble))
    await hall.moves_to(FIRST.replace(day=8, hour=18))
    told = [text for text in hall.mona.inbox() if "I cannot write in your room" in text]
    assert len(told) == bool(words)
    assert all(words in text and "group" not in text and "topic" not in text for text in told)
