"""The web adapter on a real server and a real database, before a scripted core: the port's other side."""

# Long because the script, the stage and the visitor are one play, which every test of the page puts on.

from __future__ import annotations

import asyncio
import json
import struct
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from adapters.web.adapter import WebAdapter
from adapters.web.clockbar import NextDue
from adapters.web.server import Server, application
from bot.chat.adapter import CommandHelp
from bot.chat.forms import Choice, Page, Question
from bot.chat.inbound import Act, Command, Filled, Inbound, Joined, Opened, Press, Typed
from bot.chat.intents import Asked, Intent, Kind, known_from_payload
from bot.chat.message import (
    Ask,
    Button,
    Card,
    Message,
    Picture,
    Posted,
    Redraw,
    Reply,
    Room,
    RoomKind,
    Say,
    Style,
    Toast,
)
from bot.chat.text import Bold, Link, Mention, Moment, Shape, Text, paragraphs
from bot.chat.text import Typed as TypedSpan
from bot.clock import MovableClock
from bot.i18n import Catalogue
from storage.engine import Database
from storage.transcript import SqlTranscript
from tests.support.patience import PATIENCE

BEGINNING = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


class Reached(StrEnum):
    """An answer."""

    YES = "yes"
    NO = "no"


class Answered(Intent, tag="zza"):
    """A button of the scripted card."""

    answer: Reached


class Meet(Intent, tag="zzm", command="meet", summary="Arrange a meeting", examples=("Tuesday 6pm",)):
    """A command with typed options."""

    when: Annotated[datetime, Asked("When is it?", Kind.WHEN, hint="Such as: Tuesday 6pm")]
    city: Annotated[str, Asked("Which city?", Kind.SEARCH, choices="cities")] = ""
    size: Annotated[int, Asked("How many people?", Kind.NUMBER)] = 5


class Next(Intent, tag="zzn", command="next", summary="The next meeting"):
    """A command without options."""


class Help(Intent, tag="zzh", command="help", summary="What I can do"):
    """Another."""


