"""Plus/delta, votes, decisions, and how the meeting went for whoever ran it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SHOWN_FROM = 3
"""Unnamed feedback is shown once this many have answered, so that nobody stands alone."""
OPEN_FOR = timedelta(hours=48)
"""How long after the meeting plus/delta is taken."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one learner says of one meeting. `person` is None unless the circle chose named feedback and they signed it.

    `id` is random, so that it tells nothing of when it was given; `mood` is 1 (rough) to 5 (great), None where not said.
    """

    id: int
    meeting: int
    plus: str
    delta: str
    mood: int | None
    person: int | None = None
    name: str = ""
    votes: int = 0


def is_shown(answers: int, *, named: bool) -> bool:
    """Whether a meeting's feedback may be shown at all."""
    return named or answers >= SHOWN_FROM


class DecisionState(StrEnum):
    """Where a decision is in its life."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Decision:
    """A delta that the group took up, with an owner (None until somebody takes it)."""

    id: int
    circle: int
    meeting: int
    words: str
    owner: int | None = None
    owner_name: str = ""
    state: DecisionState = DecisionState.OPEN
    made_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reflection:
    """How a meeting went for its facilitator: `score` is 1 to 5; shown to organizers."""

    meeting: int
    person: int
    score: int
    words: str = ""
