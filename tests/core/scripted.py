"""A tiny feature to try the core with: a form that asks every kind of question, and handlers that do as told.

What was done is written down in the real database (`settings`), so that a test sees what a rollback leaves.
"""

# Long because every kind of question and answer is tried with one feature.

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Annotated, TypeVar

from bot.chat.forms import Choice, Page
from bot.chat.inbound import Command, Filled, Inbound, Opened, Place, Press, Sender, Typed
from bot.chat.intents import Asked, Intent, Kind
from bot.chat.message import Ask, Message, Redraw, Reply, Room, Say, Toast
from bot.chat.text import Bold, Text
from bot.clock import MovableClock
from bot.context import Context
from bot.errors import BadAnswers, Declined, StorageBusy
from bot.feature import Feature
from bot.i18n import N_
from bot.router import Router
from bot.rules import anyone
from storage.engine import Database
from tests.support.sim import PLATFORM, group, private

T = TypeVar("T", bound=Reply)
_keys = count(1)


class Colour(StrEnum):
    """A few to choose from."""

    RED = "red"
    BLUE = "blue"


class Everything(Intent, tag="tev", command="everything", summary=N_("Ask everything"), title=N_("All"), confirm=True):
    """A question of each kind."""

    name: Annotated[str, Asked(N_("Which name?"), longest=20)]
    story: Annotated[str, Asked(N_("Which story?"), kind=Kind.LONG)] = ""
    colour: Annotated[
        Colour, Asked(N_("Which colour?"), kind=Kind.CHOICE, labels={"red": N_("Bright red"), "blue": N_("Dark blue")})
    ]
    pet: Annotated[int, Asked(N_("Which pet?"), kind=Kind.CHOICE, choices="pets")]
    zone: Annotated[str, Asked(N_("Which zone?"), kind=Kind.SEARCH, choices="scripted_zones")]
    when: Annotated[datetime, Asked(N_("When?"), kind=Kind.WHEN, hint=N_("For example “Tuesday 6pm”"))]
    number: Annotated[int, Asked(N_("How many?"), kind=Kind.NUMBER, least=2, most=52, value="6")] = 6
    link: Annotated[str, Asked(N_("Which link?"), kind=Kind.LINK)] = ""
    sure: Annotated[bool, Asked(N_("Sure?"), kind=Kind.CHOICE)] = False


class Feed(Intent, tag="tfe", command="feed", summary=N_("Feed a pet"), title=N_("Feed")):
    """A pet that goes without saying, and words that a handler may refuse."""

    food: Annotated[str, Asked(N_("Which food?"))]
    pet: Annotated[int, Asked(N_("Which pet?"), kind=Kind.CHOICE, choices="pets", presumed="first_pet")]


class Walk(Intent, tag="twa", command="walk", summary=N_("Walk a pet"), title=N_("Walk"), confirm=True):
    """The same, looked back on."""

    when: Annotated[datetime, Asked(N_("When?"), kind=Kind.WHEN)]
    pet: Annotated[int, Asked(N_("Which pet?"), kind=Kind.CHOICE, choices="pets", presumed="first_pet")]


class Find(Intent, tag="tfi", command="find", summary=N_("Find pets")):
    """Words that are never asked for."""

    words: Annotated[str, Asked(N_("Which words?"), ask=False, longest=50)] = ""


class Own(Intent, tag="tow", title=N_("Your words")):
    """Questions in people's own words, braces and all; which ones hangs on the pet."""

    pet: int
    first: Annotated[str, Asked("")] = ""
    second: Annotated[str, Asked("")] = ""


class Lonely(Intent, tag="tlo", command="lonely", summary=N_("Choose from nothing"), title=N_("Lonely")):
    """Nothing to choose from: of no matter for the one, the end for the other."""

    words: Annotated[str, Asked(N_("Which words?"))]
    maybe: Annotated[int, Asked(N_("Which one?"), kind=Kind.CHOICE, choices="nothing")] = 0
    needed: Annotated[int, Asked(N_("Which one?"), kind=Kind.CHOICE, choices="nothing")]


class Shout(Intent, tag="tsh", command="shout", summary=N_("Shout in the room"), title=N_("Shout")):
    """Words for everybody, with whom it goes without saying; for those who run the room, in red."""

    words: Annotated[str, Asked(N_("Which words?"))]
    whose: Annotated[str, Asked(N_("In whose name?"), presumed="the_room")]


class Deed(StrEnum):
    """What the handler is to do."""

    SAVE = "save"
    DECLINE = "decline"
    RAMBLE = "ramble"
    BREAK = "break"
    BUSY = "busy"
    REFUSE = "refuse"
    TOAST = "toast"
    REDRAW = "redraw"


