"""What may be read of plus/delta, when it is open, who is waited for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.feedback import (
    OPEN_FOR,
    Feedback,
    all_have_answered,
    closes_at,
    is_over,
    mood_of,
    shown,
    shuffled,
    takes_feedback,
    was_there,
)
from bot.domain.meetings import Meeting, MeetingState

STARTS = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)


def said(number: int, *, person: int | None = None, mood: int | None = None) -> Feedback:
    """Return what somebody said."""
    return Feedback(number, 1, f"plus {number}", f"delta {number}", mood, person)


def meeting(state: MeetingState = MeetingState.PLANNED) -> Meeting:
    """Return a meeting of 90 minutes."""
    return Meeting(1, 1, 1, STARTS.replace(tzinfo=None), "UTC", STARTS, 90, state=state)


@pytest.mark.parametrize(("unsigned", "read"), [(0, 0), (1, 0), (2, 0), (3, 3), (4, 4)])
def test_what_is_not_signed_is_read_from_three_on(unsigned: int, read: int) -> None:
    """Nobody stands alone."""
    assert len(shown(said(number) for number in range(unsigned))) == read


def test_who_signs_is_read_and_does_not_give_the_others_away() -> None:
    """Two signed answers leave the one without a name unread: everybody could tell whose it is."""
    everything = [said(1, person=7), said(2, person=8), said(3)]
    assert {one.id for one in shown(everything)} == {1, 2}


def test_a_mood_is_an_average_of_three_or_nothing() -> None:
    """Three answers with a single mood among them do not show it."""
    assert mood_of([said(1, mood=1), said(2), said(3)]) is None
    assert mood_of([said(1, mood=1), said(2, mood=5)]) is None
    assert mood_of([said(1, mood=2), said(2, mood=4), said(3, mood=3), said(4)]) == 3.0
    assert mood_of([said(1, mood=2, person=9), said(2)]) == 2.0


def test_a_plus_and_a_delta_of_one_person_stand_at_unrelated_places() -> None:
    """Both orders are the same every time, and not the same as each other."""
    everything = [said(number) for number in range(40)]
    pluses, deltas = shuffled(everything, "plus"), shuffled(reversed(everything), "delta")
    assert pluses == shuffled(reversed(everything), "plus")
    assert pluses != deltas
    assert sorted(one.id for one in pluses) == list(range(40))


def test_plus_delta_is_taken_from_the_end_until_it_is_closed() -> None:
    """Not before, not after, and also while the end has not been noted yet."""
    end = STARTS + timedelta(minutes=90)
    assert not takes_feedback(meeting(), end - timedelta(seconds=1))
    assert takes_feedback(meeting(), end)
    assert takes_feedback(meeting(MeetingState.ENDED), end)
    assert not takes_feedback(meeting(MeetingState.CLOSED), end)
    assert is_over(meeting(MeetingState.CLOSED), end)
    assert not is_over(meeting(MeetingState.CANCELLED), end)
    assert closes_at(meeting()) == end + OPEN_FOR


def test_who_came_is_guessed_from_yes_until_marked() -> None:
    """A mark counts more than an RSVP."""
    assert was_there({1: False, 3: True}, [1, 2], [1, 2, 3, 4]) == {1: False, 2: True, 3: True, 4: False}


@pytest.mark.parametrize(
    ("answered", "absent", "complete"),
    [
        ([1, 2, 3, 4], [], True),
        ([1, 2, 3], [4], True),
        ([1, 2, 3], [], False),
        ([1, 2], [3, 4], False),
        ([], [1, 2, 3, 4], False),
    ],
)
def test_who_is_waited_for(answered: list[int], absent: list[int], complete: bool) -> None:  # noqa: FBT001  # a table's column
    """Everybody who was not absent; and it does not close early with too few to read out."""
    assert all_have_answered(answered, [1, 2, 3, 4], absent) is complete
