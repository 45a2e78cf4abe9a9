"""Deltas that the circle takes up, and what becomes of them."""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.chat.intents import base36
from bot.domain.feedback import Decision, DecisionState
from storage.engine import Database
from tests.features.after_meetings import NEXT_CARD, OVER, closed_with, first, join, said, says_it, takes_up
from tests.support.chat import ChatSim, lived_in


async def decisions(chat: ChatSim) -> tuple[Decision, ...]:
    """Return what was decided after the first meeting."""
    meeting = await first(chat)
    return await chat.store.read(lambda store: store.decisions.of_meeting(meeting.id))


async def taken_up(chat: ChatSim, owner: str = "Ada") -> Decision:
    """Have the first meeting end with a decision, and return it."""
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    await takes_up(chat.facilitator, "Start on time")
    await chat.facilitator.fills(owner=owner)
    (decision,) = await decisions(chat)
    return decision


async def test_from_the_end_of_a_meeting_to_a_decision_ticked_off_on_the_next_card(chat: ChatSim) -> None:
    """Plus/delta, votes, Take up, the owner hears, the next reminder carries it, Done takes it off the card."""
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    await chat.ada.presses("Vote: Start on time")
    await takes_up(chat.facilitator, "Start on time")
    assert chat.facilitator.page is not None
    assert {question.field: question.value for question in chat.facilitator.page.questions}["words"] == "Start on time"
    await chat.facilitator.fills(words="Begin at six sharp", owner="Ada")
    assert "Ada sees to it" in chat.facilitator.heard
    assert any("Begin at six sharp" in text for text in chat.ada.inbox())
    summary = chat.card("What to change")
    assert "Start on time: taken up" in summary
    assert "Begin at six sharp (Ada)" in summary
    assert "Vote: Start on time" not in summary
    await chat.moves_to(NEXT_CARD)
    card = chat.card("Meeting 2")
    assert "Begin at six sharp (Ada)" in card
    await chat.ada.presses("Done: Begin at six sharp", on=chat.platform.in_room(chat.room)[-1])
    assert "It is done" in chat.ada.heard
    await chat.passes(minutes=1)
    assert "Begin at six sharp" not in chat.card("Meeting 2")
    assert "Begin at six sharp: done" in chat.card("What to change")


async def test_a_delta_is_taken_up_once(database: Database) -> None:
    """Two facilitators with the form open send it at once: the second hears that it has been done."""
    chat = await lived_in(database)
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    await takes_up(chat.facilitator, "Start on time")
    await takes_up(chat.organizer, "Start on time")
    await asyncio.gather(chat.facilitator.fills(), chat.organizer.fills())
    assert len(await decisions(chat)) == 1
    heard = sorted([chat.facilitator.heard, chat.organizer.heard])
    assert heard[0].startswith("Taken up")
    assert "already" in heard[1]


async def test_an_old_button_of_a_delta_that_was_taken_up(chat: ChatSim) -> None:
    """Take up and Vote answer with the truth."""
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    old = chat.platform.in_room(chat.room)[-1].message
    vote = next(b.intent.payload() for row in old.rows for b in row if b.intent and "Start on" in b.label)
    await takes_up(chat.facilitator, "Start on time")
    offered = chat.platform.seen_by(chat.facilitator.user)[-1]
    await chat.facilitator.fills()
    await chat.facilitator.presses("Take up: Start on time", on=offered)
    assert "already" in chat.facilitator.toast
    await chat.ada.presses_payload(vote)
    assert "taken up already" in chat.ada.toast


async def test_only_facilitators_take_up(chat: ChatSim) -> None:
    """The button stands in the room for all, and works for those who may."""
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    await chat.ada.presses("Take up…")
    assert "facilitator" in chat.ada.toast
    deltas = await said(chat)
    await chat.ada.presses_payload(f"vt.{base36(deltas[0].id)}")
    assert "facilitator" in chat.ada.toast
    assert chat.ada.page is None
    assert await decisions(chat) == ()


