"""Keeps the outbox true to the meetings and communities: the pure plans of `bot.domain.plans`, written down."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from bot.chat.adapter import Trouble
from bot.chat.message import Room
from bot.domain.circles import Circle, CircleState
from bot.domain.meetings import Meeting, MeetingState, upcoming
from bot.domain.notices import DeliveryState, DigestDue, Due, MeetingListed
from bot.domain.plans import (
    Move,
    circle_dues,
    digest_due,
    digest_key,
    events,
    is_held_up,
    is_missed,
    move,
    overdue,
)
from bot.i18n import N_
from bot.ports import Storage, Store, StoredPlace
from scheduler import rooms

log = logging.getLogger(__name__)


class Planner:
    """Implements `bot.ports.Planner`. Holds nothing but what it is told; everything is in the store.

    `calendars` are the platforms in whose own calendars the next meetings stand.
    """

    def __init__(self, calendars: Collection[str] = ()) -> None:
        self._calendars = calendars

    def circle(self, store: Store, circle: int, now: datetime) -> None:
        """Plan everything of a circle anew: idempotent, safe to call after any change to it or its meetings."""
        about = store.circles.get(circle)
        if about is None:
            return
        meetings = store.meetings.of_circle(circle)
        places = store.places.of_circle(circle)
        dues = circle_dues(about, meetings, [place.id for place in places])
        dues += self._list(store, about, meetings, places, now)
        # What still waits of one that is over came too late: the courier says so in the log.
        living = [one.id for one in meetings if one.state not in {MeetingState.ENDED, MeetingState.CLOSED}]
        store.deliveries.keep_only([due.key for due in dues], meetings=living)
        self._write(store, dues, now)
        self._catch_up(store, upcoming(meetings, now), dues, now)

    def _list(
        self, store: Store, about: Circle, meetings: Sequence[Meeting], places: Sequence[StoredPlace], now: datetime
    ) -> tuple[Due, ...]:
        """Return when meetings are to stand in calendars, and have the entries that stand there follow them.

        Those of a room that the circle has left, too.
        """
        if not self._calendars:
            return ()
        store.cards.touch_several(MeetingListed.kind, [one.id for one in meetings if not one.has_started(now)], now)
        listed = [place.id for place in places if place.room.platform in self._calendars]
        if not listed:
            return ()
        dues = events(about, upcoming(meetings, now), listed, now)
        there = store.deliveries.several([due.key for due in dues])
        for due in dues:
            before = there[due.key].state if due.key in there else None
            # One that was taken out is back, and its entry is no more; or the calendar was shut and may be open now.
            is_out = before is DeliveryState.SENT and due.place not in {
                card.place for card in store.cards.of(MeetingListed.kind, due.meeting or 0)
            }
            if is_out or before is DeliveryState.FAILED:
                store.deliveries.send_again(due)
        return dues

    def _catch_up(self, store: Store, ahead: Sequence[Meeting], dues: Sequence[Due], now: datetime) -> None:
        """Let a room ask who comes to the next meeting, where it came too near for that and no card of it stands.

        So it does where its time came while the one before was still planned, and that is called off now.
        """
        late = overdue(ahead[0], dues, now) if ahead else ()
        if not late:
            return
        there = store.deliveries.several([due.key for due in late])
        shown = {card.place for card in store.cards.of("meeting", ahead[0].id)}
        store.deliveries.plan(
            [
                due
                for due in late
                if is_held_up(due, there.get(due.key))
                or (due.place not in shown and is_missed(due, there.get(due.key), ahead[0]))
            ]
        )

    def community(self, store: Store, community: int, now: datetime) -> None:
        """Plan a community's next digest anew: a changed time moves the one that waits, no room means none."""
        about = store.communities.get(community)
        coming = digest_due(about, now) if about else None
        if coming is None:
            store.deliveries.drop([digest_key(community)], N_("no room gets the digest"))
            return
        there = store.deliveries.find(coming.key)
        is_late = there is not None and there.state is DeliveryState.WAITING and there.due.due_at <= now
        if is_late and there is not None and there.due.place == coming.place:
            return  # last week's is still to be sent; the next one follows it
        self._write(store, [coming], now)

    def lost(self, store: Store, places: Sequence[int], why: str, now: datetime) -> None:
        """Note that rooms cannot be reached; where that is news, who looks after them is told once."""
        if why == Trouble.NO_EVENTS:
            rooms.without_events(store, places, now)
        else:
            rooms.lost(store, places, why, now)

    def back(self, store: Store, places: Sequence[int], now: datetime) -> None:
        """Note that rooms can be reached again; where that is news, what is still of use goes there now."""
        rooms.back(store, places, now)

    def moved(self, store: Store, old: Room, new: Room, now: datetime) -> None:
        """Let a room follow to its new address, with fresh cards; hearing of it twice changes nothing."""
        rooms.moved(store, old, new, now)
        place = store.places.find(new)
        for circle in store.places.circles_in(place.id) if place else ():
            self.circle(store, circle.id, now)  # what waited for a room noted twice goes out once

    def follow(self, store: Store, due: Due, now: datetime) -> None:
        """Plan what comes after something that has been dealt with, in the same transaction: the next week's digest."""
        if _is_weekly(due) and due.community is not None:
            self.community(store, due.community, now)

    async def replan_all(self, storage: Storage, now: datetime) -> int:
        """Plan every community and its living circles anew, a transaction for each; return how many circles."""
        communities = await storage.read(lambda store: store.communities.all())
        planned = 0
        for community in communities:
            planned += await storage.transact(partial(self._all_of, community=community.id, now=now))
        return planned

    def _all_of(self, store: Store, *, community: int, now: datetime) -> int:
        self.community(store, community, now)
        living = [c for c in store.circles.of_community(community) if c.state is CircleState.PUBLISHED]
        for circle in living:
            self.circle(store, circle.id, now)
        return len(living)

    def _write(self, store: Store, dues: tuple[Due, ...] | list[Due], now: datetime) -> None:
        there = store.deliveries.several([due.key for due in dues])
        moves = [(due, move(due, there.get(due.key), now)) for due in dues]
        store.deliveries.plan([due for due, what in moves if what is Move.PLAN])
        for due, what in moves:
            if what is Move.AGAIN:
                store.deliveries.send_again(due)


def _is_weekly(due: Due) -> bool:
    return isinstance(due.notice, DigestDue) and not due.notice.asked
