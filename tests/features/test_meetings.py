"""Meetings: the next one's card in every state, the list, what facilitators see of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.chat.intents import base36
from bot.domain.circles import CircleState
from bot.domain.feedback import Decision
from bot.domain.people import Role
from bot.features.meetings.intents import ManageMeeting, SetTopic, SetTopics, ShowMeetings
from bot.ports import Store
from tests.support.chat import ChatSim


def wall(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """Return a wall-clock time of 2026 in the circle's zone."""
    return datetime(2026, month, day, hour, minute)


async def changed(chat: ChatSim, **fields: object) -> None:
    """Change the circle behind everybody's back."""

    def work(store: Store) -> None:
        circle = store.circles.get(chat.circle)
        assert circle is not None
        store.circles.save(replace(circle, **fields), circle)  # type: ignore[arg-type]  # the fields of a circle

    await chat.store.transact(work)


class TestNext:
    """`/next`."""

    async def test_it_shows_what_when_and_where(self, chat: ChatSim) -> None:
        """Everybody in the room sees the card of the meeting that comes next."""
        await chat.ada.says("/next")
        assert chat.card().startswith("Python for beginners · Meeting 1: Unit 1\n2026-03-10")
        assert "Course: Python basics" in chat.card()
        assert "2026-03-10T17:00:00+00:00" in chat.card()
        assert "90 minutes" in chat.card()
        assert "Join the call" in chat.card()
        assert "I'm coming · Maybe · Can't make it" in chat.card()

    async def test_it_names_the_place(self, chat: ChatSim) -> None:
        """A circle may meet in a place, by link, or both."""
        await changed(chat, place="Library, room 2")
        await chat.ada.says("/next")
        assert "Library, room 2, or Join the call" in chat.card()
        await changed(chat, link="")
        await chat.ada.says("/next")
        assert "Library, room 2\n" in chat.card()
        await changed(chat, place="")
        await chat.ada.says("/next")
        assert "The place is still to be told." in chat.card()

    async def test_while_a_meeting_is_on_it_is_the_next(self, chat: ChatSim) -> None:
        """Whoever is late finds the link."""
        await chat.moves_to(wall(10, 18, 10))
        await chat.ada.says("/next")
        assert "is on now" in chat.card()
        assert "Join the call" in chat.card()
        assert "I'm coming" not in chat.card()

    async def test_afterwards_the_following_one_is(self, chat: ChatSim) -> None:
        """A meeting that is over is not next any more."""
        await chat.moves_to(wall(10, 19, 31))
        await chat.ada.says("/next")
        assert chat.card().startswith("Python for beginners · Meeting 2: Unit 2")

    async def test_after_the_last_there_is_none(self, chat: ChatSim) -> None:
        """A kind answer, for whoever asked alone; also when the circle has come to its end."""
        await chat.moves_to(wall(14, 20, month=4))
        before = len(chat.said())
        await chat.ada.says("/next")
        assert "No meeting of “Python for beginners” is planned just now." in chat.ada.heard
        assert len(chat.said()) == before
        await chat.moves_to(wall(20, 12, month=4))
        await chat.ada.says("/next")
        assert "is planned just now" in chat.ada.heard
        await chat.ada.whispers("/meetings")
        assert "Meeting 6: Unit 6" in chat.ada.heard

    async def test_in_private_with_several_circles_it_asks_which(self, chat: ChatSim) -> None:
        """Nothing is guessed where there is a choice."""

        def second(store: Store) -> None:
            circle = store.circles.get(chat.circle)
            assert circle is not None
            other = store.circles.add(replace(circle, title="Knitting", state=CircleState.PUBLISHED), chat.clock.now())
            store.seats.join_as(other.id, chat.ada.person(store).id, Role.LEARNER, chat.clock.now())

        await chat.store.transact(second)
        await chat.ada.whispers("/next")
        assert chat.ada.page is not None
        assert {choice.label for choice in chat.ada.page.questions[0].choices} == {"Python for beginners", "Knitting"}
        await chat.ada.fills(circle="Python for beginners")
        assert "Meeting 1: Unit 1" in chat.ada.heard

    async def test_in_a_room_of_two_circles_anybody_may_choose(self, chat: ChatSim) -> None:
        """Also who is in neither."""

        def second(store: Store) -> None:
            circle = store.circles.get(chat.circle)
            assert circle is not None
            other = store.circles.add(replace(circle, title="Knitting", state=CircleState.PUBLISHED), chat.clock.now())
            store.places.attach(other.id, store.places.note(chat.room, "", "").id)

        await chat.store.transact(second)
        await chat.mallory.says("/next")
        assert chat.mallory.page is not None
        assert {one.label for one in chat.mallory.page.questions[0].choices} == {"Python for beginners", "Knitting"}

    async def test_in_private_with_one_circle_it_does_not_ask(self, chat: ChatSim) -> None:
        """What goes without saying is not asked."""
        await chat.ada.whispers("/next")
        assert "Meeting 1: Unit 1" in chat.ada.inbox()[-1]

    async def test_open_decisions_stand_on_it(self, chat: ChatSim) -> None:
        """What the group took up last time is on the next card, with whose it is, and is ticked off there."""

        def decide(store: Store) -> None:
            meeting = store.meetings.of_circle(chat.circle)[0]
            grace = chat.grace.person(store)
            decision = Decision(
                0, chat.circle, meeting.id, "More breaks", grace.id, grace.name, made_at=chat.clock.now()
            )
            assert store.decisions.take_up(decision, None)

        await chat.store.transact(decide)
        await chat.ada.says("/next")
        assert "More breaks (Grace)" in chat.card()
        await chat.grace.presses("Done")
        await chat.passes(seconds=10)
        assert "More breaks" not in chat.card()

    async def test_a_stranger_may_look_at_a_published_circle(self, chat: ChatSim) -> None:
        """The card in the room is no secret; a draft is."""
        await chat.mallory.says("/next")
        assert "Meeting 1" in chat.card()

    async def test_the_card_turns_when_the_meeting_begins(self, chat: ChatSim) -> None:
        """The RSVP buttons go when the time for answers is over."""
        await chat.ada.says("/next")
        await chat.moves_to(wall(10, 17, 59))
        assert "I'm coming" in chat.card()
        await chat.moves_to(wall(10, 18, 1))
        assert "I'm coming" not in chat.card("Unit 1")
        assert "is on now" in chat.card("Unit 1")

    async def test_the_card_turns_when_the_meeting_ends(self, chat: ChatSim) -> None:
        """The same message becomes attendance and plus/delta."""
        await chat.ada.says("/next")
        await chat.moves_to(wall(10, 19, 31))
        assert "I was there" in chat.card("Unit 1")
        assert "I'm coming" not in chat.card("Unit 1")


