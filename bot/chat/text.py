"""Text as meaning, never as markup: a sequence of spans that each platform draws in its own way.

A template is filled with spans, so word order is the translator's, and a member called `<b>`, `*Ada*` or `@everyone`
is a plain string in a span of its own that no platform ever reads as markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from bot.records import dataclass


@dataclass(frozen=True, slots=True)
class Bold:
    """Words that stand out."""

    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Typed:
    """Something to type as it stands, such as a command: drawn in a fixed-width face."""

    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Slash:
    """A command of ours, by its own name, in a sentence: drawn as what each reader calls it where the platform can.

    The translator finds them in its templates; nothing that people write becomes one.
    """

    name: str

    def __str__(self) -> str:
        return f"/{self.name}"


class Shape(StrEnum):
    """How a moment is shown."""

    FULL = "full"
    """Weekday, date and time of day."""
    DATE = "date"
    TIME = "time"
    RELATIVE = "relative"
    """Such as "in 2 days"."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, shown in each reader's own zone where the platform can.

    `zone` is the IANA name of the zone in which it is shown, and which is then named, where the platform cannot.
    """

    at: datetime
    zone: str
    shape: Shape = Shape.FULL

    def __str__(self) -> str:
        return self.at.isoformat()


@dataclass(frozen=True, slots=True)
class Mention:
    """A person. Drawn as the platform's mention where `accounts` has an account there, else as the plain name.

    `accounts` holds (platform, user id) pairs. Whether it notifies is the adapter's matter; a card never does.
    """

    name: str
    accounts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an `http(s)` address."""

    words: str
    url: str

    def __str__(self) -> str:
        return self.words


_MARKED = (Bold, Typed)
Span = str | Bold | Typed | Slash | Moment | Mention | Link


@dataclass(frozen=True, slots=True)
class Text:
    """Spans in reading order; a newline inside a string is a line break, a blank line parts paragraphs.

    `language` (BCP 47) is the one that its words were written in, empty where nobody said: for screen readers, and for
    how times are written. It makes no difference to what is shown, so texts that differ in nothing else are equal.
    """

    spans: tuple[Span, ...] = ()
    language: str = field(default="", compare=False, repr=False)

    @classmethod
    def of(cls, *parts: Span | Text, language: str = "") -> Text:
        """Return one text made of spans and texts in order; what has no words is left out.

        It is in the language given, else in that of the first text in it that has one.
        """
        spans: list[Span] = []
        for part in parts:
            if isinstance(part, str):
                if part:
                    spans.append(part)
            elif isinstance(part, Text):
                spans += part.spans
                language = language or part.language
            elif not isinstance(part, _MARKED) or part.words:
                spans.append(part)
        return cls(tuple(spans), language)

    def __add__(self, other: Span | Text) -> Text:
        return Text.of(self, other)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __str__(self) -> str:
        """Return the bare words: for logs, tests and places that take no markup."""
        return "".join(map(str, self.spans))


def joined(parts: Iterable[Span | Text], between: str = "\n") -> Text:
    """Return the non-empty parts with `between` between them."""
    out: list[Span | Text] = []
    for part in parts:
        if not part:
            continue
        if out:
            out.append(between)
        out.append(part)
    return Text.of(*out)


def lines(*parts: Span | Text) -> Text:
    """Return the non-empty parts, each on a line of its own."""
    return joined(parts, "\n")


def paragraphs(*parts: Span | Text) -> Text:
    """Return the non-empty parts with a blank line between them."""
    return joined(parts, "\n\n")
