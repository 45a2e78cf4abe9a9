"""Gathers the facts of a digest. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.circles import Circle, CircleState
from bot.domain.communities import Community
from bot.domain.digests import (
    QUIET_WEEK,
    TOO_LATE,
    WEEK,
    Ahead,
    Decided,
    Digest,
    Health,
    Held,
    Helpless,
    Newcomer,
    Said,
    needs,
)
from bot.domain.feedback import OPEN_FOR, is_over, mood_of, shown, shuffled
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.notices import DeliveryState, DigestDue
from bot.domain.people import Role
from bot.domain.rsvps import Tally
from bot.ports import Store

_HISTORY: Final = timedelta(weeks=8)
"""How far back turnouts are compared."""
_THEMES: Final = 2
"""How many pluses and deltas stand for a meeting."""
_LOG_LIMIT: Final = 1000
_FEW_CIRCLES: Final = 2
"""So few circles are charted over several weeks; more of them side by side."""
_CHARTED_WEEKS: Final = 4
_CHARTED: Final = 8
_QUIET_WEEKS_TOLD: Final = 8


@dataclass(frozen=True)
class _Week:
    """What is read once: the meetings around a week with their counts."""

    store: Store
    community: Community
    start: datetime
    end: datetime
    circles: Mapping[int, Circle]
    meetings: Sequence[Meeting]
    tallies: Mapping[int, Tally]

    def held(self, since: datetime, circle: int | None = None) -> list[Meeting]:
        """Return the meetings that came to their end after `since` and within the week, oldest first."""
        return [
            meeting
            for meeting in self.meetings
            if since < meeting.ends_at <= self.end
            and is_over(meeting, self.end)
            and circle in {None, meeting.circle}
            and (self._goes_on(meeting) or not meeting.is_on)
        ]

    def ahead(self, circle: int | None = None) -> list[Meeting]:
        """Return the meetings to come of the circles that go on, soonest first."""
        return [
            meeting
            for meeting in self.meetings
            if meeting.is_on
            and meeting.starts_at >= self.end
            and circle in {None, meeting.circle}
            and self._goes_on(meeting)
        ]

    def _goes_on(self, meeting: Meeting) -> bool:
        """Whether a meeting's circle has not ended: what an ended one had planned does not take place."""
        return self.circles[meeting.circle].state is CircleState.PUBLISHED

    def came(self, meeting: Meeting) -> int | None:
        """Return how many came, None where nobody marked it."""
        marks = self.store.attendance.of(meeting.id)
        return sum(marks.values()) if marks else None

    def tally(self, meeting: Meeting) -> Tally:
        """Return a meeting's answers."""
        return self.tallies.get(meeting.id, Tally())

    def title(self, circle: int) -> str:
        """Return a circle's title."""
        return self.circles[circle].title


def gather(store: Store, community: Community, until: datetime) -> Digest:
    """Return the digest of the seven days before `until`."""
    start, end = until - WEEK, until
    circles = {circle.id: circle for circle in store.circles.of_community(community.id)}
    meetings = store.meetings.between(community.id, end - _HISTORY, end + 2 * WEEK)
    tallies = store.rsvps.tallies([meeting.id for meeting in meetings])
    week = _Week(store, community, start, end, circles, meetings, tallies)
    return Digest(
        community.name,
        community.zone,
        start,
        end,
        held=tuple(_held(week, meeting) for meeting in week.held(start)),
        shown=_charted(week),
        said=tuple(_said(week)),
        decided=tuple(_decided(week)),
        newcomers=tuple(_newcomers(week)),
        ahead=tuple(_ahead(week)),
        helpless=tuple(_helpless(week)),
        quiet_before=_quiet_before(store, community, until),
    )


def _held(week: _Week, meeting: Meeting) -> Held:
    return Held(
        week.title(meeting.circle),
        meeting.number,
        meeting.topic,
        meeting.starts_at,
        meeting.zone,
        week.tally(meeting).yes,
        week.came(meeting),
    )


def _charted(week: _Week) -> tuple[Held, ...]:
    """Return the meetings of the chart: some weeks of a few circles, else the week of the first ones."""
    held = week.held(week.start)
    if not held:
        return ()
    recent = week.held(week.end - _CHARTED_WEEKS * WEEK)
    if len({meeting.circle for meeting in recent}) <= _FEW_CIRCLES:
        held = sorted(recent, key=lambda meeting: (meeting.circle, meeting.starts_at))
    return tuple(_held(week, meeting) for meeting in held[:_CHARTED])


