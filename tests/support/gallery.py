"""Every message as a platform draws it, as a circle's whole life brings them forth: what the golden files hold.

People walk through it as in `tests.features.test_catalogue`: they say every command and press every sort of button.
What they are answered stands in a file for each feature, and what goes out by itself in "sent".
In "spanish" is what a short life in Spanish brings; in "operated" is what whoever runs the bot reads, and calendars.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from bot.assembly import assemble
from bot.chat.adapter import Ability
from bot.chat.message import Ask, Branch, Message, Redraw, Reply, Room, Say, Toast
from bot.chat.text import Mention, Text
from bot.domain.notices import Needed, WellAgain
from bot.domain.operating import Concern
from bot.features.operating import concerns
from bot.i18n import Catalogue
from tests.features.test_catalogue import DEEP, LIFE, Walker
from tests.support.chat import BEGINNING, ChatSim, Someone, lived_in
from tests.support.sim import SimPlatform, SimPost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.chat.forms import Page
    from bot.chat.message import Posted
    from storage.engine import Database

_END: Final = datetime(2026, 5, 24, 12, 0)  # a wall clock
_ADDRESS: Final = "https://circles.example"
_BY_CHANCE: Final = re.compile(r"(?<=/calendar/)[A-Za-z0-9_-]{32}|(?<=Version )[^\s,]+")
"""What differs from life to life, and from release to release."""


class Painter(Protocol):
    """Who pictures what a platform would show."""

    platform: str
    page_size: int
    abilities: frozenset[Ability]
    links: bool
    """Whether there are addresses that open the private chat or add the bot to a group."""

    def message(self, message: Message, *, whole: bool = True, toast: str = "") -> str:
        """Return the picture of a message, with a word to whoever acted."""
        ...

    def page(self, page: Page) -> str:
        """Return the picture of a form's page."""
        ...


def _as_there(message: Message, platform: str) -> Message:
    """Return a message whose people have accounts on a platform."""
    spans = [
        replace(one, accounts=((platform, "7"),)) if isinstance(one, Mention) else one for one in message.text.spans
    ]
    return replace(message, text=Text(tuple(spans), message.text.language))


@dataclass
class Gallery:
    """The pictures, by file and in order; each is hung once, and no more than a few of one sort."""

    pages: dict[str, list[str]] = field(default_factory=dict)
    _hung: set[str] = field(default_factory=set)
    _sorts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def hang(self, page: str, title: str, picture: str, sort: str, most: int = 2) -> None:
        """Add a picture unless one like it hangs already, or `most` of its sort."""
        if picture not in self._hung and self._sorts[page, sort] < most:
            self._hung.add(picture)
            self._sorts[page, sort] += 1
            self.pages.setdefault(page, []).append(f"═══ {title}\n\n{picture}\n")

    def texts(self) -> dict[str, str]:
        """Return what the files hold, by name."""
        return {page: "\n".join(pictures) for page, pictures in sorted(self.pages.items())}


