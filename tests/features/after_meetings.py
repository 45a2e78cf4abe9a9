"""What tests about a meeting that is over share: the circle of `lived_in`, after its first meeting."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.circles import Circle
from bot.domain.feedback import Feedback
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.people import Role
from bot.ports import Store
from tests.support.chat import ChatSim, Someone

OVER = datetime(2026, 3, 10, 19, 30)
CLOSED = datetime(2026, 3, 12, 19, 30)
NEXT_CARD = datetime(2026, 3, 15, 18, 0)


async def says_it(someone: Someone, **answers: str) -> None:
    """Give plus/delta through the button and the form."""
    await someone.presses("Plus / delta")
    await someone.fills(**answers)


async def closed_with(chat: ChatSim, *deltas: str) -> None:
    """Let Ada, Grace and Linus give these deltas after the first meeting, which closes it."""
    await chat.moves_to(OVER)
    for name, delta in zip(("ada", "grace", "linus"), deltas, strict=True):
        await says_it(getattr(chat, name), delta=delta)


async def takes_up(someone: Someone, delta: str = "") -> None:
    """Open the form that makes a delta a decision: the card's button, then the delta's in the answer."""
    await someone.presses("Take up…")
    await someone.presses(f"Take up: {delta}")


async def first(chat: ChatSim) -> Meeting:
    """Return the circle's first meeting as it is now."""
    return (await chat.meetings())[0]


async def state(chat: ChatSim) -> MeetingState:
    """Return the state of the circle's first meeting."""
    return (await first(chat)).state


async def circle_of(chat: ChatSim) -> Circle:
    """Return the circle as it is now."""
    found = await chat.store.read(lambda store: store.circles.get(chat.circle))
    assert found is not None
    return found


async def join(chat: ChatSim, *names: str) -> None:
    """Make people learners of the circle."""

    def work(store: Store) -> None:
        for name in names:
            person = getattr(chat, name).person(store)
            store.seats.join_as(chat.circle, person.id, Role.LEARNER, chat.clock.now())

    await chat.store.transact(work)


async def said(chat: ChatSim) -> tuple[Feedback, ...]:
    """Return what is kept of the first meeting's plus/delta."""
    meeting = await first(chat)
    return await chat.store.read(lambda store: store.feedback.of(meeting.id))


async def names_feedback(chat: ChatSim) -> None:
    """Let the circle choose named feedback."""
    circle = await circle_of(chat)
    await chat.store.transact(lambda store: store.circles.save(replace(circle, named_feedback=True), circle))
