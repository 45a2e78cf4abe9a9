"""Every command there is, typed and with options, by everybody, everywhere: nobody does with it what they may not."""

from __future__ import annotations

import pytest

from bot.chat.inbound import Command
from bot.chat.intents import Intent
from bot.features.circles.intents import NewCircle
from bot.forms import SaveDraft
from tests.doors.acting import Actor, Outcome, asks, check_refused, secrets_from
from tests.doors.allowed import ALLOWED, ROUTES, Least, Where, named
from tests.doors.trial import NOTED, Dump
from tests.doors.world import Who, World

COMMANDS: list[type[Intent]] = [intent for intent in ALLOWED if intent.command]
ABOUT = ("circle", "meeting", "community")
"""The options by which a command says what it is about."""
NAMING = [intent for intent in COMMANDS if intent is not NewCircle and any(field in intent.asked for field in ABOUT)]
SOMEWHERE_ELSE = {
    Who.BESIDE_LEARNER, Who.BESIDE_FACILITATOR, Who.THERE_LEARNER, Who.THERE_FACILITATOR, Who.THERE_ORGANIZER
}  # fmt: skip
"""Who may do things of their own with a command that names nothing."""


def test_commands_are_those_of_the_routes() -> None:
    """No command is left out."""
    assert {intent.command for intent in COMMANDS} == {
        route.intent.command for route in ROUTES.values() if route.intent.command
    }


@pytest.mark.parametrize("intent", COMMANDS, ids=named)
async def test_a_typed_command_is_for_those_who_may(world: World, before: Dump, intent: type[Intent]) -> None:
    """In the circle's room it is about the circle: done for those who may; nobody else changes or learns anything."""
    row = ALLOWED[intent]
    for who in Who:
        actor = Actor(world, who)
        for where in Where:
            with world.trial.undone():
                outcome = await actor.types(intent.command, "", where)
                if row.allows(who):
                    assert not outcome.declined or where not in row.where or not _is_here(who, where), (
                        f"{who.words} may not: {outcome.told}"
                    )
                    assert outcome.reply is not None
                elif who not in SOMEWHERE_ELSE:
                    assert outcome.declined or asks(outcome) or _is_nothing(outcome), f"{who.words}: {outcome.told}"
                    check_refused(outcome, before, world, who)
                else:
                    check_refused(outcome, before, world, who, besides=frozenset({"deliveries"}))  # a digest of theirs


def _is_here(who: Who, where: Where) -> bool:
    """Whether they are in the circle's room, where it goes without saying; elsewhere they choose of their own."""
    return where is Where.ROOM and "@" not in who


def _is_nothing(outcome: Outcome) -> bool:
    """Whether the answer says that there is nothing they could do this with."""
    return "not in a circle yet" in outcome.told


@pytest.mark.parametrize("intent", NAMING, ids=named)
async def test_options_name_what_one_may(world: World, before: Dump, intent: type[Intent]) -> None:
    """A command that names a circle, a meeting or a community by its number does nothing for those who may not.

    Every other option is filled in as well as it can be, so that nothing else is in the way.
    """
    row = ALLOWED[intent]
    named_by = row.about(world.things)
    about = next(field for field in ABOUT if field in intent.asked)
    options = {field: GOOD.get(field, "Words") for field, how in intent.asked.items() if field != about and how.ask}
    options[about] = str(named_by.__dict__[about])
    if "person" in options:
        options["person"] = str(world.things.learner)
    for who in Who:
        actor = Actor(world, who)
        for where in Where:
            with world.trial.undone():
                outcome = await actor.types(intent.command, "", where, **options)
                if row.allows(who):
                    assert not outcome.declined or where not in row.where or not _is_here(who, where), (
                        f"{who.words} may not: {outcome.told}"
                    )
                else:
                    refused = outcome.declined or asks(outcome) or _is_nothing(outcome)
                    assert refused, f"{who.words} may in {where}: {outcome.told}"
                    check_refused(outcome, before, world, who)


GOOD = {"when": "20 April 6pm", "to": "20 April 6pm", "scope": "one", "answer": "yes"}
"""Answers to questions that take more than words."""


async def test_nobody_begins_a_circle_in_a_community_that_is_not_theirs(world: World, before: Dump) -> None:
    """Naming it does not help: a circle is begun in a community of one's own, or in none so far."""
    outside = (Who.STRANGER, Who.PARTED, Who.THERE_LEARNER, Who.THERE_FACILITATOR, Who.THERE_ORGANIZER)
    answers = {"name": "Mine", "zone": "Madrid", "first": "20 April 6pm", "weeks": "6", "minutes": "90"}
    answers |= {"course": "x", "course_link": "https://x.example/", "place": "x", "link": "https://x.example/"}
    answers |= {"language": "en", "community": str(world.things.community)}
    for who in outside:
        for where in Where:
            with world.trial.undone():
                await Actor(world, who).types("newcircle", "", where, **answers)
                draft = world.trial.dump(without=NOTED - {"drafts"})["drafts"]
                if draft:
                    await Actor(world, who).presses(SaveDraft(draft=int(str(draft[0][0]))).payload(), where)
                ours = [row for row in world.trial.dump()["circles"] if row[1] == world.things.community]
                assert ours == [row for row in before["circles"] if row[1] == world.things.community], who.words


@pytest.mark.parametrize("intent", COMMANDS, ids=named)
async def test_completing_tells_nobodys_secrets(world: World, before: Dump, intent: type[Intent]) -> None:
    """What is offered while somebody types is what they may choose from: it names nobody else's people and drafts."""
    row, router = ALLOWED[intent], world.chat.bot.router
    for who in Who:
        if row.least in {Least.FACILITATOR, Least.ORGANIZER} and row.allows(who):
            continue
        actor = Actor(world, who)
        with world.trial.undone():
            for where in Where:
                act = Command(sender=actor.sender, place=actor.place(where), name=intent.command)
                for field in intent.asked.keys() - {"zone", "language"}:  # of which everybody is offered all
                    for words in ("", "Ada"):
                        offered = str(await router.completions(act, intent, field, words))
                        told = [secret for secret in secrets_from(who) if secret in offered]
                        assert not told, f"{who.words} is offered {told} for {field} in {where}"
            assert world.trial.dump() == before, "looking is not writing"