def png(width: int = 320, height: int = 120) -> bytes:
    """Return a small picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x9d\xc4\xb5" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def invitation(coming: Sequence[str]) -> Message:
    """Return the scripted card."""
    names = ", ".join(coming) or "nobody yet"
    return Message(
        paragraphs(
            Text.of(
                Moment(BEGINNING + timedelta(days=2, hours=3), "Europe/Madrid"),
                "\nOnline: ",
                Link("the meeting room", "https://example.org/room"),
            ),
            Text.of(Bold(f"{len(coming)} coming"), f": {names}"),
            Text.of(
                "Begins ",
                Moment(BEGINNING + timedelta(days=2, hours=3), "Europe/Madrid", Shape.RELATIVE),
                ". Type ",
                TypedSpan("/meet"),
                " for another. Led by ",
                Mention("Ada", (("web", "ada"),)),
                ".",
            ),
        ),
        rows=(
            (
                Button("I'm coming", Answered(answer=Reached.YES), Style.SUCCESS),
                Button("Can't make it", Answered(answer=Reached.NO)),
            ),
            (Button("Course page", url="https://example.org/course"),),
        ),
        title="Meeting 3: Loops & <b>lists</b>",
        card=Card("meeting", 3),
    )


FORM = Page(
    draft=7,
    title="A new circle",
    intro=Text.of("Two things to begin with."),
    questions=(
        Question("title", "What is it called?", Kind.SHORT, hint="Such as: Python for beginners"),
        Question("about", "What is it about?", Kind.LONG, required=False),
        Question("day", "Which day?", Kind.CHOICE, choices=(Choice("mo", "Monday"), Choice("tu", "Tuesday"))),
    ),
    steps=2,
)


@dataclass
class ScriptedInbox:
    """The core's part, played by a script that remembers what it was told."""

    heard: list[Inbound] = field(default_factory=list)
    stood: list[tuple[Card, Posted]] = field(default_factory=list)
    coming: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    hold: asyncio.Event | None = None
    """While set and not lifted, nothing is answered."""

    def minds_who_runs(self, act: Act) -> bool:
        """Say that it does not matter."""
        del act
        return False

    async def recall(self, key: str) -> str:
        """Return nothing: the page keeps its own transcript."""
        del key
        return ""

    async def keep(self, key: str, words: str) -> None:
        """Keep nothing, as above."""

    async def receive(self, inbound: Inbound) -> Reply:
        """Answer by the script; a repeated key is answered with nothing, as the core does."""
        if self.hold is not None:
            await self.hold.wait()
        if inbound.key in self.keys:
            return None
        if inbound.key:
            self.keys.add(inbound.key)
        self.heard.append(inbound)
        match inbound:
            case Command():
                return self._commanded(inbound)
            case Press():
                return self._pressed(inbound)
            case Filled(answers=answers):
                return self._filled(answers)
            case _:
                return self._greeted(inbound)

    def _commanded(self, command: Command) -> Reply:
        match command.name:
            case "next":
                return Say(invitation(list(self.coming.values())))
            case "shout":
                return Say(Message(Text.of("Fire!")), room=GROUP)
            case "secret":
                return Say(Message(Text.of("The surprise is cake.")), private=True)
            case "newcircle":
                return Ask(FORM)
            case "chart":
                return Say(Message(Text.of("Here it is."), picture=Picture(png(), "Turnout: 3, 5 and 4 people")))
            case "break":
                raise RuntimeError("a mistake of ours")
        return Toast(f"There is no /{command.name}.", alert=True)

    def _greeted(self, inbound: Inbound) -> Reply:
        match inbound:
            case Opened(start=start):
                return Say(Message(Text.of(f"Welcome! {start}".strip())))
            case Joined(place=place):
                return Say(Message(Text.of(f"Hello, {place.title}.")))
            case Typed(words=words):
                return Say(Message(Text.of("You said: ", words)))
        return None

    def _pressed(self, press: Press) -> Reply:
        answer = known_from_payload(Answered, press.payload)["answer"]
        if answer is Reached.YES:
            self.coming[press.sender.user] = press.sender.name
        else:
            self.coming.pop(press.sender.user, None)
        return Redraw(invitation(list(self.coming.values())), toast="Noted, thank you.")

    def _filled(self, answers: Any) -> Reply:  # noqa: ANN401  # a mapping of strings
        if len(answers.get("title", "")) < 3:
            title, *others = FORM.questions
            wrong = Question(
                title.field,
                title.prompt,
                title.kind,
                title.hint,
                value=answers["title"],
                error="A little longer, please.",
            )
            kept = tuple(
                Question(q.field, q.prompt, q.kind, q.hint, q.required, q.longest, q.choices, answers.get(q.field, ""))
                for q in others
            )
            return Ask(Page(FORM.draft, FORM.title, (wrong, *kept), FORM.intro, steps=2))
        return Say(Message(Text.of("Made: ", Bold(answers["title"]))))

    async def stands(self, card: Card, posted: Posted, message: Message) -> None:
        """Remember where a card stands."""
        self.stood.append((card, posted))

    def drew(self, posted: Posted, reply: Redraw) -> None:
        """Do nothing: the page waits until it is noted."""

    async def commands(self, language: str) -> Sequence[CommandHelp]:
        """Return the script's commands."""
        names = ((Next, "próxima"), (Meet, ""), (Help, ""))
        return [CommandHelp(each.command, each.summary, each, named=named) for each, named in names]

    async def completions(
        self, inbound: Inbound, intent: type[Intent], field: str, words: str
    ) -> Sequence[tuple[str, str]]:
        """Complete cities."""
        cities = [("mad", "Madrid"), ("mal", "Malmö"), ("osl", "Oslo")]
        return [pair for pair in cities if words.lower() in pair[1].lower()]


@dataclass
class ScriptedRehearsal:
    """A clock that stands still until moved, with one thing due."""

    clock: MovableClock
    due: NextDue | None = None
    moves: list[datetime] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the clock's present."""
        return self.clock.now()

    async def next_due(self, language: str = "") -> NextDue | None:
        """Return the one thing, while it is due; in Spanish it is called otherwise."""
        if self.due is not None and language.startswith("es"):
            return replace(self.due, label="recordatorio: Python for beginners")
        return self.due

    async def advance_to(self, instant: datetime) -> None:
        """Move, and do what is due."""
        self.clock.move_to(instant)
        self.moves.append(instant)
        if self.due and self.due.at <= instant:
            self.due = None


