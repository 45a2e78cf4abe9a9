"""What tests of a circle itself share."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.circles import Circle, CircleState
from bot.domain.people import Role
from bot.ports import Store
from tests.support.chat import ChatSim

ANSWERS = {"name": "Spanish for beginners", "zone": "Madrid", "first": "10 March 2026 18:00", "language": "en"}


async def a_draft(chat: ChatSim, **answers: str) -> None:
    """Have Fatima make a circle in the room."""
    await chat.fatima.says("/newcircle")
    await chat.fatima.fills(**(ANSWERS | answers), then="Save")


async def the_circle(chat: ChatSim) -> Circle:
    """Return the newest circle."""
    return await chat.storage.read(newest)


async def pressed(chat: ChatSim, *labels: str) -> None:
    """Have Fatima open her panel and press one button after the other."""
    await chat.facilitator.says("/circle")
    for label in labels:
        await chat.facilitator.presses(label)


def newest(store: Store) -> Circle:
    """Return the newest circle of all."""
    return max((c for one in store.communities.all() for c in store.circles.of_community(one.id)), key=lambda c: c.id)


async def another_of_that_name(chat: ChatSim) -> int:
    """Let there be a second circle of the same name, weeks and people, and return it."""

    def settle(store: Store) -> int:
        circle = store.circles.get(chat.circle)
        assert circle is not None
        made = store.circles.add(replace(circle, id=0, state=CircleState.DRAFT), chat.clock.now())
        store.circles.change_state(made.id, CircleState.DRAFT, CircleState.PUBLISHED)
        for meeting in store.meetings.of_circle(chat.circle):
            store.meetings.add([replace(meeting, id=0, circle=made.id, uid="")])
        store.seats.join_as(made.id, chat.ada.person(store).id, Role.LEARNER, chat.clock.now())
        store.seats.join_as(made.id, chat.facilitator.person(store).id, Role.FACILITATOR, chat.clock.now())
        return made.id

    return await chat.store.transact(settle)
