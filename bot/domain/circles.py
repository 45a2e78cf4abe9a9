"""Circles, their members and seats."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.people import Person, Role
from bot.records import dataclass

LEADS = (timedelta(days=2), timedelta(hours=2))
"""When reminders go out before a meeting, unless the circle says otherwise."""
OFFER_LASTS = timedelta(hours=24)
"""How long a freed seat is held for the first on the waiting list."""


class CircleState(StrEnum):
    """Where a circle is in its life."""

    DRAFT = "draft"
    """Only facilitators see it."""
    PUBLISHED = "published"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Circle:
    """A study group. `place` is a street or room, `link` a video call; either may be empty.

    `leads` are the lead times of reminders: whole days are wall-clock days at the meeting's hour, the rest real time.
    `questions` are up to three of the facilitators' own, asked on joining.
    """

    id: int
    community: int
    title: str
    language: str
    zone: str
    course: str = ""
    course_link: str = ""
    about: str = ""
    place: str = ""
    link: str = ""
    minutes: int = 90
    seats: int | None = None
    sign_up: bool = True
    named_feedback: bool = False
    leads: tuple[timedelta, ...] = LEADS
    questions: tuple[str, ...] = ()
    reminder: str = ""
    """The facilitators' own reminder template; empty: ours."""
    state: CircleState = CircleState.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether one may join."""
        return self.state is CircleState.PUBLISHED and self.sign_up


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a circle; `left_at` is set once they have left."""

    circle: int
    person: Person
    role: Role
    joined_at: datetime
    goal: str = ""
    support: str = ""
    answers: tuple[str, ...] = field(default=())
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seated:
    """A seat was taken; `fresh` is False where the person had it already."""

    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """The circle is full: `position` on the waiting list counts from 1.

    While a freed seat is held for the person, `offered_until` says how long.
    """

    person: int
    position: int
    offered_until: datetime | None = None


MOST_LEADS = 6
SHORTEST_LEAD = timedelta(minutes=5)
LONGEST_LEAD = timedelta(weeks=4)


def seats_left(circle: Circle, learners: int) -> int | None:
    """Return how many more learners fit, None where any number does."""
    return None if circle.seats is None else max(0, circle.seats - learners)


def read_leads(words: str, units: Mapping[str, timedelta], between: Collection[str]) -> tuple[timedelta, ...]:
    """Return the lead times that the words list, longest first, each once: "2 days, 1 day 12 hours and 30 min".

    `units` holds what each word for a unit means, `between` the words that part two lead times, both case-folded.
    Raises ValueError, with the part that means nothing, where there is one.
    """
    for word in between:
        words = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", ",", words, flags=re.IGNORECASE)
    parts = [part.strip() for part in re.split(r"[,;+\n،、]", words) if part.strip()]
    return tuple(sorted({_lead(part, units) for part in parts}, reverse=True))


def _lead(words: str, units: Mapping[str, timedelta]) -> timedelta:
    found = re.findall(r"(\d{1,5})\s*([^\W\d_]+)\.?", words)
    if not found or re.sub(r"\d{1,5}\s*[^\W\d_]+\.?", "", words).strip():
        raise ValueError(words)
    try:
        return sum((int(number) * units[unit.casefold()] for number, unit in found), timedelta())
    except KeyError as unknown:
        raise ValueError(words) from unknown
