"""The web page's socket: every button, command and form by everybody, and frames that nobody's page sends."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from pydantic import ValidationError

from adapters.web.adapter import WebAdapter
from adapters.web.frames import Act, parsed
from adapters.web.inbound import PLATFORM, Speaker
from bot.assembly import assemble
from bot.chat.intents import Intent
from bot.chat.message import Message, Room, RoomKind
from bot.chat.text import Text
from bot.domain.people import Account
from bot.errors import Declined
from bot.features.communities.intents import AppointFacilitator, AppointOrganizer
from bot.forms import SaveDraft
from bot.ports import Store
from storage.transcript import SqlTranscript
from tests.doors.acting import secrets_from
from tests.doors.allowed import ALLOWED, Where, named
from tests.doors.filling import FORMS, draft_of
from tests.doors.forging import FORGERS, Forger
from tests.doors.hearing import Heard
from tests.doors.test_forms import MAY_BEGIN
from tests.doors.trial import Trial
from tests.doors.world import Who, World, made
from tests.support.cases import CASES, many, told

Json = dict[str, Any]
THERE: Final = [who for who in Who if who is not Who.LINKED]
"""Who has an account on the page: a facilitator of two others has one there, too."""
PICKED: Final[set[type[Intent]]] = {AppointFacilitator, AppointOrganizer}
"""What needs somebody to be picked, for which the page has no list."""
MET: Final = frozenset({"people", "accounts", "places", "updates_seen"})
"""Tables in which it stands who was met where."""
ADDRESS: Final = "https://circles.example"


class Page:
    """The page of everybody: each has an account there that is linked with their other one."""

    def __init__(self, world: World) -> None:
        chat = world.chat
        self.world = world
        self.adapter = WebAdapter(
            SqlTranscript(world.trial),  # type: ignore[arg-type]  # it does what it needs of a database
            chat.clock,
            chat.bot.catalogue,
            address="http://127.0.0.1",
        )
        self.bot = assemble(
            world.trial,
            chat.clock,
            [*chat.platforms, self.adapter],
            address=lambda _: ADDRESS,
            operators=[(PLATFORM, Who.OPERATOR.name)],
        )
        self.posts: dict[Who, int] = {}
        self._keys = 0

    async def open(self) -> None:
        """Let everybody be there, and something stand in their private chats on which they can press."""
        for who in THERE:
            await self.adapter.add_person(who.name, who.words)
            if who is not Who.STRANGER:
                await self.world.trial.transact(partial(self._link, who))
            room = Room(PLATFORM, who.name, kind=RoomKind.PRIVATE)
            posted = await self.adapter.post(room, Message(Text.of("Hello")), f"hello-{who.name}")
            self.posts[who] = int(posted.message)

    def _link(self, who: Who, store: Store) -> None:
        there = store.people.meet(Account(PLATFORM, who.name, who.words), "", "", self.world.chat.clock.now())
        store.linking.merge(self.world.someone(who).person(store).id, there.id)

    async def says(self, who: Who, **frame: object) -> Json:
        """Send a frame as somebody, and return its acknowledgement."""
        self._keys += 1
        return await self.heard(who, json.dumps({"key": f"k{self._keys}", "room": f"p:{who.name}", **frame}))

    async def heard(self, who: Who, text: str) -> Json:
        """Return what a frame is answered with; raises `ValidationError` where it is none."""
        frame = parsed(text)
        assert isinstance(frame, Act)
        self.world.trial.refused = None
        self.adapter._inbox = self.bot.router  # as `run` does, which goes on until it is cancelled
        return await self.adapter.answer(Speaker(who.name, who.words, "en", "UTC"), frame)

    async def presses(self, who: Who, payload: str) -> Json:
        """Press something in the private chat."""
        return await self.says(who, type="press", post=self.posts[who], payload=payload)

    @property
    def declined(self) -> bool:
        """Whether it was said that they may not."""
        return isinstance(self.world.trial.refused, Declined)


@pytest.fixture(scope="module")
def page(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page in a world of its own."""
    path = tmp_path_factory.mktemp("page") / "circlebot.sqlite3"
    shutil.copyfile(migrated_file, path)
    trial = Trial(f"sqlite:///{path}")

    async def opened() -> Page:
        page = Page(await made(trial))
        await page.open()
        return page

    yield asyncio.run(opened())
    trial.close()


