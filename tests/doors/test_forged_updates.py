"""Whatever comes as an update of Telegram's, by its webhook or by polling: read or left, and nothing goes wrong.

That nobody but Telegram can bring one is tested with the webhook; here it is Telegram, or whoever knows the secret.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from telegram import Bot, Update

from adapters.telegram.inbound import read
from adapters.telegram.me import Me
from adapters.telegram.turns import Answer, Turns
from adapters.telegram.updates import parsed
from tests.doors.forging import WORDS, links, payloads
from tests.doors.hearing import Heard
from tests.doors.test_forged import FUZZED, words_of
from tests.doors.world import World
from tests.support.long import long
from tests.telegram.happening import GROUP, added, said, tapped

Json = dict[str, Any]
ME: Final = Me(999, "circle_bot")
BOT: Final = Bot("1:token")
_VALUES: Final = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), WORDS,
    st.sampled_from(("private", "left", "")),
    st.sampled_from(([], {}, [[]], {"id": 1}, [None], [{"text": 1}], {"inline_keyboard": [[{}]]}, {"type": "x"})),
)  # fmt: skip
_PLAIN: Final = st.one_of(
    st.builds(lambda words, chat: said(101, words, chat), WORDS, st.sampled_from((101, GROUP))),
    st.builds(lambda link: said(101, f"/start {link}"), links()),
    st.builds(lambda words: said(101, f"/link {words}", GROUP), WORDS),
    st.builds(lambda payload, chat: tapped(101, payload, chat), payloads(), st.sampled_from((101, GROUP))),
    st.builds(added, st.just(101)),
    st.builds(lambda old: said(101, "x", GROUP, migrate_from_chat_id=old), st.sampled_from((-5, GROUP))),
)


@st.composite
def updates(draw: st.DrawFn, *, shaped: bool) -> Json:
    """Return an update, bent in a few places.

    One that is `shaped` has values of the sort that Telegram sends: other ones, and some that may be missing. Else
    there may be anything anywhere.
    """
    update: Json = copy.deepcopy(draw(_PLAIN))
    update["update_id"] = draw(st.sampled_from((1, 2, 2**31, 2**63)))
    for _ in range(draw(st.integers(0, 3))):
        here: Any = update
        while True:
            keys = sorted(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inner = here[key]
            if isinstance(inner, dict | list) and inner and (shaped or draw(st.integers(0, 3))):
                here = inner
                continue
            if shaped:
                here[key] = draw(_like(inner))
            elif draw(st.integers(0, 4)):
                here[key] = copy.deepcopy(draw(_VALUES))
            else:
                del here[key]
            break
    return update


def _like(value: object) -> st.SearchStrategy[object]:
    """Return values of the same sort."""
    match value:
        case bool():
            return st.booleans()
        case int():
            return st.one_of(st.integers(-(2**52), 2**52), st.sampled_from((1, 0, -1, 101, GROUP)))
        case "private" | "supergroup" | "left" | "member":
            return st.sampled_from((value, "kicked", "group", "channel"))
        case str():
            return WORDS
    return st.just(value)


_NOBODY: Final = {"id": [], "is_bot": False, "first_name": "A"}


class Ours(Heard):
    """Keeps what goes wrong but that an update could not be read: that is said in the log, once and without words."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if record.name != "adapters.telegram.updates":
            super().emit(record)


@pytest.fixture(scope="module")
def ours() -> Iterator[Ours]:
    """What goes wrong on our side."""
    handler = Ours()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@settings(FUZZED, max_examples=long(150, 16_000))
@given(updates(shaped=True))
def test_an_update_is_answered_or_left(shared_world: World, ours: Ours, runner: asyncio.Runner, update: Json) -> None:
    """Whatever people are called, say, and press, however large the numbers: nothing goes wrong on our side."""
    found = parsed(json.loads(json.dumps(update)), BOT)
    try:
        fact = read(found, ME) if found is not None else None
    except AttributeError:  # a status that goes with other entries
        return
    if fact is None:
        return
    with shared_world.trial.undone():
        reply = runner.run(shared_world.chat.bot.router.receive(fact))
        assert not ours.wrong, ours.wrong.pop()
        assert reply is None or words_of(reply).strip()


@settings(FUZZED, max_examples=long(100, 4_000))
@given(updates(shaped=False))
@example(
    said(101, "/help")
    | {"message": said(101, "/help")["message"] | {"from": {"id": [], "is_bot": False, "first_name": "A"}}}
)
def test_what_is_no_update_stops_nothing(shared_world: World, runner: asyncio.Runner, update: Json) -> None:
    """Who knows the webhook's secret and sends nonsense is left: it is said in the log, and the next one is served."""

    async def brought() -> None:
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

    with shared_world.trial.undone():
        runner.run(brought())
