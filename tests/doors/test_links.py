"""Every link there is, followed by everybody: to the private chat, and into a group."""

from __future__ import annotations

import pytest

from bot.chat.forms import resume_link
from bot.chat.inbound import Command
from bot.chat.intents import Intent, base36
from bot.domain.linking import written
from bot.features.circles.intents import EditAbout, UseRoom
from bot.features.communities.intents import AddRoom
from tests.doors.acting import Actor, Outcome, check_refused
from tests.doors.allowed import ALLOWED, Where
from tests.doors.filling import draft_of
from tests.doors.trial import NOTED, Dump
from tests.doors.world import CODE, INVITE_TOKEN, ORGANIZERS_TOKEN, Who, World

BRINGS: dict[str, type[Intent]] = {"c": UseRoom, "o": AddRoom}
"""How links begin that add the bot to a group, and what they do there."""


async def follows(actor: Actor, link: str, where: Where) -> Outcome:
    """Follow a link: to the private chat, or into a group, as platforms tell of it."""
    if where is Where.PRIVATE:
        return await actor.opens(link)
    start = Command(sender=actor.sender, place=actor.place(where), name="start", words=link, page_size=12)
    return await actor.does(start)


@pytest.mark.parametrize("beginning", BRINGS)
async def test_a_link_into_a_group_is_for_those_who_may(world: World, before: Dump, beginning: str) -> None:
    """Its number says which circle or community it is for; whoever brings the bot must be somebody there."""
    row, things = ALLOWED[BRINGS[beginning]], world.things
    number = things.circle if beginning == "c" else things.community
    for who in Who:
        for where in (Where.ROOM, Where.FOREIGN):
            with world.trial.undone():
                outcome = await follows(Actor(world, who), f"{beginning}{base36(number)}", where)
                if row.allows(who) and where in row.where:
                    assert outcome.refused is None, f"{who.words}: {outcome.told}"
                elif not row.allows(who):
                    assert outcome.declined, f"{who.words}: {outcome.told}"
                    check_refused(outcome, before, world, who)


@pytest.mark.parametrize("beginning", [*BRINGS, "d"])
async def test_numbers_of_nothing_lead_nowhere(world: World, before: Dump, beginning: str) -> None:
    """A number may be counted on or made up: where nothing of one's own is, nothing happens."""
    for number in (0, 4711, 2**31, 2**63 - 1):
        for who in (Who.STRANGER, Who.FACILITATOR, Who.THERE_ORGANIZER):
            for where in Where:
                with world.trial.undone():
                    outcome = await follows(Actor(world, who), f"{beginning}{base36(number)}", where)
                    check_refused(outcome, before, world, who)


async def test_an_invitation_is_for_whoever_brings_it_first(world: World) -> None:
    """It makes a facilitator of anybody, once: the next one is told so and is nothing."""
    for who in Who:
        if ALLOWED[EditAbout].allows(who):
            continue
        with world.trial.undone():
            actor = Actor(world, who)
            outcome = await actor.opens(f"i-{INVITE_TOKEN}")
            assert outcome.refused is None, f"{who.words}: {outcome.told}"
            pressed = await actor.presses(ALLOWED[EditAbout].about(world.things).payload(), Where.PRIVATE)
            assert pressed.refused is None, f"{who.words} runs it now: {pressed.told}"
            before = world.trial.dump()
            late = await Actor(world, Who.PARTED if who is not Who.PARTED else Who.WAITING).opens(f"i-{INVITE_TOKEN}")
            assert late.declined
            assert world.trial.dump() == before


@pytest.mark.parametrize("token", [INVITE_TOKEN, ORGANIZERS_TOKEN])
async def test_an_invitation_is_not_guessed(world: World, before: Dump, token: str) -> None:
    """Whatever differs from it in a single place is worth nothing."""
    wrong = (token[:-1], token + "x", token.swapcase(), token[1:] + token[0].upper(), f" {token[:-1]}x", "", "-" * 32)
    for words in wrong:
        for who in (Who.STRANGER, Who.LEARNER):
            with world.trial.undone():
                outcome = await Actor(world, who).opens(f"i-{words}")
                assert outcome.declined, words
                check_refused(outcome, before, world, who)


async def test_a_code_that_somebody_has_brought_is_nobody_elses(world: World) -> None:
    """Whoever reads it over their shoulder cannot use it any more, and neither can its maker."""
    for who in Who:
        if who is Who.BEARER:
            continue
        with world.trial.undone():
            codes = world.trial.dump()["link_codes"]
            outcome = await Actor(world, who).opens(f"l-{written(CODE)}")
            assert "ConfirmLink" not in outcome.told, f"{who.words}: {outcome.told}"
            assert world.trial.dump()["link_codes"] == codes


async def test_a_form_is_taken_along_by_whoever_began_it(world: World) -> None:
    """The link that leads on in private is worth nothing to others: see `test_forms`; to its owner it is the form."""
    with world.trial.undone():
        draft = await draft_of(world, Who.FACILITATOR, EditAbout)
        assert (await Actor(world, Who.FACILITATOR).opens(resume_link(draft))).refused is None
        drafts = world.trial.dump(without=NOTED - {"drafts"})["drafts"]
        assert (await Actor(world, Who.ORGANIZER).opens(resume_link(draft))).declined
        assert world.trial.dump(without=NOTED - {"drafts"})["drafts"] == drafts
