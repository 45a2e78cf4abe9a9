"""RSVPs: who says they come, how often one may change one's mind, who is asked privately."""

# Long because it is all that is said about coming, each once.

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.chat.inbound import Place, Press
from bot.chat.message import Toast
from bot.domain.circles import CircleState
from bot.domain.meetings import Meeting
from bot.domain.rsvps import Answer
from bot.features.rsvps.intents import AnswerFor, Rsvp, SayWhy, WhoAnswers
from bot.ports import Store
from tests.support.chat import ChatSim, Someone

BEGIN = datetime(2026, 3, 10, 17, tzinfo=UTC)
"""The first meeting's start."""


async def first(chat: ChatSim) -> Meeting:
    """Return the circle's first meeting."""
    return (await chat.meetings())[0]


async def tally(chat: ChatSim) -> tuple[int, int, int, int]:
    """Return how many come to the first meeting, may come, do not, and have yet to confirm."""
    meeting = await first(chat)
    found = await chat.store.read(lambda store: store.rsvps.tally(meeting.id))
    return found.yes, found.maybe, found.no, found.stale


async def given(chat: ChatSim, someone: Someone) -> tuple[Answer, str] | None:
    """Return somebody's answer for the first meeting, and their reason."""
    meeting = await first(chat)
    person = await chat.store.transact(lambda store: someone.person(store).id)
    found = (await chat.store.read(lambda store: store.rsvps.of_person(person, [meeting.id]))).get(meeting.id)
    return (found.answer, found.reason) if found else None


class TestAnswering:
    """A tap on the card."""

    async def test_a_card_that_follows_is_left_to_the_painter(self, chat: ChatSim) -> None:
        """Where the platform says that cards follow, a tap is answered with the word alone, and the card is painted."""
        await chat.facilitator.says("/next")
        meeting = await first(chat)
        payload = Rsvp(meeting=meeting.id, answer=Answer.YES).payload()
        act = Press(sender=chat.ada.sender, place=Place(chat.room), key="1", payload=payload, card_follows=True)
        assert await chat.bot.router.receive(act) == Toast("See you there!")
        await chat.bot.scheduler.run_due()
        assert "1 coming: Ada" in chat.card()

    async def test_a_changed_mind_is_counted_once(self, chat: ChatSim) -> None:
        """A second answer replaces the first."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("I'm coming")
        await chat.ada.presses("Can't make it")
        assert "0 coming" in chat.card()
        assert "1 can't make it: Ada" in chat.card()
        assert await tally(chat) == (0, 0, 1, 0)

    async def test_the_card_counts_and_names(self, chat: ChatSim) -> None:
        """Everybody sees who comes."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("I'm coming")
        await chat.grace.presses("Maybe")
        await chat.linus.presses("I'm coming")
        assert "2 coming: Ada and Linus" in chat.card()
        assert "1 maybe: Grace" in chat.card()

    async def test_whoever_answers_is_thanked(self, chat: ChatSim) -> None:
        """The toast is for the person alone."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("I'm coming")
        assert chat.ada.toast == "See you there!"
        await chat.ada.presses("Can't make it")
        assert "with the button below" in chat.ada.toast
        assert "Are you coming?" in chat.card()

    async def test_the_same_answer_twice_is_one(self, chat: ChatSim) -> None:
        """A button pressed twice at once changes nothing the second time, and is not an error."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("I'm coming")
        await chat.ada.presses("I'm coming")
        assert chat.ada.toast == "See you there!"
        assert await tally(chat) == (1, 0, 0, 0)

    async def test_taps_at_once_are_all_counted(self, chat: ChatSim) -> None:
        """However many tap in the same moment, and however often, each counts once."""
        await chat.facilitator.says("/next")
        people = (chat.ada, chat.grace, chat.linus)
        await asyncio.gather(*(someone.presses("I'm coming") for someone in people for _ in range(3)))
        assert await tally(chat) == (3, 0, 0, 0)

    async def test_more_than_twenty_names_are_counted(self, chat: ChatSim) -> None:
        """A card stays readable however many come."""
        await chat.facilitator.says("/next")
        for number in range(23):
            someone = getattr(chat, f"learner{number}")
            await someone.says("/join")
            await someone.presses("I'm coming", on=chat.platform.in_room(chat.room)[0])
        assert "23 coming: " in chat.card()
        assert "and 3 more" in chat.card()
        assert "Learner20" not in chat.card()

    async def test_a_card_has_twenty_names_in_all(self, chat: ChatSim) -> None:
        """Those who come are named first, then those who may; the counts are right whoever is named."""
        await chat.facilitator.says("/next")
        for number in range(18):
            someone = getattr(chat, f"learner{number}")
            await someone.says("/join")
            label = ("I'm coming", "Maybe", "Can't make it")[number % 3]
            await someone.presses(label, on=chat.platform.in_room(chat.room)[0])
        for name, label in (("ada", "I'm coming"), ("grace", "Maybe"), ("linus", "Can't make it")):
            await getattr(chat, name).presses(label, on=chat.platform.in_room(chat.room)[0])
        assert chat.card().count("Learner") + 3 == 20
        assert "7 coming: " in chat.card()
        assert "7 can't make it: Linus, Learner2, " in chat.card()
        assert "and 1 more" in chat.card()

    async def test_a_name_is_never_markup(self, chat: ChatSim) -> None:
        """What people call themselves is shown as it stands."""
        chat.people["ada"].name = "<b>*Ada*</b> {names} @everyone"
        await chat.facilitator.says("/next")
        await chat.ada.presses("I'm coming")
        assert "1 coming: <b>*Ada*</b> {names} @everyone" in chat.card()

    async def test_a_card_in_private_works_too(self, chat: ChatSim) -> None:
        """One may answer in the private chat, and the room sees it."""
        await chat.facilitator.says("/next")
        await chat.ada.whispers("/next")
        await chat.ada.presses("I'm coming")
        assert "1 coming: Ada" in chat.ada.inbox()[-1]
        await chat.passes(seconds=10)
        assert "1 coming: Ada" in chat.card()


