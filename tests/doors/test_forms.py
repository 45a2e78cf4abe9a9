"""Every form there is: begun by everybody, gone on with after the role is lost, and somebody else's."""

from __future__ import annotations

import pytest

from bot.chat.forms import resume_link
from bot.chat.intents import Intent
from bot.chat.message import Ask
from bot.forms import AmendDraft, DropDraft, ResumeDraft, SaveDraft
from tests.doors.acting import Actor, asks, check_refused
from tests.doors.allowed import ALLOWED, Where, named
from tests.doors.filling import FORMS, draft_of, fills_to_the_end, pages_of
from tests.doors.trial import NOTED, Dump
from tests.doors.world import Who, World

LATER = NOTED - {"drafts"}
MAY_BEGIN = {intent: next(who for who in Who if row.allows(who)) for intent, row in ALLOWED.items()}
"""For each intent somebody who may."""


@pytest.mark.parametrize("intent", FORMS, ids=named)
async def test_a_form_is_for_those_who_may(world: World, before: Dump, intent: type[Intent]) -> None:
    """Whoever may fills it in to its end; whoever may not is told so before the first question."""
    row = ALLOWED[intent]
    for who in Who:
        actor = Actor(world, who)
        for where in Where:
            with world.trial.undone():
                outcome = await actor.presses(row.about(world.things).payload(), where)
                if not row.allows(who):
                    assert not asks(outcome), who.words
                    check_refused(outcome, before, world, who)
                elif where in row.where and where is not Where.FOREIGN:
                    assert asks(outcome), f"{who.words} in {where}: {outcome.told}"
                    outcome = await fills_to_the_end(actor, outcome, where)
                    assert not outcome.refused, f"{who.words} in {where}: {outcome.told}"


@pytest.mark.parametrize("intent", [one for one in FORMS if not ALLOWED[one].allows(Who.STRANGER)], ids=named)
async def test_a_form_ends_with_the_role(world: World, before: Dump, intent: type[Intent]) -> None:
    """Whoever lost the role that they began it with does nothing with it, at whatever page, by answers or by "Save"."""
    pages = await pages_of(world, MAY_BEGIN[intent], intent)
    given: dict[str, str] = {}
    for page in pages:
        for who in Who:
            if ALLOWED[intent].allows(who):
                continue
            actor = Actor(world, who)
            for by in ("answers", "words", "save", "amend", "resume"):
                with world.trial.undone():
                    answers = given if by in {"answers", "words"} else given | page
                    draft = await draft_of(world, who, intent, answers=answers)
                    match by:
                        case "answers":
                            outcome = await actor.fills(draft, page)
                        case "words":
                            outcome = await actor.says(next(iter(page.values())) or "words")
                        case "save":
                            outcome = await actor.presses(SaveDraft(draft=draft).payload(), Where.PRIVATE)
                        case "amend":
                            outcome = await actor.presses(AmendDraft(draft=draft).payload(), Where.PRIVATE)
                        case _:
                            outcome = await actor.presses(ResumeDraft(draft=draft).payload(), Where.PRIVATE)
                    assert outcome.declined, f"{who.words}, {by}: {outcome.told}"
                    check_refused(outcome, before, world, who)
        given |= page


@pytest.mark.parametrize("intent", FORMS, ids=named)
async def test_a_form_is_whoever_began_its(world: World, intent: type[Intent]) -> None:
    """Nobody sees, fills in, saves, changes, drops or takes along somebody else's form."""
    owner = MAY_BEGIN[intent]
    pages = await pages_of(world, owner, intent)
    with world.trial.undone():
        draft = await draft_of(world, owner, intent, answers=pages[0])
        stands = world.trial.dump(without=LATER)
        for who in Who:
            if who is owner or {who, owner} == {Who.FACILITATOR, Who.LINKED}:
                continue
            actor = Actor(world, who)
            for where in Where:
                for what in (SaveDraft, AmendDraft, DropDraft, ResumeDraft):
                    outcome = await actor.presses(what(draft=draft).payload(), where)
                    assert outcome.declined, f"{who.words}, {what.__name__}: {outcome.told}"
                outcome = await actor.fills(draft, pages[0], where)
                assert outcome.declined, f"{who.words}: {outcome.told}"
            outcome = await actor.opens(resume_link(draft))
            assert outcome.declined, f"{who.words}: {outcome.told}"
            assert world.trial.dump(without=LATER) == stands, who.words


@pytest.mark.parametrize("intent", FORMS, ids=named)
async def test_a_form_that_is_done_is_done(world: World, intent: type[Intent]) -> None:
    """Whatever of it is sent once more, by a phone that repeats itself or by somebody who kept it, does nothing."""
    who = MAY_BEGIN[intent]
    pages, actor = await pages_of(world, who, intent), Actor(world, who)
    with world.trial.undone():
        outcome = await actor.presses(ALLOWED[intent].about(world.things).payload(), Where.PRIVATE)
        assert isinstance(outcome.reply, Ask)
        draft = outcome.reply.page.draft
        assert (await fills_to_the_end(actor, outcome, Where.PRIVATE)).refused is None
        done = world.trial.dump()
        for page in pages:
            assert (await actor.fills(draft, page)).declined
        for what in (SaveDraft, AmendDraft, DropDraft, ResumeDraft):
            assert (await actor.presses(what(draft=draft).payload(), Where.PRIVATE)).declined
        assert (await actor.opens(resume_link(draft))).declined
        assert world.trial.dump() == done
