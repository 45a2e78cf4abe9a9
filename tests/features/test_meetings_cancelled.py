"""Meetings are called off and restored: who hears of it, who is asked again, what is refused."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.meetings import MeetingState
from bot.features.meetings.intents import CancelMeeting, MoveMeeting, RestoreMeeting, Scope, SkipMeeting
from tests.features.changing_meetings import confirmations, everybody_comes, local, moves, numbered, wall
from tests.support.chat import ChatSim


class TestCancelling:
    """`/cancelmeeting`, and taking it back."""

    async def test_it_is_asked_first(self, chat: ChatSim) -> None:
        """The question says who had said yes; keeping it changes nothing."""
        await everybody_comes(chat)
        await chat.facilitator.says("/cancelmeeting")
        assert "2 people have said yes." in chat.facilitator.heard
        await chat.facilitator.presses("Keep it")
        assert (await numbered(chat, 1)).state is MeetingState.PLANNED

    async def test_everyone_is_told_with_the_reason(self, chat: ChatSim) -> None:
        """The reason is shown as it was written; the card says it too."""
        await chat.facilitator.says("/next")
        await chat.facilitator.says("/cancelmeeting")
        await chat.facilitator.presses("Say why")
        await chat.facilitator.fills(scope="one", reason="The library is <closed> @everyone")
        assert "A meeting is called off" in chat.said()[-1]
        assert "The library is <closed> @everyone" in chat.said()[-1]
        await chat.passes(seconds=10)
        assert "this meeting was called off" in chat.card()
        assert "I'm coming" not in chat.card()
        await chat.ada.presses("Show the next meeting")
        assert chat.card().startswith("Python for beginners · Meeting 1: Unit 2")

    async def test_nothing_reminds_of_it(self, chat: ChatSim) -> None:
        """Its deliveries go with it."""
        await chat.facilitator.says("/cancelmeeting")
        await chat.facilitator.presses("Call off only this one")
        await chat.moves_to(wall(12, 12))
        assert chat.posts("I'm coming") == 0
        assert chat.posts("Plus / delta") == 0

    async def test_this_and_all_following(self, chat: ChatSim) -> None:
        """What comes before stays; the room hears once; undo brings all back."""
        meeting = await numbered(chat, 4)
        await chat.facilitator.presses_payload(CancelMeeting(meeting=meeting.id).payload())
        await chat.facilitator.presses("Call off this and all following")
        assert len(await local(chat)) == 3
        assert chat.said()[-1].startswith("Meetings are called off")
        assert len(chat.said()) == 1
        await chat.facilitator.presses("Undo")
        assert len(await local(chat)) == 6
        assert [one.number for one in await chat.meetings()] == [1, 2, 3, 4, 5, 6]

    async def test_it_can_be_undone_and_then_asks_again(self, chat: ChatSim) -> None:
        """Those who had said yes may have made other plans."""
        await everybody_comes(chat)
        await chat.facilitator.says("/cancelmeeting")
        await chat.facilitator.presses("Call off only this one")
        await chat.facilitator.presses("Undo")
        assert "It takes place after all" in chat.said()[-1]
        assert [confirmations(one) for one in (chat.ada, chat.grace, chat.linus)] == [1, 1, 0]
        await chat.moves_to(wall(8, 18, 30))
        assert "Can't make it" in chat.card()

    async def test_nobody_is_asked_to_answer_for_what_is_called_off(self, chat: ChatSim) -> None:
        """Also when somebody had yet to confirm an earlier move."""
        await everybody_comes(chat)
        await moves(chat, 1, "12 March 19:00")
        assert "please answer again" in chat.said()[-1]
        await chat.facilitator.says("/cancelmeeting")
        await chat.facilitator.presses("Call off only this one")
        assert "A meeting is called off" in chat.said()[-1]
        assert "please answer again" not in chat.said()[-1]

    async def test_it_can_be_restored_from_the_list(self, chat: ChatSim) -> None:
        """Also when the undo button is long gone."""
        await chat.facilitator.says("/cancelmeeting")
        await chat.facilitator.presses("Call off only this one")
        await chat.facilitator.says("/meetings")
        assert "Unit 1, 2026-03-10T17:00:00+00:00: called off" in chat.facilitator.heard
        await chat.facilitator.presses("Called off:")
        await chat.facilitator.presses("Let it take place")
        assert len(await local(chat)) == 6

    async def test_not_after_it_would_have_started(self, chat: ChatSim) -> None:
        """The past cannot be restored."""
        meeting = await numbered(chat, 1)
        await chat.facilitator.says("/cancelmeeting")
        await chat.facilitator.presses("Call off only this one")
        await chat.moves_to(wall(10, 18))
        await chat.facilitator.presses_payload(RestoreMeeting(meeting=meeting.id).payload())
        assert "would have started already" in chat.facilitator.heard
        assert len(await local(chat)) == 5

    async def test_not_when_its_time_is_taken(self, chat: ChatSim) -> None:
        """Another meeting may have taken its place meanwhile."""
        meeting = await numbered(chat, 1)
        await chat.facilitator.says("/cancelmeeting")
        await chat.facilitator.presses("Call off only this one")
        await moves(chat, 2, "10 March 18:30")
        await chat.facilitator.presses_payload(RestoreMeeting(meeting=meeting.id).payload())
        assert "already meets then" in chat.facilitator.heard

    async def test_pressed_twice_at_once_it_is_told_once(self, chat: ChatSim) -> None:
        """The second press finds it done."""
        meeting = await numbered(chat, 1)
        payload = CancelMeeting(meeting=meeting.id, sure=True).payload()
        await chat.facilitator.says("/meetings")
        on = chat.platform.seen_by(chat.facilitator.user)[-1]
        await asyncio.gather(*(chat.facilitator.presses_payload(payload, on) for _ in range(3)))
        assert chat.posts("A meeting is called off") == 1
        assert (await numbered(chat, 1)).sequence == meeting.sequence + 1

    @pytest.mark.parametrize("kind", [CancelMeeting, SkipMeeting])
    async def test_a_meeting_that_has_begun_stays(self, chat: ChatSim, kind: type[CancelMeeting | SkipMeeting]) -> None:
        """What has begun cannot be changed any more."""
        meeting = await numbered(chat, 1)
        await chat.moves_to(wall(10, 18, 1))
        await chat.facilitator.presses_payload(kind(meeting=meeting.id, sure=True).payload())
        assert "has begun already" in chat.facilitator.heard
        assert (await numbered(chat, 1)).sequence == meeting.sequence

    async def test_a_learner_cannot_forge_it(self, chat: ChatSim) -> None:
        """The payload names a meeting; who may is found from the meeting."""
        meeting = await numbered(chat, 1)
        for intent in (
            CancelMeeting(meeting=meeting.id, sure=True),
            RestoreMeeting(meeting=meeting.id),
            SkipMeeting(meeting=meeting.id, sure=True),
            MoveMeeting.about(meeting=meeting.id, scope=Scope.FOLLOWING),
        ):
            await chat.ada.presses_payload(intent.payload())
            assert "Only a facilitator" in chat.ada.toast
        assert (await numbered(chat, 1)) == meeting

    async def test_a_form_sent_after_the_meeting_began_changes_nothing(self, chat: ChatSim) -> None:
        """What was true when the form opened is looked at again when it is sent."""
        meeting = await numbered(chat, 1)
        await chat.moves_to(wall(10, 17, 55))
        await chat.facilitator.presses_payload(MoveMeeting.about(meeting=meeting.id, scope=Scope.ONE).payload())
        await chat.moves_to(wall(10, 18, 1))
        await chat.facilitator.fills(to="12 March 19:00")
        await chat.facilitator.presses("Save")
        assert "has begun already" in chat.facilitator.heard
        assert (await numbered(chat, 1)).starts_at == meeting.starts_at
