"""Plus/delta after a meeting: when it is asked, who may say it, how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.intents import base36
from bot.domain.circles import CircleState
from bot.domain.meetings import MeetingState
from bot.features.circles.intents import NameFeedback
from bot.ports import Store
from tests.features.after_meetings import (
    CLOSED,
    OVER,
    circle_of,
    first,
    said,
    says_it,
    state,
)
from tests.features.seated import on_the_panel
from tests.support.chat import ChatSim


async def test_the_room_is_asked_when_the_meeting_ends(chat: ChatSim) -> None:
    """Its card becomes attendance and plus/delta, and says how many have answered."""
    await chat.moves_to(OVER - timedelta(minutes=1))
    assert chat.posts("This meeting is over") == 0
    await chat.moves_to(OVER)
    assert await state(chat) is MeetingState.ENDED
    assert "Plus / delta" in chat.card()
    assert "I was there" in chat.card()
    assert "0 answers so far" in chat.card()


async def test_the_count_on_the_card_is_all_that_changes(chat: ChatSim) -> None:
    """The card names nobody for having answered."""
    await chat.moves_to(OVER)
    before = chat.card()
    await says_it(chat.ada, plus="Fine")
    assert chat.card() == before.replace("0 answers", "1 answer")


async def test_the_card_promises_what_is_true(chat: ChatSim) -> None:
    """When the circle chooses named feedback, or no longer, the card that asks for it says so."""
    await chat.moves_to(OVER)
    assert "Nobody sees who said what" in chat.card()
    for named, promise in ((True, "You may sign your answer."), (False, "Nobody sees who said what")):
        await on_the_panel(chat, NameFeedback(circle=chat.circle, named=named))
        await chat.passes(seconds=30)
        assert promise in chat.card()


async def test_one_has_one_say(chat: ChatSim) -> None:
    """A second try is refused before anything is asked, and a second form that was open all along as well."""
    await chat.moves_to(OVER)
    await chat.ada.presses("Plus / delta")
    page = chat.ada.page
    await chat.ada.fills(plus="First")
    assert "Thank you" in chat.ada.heard
    await chat.ada.presses("Plus / delta", on=chat.platform.in_room(chat.room)[-1])
    assert "already" in chat.ada.toast
    chat.ada.page = page
    await chat.ada.fills(plus="Second")
    assert [one.plus for one in await said(chat)] == ["First"]


async def test_saying_nothing_is_asked_again(chat: ChatSim) -> None:
    """At least one of plus, delta and mood; what else was answered is kept."""
    await chat.moves_to(OVER)
    await chat.ada.presses("Plus / delta")
    await chat.ada.fills(plus="  ")
    assert "at least one" in chat.ada.errors()["plus"]
    await chat.ada.fills(plus="Now I know")
    assert [one.plus for one in await said(chat)] == ["Now I know"]


async def test_it_is_for_members(chat: ChatSim) -> None:
    """A stranger who sees the card may not answer, and hears why."""
    await chat.moves_to(OVER)
    await chat.mallory.presses("Plus / delta")
    assert "for members" in chat.mallory.toast
    assert chat.mallory.page is None
    await chat.mallory.says("/feedback")
    assert "for members" in chat.mallory.heard


async def test_it_is_after_the_meeting(chat: ChatSim) -> None:
    """A forged button changes nothing before the end."""
    meeting = await first(chat)
    await chat.ada.presses_payload(f"fg.{meeting.id}")
    assert "not over yet" in chat.ada.toast
    await chat.ada.says("/feedback")
    assert "has not met yet" in chat.ada.heard


async def test_it_is_until_it_closes(chat: ChatSim) -> None:
    """Neither the old button nor a form that was left open is taken afterwards."""
    await chat.moves_to(OVER)
    await chat.ada.presses("Plus / delta")
    meeting = await first(chat)
    await chat.moves_to(OVER + timedelta(hours=20))
    await chat.grace.presses("Plus / delta")
    await chat.moves_to(CLOSED)
    await chat.linus.presses_payload(f"fg.{base36(meeting.id)}")
    assert "closed" in chat.linus.toast
    await chat.ada.fills(plus="Too late")
    await chat.grace.fills(plus="Too late")
    assert await said(chat) == ()


async def test_a_cancelled_meeting_asks_nobody(chat: ChatSim) -> None:
    """Its button is answered with the truth."""
    meeting = await first(chat)
    await chat.store.transact(
        lambda store: store.meetings.save(replace(meeting, state=MeetingState.CANCELLED), meeting)
    )
    await chat.moves_to(OVER)
    assert chat.posts("This meeting is over") == 0
    await chat.ada.presses_payload(f"fg.{meeting.id}")
    assert "cancelled" in chat.ada.toast


async def test_a_form_after_its_meeting_is_gone(chat: ChatSim) -> None:
    """It is answered kindly and changes nothing."""
    await chat.moves_to(OVER)
    await chat.ada.presses_payload("fg.zzzz")
    assert "not there any more" in chat.ada.toast


async def test_somebody_who_left_before_sending_the_form(chat: ChatSim) -> None:
    """Whether one may is asked again when the form comes."""
    await chat.moves_to(OVER)
    await chat.ada.presses("Plus / delta")
    await chat.store.transact(lambda store: store.seats.leave(chat.circle, chat.ada.person(store).id, chat.clock.now()))
    await chat.ada.fills(plus="Gone")
    assert "for members" in chat.ada.heard
    assert await said(chat) == ()


async def test_ten_thousand_characters(chat: ChatSim) -> None:
    """What does not fit is asked again, with both lengths."""
    await chat.moves_to(OVER)
    await chat.ada.presses("Plus / delta")
    await chat.ada.fills(plus="x" * 10_000, delta="Short")
    assert "10000 characters" in chat.ada.errors()["plus"]
    await chat.ada.fills(plus="Fine")
    assert [(one.plus, one.delta) for one in await said(chat)] == [("Fine", "Short")]


async def test_nobody_signs_where_the_circle_did_not_choose_it(chat: ChatSim) -> None:
    """The question is not asked, and a forged answer to it is not taken."""
    await chat.moves_to(OVER)
    await chat.ada.presses("Plus / delta")
    assert chat.ada.page is not None
    assert "sign" not in {question.field for question in chat.ada.page.questions}
    meeting = await first(chat)
    await chat.ada.presses_payload(f"fg.{meeting.id}.5.1")
    if chat.ada.page is not None:
        await chat.ada.fills(plus="Signed?")
    assert all(one.person is None for one in await said(chat))


async def test_feedback_tells_each_where_they_stand(chat: ChatSim) -> None:
    """A learner gets the button or thanks; a facilitator the attendance list as well."""
    await chat.moves_to(OVER)
    await chat.ada.whispers("/feedback")
    assert "Plus / delta" in chat.ada.heard
    assert "Who came?" not in chat.ada.heard
    await says_it(chat.ada, plus="Fine")
    await chat.ada.whispers("/feedback")
    assert "you had your say" in chat.ada.heard
    assert "Plus / delta ·" not in chat.ada.heard
    await chat.facilitator.whispers("/feedback")
    assert "Who came?" in chat.facilitator.heard


async def test_an_outage_over_the_end_still_leaves_a_day(chat: ChatSim) -> None:
    """Whoever is asked three days late has time to answer; what is long past is closed without asking."""
    late = chat.clock.now() + timedelta(days=11)
    meetings = await chat.meetings()
    assert meetings[0].ends_at + timedelta(days=2) < late < meetings[0].ends_at + timedelta(days=4)
    chat.clock.move_to(late)
    await chat.passes(seconds=0)
    assert chat.posts("This meeting is over") == 1
    await chat.passes(hours=23)
    await says_it(chat.ada, plus="Better late")
    await chat.passes(hours=2)
    assert await state(chat) is MeetingState.CLOSED
    chat.clock.move_to(meetings[1].ends_at + timedelta(days=6))
    await chat.passes(seconds=0)
    assert (await chat.meetings())[1].state is MeetingState.CLOSED
    assert chat.posts("This meeting is over") == 0


async def test_a_circle_without_a_room_is_asked_person_by_person(chat: ChatSim) -> None:
    """Everybody is asked, and reads the summary, in private."""

    def leave_room(store: Store) -> None:
        for place in store.places.of_circle(chat.circle):
            store.places.detach(chat.circle, place.id)
        chat.bot.planner.circle(store, chat.circle, chat.clock.now())

    await chat.store.transact(leave_room)
    await chat.moves_to(OVER)
    for name in ("ada", "grace", "linus"):
        someone = getattr(chat, name)
        assert any("This meeting is over" in text for text in someone.inbox())
        await says_it(someone, plus=f"From {name}")
    assert any("From linus" in text for text in chat.ada.inbox())
    assert chat.said() == []


async def test_one_question_at_a_time(chat: ChatSim) -> None:
    """Where a form shows one question, the answers are put together all the same, and kept once."""
    chat.platform.page_size = 1
    await chat.moves_to(OVER)
    await chat.ada.presses("Plus / delta")
    await chat.ada.fills(plus="Clear examples")
    await chat.ada.fills(delta="")
    await chat.ada.fills(mood="4 good")
    assert [(one.plus, one.delta, one.mood) for one in await said(chat)] == [("Clear examples", "", 4)]


async def test_the_last_meeting_ends_the_circle(chat: ChatSim) -> None:
    """When nothing is planned any more and the last summary is out, the rooms are thanked."""
    last = (await chat.meetings())[-1]
    await chat.moves_to(last.ends_at + timedelta(hours=47))
    assert (await circle_of(chat)).state is CircleState.PUBLISHED
    await chat.moves_to(last.ends_at + timedelta(hours=49))
    assert (await circle_of(chat)).state is CircleState.ENDED
    await chat.ada.says("/feedback")
    assert "Meeting 6" in chat.ada.heard


@pytest.mark.parametrize("payload", ["fg", "fg.x!", "vo.1.2.3.4", "fm.1", "fr.1.9", "vt"])
async def test_forged_buttons_change_nothing(chat: ChatSim, payload: str) -> None:
    """Whatever does not parse, or names nothing, is answered kindly."""
    await chat.moves_to(OVER)
    await chat.ada.presses_payload(payload)
    assert "went wrong" not in chat.ada.heard
    if chat.ada.page is None:
        assert chat.ada.heard