class TestOldButtons:
    """A button that no longer says the truth is answered with it, and with a fresh card; nothing changes."""

    async def test_after_the_start(self, chat: ChatSim) -> None:
        """A meeting that is on takes no answers."""
        await chat.facilitator.says("/next")
        payload = Rsvp(meeting=(await first(chat)).id, answer=Answer.YES).payload()
        await chat.moves_to(datetime(2026, 3, 10, 18, 5))
        await chat.ada.presses_payload(payload, chat.platform.in_room(chat.room)[0])
        assert chat.ada.toast == "This meeting has already started."
        assert "is on now" in chat.card()
        assert await tally(chat) == (0, 0, 0, 0)

    async def test_after_a_move(self, chat: ChatSim) -> None:
        """An answer to the old time is not taken for one to the new time."""
        await chat.facilitator.says("/next")
        old = chat.platform.in_room(chat.room)[0]
        payload = Rsvp(meeting=(await first(chat)).id, answer=Answer.YES, starts=int(BEGIN.timestamp())).payload()
        await chat.facilitator.says("/move Thursday 12 March 18:00")
        await chat.facilitator.fills(scope="one", then="Save")
        await chat.ada.presses_payload(payload, old)
        assert "12 Mar" in chat.ada.toast
        assert await tally(chat) == (0, 0, 0, 0)
        await chat.ada.presses("I'm coming", on=old)
        assert await tally(chat) == (1, 0, 0, 0)

    async def test_after_a_cancellation(self, chat: ChatSim) -> None:
        """Nobody can come to a meeting that was called off."""
        await chat.facilitator.says("/next")
        payload = Rsvp(meeting=(await first(chat)).id, answer=Answer.YES).payload()
        await chat.facilitator.says("/cancelmeeting")
        await chat.facilitator.presses("Call off only this one")
        await chat.ada.presses_payload(payload, chat.platform.in_room(chat.room)[0])
        assert "called off" in chat.ada.toast
        assert await tally(chat) == (0, 0, 0, 0)

    async def test_after_the_circle_has_ended(self, chat: ChatSim) -> None:
        """A circle that has ended asks nobody."""
        await chat.facilitator.says("/next")
        await chat.store.transact(
            lambda store: store.circles.change_state(chat.circle, CircleState.PUBLISHED, CircleState.ENDED)
        )
        await chat.ada.presses("I'm coming")
        assert "This circle has ended" in chat.ada.toast
        assert await tally(chat) == (0, 0, 0, 0)

    async def test_of_a_circle_that_is_a_draft_again(self, chat: ChatSim) -> None:
        """A draft does not exist for learners."""
        await chat.facilitator.says("/next")
        await chat.store.transact(
            lambda store: store.circles.change_state(chat.circle, CircleState.PUBLISHED, CircleState.DRAFT)
        )
        await chat.ada.presses("I'm coming")
        assert "resting" in chat.ada.toast
        assert await tally(chat) == (0, 0, 0, 0)