class TestList:
    """`/meetings`."""

    async def test_learners_see_what_was_and_what_comes(self, chat: ChatSim) -> None:
        """Turnout for what was, answers for what comes; only for whoever asked, and nothing to change."""
        await chat.ada.says("/next")
        await chat.ada.presses("I'm coming")
        await chat.moves_to(wall(10, 20))
        await chat.ada.says("/next")
        await chat.grace.presses("Maybe")
        before = len(chat.said())
        await chat.ada.says("/meetings")
        assert "Meeting 1: Unit 1, 2026-03-10T17:00:00+00:00: 0 came, 1 had said yes" in chat.ada.heard
        assert "Meeting 2: Unit 2, 2026-03-17T17:00:00+00:00: 0 coming, 1 maybe, 0 not" in chat.ada.heard
        assert "Meeting 6" in chat.ada.heard
        assert "Change" not in chat.ada.heard
        assert len(chat.said()) == before

    async def test_the_hour_stays_across_the_clock_change(self, chat: ChatSim) -> None:
        """18:00 in Madrid is 17:00 UTC before 29 March and 16:00 after."""
        await chat.ada.says("/meetings")
        assert "Unit 3, 2026-03-24T17:00:00+00:00" in chat.ada.heard
        assert "Unit 4, 2026-03-31T16:00:00+00:00" in chat.ada.heard

    async def test_a_long_list_turns_pages(self, chat: ChatSim) -> None:
        """Fifty meetings fit no message; the page with the next one comes first."""

        def many(store: Store) -> None:
            last = store.meetings.of_circle(chat.circle)[-1]
            store.meetings.add(
                [
                    replace(last, uid="", starts_at=last.starts_at.replace(month=month), topic=f"Extra {month}")
                    for month in range(5, 13)
                ]
            )
            store.meetings.renumber(chat.circle)

        await chat.store.transact(many)
        await chat.ada.says("/meetings")
        assert "Extra 8" in chat.ada.heard
        assert "Extra 9" not in chat.ada.heard
        await chat.ada.presses("Later")
        assert "Meeting 14: Extra 12" in chat.ada.heard
        await chat.ada.presses("Earlier")
        assert "Meeting 1: Unit 1" in chat.ada.heard

    async def test_a_forged_page_is_the_last(self, chat: ChatSim) -> None:
        """A page that there is none of is no error."""
        await chat.ada.says("/meetings")
        await chat.ada.presses_payload(
            ShowMeetings(circle=chat.circle, page=10**12).payload(), chat.platform.seen_by(chat.ada.user)[-1]
        )
        assert "Meeting 6" in chat.ada.heard


