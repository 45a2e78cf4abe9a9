"""Plus/delta, votes, decisions, and how the meeting went for whoever ran it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from statistics import fmean

from bot.domain.meetings import Meeting, MeetingState
from bot.records import dataclass

SHOWN_FROM = 3
"""Unnamed feedback is shown once this many have answered, so that nobody stands alone."""
OPEN_FOR = timedelta(hours=48)
"""How long after the meeting plus/delta is taken."""


class Mood(StrEnum):
    """How a meeting was for somebody, as it rides on a button; `int(mood)` is the number that is kept."""

    ROUGH = "1"
    SO_SO = "2"
    FINE = "3"
    GOOD = "4"
    GREAT = "5"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one learner says of one meeting. `person` is None unless the circle chose named feedback and they signed it.

    `id` is random, so that it tells nothing of when it was given; `mood` is 1 (rough) to 5 (great), None if not said.
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


def shown(said: Iterable[Feedback]) -> tuple[Feedback, ...]:
    """Return what may be read of what was said of one meeting: the only door to it, for summaries, digests and exports.

    What is signed may always be read. What is not signed may be read only where `SHOWN_FROM` have not signed: with
    fewer, whoever did not sign would stand alone. Not the circle's present choice counts, but what each was promised.
    """
    everything = tuple(said)
    unsigned = sum(one.person is None for one in everything)
    return tuple(one for one in everything if one.person is not None or is_shown(unsigned, named=False))


def mood_of(said: Iterable[Feedback]) -> float | None:
    """Return the average mood of one meeting, None where too few gave theirs for anybody to hide among."""
    readable = [one for one in shown(said) if one.mood is not None]
    unsigned = sum(one.person is None for one in readable)
    moods = [one.mood for one in readable if one.mood and (one.person is not None or unsigned >= SHOWN_FROM)]
    return fmean(moods) if moods else None


def shuffled(said: Iterable[Feedback], salt: str) -> tuple[Feedback, ...]:
    """Return the same in an order that tells nothing, not even which plus and which delta belong together.

    It is the same order every time, so that two looks at it tell no more than one.
    """
    return tuple(sorted(said, key=lambda one: blake2b(f"{salt}:{one.id}".encode(), digest_size=8).digest()))


def closes_at(meeting: Meeting) -> datetime:
    """Return when a meeting's plus/delta closes at the latest."""
    return meeting.ends_at + OPEN_FOR


def is_over(meeting: Meeting, now: datetime) -> bool:
    """Whether a meeting took place and is over."""
    return meeting.state in {MeetingState.ENDED, MeetingState.CLOSED} or (meeting.is_on and meeting.has_ended(now))


def takes_feedback(meeting: Meeting, now: datetime) -> bool:
    """Whether one may say plus/delta of a meeting: after its end, until it is summed up."""
    return is_over(meeting, now) and meeting.state is not MeetingState.CLOSED


def was_there(marks: Mapping[int, bool], said_yes: Iterable[int], members: Iterable[int]) -> dict[int, bool]:
    """Return for each member whether they came: as marked, else as they had said they would."""
    expected = set(said_yes)
    return {member: marks.get(member, member in expected) for member in members}


def all_have_answered(answered: Iterable[int], learners: Iterable[int], absent: Iterable[int]) -> bool:
    """Whether nobody is left to wait for: every learner has answered or was not there, and enough answered to be shown.

    Whoever is not marked is waited for, since people say one after the other that they were there.
    """
    given, missing = set(answered), set(absent)
    return len(given) >= SHOWN_FROM and all(learner in given or learner in missing for learner in learners)


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
    feedback: int | None = None
    """The delta it was, None where that is gone."""


@dataclass(frozen=True, slots=True)
class Reflection:
    """How a meeting went for its facilitator: `score` is 1 to 5; shown to organizers."""

    meeting: int
    person: int
    score: int
    words: str = ""
