"""Looks at everything when it matters: each message as it is seen, each meeting as it begins, ends, closes, is past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from tests.simulate.hands import words_of
from tests.simulate.ledger import Sighting
from tests.simulate.promises import Court, answers, digests, everywhere, feedback, reminders, seats
from tests.simulate.truth import (
    OPEN_FOR,
    SHOWN_FROM,
    Circle,
    Community,
    Meeting,
    Room,
    Soul,
    instant,
    offset,
    on_the_wall,
)

if TYPE_CHECKING:
    from tests.simulate.year import Year

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
JUDGED_AFTER: Final = timedelta(days=4)
"""How long after its end a meeting is judged: all that follows from it has come by then."""
AWAY: Final = timedelta(minutes=10)
"""An offer that is over for longer when the bot comes to it ended while it was away."""
LATE: Final = 9
"""The rank of what is looked at when the bot has done what is due."""
_OF_KNOWN: Final = frozenset({"reminder"})
"""What cannot be judged unless it is known of which meeting it tells."""
_OF_KIND: Final[dict[str, tuple[Callable[..., Any], ...]]] = {
    "reminder": (
        reminders.no_wrong_hour,
        reminders.never_before_the_previous_meeting_has_ended,
        reminders.it_shows_live_counts,
        reminders.decisions_stand_on_the_next_card_until_done,
    ),
    "nudge": (
        reminders.no_wrong_hour,
        answers.only_those_are_nudged_who_have_not_answered,
        answers.nobody_is_asked_twice_at_once,
    ),
    "confirm": (
        reminders.no_wrong_hour,
        answers.confirming_is_asked_of_members,
        answers.nobody_is_asked_twice_at_once,
    ),
    "reflect": (feedback.the_facilitator_is_asked_privately,),
}
"""What is judged when a message of a kind is seen."""


class Judging:
    """Keeps the books in time, and judges by them. `told` counts the changes that each room was told of."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.court = Court(lambda: self.now)
        self.told: Counter[Room] = Counter()
        self.closing: set[Meeting] = set()
        self.offers: list[Sighting] = []
        """What is judged when the books are right: an offer can follow from what somebody is just doing."""
        self.digests: dict[Community, list[str]] = {}
        self._said: Counter[tuple[object, ...]] = Counter()

    @property
    def now(self) -> datetime:
        """The present."""
        return self.year.now

    # -- what is to come

    def expects(self, circle: Circle) -> None:
        """Look at each meeting of a circle when it matters, as it is planned now."""
        for meeting in circle.ahead(self.now):
            starts = meeting.starts
            for at in meeting.promised:
                self.year.look(at, self.passes)
            self.year.look(instant(meeting.wall - DAY, circle.zone), self._day_before, meeting, starts)
            self.year.look(starts, self.begins, meeting, starts, rank=LATE)
            self.year.look(meeting.ends, self._ends, meeting, starts)
            self.year.look(meeting.ends + OPEN_FOR, self._closes, meeting, starts)
            self.year.look(meeting.ends + JUDGED_AFTER, self._judge, meeting, starts)

    def expects_digests(self, community: Community) -> None:
        """Look at each digest of a community."""
        zone = ZoneInfo(community.zone)
        monday = on_the_wall(self.now, community.zone).replace(hour=9, minute=0, second=0, microsecond=0)
        while monday.replace(tzinfo=zone).astimezone(UTC) <= self.now or monday.weekday():
            monday += DAY
        while (at := instant(monday, community.zone)) <= self.year.end:
            self.year.look(at, self._digest_due, community, at, rank=1)
            monday += WEEK

    # -- what is seen

    def judges(self, promise: Callable[..., Any], circle: Circle | None, *about: object) -> None:
        """Look whether a promise was kept."""
        self.court.judges(promise, circle, *about)

    def wrong(self, circle: Circle | None, words: str) -> None:
        """Note something that must not be."""
        self.judges(everywhere.nothing_goes_wrong, circle, words)

    def sees(self, seen: Sighting) -> None:
        """Judge a message that was seen, and keep it with its meeting."""
        circle, meeting = seen.circle, seen.meeting
        self.judges(everywhere.every_message_belongs_where_it_stands, circle, seen)
        self.judges(everywhere.nothing_is_sent_twice, circle, seen, self._said)
        if seen.kind == "digest" and seen.room is not None and seen.room.office_of is not None:
            self.digests.setdefault(seen.room.office_of, []).append(seen.words)
        if circle is None:
            return
        self.judges(everywhere.an_ended_circle_keeps_silent, circle, seen, circle)
        if meeting is not None:
            meeting.seen.append(seen)
        if seen.kind == "changed" and seen.room is not None:
            self.told[seen.room] += 1
        if seen.kind == "seat":
            self.offers.append(seen)
            if seen.soul is not None:
                circle.asked[seen.soul] = seen.at
        if meeting is not None or seen.kind not in _OF_KNOWN:
            for promise in _OF_KIND.get(seen.kind, ()):
                self.judges(promise, circle, seen)
        elif seen.kind in _OF_KIND:
            self.judges(reminders.no_wrong_hour, circle, seen)

    @staticmethod
    def passes() -> None:
        """Nothing: the moment itself is what counts."""

    @staticmethod
    def _is_still(meeting: Meeting, starts: datetime) -> bool:
        return meeting.is_on and meeting.starts == starts and meeting.circle.is_published

    def _day_before(self, meeting: Meeting, starts: datetime) -> None:
        if self._is_still(meeting, starts):
            meeting.members_before = dict(meeting.circle.learners)

    def begins(self, meeting: Meeting, starts: datetime) -> None:
        """Look whether every answer is on the cards, now that no more are taken."""
        if self._is_still(meeting, starts) and meeting.circle.is_living:
            self.judges(answers.no_answer_is_lost, meeting.circle, meeting)

    def _ends(self, meeting: Meeting, starts: datetime) -> None:
        circle = meeting.circle
        if not self._is_still(meeting, starts) or not circle.is_living or meeting.is_held:
            return
        meeting.is_held = True
        self.year.report.held += 1
        before = [one for one in circle.standing if one.starts < starts]
        if before and offset(before[-1].starts, circle.zone) != offset(starts, circle.zone):
            self.year.report.clock_changes += 1

    def _closes(self, meeting: Meeting, starts: datetime) -> None:
        if self._is_still(meeting, starts) and meeting.is_held and meeting.closed_at is None:
            # "After an outage people still get a day."
            up = next((up for down, up in self.court.outages if down <= meeting.ends < up), meeting.ends)
            at = max(meeting.ends + OPEN_FOR, up + DAY) if up != meeting.ends else meeting.ends + OPEN_FOR
            if at > meeting.ends + OPEN_FOR and at > self.now:
                self.year.look(at, self._closes_late, meeting, at)
            else:
                self.close(meeting, at)

    def _closes_late(self, meeting: Meeting, at: datetime) -> None:
        if meeting.closed_at is None:
            self.close(meeting, at)

    def close(self, meeting: Meeting, at: datetime) -> None:
        """Write down that plus/delta is closed; with the last one a circle ends."""
        meeting.closed_at = at
        circle = meeting.circle
        circle.tells(at, f"plus/delta of {meeting.starts:%m-%d %H:%M} closes with {len(meeting.said)} answers")
        left = [one for one in circle.standing if not one.is_held or one.closed_at is None]
        if not left and sum(one.is_held for one in circle.standing) > 1 and circle.is_living:
            circle.ended_at = at
            self.is_over(circle)

    def is_over(self, circle: Circle) -> None:
        """Look in a few days whether a circle's rooms were told that it is over."""
        circle.tells(self.now, "it has ended")
        self.year.look(self.now + JUDGED_AFTER, self._judge_end, circle)

    def _judge_end(self, circle: Circle) -> None:
        for room in circle.rooms:
            if self._said["ended", circle, room] != 1:
                self.wrong(
                    circle, f"{room.platform}'s room was told {self._said['ended', circle, room]} times of the end"
                )

    def lapses(self, circle: Circle, soul: Soul) -> None:
        """Let an offer lapse that nobody took: the seat goes to the next.

        Whoever was not told of it in time, or for whom the bot was away when it ended, is asked anew.
        """
        until = circle.offered.get(soul)
        if until is None or until > self.now + timedelta(seconds=1) or not circle.is_living:
            return
        was_not_told = circle.asked.get(soul, until) >= until and self.court.was_away(until - DAY, until)
        if was_not_told or self.now - until > AWAY:
            self.year.people.joining.holds(circle, soul)
            return
        del circle.offered[soul]
        circle.waiting.remove(soul)
        circle.tells(self.now, f"{soul.name} did not take the seat")
        self.year.people.joining.offers(circle)

    def may_close(self, meeting: Meeting) -> None:
        """Look, when everybody has done what they do just now, whether all have answered."""
        self.closing.add(meeting)

    @staticmethod
    def has_closed(meeting: Meeting) -> bool:
        """Whether plus/delta is closed: all have answered, but for those who were not there."""
        if meeting.closed_at is not None:
            return True
        absent = {soul for soul, came in meeting.marks.items() if not came}
        absent |= {soul for soul, one in meeting.answers.items() if one == "no" and soul not in meeting.marks}
        learners = meeting.circle.learners
        given = meeting.gave & learners.keys()
        return len(given) >= SHOWN_FROM and all(soul in given or soul in absent for soul in learners)

    def _judge(self, meeting: Meeting, starts: datetime) -> None:
        circle = meeting.circle
        if meeting.starts != starts or not circle.is_published or meeting.is_judged:
            return
        meeting.is_judged = True
        if not meeting.is_on:
            self.year.report.called_off += 1
        over = circle.ended_at is not None and circle.ended_at < starts
        promises: tuple[Callable[..., Any], ...] = (reminders.each_is_reminded_exactly_as_promised,)
        if meeting.is_on and not over:
            promises += (
                answers.who_keeps_silent_is_nudged,
                answers.who_had_said_yes_is_asked_again,
                feedback.the_room_is_asked_at_the_end,
                feedback.plus_and_delta_are_named_to_nobody,
                feedback.the_summary_says_what_was_said,
                feedback.votes_count,
                feedback.the_facilitator_was_asked,
            )
        for promise in promises:
            self.judges(promise, circle, meeting)
        for room in circle.rooms if circle.is_living else ():
            if room.announced is not None:
                self.judges(seats.the_announcement_counts_who_is_in, circle, circle, words_of(room.announced))
        meeting.seen.clear()
        meeting.old.clear()

    # -- digests

    def _digest_due(self, community: Community, at: datetime) -> None:
        week = digests.week_before(community, at)
        self.year.look(at, self._judge_digest, community, at, week, rank=LATE)

    def _judge_digest(self, community: Community, at: datetime, week: digests.Week) -> None:
        seen = self.digests.pop(community, [])
        if self.court.was_away(at - timedelta(minutes=1), at + timedelta(minutes=1)):
            return
        self.judges(digests.every_digest_comes_on_monday_at_nine, None, community, at, seen, week)
        if seen and not self.court.was_away(at - 2 * WEEK, at):
            self.judges(digests.every_digest_is_right, None, community, seen[0], week)
        if seen:
            self.judges(digests.what_came_too_late_is_told, None, community, at, seen[0])
        self.year.report.digests += bool(seen)
        self.year.report.quiet += not seen
        community.quiet = 0 if seen else community.quiet + 1

    def strays(self) -> None:
        """Judge digests that came at no hour of theirs."""
        for community in [one for one in self.digests if not self.court.was_away(self.now - 2 * DAY, self.now)]:
            words = self.digests.pop(community)
            self.wrong(None, f"a digest of {community.name} at {self.now}: {words}")
