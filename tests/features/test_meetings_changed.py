"""Meetings move, are called off, restored, added, skipped: who hears of it, who is asked again, and what is refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.domain.circles import CircleState
from bot.domain.meetings import Meeting, MeetingState
from bot.features.circles.intents import EditZone
from bot.features.meetings.intents import CancelMeeting, MoveMeeting, RestoreMeeting, Scope, SkipMeeting
from bot.ports import Store
from tests.support.chat import ChatSim, Someone


def wall(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """Return a wall-clock time of 2026 in the circle's zone."""
    return datetime(2026, month, day, hour, minute)  # noqa: DTZ001


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


class TestMoving:
    """`/move` and its button."""

    async def test_it_is_repeated_before_it_is_done(self, chat: ChatSim) -> None:
        """Nothing moves until what was understood is saved; the question names the meeting."""
        await chat.facilitator.says("/move Thursday 12 March 7pm")
        await chat.facilitator.fills(scope="one")
        assert "Here is what I understood" in chat.facilitator.heard
        assert "instead of Tue 10 Mar 2026, 6:00 PM? (Meeting 1: Unit 1)" in chat.facilitator.heard.replace(
            "\u202f", " "
        )
        assert (await local(chat))[0] == wall(10, 18)
        await chat.facilitator.presses("Save")
        assert (await local(chat))[0] == wall(12, 19)

    async def test_it_keeps_the_meeting(self, chat: ChatSim) -> None:
        """The identity, the calendar's uid and the topic stay; the sequence rises."""
        before = await numbered(chat, 1)
        await moves(chat, 1, "12 March 19:00")
        after = await numbered(chat, 1)
        assert (after.id, after.uid, after.topic, after.number) == (before.id, before.uid, before.topic, 1)
        assert after.sequence == before.sequence + 1
        assert after.starts_at == datetime(2026, 3, 12, 18, tzinfo=UTC)

    async def test_everyone_hears_the_old_time_and_the_new(self, chat: ChatSim) -> None:
        """One message in the room."""
        await moves(chat, 1, "12 March 19:00")
        assert len(chat.said()) == 1
        told = chat.said()[0]
        assert "A meeting has moved" in told
        assert "now 2026-03-12T18:00:00+00:00 (it was 2026-03-10T17:00:00+00:00)" in told

    async def test_those_who_had_said_yes_are_asked_again(self, chat: ChatSim) -> None:
        """Privately, and only they; until they answer their yes does not count."""
        await everybody_comes(chat)
        await moves(chat, 1, "12 March 19:00")
        assert "2 people who had said yes are asked again" in chat.facilitator.heard
        assert [confirmations(one) for one in (chat.ada, chat.grace, chat.linus)] == [1, 1, 0]
        await chat.passes(seconds=10)
        assert "0 coming" in chat.card()
        assert "2 have yet to confirm the new time" in chat.card()
        await chat.ada.presses("I'm coming")
        await chat.passes(seconds=10)
        assert "1 coming: Ada" in chat.card()
        assert "1 has yet to confirm" in chat.card()

    async def test_moved_twice_they_are_asked_for_the_last_time(self, chat: ChatSim) -> None:
        """Whoever has not confirmed is asked for the new time, and no longer for the old one."""
        await everybody_comes(chat)
        await chat.moves_to(wall(2, 23))  # quiet hours
        await moves(chat, 1, "12 March 19:00")
        await moves(chat, 1, "13 March 19:00")
        assert confirmations(chat.ada) == 0
        await chat.moves_to(wall(3, 9))
        assert confirmations(chat.ada) == 1
        assert "2026-03-13" in next(words for words in chat.ada.inbox() if "Can you still come?" in words)

    async def test_whoever_answers_before_the_morning_is_not_asked(self, chat: ChatSim) -> None:
        """The question is looked at again when it is sent."""
        await everybody_comes(chat)
        await chat.moves_to(wall(2, 23))
        await moves(chat, 1, "12 March 19:00")
        await chat.ada.says("/next")
        await chat.ada.presses("I'm coming")
        await chat.moves_to(wall(3, 9))
        assert [confirmations(chat.ada), confirmations(chat.grace)] == [0, 1]

    async def test_without_a_room_everyone_hears_privately(self, chat: ChatSim) -> None:
        """A circle may have lost its room; its people still want to know."""

        def lose_it(store: Store) -> None:
            for place in store.places.of_circle(chat.circle):
                store.places.detach(chat.circle, place.id)

        await chat.store.transact(lose_it)
        await moves(chat, 1, "12 March 19:00")
        assert chat.said() == []
        for someone in (chat.ada, chat.grace, chat.linus):
            assert "A meeting has moved" in someone.inbox()[-1]

    async def test_of_a_circle_that_has_ended_nothing_moves(self, chat: ChatSim) -> None:
        """An end is an end, until it is taken back."""
        meeting = await numbered(chat, 1)
        await chat.store.transact(
            lambda store: store.circles.change_state(chat.circle, CircleState.PUBLISHED, CircleState.ENDED)
        )
        await chat.facilitator.presses_payload(SkipMeeting(meeting=meeting.id, sure=True).payload())
        assert "has ended" in chat.facilitator.heard
        assert await numbered(chat, 1) == meeting

    async def test_the_reminders_move_along(self, chat: ChatSim) -> None:
        """Nothing reminds of the old time."""
        await moves(chat, 1, "12 March 19:00")
        await chat.moves_to(wall(10, 19, 1))
        reminders = [text for text in chat.said() if "I'm coming" in text]
        assert len(reminders) == 1
        assert "2026-03-12T18:00:00+00:00" in reminders[0]

    async def test_all_following_shift_by_as_much(self, chat: ChatSim) -> None:
        """The hour on the clock changes alike on both sides of the clock change; the room hears once."""
        await moves(chat, 3, "25 March 19:30", Scope.FOLLOWING)
        assert await local(chat) == [
            wall(10, 18),
            wall(17, 18),
            wall(25, 19, 30),
            wall(1, 19, 30, month=4),
            wall(8, 19, 30, month=4),
            wall(15, 19, 30, month=4),
        ]
        assert [one.starts_at.hour for one in await chat.meetings()][2:] == [18, 17, 17, 17]
        assert len(chat.said()) == 1
        assert "Meetings have moved" in chat.said()[0]

    async def test_one_may_overtake_the_next(self, chat: ChatSim) -> None:
        """A meeting moved past others gets the number that fits its time."""
        await moves(chat, 1, "19 March 18:00")
        found = await chat.meetings()
        assert [one.topic for one in found][:3] == ["Unit 2", "Unit 1", "Unit 3"]
        assert [one.number for one in found] == [1, 2, 3, 4, 5, 6]

    async def test_the_draft_of_a_circle_changes_in_silence(self, chat: ChatSim) -> None:
        """Nobody knows of a draft, so nobody is told."""
        await everybody_comes(chat)
        await chat.store.transact(
            lambda store: store.circles.change_state(chat.circle, CircleState.PUBLISHED, CircleState.DRAFT)
        )
        before = len(chat.said())
        await moves(chat, 1, "12 March 19:00")
        assert (await local(chat))[0] == wall(12, 19)
        assert len(chat.said()) == before
        assert confirmations(chat.ada) == 0