async def test_an_owner_is_a_member(chat: ChatSim) -> None:
    """Somebody from elsewhere, named by a forged button, is refused."""
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    stranger = await chat.store.transact(lambda store: chat.mallory.person(store).id)
    meeting = await first(chat)
    said = await chat.store.read(lambda store: store.feedback.of(meeting.id))
    await chat.facilitator.presses_payload(f"vt.{base36(said[0].id)}.{base36(stranger)}")
    await chat.facilitator.fills()
    assert await decisions(chat) == ()
    assert "not in this circle" in chat.facilitator.heard
    await takes_up(chat.facilitator)
    await chat.facilitator.fills(owner="Mallory")
    assert "not one of the choices" in chat.facilitator.errors()["owner"]
    await chat.facilitator.fills(owner="Grace")
    assert [one.owner_name for one in await decisions(chat)] == ["Grace"]


async def test_a_decision_without_an_owner(chat: ChatSim) -> None:
    """It may be left open, and be given to somebody later, who then hears of it."""
    decision = await taken_up(chat, owner="")
    assert decision.owner is None
    assert "nobody sees to it yet" in chat.card("What to change")
    await chat.facilitator.presses("Change")
    await chat.facilitator.presses("Give it to")
    await chat.facilitator.fills(owner="Linus")
    assert "Linus sees to it" in chat.facilitator.heard
    assert any("you see to it" in text for text in chat.linus.inbox())


async def test_it_is_ticked_off_by_its_owner_or_a_facilitator(chat: ChatSim) -> None:
    """Another learner may look, and no more; a stranger not even that."""
    decision = await taken_up(chat)
    for payload in (f"vd.{base36(decision.id)}", f"vx.{base36(decision.id)}", f"vg.{base36(decision.id)}"):
        await chat.grace.presses_payload(payload)
        assert "facilitator" in chat.grace.toast
    await chat.mallory.presses_payload(f"vm.{base36(decision.id)}")
    assert "for members" in chat.mallory.toast
    assert [one.state for one in await decisions(chat)] == [DecisionState.OPEN]
    await chat.ada.presses_payload(f"vx.{base36(decision.id)}")
    assert "facilitator" in chat.ada.toast
    await chat.ada.presses_payload(f"vd.{base36(decision.id)}")
    assert [one.state for one in await decisions(chat)] == [DecisionState.DONE]


async def test_done_twice_and_undone(chat: ChatSim) -> None:
    """A second tap changes nothing; “Not done after all” opens it again."""
    decision = await taken_up(chat)
    await chat.ada.presses_payload(f"vd.{base36(decision.id)}")
    done_at = (await decisions(chat))[0].done_at
    await chat.passes(hours=1)
    await chat.facilitator.presses_payload(f"vd.{base36(decision.id)}")
    assert (await decisions(chat))[0].done_at == done_at
    await chat.ada.presses("Not done after all")
    assert [one.state for one in await decisions(chat)] == [DecisionState.OPEN]
    await chat.moves_to(NEXT_CARD)
    assert "Start on time" in chat.card("Meeting 2")


async def test_a_dropped_decision_leaves_the_next_card(chat: ChatSim) -> None:
    """The summary says that it was dropped."""
    decision = await taken_up(chat)
    await chat.moves_to(NEXT_CARD)
    await chat.facilitator.presses_payload(f"vx.{base36(decision.id)}")
    await chat.passes(minutes=1)
    assert "Start on time" not in chat.card("Meeting 2")
    assert "Start on time: dropped" in chat.card("What to change")


async def test_facilitators_are_led_to_what_can_be_taken_up(chat: ChatSim) -> None:
    """Before a meeting has closed they are told how; after that a button goes there."""
    await chat.facilitator.whispers("/decisions")
    assert "“Take up…”" in chat.facilitator.heard
    assert chat.platform.seen_by(chat.facilitator.user)[-1].message.rows == ()
    decision = await taken_up(chat)
    await chat.facilitator.presses_payload(f"vx.{base36(decision.id)}")
    await chat.facilitator.whispers("/decisions")
    await chat.facilitator.presses("Take up…")
    assert "Which of these does the circle take up?" in chat.facilitator.heard


