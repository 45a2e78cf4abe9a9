"""What a form is made of: questions on pages, filled bit by bit.

A Telegram prompt is a Discord form with one field: the same page, cut to the platform's size.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.chat.intents import Kind, base36, numbered
from bot.chat.text import Text
from bot.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.chat.intents import Intent

_RESUME = "d"
_RESUMED = "dr"
"""The tag of the intent that goes on with a form (`bot.forms.ResumeDraft`)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a question offers; `value` is what comes back."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a person sees it, in their language; `error` says what was wrong with the last answer."""

    field: str
    prompt: str
    kind: Kind
    hint: str = ""
    required: bool = True
    longest: int = 200
    choices: tuple[Choice, ...] = ()
    value: str = ""
    error: str = ""
    before: str = ""
    """What stood in it before the words in `value`, where those were refused: it can be kept."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a form. `draft` is what `Filled` names; `step` counts from 1 to `steps`."""

    draft: int
    title: str
    questions: tuple[Question, ...]
    intro: Text = Text()
    """What is said before the questions; its language is that of the whole page."""
    step: int = 1
    steps: int = 1
    resume: str = ""
    """The payload of `Adapter.start_link` with which the person goes on in their private chat; empty where they are."""
    drop: Intent | None = None
    """What a button that forgets the form means."""
    discreet: bool = False
    """Whether nobody else is to read the answers: where others read along, it is better not asked."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An intent that a person is still filling in, kept until `expires_at`.

    `known` are the payload's riders as written on a button; `answers` the raw answers that were good, by field.
    `to_ask` are fields to ask again although they have an answer (the person wants to change it). `origin` is the room
    where it was begun and in which its act is done, None where that is the one it is filled in; `ran_room` says that
    the person ran that room when they began.
    """

    id: int
    person: int
    room: int
    tag: str
    known: str
    expires_at: datetime
    answers: Mapping[str, str] = field(default_factory=dict)
    to_ask: tuple[str, ...] = ()
    origin: int | None = None
    ran_room: bool = False


def resume_link(draft: int) -> str:
    """Return the payload of the link with which a person goes on with their form in the private chat."""
    return f"{_RESUME}{base36(draft)}"


def resume_payload(draft: int) -> str:
    """Return the payload of the button with which a person goes on with their form where they are."""
    return f"{_RESUMED}.{base36(draft)}"


def linked_draft(payload: str) -> int | None:
    """Return the draft that a link's payload goes on with, None where it is a link of another kind."""
    return numbered(payload, _RESUME)
