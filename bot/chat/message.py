"""What is posted: rooms, buttons, pictures, messages; and what a handler replies."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from bot.chat.text import Text
from bot.records import dataclass

if TYPE_CHECKING:
    from bot.chat.forms import Page
    from bot.chat.intents import Intent


class RoomKind(StrEnum):
    """What sort of place a room is."""

    GROUP = "group"
    """Several people read it: a group, topic, channel or thread."""
    PRIVATE = "private"
    """One person and the bot; `Room.chat` is then the person's user id on the platform."""


@dataclass(frozen=True, slots=True)
class Room:
    """A place on one platform where messages are posted; `thread` is empty where the platform has none."""

    platform: str
    chat: str
    thread: str = ""
    kind: RoomKind = RoomKind.GROUP

    @property
    def is_private(self) -> bool:
        """Whether only one person reads it."""
        return self.kind is RoomKind.PRIVATE


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands: its room and the platform's id of it."""

    room: Room
    message: str


class Style(StrEnum):
    """How much a button stands out; the label alone always says what it does."""

    PLAIN = "plain"
    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A tap that means an intent, or a link to an `http(s)` address (then `intent` is None)."""

    label: str
    intent: Intent | None = None
    style: Style = Style.PLAIN
    url: str = ""

    def __post_init__(self) -> None:
        if (self.intent is None) == (not self.url):
            message = f"a button has either an intent or an address: {self.label!r}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG image with the text alternative that says the same; `name` is a file name."""

    png: bytes
    alt: str
    name: str = "picture.png"


class Series(NamedTuple):
    """What one colour of a chart shows: a number for each label, None where there is nothing to show."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture still to be drawn (`bot.charts.draw`), which is slow: a composer returns it, whoever sends it draws it.

    Bars in groups: a group for each of `labels`, in it a bar for each of `series`. `alt` says the same in words.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    alt: str
    name: str = "chart.png"


@dataclass(frozen=True, slots=True)
class Card:
    """What a posted message shows live: `kind` names the view that draws it, `subject` is the thing's id."""

    kind: str
    subject: int


@dataclass(frozen=True, slots=True)
class Event:
    """A meeting in the platform's own calendar. `text` and `place` are plain words; `place` says where, or the link."""

    title: str
    text: str
    place: str
    starts_at: datetime
    ends_at: datetime
    is_off: bool = False
    """Whether it does not take place then, or is not to stand there any more."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to post. `rows` are rows of buttons; a row may hold up to five, a message up to five rows.

    `title` is drawn as the heading of a card where there is one. `card` says that the message shows something live,
    so that whoever posts it remembers where it stands. `silent` asks the platform not to make a sound. With `event` it
    is no message but an entry in the platform's calendar, and nothing else of it is seen.
    """

    text: Text
    rows: tuple[tuple[Button, ...], ...] = ()
    title: str = ""
    picture: Picture | Chart | None = None
    card: Card | None = None
    silent: bool = False
    event: Event | None = None

    def fingerprint(self) -> str:
        """Return a short digest of everything that is seen: equal fingerprints need no edit."""
        seen = f"{self.text.spans}{self.title!r}{self.picture}{self.card}{self.event}{_told(self.rows)}"
        return blake2b(seen.encode(), digest_size=12).hexdigest()


@lru_cache(maxsize=2048)
def _told(rows: tuple[tuple[Button, ...], ...]) -> str:
    """Return all that makes rows what they are. A card is drawn many times with the same ones: half of its digest."""
    return repr(rows)


def stacked(*buttons: Button) -> tuple[tuple[Button, ...], ...]:
    """Return rows of one button each: for labels of several words, which a phone shows whole this way."""
    return tuple((button,) for button in buttons)


def gridded(buttons: tuple[Button, ...], across: int) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons in rows of `across`."""
    return tuple(buttons[start : start + across] for start in range(0, len(buttons), across))


@dataclass(frozen=True, slots=True)
class Say:
    """Answer with a message where the person asked; `private` shows it to that person alone.

    `room` is set where it is meant for another room: that of a form which was begun there and finished privately.
    """

    message: Message
    private: bool = False
    room: Room | None = None


@dataclass(frozen=True, slots=True)
class Redraw:
    """Draw the tapped message anew, and tell the person `toast` if there is one.

    An adapter whose platform counts edits may leave the drawing to the painter and show the toast alone.
    """

    message: Message
    toast: str = ""
    marked: datetime | None = None
    """The mark on the tapped card that this drawing answers, for `Inbox.drew`; None where there is none."""
    alert: bool = False
    """Whether `toast` is a refusal that must not be missed: the message alone does not tell of it."""


@dataclass(frozen=True, slots=True)
class Toast:
    """A short word to the person who acted (plain, up to 200 characters); nothing else changes.

    `alert` asks that it stay until dismissed: for a refusal that must not be missed. One without words is shown to
    nobody: it only ends the waiting of whoever tapped.
    """

    words: str
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Show a page of questions to the person who acted; what was shown before stays."""

    page: Page


@dataclass(frozen=True, slots=True)
class Branch:
    """Open a room beside the one where it was asked (a thread). There the bot hears `start`, as if by a link.

    Only where the platform is able to (`Ability.OPEN_ROOMS`).
    """

    title: str
    start: str


Reply = Say | Redraw | Toast | Ask | Branch | None
"""What a handler answers. None: there is nothing to show to whoever acted (a repeated update, a fact noted)."""