class TestRefusedDates:
    """A date that will not do is asked again with the reason, and nothing changes."""

    @pytest.mark.parametrize(
        ("to", "why"),
        [
            ("29 March 2:30", "the clocks jump over it in Madrid"),
            ("25 October 2:30", "comes twice on that day"),
            ("1 March 2026 18:00", "is past"),
            ("1 March 2029 18:00", "more than two years away"),
            ("9999-12-31 23:59", "more than two years away"),
            ("0001-01-01 00:00", "is past"),
            ("31 February 18:00", "could not read"),
            ("never", "could not read"),
            ("x" * 10_000, "fit"),
            ("<b>Tuesday</b> {when}", "could not read"),
            ("10 March 18:00", "already"),
            ("17 March 18:30", "already meets then: Meeting 2"),
        ],
    )
    async def test_the_reason_is_said(self, chat: ChatSim, to: str, why: str) -> None:
        """Skipped hours, repeated hours, past, far away, nonsense, the same, taken."""
        before = await chat.meetings()
        await moves(chat, 1, to)
        assert why in chat.facilitator.errors()["to"]
        assert await chat.meetings() == before
        await chat.facilitator.fills(to="12 March 19:00", then="Save")
        assert (await local(chat))[0] == wall(12, 19)

    async def test_of_several_the_wrong_one_is_named(self, chat: ChatSim) -> None:
        """One of those that follow would land on the hour that the clocks skip."""
        before = await chat.meetings()
        await moves(chat, 1, "8 March 2:30", Scope.FOLLOWING)
        assert "Meeting 4: Unit 4: There is no Sunday, 29 March, 2:30" in chat.facilitator.errors()["to"]
        assert await chat.meetings() == before

    async def test_a_series_does_not_leave_the_calendar(self, chat: ChatSim) -> None:
        """The last of days is far away, and what would follow it even further."""
        await moves(chat, 1, "9999-12-31 23:59", Scope.FOLLOWING)
        assert "more than two years away" in chat.facilitator.errors()["to"]

    async def test_those_that_follow_do_not_overtake(self, chat: ChatSim) -> None:
        """Shifting the rest of a series before an earlier meeting would break its order."""
        await moves(chat, 2, "9 March 10:00", Scope.FOLLOWING)
        assert "That would put Meeting 2: Unit 2 before Meeting 1" in chat.facilitator.errors()["to"]

    @pytest.mark.parametrize(
        ("when", "why"), [("29 March 2:30", "clocks jump"), ("10 March 18:30", "already meets then")]
    )
    async def test_a_new_meeting_is_refused_alike(self, chat: ChatSim, when: str, why: str) -> None:
        """`/addmeeting` has the same rules."""
        await chat.facilitator.says(f"/addmeeting {when}")
        await chat.facilitator.fills(then="Save")
        assert why in chat.facilitator.errors()["when"]
        assert len(await chat.meetings()) == 6


