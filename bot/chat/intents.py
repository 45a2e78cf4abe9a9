"""An intent: one thing people can ask of the bot, declared once.

The class is the slash command's options, the text command's arguments, the button's payload and the form's questions.
A class says its tag (two or three letters, never reused), and each field that a person may be asked for says so with
`Asked`. Fields of known width (ids, `StrEnum`, `bool`) ride on a button; that they fit is checked when the class is
defined, and so is that a question is of the kind that its field takes.

    class Rsvp(Intent, tag="rs"):
        meeting: int
        answer: Answer

    Rsvp(meeting=42, answer=Answer.YES).payload() == "rs.16.yes"
"""

# No `from __future__ import annotations`, here and where intents are declared: it makes text of them, which pydantic
# compiles one by one, and those of Intent's class variables anew for each intent. That took a twentieth of a start.

import re
import types
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar, Self, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import Unparsable
from bot.records import dataclass

PAYLOAD_BYTES = 64
"""The tighter of the platforms' limits (Telegram's callback_data)."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_INT_WIDTH = 13  # 2**63 - 1 in base 36
_TAG = re.compile(r"[a-z][a-z0-9]{1,2}")
_MEMBER = re.compile(r"[A-Za-z0-9_-]+")  # a StrEnum's value on a button: no dot, which parts, and one byte a character


class Kind(StrEnum):
    """What sort of answer a question takes, and so how it is shown and read."""

    SHORT = "short"
    """One line of words."""
    LONG = "long"
    """Several lines of words."""
    CHOICE = "choice"
    """One of a few."""
    SEARCH = "search"
    """One of many, found by typing: time zones, circles. Whoever provides them finds each by its value, too."""
    WHEN = "when"
    """A date and time of day in plain words, read as the wall clock of the zone at hand."""
    NUMBER = "number"
    """A whole number, within `Asked.least` and `Asked.most`."""
    LINK = "link"
    """An `http(s)` address."""
    PERSON = "person"
    """Somebody of the platform's people, told by their user id there; for a field that holds a person's id."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a field is asked for. Texts are marked with `N_` and translated when shown.

    * `choices` names a provider (`Feature.choices`) for choices that depend on who asks; a `StrEnum` needs none:
      its members' labels are in `labels`. `options` are choices as they stand, value to label: for `Route.asks`, where
      what there is to choose from hangs on what is known already. `lacking` is said where an answer is needed and
      there is nothing to choose from.
    * `longest` is in characters, for words; `least` and `most` bound a number.
    * `presumed` names a provider (`Feature.presumes`) of the value that goes without saying: the circle of this room.
    * `ask=False` is an option that may be given with the command but is never asked for.
    * `value` is the answer so far, when something is changed. `verbatim` says that the prompt is a person's own words.
    """

    prompt: str
    kind: Kind = Kind.SHORT
    hint: str = ""
    longest: int = 200
    least: int = 0
    most: int = 1_000_000
    choices: str = ""
    labels: Mapping[str, str] | None = None
    options: Mapping[str, str] | None = None
    lacking: str = ""
    presumed: str = ""
    ask: bool = True
    value: str = ""
    verbatim: bool = False


class Intent(BaseModel):
    """The root of all intents. Values are immutable."""

    # Built on first use: a start needs none of the eighty validators.
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, defer_build=True)

    tag: ClassVar[str] = ""
    command: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    """What it does, in a line, for menus and help; marked with `N_`."""
    examples: ClassVar[tuple[str, ...]] = ()
    """What people may type after the command, marked with `N_`."""
    title: ClassVar[str] = ""
    """The heading of its form; marked with `N_`."""
    confirm: ClassVar[bool] = False
    """Whether what was understood is repeated back before it is done."""
    discreet: ClassVar[bool] = False
    """Whether nobody else is to read the answers to its questions."""
    riders: ClassVar[Mapping[str, type]] = {}
    """The fields that ride on a button with what each is, in the payload's order."""
    asked: ClassVar[Mapping[str, Asked]] = {}
    """How each field is asked for, in the form's order."""

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401  # pydantic's own signature
        """Let the declaration's words pass to `__pydantic_init_subclass__`, which reads them."""

    @classmethod
    def __pydantic_init_subclass__(  # the declaration's own words; all are keywords with defaults
        cls,
        *,
        tag: str = "",
        command: str = "",
        summary: str = "",
        examples: Iterable[str] = (),
        title: str = "",
        confirm: bool = False,
        discreet: bool = False,
        **kwargs: Any,  # noqa: ANN401  # pydantic's own signature
    ) -> None:
        """Read the declaration and check that the widest payload fits a button."""
        super().__pydantic_init_subclass__(**kwargs)
        if not _TAG.fullmatch(tag):
            message = f"{cls.__name__} needs a tag of two or three lower-case letters or digits, not {tag!r}"
            raise TypeError(message)
        cls.tag, cls.command, cls.summary = tag, command, summary
        title = title or cls.model_config.get("title") or summary  # pydantic takes the word for its own
        cls.examples, cls.title, cls.confirm, cls.discreet = tuple(examples), title, confirm, discreet
        fields = cls.model_fields
        widths = {name: _width(field.annotation) for name, field in fields.items()}
        cls.asked = {name: mark for name, field in fields.items() for mark in field.metadata if isinstance(mark, Asked)}
        picked = {name for name, how in cls.asked.items() if how.kind is Kind.PERSON}
        cls.riders = {
            name: bare_type(fields[name].annotation)
            for name, width in widths.items()
            if width is not None and name not in picked  # whoever forges a button has picked nobody
        }
        for name, how in cls.asked.items():
            _check_kind(f"{cls.__name__}.{name}", fields[name].annotation, how.kind)
        widest = len(tag) + sum(1 + (widths[name] or 0) for name in cls.riders)
        if widest > PAYLOAD_BYTES:
            message = f"{cls.__name__} takes up to {widest} bytes on a button; {PAYLOAD_BYTES} fit"
            raise TypeError(message)

    @classmethod
    def about(cls, **known: object) -> Self:
        """Return the intent with only `known` set and the rest still open: pressing it asks for the rest.

        What is open has no attribute, not even where the field has a default: `getattr` with one of your own.
        """
        unknown = known.keys() - cls.model_fields.keys()
        if unknown:
            message = f"{cls.__name__} has no {sorted(unknown)}"
            raise TypeError(message)
        partial = cast("Self", cls.model_construct(_fields_set=set(known), **known))
        for name in cls.model_fields.keys() - known.keys():
            partial.__dict__.pop(name, None)  # a default that rode along would answer for the person
        return partial

    def payload(self) -> str:
        """Return the form in which it rides on a button: the tag and the riders, at most 64 bytes of ASCII."""
        parts = [self.tag]
        parts.extend(_written(kind, self.__dict__.get(name)) for name, kind in self.riders.items())
        return ".".join(parts).rstrip(".")


