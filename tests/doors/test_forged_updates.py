"""Whatever comes as an update of Telegram's, by its webhook or by polling: read or left, and nothing goes wrong.

That nobody but Telegram can bring one is tested with the webhook; here it is Telegram, or whoever knows the secret.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import given
from telegram import Bot, Update

from adapters.telegram.inbound import read
from adapters.telegram.me import Me
from adapters.telegram.turns import Answer, Turns
from adapters.telegram.updates import parsed
from tests.doors.forging import FORGERS, Forger
from tests.doors.hearing import Heard
from tests.doors.test_forged import words_of
from tests.doors.world import World
from tests.support.cases import CASES, many, told
from tests.telegram.happening import GROUP, added, said, tapped

Json = dict[str, Any]
ME: Final = Me(999, "circle_bot")
BOT: Final = Bot("1:token")
_NOBODY: Final = {"id": [], "is_bot": False, "first_name": "A"}


def updates(forger: Forger, *, shaped: bool) -> Json:
    """Return an update, bent in a few places.

    One that is `shaped` has values of the sort that Telegram sends: other ones, and some that may be missing. Else
    there may be anything anywhere.
    """
    update = _plain(forger)
    update["update_id"] = forger.one((1, 2, 2**31, 2**63))
    for _ in range(forger.chance.randrange(4)):
        forger.bend(update, partial(_like, forger=forger) if shaped else None)
    return update


def _plain(forger: Forger) -> Json:
    """Return an update as it might well come."""
    match forger.chance.randrange(6):
        case 0:
            return said(101, forger.words(), forger.one((101, GROUP)))
        case 1:
            return said(101, f"/start {forger.link()}")
        case 2:
            return said(101, f"/{forger.command()} {forger.answer()}", GROUP)
        case 3:
            return tapped(101, forger.payload(), forger.one((101, GROUP)))
        case 4:
            return added(101)
        case _:
            return said(101, "x", GROUP, migrate_from_chat_id=forger.one((-5, GROUP)))


def _like(value: object, forger: Forger) -> object:
    """Return a value of the same sort."""
    match value:
        case bool():
            return forger.now_and_then(2)
        case int():
            return forger.one((forger.chance.randrange(-(2**52), 2**52), 1, 0, -1, 101, GROUP))
        case "private" | "supergroup" | "left" | "member":
            return forger.one((value, "kicked", "group", "channel"))
        case str():
            return forger.words()
    return value


class Ours(Heard):
    """Keeps what goes wrong but that an update could not be read: that is said in the log, once and without words."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if record.name != "adapters.telegram.updates":
            super().emit(record)


@pytest.fixture
def ours() -> Iterator[Ours]:
    """What goes wrong on our side."""
    handler = Ours()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@many(150, 16_000)
@given(FORGERS)
def test_an_update_is_answered_or_left(shared_world: World, ours: Ours, runner: asyncio.Runner, forger: Forger) -> None:
    """Whatever people are called, say, and press, however large the numbers: nothing goes wrong on our side."""
    for _ in range(CASES):
        update = updates(forger, shaped=True)
        found = parsed(json.loads(json.dumps(update)), BOT)
        try:
            fact = read(found, ME) if found is not None else None
        except AttributeError:  # a status that goes with other entries
            continue
        if fact is None:
            continue
        with told(update), shared_world.trial.undone():
            reply = runner.run(shared_world.chat.bot.router.receive(fact))
            assert not ours.wrong, ours.wrong.pop()
            assert reply is None or words_of(reply).strip()


@pytest.fixture
def brought(shared_world: World, runner: asyncio.Runner) -> Callable[[Json], None]:
    """What brings an update by the webhook."""

    async def bring(update: Json) -> None:
        found = parsed(json.loads(json.dumps(update)), BOT)
        turns = Turns(receive)
        if found is not None:
            await turns.hand_in(found)
        await turns.finish(1)

    async def receive(found: Update) -> Answer | None:
        fact = read(found, ME)
        if fact is not None:
            await shared_world.chat.bot.router.receive(fact)
        return None

    return lambda update: runner.run(bring(update))


@many(100, 4_000)
@given(FORGERS)
def test_what_is_no_update_stops_nothing(shared_world: World, brought: Callable[[Json], None], forger: Forger) -> None:
    """Who knows the webhook's secret and sends nonsense is left: it is said in the log, and the next one is served."""
    for _ in range(CASES):
        update = updates(forger, shaped=False)
        with told(update), shared_world.trial.undone():
            brought(update)


def test_whoever_has_a_list_for_a_number_is_nobody(ours: Ours, brought: Callable[[Json], None]) -> None:
    """Their update cannot be told from others, nor put in their turn: it is left."""
    update = said(101, "/help")
    brought(update | {"message": update["message"] | {"from": _NOBODY}})
    assert not ours.wrong