@dataclass
class Sending(SimPlatform):
    """A platform that pictures what is sent.

    What goes out at once arrives in any order: here, it stands in the same one in every life.
    """

    painter: Painter | None = None
    now: Callable[[], datetime] = lambda: BEGINNING
    pictures: list[tuple[tuple[datetime, int], str, str]] = field(default_factory=list)
    """What was sent and drawn anew: when, how, and what."""
    _answers: int = 0
    _places: dict[str, tuple[tuple[datetime, int], str, str]] = field(default_factory=dict)

    @property
    def _when(self) -> tuple[datetime, int]:
        return self.now(), self._answers

    async def post(self, room: Room, message: Message, key: str) -> Posted:
        """Post a message, and picture it."""
        picture = self._pictured(message)
        self.pictures.append((self._when, "sent in private" if room.is_private else "sent in the room", picture))
        posted = await super().post(room, message, key)
        self._places[posted.message] = (self._when, room.chat, picture)
        return posted

    def _pictured(self, message: Message, *, whole: bool = True) -> str:
        assert self.painter is not None
        return self.painter.message(_as_there(message, self.painter.platform), whole=whole)

    async def edit(self, posted: Posted, message: Message) -> None:
        """Draw a card anew, and picture it."""
        if message.card:
            picture = self._pictured(message, whole=False)
            self.pictures.append((self._when, f"{message.card.kind}: drawn anew", picture))
        await super().edit(posted, message)

    def put(self, room: Room, message: Message, *, only_for: str = "", key: str = "") -> SimPost:
        """Let a message stand in a room; without a key it answers somebody."""
        post = super().put(room, message, only_for=only_for, key=key)
        if not key:
            self._answers += 1
            self._places[post.posted.message] = (self._when, "", "")
        return post

    def seen_by(self, user: str) -> list[SimPost]:
        """Return what a user can see, in the order in which every life shows it."""
        before = ((BEGINNING, 0), "", "")
        return sorted(super().seen_by(user), key=lambda post: self._places.get(post.posted.message, before))

    def hang(self, gallery: Gallery, page: str, *, drawn_anew: bool) -> None:
        """Hang the pictures of what was sent, and of what was drawn anew, too, where that is wished for."""
        for _, title, picture in sorted(self.pictures):
            if drawn_anew or title.startswith("sent"):
                gallery.hang(page, title, picture, "", 1000)


@dataclass
class Visitor(Walker):
    """A walker who has every answer pictured."""

    gallery: Gallery = field(default_factory=Gallery)
    painter: Painter | None = None

    async def whispers(self, command: str, depth: int = DEEP) -> None:
        """Say a command in private, and press all that comes."""
        await self._follows(command, await self.someone.whispers(command), depth, ending=True)

    def _looks(self, what: str, reply: Reply) -> None:
        page, title, sort = self._hung_where(what)
        painter = self.painter
        assert painter is not None
        match reply:
            case Say(message, private):
                alone = " · to them alone" if private else ""
                picture = painter.message(_as_there(message, painter.platform))
                self.gallery.hang(page, f"{title}{alone}", picture, f"{sort} say")
            case Redraw(message, toast):
                picture = painter.message(_as_there(message, painter.platform), whole=False, toast=toast)
                self.gallery.hang(page, f"{title} · drawn anew", picture, f"{sort} redraw")
            case Ask(form):
                (question, *_) = form.questions
                sort = f"{form.title} {question.field} {any(one.error for one in form.questions)}"
                self.gallery.hang("questions", title, painter.page(form), sort, 1)
            case Branch(name, start):
                self.gallery.hang(page, title, f"(a room beside it: {name}, where it hears {start})", f"{sort} branch")
            case Toast(words, alert):
                self.gallery.hang(page, title, f"({'alert' if alert else 'toast'}: {words})", f"{sort} toast")
            case None:
                pass

    def _hung_where(self, what: str) -> tuple[str, str, str]:
        """Return the page of the feature that answered, the way that led there, and what sort of answer it is."""
        by_tag = {route.intent.tag: route for route in self.chat.bot.router.routes}
        by_command = {route.intent.command: route for route in self.chat.bot.router.routes}
        first, *tags = what.removesuffix(" badly filled").removesuffix(" filled").split(" → ")
        route = by_tag.get(tags[-1]) if tags else by_command.get(first.removeprefix("/"))
        steps = [by_tag[tag].intent.__name__ if tag in by_tag else tag for tag in tags[-1:]]
        filled = " · badly filled" if what.endswith("badly filled") else " · filled" if what.endswith("filled") else ""
        sort = route.intent.tag if route else "".join(tags[-1:]) or first
        return route.feature if route else "others", f"{' → '.join([first, *steps])}{filled}", sort