def known_from_payload(intent: type[Intent], payload: str) -> dict[str, object]:
    """Return the fields that a button's payload gives for `intent`.

    Raises `Unparsable` where a part is not of its field's shape: the payload is input, and anybody may forge it.
    """
    tag, *parts = payload.split(".", len(intent.riders) + 1)
    if tag != intent.tag or len(parts) > len(intent.riders):
        raise Unparsable(payload)
    known: dict[str, object] = {}
    for (name, kind), part in zip(intent.riders.items(), parts, strict=False):
        if part:
            known[name] = _read(kind, part)
    return known


def built(intent: type[Intent], known: Mapping[str, object]) -> Intent:
    """Return the complete intent; raises `Unparsable` where a value is missing or of the wrong shape."""
    try:
        return intent.model_validate(dict(known))
    except ValidationError as error:
        raise Unparsable(intent.__name__) from error


@lru_cache(maxsize=2048)
def whole_from_payload(intent: type[Intent], payload: str) -> Intent | None:
    """Return the intent that a button's payload says whole; None where it leaves open what a person is asked for.

    Raises `Unparsable`, also where it lacks what nobody is ever asked for. Many people tap the same few buttons.
    """
    known = known_from_payload(intent, payload)
    needed = {field for field, info in intent.model_fields.items() if info.is_required()}
    if needed - known.keys() - intent.asked.keys():
        raise Unparsable(payload)
    return built(intent, known) if known.keys() >= needed | intent.asked.keys() else None


