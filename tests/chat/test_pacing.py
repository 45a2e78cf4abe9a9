"""Pacing: how fast a bot may speak, over all rooms, in each, and in each that several people read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.chat.message import Room, RoomKind
from bot.chat.pacing import Pace, Pacing

ROOM = Room("sim", "room")
OTHER = Room("sim", "other")


@dataclass
class Time:
    """Real seconds, as pacing is told."""

    seconds: float = 100.0

    def monotonic(self) -> float:
        """Return the seconds so far."""
        return self.seconds


@pytest.fixture
def time() -> Time:
    """Return a clock that stands still until it is moved."""
    return Time()


def test_the_bot_counts_over_all_rooms(time: Time) -> None:
    """Two a second: the third waits until the first is a second ago, wherever it is said."""
    pacing = Pacing(Pace(bot_second=2), time.monotonic)
    pacing.note(ROOM)
    time.seconds += 0.25
    pacing.note(OTHER)
    assert pacing.wait(ROOM) == pytest.approx(0.75)
    time.seconds += 0.75
    assert pacing.wait(ROOM) == 0.0


def test_a_room_has_its_own_second_and_minute(time: Time) -> None:
    """One a second and three a minute, and nothing of it in another room."""
    pacing = Pacing(Pace(room_second=1, room_minute=3), time.monotonic)
    for _ in range(3):
        assert pacing.wait(ROOM) == 0.0
        pacing.note(ROOM)
        assert pacing.wait(ROOM) >= 1.0
        time.seconds += 1
    assert pacing.wait(ROOM) == pytest.approx(57.0)
    assert pacing.wait(OTHER) == 0.0


def test_a_private_chat_has_no_minute(time: Time) -> None:
    """The limit for a minute is for rooms that several people read."""
    private = Room("sim", "ada", kind=RoomKind.PRIVATE)
    pacing = Pacing(Pace(room_minute=1), time.monotonic)
    pacing.note(private)
    assert pacing.wait(private) == 0.0


@pytest.mark.parametrize("by_chat", [True, False])
def test_threads_share_the_limits_of_their_chat_where_it_says_so(time: Time, *, by_chat: bool) -> None:
    """What is said in one topic counts in the others on Telegram, and in that thread alone elsewhere."""
    pacing = Pacing(Pace(room_second=1, by_chat=by_chat), time.monotonic)
    pacing.note(Room("sim", "room", "1"))
    assert (pacing.wait(Room("sim", "room", "2")) > 0.0) is by_chat


def test_a_held_room_holds_nobody_else(time: Time) -> None:
    """Told to wait for half a minute in one room, and then for less: the longer stands, and others go on."""
    pacing = Pacing(Pace(), time.monotonic)
    pacing.hold(ROOM, 30)
    pacing.hold(ROOM, 5)
    assert (pacing.wait(ROOM), pacing.wait(OTHER)) == (30.0, 0.0)
    time.seconds += 30
    assert pacing.wait(ROOM) == 0.0


def test_quiet_rooms_are_forgotten_and_held_ones_are_not(time: Time) -> None:
    """Ten thousand rooms in which something was said long ago take no memory; a limit that still holds is kept."""
    pacing = Pacing(Pace(room_minute=20), time.monotonic)
    pacing.hold(ROOM, 1e6)
    for number in range(10_000):
        pacing.note(Room("sim", str(number)))
        time.seconds += 1
    assert len(pacing._rooms) < 2000
    assert pacing.wait(ROOM) > 0.0


def test_many_busy_rooms_are_not_gone_through_each_time(time: Time) -> None:
    """Thousands of rooms at once are noted in a moment: looking for quiet ones costs little for each."""
    pacing = Pacing(Pace(room_minute=20), time.monotonic)
    for number in range(5_000):
        pacing.note(Room("sim", str(number)))
    time.seconds += 61
    for number in range(6_000):
        pacing.note(Room("sim", f"later {number}"))
        time.seconds += 0.1
    assert len(pacing._rooms) < 6_000
