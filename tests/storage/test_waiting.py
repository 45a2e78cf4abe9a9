"""The waiting list: seats that become free are held for those who wait, in order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.circles import CircleState, Seated, Waiting
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import (
    NOW,
    learner,
    person,
    soon,
    with_a_full_circle,
)


async def test_a_freed_seat_is_offered_in_order(database: Database) -> None:
    """The first who waits gets the offer, nobody else may take the seat meanwhile, and accepting seats them."""

    def work(store: SqlStore) -> None:
        world, (cy, di, _) = with_a_full_circle(store)
        circle, until = world.circle.id, soon(hours=24)
        assert store.seats.offer_next(circle, until) is None
        store.seats.leave(circle, world.ada.id, NOW)
        assert store.seats.offer_next(circle, until) == Waiting(cy, 1, until)
        assert store.seats.offer_next(circle, until) is None
        newcomer = person(store, "New")
        assert store.seats.take(learner(circle, newcomer), NOW) == Waiting(newcomer.id, 4)
        assert not store.seats.accept(circle, di, NOW)
        assert store.seats.accept(circle, cy, soon(hours=1))
        seated = store.seats.member(circle, cy)
        assert seated is not None
        assert seated.goal == "goal 1"
        assert store.seats.waiting(circle)[0].person == di

    await database.transact(work)


async def test_an_offer_is_held_anew(database: Database) -> None:
    """Once it has lapsed, for the same person; one that was taken, or never made, is not."""

    def work(store: SqlStore) -> None:
        world, (cy, di, _) = with_a_full_circle(store)
        circle, until, later = world.circle.id, soon(hours=24), soon(hours=48)
        store.seats.leave(circle, world.ada.id, NOW)
        store.seats.offer_next(circle, until)
        assert not store.seats.hold_on(circle, cy, later, soon(hours=23))
        assert not store.seats.hold_on(circle, di, later, until)
        assert store.seats.hold_on(circle, cy, later, until)
        assert store.seats.offer_next(circle, later) is None
        assert store.seats.accept(circle, cy, soon(hours=47))
        assert not store.seats.hold_on(circle, cy, later, later)

    await database.transact(work)


async def test_offers_are_withdrawn(database: Database) -> None:
    """All of a circle's, and of no other; everybody waits in their old order, and can be offered a seat again."""

    def work(store: SqlStore) -> None:
        (world, (cy, di, ed)), (other, _) = with_a_full_circle(store), with_a_full_circle(store)
        circle, until = world.circle.id, soon(hours=24)
        for full in (world, other):
            store.seats.leave(full.circle.id, full.ada.id, NOW)
            store.seats.offer_next(full.circle.id, until)
        store.seats.leave(circle, world.bo.id, NOW)
        store.seats.offer_next(circle, until)
        assert sorted(store.seats.withdraw_offers(circle)) == [cy, di]
        assert store.seats.withdraw_offers(circle) == ()
        assert store.seats.waiting(circle) == (Waiting(cy, 1), Waiting(di, 2), Waiting(ed, 3))
        assert store.seats.waiting(other.circle.id)[0].offered_until == until
        assert not store.seats.accept(circle, cy, NOW)
        assert not store.seats.lapse(circle, cy, until)
        assert store.seats.offer_next(circle, until) == Waiting(cy, 1, until)

    await database.transact(work)


async def test_a_circle_that_does_not_run_holds_no_seat(database: Database) -> None:
    """Whoever looked a moment before it came to rest offers none."""

    def work(store: SqlStore) -> None:
        world, (cy, *_) = with_a_full_circle(store)
        circle, until = world.circle.id, soon(hours=24)
        store.seats.leave(circle, world.ada.id, NOW)
        store.circles.change_state(circle, CircleState.PUBLISHED, CircleState.DRAFT)
        assert store.seats.offer_next(circle, until) is None
        store.circles.change_state(circle, CircleState.DRAFT, CircleState.PUBLISHED)
        assert store.seats.offer_next(circle, until) == Waiting(cy, 1, until)

    await database.transact(work)


async def test_an_offer_lapses(database: Database) -> None:
    """An offer not taken in time ends with its place on the list; it cannot lapse earlier, nor be taken after that."""

    def work(store: SqlStore) -> None:
        world, (cy, di, ed) = with_a_full_circle(store)
        circle, until = world.circle.id, soon(hours=24)
        store.seats.leave(circle, world.ada.id, NOW)
        store.seats.offer_next(circle, until)
        assert not store.seats.lapse(circle, cy, soon(hours=23))
        assert store.seats.lapse(circle, cy, until)
        assert not store.seats.lapse(circle, cy, until)
        assert not store.seats.accept(circle, cy, until)
        assert [one.person for one in store.seats.waiting(circle)] == [di, ed]
        assert store.seats.offer_next(circle, soon(hours=48)) == Waiting(di, 1, soon(hours=48))

    await database.transact(work)


async def test_a_seat_is_held_until_its_offer_is_ended(database: Database) -> None:
    """However late that comes: nobody else gets it meanwhile, whether they wait or not, and it can still be taken."""

    def work(store: SqlStore) -> None:
        world, (cy, di, ed) = with_a_full_circle(store)
        circle, late = world.circle.id, soon(days=3)
        store.seats.leave(circle, world.ada.id, NOW)
        store.seats.offer_next(circle, soon(hours=24))
        for who in (di, ed):
            store.seats.leave(circle, who, NOW)
        newcomer = person(store, "New")
        assert store.seats.take(learner(circle, newcomer), late) == Waiting(newcomer.id, 2)
        assert store.seats.offer_next(circle, late) is None
        assert store.seats.accept(circle, cy, late)
        assert [one.person for one in store.seats.waiting(circle)] == [newcomer.id]

    await database.transact(work)


