"""The next meeting stands in the platform's own calendar: one at a time, moved and called off with the meeting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.adapter import Ability, Trouble, Unreachable
from bot.chat.intents import Intent
from bot.chat.message import Event
from bot.domain.meetings import instant
from bot.features.circles.intents import LeaveRoom
from bot.features.meetings.intents import CancelMeeting, SetTopic, SetTopics
from bot.ports import Store
from storage.engine import Database
from tests.features.changing_meetings import moves, numbered
from tests.support.chat import FIRST, ChatSim, lived_in
from tests.support.sim import group

ZONE = "Europe/Madrid"


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """Return the circle on a platform with a calendar."""
    chat = await lived_in(sqlite_database)
    chat.platform.abilities = frozenset({Ability.KEEP_EVENTS})
    await chat.crash_and_restart()
    await planned(chat)
    return chat


async def planned(chat: ChatSim) -> None:
    """Plan everything anew, as every night, and send what is due."""
    await chat.bot.planner.replan_all(chat.storage, chat.clock.now())
    await chat.bot.scheduler.run_due()


def entries(chat: ChatSim) -> list[Event]:
    """Return what was put into the calendar, oldest first, as it stands."""
    return [post.message.event for post in chat.platform.posts if post.message.event is not None]


async def test_the_next_meeting_stands_there_and_no_other(chat: ChatSim) -> None:
    """Planning again adds nothing; who may not read the room does not find the video link."""
    await planned(chat)
    (event,) = entries(chat)
    assert event.title == "Python for beginners · Meeting 1: Unit 1"
    assert (event.starts_at, event.is_off) == (instant(FIRST, ZONE), False)
    assert "meet.example" not in event.place + event.text


async def test_the_next_one_follows_when_it_is_over(chat: ChatSim) -> None:
    """After each meeting the calendar shows the one that comes then."""
    await chat.moves_to(FIRST.replace(hour=19, minute=29))
    assert len(entries(chat)) == 1
    await chat.moves_to(FIRST.replace(hour=19, minute=30))
    assert [event.title[-6:] for event in entries(chat)] == ["Unit 1", "Unit 2"]


async def test_it_moves_with_its_meeting(chat: ChatSim) -> None:
    """The same entry is drawn anew."""
    await moves(chat, 1, "Wednesday 11 March 19:00")
    await chat.passes(seconds=10)
    (event,) = entries(chat)
    assert event.starts_at == instant(FIRST.replace(day=11, hour=19), ZONE)


@pytest.mark.parametrize(
    ("intent", "words"),
    [(SetTopic.about(meeting=1), {"topic": "Loops"}), (SetTopics.about(circle=1), {"topics": "Loops\nLists"})],
)
async def test_it_bears_its_meeting_s_topic(chat: ChatSim, intent: Intent, words: dict[str, str]) -> None:
    """Said of one meeting, or of all at once."""
    await chat.facilitator.presses_payload(intent.payload())
    await chat.facilitator.fills(**words)
    await chat.passes(seconds=10)
    (event,) = entries(chat)
    assert event.title == "Python for beginners · Meeting 1: Loops"


async def test_it_is_called_off_with_its_meeting_and_the_next_takes_its_place(chat: ChatSim) -> None:
    """The following meeting is entered at once; taken back, the first is entered anew and the other taken out."""
    first = await numbered(chat, 1)
    await chat.facilitator.presses_payload(CancelMeeting(meeting=first.id).payload())
    await chat.facilitator.presses("Call off only this one")
    await chat.passes(seconds=10)
    gone, following = entries(chat)
    assert gone.is_off
    assert following.title.endswith("Unit 2")
    await chat.facilitator.presses("Undo")
    await chat.passes(seconds=10)
    assert [(event.title[-6:], event.is_off) for event in entries(chat)] == [
        ("Unit 1", True),
        ("Unit 2", True),
        ("Unit 1", False),
    ]
    await chat.moves_to(FIRST.replace(hour=20))
    await planned(chat)
    assert [(event.title[-6:], event.is_off) for event in entries(chat)][3:] == [("Unit 2", False)]


async def test_it_leaves_with_the_circle(chat: ChatSim) -> None:
    """Nothing stands around a room that the circle has left, and nobody would keep it true; back again, it is entered.

    Another room in the same space has the same calendar: there it stays.
    """
    chat.space, chat.facilitator.runs_room = ("guild", "Reading Hall"), True
    thread = group("thread")
    await chat.facilitator.says("/circle")
    await chat.facilitator.says("/circle Python", thread)
    await chat.facilitator.presses("Post it here")
    leaving = LeaveRoom(circle=chat.circle).payload()
    for room, are_off in ((chat.room, {False}), (thread, {True})):
        await chat.facilitator.says("/circle Python", room)
        await chat.facilitator.presses_payload(leaving, chat.platform.seen_by(chat.facilitator.user)[-1])
        await chat.passes(seconds=10)
        assert {event.is_off for event in entries(chat)} == are_off
    await chat.facilitator.says("/circle Python")
    await chat.facilitator.presses("Post it here")
    await chat.passes(seconds=10)
    assert [event.is_off for event in entries(chat)].count(False) == 1


async def test_without_the_permission_all_else_goes_on(sqlite_database: Database) -> None:
    """The facilitator is told once what is missing; reminders come as ever, and nobody is told again a week later."""
    chat = await lived_in(sqlite_database)
    chat.platform.abilities = frozenset({Ability.KEEP_EVENTS})
    await chat.crash_and_restart()
    chat.platform.errors.append(Unreachable("Missing Permissions", Trouble.NO_EVENTS))
    await planned(chat)
    assert chat.facilitator.inbox().count(chat.facilitator.inbox()[-1]) == 1
    assert "permission to create events" in chat.facilitator.inbox()[-1]
    await chat.moves_to(FIRST.replace(hour=17))
    assert chat.posts("I'm coming") == 1
    chat.platform.errors.append(Unreachable("Missing Permissions", Trouble.NO_EVENTS))
    await chat.moves_to(FIRST.replace(hour=20))
    assert sum("permission to create events" in text for text in chat.facilitator.inbox()) == 1


async def test_a_permission_that_is_given(sqlite_database: Database) -> None:
    """The next night the current meeting is entered; taken away once more, who runs the circle is told once more."""
    chat = await lived_in(sqlite_database)
    chat.platform.abilities = frozenset({Ability.KEEP_EVENTS})
    await chat.crash_and_restart()
    barred = Unreachable("Missing Permissions", Trouble.NO_EVENTS)
    for _ in range(2):  # two nights without
        chat.platform.errors.append(barred)
        await planned(chat)
    assert entries(chat) == []
    await planned(chat)
    assert [event.title[-6:] for event in entries(chat)] == ["Unit 1"]
    first = await numbered(chat, 1)
    assert told_of_events(chat) == 1

    def change(store: Store) -> None:
        store.meetings.save(replace(first, topic="Loops"), first)
        chat.bot.planner.circle(store, first.circle, chat.clock.now())

    chat.platform.errors.append(barred)
    await chat.passes(minutes=1)
    await chat.storage.transact(change)
    await chat.passes(seconds=10)
    assert told_of_events(chat) == 2


def told_of_events(chat: ChatSim) -> int:
    """Return how often the facilitator was told what is missing."""
    return sum("permission to create events" in text for text in chat.facilitator.inbox())


async def test_a_permission_that_is_taken_away(chat: ChatSim) -> None:
    """An entry that cannot follow its meeting is let go, and who runs the circle told; the next plan tries again."""
    first = await numbered(chat, 1)

    def change(store: Store) -> None:
        store.meetings.save(replace(first, topic="Loops"), first)
        chat.bot.planner.circle(store, first.circle, chat.clock.now())

    chat.platform.errors.append(Unreachable("Missing Permissions", Trouble.NO_EVENTS))
    await chat.storage.transact(change)
    await chat.passes(seconds=10)
    assert sum("permission to create events" in text for text in chat.facilitator.inbox()) == 1
    await planned(chat)
    assert [event.title[-6:] for event in entries(chat)] == ["Unit 1", " Loops"]
