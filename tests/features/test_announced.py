"""A circle's announcement, whatever becomes of the circle: its words are true, and what it offers is not refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest

from bot.chat.message import Message, Say
from bot.features.circles.intents import EndCircle, JoinCircle, PreviewCircle, ShowCircle, UnpublishCircle
from tests.doors.trial import Trial
from tests.features.seated import on_the_panel, posted, seats
from tests.support.chat import ChatSim, Someone, lived_in

STATES: dict[str, Callable[[ChatSim], Awaitable[None]]] = {
    "full": lambda chat: seats(chat, 3),
    "open": lambda chat: seats(chat, 0),
    "closed": lambda chat: seats(chat, 3, sign_up="0"),
    "resting": lambda chat: on_the_panel(chat, UnpublishCircle(circle=chat.circle, sure=True)),
    "ended": lambda chat: on_the_panel(chat, EndCircle(circle=chat.circle, sure=True)),
}
"""How a circle comes to be so, in which a seat is held for Mary, and Nina waits."""
READERS = ("eve", "linus", "nina", "mary", "ada", "facilitator", "organizer")
"""A stranger, and somebody who left; who waits, and for whom a seat is held; a member, a facilitator, an organizer."""
WELCOME, ALREADY, RUNS = "You are in. Welcome", "You are in already.", "You run this circle."
WAITS, HELD = "number {} on the waiting list", "is free, and it is yours"
CLOSED, ENDED = "Sign-up for “Python for beginners” is closed for now.", "This circle has ended."
GONE, KEPT = "That circle is not there any more.", "is resting just now. Your place on the list is kept."
OLD_BUTTON = {
    "full": (WAITS.format(3), WAITS.format(3), WAITS.format(2), WELCOME, ALREADY, RUNS, WAITS.format(3)),
    "open": (WELCOME, WELCOME, WELCOME, WELCOME, ALREADY, RUNS, WELCOME),
    "closed": (CLOSED, CLOSED, WAITS.format(2), HELD, ALREADY, RUNS, CLOSED),
    "resting": (GONE, GONE, KEPT, KEPT, "you are still a member", RUNS, "It is a draft."),
    "ended": (ENDED,) * len(READERS),
}
"""What each of them reads who presses Join where it stood before."""


@pytest.fixture
def trial(sqlite_url: str) -> Iterator[Trial]:
    """A storage in which every press can be the first."""
    trial = Trial(sqlite_url)
    yield trial
    trial.close()


@pytest.fixture
async def chat(trial: Trial) -> ChatSim:
    """A circle of three seats that has met once: one seat is held for Mary, and Nina waits."""
    chat = await lived_in(trial)
    await chat.moves_to((await chat.meetings())[0].ends_at)
    await seats(chat, 3)
    await posted(chat)
    for someone in (chat.mary, chat.nina):
        await someone.opens()
        await someone.says("/join")
    await chat.linus.says("/leave")
    await chat.linus.presses("Leave")
    return chat


async def _faces(chat: ChatSim, reader: Someone) -> list[Message]:
    """Return the card in the room, and whatever else somebody sees of the circle who asks for it."""
    standing = [post.message for post in chat.platform.in_room(chat.room)]
    cards = [message for message in standing if message.card and message.card.kind == "circle"]
    assert len(cards) == 1
    asked = (ShowCircle(circle=chat.circle), PreviewCircle(circle=chat.circle))
    replies = [await reader.presses_payload(intent.payload()) for intent in asked]
    return cards + [reply.message for reply in replies if isinstance(reply, Say)]


@pytest.mark.parametrize("state", STATES)
async def test_nothing_that_is_offered_is_refused(chat: ChatSim, trial: Trial, state: str) -> None:
    """Whoever presses at once what they see of a circle, in its room or with /circle, is not declined."""
    await STATES[state](chat)
    await chat.passes(minutes=1)
    readers = [getattr(chat, name) for name in READERS]
    faces = [(reader, face) for reader in readers for face in await _faces(chat, reader)]
    refused = []
    for reader, face in faces:
        on = chat.platform.put(chat.room, face, only_for=reader.user)
        for label, intent in [(button.label, button.intent) for row in face.rows for button in row if button.intent]:
            with trial.undone():
                await reader.presses_payload(intent.payload(), on)
                if trial.refused is not None:
                    refused.append((reader.name, label, reader.heard))
    # The preview of a draft shows what others will press.
    assert refused == ([("Olga", "Join the waiting list", "It is a draft.")] if state == "resting" else [])


@pytest.mark.parametrize("state", STATES)
async def test_an_old_button_tells_each_reader_the_truth(chat: ChatSim, trial: Trial, state: str) -> None:
    """Nobody is sent to a next meeting that will not be, and nobody learns of a draft who knew nothing of it."""
    await STATES[state](chat)
    for name, truth in zip(READERS, OLD_BUTTON[state], strict=True):
        reader = getattr(chat, name)
        with trial.undone():
            await reader.presses_payload(JoinCircle(circle=chat.circle).payload())
            assert truth in reader.heard, name


async def test_an_ended_circle_is_shown_as_such(chat: ChatSim) -> None:
    """Whoever is no member reads that it has ended, in its room and alone; they may wait no more, and nothing else."""
    await STATES["ended"](chat)
    await chat.passes(minutes=1)
    for reader in (chat.eve, chat.linus, chat.nina, chat.mary):
        for face in await _faces(chat, reader):
            assert str(face.text).startswith("This circle has ended.")
            assert "Next meeting" not in str(face.text)
            assert [b.label for row in face.rows for b in row] in ([], ["Leave the waiting list"])
