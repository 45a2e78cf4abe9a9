"""Meetings move, are added, skipped, keep another zone: who hears of it, who is asked again, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.circles import CircleState
from bot.features.circles.intents import EditZone
from bot.features.meetings.intents import Scope, SkipMeeting
from bot.ports import Store
from tests.features.changing_meetings import confirmations, everybody_comes, local, moves, numbered, wall
from tests.support.chat import ChatSim
from tests.support.sim import group


class TestMoving:
    """`/move` and its button."""

    async def test_it_is_repeated_before_it_is_done(self, chat: ChatSim) -> None:
        """Nothing moves until what was understood is saved; the question names the meeting."""
        await chat.facilitator.says("/move Thursday 12 March 7pm")
        await chat.facilitator.fills(scope="one")
        assert "Here is what I understood" in chat.facilitator.heard
        assert "instead of Tuesday, 10 March 2026, 6:00 PM? (Meeting 1: Unit 1)" in chat.facilitator.heard.replace(
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

    async def test_every_room_of_the_circle_is_told(self, chat: ChatSim) -> None:
        """A circle may live in several rooms; each hears once."""
        second = group("second room")
        await chat.store.transact(
            lambda store: store.places.attach(chat.circle, store.places.note(second, "Upstairs", "").id)
        )
        await moves(chat, 1, "12 March 19:00")
        assert len(chat.said()) == len(chat.said(second)) == 1
        assert "A meeting has moved" in chat.said(second)[0]

    async def test_one_question_at_a_time_does_as_well(self, chat: ChatSim) -> None:
        """Where a platform shows one question at a time, the same form takes more steps."""
        chat.platform.page_size = 1
        await moves(chat, 1, "12 March 19:00")
        assert (await local(chat))[0] == wall(12, 19)

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


class TestSkipping:
    """A holiday: everything comes a week later."""

    async def test_it_is_told_apart_from_calling_off(self, chat: ChatSim) -> None:
        """Where both are offered, a line each says what becomes of the meeting."""
        await chat.facilitator.says("/meetings")
        await chat.facilitator.presses("Change 1")
        assert "Skip this date: it and all that follow come later." in chat.facilitator.heard
        assert "Call off: it does not take place, the others stay." in chat.facilitator.heard

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


class TestLookingBack:
    """What was understood is repeated with Save, Change and Forget it, once."""

    async def test_what_came_of_it_takes_its_place(self, chat: ChatSim) -> None:
        """Saved or forgotten, no button of a look-back that was used is left to press."""
        await chat.facilitator.says("/addmeeting 5 May 2026 18:00")
        await chat.facilitator.fills()
        await chat.facilitator.presses("Save")
        assert "Added:" in chat.facilitator.heard
        await chat.facilitator.says("/addmeeting 12 May 2026 18:00")
        await chat.facilitator.fills()
        await chat.facilitator.presses("Forget it")
        assert "Nothing was saved" in chat.facilitator.heard
        assert not [post for post in chat.platform.seen_by(chat.facilitator.user) if "Forget it" in post.text]


class TestTheCircleCard:
    """The announcement in the room says when the circle meets next."""

    async def test_it_follows_every_change(self, chat: ChatSim) -> None:
        """Moved, called off, let take place again, over: the card is drawn anew each time."""
        await chat.facilitator.says("/circle")
        await chat.facilitator.presses("Post it here")
        await moves(chat, 1, "11 March 2026 6pm")
        assert "Next meeting: 2026-03-11" in next_meeting(chat)
        await chat.facilitator.says("/cancelmeeting")
        await chat.facilitator.presses("Call off only this one")
        assert "Next meeting: 2026-03-17" in next_meeting(chat)
        await chat.facilitator.presses("Undo")
        assert "Next meeting: 2026-03-11" in next_meeting(chat)
        await chat.moves_to(wall(11, 20))
        assert "Next meeting: 2026-03-17" in next_meeting(chat)


def next_meeting(chat: ChatSim) -> str:
    """Return when the circle meets next, as its standing card says."""
    return next(line for line in chat.card("Next meeting").splitlines() if "Next meeting" in line)


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


async def test_which_meetings_move_is_answered_beforehand(chat: ChatSim) -> None:
    """“Only this one” is what happens, so it is chosen, and there is no “No answer” beside it."""
    await chat.facilitator.says("/move")
    assert chat.facilitator.page is not None
    scope = next(question for question in chat.facilitator.page.questions if question.field == "scope")
    assert scope.value == "one"
    assert scope.required