class Peek(Intent, tag="tpe"):
    """Look at who runs the room without having said so."""


class Do(Intent, tag="tdo"):
    """Do as the button says."""

    deed: Deed


class Start(Intent, tag="tst", command="start"):
    """Say hello."""

    brought: Annotated[str, Asked(N_("Which link?"), ask=False)] = ""


PETS = {"1": "Rex", "2": "Mia {the} cat", "3": "<b>Bo</b>"}
scripted = Feature("scripted")


def wrote(ctx: Context, what: object) -> None:
    """Write down that something was done, once more."""
    done = json.loads(ctx.store.settings.get("done") or "[]")
    ctx.store.settings.put("done", json.dumps([*done, str(what)]))


@scripted.chooses("pets")
def pets(ctx: Context, words: str) -> Sequence[Choice]:
    """Offer the pets."""
    return [Choice(value, label) for value, label in PETS.items()]


@scripted.chooses("nothing")
def nothing(ctx: Context, words: str) -> Sequence[Choice]:
    """Offer nothing."""
    return []


@scripted.chooses("scripted_zones")
def zones(ctx: Context, words: str) -> Sequence[Choice]:
    """Offer the zones whose labels have the words."""
    known = {"Europe/Madrid": "Madrid", "Asia/Tokyo": "Tokyo", "UTC": "Nowhere"}
    wanted = words.casefold()
    return [Choice(zone, label) for zone, label in known.items() if wanted in f"{zone} {label}".casefold()]


@scripted.presumes("first_pet")
def first_pet(ctx: Context) -> int | None:
    """Presume Rex, but not for strangers called Nobody."""
    return None if ctx.person.name == "Nobody" else 1


@scripted.handles(Everything, allow=anyone)
def everything(intent: Everything, ctx: Context) -> Reply:
    """Write it all down."""
    wrote(ctx, intent.model_dump_json())
    return Say(Message(ctx.t("Done.")))


@scripted.handles(Feed, allow=anyone)
def feed(intent: Feed, ctx: Context) -> Reply:
    """Refuse stones; say what was fed to whom."""
    wrote(ctx, f"{intent.food} to {intent.pet}")
    if intent.food == "stones":
        raise BadAnswers({"food": ctx.t("Nobody eats {food}.", food=Bold(intent.food))})
    if intent.food == "nothing":
        raise BadAnswers({"pet": ctx.t("It would be hungry.")})
    return Say(Message(ctx.t("Fed.")))


@scripted.handles(Walk, allow=anyone)
def walk(intent: Walk, ctx: Context) -> Reply:
    """Say who walks when."""
    wrote(ctx, f"{intent.pet} at {intent.when}")
    return Say(Message(ctx.t("Walked.")))


@scripted.handles(Find, allow=anyone)
def find(intent: Find, ctx: Context) -> Reply:
    """Say for what was searched."""
    return Say(Message(ctx.t("Looked for {words}.", words=intent.words)))


