"""Plus/delta after a meeting: who may say it, what is read of it, what never is."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.intents import base36
from bot.domain.circles import CircleState
from bot.domain.feedback import Feedback
from bot.domain.meetings import MeetingState
from bot.ports import Store
from storage.engine import Database
from tests.features.after_meetings import CLOSED, OVER, circle_of, closed_with, first, join, says_it, state
from tests.support.chat import ChatSim, lived_in

HOSTILE = '<b>bold</b> *stars* @everyone =HYPERLINK("https://evil.example") [x](https://evil.example)'


@pytest.fixture
async def chat(sqlite_database: Database) -> ChatSim:
    """Return a chat with a circle that meets on six Tuesdays."""
    return await lived_in(sqlite_database)


async def said(chat: ChatSim) -> tuple[Feedback, ...]:
    """Return what is kept of the first meeting's plus/delta."""
    meeting = await first(chat)
    return await chat.store.read(lambda store: store.feedback.of(meeting.id))


async def names_feedback(chat: ChatSim) -> None:
    """Let the circle choose named feedback."""
    circle = replace(await circle_of(chat), named_feedback=True)
    await chat.store.transact(lambda store: store.circles.save(circle))


async def test_the_room_is_asked_when_the_meeting_ends(chat: ChatSim) -> None:
    """Its card becomes attendance and plus/delta, and says how many have answered."""
    await chat.moves_to(OVER - timedelta(minutes=1))
    assert chat.posts("This meeting is over") == 0
    await chat.moves_to(OVER)
    assert await state(chat) is MeetingState.ENDED
    assert "Plus / delta" in chat.card()
    assert "I was there" in chat.card()
    assert "0 answers so far" in chat.card()


async def test_all_who_answer_close_it_and_the_room_reads_the_summary(chat: ChatSim) -> None:
    """The third of three learners closes it: nobody has to wait for two days."""
    await chat.moves_to(OVER)
    await says_it(chat.ada, plus="Clear examples", delta="Start on time", mood="5 great")
    await says_it(chat.grace, plus="Good questions", mood="4 good")
    assert await state(chat) is MeetingState.ENDED
    await says_it(chat.linus, delta="More breaks", mood="4 good")
    assert await state(chat) is MeetingState.CLOSED
    summary = chat.card("What went well")
    for words in ("Clear examples", "Good questions", "Start on time", "More breaks", "4.3 on average"):
        assert words in summary
    await chat.moves_to(CLOSED + timedelta(days=1))
    assert chat.posts("What went well") == 1


async def test_answers_that_come_at_once_are_summed_up_once(database: Database) -> None:
    """Three forms sent in the same moment, one of them twice: three answers, one summary."""
    chat = await lived_in(database)
    await chat.moves_to(OVER)
    someones = [chat.ada, chat.grace, chat.linus]
    for someone in someones:
        await someone.presses("Plus / delta")
    await asyncio.gather(*(someone.fills(plus=f"By {someone.name}") for someone in (*someones, chat.ada)))
    assert len(await said(chat)) == 3
    await chat.passes(minutes=1)
    assert chat.posts("What went well") == 1


async def test_nothing_is_read_before_it_closes(chat: ChatSim) -> None:
    """What would appear one by one could be tied to whoever was typing: not even the facilitator sees it."""
    await join(chat, "mary")
    await chat.moves_to(OVER)
    for name in ("ada", "grace", "linus"):
        await says_it(getattr(chat, name), plus=f"Secret of {name}", mood="1 rough")
    assert "3 answers so far" in chat.card()
    await chat.facilitator.whispers("/feedback")
    assert "3 answers so far" in chat.facilitator.heard
    assert "Secret" not in "\n".join(post.text for post in chat.platform.posts)
    await chat.moves_to(CLOSED)
    assert "Secret of ada" in chat.card("What went well")


async def test_fewer_than_three_are_not_read_at_all(chat: ChatSim) -> None:
    """Neither words nor mood, to nobody, when the time is over."""
    await chat.moves_to(OVER)
    await says_it(chat.ada, plus="My secret", delta="My wish", mood="2 so-so")
    await says_it(chat.grace, plus="Her secret", mood="5 great")
    await chat.moves_to(CLOSED)
    assert await state(chat) is MeetingState.CLOSED
    assert chat.posts("too few to read it out") == 1
    for who in (chat.facilitator, chat.ada, chat.organizer):
        await who.whispers("/feedback")
        assert "too few to read it out" in who.heard
    everything = "\n".join(post.text for post in chat.platform.posts)
    assert "secret" not in everything
    assert "My wish" not in everything
    assert "on average" not in everything


async def test_nobody_answered(chat: ChatSim) -> None:
    """A meeting about which nobody said anything makes no message, and is closed."""
    await chat.moves_to(CLOSED)
    assert await state(chat) is MeetingState.CLOSED
    assert chat.posts("Nobody answered") == 0
    await chat.ada.says("/feedback")
    assert "Nobody answered this time" in chat.ada.heard


async def test_what_is_kept_does_not_say_whose_it_is(chat: ChatSim) -> None:
    """No author, and an order of its own."""
    await closed_with(chat, "one", "two", "three")
    kept = await said(chat)
    assert all(one.person is None and not one.name for one in kept)
    assert [one.id for one in kept] == sorted(one.id for one in kept)
    assert not any(name in chat.card("What to change") for name in ("Ada", "Grace", "Linus"))


