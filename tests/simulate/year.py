"""The year itself: a clock that jumps to the next moment at which something is due, promised, or done by somebody."""

from __future__ import annotations

import asyncio
import heapq
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from tests.simulate.judging import LATE, Judging
from tests.simulate.ledger import Ledger, Sighting
from tests.simulate.people import CIRCLES_EACH, People
from tests.simulate.promises import answers, everywhere, seats
from tests.simulate.report import Report
from tests.simulate.truth import Circle, Community, Meeting, Soul
from tests.simulate.turns import Turns
from tests.simulate.world import DISCORD, TELEGRAM, World

if TYPE_CHECKING:
    from tests.simulate.size import Size

BEGINNING: Final = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
"""A Monday."""
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
PAST: Final = timedelta(minutes=7)
"""People do what they do seven minutes past: at no moment at which anything is due."""
KEPT: Final = timedelta(days=12)
"""How long the platforms keep messages."""
AWAY: Final = timedelta(hours=31)
"""How long an outage lasts."""
_ORDER: Final = {"changes_something": 0, "takes_up": 1, "ticks_off": 2, "takes_seat": 3, "leaves": 4}


class Year:
    """A year, lived and judged."""

    def __init__(self, world: World, size: Size, *, progress: Callable[[datetime, Year], None] | None = None) -> None:
        self.world, self.size, self.progress = world, size, progress
        self.report = Report()
        self.timed = self.report.timed
        self.judging = Judging(self)
        self.court = self.judging.court
        self.ledger = Ledger(world)
        self.turns = Turns(self._settles)
        self.people = People(self, size)
        self.end = BEGINNING + size.weeks * WEEK
        self._order = count()
        self._acts: list[tuple[datetime, int, int, Callable[..., Coroutine[Any, Any, None]], tuple[object, ...]]] = []
        self._looks: list[tuple[datetime, int, int, Callable[..., None], tuple[object, ...]]] = []
        self._due_restarts: list[datetime] = []
        self._due_outages: list[datetime] = []
        self._wants_circles = False

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

    # -- living

    async def lives(self) -> Report:
        """Live the year."""
        await self.world.starts()
        await self._begin()
        for week in range(1, self.size.weeks):
            self.look(BEGINNING + week * WEEK - HOUR / 4, self.judging.passes)
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
        self.judging.strays()
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
        self._judge_offers()
        if due:
            self.report.tapping_s += perf_counter() - began
            self._look_at_cards()

    def _judge_offers(self) -> None:
        """Look who was offered a seat, now that the books are right."""
        for seen in self.judging.offers:
            self.judging.judges(seats.a_freed_seat_is_offered_in_order, seen.circle, seen)
        self.judging.offers.clear()

    async def _done(self, act: Coroutine[Any, Any, None], lane: object) -> None:
        """Let somebody do something; where it cannot be done at all, that is told, and the year goes on."""
        try:
            await act
        except Exception:  # noqa: BLE001  # told with all that is known
            self.judging.wrong(lane if isinstance(lane, Circle) else None, f"could not go on: {traceback.format_exc()}")

    def _look_at_cards(self) -> None:
        for meeting in self.people.tapped:
            if meeting.is_on and self.now < meeting.starts and meeting.circle.is_living:
                self.judging.judges(answers.no_answer_is_lost, meeting.circle, meeting)
        self.people.tapped.clear()
        for meeting in self.judging.closing:
            if meeting.closed_at is None and self.judging.has_closed(meeting):
                self.judging.close(meeting, self.now)
        self.judging.closing.clear()

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
        """Start the bot anew; every second time it has been killed, in the middle of taps."""
        taps = []
        if len(self._due_restarts) % 2 == 0:  # the last one always
            taps = [asyncio.create_task(one) for one in self.people.answering.in_the_very_moment()]
            await asyncio.sleep(self.people.chance.uniform(0.0, 0.03))
            await self.world.is_killed()
            self.report.kills += 1
        else:
            await self.world.stops()
        self.report.restarts += 1
        await self.world.starts()
        await asyncio.gather(*taps)
        await self._settles()
        self._look_at_cards()

    async def _is_away(self, since: datetime) -> None:
        """Let the bot be away for more than a day, in which nobody does anything."""
        down = max(self.now, since)
        up = down + AWAY
        if self.now < down:  # nothing of that moment is done any more
            self.world.clock.move_to(down)
            self.court.outages.append((down, up))
        else:
            self.court.outages.append((down + timedelta(seconds=1), up))
        await self.world.is_killed()
        self.report.restarts += 1
        self.report.kills += 1
        self.world.clock.move_to(up)
        late = self._look_at(up)
        await self.world.starts()
        self._read()
        for _, _, _, do, about in late:
            if do != self.judging.begins:
                do(*about)
        self._judge_offers()  # before anybody does what they wished to do meanwhile
        self.judging.strays()

    async def _settles(self) -> None:
        await self.world.settles()
        self._read()

    def _read(self) -> None:
        for seen in self.ledger.fresh():
            self.judging.sees(seen)
            self.people.see(seen)
        for _ in range(self.ledger.failed()):
            self.judging.judges(everywhere.nothing_goes_wrong, None, "somebody read that what they did had failed")
        for words in self.ledger.complaints():
            self.judging.judges(everywhere.nothing_goes_wrong, None, words)
        self.world.forget()

    def _finish(self) -> None:
        report, people = self.report, self.people
        report.by_kind, report.edits = self.ledger.by_kind, self.ledger.edits
        report.circles, report.communities = len(people.circles), len(people.communities)
        report.people, report.linked = people.souls, people.linked
        report.dropped = sum(len(one.dropped_at) for one in people.circles)
        for violation in (*self.world.tg.violations, *self.world.dc.violations):
            self.judging.wrong(None, violation)


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
