"""Who came to a meeting, and how it went for whoever ran it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.chat.intents import base36
from bot.domain.meetings import MeetingState
from bot.domain.people import Role
from tests.features.after_meetings import CLOSED, OVER, first, join, says_it, state
from tests.support.chat import ChatSim

BEFORE = datetime(2026, 3, 9, 12, 0)


async def came(chat: ChatSim) -> dict[str, bool]:
    """Return the marks of the first meeting by name."""
    meeting = await first(chat)
    marks = await chat.store.read(lambda store: store.attendance.of(meeting.id))
    people = await chat.store.read(lambda store: store.people.many(list(marks)))
    return {people[person].name: there for person, there in marks.items()}


async def answers_before(chat: ChatSim, **labels: str) -> None:
    """Let people answer the invitation to the first meeting."""
    await chat.moves_to(BEFORE)
    await chat.facilitator.says("/next")
    for name, label in labels.items():
        await getattr(chat, name).presses(label)


async def test_learners_mark_themselves(chat: ChatSim) -> None:
    """One tap, on the meeting's card, which then says so; another corrects it."""
    await chat.moves_to(OVER)
    assert "Nobody is marked" in chat.card()
    await chat.ada.presses("I was there")
    await chat.grace.presses("I missed it")
    assert "Noted" in chat.ada.heard
    await chat.passes(seconds=30)
    assert "1 person was there: Ada." in chat.card()
    await chat.ada.presses("I missed it")
    assert await came(chat) == {"Ada": False, "Grace": False}


async def test_a_yes_is_the_guess_until_marked(chat: ChatSim) -> None:
    """The card names who had said yes, apart from who is marked."""
    await answers_before(chat, ada="I'm coming", grace="I'm coming", linus="Can't make it")
    await chat.moves_to(OVER)
    assert "Had said yes, not marked yet: Ada and Grace." in chat.card()
    await chat.ada.presses("I was there")
    await chat.passes(seconds=30)
    assert "was there: Ada." in chat.card()
    assert "not marked yet: Grace." in chat.card()


async def test_whoever_leaves_is_guessed_no_more(chat: ChatSim) -> None:
    """A card that asks who came names who is in the circle, also when somebody leaves after the meeting."""
    await answers_before(chat, ada="I'm coming", grace="I'm coming")
    await chat.moves_to(OVER)
    assert "not marked yet: Ada and Grace." in chat.card()
    await chat.ada.says("/leave")
    await chat.ada.presses("Leave")
    await chat.passes(seconds=30)
    assert "not marked yet: Grace." in chat.card()


async def test_a_facilitator_keeps_the_list(chat: ChatSim) -> None:
    """Guesses stand ready, a tap turns one round, “That is right” keeps them all."""
    await answers_before(chat, ada="I'm coming", grace="I'm coming")
    await chat.moves_to(OVER)
    await chat.facilitator.presses("Who came?")
    heard = chat.facilitator.heard
    assert "3 of 4" in heard
    assert "4 of them are guessed from their answers" in heard
    assert "Fatima: there?" in heard  # whoever runs it is taken to have been there
    assert "Ada: there?" in heard
    assert "Linus: not there?" in heard
    await chat.facilitator.presses("Grace: there?")
    assert "Grace: not there" in chat.facilitator.heard
    assert await came(chat) == {"Grace": False}
    await chat.facilitator.presses("That is right")
    assert "2 of 4 came" in chat.facilitator.toast
    assert "Everybody is marked" in chat.facilitator.heard
    assert await came(chat) == {"Ada": True, "Grace": False, "Linus": False, "Fatima": True}


async def test_what_a_learner_said_meanwhile_is_kept(chat: ChatSim) -> None:
    """“That is right” fills in guesses, and does not overrule what somebody marked since the list was drawn."""
    await answers_before(chat, ada="I'm coming")
    await chat.moves_to(OVER)
    await chat.facilitator.presses("Who came?")
    await chat.ada.presses("I missed it", on=chat.platform.in_room(chat.room)[-1])
    await chat.facilitator.presses("That is right")
    assert (await came(chat))["Ada"] is False


