"""One circle on two platforms at once: a room on each, one roster, one count, and cards that live in both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.adapter import TryLater
from bot.domain.meetings import Meeting
from bot.features.meetings.intents import MoveMeeting, Scope
from storage.engine import Database
from tests.support.chat import ChatSim, Someone, lived_in
from tests.support.sim import SimPlatform, group

ECHO = "echo"
"""The other platform."""
THERE = group("their room", ECHO)


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """The circle of `lived_in`, which Fatima has brought to a room on a second platform; Emil joined it there."""
    chat = await lived_in(sqlite_database)
    chat.serve(SimPlatform(ECHO))
    fatima, emil = chat.account("facilitator", ECHO), chat.account("emil", ECHO)
    await linked(chat.facilitator, fatima)
    fatima.runs_room = True
    await fatima.says("/circle Python", THERE)
    await fatima.presses("Post it here")
    await emil.opens()
    await emil.says("/join Python", THERE)
    return chat


async def linked(one: Someone, other: Someone) -> None:
    """Let somebody link the account they have on another platform."""
    await one.whispers("/link")
    code = one.heard.partition("/link ")[2].split()[0]
    await other.whispers(f"/link {code}")
    await other.presses("Link")


async def reminded(chat: ChatSim) -> Meeting:
    """Let time pass until both rooms are reminded of the first meeting."""
    meeting = (await chat.meetings())[0]
    await chat.moves_to(meeting.starts_at - timedelta(days=2))
    return meeting


def cards(chat: ChatSim) -> tuple[str, str]:
    """Return the meeting's card in either room."""
    return chat.card("Meeting 1"), chat.card("Meeting 1", THERE)


async def test_there_is_one_roster(chat: ChatSim) -> None:
    """Who joined in the one room is a member in the other, and whoever runs the circle is one person."""
    roster = await chat.store.read(lambda store: store.seats.roster(chat.circle))
    assert [member.person.name for member in roster] == ["Fatima", "Ada", "Grace", "Linus", "Emil"]
    await chat.account("facilitator", ECHO).says("/circle", THERE)
    await chat.account("facilitator", ECHO).presses("Members")
    assert "Ada" in chat.account("facilitator", ECHO).heard
    assert "Emil" in chat.account("facilitator", ECHO).heard


async def test_both_rooms_are_reminded_and_count_together(chat: ChatSim) -> None:
    """An answer in the one room stands on the card in the other."""
    await reminded(chat)
    await chat.ada.presses("I'm coming")
    await chat.account("emil", ECHO).presses("I'm coming")
    for card in cards(chat):
        assert "2 coming" in card
        assert "Ada" in card
        assert "Emil" in card
    await chat.ada.presses("Can't make it")
    for card in cards(chat):
        assert "1 coming" in card


async def test_a_linked_person_is_counted_once(chat: ChatSim) -> None:
    """Whoever answers in both rooms has one answer: the last."""
    await reminded(chat)
    there = chat.account("ada", ECHO)
    await there.opens()
    await linked(chat.ada, there)
    await chat.ada.presses("I'm coming")
    await there.presses("I'm coming")
    for card in cards(chat):
        assert "1 coming" in card
    await there.presses("Maybe")
    for card in cards(chat):
        assert "0 coming" in card
        assert "1 maybe" in card


async def test_accounts_that_are_linked_later_are_counted_once_from_then_on(chat: ChatSim) -> None:
    """Two members become one, on the cards that stand already, too."""
    await reminded(chat)
    there = chat.account("ada", ECHO)
    await there.says("/join Python", THERE)
    await chat.ada.presses("I'm coming")
    await there.presses("I'm coming")
    assert "2 coming" in cards(chat)[0]
    await linked(chat.ada, there)
    for card in cards(chat):
        assert "1 coming" in card
    roster = await chat.store.read(lambda store: store.seats.roster(chat.circle))
    assert [member.person.name for member in roster].count("Ada") == 1


async def test_a_change_is_told_in_both_rooms(chat: ChatSim) -> None:
    """Whoever moves a meeting in the one room tells the other."""
    meeting = await reminded(chat)
    before = [len(chat.said(room)) for room in (chat.room, THERE)]
    fatima = chat.account("facilitator", ECHO)
    there = chat.standing_in(THERE)[-1]
    await fatima.presses_payload(MoveMeeting.about(meeting=meeting.id, scope=Scope.ONE).payload(), there)
    await fatima.fills(to="11 March 18:00", then="Save")
    for number, room in enumerate((chat.room, THERE)):
        news = chat.said(room)[before[number] :]
        assert any("moved" in text.lower() for text in news), news


async def test_after_the_meeting_both_rooms_are_asked(chat: ChatSim) -> None:
    """Plus/delta of both rooms come together in one summary that both read."""
    meeting = await reminded(chat)
    await chat.moves_to(meeting.ends_at + timedelta(minutes=1))
    for room in (chat.room, THERE):
        assert chat.posts("Plus / delta", room), chat.said(room)
    for somebody in (chat.ada, chat.grace, chat.account("emil", ECHO)):
        await somebody.presses("Plus / delta")
        await somebody.fills(plus="the examples", delta="more breaks")
    await chat.moves_to(meeting.ends_at + timedelta(hours=49))
    for room in (chat.room, THERE):
        assert [text for text in chat.said(room) if "more breaks" in text], chat.said(room)


async def test_an_outage_of_one_platform_does_not_hold_up_the_other(chat: ChatSim) -> None:
    """The room that can be reached is reminded in time; the other when it can be again."""
    meeting = (await chat.meetings())[0]
    chat.platform.errors.extend([TryLater("down", 60.0)] * 2)
    await chat.moves_to(meeting.starts_at - timedelta(days=2))
    assert "Meeting 1" in chat.card("Meeting 1", THERE)
    assert not [text for text in chat.said() if "Meeting 1" in text]
    await chat.passes(minutes=10)
    assert "Meeting 1" in chat.card("Meeting 1")
