"""How long is waited between two tries, and what is said about it."""

from __future__ import annotations

import logging

import pytest

from bot.chat.trying import AGAIN_S, Backoff, Troubles

log = logging.getLogger(__name__)


def test_pauses_are_between_half_and_all_of_what_they_could_be() -> None:
    """Bots that lost the same network do not come back in the same instant."""
    assert Backoff(chance=lambda: 0.0).pause() == 0.5
    assert Backoff(chance=lambda: 0.5).pause() == 0.75
    backoff = Backoff(first=2.0, longest=5.0, chance=lambda: 1.0)
    assert [backoff.pause() for _ in range(4)] == [2.0, 4.0, 5.0, 5.0]
    backoff.reset()
    assert backoff.pause() == 2.0


def test_what_the_platform_asks_for_and_what_only_a_person_can_change_take_longer() -> None:
    """The platform's own pause is kept; a wrong setting does not change by itself."""
    assert Backoff(chance=lambda: 1.0).pause(17.0) == 17.0
    assert Backoff(chance=lambda: 1.0).pause(needs_a_person=True) == 60.0


def test_trouble_that_comes_and_goes_is_said_every_few_minutes_at_most(caplog: pytest.LogCaptureFixture) -> None:
    """A log in which the same two lines stand thousands of times hides everything else."""
    caplog.set_level("INFO")
    now = 0.0
    troubles = Troubles(log, {"network": "not reached", "token": "not known"}, "well", monotonic=lambda: now)
    for _ in range(3):
        troubles.are("network", "TimeoutError")
        troubles.are("network")
        troubles.are_over()
    assert [record.message for record in caplog.records] == ["not reached (TimeoutError)", "well"]
    troubles.are("token")
    assert caplog.records[-1].levelname == "ERROR"
    troubles.are_over()
    now = AGAIN_S
    troubles.are("network")
    assert [record.message for record in caplog.records[2:]] == ["not known", "well", "not reached"]