class TestManaging:
    """What facilitators see of one meeting."""

    async def test_a_learner_does_not(self, chat: ChatSim) -> None:
        """Reasons and changes are for facilitators."""
        meeting = (await chat.meetings())[0].id
        await chat.ada.presses_payload(ManageMeeting(meeting=meeting).payload())
        assert "Only a facilitator" in chat.ada.toast

    async def test_an_organizer_does(self, chat: ChatSim) -> None:
        """Organizers run every circle of their community."""
        await chat.organizer.says("/meetings")
        await chat.organizer.presses("Change 2")
        assert "Not answered yet: Ada, Grace, and Linus" in chat.organizer.heard

    async def test_a_meeting_that_is_gone_is_said_kindly(self, chat: ChatSim) -> None:
        """An id of nothing is no error."""
        await chat.facilitator.presses_payload(ManageMeeting(meeting=10**9).payload())
        assert "not there any more" in chat.facilitator.toast

    async def test_the_topic_can_be_set(self, chat: ChatSim) -> None:
        """Cards say it at once, and nobody is asked to answer again."""
        await chat.ada.says("/next")
        await chat.ada.presses("I'm coming")
        await chat.facilitator.says("/topic Loops & {braces}")
        await chat.passes(seconds=10)
        assert chat.card().startswith("Python for beginners · Meeting 1: Loops & {braces}")
        assert "1 coming: Ada" in chat.card()
        assert len(chat.said()) == 1

    async def test_the_topic_can_be_taken_away(self, chat: ChatSim) -> None:
        """A meeting need not have one; the question says which meeting it is about, and the topic so far."""
        await chat.facilitator.presses_payload(SetTopic.about(meeting=(await chat.meetings())[0].id).payload())
        assert "(Meeting 1: Unit 1, Tuesday, 10 March 2026" in chat.facilitator.heard
        await chat.facilitator.fills(topic="")
        await chat.ada.says("/next")
        assert chat.card().startswith("Python for beginners · Meeting 1\n")

    async def test_all_topics_can_be_written_at_once(self, chat: ChatSim) -> None:
        """A line each, for the meetings ahead; the form has those that there are."""
        await chat.moves_to(wall(11, 12))
        await chat.facilitator.says("/meetings")
        await chat.facilitator.presses("Topics")
        assert chat.facilitator.page is not None
        assert chat.facilitator.page.questions[0].value == "Unit 2\nUnit 3\nUnit 4\nUnit 5\nUnit 6"
        await chat.facilitator.fills(topics="Two\n\n  Four  <b>\n")
        assert [one.topic for one in await chat.meetings()] == ["Unit 1", "Two", "", "Four <b>", "", ""]

    @pytest.mark.parametrize(("topics", "why"), [("a\n" * 7, "Only 6 meetings are ahead"), ("x" * 121, "120 fit")])
    async def test_topics_that_do_not_fit_are_asked_again(self, chat: ChatSim, topics: str, why: str) -> None:
        """Too many, too long: nothing changes."""
        before = await chat.meetings()
        await chat.facilitator.presses_payload(SetTopics.about(circle=chat.circle).payload())
        await chat.facilitator.fills(topics=topics)
        assert why in chat.facilitator.errors()["topics"]
        assert await chat.meetings() == before

    @pytest.mark.parametrize("command", ["/move Friday 6pm", "/topic x", "/cancelmeeting"])
    async def test_a_learner_changes_nothing(self, chat: ChatSim, command: str) -> None:
        """Every door asks whether one may."""
        before = await chat.meetings()
        await chat.ada.says(command)
        assert "Only a facilitator" in chat.ada.heard
        assert await chat.meetings() == before


async def test_many_meetings_ahead_are_chosen_from_a_list(chat: ChatSim) -> None:
    """Up to six have a button each; of more, a facilitator chooses one in a form."""
    await chat.facilitator.says("/meetings")
    assert "Change a meeting…" not in chat.facilitator.heard
    for day in (5, 6):
        await chat.facilitator.says(f"/addmeeting {day} May 2026 18:00")
        await chat.facilitator.fills(then="Save")
    await chat.facilitator.says("/meetings")
    assert "Change 2" not in chat.facilitator.heard
    await chat.facilitator.presses("Change a meeting…")
    assert chat.facilitator.page is not None
    (question,) = chat.facilitator.page.questions
    assert len(question.choices) == 8
    await chat.facilitator.fills(which=question.choices[-1].value)
    assert "Answer for somebody" in chat.facilitator.heard
    await chat.ada.presses_payload(f"mx.{base36(chat.circle)}")
    assert "facilitator" in chat.ada.toast