@dataclass
class WebPlatform:
    """The adapter, up."""

    adapter: WebAdapter
    inbox: ScriptedInbox
    clock: MovableClock
    rehearsal: ScriptedRehearsal
    server: Server

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server.port}"

    @asynccontextmanager
    async def page(
        self, user: str = "", *, since: int = 0, cookies: CookieJar | None = None, language: str = "en"
    ) -> AsyncIterator[Visitor]:
        """Yield a page that has said hello and was welcomed."""
        jar = cookies or CookieJar(unsafe=True)
        async with (
            ClientSession(cookie_jar=jar) as http,
            http.ws_connect(f"{self.address}/ws", origin=self.address) as socket,
        ):
            visitor = Visitor(socket)
            await visitor.tell(
                type="hello", since=since, language=language, zone="Europe/Madrid", **({"as": user} if user else {})
            )
            visitor.welcome = await visitor.wait_for("welcome")
            yield visitor


@dataclass
class Visitor:
    """The wire's other end: what a page does, without the page."""

    socket: ClientWebSocketResponse
    welcome: dict[str, Any] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)
    keys: int = 0

    async def tell(self, **frame: object) -> None:
        """Send a frame, written as a browser writes it."""
        await self.socket.send_str(json.dumps(frame, ensure_ascii=False))

    async def hear(self) -> dict[str, Any]:
        """Return the next frame."""
        message = await self.socket.receive(PATIENCE)
        assert message.type is WSMsgType.TEXT, message
        frame: dict[str, Any] = json.loads(message.data)
        self.heard.append(frame)
        return frame

    async def wait_for(self, kind: str, **having: object) -> dict[str, Any]:
        """Return the next frame of a kind with these values."""
        while True:
            frame = await self.hear()
            if frame["type"] == kind and all(frame.get(name) == value for name, value in having.items()):
                return frame

    async def act(self, **frame: object) -> dict[str, Any]:
        """Do something and return its acknowledgement."""
        self.keys += 1
        key = str(frame.setdefault("key", f"k{id(self)}-{self.keys}"))
        await self.tell(**frame)
        return await self.wait_for("ack", key=key)

    async def says(self, room: str, words: str) -> dict[str, Any]:
        """Say something in a room."""
        return await self.act(type="say", room=room, words=words)

    async def posts(self, count: int) -> list[dict[str, Any]]:
        """Return the posts heard so far, waiting until there are `count`; edits count for themselves."""
        while len(found := self.all_posts()) < count:
            await self.hear()
        return found

    def all_posts(self) -> list[dict[str, Any]]:
        """Return every post heard so far, edits for themselves."""
        return [post for frame in self.heard if frame["type"] == "posts" for post in frame["posts"]]


def words_of(post: dict[str, Any]) -> str:
    """Return a post's bare words."""
    body = post["body"]
    if "words" in body:
        return str(body["words"])
    return "".join(span if isinstance(span, str) else str(next(iter(span.values()))) for span in body["spans"])


GROUP = Room("web", "python", kind=RoomKind.GROUP)


@asynccontextmanager
async def platform(
    database: Database,
    *,
    demo: bool = True,
    inbox: ScriptedInbox | None = None,
    catalogue: Catalogue | None = None,
    port: int = 0,
    clock: MovableClock | None = None,
) -> AsyncIterator[WebPlatform]:
    """Yield the adapter on a free port, with Ada, Ben and one room."""
    clock = clock or MovableClock(source=lambda: BEGINNING)
    rehearsal = ScriptedRehearsal(clock, NextDue(BEGINNING + timedelta(hours=5), "reminder: Python for beginners"))
    adapter = WebAdapter(
        SqlTranscript(database),
        clock,
        catalogue or Catalogue(),
        address="http://127.0.0.1",
        rehearsal=rehearsal if demo else None,
    )
    inbox = inbox or ScriptedInbox()

    async def health() -> dict[str, object]:
        return {"ok": True}

    server = Server(application(health, page=adapter), "127.0.0.1", port)
    await server.start()
    adapter.address = f"http://127.0.0.1:{server.port}"
    running = asyncio.create_task(adapter.run(inbox))
    await asyncio.sleep(0)
    try:
        await adapter.add_person("ada", "Ada Lovelace")
        await adapter.add_person("ben", "Ben")
        await adapter.add_room("python", "Python for beginners", made_by="ada")
        yield WebPlatform(adapter, inbox, clock, rehearsal, server)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await server.stop()
