"""Which circles need help, and when there is nothing to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.digests import Digest, Health, Helpless, Need, Newcomer, is_falling, needs

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WELL = Health(
    "Python",
    learners=8,
    turnouts=(7, 6, 7),
    since_last=5 * DAY,
    last_answers=7,
    last_reported=True,
    until_next=2 * DAY,
    next_answers=3,
)


def test_a_circle_that_is_well_needs_nothing() -> None:
    """People answer and come, somebody says how it went: no need for help."""
    assert needs(WELL) == ()


@pytest.mark.parametrize(
    ("turnouts", "falling"),
    [
        ((), False),
        ((3,), False),
        ((7, 7, 7), False),
        ((7, 6, 7), False),
        ((7, 6, 5), True),
        ((9, 7, 6, 5), True),
        ((3, 7, 6), False),
        ((6, 3), True),
        ((4, 2), True),
        ((3, 1), False),
        ((8, 5), False),
        ((5, 4, 4), False),
        ((0, 0, 0), False),
    ],
)
def test_falling_attendance(turnouts: tuple[int, ...], *, falling: bool) -> None:
    """Twice in a row fewer, or half as many at once; small numbers that go up and down are no sign."""
    assert is_falling(turnouts) is falling
    assert (Need.FALLING in needs(replace(WELL, turnouts=turnouts))) is falling


@pytest.mark.parametrize(
    ("change", "so"),
    [
        ({"last_reported": False}, True),
        ({"last_reported": True}, False),
        ({"last_reported": False, "since_last": 23 * HOUR}, False),
        ({"last_reported": False, "since_last": 15 * DAY}, False),
        ({"last_reported": False, "since_last": None}, False),
    ],
)
def test_a_silent_facilitator(change: dict[str, object], *, so: bool) -> None:
    """A day after a meeting something should have been said of it; before that, and long after, nobody is blamed."""
    assert (Need.SILENT in needs(replace(WELL, **change))) is so  # type: ignore[arg-type]  # the table's values fit


@pytest.mark.parametrize(
    ("change", "so"),
    [
        ({"next_answers": 0}, True),
        ({"next_answers": 0, "until_next": 4 * DAY}, False),
        ({"next_answers": 0, "until_next": 4 * DAY, "last_answers": 0}, True),
        ({"next_answers": 1, "last_answers": 0}, False),
        ({"until_next": None, "last_answers": 0}, True),
        ({"until_next": None, "last_answers": 0, "since_last": 9 * DAY}, False),
        ({"next_answers": 0, "learners": 0}, False),
    ],
)
def test_no_answers(change: dict[str, object], *, so: bool) -> None:
    """Nobody answers though the reminder has gone out, or nobody did last time; a meeting far ahead may wait."""
    assert (Need.NO_ANSWERS in needs(replace(WELL, **change))) is so  # type: ignore[arg-type]  # the table's values fit


@pytest.mark.parametrize(
    ("change", "so"),
    [
        ({"learners": 3}, True),
        ({"learners": 4}, False),
        ({"learners": 0}, True),
        ({"learners": 2, "since_last": None, "until_next": 6 * DAY}, True),
        ({"learners": 2, "since_last": None, "until_next": 10 * DAY}, False),
    ],
)
def test_too_few_learners(change: dict[str, object], *, so: bool) -> None:
    """Fewer than four need more, unless the circle begins later and may still fill up."""
    assert (Need.FEW in needs(replace(WELL, **change))) is so  # type: ignore[arg-type]  # the table's values fit


def test_a_circle_that_rests_needs_no_help() -> None:
    """Between terms, or after the last meeting, nothing is wrong; but messages that did not arrive are told."""
    resting = Health(
        "Python", learners=1, turnouts=(9, 5, 1), since_last=30 * DAY, last_reported=False, until_next=None
    )
    assert needs(resting) == ()
    assert needs(replace(resting, undelivered=2)) == (Need.UNDELIVERED,)


def test_the_most_pressing_comes_first() -> None:
    """A circle can need several things."""
    poor = replace(WELL, learners=2, turnouts=(6, 3, 1), next_answers=0, last_reported=False, undelivered=1)
    assert needs(poor) == tuple(Need)


def test_a_quiet_week() -> None:
    """With nothing held, decided, new or ahead, and nobody in need, there is nothing to tell."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    quiet = Digest("Library circles", "UTC", start, start + 7 * DAY)
    assert quiet.is_quiet
    assert not replace(quiet, newcomers=(Newcomer("Python", "Ada", ""),)).is_quiet
    assert not replace(quiet, helpless=(Helpless("Python", (Need.FEW,)),)).is_quiet