class TestPayloads:
    """A payload is input, and anybody may forge it."""

    async def test_whoever_is_no_member_is_invited_to_join(self, chat: ChatSim) -> None:
        """A stranger's answer does not count; they see how to become a member."""
        await chat.facilitator.says("/next")
        await chat.mallory.presses("I'm coming")
        assert "This is for members" in chat.mallory.heard
        assert await tally(chat) == (0, 0, 0, 0)
        await chat.mallory.presses("Join this circle")
        await chat.mallory.presses("I'm coming")
        assert await tally(chat) == (1, 0, 0, 0)

    async def test_whoever_is_no_member_of_a_closed_circle_hears_so(self, chat: ChatSim) -> None:
        """Joining is offered only where one can join."""

        def close(store: Store) -> None:
            circle = store.circles.get(chat.circle)
            assert circle is not None
            store.circles.save(replace(circle, sign_up=False), circle)

        await chat.store.transact(close)
        await chat.facilitator.says("/next")
        await chat.mallory.presses("I'm coming")
        assert "nobody can join just now" in chat.mallory.toast

    @pytest.mark.parametrize(
        "payload", ["rs.zzzz.yes", "rs..yes", "rs.1.perhaps", "rs.-1.yes", "rs.1.yes.0.0", "rs", "rs.1"]
    )
    async def test_nonsense_is_answered_kindly(self, chat: ChatSim, payload: str) -> None:
        """A payload that means nothing changes nothing, and is never met with silence."""
        await chat.facilitator.says("/next")
        await chat.ada.presses_payload(payload, chat.platform.in_room(chat.room)[0])
        assert chat.ada.heard
        assert await tally(chat) == (0, 0, 0, 0)

    async def test_a_learner_cannot_answer_for_others(self, chat: ChatSim) -> None:
        """A facilitator's button in other hands does nothing."""
        meeting = await first(chat)
        grace = await chat.store.transact(lambda store: chat.grace.person(store).id)
        for intent in (
            AnswerFor(meeting=meeting.id, person=grace, answer=Answer.NO),
            WhoAnswers(meeting=meeting.id),
        ):
            await chat.ada.presses_payload(intent.payload())
            assert "Only a facilitator" in chat.ada.toast
        assert await tally(chat) == (0, 0, 0, 0)


