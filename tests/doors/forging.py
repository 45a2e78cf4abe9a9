"""What a forger sends: made of what is valid, and bent; and plain garbage.

Strange words are what takes long to think up: hypothesis brings a few, and a forger makes many cases of them by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from bot.chat.forms import resume_link
from bot.chat.inbound import Act, Command, Filled, Inbound, Joined, Left, Moved, Opened, Press, Sender, Typed
from bot.chat.intents import Intent, base36
from bot.chat.message import Posted, Room
from bot.forms import AmendDraft, DropDraft, ResumeDraft, SaveDraft
from tests.doors.acting import Actor
from tests.doors.allowed import ROUTES, Where
from tests.doors.world import CODE, INVITE_TOKEN, ORGANIZERS_TOKEN, Who, World
from tests.support.strange_words import words

T = TypeVar("T")
HUGE: Final = (2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1)
_WORDS: Final = words(("<b>", "*", "`", "=1+1", "{when}", "{name}", "0", "7" * 30, "\ud83d", "\x00\x01", "t" * 300))
_INTENTS: Final[tuple[type[Intent], ...]] = (*ROUTES, SaveDraft, AmendDraft, DropDraft, ResumeDraft)
_BENT: Final = (
    "", ".", "..", "-1", "+1", " ", "\x00", "\ud800", "\u0661\u0662", "\u216b", "\uff11", "1e9", "0x1", "00",
    "zzzzzzzzzzzzzz", "\u0130", "\u212a", "'", '"; DROP TABLE people; --', "%s", "{0}", "\n", "\u202e", "é",
    "yes", "true", "None", "?",
)  # fmt: skip
"""Parts that no payload of ours has: signs, blanks, other alphabets' digits, other spellings of a number."""
_OLD_TAGS: Final = ("zz", "a", "abcd", "RS", "rs ", "r\u017f", "aa", "q9", "?", "/rs", "form", "d", "i-")
_LINKS: Final = (
    f"i-{INVITE_TOKEN}", f"i-{ORGANIZERS_TOKEN}", "i-", "i-x", f"l-{CODE}", "l-", "l-ABCD",
    resume_link(1),
    *(f"{kind}{base36(number)}" for kind in "dco" for number in (0, 1, 2, 3, *HUGE)),
    "c", "o", "d", "c-1", "oo1", "",
)  # fmt: skip
_FIELDS: Final = (*sorted({field for intent in ROUTES for field in intent.model_fields}), "no_such", "__class__", "")
_ANSWERS: Final = (
    "yes", "one", "1", "-5", "20 April 6pm", "31 February", "9999999999999999999999", "Madrid", "en", "9:00",
    "https://x.example/", "https://[", "2 days", "1 day, 99999999999 weeks", "{when}", "{", "}", "{when.zone}",
)  # fmt: skip
_COMMANDS: Final = (
    *(route.intent.command for route in ROUTES.values() if route.intent.command),
    *("START", "Help", "nothing", "", "next@bot", "../x"),
)  # fmt: skip
_ANYTHING: Final = [
    "private",
    "left",
    "",
    [],
    {},
    [[]],
    {"id": 1},
    [None],
    [{"text": 1}],
    {"inline_keyboard": [[{}]]},
    {"type": "x"},
]
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass
class Forger:
    """Makes anything, of a few strange words: the same seed and words make the same."""

    seed: int
    strange: Sequence[str]
    chance: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)

    # What it is made of

    def one(self, things: Sequence[T]) -> T:
        """Return one of them."""
        return self.chance.choice(things)

    def now_and_then(self, of: int) -> bool:
        """Return whether it is so this time, of so many."""
        return not self.chance.randrange(of)

    def words(self) -> str:
        """Return strange words."""
        return self.one(self.strange)

    def number(self) -> int:
        """Return a number of whatever there may be."""
        return self.one(HUGE) if self.now_and_then(6) else self.chance.randrange(31)

    def either(self, *make: Callable[[], T]) -> T:
        """Return what one of them makes."""
        return self.one(make)()

    def some(self, key: Callable[[], str], value: Callable[[], T], most: int) -> dict[str, T]:
        """Return a few of them by key."""
        return {key(): value() for _ in range(self.chance.randrange(most + 1))}

    # What is on buttons and in links

    def payload(self) -> str:
        """Return a payload: valid, bent in a few places, or garbage."""
        if self.now_and_then(10):
            return self.words()[:200]
        parts = self.valid()
        for _ in range(self.chance.randrange(3)):
            at = self.chance.randrange(len(parts))
            match self.chance.randrange(7):
                case 0:
                    parts[at] = self.one(_BENT)
                case 1:
                    parts[at] += self.one(_BENT)
                case 2:
                    parts.insert(at, self.one(_BENT))
                case 3:
                    parts = parts[: at + 1]
                case 4:
                    parts[0] = self.one(_OLD_TAGS)
                case 5:
                    parts[at] = parts[at].upper()
                case _:
                    parts.extend(parts)
        return ".".join(parts)

    def valid(self) -> list[str]:
        """Return a payload of some intent in its parts, with numbers of whatever there may be."""
        intent = self.one(_INTENTS)
        return [intent.tag, *(self._part(kind) for kind in intent.riders.values())]

    def _part(self, kind: type) -> str:
        if kind is bool:
            return self.one("01")
        if kind is int:
            return base36(self.number())
        assert issubclass(kind, StrEnum)
        return str(self.one(list(kind)))

    def link(self) -> str:
        """Return what a link says: one of ours, bent, or garbage."""
        link = self.words() if self.now_and_then(3) else self.one(_LINKS)
        for _ in range(self.chance.randrange(3)):
            at = self.chance.randrange(len(link) + 1)
            link = link[:at] + self.one(_BENT) + link[at + self.chance.randrange(3) :]
        return link

    # What is said

    def answer(self) -> str:
        """Return what somebody may answer to a question."""
        return self.either(self.words, lambda: self.one(_BENT), lambda: str(self.number()), lambda: self.one(_ANSWERS))

    def field(self) -> str:
        """Return the name of something that is asked for, or of nothing."""
        return self.one(_FIELDS)

    def command(self) -> str:
        """Return the name of a command, or what is none."""
        return self.words()[:64] if self.now_and_then(4) else self.one(_COMMANDS)

    def options(self) -> dict[str, str]:
        """Return what is said along with a command, or in a form."""
        return self.some(self.field, self.answer, 4)

    def moments(self) -> dict[str, datetime]:
        """Return moments that the platform has read."""
        day = timedelta(days=1)
        return self.some(self.field, lambda: _EARLIEST + self.chance.randrange(2_590_000) * day, 2)

    def people(self) -> dict[str, str]:
        """Return the names of those who were picked, by user."""
        users = ("u-ada", "u-bob", "1", "x" * 64, str(self.number()))
        return self.some(lambda: self.one(users), self.words, 2)

    def act(self, world: World, who: Who) -> Act:
        """Return something that somebody might send from anywhere, with a name of any sort."""
        actor = Actor(world, who)
        place, sender = actor.place(self.one(list(Where))), self.sender(actor.sender)
        common: dict[str, Any] = {"sender": sender, "place": place, "page_size": self.one((1, 5, 12))}
        match self.chance.randrange(10):
            case 0 | 1 | 2 | 3:
                on = self.one((None, Posted(place.room, "1"), Posted(place.room, "9" * 30)))
                return Press(**common, payload=self.payload(), posted=on, is_aside=self.now_and_then(2))
            case 4:
                return Opened(**common, start=self.link())
            case 5:
                return Joined(**common)
            case 6:
                return Typed(**common, words=self.answer())
            case 7:
                said = self.either(self.link, self.answer)
                moments, options = self.moments(), self.options()
                return Command(**common, name=self.command(), words=said, options=options, moments=moments)
            case _:
                return Filled(
                    **common,
                    draft=self.number(),
                    answers=self.options(),
                    kept=tuple(self.field() for _ in range(self.chance.randrange(3))),
                    moments=self.moments(),
                    people=self.people(),
                )

    def sender(self, sender: Sender) -> Sender:
        """Return somebody, now and then with another name and other hints."""
        if not self.now_and_then(3):
            return sender
        return Sender(
            sender.platform,
            sender.user,
            self.words(),
            self.one(("", "en", "xx-" * 9, "../..", "es\x00")),
            self.one(("", "UTC", "Mars/Phobos", "../etc", "\ud800")),
            self.now_and_then(2),
        )

    def happening(self) -> Inbound:
        """Return what happens to a room of no importance."""
        room = Room("sim", self.one(("elsewhere-2", "u-stranger", "-100")), self.one(("", "7")))
        if self.now_and_then(2):
            return Left(room=room, muted=self.now_and_then(2))
        return Moved(old=room, new=Room("sim", self.one(("new-1", "new-2"))))

    # What JSON says

    def json(self, depth: int = 3) -> object:
        """Return anything that JSON can say."""
        plain: list[Callable[[], object]] = [
            lambda: self.one((None, True, False, 0, 1, -1, 0.5, 1e300, -0.0)),
            lambda: self.chance.randrange(-(2**70), 2**70),
            self.words,
        ]
        if depth and self.now_and_then(3):
            return [self.json(depth - 1) for _ in range(self.chance.randrange(4))]
        if depth and self.now_and_then(3):
            return self.some(self.words, lambda: self.json(depth - 1), 3)
        return self.one(plain)()

    def bend(self, told: dict[str, Any], instead: Callable[[object], object] | None = None) -> None:
        """Put something else into one place of what JSON tells: anything, or nothing, unless it is said what."""
        here: Any = told
        while keys := sorted(here) if isinstance(here, dict) else range(len(here)):
            key = self.one(list(keys))
            inner = here[key]
            if isinstance(inner, dict | list) and inner and (instead or not self.now_and_then(4)):
                here = inner
                continue
            if instead is not None:
                here[key] = instead(inner)
            elif self.now_and_then(5):
                del here[key]
            else:
                here[key] = self.either(self.json, lambda: deepcopy(self.one(_ANYTHING)))
            break


FORGERS: Final = st.builds(Forger, st.integers(0, 2**64), st.lists(_WORDS, min_size=3, max_size=8))
