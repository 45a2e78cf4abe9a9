"""Clocks: the present, hurried along or moved, never back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import MovableClock, RehearsalClock, SystemClock

THEN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Hands:
    """A source of time that a test turns."""

    def __init__(self) -> None:
        self.at = THEN

    def __call__(self) -> datetime:
        """Return where the hands stand."""
        return self.at


def test_the_systems_clock() -> None:
    """Aware, in UTC; what is over needs no waiting."""
    clock = SystemClock()
    now = clock.now()
    assert now.tzinfo is UTC
    assert clock.seconds_until(now - timedelta(hours=1)) == 0
    assert 3590 < clock.seconds_until(now + timedelta(hours=1)) <= 3600


def test_a_rehearsal_goes_faster() -> None:
    """An hour takes a second at a speed of 3600, and waits are as much shorter."""
    hands = Hands()
    begin = datetime(2030, 1, 1, tzinfo=UTC)
    clock = RehearsalClock(begin, 3600, hands)
    assert clock.now() == begin
    hands.at += timedelta(seconds=2)
    assert clock.now() == begin + timedelta(hours=2)
    assert clock.seconds_until(begin + timedelta(hours=3)) == 1
    assert clock.seconds_until(begin) == 0


@pytest.mark.parametrize("speed", [0, -1])
def test_time_does_not_stand_or_go_back(speed: float) -> None:
    """A speed is a positive number."""
    with pytest.raises(ValueError, match="positive"):
        RehearsalClock(THEN, speed)


def test_a_clock_is_moved_forward() -> None:
    """The offset grows, whoever listens hears of it, and time goes on from there."""
    hands = Hands()
    clock = MovableClock(timedelta(hours=1), hands)
    heard: list[timedelta] = []
    clock.on_move.append(heard.append)
    assert clock.now() == THEN + timedelta(hours=1)
    clock.move_to(THEN + timedelta(days=1))
    assert heard == [timedelta(days=1)]
    hands.at += timedelta(minutes=5)
    assert clock.now() == THEN + timedelta(days=1, minutes=5)
    assert clock.seconds_until(clock.now() + timedelta(minutes=1)) == 60


def test_a_clock_is_never_moved_back() -> None:
    """What was sent cannot be unsent."""
    clock = MovableClock(source=Hands())
    with pytest.raises(ValueError, match="forward"):
        clock.move_to(THEN - timedelta(seconds=1))
    clock.move_to(THEN)
    assert clock.offset == timedelta(0)
