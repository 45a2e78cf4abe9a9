"""People's raw answers to a form's questions, read into the form in which they are kept, or refused with the reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from bot.chat.forms import Choice
from bot.chat.intents import Asked, Intent, Kind, bare_type
from bot.chat.text import Text
from bot.chat.words import CUT, shortened
from bot.domain.words import as_tag, folded
from bot.errors import BadAnswers
from bot.i18n import Translator
from bot.records import dataclass

LONG_WORDS = 2000
"""How many characters fit into an answer of several lines."""
_MEANT_SHOWN = 5
"""Of how many choices that words could mean one is reminded."""
_LABEL_SHOWN = 80
"""How many characters of each."""
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of all that follows them, and so could turn our own words."""


def cleaned(raw: str, kind: Kind) -> str:
    """Return an answer without what cannot be seen, stored or trusted; one line of it unless the kind is `LONG`."""
    seen = raw
    if not raw.isprintable():  # one line of words that all can be seen is: nearly always, and quickly seen
        seen = "".join(" " if c.isspace() and c != "\n" else c for c in raw.replace("\r\n", "\n") if _fit(c))
    if kind is Kind.LONG:
        return "\n".join(line.rstrip() for line in seen.split("\n")).strip()
    return " ".join(seen.split())


def _fit(character: str) -> bool:
    return character.isspace() or (
        character not in _TURNS and unicodedata.category(character) not in {"Cc", "Cs"}  # NUL; half a character
    )


def is_link(words: str) -> bool:
    """Say whether words are the address of something in the web."""
    try:
        parts = urlsplit(words)
    except ValueError:  # half an IPv6 address
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not set(words) & {" ", "\t", "\n"}


def longest(how: Asked) -> int:
    """Return how many characters fit into an answer."""
    return LONG_WORDS if how.kind is Kind.LONG else how.longest


def fixed_choices(intent: type[Intent], field: str, how: Asked, t: Translator) -> tuple[Choice, ...]:
    """Return what a question offers to everybody: its own options, or what its field's type may be."""
    if how.options is not None:
        return tuple(Choice(value, label) for value, label in how.options.items())
    bare = bare_type(intent.model_fields[field].annotation)
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        labels = how.labels or {}
        return tuple(Choice(one.value, t.declared(labels.get(one.value, one.value))) for one in bare)
    if bare is bool:
        return (Choice("1", t.words("Yes")), Choice("0", t.words("No")))
    return ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that it takes to read the answer to one question.

    `local` is the date that the words mean, where they mean one; `offered` are the choices, where there are any.
    """

    field: str
    how: Asked
    required: bool
    t: Translator
    local: datetime | None = None
    offered: Sequence[Choice] = ()

    def read(self, words: str) -> str:
        """Return `cleaned` words in the form in which they are kept; raises `BadAnswers`."""
        if not words:
            if self.required:
                raise self._bad(self.t("This one is needed."))
            return ""
        most = longest(self.how)
        if len(words) > most:
            raise self._bad(self.t("That is {count} characters long; {longest} fit.", count=len(words), longest=most))
        match self.how.kind:
            case Kind.WHEN:
                return self._when(words)
            case Kind.NUMBER:
                return self._number(words)
            case Kind.LINK:
                return self._link(words)
            case Kind.CHOICE | Kind.SEARCH | Kind.PERSON:
                return self._choice(words)
            case Kind.SHORT | Kind.LONG:
                return words

    def _bad(self, why: Text) -> BadAnswers:
        return BadAnswers({self.field: why})

    def _when(self, words: str) -> str:
        if self.local is None:
            raise self._bad(
                self.t(
                    "I could not read “{words}” as a date and time. Try “Tuesday 6pm” or “3 March 18:30”.", words=words
                )
            )
        return self.local.isoformat(timespec="minutes")

    def _number(self, words: str) -> str:
        if words.isdecimal() and self.how.least <= int(words) <= self.how.most:
            return str(int(words))
        raise self._bad(
            self.t("A whole number from {least} to {most}, please.", least=self.how.least, most=self.how.most)
        )

    def _link(self, words: str) -> str:
        if not is_link(words):
            raise self._bad(self.t("A link begins with https:// — this one does not look like one."))
        return words

    def _choice(self, words: str) -> str:
        if self.how.kind is Kind.PERSON and not self.offered:
            raise self._bad(self.t("I do not see whom you mean. Pick somebody from the list, please."))
        folded = words.casefold()
        for choice in self.offered:
            if words == choice.value or folded == cleaned(choice.label, Kind.CHOICE).casefold():
                return choice.value
        meant = [choice for choice in self.offered if as_tag(choice.value) == as_tag(words)] or [
            choice for choice in self.offered if _begins_a_word(words, choice.label)
        ]
        if len(meant) == 1:
            return meant[0].value
        if meant:
            labels = [shortened(choice.label, _LABEL_SHOWN) for choice in meant[:_MEANT_SHOWN]]
            names = self.t.listed(labels if len(meant) <= _MEANT_SHOWN else [*labels, CUT])
            raise self._bad(self.t("“{words}” could be more than one: {names}.", words=words, names=names))
        known = {choice.label.casefold(): choice.label for choice in self.offered}
        near = get_close_matches(folded, known, n=1)
        if near:
            raise self._bad(
                self.t("“{words}” is not one of the choices. Did you mean “{near}”?", words=words, near=known[near[0]])
            )
        raise self._bad(self.t("“{words}” is not one of the choices.", words=words))


def _begins_a_word(words: str, label: str) -> bool:
    """Say whether a label has the words, from the beginning of one of its own; bare figures mean no part of a label."""
    sought = folded(words)
    return bool(sought) and not sought.isdecimal() and f" {sought}" in f" {folded(label)}"


def value_of(intent: type[Intent], field: str, answer: str) -> Any:  # noqa: ANN401  # of the field's own type
    """Return a kept answer as its field's value; an empty optional answer is the field's default.

    Raises ValueError for an answer that was kept when the field was of another type.
    """
    info = intent.model_fields[field]
    bare = bare_type(info.annotation)
    if answer == "" and not info.is_required():
        return info.get_default(call_default_factory=True, validated_data={})
    if bare is bool:
        return answer == "1"
    if bare is datetime:
        return datetime.fromisoformat(answer)
    return int(answer) if bare is int else answer


def answer_of(value: object) -> str:
    """Return a value as the answer that would have given it: what `value_of` reads."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)