def own_questions(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Ask in words of one's own; the second only where the first was answered."""
    asked = {"first": Asked("What {do} you } want?", hint="{not} a template", verbatim=True)}
    if known.get("first"):
        asked["second"] = Asked("And {what} else?", verbatim=True, value="{nothing}")
    return asked


def pets_only(intent: Own, ctx: Context) -> None:
    """Let people ask about Rex alone."""
    if intent.pet != 1:
        raise Declined(ctx.t("That pet is not yours."))


@scripted.handles(Own, allow=pets_only, asks=own_questions)
def own(intent: Own, ctx: Context) -> Reply:
    """Write down what was answered."""
    wrote(ctx, f"{intent.first}+{intent.second}")
    return Say(Message(ctx.t("Thank you.")))


@scripted.handles(Lonely, allow=anyone)
def lonely(intent: Lonely, ctx: Context) -> Reply:
    """Never get here."""
    raise AssertionError(intent)


@scripted.presumes("the_room")
def the_room(ctx: Context) -> str | None:
    """Presume the room."""
    return None if ctx.room.is_private else ctx.room.chat


def not_in_the_library(intent: Shout, ctx: Context) -> None:
    """Let people shout anywhere else."""
    if ctx.room.chat == "library":
        raise Declined(ctx.t("Shh."))


@scripted.handles(Shout, allow=not_in_the_library, minds_who_runs=True)
def shout(intent: Shout, ctx: Context) -> Reply:
    """Say it to everybody, or to its writer alone where it is a secret; draw anew where it is drawn."""
    wrote(ctx, f"{intent.words} in {ctx.room.chat} of {intent.whose}{', who runs it' if ctx.runs_room else ''}")
    if intent.words == "stones":
        raise BadAnswers({"words": ctx.t("Nobody shouts that.")})
    return Say(Message(ctx.t("{words}!", words=intent.words)), private=intent.words == "secret")


@scripted.handles(Do, allow=anyone)
def do(intent: Do, ctx: Context) -> Reply:  # one for each deed
    """Write it down first, then do as told."""
    wrote(ctx, intent.deed)
    words = "word " * 60
    match intent.deed:
        case Deed.SAVE:
            return Toast("Saved.")
        case Deed.DECLINE:
            raise Declined(ctx.t("No, {name}.", name=ctx.person.name))
        case Deed.RAMBLE:
            raise Declined(Text.of(words))
        case Deed.BREAK:
            raise RuntimeError("a secret that a person wrote")
        case Deed.BUSY:
            raise StorageBusy("locked")
        case Deed.REFUSE:
            raise BadAnswers({"deed": ctx.t("Not that.")})
        case Deed.TOAST:
            return Toast(words)
        case Deed.REDRAW:
            return Redraw(Message(Text.of("card")), toast=words)


@scripted.handles(Peek, allow=anyone)
def peek(_: Peek, ctx: Context) -> Reply:
    """Look."""
    return Toast(str(ctx.runs_room))


@scripted.handles(Start, allow=anyone)
def start(intent: Start, ctx: Context) -> Reply:
    """Greet."""
    return Say(Message(ctx.t("Hello, {name}. {brought}", name=ctx.person.name, brought=intent.brought)))


@dataclass
class Talk:
    """One person, or several, talking to a router."""

    router: Router
    storage: Database
    clock: MovableClock
    page_size: int = 12
    name: str = "Ada"
    language: str = ""
    zone: str = "Europe/Madrid"
    room: Room = field(default_factory=lambda: group("room"))
    runs_room: bool = False

    async def says(self, words: str, **options: str) -> Reply:
        """Say something: a command, or plain words."""
        if not words.startswith("/"):
            return await self.does(Typed(words=words, **self.act))  # type: ignore[arg-type]  # each of its own type
        name, _, rest = words[1:].partition(" ")
        return await self.does(Command(name=name, words=rest, options=options, **self.act))  # type: ignore[arg-type]

    async def presses(self, pressed: Intent | str) -> Reply:
        """Press a button."""
        payload = pressed if isinstance(pressed, str) else pressed.payload()
        return await self.does(Press(payload=payload, **self.act))  # type: ignore[arg-type]

    async def fills(self, page: Page, **answers: str) -> Reply:
        """Send a page; what is not in `answers` stays empty."""
        given = {question.field: answers.get(question.field, "") for question in page.questions}
        return await self.does(Filled(draft=page.draft, answers=given, **self.act))  # type: ignore[arg-type]

    async def keeps(self, page: Page, *fields: str, **answers: str) -> Reply:
        """Send a page; for `fields`, what stood in them."""
        return await self.does(Filled(draft=page.draft, answers=answers, kept=fields, **self.act))  # type: ignore[arg-type]

    async def opens(self, start: str = "") -> Reply:
        """Open the private chat."""
        self.room = private(self.name)
        return await self.does(Opened(start=start, **self.act))  # type: ignore[arg-type]

    async def does(self, inbound: Inbound) -> Reply:
        """Hand anything in."""
        return await self.router.receive(inbound)

    async def done(self) -> list[str]:
        """Return what was done and kept."""
        kept: str | None = await self.storage.read(lambda store: store.settings.get("done"))
        done: list[str] = json.loads(kept or "[]")
        return done

    async def waits(self, **span: float) -> None:
        """Let time pass."""
        self.clock.move_to(self.clock.now() + timedelta(**span))

    @property
    def act(self) -> dict[str, object]:
        """What every act of this person has."""
        return {
            "sender": Sender(PLATFORM, self.name, self.name, self.language, self.zone, self.runs_room),
            "place": Place(self.room),
            "key": f"scripted:{next(_keys)}",
            "page_size": self.page_size,
        }


def page_of(reply: Reply) -> Page:
    """Return the page that is asked."""
    assert isinstance(reply, Ask), reply
    return reply.page


def said(reply: Reply) -> str:
    """Return the words of an answer."""
    match reply:
        case Say(message) | Redraw(message):
            return str(message.text)
        case Toast(words):
            return words
    raise AssertionError(reply)


def button(reply: Reply, label: str) -> Intent:
    """Return what a button of a message means."""
    assert isinstance(reply, Say), reply
    (found,) = [one.intent for row in reply.message.rows for one in row if one.label == label]
    assert found is not None
    return found
