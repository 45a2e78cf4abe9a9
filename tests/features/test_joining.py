"""Joining, telling about oneself, leaving."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from bot.domain.circles import CircleState
from bot.features.circles.intents import (
    JoinCircle,
    LeaveCircle,
    MakeFacilitator,
    RemoveMember,
    ShowMember,
    ShowRoster,
    TakeBack,
)
from tests.features.seated import id_of, learners, on_the_panel, posted, seats
from tests.support.chat import ChatSim


async def test_one_tap_joins(chat: ChatSim) -> None:
    """A tap takes the seat; the card counts it, the learner is welcomed, the facilitator hears of it."""
    await chat.mary.opens()
    await posted(chat)
    assert "3 learners so far" in chat.card()
    await chat.mary.presses("Join this circle")
    assert "You are in" in chat.mary.heard
    await chat.passes(minutes=1)
    assert "4 learners so far" in chat.card()
    assert any("Mary has joined" in text for text in chat.facilitator.inbox())
    assert not any("Welcome" in text for text in chat.mary.inbox()), "one welcome is enough"


async def test_joining_twice_takes_one_seat(chat: ChatSim) -> None:
    """A second tap is answered kindly and changes nothing."""
    await posted(chat)
    await chat.mary.presses("Join this circle")
    await chat.mary.presses("Join this circle")
    assert "You are in already" in chat.mary.toast
    assert (await learners(chat)).count("Mary") == 1


async def test_a_facilitator_need_not_join(chat: ChatSim) -> None:
    """Whoever runs the circle is told so."""
    await chat.facilitator.says("/join")
    assert "You run this circle" in chat.facilitator.heard


@pytest.mark.parametrize(
    ("command", "heard"),
    [
        ("/next", "You are not in a circle yet. /circles shows"),
        ("/feedback", "You are not in a circle yet. /circles shows"),
        ("/reason", "/circles shows the circles you can join"),
        ("/cancelmeeting", "No meeting is ahead that you could change"),
        ("/addmeeting", "You do not look after a circle. /newcircle starts one"),
    ],
)
async def test_somebody_without_a_circle_is_shown_the_way(chat: ChatSim, command: str, heard: str) -> None:
    """Whoever is in none yet hears where circles are, not that a list is empty."""
    await chat.mary.whispers(command)
    assert heard in chat.mary.heard


async def test_what_people_tell_is_seen_by_facilitators(chat: ChatSim) -> None:
    """Questions come after the seat, with the facilitators' own verbatim; a learner does not see others' goals."""
    await chat.facilitator.says("/circle")
    await chat.facilitator.presses("Change…")
    await chat.facilitator.presses("Your questions")
    await chat.facilitator.fills(first="Which <b>editor</b> do you use?")
    await chat.mary.says("/join")
    await chat.mary.presses("Tell us about you")
    assert "organizers see what you write" in chat.mary.heard
    assert "Which <b>editor</b> do you use?" in chat.mary.heard
    await chat.mary.fills(goal="Write a game", first="vi")
    assert "Thank you" in chat.mary.heard
    await on_the_panel(chat, ShowMember(circle=chat.circle, person=await id_of(chat, chat.mary)))
    assert "Goal: Write a game" in chat.facilitator.heard
    assert "Which <b>editor</b> do you use? vi" in chat.facilitator.heard
    await chat.ada.says("/circle")
    assert "Write a game" not in chat.ada.heard
    await chat.ada.presses_payload(ShowRoster(circle=chat.circle).payload())
    assert "Only a facilitator" in chat.ada.toast
    await chat.mary.says("/circle")
    await chat.mary.presses("My answers")
    assert "Goal: Write a game" in chat.mary.heard


async def test_a_late_joiner_hears_what_they_missed(chat: ChatSim) -> None:
    """The welcome has the next meeting and the topics of those that have been."""
    await chat.passes(days=16)
    await chat.mary.opens()
    await chat.mary.says("/join")
    await chat.passes(minutes=1)
    welcome = next(text for text in chat.mary.inbox() if "Welcome" in text)
    assert "has met 2 times" in welcome
    assert "Unit 2" in welcome
    assert "Next meeting" in welcome


async def test_closed_sign_up_seats_nobody(chat: ChatSim) -> None:
    """While sign-up is closed, an old button says so."""
    await posted(chat)
    await seats(chat, 10, sign_up="0")
    await chat.mary.presses_payload(JoinCircle(circle=chat.circle).payload())
    assert "closed" in chat.mary.toast
    assert "Mary" not in await learners(chat)


async def test_leaving_is_asked_once(chat: ChatSim) -> None:
    """Leave asks, and Stay changes nothing."""
    await chat.ada.says("/leave")
    assert "Leave “Python for beginners”?" in chat.ada.heard
    await chat.ada.presses("Stay")
    assert "Ada" in await learners(chat)


async def test_leaving_takes_the_answers_along(chat: ChatSim) -> None:
    """RSVPs for meetings ahead go with whoever leaves."""
    await chat.ada.says("/next")
    await chat.ada.presses("I'm coming")
    await chat.ada.says("/leave")
    await chat.ada.presses("Leave")
    meetings = await chat.meetings()
    tally = await chat.storage.read(lambda store: store.rsvps.tally(meetings[0].id))
    assert tally.yes == 0


async def test_the_last_facilitator_stays_until_somebody_takes_over(chat: ChatSim) -> None:
    """A circle is never without a facilitator; the answer says who could take over."""
    await chat.facilitator.says("/leave")
    assert "only facilitator" in chat.facilitator.heard
    assert "Ada" in chat.facilitator.heard
    ada = await id_of(chat, chat.ada)
    await on_the_panel(chat, MakeFacilitator(circle=chat.circle, person=ada))
    await chat.facilitator.says("/leave")
    await chat.facilitator.presses("Leave")
    assert "You have left" in chat.facilitator.heard
    await chat.ada.says("/leave")
    assert "only facilitator" in chat.ada.heard


async def test_two_facilitators_cannot_both_leave(chat: ChatSim) -> None:
    """Both press Leave at once: one stays."""
    ada = await id_of(chat, chat.ada)
    await on_the_panel(chat, MakeFacilitator(circle=chat.circle, person=ada))
    payload = LeaveCircle(circle=chat.circle, sure=True).payload()
    for someone in (chat.facilitator, chat.ada):
        await someone.says("/leave")
    await asyncio.gather(
        *(
            someone.presses_payload(payload, chat.platform.seen_by(someone.user)[-1])
            for someone in (chat.facilitator, chat.ada)
        )
    )
    left = await chat.storage.read(lambda store: store.seats.facilitators(chat.circle))
    assert len(left) == 1


async def test_the_last_facilitator_cannot_be_unmade(chat: ChatSim) -> None:
    """Nor can they unmake themselves."""
    fatima = await id_of(chat, chat.facilitator)
    await chat.facilitator.presses_payload(MakeFacilitator(circle=chat.circle, person=fatima, on=False).payload())
    assert "only facilitator" in chat.facilitator.toast


async def test_a_member_who_was_removed_can_be_taken_back(chat: ChatSim) -> None:
    """Removing is asked once and can be undone."""
    await chat.facilitator.says("/circle")
    await chat.facilitator.presses("Members")
    await chat.facilitator.presses("Ada")
    await chat.facilitator.presses("Remove")
    assert "Remove Ada" in chat.facilitator.heard
    await chat.facilitator.presses("Remove")
    assert "Ada" not in await learners(chat)
    await chat.facilitator.presses("Undo")
    assert "Ada" in await learners(chat)


async def test_nobody_is_brought_in_by_a_forged_button(chat: ChatSim) -> None:
    """Undo works for former members alone."""
    eve = await id_of(chat, chat.eve)
    await chat.facilitator.presses_payload(TakeBack(circle=chat.circle, person=eve).payload())
    assert "never were" in chat.facilitator.toast
    assert "Eve" not in await learners(chat)


@pytest.mark.parametrize("intent", [MakeFacilitator, RemoveMember, TakeBack])
async def test_a_learner_does_not_run_the_circle(chat: ChatSim, intent: type[MakeFacilitator | RemoveMember]) -> None:
    """Buttons of facilitators refuse a learner who forges them."""
    grace = await id_of(chat, chat.grace)
    await chat.ada.presses_payload(intent(circle=chat.circle, person=grace).payload())
    assert "Only a facilitator" in chat.ada.toast
    assert "Grace" in await learners(chat)


async def test_a_form_whose_circle_is_gone_is_answered_kindly(chat: ChatSim) -> None:
    """What was being told to a circle that was left meanwhile is not kept, and not a crash."""
    await chat.mary.says("/join")
    await chat.mary.presses("Tell us about you")
    page = chat.mary.page
    mary = await id_of(chat, chat.mary)
    await chat.storage.transact(lambda store: store.seats.leave(chat.circle, mary, chat.clock.now()))
    await chat.storage.transact(
        lambda store: store.circles.change_state(chat.circle, CircleState.PUBLISHED, CircleState.DRAFT)
    )
    assert page is not None
    await chat.mary.fills(goal="Write a game")
    assert "not there any more" in chat.mary.heard


async def test_people_of_one_name_are_told_apart(chat: ChatSim) -> None:
    """Two Adas are two people, in lists and in choices."""
    chat.mary.name = "Ada"
    await chat.mary.says("/join")
    await chat.facilitator.says("/answerfor")
    assert chat.facilitator.page is not None
    offered = [choice.label for question in chat.facilitator.page.questions for choice in question.choices]
    assert {"Ada", "Ada (2)"} <= set(offered)


async def test_a_late_joiner_is_welcomed_in_private_too(chat: ChatSim) -> None:
    """What somebody missed does not scroll away with a room: they keep it in their private chat."""
    await chat.moves_to(datetime(2026, 3, 11, 12, 0))
    await chat.mary.opens()
    await posted(chat)
    await chat.mary.presses("Join this circle")
    assert "private chat" in chat.mary.heard
    assert "has met 1 time" in chat.mary.inbox()[-1]


def news(chat: ChatSim) -> list[str]:
    """Return what Fatima read of people who came and went."""
    return [text for text in chat.facilitator.inbox() if "joined" in text or "has left" in text]


async def test_facilitators_hear_of_many_at_once(chat: ChatSim) -> None:
    """The first who joins is told at once, those after them together, an hour later."""
    await posted(chat)
    for name in ("mary", "alan", "edsger"):
        await getattr(chat, name).presses("Join this circle")
    assert len(news(chat)) == 1
    await chat.passes(hours=1)
    assert len(news(chat)) == 2
    assert "Alan and Edsger have joined" in news(chat)[1]
    await chat.facilitator.presses("Show", next(post for post in chat.platform.posts if "Alan and" in post.text))
    assert "Edsger" in chat.facilitator.heard


async def test_whoever_leaves_at_once_is_no_news(chat: ChatSim) -> None:
    """Somebody who came and went before it was told is not spoken of."""
    await posted(chat)
    await chat.mary.presses("Join this circle")
    await chat.alan.presses("Join this circle")
    await chat.alan.says("/leave")
    await chat.alan.presses("Leave")
    await chat.passes(days=1)
    assert len(news(chat)) == 1
    await chat.linus.says("/leave")
    await chat.linus.presses("Leave")
    await chat.passes(days=1)
    assert "Linus has left" in news(chat)[1]


async def test_news_of_members_lets_facilitators_sleep(chat: ChatSim) -> None:
    """Who joins at night is told in the morning."""
    await posted(chat)
    await chat.moves_to(datetime(2026, 3, 2, 23, 0))
    await chat.mary.presses("Join this circle")
    await chat.moves_to(datetime(2026, 3, 3, 7, 59))
    assert news(chat) == []
    await chat.moves_to(datetime(2026, 3, 3, 8, 0))
    assert len(news(chat)) == 1
