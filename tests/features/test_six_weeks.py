"""A circle from nothing to its end, by its own doors, on both databases: the whole loop in one go."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.circles import CircleState
from bot.domain.meetings import MeetingState
from bot.domain.notices import DeliveryState
from storage.engine import Database
from tests.features.after_meetings import takes_up
from tests.support.chat import ChatSim, Someone, empty_chat

LEARNERS = ("ada", "grace", "linus", "mary")


async def _begin(chat: ChatSim) -> None:
    """Let an organizer make the community, a facilitator the circle, and four people join."""
    await chat.olga.says("/community")
    await chat.olga.presses("Make a community of this room")
    await chat.olga.fills(name="Library circles", zone="Madrid")
    await chat.olga.says("/community")
    await chat.olga.presses("Digest here")
    await chat.olga.says("/newcircle")
    await chat.olga.fills(
        name="Python for beginners",
        zone="Europe/Madrid",
        first="10 March 18:00",
        weeks="6",
        minutes="90",
        link="https://meet.example/py",
        language="en",
        then="Save",
    )
    await chat.olga.presses("Publish")
    for name in LEARNERS:
        someone: Someone = getattr(chat, name)
        await someone.opens()
        await someone.presses("Join this circle")
    (circle,) = await chat.store.read(lambda store: store.circles.of_community(1))
    chat.circle = circle.id


async def _week(chat: ChatSim, starts: datetime, number: int) -> None:
    """Let one meeting be announced, held, looked back on, and learnt from."""
    await chat.moves_to(starts - timedelta(hours=1))
    for name in LEARNERS[:3]:
        await getattr(chat, name).presses("I'm coming")
    assert "3 coming" in chat.card(f"Meeting {number}")
    await chat.moves_to(starts + timedelta(minutes=90))
    for name in LEARNERS[:3]:
        someone: Someone = getattr(chat, name)
        await someone.presses("I was there")
        await someone.presses("Plus / delta")
        await someone.fills(plus=f"Good thing {number}", delta=f"Thing to change {number} by {name}", mood="4")
    await chat.moves_to(starts + timedelta(hours=50))
    await chat.ada.presses(f"Vote: Thing to change {number} by")
    await takes_up(chat.olga, f"Thing to change {number} by")
    await chat.olga.fills(words=f"Decision {number}")


async def test_a_circle_lives_its_whole_life(database: Database) -> None:
    """Six weeks across a clock change: reminders and digests once, decisions on the next card, nothing failed."""
    chat = empty_chat(database)
    await _begin(chat)
    meetings = await chat.meetings()
    assert [meeting.starts_local.hour for meeting in meetings] == [18] * 6
    for number, meeting in enumerate(meetings, start=1):
        await _week(chat, meeting.starts_local, number)
        if number < len(meetings):
            await chat.moves_to(meeting.starts_local + timedelta(days=5, minutes=1))
            assert f"Decision {number}" in chat.card(f"Meeting {number + 1}")
        if number == 3:
            await chat.crash_and_restart()
    await chat.passes(days=7)

    circle = await chat.store.read(lambda store: store.circles.get(chat.circle))
    assert circle is not None
    assert circle.state is CircleState.ENDED
    assert {meeting.state for meeting in await chat.meetings()} == {MeetingState.CLOSED}
    log = await chat.store.read(lambda store: store.deliveries.log(circle=chat.circle, limit=1000))
    told = [delivery.due.notice.kind for delivery in log if delivery.state is DeliveryState.SENT]
    assert {kind: told.count(kind) for kind in ("remind", "askfeedback", "summary", "announce", "closed")} == {
        "remind": 12,
        "askfeedback": 6,
        "summary": 6,
        "announce": 1,
        "closed": 1,
    }
    assert [delivery for delivery in log if delivery.state is DeliveryState.FAILED] == []
    digests = [text for text in chat.said() if "Plus / delta" in text and "Meetings held" in text]
    assert len(digests) == 6
