"""Whatever is forged, replayed or made up, by whomever: a kind answer, no mistake of ours, and nothing done."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.inbound import Act, Command, Press, Typed
from bot.chat.message import Ask, Redraw, Reply, Say, Toast
from bot.router import LONGEST_TITLE
from tests.doors.acting import Actor
from tests.doors.allowed import ALLOWED, ROUTES, Where
from tests.doors.forging import acts, payloads
from tests.doors.hearing import Heard
from tests.doors.trial import Dump
from tests.doors.world import Who, World
from tests.support.long import long

FULL = long(1, 2) == 2
FUZZED = settings(
    deadline=None,
    derandomize=not FULL,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
POWERLESS = (Who.STRANGER, Who.ONCE_LEARNER, Who.PARTED, Who.ONCE_ORGANIZER)
"""Who is nothing anywhere: what they may do is for everybody."""
BY_TAG = {intent.tag: intent for intent in ROUTES}


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


def is_for_them(act: Act, who: Who) -> bool:
    """Whether what is sent could be something that the sender may do, of ours or of their own."""
    return not isinstance(act, Press) or _may(act.payload, who)


def _may(payload: str, who: Who) -> bool:
    """Whether somebody may do what a payload says, or what it could mean."""
    intent = BY_TAG.get(payload.partition(".")[0])
    return intent is not None and (ALLOWED[intent].allows(who) or ALLOWED[intent].own)


@settings(FUZZED, max_examples=long(200, 30_000))
@given(st.data())
def test_nothing_that_is_sent_goes_wrong(
    shared_world: World, before: Dump, heard: Heard, runner: asyncio.Runner, data: st.DataObject
) -> None:
    """Whoever sends whatever gets an answer that says something, and it was no mistake of ours."""
    _answers(shared_world, before, heard, runner, data)


@settings(FUZZED, max_examples=long(60, 4_000))
@given(st.data())
def test_nothing_goes_wrong_on_postgresql(
    postgres_world: World, heard: Heard, runner: asyncio.Runner, data: st.DataObject
) -> None:
    """Nor where the database takes neither NULs nor halves of characters nor numbers of more than 64 bits."""
    _answers(postgres_world, postgres_world.trial.dump(), heard, runner, data)


def _answers(world: World, before: Dump, heard: Heard, runner: asyncio.Runner, data: st.DataObject) -> None:
    """Let somebody send something, and look what comes of it."""
    who = data.draw(st.sampled_from(Who))
    act = data.draw(acts(world, who))
    with world.trial.undone():
        reply = runner.run(world.chat.bot.router.receive(act))
        assert not heard.wrong, heard.wrong.pop()
        assert reply is not None or _is_for_people(act), "they hear nothing"
        assert reply is None or words_of(reply).strip(), "the answer says nothing"
        if who in POWERLESS and not is_for_them(act, who):
            assert world.trial.dump() == before


def _is_for_people(act: Act) -> bool:
    """Whether words in a room may be meant for the others there."""
    return isinstance(act, Typed) and not act.place.room.is_private


@settings(FUZZED, max_examples=long(200, 40_000))
@given(st.sampled_from(POWERLESS), st.sampled_from(Where), payloads())
def test_a_forged_button_does_nothing(
    shared_world: World, before: Dump, heard: Heard, runner: asyncio.Runner, who: Who, where: Where, payload: str
) -> None:
    """Whoever is nothing in our circles changes nothing in them with any payload that is not for everybody."""
    with shared_world.trial.undone():
        outcome = runner.run(Actor(shared_world, who).presses(payload, where))
        assert not heard.wrong, heard.wrong.pop()
        assert words_of(outcome.reply).strip()
        if not _may(payload, who):
            assert outcome.declined, outcome.told
            assert shared_world.trial.dump() == before


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
