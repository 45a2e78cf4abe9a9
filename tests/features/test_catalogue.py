"""A circle's whole life in the pseudo-language: whatever is not marked there, no translator can reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.assembly import assemble
from bot.chat.adapter import Ability
from bot.chat.forms import Question
from bot.chat.intents import Kind
from bot.chat.message import Ask, Message, Redraw, Reply, Say
from bot.chat.text import Text
from bot.i18n import PSEUDO, Catalogue
from storage.engine import Database
from tests.support.chat import ChatSim, Someone, lived_in
from tests.support.pseudo import bypassing, unmarked
from tests.support.sim import SimPlatform, SimPost

OWN = (
    *(
        "Fatima",
        "Olga",
        "Ada",
        "Grace",
        "Linus",
        "Stranger",
        "Library circles",
        "Python for beginners",
        "Python basics",
    ),
    *(f"Unit {number}" for number in range(1, 7)),
    *("A few words", "https://meet.example/py", "https://example.org", "The room", "2 days", "22:00", PSEUDO, "UTC"),
)
"""What people wrote in this life."""
ENDING = ("cx", "ce", "cd", "ck", "cv", "cy", "mc", "mb", "mk", "mm", "oa")
"""Tags of what would end it too early, or put its meetings off."""
DEEP = 5
"""How many buttons are pressed one after the other."""
SEEN = 20
"""How far back people scroll."""
SELDOM = {"TakeSeat", "LetGo", "TakeBack", "ReopenCircle", "AddRoom", "DigestHere", "RemoveOrganizer"}
"""What takes more than a walk to come by; the features' own tests press these."""
ABLE = {"AppointOrganizer", "AppointFacilitator", "OpenRoomFor"}
"""What can be pressed only where a platform is able to."""
LINKING = {"LinkAccount", "EnterCode", "ConfirmLink", "ShowAccounts", "UnlinkAccount"}
"""What can be pressed only where several platforms are served."""
LIFE = (
    (datetime(2026, 3, 10, 16, 30), ("linus", "organizer")),  # wall clocks
    (datetime(2026, 3, 10, 19, 30), ("ada", "grace", "facilitator")),
    (datetime(2026, 3, 13, 12, 0), ("facilitator", "linus")),
    (datetime(2026, 3, 24, 12, 0), ("organizer",)),
)
"""When who walks: before the first meeting, at its end, after its summary, two weeks on."""
LONGEST_ID = 2
"""How many digits ids have here, in base 36: of buttons that differ in ids alone, one is pressed."""


def test_what_is_unmarked_is_found() -> None:
    """The check can fail: it sees through marks within marks, and passes over people's own words."""
    assert unmarked("⟦a⟦b⟧c⟧ d ⟦e⟧") == " d "
    assert bypassing(_message("⟦Hello Ada⟧"), []) == []
    assert bypassing(_message("⟦Hello⟧ Ada"), []) == ["⟦Hello⟧ Ada"]
    assert bypassing(_message("⟦Hello⟧ Ada, 5!"), ["Ada"]) == []


def _message(words: str) -> Message:
    return Message(Text.of(words))


@dataclass
class Walker:
    """Somebody who says everything there is to say and presses every sort of button they see."""

    chat: ChatSim
    someone: Someone
    pressed: set[str] = field(default_factory=set)
    found: set[tuple[str, str]] = field(default_factory=set)

    async def walks(self, *, ending: bool = False) -> None:
        """Say every command here and in private, and follow what comes."""
        seen = [(post, post.message) for post in self.chat.platform.seen_by(self.someone.user)[-SEEN:]]
        for post, message in seen:  # as it stood when they came: what they press changes some of it
            await self._presses("a post", message, post, DEEP, ending=ending)
        for help_ in await self.chat.bot.router.commands(PSEUDO):
            if help_.intent.tag in ENDING and not ending:
                continue
            for say in (self.someone.says, self.someone.whispers):
                await self._follows(f"/{help_.name}", await say(f"/{help_.name}"), DEEP, ending=ending)
        for words in ("/nonsense", "/hepl", "hello"):
            await self._follows(words, await self.someone.whispers(words), 0, ending=ending)

    async def _follows(self, what: str, reply: Reply, depth: int, *, ending: bool) -> None:
        self._looks(what, reply)
        pages = 0
        while isinstance(reply, Ask) and pages < 15:
            pages += 1
            answers = {question.field: _answer(question) for question in reply.page.questions}
            self.someone.page = reply.page
            if pages == 1:
                self._looks(f"{what} badly filled", await self.someone.fills(**dict.fromkeys(answers, "\u00a1!")))
                self.someone.page = reply.page
            reply = await self.someone.fills(**answers)
            self._looks(f"{what} filled", reply)
        message = reply.message if isinstance(reply, Say | Redraw) else None
        if message is not None and depth:
            post = self.chat.platform.seen_by(self.someone.user)[-1]
            await self._presses(what, message, post, depth, ending=ending)

    async def _presses(self, what: str, message: Message, post: SimPost, depth: int, *, ending: bool) -> None:
        for payload in _payloads(message):
            tag, shape = payload.partition(".")[0], _shape(payload)
            if shape not in self.pressed and (ending or tag not in ENDING):
                self.pressed.add(shape)
                reply = await self.someone.presses_payload(payload, post)
                await self._follows(f"{what} → {tag}", reply, depth - 1, ending=ending)

    def _looks(self, what: str, reply: Reply) -> None:
        self.found |= {(what, words) for words in bypassing(reply, OWN)}


def _payloads(message: Message) -> Iterator[str]:
    for row in message.rows:
        yield from (button.intent.payload() for button in row if button.intent is not None)


