"""Answers and questions: "RSVP", "Change" and "Nudge" in the product's design."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.simulate.hands import words_of
from tests.simulate.ledger import Sighting, counts_on
from tests.simulate.promises import Court, is_quiet, waking
from tests.simulate.promises.reminders import tally
from tests.simulate.truth import Meeting, Room, Soul, instant

DAY = timedelta(days=1)


def no_answer_is_lost(_court: Court, meeting: Meeting) -> Iterator[str]:
    """Change any time until the meeting starts; the card shows counts (RSVP)."""
    wanted = tally(meeting)
    for platform, card in meeting.cards.items():
        shown = counts_on(words_of(card))
        if shown != wanted:
            yield f"{platform}'s card shows {shown}, people said {wanted}: {words_of(card)!r}"


def an_old_button_is_answered_with_the_truth(_court: Court, meeting: Meeting, told: str) -> Iterator[str]:
    """An old button after a move or a cancellation is answered politely with the truth and a fresh card (RSVP)."""
    truths = ("has moved", "called off", "has already started", "is over", "has ended", "members of")
    if not any(words in told for words in truths):
        yield f"a tap on an old button for {meeting.starts} was answered with {told!r}"


def only_those_are_nudged_who_have_not_answered(_court: Court, seen: Sighting) -> Iterator[str]:
    """Once, privately, only to members who have not answered, in their waking hours, never after an answer (Nudge)."""
    meeting, soul = seen.meeting, seen.soul
    if meeting is None or soul is None:
        yield f"nobody knows whom or what it is about: {seen}"
        return
    circle = meeting.circle
    if soul not in circle.learners and soul is not circle.facilitator:
        yield f"{soul.name} is no member"
    if soul in meeting.answers:
        yield f"{soul.name} had said {meeting.answers[soul]}"
    if not soul.takes_nudges:
        yield f"{soul.name} had asked not to be asked"
    if is_quiet(seen.at, circle.zone):
        yield f"{soul.name} sleeps at {seen.at} in {circle.zone}"
    if not meeting.is_on or seen.at >= meeting.starts:
        yield "there was nothing to answer any more"
    if sum(one.kind == "nudge" and one.soul is soul for one in meeting.seen) > 1:
        yield f"{soul.name} was asked twice"


def nobody_is_asked_twice_at_once(_court: Court, seen: Sighting) -> Iterator[str]:
    """Never more than one message where an edit will do (Tone): one private question at a time."""
    for other in seen.meeting.seen if seen.meeting is not None else ():
        lately = timedelta(0) <= seen.at - other.at < timedelta(hours=1)
        if other is not seen and other.kind in {"nudge", "confirm"} and other.soul is seen.soul and lately:
            changed = any(other.at < at <= seen.at for at, _ in seen.meeting.changes) if seen.meeting else False
            if not changed:
                yield f"at {seen.at} a {seen.kind}, at {other.at} a {other.kind}"


def who_keeps_silent_is_nudged(court: Court, meeting: Meeting) -> Iterator[str]:
    """Once, to members who have not answered (Nudge): everybody who was in a day before and never said a word."""
    round_at = instant(meeting.wall - DAY, meeting.circle.zone)
    at = waking(round_at, meeting.circle.zone)
    since = max([meeting.known_since, *(at for at, _ in meeting.changes)])
    if at >= meeting.starts or since > round_at or court.was_away(round_at - DAY, meeting.starts):
        return
    nudged = {one.soul for one in meeting.seen if one.kind == "nudge"}
    for soul, joined in meeting.members_before.items():
        if (
            joined < round_at
            and soul not in nudged
            and soul in meeting.circle.learners
            and soul not in meeting.answered_at
            and soul.is_reachable
            and soul.takes_nudges
        ):
            yield f"{soul.name}, in since {joined}, never said whether they come on {meeting.starts}, and was not asked"


def a_change_is_told_to_everyone(_court: Court, changes: int, told: dict[Room, int]) -> Iterator[str]:
    """Moving, cancelling, adding, skipping always tells everyone affected (Change)."""
    for room, count in told.items():
        if count != changes:
            yield f"{changes} changes, of which {room.platform}'s room was told {count} times"


def who_had_said_yes_is_asked_again(court: Court, meeting: Meeting) -> Iterator[str]:
    """And asks those who had said yes to confirm again (Change)."""
    confirms = [one for one in meeting.seen if one.kind == "confirm"]
    for number, (at, yes, starts) in enumerate(meeting.asked_again):
        over = _until(meeting, number, at, starts)
        if court.was_away(at, over):
            continue
        for soul in yes:
            morning = waking(at, meeting.circle.zone)
            expected = morning if morning < starts else at
            got = [one.at for one in confirms if one.soul is soul and at <= one.at < over]
            if len(got) > 1 or any(one != expected for one in got):
                yield f"{soul.name} was asked at {got} instead of {expected}, for the change of {at}"
            answered = meeting.answered_at.get(soul)
            spoke = answered is not None and at <= answered
            if not got and expected < over and soul.is_reachable and not spoke and soul in meeting.circle.learners:
                yield f"{soul.name} had said yes and was not asked at {expected}, for the change of {at}"


def _until(meeting: Meeting, number: int, at: datetime, starts: datetime) -> datetime:
    """Return until when a change is the last one."""
    later = [when for when, _ in meeting.changes if when > at]
    later += [when for when, _, _ in meeting.asked_again[number + 1 :]]
    return min([starts, *later])


def confirming_is_asked_of_members(_court: Court, seen: Sighting) -> Iterator[str]:
    """Asks those who had said yes to confirm again (Change): nobody else."""
    meeting, soul = seen.meeting, seen.soul
    if meeting is None or soul is None:
        yield f"nobody knows whom or what it is about: {seen}"
    elif not any(_was_asked(soul, yes) for _, yes, _ in meeting.asked_again):
        yield f"{soul.name} had not said yes"


def _was_asked(soul: Soul, yes: set[Soul]) -> bool:
    return soul in yes
