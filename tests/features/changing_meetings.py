"""How tests change meetings, and what they look at afterwards."""

from __future__ import annotations

from datetime import datetime

from bot.domain.meetings import Meeting, MeetingState
from bot.features.meetings.intents import MoveMeeting, Scope
from tests.support.chat import ChatSim, Someone


def wall(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """Return a wall-clock time of 2026 in the circle's zone."""
    return datetime(2026, month, day, hour, minute)


async def local(chat: ChatSim) -> list[datetime]:
    """Return when the circle's meetings begin on the clock, cancelled ones left out."""
    return [one.starts_local for one in await chat.meetings() if one.state is not MeetingState.CANCELLED]


async def numbered(chat: ChatSim, number: int) -> Meeting:
    """Return one of the circle's meetings by its place in time."""
    return (await chat.meetings())[number - 1]


async def everybody_comes(chat: ChatSim) -> None:
    """Let Ada and Grace say yes to the first meeting, and Linus no."""
    await chat.facilitator.says("/next")
    await chat.ada.presses("I'm coming")
    await chat.grace.presses("I'm coming")
    await chat.linus.presses("Can't make it")


def confirmations(someone: Someone) -> int:
    """Return how often somebody was asked to confirm."""
    return sum("Can you still come?" in words for words in someone.inbox())


async def moves(chat: ChatSim, number: int, to: str, scope: Scope = Scope.ONE) -> None:
    """Let the facilitator move a meeting by its button."""
    meeting = await numbered(chat, number)
    await chat.facilitator.presses_payload(MoveMeeting.about(meeting=meeting.id, scope=scope).payload())
    await chat.facilitator.fills(to=to)
    if not chat.facilitator.errors():
        await chat.facilitator.presses("Save")
