"""What tests of who is in a circle share."""

from __future__ import annotations

from bot.chat.intents import Intent
from tests.support.chat import ChatSim, Someone


async def seats(chat: ChatSim, number: int, sign_up: str = "1") -> None:
    """Have Fatima set the number of seats."""
    await chat.facilitator.says("/circle")
    await chat.facilitator.presses("Change…")
    await chat.facilitator.presses("Seats and sign-up")
    await chat.facilitator.fills(seats=str(number), sign_up=sign_up)
    assert "Saved." in chat.facilitator.heard


async def a_seat_is_held(chat: ChatSim, first: Someone, second: Someone) -> None:
    """Have two wait, one after the other, and Ada's seat held for the first."""
    await seats(chat, 3)
    for someone in (first, second):
        await someone.opens()
        await someone.says("/join")
    await chat.ada.says("/leave")
    await chat.ada.presses("Leave")


async def two_seats_are_held(chat: ChatSim, first: Someone, second: Someone) -> None:
    """Have two wait, one after the other, and a seat held for each of them: Ada's and Grace's."""
    await a_seat_is_held(chat, first, second)
    await chat.grace.says("/leave")
    await chat.grace.presses("Leave")


async def posted(chat: ChatSim) -> None:
    """Have the announcement stand in the room."""
    await chat.facilitator.says("/circle")
    await chat.facilitator.presses("Post it here")


async def learners(chat: ChatSim) -> list[str]:
    """Return who sits in the circle."""
    roster = await chat.storage.read(lambda store: store.seats.roster(chat.circle))
    return [member.person.name for member in roster if member.role.value == "learner"]


async def on_the_panel(chat: ChatSim, intent: Intent) -> None:
    """Have Fatima press a button on her panel."""
    await chat.facilitator.says("/circle")
    await chat.facilitator.presses_payload(intent.payload(), chat.platform.seen_by(chat.facilitator.user)[-1])


async def id_of(chat: ChatSim, someone: Someone) -> int:
    """Return a person's id."""
    person = await chat.storage.transact(someone.person)
    return person.id


async def in_line(chat: ChatSim) -> list[tuple[int, bool]]:
    """Return who waits, and whether a seat is held for them."""
    waiting = await chat.storage.read(lambda store: store.seats.waiting(chat.circle))
    return [(one.person, one.offered_until is not None) for one in waiting]


async def about_seats(chat: ChatSim) -> list[str]:
    """Return what is still to be said or done about seats that are held."""
    there = await chat.storage.read(lambda store: store.deliveries.waiting(circle=chat.circle, limit=1000))
    return [one.due.key for one in there if one.due.notice.kind in {"seat", "lapse"}]


def offers(someone: Someone) -> int:
    """Return how often somebody was offered a seat."""
    return sum("is free, and it is yours" in text for text in someone.inbox())