async def test_a_seat_that_is_not_there_any_more_is_taken_back(database: Database) -> None:
    """The circle has fewer seats than were promised: the last in line have none, and keep their places on the list."""

    def work(store: SqlStore) -> None:
        world, (cy, di, ed) = with_a_full_circle(store)
        circle, until, later = world.circle.id, soon(hours=24), soon(hours=48)
        for who in (world.ada.id, world.bo.id):
            store.seats.leave(circle, who, NOW)
            store.seats.offer_next(circle, until)
        there = store.circles.get(circle)
        assert there is not None
        store.circles.save(replace(there, seats=1), there)
        assert not store.seats.hold_on(circle, cy, later, soon(hours=23))
        assert store.seats.waiting(circle) == (Waiting(cy, 1, until), Waiting(di, 2), Waiting(ed, 3))
        assert not store.seats.hold_on(circle, di, later, until)
        assert store.seats.hold_on(circle, cy, later, until)
        store.circles.save(replace(there, seats=2), replace(there, seats=1))
        assert store.seats.offer_next(circle, later) == Waiting(di, 2, later)
        store.circles.save(replace(there, seats=1), there)
        assert not store.seats.accept(circle, di, until)
        assert store.seats.accept(circle, cy, until)
        assert store.seats.waiting(circle) == (Waiting(di, 1), Waiting(ed, 2))

    await database.transact(work)


async def test_offers_beyond_the_seats_are_withdrawn(database: Database) -> None:
    """Those of the last in line, as many as do not fit; in a circle for any number, none."""

    def work(store: SqlStore) -> None:
        (world, (cy, di, ed)), (other, _) = with_a_full_circle(store), with_a_full_circle(store)
        circle, until = world.circle.id, soon(hours=24)
        there = replace(world.circle, seats=2)
        store.circles.save(replace(there, seats=4), there)
        store.seats.leave(circle, world.ada.id, NOW)
        store.seats.leave(other.circle.id, other.ada.id, NOW)
        store.seats.offer_next(other.circle.id, until)
        for _ in (cy, di, ed):
            store.seats.offer_next(circle, until)
        assert store.seats.withdraw_surplus(circle) == ()
        store.circles.save(replace(there, seats=2), replace(there, seats=4))
        assert sorted(store.seats.withdraw_surplus(circle)) == [di, ed]
        assert store.seats.waiting(circle) == (Waiting(cy, 1, until), Waiting(di, 2), Waiting(ed, 3))
        store.circles.save(replace(there, seats=None), there)
        assert store.seats.withdraw_surplus(circle) == ()
        store.circles.save(replace(there, seats=0), replace(there, seats=None))
        assert store.seats.withdraw_surplus(circle) == (cy,)
        assert store.seats.waiting(other.circle.id)[0].offered_until == until

    await database.transact(work)


@pytest.mark.parametrize("joins", [False, True])
async def test_of_two_with_an_offer_the_first_in_line_sits(database: Database, joins: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """One seat is left of two that were promised: it is the first one's, whoever comes first, by whatever button."""

    def work(store: SqlStore) -> None:
        world, (cy, di, _) = with_a_full_circle(store)
        circle, until = world.circle.id, soon(hours=24)
        there = replace(world.circle, seats=2)
        store.circles.save(replace(there, seats=3), there)
        store.seats.leave(circle, world.ada.id, NOW)
        for _ in range(2):
            store.seats.offer_next(circle, until)
        store.circles.save(replace(there, seats=2), replace(there, seats=3))

        def sits(who: int) -> bool:
            if not joins:
                return store.seats.accept(circle, who, NOW)
            found = store.people.get(who)
            assert found is not None
            return isinstance(store.seats.take(learner(circle, found), NOW), Seated)

        assert not sits(di)
        assert store.seats.waiting(circle)[:2] == (Waiting(cy, 1, until), Waiting(di, 2))
        assert sits(cy)
        assert not sits(di)

    await database.transact(work)


async def test_whoever_has_an_offer_may_also_press_join(database: Database) -> None:
    """Join takes the held seat, in time or late; once the offer is ended it means waiting at the end."""

    def work(store: SqlStore) -> None:
        world, (cy, di, ed) = with_a_full_circle(store)
        circle = world.circle.id
        store.seats.leave(circle, world.ada.id, NOW)
        store.seats.leave(circle, world.bo.id, NOW)
        for _ in range(2):
            store.seats.offer_next(circle, soon(hours=24))
        dis = store.people.get(di)
        cys = store.people.get(cy)
        assert dis is not None
        assert cys is not None
        assert store.seats.take(learner(circle, dis), soon(hours=30)) == Seated()
        assert store.seats.lapse(circle, cy, soon(hours=30))
        assert store.seats.take(learner(circle, cys), soon(hours=30)) == Waiting(cy, 2)
        assert [one.person for one in store.seats.waiting(circle)] == [ed, cy]

    await database.transact(work)
