"""The year itself: a clock that jumps to the next moment at which something is due, promised, or done by somebody."""

from __future__ import annotations

import heapq
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from tests.simulate.ledger import Ledger, Sighting
from tests.simulate.people import CIRCLES_EACH, People
from tests.simulate.promises import Court, answers, digests, everywhere, feedback, reminders, seats
from tests.simulate.report import Report
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
from tests.simulate.turns import Turns
from tests.simulate.world import DISCORD, TELEGRAM, World

if TYPE_CHECKING:
    from tests.simulate.size import Size

BEGINNING: Final = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
"""A Monday."""
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
PAST: Final = timedelta(minutes=7)
"""People do what they do seven minutes past: at no moment at which anything is due."""
JUDGED_AFTER: Final = timedelta(days=4)
KEPT: Final = timedelta(days=12)
"""How long the platforms keep messages."""
AWAY: Final = timedelta(hours=31)
"""How long an outage lasts."""
LATE: Final = 9
"""The rank of what is looked at when the bot has done what is due."""
_ORDER: Final = {"changes_something": 0, "takes_up": 1, "ticks_off": 2, "takes_seat": 3, "leaves": 4}

_OF_KNOWN: Final = frozenset({"reminder"})
"""What cannot be judged unless it is known of which meeting it tells."""
_OF_KIND: Final[dict[str, tuple[Callable[..., Any], ...]]] = {
    "reminder": (
        reminders.no_wrong_hour,
        reminders.never_before_the_previous_meeting_has_ended,
        reminders.it_shows_live_counts,
        reminders.decisions_stand_on_the_next_card_until_done,
    ),
    "nudge": (reminders.no_wrong_hour, answers.only_those_are_nudged_who_have_not_answered),
    "confirm": (reminders.no_wrong_hour, answers.confirming_is_asked_of_members),
    "reflect": (feedback.the_facilitator_is_asked_privately,),
}
"""What is judged when a message of a kind is seen."""