def bare_type(annotation: Any) -> Any:  # noqa: ANN401  # annotations have no common type
    """Return the annotation without `| None`."""
    if get_origin(annotation) in {Union, types.UnionType}:
        options = [option for option in get_args(annotation) if option is not type(None)]
        return options[0] if len(options) == 1 else None
    return annotation


def _width(annotation: Any) -> int | None:  # noqa: ANN401
    """Return the widest a value can be on a button, None where the type has no bound."""
    bare = bare_type(annotation)
    if bare is bool:
        return 1
    if bare is int:
        return _INT_WIDTH
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        for member in bare:
            if not _MEMBER.fullmatch(member.value):
                message = f"{bare.__name__}.{member.name} = {member.value!r} cannot ride on a button"
                raise TypeError(message)
        return max(len(member.value) for member in bare)
    return None


def _check_kind(where: str, annotation: Any, kind: Kind) -> None:  # noqa: ANN401
    """Raise TypeError where the answers to a question of this kind are no values of its field."""
    bare = bare_type(annotation)
    fitting = _WORDS
    if bare is datetime:
        fitting = frozenset({Kind.WHEN})
    elif bare is bool or (isinstance(bare, type) and issubclass(bare, StrEnum)):
        fitting = frozenset({Kind.CHOICE, Kind.SEARCH})
    elif bare is int:
        fitting = frozenset({Kind.NUMBER, Kind.CHOICE, Kind.SEARCH, Kind.PERSON})
    if kind not in fitting:
        message = f"{where} cannot be asked as {kind.value!r}, only as {', '.join(sorted(fitting))}"
        raise TypeError(message)


_WORDS = frozenset({Kind.SHORT, Kind.LONG, Kind.LINK, Kind.CHOICE, Kind.SEARCH})


def _written(kind: type, value: object) -> str:
    """Return a value as it rides; raises ValueError or TypeError for one that is not of its field's type."""
    if value is None:
        return ""
    if kind is bool:
        return "1" if value else "0"
    if kind is int and isinstance(value, int):
        return base36(value)
    return str(kind(value).value)


def _read(kind: type, part: str) -> object:
    try:
        if kind is bool:
            return {"1": True, "0": False}[part]
        if kind is int:
            return unbase36(part)
        return kind(part)
    except (KeyError, ValueError) as error:
        raise Unparsable(part) from error


@lru_cache(maxsize=2048)
def base36(number: int) -> str:
    """Return a non-negative whole number below 2**63 in base 36, lower case."""
    if not 0 <= number < 2**63:
        message = f"{number} does not ride on a button"
        raise ValueError(message)
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if not number:
            return digits


def numbered(payload: str, beginning: str) -> int | None:
    """Return the number that a link's payload names after its beginning, None for a payload of another kind."""
    try:
        return unbase36(payload.removeprefix(beginning)) if payload.startswith(beginning) else None
    except ValueError:
        return None


def unbase36(digits: str) -> int:
    """Return the number that `base36` wrote; raises ValueError for anything it would not have written."""
    fits = len(digits) <= _INT_WIDTH and digits.isascii() and digits.isalnum() and digits == digits.lower()
    number = int(digits, 36) if fits else -1
    if not 0 <= number < 2**63 or (digits[0] == "0" and digits != "0"):
        raise ValueError(digits)
    return number
