"""Plus/delta once it is closed: what is read of it, what never is, and votes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.chat.intents import base36
from bot.domain.meetings import MeetingState
from storage.engine import Database
from tests.features.after_meetings import (
    CLOSED,
    OVER,
    closed_with,
    join,
    names_feedback,
    said,
    says_it,
    state,
)
from tests.support.chat import ChatSim, lived_in

HOSTILE = '<b>bold</b> *stars* @everyone =HYPERLINK("https://evil.example") [x](https://evil.example)'


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
    """A meeting about which nobody said anything makes no message, offers nothing to read, and is closed."""
    await chat.moves_to(CLOSED)
    assert await state(chat) is MeetingState.CLOSED
    assert chat.posts("Nobody answered") == 0
    assert "Plus / delta is closed: 0 answers." in chat.card()
    assert "Read the summary" not in chat.card()
    await chat.ada.says("/feedback")
    assert "Nobody answered this time" in chat.ada.heard


async def test_what_is_kept_does_not_say_whose_it_is(chat: ChatSim) -> None:
    """No author, and an order of its own."""
    await closed_with(chat, "one", "two", "three")
    kept = await said(chat)
    assert all(one.person is None and not one.name for one in kept)
    assert [one.id for one in kept] == sorted(one.id for one in kept)
    assert not any(name in chat.card("What to change") for name in ("Ada", "Grace", "Linus"))


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