async def test_the_list_is_for_facilitators(chat: ChatSim) -> None:
    """A learner neither sees it nor marks others, whatever they press."""
    await chat.moves_to(OVER)
    await chat.ada.presses("Who came?")
    assert "facilitator" in chat.ada.toast
    meeting = await first(chat)
    grace = await chat.store.transact(lambda store: chat.grace.person(store).id)
    await chat.ada.presses_payload(f"fm.{base36(meeting.id)}.{base36(grace)}.1")
    await chat.ada.presses_payload(f"fa.{base36(meeting.id)}")
    assert await came(chat) == {}


async def test_only_members_are_marked(chat: ChatSim) -> None:
    """A forged button cannot mark somebody from elsewhere, and a stranger cannot mark themselves."""
    await chat.moves_to(OVER)
    meeting = await first(chat)
    stranger = await chat.store.transact(lambda store: chat.mallory.person(store).id)
    await chat.facilitator.presses_payload(f"fm.{base36(meeting.id)}.{base36(stranger)}.1")
    assert "not in this circle" in chat.facilitator.toast
    await chat.mallory.presses("I was there")
    assert "for members" in chat.mallory.toast
    assert await came(chat) == {}


async def test_not_before_the_end_and_not_after_the_closing(chat: ChatSim) -> None:
    """Early and late taps are answered with the truth; a facilitator can still correct the list."""
    meeting = await first(chat)
    await chat.ada.presses_payload(f"fi.{base36(meeting.id)}.1")
    assert "not over yet" in chat.ada.toast
    await chat.moves_to(CLOSED)
    await chat.ada.presses_payload(f"fi.{base36(meeting.id)}.1")
    assert "A facilitator can still correct" in chat.ada.toast
    await chat.facilitator.presses_payload(f"fw.{base36(meeting.id)}")
    await chat.facilitator.presses("Ada: not there?")
    assert await came(chat) == {"Ada": True}


async def test_a_large_circle_has_pages(chat: ChatSim) -> None:
    """Thirty members: twelve on a page, and the page stays when one is marked."""
    await join(chat, *(f"m{number:02}" for number in range(26)))
    await chat.moves_to(OVER)
    await chat.facilitator.presses("Who came?")
    assert "Page 1 of 3" in chat.facilitator.heard
    await chat.facilitator.presses("More")
    await chat.facilitator.presses("M10: not there?")
    assert "Page 2 of 3" in chat.facilitator.heard
    assert "M10: there" in chat.facilitator.heard
    post = chat.platform.seen_by(chat.facilitator.user)[-1]
    assert len(post.message.rows) <= 5
    assert all(len(row) <= 5 for row in post.message.rows)


async def test_marking_the_absent_closes_when_all_others_have_answered(chat: ChatSim) -> None:
    """Nobody waits two days for somebody who was not there."""
    await join(chat, "mary")
    await chat.moves_to(OVER)
    for name in ("ada", "grace", "linus"):
        await says_it(getattr(chat, name), plus="Fine")
    assert await state(chat) is MeetingState.ENDED
    await chat.mary.presses("I missed it", on=chat.platform.in_room(chat.room)[-1])
    assert await state(chat) is MeetingState.CLOSED
    assert chat.posts("What went well") == 1


async def test_whoever_says_first_that_they_were_there_does_not_close_it(chat: ChatSim) -> None:
    """One marked and answered is not everybody: the others have not said yet."""
    await chat.moves_to(OVER)
    await chat.ada.presses("I was there")
    await says_it(chat.ada, plus="Fine")
    assert await state(chat) is MeetingState.ENDED


async def test_whoever_answers_last_can_still_say_that_they_were_there(chat: ChatSim) -> None:
    """Plus/delta closes with the last answer; attendance takes its two days."""
    await chat.moves_to(OVER)
    for name in ("ada", "grace", "linus"):
        await says_it(getattr(chat, name), plus="Fine")
    assert await state(chat) is MeetingState.CLOSED
    await chat.linus.presses("I was there")
    assert "Noted" in chat.linus.toast
    await chat.ada.presses("I missed it")
    assert await came(chat) == {"Linus": True, "Ada": False}
    await chat.passes(minutes=1)
    assert "I was there" in chat.card("Read the summary")