@pytest.mark.parametrize("intent", list(ALLOWED), ids=named)
async def test_a_frame_is_for_those_who_may(page: Page, intent: type[Intent]) -> None:
    """Any payload may be sent over the socket, and counts as pressed by whoever's page it is."""
    row, trial = ALLOWED[intent], page.world.trial
    payload, before = row.about(page.world.things).payload(), trial.dump()
    for who in THERE:
        with trial.undone():
            ack = await page.presses(who, payload)
            assert "failed" not in ack, f"{who.words}: {ack}"
            if not row.allows(who):
                assert page.declined, f"{who.words} may: {ack}"
                assert trial.dump() == before
                assert not [secret for secret in secrets_from(who) if secret in str(ack)]
            elif Where.PRIVATE in row.where and intent not in PICKED:
                assert trial.refused is None, f"{who.words} may not: {ack}"


@pytest.mark.parametrize("intent", FORMS, ids=named)
async def test_a_page_fills_in_its_own_forms_alone(page: Page, intent: type[Intent]) -> None:
    """The number of somebody else's form opens nothing."""
    trial = page.world.trial
    with trial.undone():
        draft = await draft_of(page.world, MAY_BEGIN[intent], intent)
        before = trial.dump(without=MET)
        for who in THERE:
            if who is not MAY_BEGIN[intent]:
                await page.says(who, type="fill", draft=draft, answers={"name": "Mine", "circle": "1"})
                assert page.declined, who.words
                await page.presses(who, SaveDraft(draft=draft).payload())
                assert page.declined, who.words
        assert trial.dump(without=MET) == before


async def test_nobody_acts_in_a_room_that_is_not_theirs(page: Page) -> None:
    """Neither in somebody else's private chat, nor in a group that one is not in, nor on a message one does not see."""
    trial = page.world.trial
    with trial.undone():
        await page.adapter.add_room("closed", "Closed", made_by=Who.ORGANIZER.name)
        before = trial.dump(without=frozenset())
        for room in (f"p:{Who.FACILITATOR.name}", "g:closed", "g:room", "g:nothing", "p:nobody"):
            for frame in (
                {"type": "say", "words": "/circle"},
                {"type": "run", "command": "circle", "options": {}},
                {"type": "press", "post": 1, "payload": "ph"},
                {"type": "fill", "draft": 1, "answers": {}},
            ):
                ack = await page.says(Who.STRANGER, **{**frame, "room": room})
                assert ack["failed"] == "not_allowed", room
        theirs = page.posts[Who.FACILITATOR]
        ack = await page.says(Who.STRANGER, type="press", post=theirs, payload="ph")
        assert ack["failed"] == "not_allowed"
        assert trial.dump(without=frozenset()) == before


def _frame(forger: Forger) -> Json:
    """Return a frame as a page sends it, of parts that none sends."""
    kinds = ("say", "run", "press", "fill", "open", "clock", "person", "room", "hello", "x")
    rooms = ("p:STRANGER", "p:FACILITATOR", "g:room", "p:", "g:../x")
    entries: dict[str, Callable[[], object]] = {
        "key": lambda: forger.either(lambda: f"f{forger.chance.randrange(10**9)}", forger.words),
        "room": lambda: forger.either(lambda: forger.one(rooms), forger.words),
        "words": forger.words,
        "command": forger.command,
        "options": lambda: forger.either(forger.options, forger.json),
        "post": lambda: forger.either(forger.number, forger.json),
        "payload": forger.payload,
        "draft": lambda: forger.either(forger.number, forger.json),
        "answers": lambda: forger.either(forger.options, forger.json),
        "start": forger.link,
        "name": forger.words,
        "title": forger.words,
        "step": lambda: forger.one(("next", "hour", "day", "year")),
        "more": forger.json,
    }
    return {"type": forger.one(kinds)} | {name: made() for name, made in entries.items() if not forger.now_and_then(3)}


@many(150, 10_000)
@given(FORGERS)
def test_any_frame_is_answered_or_refused(page: Page, heard: Heard, runner: asyncio.Runner, forger: Forger) -> None:
    """What no page sends is no frame; what is one is acknowledged, and nothing goes wrong on our side."""
    for _ in range(CASES):
        who = forger.one((Who.STRANGER, Who.LEARNER, Who.ONCE_ORGANIZER))
        frame = forger.json() if forger.now_and_then(4) else _frame(forger)
        with told(frame), page.world.trial.undone(), suppress(ValidationError):
            text = json.dumps(frame)
            if isinstance(parsed(text), Act):
                ack = runner.run(page.heard(who, text))
                assert ack.get("failed") != "failed", ack
            assert not heard.wrong, heard.wrong.pop()