class TestAdding:
    """`/addmeeting`."""

    async def test_everyone_hears_of_one_more(self, chat: ChatSim) -> None:
        """It gets its number by its time, and the others theirs."""
        await chat.facilitator.says("/addmeeting 13 March 18:00")
        await chat.facilitator.fills(topic="Questions", then="Save")
        found = await chat.meetings()
        assert [one.topic for one in found][:3] == ["Unit 1", "Questions", "Unit 2"]
        assert [one.number for one in found] == [1, 2, 3, 4, 5, 6, 7]
        assert "One more meeting" in chat.said()[-1]
        assert "Meeting 2: Questions, 2026-03-13T17:00:00+00:00" in chat.said()[-1]

    async def test_reminders_follow(self, chat: ChatSim) -> None:
        """What is added is reminded of."""
        await chat.facilitator.says("/addmeeting 13 March 18:00")
        await chat.facilitator.fills(topic="Questions", then="Save")
        await chat.moves_to(wall(13, 17))
        assert chat.posts("Meeting 2: Questions") == 3


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
        assert chat.card().startswith("Meeting 1: Unit 2")

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
        await asyncio.gather(*(chat.facilitator.presses_payload(payload) for _ in range(3)))
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


class TestSkipping:
    """A holiday: everything comes a week later."""

    async def test_the_date_is_left_free(self, chat: ChatSim) -> None:
        """The meeting takes the next one's date, and so on; it is asked first and told once."""
        meeting = await numbered(chat, 3)
        await chat.facilitator.presses_payload(SkipMeeting(meeting=meeting.id).payload())
        assert "3 meetings after it come later by as much." in chat.facilitator.heard
        await chat.facilitator.presses("Skip this date")
        assert await local(chat) == [
            wall(10, 18),
            wall(17, 18),
            wall(31, 18),
            wall(7, 18, month=4),
            wall(14, 18, month=4),
            wall(21, 18, month=4),
        ]
        assert len(chat.said()) == 1


class TestZone:
    """A circle keeps another city's time."""

    async def test_the_hour_stays_and_the_instant_moves(self, chat: ChatSim) -> None:
        """Everyone is told; meetings that had been are left alone."""
        await chat.moves_to(wall(11, 12))
        before = await chat.meetings()
        await chat.facilitator.presses_payload(EditZone.about(circle=chat.circle).payload())
        await chat.facilitator.fills(zone="Europe/London", then="Save")
        after = await chat.meetings()
        assert after[0] == before[0]
        assert [one.starts_local for one in after] == [one.starts_local for one in before]
        assert after[1].starts_at == datetime(2026, 3, 17, 18, tzinfo=UTC)
        assert chat.said()[-1].startswith("Meetings have moved")

    async def test_a_zone_with_the_same_time_tells_nobody(self, chat: ChatSim) -> None:
        """Where no instant moves, there is nothing to tell."""
        await chat.facilitator.presses_payload(EditZone.about(circle=chat.circle).payload())
        await chat.facilitator.fills(zone="Europe/Paris", then="Save")
        assert {one.zone for one in await chat.meetings()} == {"Europe/Paris"}
        assert chat.said() == []