class Only(Catalogue):
    """Speaks one language, whatever one wishes for."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._only = language

    def best(self, *wishes: str) -> str:
        """Return the only language there is."""
        return self._only


async def _life(
    storage: Database, painter: Painter, language: str, operators: Sequence[tuple[str, str]] = ()
) -> tuple[ChatSim, Sending]:
    """Return the lived-in chat, on a platform that pictures what it sends."""
    chat = await lived_in(storage)
    platform = Sending(
        abilities=painter.abilities,
        page_size=painter.page_size,
        posts=chat.platform.posts,
        links_private=painter.links,
        links_groups=painter.links,
        painter=painter,
        now=chat.clock.now,
    )
    chat.platform = platform
    chat.bot = assemble(
        storage,
        chat.clock,
        [platform],
        Only(language),
        address=lambda _: _ADDRESS if operators else "",
        operators=operators,
    )
    return chat, platform


async def walked(storage: Database, painter: Painter) -> Gallery:
    """Return the pictures of a life in which people press everything there is."""
    gallery = Gallery()
    chat, platform = await _life(storage, painter, "en")

    called = Message(Text.of(Mention("Ada <3 *C*"), ", are you coming?"))
    gallery.hang("others", "somebody is called by their name", painter.message(_as_there(called, painter.platform)), "")

    async def walk(*names: str, ending: bool = False) -> None:
        for name in names:
            await Visitor(chat, getattr(chat, name), gallery=gallery, painter=painter).walks(ending=ending)

    await walk("stranger", "ada", "facilitator")
    for until, names in LIFE:
        await chat.moves_to(until)
        await walk(*names)
    await walk("linus", "facilitator", "organizer", ending=True)
    await chat.moves_to(_END)
    platform.hang(gallery, "sent", drawn_anew=False)
    return gallery


async def lived_in_spanish(storage: Database, painter: Painter) -> Gallery:
    """Return the pictures of what goes out by itself in two weeks of a circle that speaks Spanish."""
    gallery = Gallery()
    chat, platform = await _life(storage, painter, "es")
    await chat.organizer.says("/community")
    await chat.organizer.presses("Resumen aquí")
    for meeting in (await chat.meetings())[:2]:
        await chat.moves_to(meeting.starts_local - timedelta(hours=1))
        for someone in (chat.ada, chat.grace):
            await someone.presses("Voy")
        await chat.moves_to(meeting.starts_local + timedelta(minutes=90))
        for someone in (chat.ada, chat.grace, chat.linus):
            await someone.presses("Plus / delta")
            await _answers(someone, "", "Más ejercicios", "4")
        await chat.moves_to(meeting.starts_local + timedelta(hours=50))
    await chat.passes(days=6)
    platform.hang(gallery, "spanish", drawn_anew=True)
    return gallery


async def operated(storage: Database, painter: Painter) -> Gallery:
    """Return the pictures of what whoever runs the bot reads and sends, and of an address for calendars."""
    gallery = Gallery()
    chat, platform = await _life(storage, painter, "en", [("sim", "u-organizer")])
    visitor = Visitor(chat, chat.organizer, gallery=gallery, painter=painter)
    await visitor.whispers("/help", 0)
    for command in ("/status", "/announce", "/calendar"):
        await visitor.whispers(command)
    await chat.passes(hours=1)
    platform.hang(gallery, "sent", drawn_anew=False)
    t = Only("en").speaker()
    for concern in Concern:
        noted = Needed(concern, platform.platform, ("7", "5"))
        gallery.hang("sent", f"{concern}", painter.message(concerns.needed(noted, 2, t)), "", 1000)
        over = concerns.well(WellAgain(concern, platform.platform), t)
        gallery.hang("sent", f"{concern}: over", painter.message(over), "", 1000)
    pictures = [_BY_CHANCE.sub("BY-CHANCE", picture) for page in gallery.pages.values() for picture in page]
    return Gallery({"operated": pictures})


async def _answers(someone: Someone, *said: str) -> None:
    """Answer as many questions as there is something to say to, on as many pages as that takes."""
    left = list(said)
    while left:
        assert someone.page is not None
        answers = {question.field: left.pop(0) for question in someone.page.questions if left}
        await someone.fills(**answers)
