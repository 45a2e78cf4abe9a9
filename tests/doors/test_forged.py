"""Whatever is forged, replayed or made up, by whomever: a kind answer, no mistake of ours, and nothing done."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given

from bot.chat.inbound import Act, Command, Filled, Inbound, Press, Typed
from bot.chat.message import Ask, Redraw, Reply, Say, Toast
from bot.router import LONGEST_TITLE
from tests.doors.acting import Actor, check_refused
from tests.doors.allowed import ALLOWED, ROUTES, Where
from tests.doors.forging import FORGERS, Forger
from tests.doors.hearing import Heard
from tests.doors.trial import Dump
from tests.doors.world import Who, World
from tests.support.cases import CASES, many, told

POWERLESS = (Who.STRANGER, Who.ONCE_LEARNER, Who.PARTED, Who.ONCE_ORGANIZER)
"""Who is nothing anywhere: what they may do is for everybody."""
BY_TAG = {intent.tag: intent for intent in ROUTES}
BY_COMMAND = {intent.command: intent for intent in ROUTES if intent.command}


def words_of(reply: Reply) -> str:
    """Return what a reply says."""
    match reply:
        case Say(message) | Redraw(message):
            return f"{message.title}{message.text}"
        case Toast(words):
            return words
        case Ask(page):
            return page.title
    return ""


def _may(act: Act, who: Who) -> bool:
    """Whether what is sent could be something that the sender may do, of ours or of their own."""
    match act:
        case Press(payload=payload):
            intent = BY_TAG.get(payload.partition(".")[0])
        case Command(name=name):
            intent = BY_COMMAND.get(name.casefold())
        case Filled():  # nobody is in the middle of a form
            return False
        case _:
            return True
    return intent is not None and (ALLOWED[intent].allows(who) or ALLOWED[intent].own)


@many(200, 30_000)
@given(FORGERS)
def test_nothing_that_is_sent_goes_wrong(
    shared_world: World, heard: Heard, runner: asyncio.Runner, forger: Forger
) -> None:
    """Whoever sends whatever, one thing after the other, gets an answer, and it was no mistake of ours."""
    _answers(shared_world, heard, runner, forger)


@many(100, 10_000)
@given(FORGERS)
def test_nothing_goes_wrong_on_postgresql(
    postgres_world: World, heard: Heard, runner: asyncio.Runner, forger: Forger
) -> None:
    """Nor where the database takes neither NULs nor halves of characters nor numbers of more than 64 bits."""
    _answers(postgres_world, heard, runner, forger)


def _answers(world: World, heard: Heard, runner: asyncio.Runner, forger: Forger) -> None:
    """Let people send things, and look what comes of each."""
    with world.trial.undone():
        for _ in range(CASES):
            sent: Inbound = forger.happening() if forger.now_and_then(40) else forger.act(world, forger.one(list(Who)))
            with told(sent):
                reply = runner.run(world.chat.bot.router.receive(sent))
                assert not heard.wrong, heard.wrong.pop()
                assert reply is not None or _needs_no_answer(sent), "they hear nothing"
                assert reply is None or words_of(reply).strip(), "the answer says nothing"


def _needs_no_answer(sent: Inbound) -> bool:
    """Whether nobody did it, or it may be meant for the others in a room."""
    return not isinstance(sent, Act) or (isinstance(sent, Typed) and not sent.place.room.is_private)


@many(200, 40_000)
@given(FORGERS)
def test_whoever_is_nothing_does_nothing(
    shared_world: World, before: Dump, heard: Heard, runner: asyncio.Runner, forger: Forger
) -> None:
    """They change nothing with any button, command or form that is not for everybody, and hear so."""
    for _ in range(CASES):
        who = forger.one(POWERLESS)
        act = forger.act(shared_world, who)
        with told(act), shared_world.trial.undone():
            outcome = runner.run(Actor(shared_world, who).does(act))
            assert not heard.wrong, heard.wrong.pop()
            if not _may(act, who):
                check_refused(outcome, before, shared_world, who)
                assert outcome.declined or isinstance(act, Command), outcome.told  # some find nothing to be declined


@pytest.mark.parametrize("who", [Who.STRANGER, Who.FACILITATOR, Who.ORGANIZER])
async def test_a_button_that_names_nothing_is_from_an_older_time(world: World, who: Who) -> None:
    """Nobody is asked page after page for a form that can never be done, since it is about nothing."""
    for route in ROUTES.values():
        needed = {field for field, info in route.intent.model_fields.items() if info.is_required()}
        if needed - route.intent.asked.keys():
            with world.trial.undone():
                outcome = await Actor(world, who).presses(route.intent.tag, Where.PRIVATE)
                assert "older time" in outcome.told, route.intent.__name__


@pytest.mark.parametrize("title", ["\ud83d half", "a\x00b", "\u202egnp", "x" * 5000])
async def test_a_room_may_be_called_anything(world: World, title: str) -> None:
    """What stands in a room's name that cannot be stored or shown is left out: the room works like any other."""
    actor = Actor(world, Who.LEARNER)
    place = replace(actor.place(Where.ROOM), title=title, space_title=title)
    outcome = await actor.does(Command(sender=actor.sender, place=place, name="next", page_size=5))
    assert outcome.refused is None
    kept = await world.trial.read(lambda store: store.places.find(place.room))
    assert kept is not None
    assert len(kept.title) <= LONGEST_TITLE
    assert not set(kept.title) & set("\ud83d\x00\u202e")