class TestReasons:
    """A few words for the facilitators."""

    async def test_a_reason_is_for_the_facilitators(self, chat: ChatSim) -> None:
        """The group does not read it, whoever runs the circle does."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("Can't make it")
        await chat.ada.says("/reason I am <travelling>")
        assert await given(chat, chat.ada) == (Answer.NO, "I am <travelling>")
        assert "travelling" not in chat.card()
        await chat.facilitator.says("/meetings")
        await chat.facilitator.presses("Change 1")
        assert "Ada: can't make it (I am <travelling>)" in chat.facilitator.heard

    async def test_a_button_asks_why_after_a_no(self, chat: ChatSim) -> None:
        """The form keeps the answer."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("Can't make it")
        await chat.ada.presses("Say why")
        await chat.ada.fills(reason="A cold")
        assert await given(chat, chat.ada) == (Answer.NO, "A cold")

    async def test_a_changed_mind_forgets_the_reason(self, chat: ChatSim) -> None:
        """A reason belongs to the answer with which it was given."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("Can't make it")
        await chat.ada.says("/reason A cold")
        await chat.ada.presses("I'm coming")
        assert await given(chat, chat.ada) == (Answer.YES, "")

    async def test_the_same_answer_again_keeps_it(self, chat: ChatSim) -> None:
        """A second press says nothing new."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("Can't make it")
        await chat.ada.says("/reason A cold")
        await chat.ada.presses("Can't make it")
        assert await given(chat, chat.ada) == (Answer.NO, "A cold")

    async def test_without_an_answer_there_is_nothing_to_explain(self, chat: ChatSim) -> None:
        """An answer is never guessed from a reason, and nobody writes one for nothing."""
        await chat.ada.says("/reason A cold")
        assert "First say whether you come" in chat.ada.heard
        await chat.ada.says("/reason")
        assert chat.ada.page is None
        assert await given(chat, chat.ada) is None

    async def test_ten_thousand_characters_are_too_many(self, chat: ChatSim) -> None:
        """The form says how many fit."""
        await chat.facilitator.says("/next")
        await chat.ada.presses("Can't make it")
        await chat.ada.says("/reason " + "x" * 10_000)
        assert "200 fit" in chat.ada.errors()["reason"]
        assert await given(chat, chat.ada) == (Answer.NO, "")

    async def test_a_stranger_cannot_give_one(self, chat: ChatSim) -> None:
        """Reasons are for members."""
        await chat.mallory.presses_payload(SayWhy.about(meeting=(await first(chat)).id).payload())
        assert "This is for members" in chat.mallory.toast


class TestAnsweringForSomebody:
    """A facilitator was told on the phone."""

    async def test_it_counts_like_their_own(self, chat: ChatSim) -> None:
        """By taps: the meeting, the person, the answer."""
        await chat.facilitator.says("/next")
        await chat.facilitator.says("/meetings")
        await chat.facilitator.presses("Change 1")
        await chat.facilitator.presses("Answer for somebody")
        await chat.facilitator.presses("Grace")
        assert "What did Grace say? (Meeting 1: Unit 1, " in chat.facilitator.heard
        await chat.facilitator.fills(answer="yes")
        assert chat.facilitator.heard == "Noted: Grace is coming."
        await chat.passes(seconds=10)
        assert "1 coming: Grace" in chat.card()

    async def test_by_command(self, chat: ChatSim) -> None:
        """By words: a name and what they said."""
        await chat.facilitator.says("/answerfor Grace", answer="no")
        assert await given(chat, chat.grace) == (Answer.NO, "")

    async def test_strangers_learn_nobodys_name(self, chat: ChatSim) -> None:
        """Whoever begins it with something that makes no sense is offered no members."""
        await chat.mallory.says("/answerfor Grace", meeting="nonsense")
        assert chat.mallory.page is None
        assert "Grace" not in chat.mallory.heard

    async def test_only_members_can_be_answered_for(self, chat: ChatSim) -> None:
        """The person must belong to the meeting's circle."""
        mallory = await chat.store.transact(lambda store: chat.mallory.person(store).id)
        intent = AnswerFor(meeting=(await first(chat)).id, person=mallory, answer=Answer.YES)
        await chat.facilitator.presses_payload(intent.payload())
        assert "not a member" in chat.facilitator.toast
        assert await tally(chat) == (0, 0, 0, 0)

    async def test_an_organizer_may_too(self, chat: ChatSim) -> None:
        """Organizers run every circle of their community."""
        await chat.organizer.says("/answerfor Grace", answer="yes")
        assert await given(chat, chat.grace) == (Answer.YES, "")


async def test_a_payload_put_on_another_card_by_hand_does_not_draw_over_it(chat: ChatSim) -> None:
    """Whoever forges a button sees its answer alone; the card that stands there for everybody stays what it is."""
    first, second = (await chat.meetings())[:2]
    await chat.facilitator.says("/next")
    standing = chat.platform.in_room(chat.room)[-1]
    await chat.ada.presses_payload(Rsvp(meeting=second.id, answer=Answer.YES).payload(), standing)
    assert "Meeting 1" in standing.text
    assert "Meeting 2" in chat.ada.heard
    assert (await chat.store.read(lambda store: store.rsvps.tally(first.id))).answers == 0