def _said(week: _Week) -> Iterable[Said]:
    """Return the plus/delta that was summed up: one that is still open could be told apart by asking twice."""
    for meeting in week.held(week.start - OPEN_FOR):
        if meeting.state is not MeetingState.CLOSED:
            continue
        everything = week.store.feedback.of(meeting.id)
        readable = shuffled(shown(everything), f"digest:{meeting.id}")
        pluses = [one.plus for one in readable if one.plus][:_THEMES]
        by_votes = sorted((one for one in readable if one.delta), key=lambda one: -one.votes)
        mood = mood_of(everything)
        if pluses or by_votes or mood is not None:
            deltas = tuple(one.delta for one in by_votes[:_THEMES])
            yield Said(week.title(meeting.circle), meeting.number, mood, tuple(pluses), deltas)


def _decided(week: _Week) -> Iterable[Decided]:
    for meeting in week.held(week.start - 2 * WEEK):
        for decision in week.store.decisions.of_meeting(meeting.id):
            if decision.made_at is not None and week.start <= decision.made_at < week.end:
                yield Decided(week.title(meeting.circle), decision.words)


def _newcomers(week: _Week) -> Iterable[Newcomer]:
    for circle in week.circles.values():
        for member in week.store.seats.joined_since(circle.id, week.start):
            if member.role is Role.LEARNER and member.left_at is None and member.joined_at < week.end:
                yield Newcomer(circle.title, member.person.name, member.goal)


def _learners(week: _Week, circle: int) -> int:
    return sum(member.role is Role.LEARNER for member in week.store.seats.roster(circle))


def _ahead(week: _Week) -> Iterable[Ahead]:
    for meeting in week.ahead():
        if meeting.starts_at < week.end + WEEK:
            tally = week.tally(meeting)
            yield Ahead(
                week.title(meeting.circle),
                meeting.number,
                meeting.topic,
                meeting.starts_at,
                meeting.zone,
                tally.yes,
                tally.answers,
                _learners(week, meeting.circle),
            )


def _helpless(week: _Week) -> Iterable[Helpless]:
    failed = _undelivered(week)
    for circle in week.circles.values():
        if circle.state is CircleState.PUBLISHED:
            health = _health(week, circle, failed.get(circle.id, 0))
            if why := needs(health):
                yield Helpless(circle.title, why, health.undelivered)


def _health(week: _Week, circle: Circle, undelivered: int) -> Health:
    held, ahead = week.held(week.end - _HISTORY, circle.id), week.ahead(circle.id)
    last, following = (held[-1] if held else None), (ahead[0] if ahead else None)
    turnouts = (week.came(meeting) for meeting in held)
    reported = last is None or bool(week.store.attendance.of(last.id) or week.store.feedback.reflections(last.id))
    return Health(
        circle.title,
        _learners(week, circle.id),
        turnouts=tuple(came for came in turnouts if came is not None),
        since_last=week.end - last.ends_at if last else None,
        last_answers=week.tally(last).answers if last else 0,
        last_reported=reported,
        until_next=following.starts_at - week.end if following else None,
        next_answers=week.tally(following).answers if following else 0,
        undelivered=undelivered,
    )


def _undelivered(week: _Week) -> Mapping[int, int]:
    """Return how many messages of the week were given up or came too late, by circle."""
    counts: dict[int, int] = {}
    for delivery in week.store.deliveries.log(community=week.community.id, since=week.start, limit=_LOG_LIMIT):
        circle = delivery.due.circle
        late = delivery.state is DeliveryState.DROPPED and delivery.outcome.startswith(TOO_LATE)
        if circle is not None and (late or delivery.state is DeliveryState.FAILED):
            counts[circle] = counts.get(circle, 0) + 1
    return counts


def _quiet_before(store: Store, community: Community, until: datetime) -> int:
    """Return how many weekly digests in a row were skipped just before `until`."""
    quiet = 0
    since = until - (_QUIET_WEEKS_TOLD + 1) * WEEK
    for delivery in store.deliveries.log(community=community.id, since=since, limit=_LOG_LIMIT):
        notice = delivery.due.notice
        if not isinstance(notice, DigestDue) or notice.asked or notice.community != community.id:
            continue
        if delivery.state is not DeliveryState.DROPPED or QUIET_WEEK not in delivery.outcome:
            break
        quiet += 1
    return quiet