# How it went


async def test_a_facilitator_is_asked_privately(chat: ChatSim) -> None:
    """A number, then words if they like; both can be changed, and changing one keeps the other."""
    await chat.moves_to(OVER)
    assert "How did it go for you?" in chat.facilitator.inbox()[-1]
    assert not any("How did it go" in text for text in chat.ada.inbox() + chat.said())
    await chat.facilitator.presses("4 good")
    assert "You said: 4 good" in chat.facilitator.heard
    await chat.facilitator.presses("Add a few words")
    assert chat.facilitator.page is not None
    prompt = chat.facilitator.page.questions[0].prompt
    assert prompt in chat.facilitator.inbox()[-1]
    await chat.facilitator.fills(words="They helped each other")
    await chat.facilitator.presses("3 fine")
    meeting = await first(chat)
    (kept,) = await chat.store.read(lambda store: store.feedback.reflections(meeting.id))
    assert (kept.score, kept.words) == (3, "They helped each other")


async def test_the_prompt_changes_from_meeting_to_meeting(chat: ChatSim) -> None:
    """A facilitator does not read the same question twice in a row."""
    await chat.moves_to(OVER)
    await chat.moves_to(OVER + timedelta(days=7))
    asked = [text.partition("Something to think about")[2] for text in chat.facilitator.inbox() if "How did it" in text]
    assert len(asked) == 2
    assert asked[0] != asked[1]


async def test_whoever_does_not_want_to_be_asked_is_not(chat: ChatSim) -> None:
    """Tips off means no question."""
    await chat.store.transact(
        lambda store: store.people.save(
            replace(chat.facilitator.person(store), tips=False), chat.facilitator.person(store)
        )
    )
    await chat.moves_to(OVER + timedelta(days=1))
    assert not any("How did it go" in text for text in chat.facilitator.inbox())


async def test_the_question_waits_for_the_morning(chat: ChatSim) -> None:
    """In quiet hours it is put off to their end."""
    await chat.store.transact(
        lambda store: store.people.save(
            replace(chat.facilitator.person(store), quiet_from=time(19, 0)), chat.facilitator.person(store)
        )
    )
    await chat.moves_to(OVER + timedelta(hours=11))
    assert not any("How did it go" in text for text in chat.facilitator.inbox())
    await chat.moves_to(OVER + timedelta(hours=13))
    assert any("How did it go" in text for text in chat.facilitator.inbox())


async def test_somebody_who_stopped_running_the_circle_is_not_asked(chat: ChatSim) -> None:
    """What is true when the message goes out counts."""
    await chat.store.transact(
        lambda store: store.people.save(
            replace(chat.facilitator.person(store), quiet_from=time(19, 0)), chat.facilitator.person(store)
        )
    )
    await chat.moves_to(OVER)

    await join(chat, "mary")
    await chat.store.transact(
        lambda store: store.seats.set_role(chat.circle, chat.mary.person(store).id, Role.FACILITATOR)
    )
    await chat.store.transact(
        lambda store: store.seats.set_role(chat.circle, chat.facilitator.person(store).id, Role.LEARNER)
    )
    await chat.moves_to(OVER + timedelta(hours=13))
    assert not any("How did it go" in text for text in chat.facilitator.inbox())


async def test_learners_do_not_say_how_it_went_for_a_facilitator(chat: ChatSim) -> None:
    """A forged button is refused; words without a number are asked to wait."""
    await chat.moves_to(OVER)
    meeting = await first(chat)
    await chat.ada.presses_payload(f"fr.{base36(meeting.id)}.5")
    assert "facilitator" in chat.ada.toast
    await chat.facilitator.presses_payload(f"fx.{base36(meeting.id)}")
    await chat.facilitator.fills(words="Too soon")
    assert "Tap first" in chat.facilitator.heard
    assert await chat.store.read(lambda store: store.feedback.reflections(meeting.id)) == ()