class Year:
    """A year, lived and judged."""

    def __init__(self, world: World, size: Size, *, progress: Callable[[datetime, Year], None] | None = None) -> None:
        self.world, self.size, self.progress = world, size, progress
        self.report = Report()
        self.timed = self.report.timed
        self.court = Court(lambda: self.now)
        self.ledger = Ledger(world)
        self.turns = Turns(self._settles)
        self.people = People(self, size)
        self.end = BEGINNING + size.weeks * WEEK
        self.told: Counter[Room] = Counter()
        self._order = count()
        self._acts: list[tuple[datetime, int, int, Callable[..., Coroutine[Any, Any, None]], tuple[object, ...]]] = []
        self._looks: list[tuple[datetime, int, int, Callable[..., None], tuple[object, ...]]] = []
        self._said: Counter[tuple[object, ...]] = Counter()
        self._digests: dict[Community, list[str]] = {}
        self._closing: set[Meeting] = set()
        self._due_restarts: list[datetime] = []
        self._due_outages: list[datetime] = []
        self._wants_circles = False
        self._offers: list[Sighting] = []
        """What is judged when the books are right: an offer can follow from what somebody is just doing."""

    @property
    def now(self) -> datetime:
        """The present."""
        return self.world.clock.now()

    # -- what is to come

    def at(self, when: datetime, act: Callable[..., Coroutine[Any, Any, None]], *about: object) -> None:
        """Let somebody do something in the hour that holds `when`, or the next one."""
        hour = when.replace(minute=0, second=0, microsecond=0) + PAST
        when = hour if hour > self.now else hour + HOUR
        heapq.heappush(self._acts, (when, _ORDER.get(act.__name__, 9), next(self._order), act, about))

    def look(self, when: datetime, do: Callable[..., None], *about: object, rank: int = 0) -> None:
        """Look at something at a moment: before the bot does what is due then, in the order of `rank`, or LATE."""
        heapq.heappush(self._looks, (when, rank, next(self._order), do, about))

    def expects(self, circle: Circle) -> None:
        """Look at each meeting of a circle when it matters, as it is planned now."""
        for meeting in circle.ahead(self.now):
            starts = meeting.starts
            for at in meeting.promised:
                self.look(at, self._pass)
            self.look(instant(meeting.wall - DAY, circle.zone), self._day_before, meeting, starts)
            self.look(starts, self._begins, meeting, starts, rank=LATE)
            self.look(meeting.ends, self._ends, meeting, starts)
            self.look(meeting.ends + OPEN_FOR, self._closes, meeting, starts)
            self.look(meeting.ends + JUDGED_AFTER, self._judge, meeting, starts)

    def expects_digests(self, community: Community) -> None:
        """Look at each digest of a community."""
        zone = ZoneInfo(community.zone)
        monday = on_the_wall(self.now, community.zone).replace(hour=9, minute=0, second=0, microsecond=0)
        while monday.replace(tzinfo=zone).astimezone(UTC) <= self.now or monday.weekday():
            monday += DAY
        while (at := instant(monday, community.zone)) <= self.end:
            self.look(at, self._digest_due, community, at, rank=1)
            monday += WEEK

    # -- living

    async def lives(self) -> Report:
        """Live the year."""
        await self.world.starts()
        await self._begin()
        for week in range(1, self.size.weeks):
            self.look(BEGINNING + week * WEEK - HOUR / 4, self._pass)
            self.at(BEGINNING + week * WEEK - 4 * HOUR, self._week)
        restarts = [
            (number + 1) * self.size.weeks * WEEK / (self.size.restarts + 1) for number in range(self.size.restarts)
        ]
        outages = [(number + 0.6) * self.size.weeks * WEEK / self.size.outages for number in range(self.size.outages)]
        self._due_restarts = [BEGINNING + one for one in restarts]
        self._due_outages = [BEGINNING + one for one in outages]
        while True:
            moment = await self._next()
            if moment > self.end:
                break
            await self._lives_until(moment)
        self._finish()
        return self.report

    async def _begin(self) -> None:
        """Found the communities and their circles."""
        people = self.people
        number = -(-self.size.circles // CIRCLES_EACH)
        for one in range(max(2, number)):
            people.community(TELEGRAM if one % 2 else DISCORD)
        for start in range(0, len(people.communities), 25):  # not all at once: people would wait for long
            await self.turns.take([people.founds(one) for one in people.communities[start : start + 25]])
        await self._new_circles()

    async def _new_circles(self) -> None:
        """Start circles where there are fewer than there should be; one after the other in a community."""
        people = self.people
        living: Counter[Community] = Counter(one.community for one in people.circles if one.is_living)
        while living.total() < self.size.circles:
            where = sorted(people.communities, key=lambda one: living[one])[: self.size.circles - living.total()]
            where = where[:25]
            living.update(where)
            await self.turns.take(
                [
                    people.starts_circle(one, on_both=one.platform == DISCORD and people.chance.random() < 0.25)
                    for one in where
                ]
            )

    async def _next(self) -> datetime:
        due = await self.world.next_due()
        moments = [heap[0][0] for heap in (self._acts, self._looks) if heap]
        # What is due and not done stays undone, and breaks a promise; time goes on.
        moments += [due] if due is not None and due > self.now else []
        return max(self.now, min(moments, default=self.end + DAY))

    async def _lives_until(self, moment: datetime) -> None:
        """Let time pass until then; see to what is due, then let people do what they do."""
        if self._due_outages and moment >= self._due_outages[0]:
            await self._is_away(self._due_outages.pop(0))
            return
        if self._due_restarts and moment >= self._due_restarts[0]:
            self._due_restarts.pop(0)
            await self._starts_anew()
        self.report.moments += 1
        if moment > self.now:
            self.world.clock.move_to(moment)
        late = self._look_at(moment)
        await self._settles()
        for _, _, _, do, about in late:
            do(*about)
        self._see_digests()
        await self._act(moment)
        if self._wants_circles:
            self._wants_circles = False
            await self.world.night()
            await self._new_circles()
            self.world.tg.forget_before(self.now - KEPT, self._kept(TELEGRAM))
            self.world.dc.realm.forget_before(self.now - KEPT, self._kept(DISCORD))
            self.world.dc.realm.completes_events()
        if self.progress is not None:
            self.progress(moment, self)

    def _look_at(self, moment: datetime) -> list[tuple[datetime, int, int, Callable[..., None], tuple[object, ...]]]:
        """Do what is to be done before the bot does what is due; return what is to be done afterwards."""
        late = []
        while self._looks and self._looks[0][0] <= moment:
            one = heapq.heappop(self._looks)
            if one[1] == LATE:
                late.append(one)
            else:
                one[3](*one[4])
        return late

    async def _act(self, moment: datetime) -> None:
        due = []
        while self._acts and self._acts[0][0] <= moment:
            due.append(heapq.heappop(self._acts))
        began = perf_counter()
        for order in sorted({one[1] for one in due}):
            # Whoever does several things does one after the other; so does everybody in what changes a circle.
            lanes: dict[object, list[Coroutine[Any, Any, None]]] = {}
            for one in due:
                if one[1] == order:
                    lane = _lane(one[4], by_circle=order < 9)
                    lanes.setdefault(lane, []).append(self._done(one[3](*one[4]), lane))
            await self.turns.take([_one_by_one(lane) for lane in lanes.values()])
        for seen in self._offers:
            self.judges(seats.a_freed_seat_is_offered_in_order, seen.circle, seen)
        self._offers.clear()
        if due:
            self.report.tapping_s += perf_counter() - began
            self._look_at_cards()

    async def _done(self, act: Coroutine[Any, Any, None], lane: object) -> None:
        """Let somebody do something; where it cannot be done at all, that is told, and the year goes on."""
        try:
            await act
        except Exception:  # noqa: BLE001  # told with all that is known
            self.wrong(lane if isinstance(lane, Circle) else None, f"could not go on: {traceback.format_exc()}")

    def _look_at_cards(self) -> None:
        for meeting in self.people.tapped:
            if meeting.is_on and self.now < meeting.starts and meeting.circle.is_living:
                self.judges(answers.no_answer_is_lost, meeting.circle, meeting)
        self.people.tapped.clear()
        for meeting in self._closing:
            if meeting.closed_at is None and self.has_closed(meeting):
                self._close(meeting, self.now)
        self._closing.clear()

    async def _week(self) -> None:
        """Do what happens once a week."""
        people, chance = self.people, self.people.chance
        for circle in people.circles:
            if not circle.is_living:
                continue
            if chance.random() < 0.12:
                self.at(self.now + chance.randint(1, 160) * HOUR, people.changing.changes_something, circle)
            if chance.random() < 0.12:
                self.at(self.now + chance.randint(1, 160) * HOUR, people.joining.newcomer, circle)
            for soul in list(circle.learners):
                if chance.random() < 0.012:
                    self.at(self.now + chance.randint(1, 160) * HOUR, people.joining.leaves, circle, soul)
        self._wants_circles = True

    def _kept(self, platform: str) -> set[Any]:
        """Return which messages stay though they are old: the announcements of circles that run."""
        rooms = [room for circle in self.people.circles if circle.is_living for room in circle.rooms]
        kept = [room.announced for room in rooms if room.announced is not None and room.platform == platform]
        return {(one.chat.id, one.id) if platform == TELEGRAM else one.id for one in kept}

    # -- the bot comes and goes

    async def _starts_anew(self) -> None:
        """Start the bot anew; every second time it has been killed."""
        if len(self._due_restarts) % 2 == 0:  # the last one always
            await self.world.is_killed()
            self.report.kills += 1
        else:
            await self.world.stops()
        self.report.restarts += 1
        await self.world.starts()
        self._read()

    async def _is_away(self, since: datetime) -> None:
        """Let the bot be away for more than a day, in which nobody does anything."""
        down = max(self.now, since)
        up = down + AWAY
        if self.now < down:
            self.world.clock.move_to(down)
        self.court.outages.append((down + timedelta(seconds=1), up))
        await self.world.is_killed()
        self.report.restarts += 1
        self.report.kills += 1
        late = self._look_at(up)
        self.world.clock.move_to(up)
        await self.world.starts()
        self._read()
        for _, _, _, do, about in late:
            if do != self._begins:
                do(*about)
        self._see_digests()

    async def _settles(self) -> None:
        await self.world.settles()
        self._read()

    def _read(self) -> None:
        for seen in self.ledger.fresh():
            self._judge_seen(seen)
            self.people.see(seen)
        for _ in range(self.ledger.failed()):
            self.judges(everywhere.nothing_goes_wrong, None, "somebody read that what they did had failed")
        for words in self.ledger.complaints():
            self.judges(everywhere.nothing_goes_wrong, None, words)
        self.world.forget()

    # -- judging

    def judges(self, promise: Callable[..., Any], circle: Circle | None, *about: object) -> None:
        """Look whether a promise was kept."""
        self.court.judges(promise, circle, *about)

    def wrong(self, circle: Circle | None, words: str) -> None:
        """Note something that must not be."""
        self.judges(everywhere.nothing_goes_wrong, circle, words)

    def _judge_seen(self, seen: Sighting) -> None:
        circle, meeting = seen.circle, seen.meeting
        self.judges(everywhere.every_message_belongs_where_it_stands, circle, seen)
        self.judges(everywhere.nothing_is_sent_twice, circle, seen, self._said)
        if seen.kind == "digest" and seen.room is not None and seen.room.office_of is not None:
            self._digests.setdefault(seen.room.office_of, []).append(seen.words)
        if circle is None:
            return
        self.judges(everywhere.an_ended_circle_keeps_silent, circle, seen, circle)
        if meeting is not None:
            meeting.seen.append(seen)
        if seen.kind == "changed" and seen.room is not None:
            self.told[seen.room] += 1
        if seen.kind == "seat":
            self._offers.append(seen)
        if meeting is not None or seen.kind not in _OF_KNOWN:
            for promise in _OF_KIND.get(seen.kind, ()):
                self.judges(promise, circle, seen)
        elif seen.kind in _OF_KIND:
            self.judges(reminders.no_wrong_hour, circle, seen)

    @staticmethod
    def _pass() -> None:
        """Nothing: the moment itself is what counts."""

    @staticmethod
    def _is_still(meeting: Meeting, starts: datetime) -> bool:
        return meeting.is_on and meeting.starts == starts and meeting.circle.is_published

    def _day_before(self, meeting: Meeting, starts: datetime) -> None:
        if self._is_still(meeting, starts):
            meeting.members_before = dict(meeting.circle.learners)

    def _begins(self, meeting: Meeting, starts: datetime) -> None:
        if self._is_still(meeting, starts) and meeting.circle.is_living:
            self.judges(answers.no_answer_is_lost, meeting.circle, meeting)

    def _ends(self, meeting: Meeting, starts: datetime) -> None:
        circle = meeting.circle
        if not self._is_still(meeting, starts) or not circle.is_living or meeting.is_held:
            return
        meeting.is_held = True
        self.report.held += 1
        before = [one for one in circle.standing if one.starts < starts]
        if before and offset(before[-1].starts, circle.zone) != offset(starts, circle.zone):
            self.report.clock_changes += 1

    def _closes(self, meeting: Meeting, starts: datetime) -> None:
        if self._is_still(meeting, starts) and meeting.is_held and meeting.closed_at is None:
            # "After an outage people still get a day."
            up = next((up for down, up in self.court.outages if down <= meeting.ends < up), meeting.ends)
            at = max(meeting.ends + OPEN_FOR, up + DAY) if up != meeting.ends else meeting.ends + OPEN_FOR
            if at > meeting.ends + OPEN_FOR and at > self.now:
                self.look(at, self._closes_late, meeting, at)
            else:
                self._close(meeting, at)

    def _closes_late(self, meeting: Meeting, at: datetime) -> None:
        if meeting.closed_at is None:
            self._close(meeting, at)

    def _close(self, meeting: Meeting, at: datetime) -> None:
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
        self.look(self.now + JUDGED_AFTER, self._judge_end, circle)

    def _judge_end(self, circle: Circle) -> None:
        for room in circle.rooms:
            if self._said["ended", circle, room] != 1:
                self.wrong(
                    circle, f"{room.platform}'s room was told {self._said['ended', circle, room]} times of the end"
                )

    def lapses(self, circle: Circle, soul: Soul) -> None:
        """Let an offer lapse that nobody took: the seat goes to the next."""
        until = circle.offered.get(soul)
        if until is not None and until <= self.now + timedelta(seconds=1) and circle.is_living:
            del circle.offered[soul]
            circle.waiting.remove(soul)
            circle.tells(self.now, f"{soul.name} did not take the seat")
            self.people.joining.offers(circle)

    def may_close(self, meeting: Meeting) -> None:
        """Look, when everybody has done what they do just now, whether all have answered."""
        self._closing.add(meeting)

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
            self.report.called_off += 1
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
        meeting.seen.clear()
        meeting.old.clear()

    # -- digests

    def _digest_due(self, community: Community, at: datetime) -> None:
        week = digests.week_before(community, at)
        self.look(at, self._judge_digest, community, at, week, rank=LATE)

    def _judge_digest(self, community: Community, at: datetime, week: digests.Week) -> None:
        seen = self._digests.pop(community, [])
        if self.court.was_away(at - timedelta(minutes=1), at + timedelta(minutes=1)):
            return
        self.judges(digests.every_digest_comes_on_monday_at_nine, None, community, at, seen, week)
        if seen and not self.court.was_away(at - 2 * WEEK, at):
            self.judges(digests.every_digest_is_right, None, community, seen[0], week)
        self.report.digests += bool(seen)
        self.report.quiet += not seen
        community.quiet = 0 if seen else community.quiet + 1

    def _see_digests(self) -> None:
        for community in [one for one in self._digests if not self.court.was_away(self.now - 2 * DAY, self.now)]:
            words = self._digests.pop(community)
            self.wrong(None, f"a digest of {community.name} at {self.now}: {words}")

    def _finish(self) -> None:
        report, people = self.report, self.people
        report.by_kind, report.edits = self.ledger.by_kind, self.ledger.edits
        report.circles, report.communities = len(people.circles), len(people.communities)
        report.people, report.linked = people.souls, people.linked
        report.dropped = sum(len(one.dropped_at) for one in people.circles)
        for violation in (*self.world.tg.violations, *self.world.dc.violations):
            self.wrong(None, violation)


def _lane(about: tuple[object, ...], *, by_circle: bool) -> object:
    """Return whose turn something is."""
    for one in about:
        if isinstance(one, Sighting):
            return one.circle if by_circle else one.soul or one
        if isinstance(one, Soul) and not by_circle:
            return one
    for one in about:
        if isinstance(one, Meeting):
            return one.circle
        if isinstance(one, Circle):
            return one if by_circle else object()
    return object()


async def _one_by_one(acts: list[Coroutine[Any, Any, None]]) -> None:
    for act in acts:
        await act
