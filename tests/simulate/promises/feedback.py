"""What follows a meeting: "At the meeting's end" in the product's design."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulate.hands import words_of, written_in
from tests.simulate.ledger import Sighting
from tests.simulate.promises import Court, is_quiet
from tests.simulate.truth import OPEN_FOR, SHOWN_FROM, Meeting


def the_room_is_asked_at_the_end(court: Court, meeting: Meeting) -> Iterator[str]:
    """At the meeting's end the card becomes attendance + plus/delta (At the meeting's end)."""
    wanted = next((up for down, up in court.outages if down <= meeting.ends < up), meeting.ends)
    for room in meeting.circle.rooms:
        seen = [one.at for one in meeting.seen if one.kind == "asked" and one.room is room]
        if seen != [wanted]:
            yield f"{room.platform}'s room was asked at {seen}, not once at {wanted}"


def plus_and_delta_are_named_to_nobody(_court: Court, meeting: Meeting) -> Iterator[str]:
    """Default is named to nobody: shown only from three answers on, shuffled, without times (At the meeting's end)."""
    names = {one.by.name for one in meeting.said}
    few = len(meeting.said) < SHOWN_FROM
    for seen in meeting.seen:
        if seen.room is None:
            continue
        is_summary = seen.kind == "summary"
        for words in [seen.words, *_states_of(seen)]:
            for one in meeting.said:
                leaked = [text for text in (one.plus, one.delta) if text and text in words]
                if leaked and (few or not is_summary):
                    yield f"{leaked} could be read in a room ({seen.kind}), with {len(meeting.said)} answers"
            if is_summary and any(name in words for name in names):
                yield f"the summary names somebody: {words!r}"


def _states_of(seen: Sighting) -> Iterator[str]:
    """Yield all that a card said at any time, of those that come after a meeting."""
    if seen.kind != "reminder":
        for state in [*seen.message.edits, seen.message]:
            yield written_in(state)


def the_summary_says_what_was_said(court: Court, meeting: Meeting) -> Iterator[str]:
    """Closes after 48 h or when all have answered; then the group gets a summary (At the meeting's end)."""
    at = meeting.closed_at
    if at is not None:
        at = next((up for down, up in court.outages if down <= at < up), at)
    for room in meeting.circle.rooms:
        seen = [one for one in meeting.seen if one.kind == "summary" and one.room is room]
        if not meeting.said:
            if seen:
                yield "a summary of nothing"
            continue
        if [one.at for one in seen] != [at]:
            yield f"{room.platform}: summed up at {[one.at for one in seen]}, not once at {at}"
            continue
        yield from _says_all(meeting, seen[0].words)


def _says_all(meeting: Meeting, words: str) -> Iterator[str]:
    number = len(meeting.said)
    if f"{number} {'person' if number == 1 else 'people'} answered." not in words:
        yield f"{number} answered, but it says {words!r}"
    if number < SHOWN_FROM:
        return
    for one in meeting.said:
        yield from (f"{text!r} is missing in {words!r}" for text in (one.plus, one.delta) if text and text not in words)
    moods = [one.mood for one in meeting.said if one.mood is not None]
    if ("on average" in words) != (len(moods) >= SHOWN_FROM):
        yield f"{len(moods)} moods, and it says {words!r}"
    elif len(moods) >= SHOWN_FROM and f"{sum(moods) / len(moods):.1f} on average" not in words:
        tenth = sum(moods) * 10 / len(moods)
        if (
            f"{tenth // 1 / 10:.1f} on average" not in words
            and f"{(tenth + 0.5) // 1 / 10:.1f} on average" not in words
        ):
            yield f"the mood of {moods} is not in {words!r}"


def plus_and_delta_are_taken_until_it_closes(_court: Court, meeting: Meeting, who: str, told: str) -> Iterator[str]:
    """Any learner gives a plus, a delta and a mood privately (At the meeting's end)."""
    if "Thank you!" not in told:
        yield f"{who} was not let say plus/delta of {meeting.starts}: {told!r}"


def votes_count(_court: Court, meeting: Meeting) -> Iterator[str]:
    """Votes on deltas (At the meeting's end)."""
    for seen in meeting.seen:
        if seen.kind != "summary":
            continue
        words = words_of(seen.message)
        for delta, voters in meeting.votes.items():
            number = len(voters)
            shown = f"{delta}: {number} vote{'' if number == 1 else 's'}"
            if f"{delta}: taken up" not in words and number and shown not in words:
                yield f"{shown!r} is missing in {words!r}"


def the_facilitator_is_asked_privately(_court: Court, seen: Sighting) -> Iterator[str]:
    """The facilitator is asked privately how it went (At the meeting's end)."""
    meeting, soul = seen.meeting, seen.soul
    if meeting is None or soul is None or meeting.circle.facilitator is not soul:
        yield f"somebody else was asked: {seen}"
        return
    if is_quiet(seen.at, meeting.circle.zone):
        yield f"{soul.name} sleeps at {seen.at}"
    if seen.at < meeting.ends:
        yield "before it had ended"
    if sum(one.kind == "reflect" and one.soul is soul for one in meeting.seen) > 1:
        yield "twice"


def the_facilitator_was_asked(court: Court, meeting: Meeting) -> Iterator[str]:
    """The facilitator is asked privately how it went (At the meeting's end): after every meeting."""
    if not any(one.kind == "reflect" for one in meeting.seen) and not court.was_away(
        meeting.ends, meeting.ends + OPEN_FOR
    ):
        yield f"{meeting.circle.facilitator.name} was never asked of {meeting.starts}"
