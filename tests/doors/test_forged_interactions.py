"""Whatever comes over Discord's gateway, by the real library: answered or left, and nothing goes wrong.

An interaction is Discord's word, but what stands in it is people's, and of sorts that may be new tomorrow.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import given

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.letter import PLATFORM
from bot.assembly import assemble
from bot.chat.intents import base36
from bot.domain.people import Account
from bot.ports import Store
from tests.discord.people import Person
from tests.discord.server.doing import Answered, Did, Interaction
from tests.discord.server.state import Message
from tests.discord.serving import made, running, up
from tests.discord.world import World as Discord
from tests.discord.world import started
from tests.doors.allowed import ALLOWED
from tests.doors.forging import FORGERS, Forger
from tests.doors.hearing import Heard
from tests.doors.test_forged import BY_COMMAND, BY_TAG
from tests.doors.world import Who, World
from tests.support.cases import CASES, many, told

Json = dict[str, Any]
POWERLESS: Final = (Who.STRANGER, Who.ONCE_LEARNER, Who.ONCE_ORGANIZER)
THERE: Final = (*POWERLESS, Who.LEARNER, Who.FACILITATOR, Who.ORGANIZER)
MARK: Final = "unmistakable"
"""Stands in the names of people and places, and in what is said."""
_TYPES: Final = (*range(12), 17, 18, 19, 21, 22, 23, 99)
"""Of options, components and parts of forms: some there are, some there may be."""


class Gateway:
    """Discord with everybody on one server, and the bot before the world's core.

    `bend` is done to an interaction before it is told.
    """

    def __init__(self, dc: Discord, world: World) -> None:
        self.dc, self.world = dc, world
        self.guild = dc.guild(f"{MARK} library")
        self.people = {who: self.guild.person(f"{MARK} {who.name}") for who in THERE}
        self.room = self.guild.channels()[0]
        self.opened: Interaction | None = None
        """What forms have opened for."""
        self.card = dc.server.messages.say(self.room, {"content": f"A card, {MARK}"}, {})

    async def settle(self) -> None:
        """Let everybody be here who they are elsewhere."""
        for who, person in self.people.items():
            if who is not Who.STRANGER:
                await self.world.trial.transact(partial(self._link, who, person))

    def _link(self, who: Who, person: Person, store: Store) -> None:
        here = store.people.meet(Account(PLATFORM, str(person.id), who.words), "", "", self.world.chat.clock.now())
        store.linking.merge(self.world.someone(who).person(store).id, here.id)

    def happens(self, who: Who, did: Did, data: Json, forger: Forger) -> Interaction:
        """Let somebody do something, in the room or in their private talk."""
        person = self.people[who]
        where = person.direct if forger.now_and_then(3) else self.room
        source: Message | None = self.card if did is Did.COMPONENT or forger.now_and_then(3) else None
        opener = self.opened if did is Did.FORM else None
        return self.dc.server.interactions.happens(did, person.user, where, data, source, opener)

    def asks_for_help(self) -> Interaction:
        """Let somebody give a command that is as it should be."""
        data = {"id": "1", "type": 1, "name": "help"}
        return self.dc.server.interactions.happens(Did.COMMAND, self.people[Who.LEARNER].user, self.room, data)

    @contextmanager
    def bent(self, forger: Forger) -> Iterator[list[Json]]:
        """Tell everything bent meanwhile; yield what was told."""
        straight, bent = self.dc.gateway.dispatch, list[Json]()

        def dispatch(guild: int | None, event: str, data: Json) -> bool:
            for _ in range(forger.chance.randrange(1, 4)):
                forger.bend(data)
            bent.append(data)
            return straight(guild, event, data)

        self.dc.realm.dispatch = dispatch
        try:
            yield bent
        finally:
            self.dc.realm.dispatch = straight

    def clear(self) -> None:
        """Forget what happened."""
        realm = self.dc.realm
        for kept in (realm.interactions, realm.calls, realm.refusals, realm.failed):
            kept.clear()


@pytest.fixture
def gateway(shared_world: World, runner: asyncio.Runner, caplog: pytest.LogCaptureFixture) -> Iterator[Gateway]:
    """The gateway, with the bot on it."""
    caplog.set_level(logging.INFO)
    stack = AsyncExitStack()

    async def opened() -> Gateway:
        dc = await stack.enter_async_context(started())
        here = Gateway(dc, shared_world)
        await here.settle()
        adapter: DiscordAdapter = made(dc)
        chat = shared_world.chat
        bot = assemble(shared_world.trial, chat.clock, [*chat.platforms, adapter])
        await stack.enter_async_context(running(dc, adapter, bot.router))
        await up(adapter)
        await dc.until(lambda: bool(dc.realm.commands))
        here.opened = here.asks_for_help()
        await _is_answered(here, here.opened)
        return here

    with shared_world.trial.undone():
        yield runner.run(opened())
        runner.run(stack.aclose())


# What is forged


def _done(forger: Forger) -> tuple[Did, Json]:
    """Return something that somebody may have done, of parts that Discord does not send, or does not send yet."""
    did = forger.one(list(Did))
    match did:
        case Did.COMPONENT:
            kind = 2 if forger.now_and_then(2) else forger.one(_TYPES)
            data: Json = {"custom_id": _payload(forger), "component_type": kind, "id": 1}
            if forger.now_and_then(3):
                data["values"] = [forger.answer() for _ in range(forger.chance.randrange(3))]
        case Did.FORM:
            form = forger.either(lambda: f"form.{base36(forger.number())}", forger.words, forger.payload)
            data = {"custom_id": form, "components": [_part(forger) for _ in range(forger.chance.randrange(6))]}
        case _:
            options = [_option(forger) for _ in range(forger.chance.randrange(4))]
            if options and did is Did.TYPING:
                options[0]["focused"] = True
            data = {"id": "1", "type": 1, "name": forger.command(), "options": options}
            if forger.now_and_then(4):
                data["type"] = forger.one((2, 3, 4, 9))
    if forger.now_and_then(3):
        data["resolved"] = forger.some(lambda: forger.one(("users", "members", "channels", "x")), forger.json, 3)
    for _ in range(forger.chance.randrange(3)):
        forger.bend(data)
    return did, data


def _payload(forger: Forger) -> str:
    """Return what a button says: with what tells two of the same apart, or longer than Discord allows."""
    payload = forger.payload() + forger.one(("", "", "#2", "#", ":1", "x" * 100))
    return f"{payload}{MARK}" if forger.now_and_then(20) else payload


def _option(forger: Forger) -> Json:
    """Return something that is said along with a command."""
    value = forger.either(forger.answer, forger.words, forger.number, forger.json, lambda: f"{MARK} {forger.words()}")
    option: Json = {"name": forger.field(), "type": forger.one(_TYPES), "value": value}
    if forger.now_and_then(5):
        option["options"] = [{"name": forger.field(), "type": 3, "value": forger.answer()}]
    return option


def _part(forger: Forger) -> Json:
    """Return a part of a form."""
    inner: Json = {"type": forger.one(_TYPES), "id": 3, "custom_id": forger.field()}
    if forger.now_and_then(2):
        inner["value"] = forger.either(forger.answer, forger.json, lambda: f"{MARK} {forger.words()}")
    else:
        inner["values"] = forger.either(lambda: [forger.answer()], lambda: [forger.json()], forger.json)
    return forger.one(({"type": 18, "id": 2, "component": inner}, {"type": 1, "components": [inner]}, inner))


def _may(did: Did, data: Json) -> bool:
    """Whether it could be something that is for everybody."""
    if did is Did.COMPONENT:
        intent = BY_TAG.get(str(data.get("custom_id")).partition(".")[0].partition("#")[0])
    else:
        intent = BY_COMMAND.get(str(data.get("name")).casefold()) if did is Did.COMMAND else None
    return intent is not None and (ALLOWED[intent].allows(Who.STRANGER) or ALLOWED[intent].own)


# What comes of it


@many(150, 6_000)
@given(FORGERS)
def test_whatever_an_interaction_says_is_answered(
    gateway: Gateway, heard: Heard, runner: asyncio.Runner, forger: Forger
) -> None:
    """Of unknown sorts, too long, without what there always is: an answer that Discord takes, and nothing is done."""
    gateway.clear()
    before = gateway.world.trial.dump()
    with gateway.world.trial.undone():
        for _ in range(CASES):
            who, (did, data) = forger.one(THERE), _done(forger)
            with told((who, did, data)), gateway.world.trial.undone():
                runner.run(_is_answered(gateway, gateway.happens(who, did, data, forger), heard))
                assert not gateway.dc.refusals
                assert not gateway.dc.violations
                if who in POWERLESS and not _may(did, data):
                    after = gateway.world.trial.dump()
                    assert [name for name in before if before[name] != after[name]] == []


_EVENTS: Final = (
    "GUILD_CREATE", "GUILD_DELETE", "MESSAGE_CREATE", "VOICE_STATE_UPDATE", "ENTITLEMENT_CREATE", "USER_UPDATE",
    "APPLICATION_COMMAND_PERMISSIONS_UPDATE", "NEVER_HEARD_OF",
)  # fmt: skip


@many(150, 2_000)
@given(FORGERS)
def test_what_nobody_asked_for_is_passed_over(gateway: Gateway, runner: asyncio.Runner, forger: Forger) -> None:
    """Whatever else Discord tells of, and however: nothing of it is read, over the same connection."""
    gateway.clear()
    introductions = len(gateway.dc.gateway.introductions)
    with gateway.world.trial.undone():
        for _ in range(CASES):
            gateway.dc.gateway.dispatch(gateway.guild.id, forger.one(_EVENTS), {"id": forger.json(), "guild_id": []})
        runner.run(_is_answered(gateway, gateway.asks_for_help()))
    assert len(gateway.dc.gateway.introductions) == introductions


async def _is_answered(gateway: Gateway, interaction: Interaction, heard: Heard | None = None) -> None:
    wrong = [] if heard is None else heard.wrong
    await gateway.dc.until(lambda: interaction.settled.is_set() or bool(wrong))
    await gateway.dc.quiet()
    assert not wrong, wrong.pop()
    assert not interaction.has_failed
    if interaction.did is not Did.TYPING:
        assert interaction.shown.strip() or interaction.answered is Answered.LATER_IN_PLACE


@many(150, 6_000)
@given(FORGERS)
def test_whatever_comes_over_the_gateway_the_next_is_answered(
    gateway: Gateway, runner: asyncio.Runner, caplog: pytest.LogCaptureFixture, forger: Forger
) -> None:
    """Without an id, without a token, with a list for a channel: it is left, over the same connection."""
    gateway.clear()
    caplog.clear()
    introductions = len(gateway.dc.gateway.introductions)
    with gateway.world.trial.undone():
        with gateway.bent(forger) as bent, told(bent):
            for _ in range(CASES):
                did, data = _done(forger)
                gateway.happens(forger.one(POWERLESS), did, data, forger)
        with told(bent):
            runner.run(_is_answered(gateway, gateway.asks_for_help()))
    assert len(gateway.dc.gateway.introductions) == introductions
    logged = "\n".join(f"{one.getMessage()} {one.exc_text}" for one in caplog.records if "aiohttp" not in one.name)
    assert MARK not in logged
    assert not [one.token for one in gateway.dc.realm.interactions.values() if one.token in logged]