async def test_the_count_on_the_card_is_all_that_changes(chat: ChatSim) -> None:
    """The card names nobody for having answered."""
    await chat.moves_to(OVER)
    before = chat.card()
    await says_it(chat.ada, plus="Fine")
    assert chat.card() == before.replace("0 answers", "1 answer")


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
    meeting = replace(await first(chat), state=MeetingState.CANCELLED)
    await chat.store.transact(lambda store: store.meetings.save(meeting))
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


async def test_hostile_words_stay_words(chat: ChatSim) -> None:
    """They are read as they were typed, in spans of their own, on the card and on buttons."""
    await closed_with(chat, HOSTILE, "👩‍👩‍👧 שלום", "three")
    post = next(post for post in reversed(chat.platform.in_room(chat.room)) if "What to change" in post.text)
    assert HOSTILE in post.message.text.spans
    assert "👩‍👩‍👧 שלום" in post.message.text.spans


async def test_a_room_with_much_to_say_fits_every_platform(chat: ChatSim) -> None:
    """Twelve people with 300 characters each: the card is cut, /feedback has all of it, page by page."""
    names = [f"member{number}" for number in range(9)]
    await join(chat, *names)
    await chat.moves_to(OVER)
    for number, name in enumerate(["ada", "grace", "linus", *names]):
        await says_it(
            getattr(chat, name), plus=f"{number} plus ".ljust(299, "p") + "!", delta=f"{number} ".ljust(300, "d")
        )
    post = next(post for post in reversed(chat.platform.in_room(chat.room)) if "What to change" in post.text)
    assert len(post.text) < 4096
    assert len(post.message.rows) == 5
    await chat.ada.presses("Read all of it")
    read = chat.ada.heard
    assert read.count("!") == 4
    assert len(read) < 4096
    await chat.ada.presses("More")
    await chat.ada.presses("More")
    assert "Page 3 of 3" in chat.ada.heard


async def test_named_feedback_is_read_with_the_name(chat: ChatSim) -> None:
    """Where the circle chose so and the learner signed; two signed answers are enough to be read."""
    await names_feedback(chat)
    await chat.moves_to(OVER)
    await says_it(chat.ada, plus="I say it openly", sign="Yes")
    assert "with your name" in chat.ada.heard
    await says_it(chat.grace, plus="I do not")
    await chat.moves_to(CLOSED)
    summary = chat.card("What went well")
    assert "I say it openly (Ada)" in summary
    assert "I do not" not in summary
    assert "1 answer without a name is not read out" in summary


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


async def test_unnamed_answers_stay_unread_when_the_circle_chooses_names_later(chat: ChatSim) -> None:
    """What was promised counts, not what was chosen afterwards."""
    await chat.moves_to(OVER)
    await says_it(chat.ada, plus="In confidence")
    await names_feedback(chat)
    await chat.moves_to(CLOSED)
    await chat.facilitator.says("/feedback")
    assert "In confidence" not in "\n".join(post.text for post in chat.platform.posts)


async def test_votes_are_turned_on_and_off(chat: ChatSim) -> None:
    """A tap votes, another takes it back; everybody sees the count on the card."""
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    await chat.ada.presses("Vote: More breaks")
    await chat.grace.presses("Vote: More breaks")
    assert "More breaks: 2 votes" in chat.card("What to change")
    await chat.ada.presses("Vote: More breaks")
    assert "taken back" in chat.ada.toast
    assert "More breaks: 1 vote" in chat.card("What to change")


async def test_votes_are_for_members_and_for_what_may_be_read(chat: ChatSim) -> None:
    """A stranger may not vote; a delta that is kept back cannot be guessed at."""
    await chat.moves_to(OVER)
    await says_it(chat.ada, delta="Hidden")
    hidden = (await said(chat))[0]
    payload = "vo." + base36(hidden.id)
    await chat.grace.presses_payload(payload)
    assert "not there any more" in chat.grace.toast
    await chat.moves_to(CLOSED)
    await chat.grace.presses_payload(payload)
    assert "not there any more" in chat.grace.toast
    await chat.mallory.presses_payload(payload)
    assert "for members" in chat.mallory.toast


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


async def test_an_outage_over_the_closing_loses_nothing(chat: ChatSim) -> None:
    """Two answers given before a crash are there afterwards, and the meeting closes once."""
    await chat.moves_to(OVER)
    await says_it(chat.ada, plus="One")
    await says_it(chat.grace, plus="Two")
    await chat.crash_and_restart()
    await says_it(chat.linus, plus="Three")
    assert await state(chat) is MeetingState.CLOSED
    await chat.crash_and_restart()
    await chat.moves_to(CLOSED + timedelta(days=1))
    assert chat.posts("What went well") == 1


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
    assert "meeting 6" in chat.ada.heard


@pytest.mark.parametrize("payload", ["fg", "fg.x!", "vo.1.2.3.4", "fm.1", "fr.1.9", "vt"])
async def test_forged_buttons_change_nothing(chat: ChatSim, payload: str) -> None:
    """Whatever does not parse, or names nothing, is answered kindly."""
    await chat.moves_to(OVER)
    await chat.ada.presses_payload(payload)
    assert "went wrong" not in chat.ada.heard
    if chat.ada.page is None:
        assert chat.ada.heard