async def test_decisions_lists_what_is_open(chat: ChatSim) -> None:
    """For members; each opens what one may do with it."""
    await chat.ada.says("/decisions")
    assert "Nothing is open" in chat.ada.heard
    assert "Take up" not in chat.ada.heard
    await taken_up(chat)
    await chat.grace.whispers("/decisions")
    assert "Start on time (Ada)" in chat.grace.heard
    await chat.grace.presses("Start on time")
    assert "Ada sees to it" in chat.grace.heard
    assert "Done" not in chat.grace.heard
    await chat.ada.whispers("/decisions")
    await chat.ada.presses("Start on time")
    assert "Done" in chat.ada.heard
    assert "Drop it" not in chat.ada.heard
    await chat.mallory.says("/decisions")
    assert "for members" in chat.mallory.heard


async def test_a_decision_that_is_not_there(chat: ChatSim) -> None:
    """A button of one that is gone is answered kindly."""
    for tag in ("vd", "vr", "vx", "vg", "vm"):
        await chat.facilitator.presses_payload(f"{tag}.zz")
        assert "not there any more" in chat.facilitator.toast


async def test_a_long_decision_is_asked_again(chat: ChatSim) -> None:
    """10,000 characters are too many, and an empty one is none."""
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    await takes_up(chat.facilitator, "Start on time")
    await chat.facilitator.fills(words="x" * 10_000)
    assert "10000 characters" in chat.facilitator.errors()["words"]
    await chat.facilitator.fills(words="")
    assert "needed" in chat.facilitator.errors()["words"]
    await chat.facilitator.fills(words="<b>@everyone</b>")
    assert "<b>@everyone</b>" in chat.card("What to change")


async def test_who_gave_the_delta_is_not_told_by_taking_it_up(chat: ChatSim) -> None:
    """The decision knows its delta, and the delta knows nobody."""
    decision = await taken_up(chat, owner="")
    delta = await chat.store.read(lambda store: store.feedback.get(decision.feedback or 0))
    assert delta is not None
    assert delta.person is None


async def test_the_owner_of_a_decision_who_no_longer_has_it_is_not_told(chat: ChatSim) -> None:
    """What changed before the message went out is not said."""
    decision = await taken_up(chat, owner="")
    linus = await chat.store.transact(lambda store: chat.linus.person(store).id)
    await chat.store.transact(lambda store: store.decisions.own(decision.id, linus))
    before = len(chat.ada.inbox())
    await chat.passes(hours=1)
    assert len(chat.ada.inbox()) == before


async def test_take_up_asks_the_facilitator_alone(chat: ChatSim) -> None:
    """The card has a row for each vote and one button below; what may be taken up is shown to whoever asked."""
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    await chat.ada.presses("Vote: Louder")
    card = chat.platform.in_room(chat.room)[-1]
    labels = [[button.label for button in row] for row in card.message.rows]
    assert [len(row) for row in labels] == [1, 1, 1, 1]
    assert labels[-1] == ["Take up…"]
    before = len(chat.said())
    await chat.facilitator.presses("Take up…")
    assert len(chat.said()) == before
    offered = chat.platform.seen_by(chat.facilitator.user)[-1]
    assert offered.only_for == chat.facilitator.user
    assert offered.message.rows[0][0].label == "Take up: Louder"
    for delta in ("Start on time", "More breaks", "Louder"):
        await takes_up(chat.facilitator, delta)
        await chat.facilitator.fills()
    await chat.facilitator.presses_payload(f"vc.{base36((await first(chat)).id)}", card)
    assert "/decisions" in chat.facilitator.heard
    assert "Take up" not in chat.card("What to change")