def _shape(payload: str) -> str:
    """Return a payload without its ids."""
    tag, *parts = payload.split(".")
    return ".".join([tag, *(part if len(part) > LONGEST_ID or part in {"0", "1"} else "#" for part in parts)])


def _answer(question: Question) -> str:
    """Return an answer that is as good as any."""
    if question.kind is Kind.CHOICE:
        return question.choices[-1].value
    if question.kind is Kind.PERSON:
        return "u-grace"
    return {
        Kind.WHEN: "1 June 2026 18:00",
        Kind.NUMBER: question.value or "6",
        Kind.LINK: "https://example.org",
        Kind.SEARCH: "Europe/Madrid",
    }.get(question.kind, question.value or ("22:00" if "quiet" in question.field else "A few words"))


class OnlyPseudo(Catalogue):
    """Speaks the pseudo-language, whatever one wishes for."""

    def best(self, *wishes: str) -> str:
        """Return the only language there is."""
        return PSEUDO


async def in_pseudo(storage: Database) -> ChatSim:
    """Return a lived-in chat that speaks the pseudo-language from now on, and a stranger in it."""
    chat = await lived_in(storage)
    chat.bot = assemble(
        chat.storage,
        chat.clock,
        [chat.platform],
        OnlyPseudo(),
        address=lambda _: "https://circles.example.org",
        operators=[(chat.platform.platform, chat.organizer.user)],
    )
    assert chat.stranger.name not in chat.said()
    return chat


async def walk(chat: ChatSim, *names: str, ending: bool = False) -> tuple[set[tuple[str, str]], set[str]]:
    """Return what bypasses the catalogue on people's walks, and the tags of all that was pressed."""
    found: set[tuple[str, str]] = set()
    pressed: set[str] = set()
    for name in names:
        walker = Walker(chat, getattr(chat, name))
        await walker.walks(ending=ending)
        found |= walker.found
        pressed |= {shape.partition(".")[0] for shape in walker.pressed}
    return found, pressed


def posted(chat: ChatSim) -> set[tuple[str, str]]:
    """Return what bypasses the catalogue in anything that stands anywhere."""
    return {
        (f"post in {post.posted.room.chat}", words)
        for post in chat.platform.posts
        for words in bypassing(post.message, OWN)
    }


async def test_everything_can_be_translated(sqlite_database: Database) -> None:
    """Before, on the day, after it, at the end: every command, every sort of button, every message that goes out."""
    chat = await in_pseudo(sqlite_database)
    walks = [await walk(chat, "stranger", "ada", "facilitator")]
    for until, names in LIFE:
        await chat.moves_to(until)
        walks.append(await walk(chat, *names))
    walks.append(await walk(chat, "linus", "facilitator", "organizer", ending=True))
    await chat.moves_to(datetime(2026, 5, 24, 12, 0))  # a wall clock
    assert sorted(set[tuple[str, str]]().union(*(found for found, _ in walks)) | posted(chat)) == []
    pressed = set[str]().union(*(tags for _, tags in walks))
    missed = {route.intent.__name__ for route in chat.bot.router.routes if route.intent.tag not in pressed}
    commands = {one.intent.__name__ for one in await chat.bot.router.commands("en")} | {"Start"}
    assert missed - commands <= SELDOM | ABLE | LINKING, "the walk must lead past everything, or it proves little"


async def test_what_only_some_platforms_are_able_to_can_be_translated(sqlite_database: Database) -> None:
    """Where people can be picked and rooms opened, that is said in everybody's language, too."""
    chat = await in_pseudo(sqlite_database)
    chat.platform.abilities = frozenset({Ability.PICK_PEOPLE, Ability.OPEN_ROOMS})
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("⟦Invite…")
    walks = [await walk(chat, "facilitator", "organizer")]
    await chat.moves_to(LIFE[0][0])
    assert sorted(set[tuple[str, str]]().union(*(found for found, _ in walks)) | posted(chat)) == []
    pressed = set[str]().union(*(tags for _, tags in walks))
    able = {route.intent.tag for route in chat.bot.router.routes if route.intent.__name__ in ABLE}
    assert able <= pressed


async def test_what_takes_several_platforms_can_be_translated(sqlite_database: Database) -> None:
    """Linking accounts, and parting them again, with all that the other account hears of it."""
    chat = await in_pseudo(sqlite_database)
    chat.beside.append(SimPlatform("echo"))
    chat.bot = assemble(chat.storage, chat.clock, chat.platforms, OnlyPseudo())
    there, found = chat.account("ada", "echo"), []
    await there.whispers("/link 0000-0000-0000")
    await there.presses("⟦I have a code")
    await there.fills(code="no code")
    await chat.ada.whispers("/link")
    (code,) = re.findall(r"/link (\w{4}-\w{4}-\w{4})", chat.ada.heard)
    for words in (f"/join {chat.circle}", "/join Python", f"/link {code}", "⟦Link", "/link", "/me", "⟦Accounts"):
        reply = await (there.presses(words) if words.startswith("⟦") else there.whispers(words))
        found += bypassing(reply, [*OWN, "Sim", "Echo", code])
    for words in ("⟦Unlink Sim", "⟦Keep it", "⟦Unlink Sim", "⟦Yes, unlink"):
        found += bypassing(await there.presses(words), [*OWN, "Sim", "Echo"])
    heard = [post.message for platform in chat.platforms for post in platform.posts]
    found += [words for message in heard for words in bypassing(message, [*OWN, "Sim", "Echo", code])]
    assert found == []
    assert len([text for text in chat.ada.inbox() if "linked" in text]) == 2
