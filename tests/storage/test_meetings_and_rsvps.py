"""Meetings, who says they come, who came."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.circles import CircleState
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.rsvps import NAMES_SHOWN, Answer, Rsvp, Tally
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World, at_once, learner, meeting, person, soon


async def test_every_field_of_a_meeting_is_kept(database: Database, world: World) -> None:
    """What is saved comes back; a new one gets an identity of its own for calendars."""

    def work(store: SqlStore) -> None:
        assert len(world.meeting.uid) == 36
        changed = Meeting(
            world.meeting.id,
            world.circle.id,
            3,
            datetime(2026, 3, 1, 18, 30),
            "Asia/Tokyo",
            soon(days=50),
            45,
            "T",
            "P",
            "https://l",
            MeetingState.CANCELLED,
            "uid",
            4,
        )
        store.meetings.save(changed)
        assert store.meetings.get(changed.id) == changed
        assert store.meetings.get(99) is None

    await database.transact(work)


async def test_meetings_in_order_of_time(database: Database, world: World) -> None:
    """The next one is the one that is on or comes first; cancelled ones are neither next nor previous."""

    def work(store: SqlStore) -> None:
        circle = world.circle.id
        fourth, third, second = store.meetings.add([meeting(circle, 0, soon(days=days)) for days in (22, 15, 8)])
        store.meetings.save(replace(second, state=MeetingState.CANCELLED), second)
        ids = [one.id for one in store.meetings.of_circle(circle)]
        assert ids == [world.meeting.id, second.id, third.id, fourth.id]
        assert store.meetings.next_of(circle, NOW) == world.meeting
        assert store.meetings.next_of(circle, soon(days=1, minutes=89)) == world.meeting
        assert store.meetings.next_of(circle, soon(days=1, minutes=90)) == third
        assert store.meetings.next_of(circle, soon(days=23)) is None
        assert store.meetings.previous_of(third) == world.meeting
        assert store.meetings.previous_of(world.meeting) is None
        store.meetings.renumber(circle)
        assert [one.number for one in store.meetings.of_circle(circle)] == [1, 0, 2, 3]

    await database.transact(work)


async def test_meetings_of_a_community_in_a_week(database: Database, world: World) -> None:
    """Those that start in [start, end) in circles that are or were public."""

    def work(store: SqlStore) -> None:
        hidden = store.circles.add(replace(world.circle, state=CircleState.DRAFT), NOW)
        store.meetings.add([meeting(hidden.id, 1, soon(days=1))])
        at_end = store.meetings.add([meeting(world.circle.id, 2, soon(days=8))])[0]
        community = world.community.id
        assert store.meetings.between(community, soon(days=1), soon(days=8)) == (world.meeting,)
        assert store.meetings.between(community, soon(days=2), soon(days=9)) == (at_end,)

    await database.transact(work)


async def test_a_meeting_ends_once(database: Database, world: World) -> None:
    """Of many who end it at once, one does."""
    ended = await asyncio.gather(
        *(
            database.transact(
                lambda store: store.meetings.change_state(world.meeting.id, MeetingState.PLANNED, MeetingState.ENDED)
            )
            for _ in range(6)
        )
    )
    assert ended.count(True) == 1


async def test_a_changed_mind_is_counted_once(database: Database, world: World) -> None:
    """A second answer replaces the first; the same once more keeps its place among the names."""

    def work(store: SqlStore) -> None:
        it = world.meeting.id

        def answer(of: int, person: int, given: Answer, at: datetime, reason: str = "") -> Tally:
            store.rsvps.answer(of, person, given, at, reason)
            return store.rsvps.tally(of)

        assert answer(it, world.ada.id, Answer.YES, NOW) == Tally(yes=1, coming=("Ada",))
        assert answer(it, world.bo.id, Answer.YES, soon(minutes=1)).coming == ("Ada", "Bo")
        assert answer(it, world.ada.id, Answer.YES, soon(minutes=2)).coming == ("Ada", "Bo")
        answer(it, world.ada.id, Answer.NO, soon(minutes=3), "ill")
        tally = answer(it, world.facilitator.id, Answer.MAYBE, soon(minutes=4))
        assert tally == Tally(1, 1, 1, 0, ("Bo",), ("Fay",), ("Ada",))
        assert store.rsvps.tallies([it, 99]) == {it: tally, 99: Tally()}
        assert store.rsvps.tallies([]) == {}
        assert store.rsvps.of_person(world.ada.id, [it]) == {it: Rsvp(world.ada.id, "Ada", Answer.NO, "ill")}
        assert store.rsvps.of_person(world.ada.id, []) == {}
        assert [one.name for one in store.rsvps.of(it)] == ["Bo", "Ada", "Fay"]

    await database.transact(work)


async def test_fifty_answers_at_once_are_all_counted(database: Database, world: World) -> None:
    """Every answer counts, and no more names are listed than a card shows."""
    people = await database.transact(lambda store: [person(store, f"P{number}").id for number in range(50)])
    await at_once(database, people, lambda store, who: store.rsvps.answer(world.meeting.id, who, Answer.YES, NOW))
    last = await database.read(lambda store: store.rsvps.tally(world.meeting.id))
    assert (last.yes, len(last.coming)) == (50, NAMES_SHOWN)


async def test_answers_go_stale_when_a_meeting_moves(database: Database, world: World) -> None:
    """A yes is asked for again and does not count until confirmed; who had not said yes is left in peace."""

    def work(store: SqlStore) -> None:
        it = world.meeting.id
        cy = person(store, "Cy")
        store.seats.take(learner(world.circle.id, cy), soon(hours=1))
        store.rsvps.answer(it, world.ada.id, Answer.YES, NOW)
        store.rsvps.answer(it, world.bo.id, Answer.NO, NOW)
        assert store.rsvps.unanswered(it) == (cy,)
        assert store.rsvps.ask_again(it) == (world.ada.id,)
        assert store.rsvps.tally(it) == Tally(no=1, stale=1, absent=("Bo",))
        assert store.rsvps.unanswered(it) == (world.ada, cy)
        assert store.rsvps.ask_again(it) == (world.ada.id,)
        store.rsvps.answer(it, world.ada.id, Answer.YES, NOW)
        assert store.rsvps.tally(it).yes == 1

    await database.transact(work)


async def test_answers_of_those_who_left_are_not_listed(database: Database, world: World) -> None:
    """The list of answers has present members only."""

    def work(store: SqlStore) -> None:
        past = store.meetings.add([meeting(world.circle.id, 2, NOW - timedelta(days=1))])[0]
        store.rsvps.answer(past.id, world.ada.id, Answer.YES, NOW)
        store.rsvps.answer(past.id, world.bo.id, Answer.YES, NOW)
        store.seats.leave(world.circle.id, world.ada.id, NOW)
        assert [one.person for one in store.rsvps.of(past.id)] == [world.bo.id]

    await database.transact(work)


async def test_who_came_can_be_corrected(database: Database, world: World) -> None:
    """A mark replaces the former one; those not marked are missing."""

    def work(store: SqlStore) -> None:
        store.attendance.mark(world.meeting.id, world.ada.id, came=False)
        store.attendance.mark(world.meeting.id, world.ada.id, came=True)
        store.attendance.mark(world.meeting.id, world.bo.id, came=False)
        assert store.attendance.of(world.meeting.id) == {world.ada.id: True, world.bo.id: False}
        assert store.attendance.of(99) == {}

    await database.transact(work)
