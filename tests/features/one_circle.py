"""What tests of a circle itself share."""

from __future__ import annotations

from bot.domain.circles import Circle
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