async def test_learners_are_not_offered_to_take_up(chat: ChatSim) -> None:
    """What a facilitator reads in full offers it; a learner's does not, whatever they press on it."""
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    pages = []
    for someone, offers in ((chat.facilitator, True), (chat.ada, False)):
        await someone.says("/feedback")
        page = chat.platform.seen_by(someone.user)[-1]
        assert page.only_for == someone.user
        assert ("Take up…" in [button.label for row in page.message.rows for button in row]) is offers
        pages.append(page)
    await chat.ada.presses("Vote: Louder", pages[-1])
    voted = chat.platform.seen_by(chat.ada.user)[-1]
    assert "Take up…" not in [button.label for row in voted.message.rows for button in row]


async def test_equal_deltas_have_buttons_that_are_told_apart(chat: ChatSim) -> None:
    """Three people who want the same are three rows, and each button says which."""
    await closed_with(chat, "Louder", "Louder", "Louder")
    await chat.facilitator.presses("Take up…")
    for shown in (chat.platform.in_room(chat.room)[-1], chat.platform.seen_by(chat.facilitator.user)[-1]):
        labels = [button.label for row in shown.message.rows for button in row if "Louder" in button.label]
        assert len(labels) == len(set(labels)) == 3


async def test_nothing_is_taken_up_before_it_closes(chat: ChatSim) -> None:
    """What is not read out yet is not offered either."""
    await chat.moves_to(OVER)
    await says_it(chat.ada, delta="Hidden")
    await chat.facilitator.presses_payload(f"vc.{base36((await first(chat)).id)}")
    assert "still open" in chat.facilitator.heard
    assert "Hidden" not in chat.facilitator.heard


async def test_many_deltas_are_within_reach(chat: ChatSim) -> None:
    """A card has room for four; the others can be voted for and taken up by turning pages."""
    names = ["ada", "grace", "linus", *(f"member{number}" for number in range(5))]
    await join(chat, *names[3:])
    await chat.moves_to(OVER)
    for number, name in enumerate(names):
        await says_it(getattr(chat, name), delta=f"Change {number}")
    card = next(post for post in reversed(chat.platform.in_room(chat.room)) if "What to change" in post.text)
    assert len(card.message.rows) == 5
    await chat.facilitator.presses("Take up…")
    seen = chat.facilitator.heard
    await chat.facilitator.presses("More")
    seen += chat.facilitator.heard
    assert all(f"Take up: Change {number}" in seen for number in range(8))
    await chat.ada.presses("Read all of it")
    await chat.ada.presses("Vote: Change")
    assert "Your vote counts" in chat.ada.toast
    assert "1 vote" in chat.ada.heard


async def test_an_owner_hears_of_it_in_the_morning(chat: ChatSim) -> None:
    """What can wait does not wake anybody."""
    await closed_with(chat, "shorter breaks", "more examples", "start on time")
    await chat.moves_to(datetime(2026, 3, 10, 23, 0))
    ada = await chat.store.transact(chat.ada.person)
    await takes_up(chat.facilitator)
    await chat.facilitator.fills(owner=str(ada.id))
    assert not any("you see to it" in text for text in chat.ada.inbox())
    await chat.moves_to(datetime(2026, 3, 11, 8, 0))
    assert "you see to it" in chat.ada.inbox()[-1]


async def test_nobody_yet_is_an_answer(chat: ChatSim) -> None:
    """Who sees to it may be left open, in words that say so."""
    await closed_with(chat, "Start on time", "More breaks", "Louder")
    await takes_up(chat.facilitator, "Start on time")
    assert chat.facilitator.page is not None
    owner = chat.facilitator.page.questions[-1]
    assert owner.choices[0].label == "Nobody yet"
    assert (owner.value, owner.required) == ("0", True)
    await chat.facilitator.fills(owner="Nobody yet")
    assert [one.owner for one in await decisions(chat)] == [None]
