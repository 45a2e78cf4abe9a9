"""The waiting list when several want something of it in the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.circles import Waiting
from bot.domain.people import Person
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import (
    NOW,
    World,
    at_once,
    learner,
    person,
    soon,
    while_under_way,
    with_a_full_circle,
)


async def test_accepting_at_once_is_accepting_once(database: Database) -> None:
    """A double tap on an offer takes one seat."""

    def prepare(store: SqlStore) -> tuple[int, int]:
        world, (cy, *_) = with_a_full_circle(store)
        store.seats.leave(world.circle.id, world.ada.id, NOW)
        store.seats.offer_next(world.circle.id, soon(hours=24))
        return world.circle.id, cy

    circle, cy = await database.transact(prepare)
    accepted = await asyncio.gather(
        *(database.transact(lambda store: store.seats.accept(circle, cy, NOW)) for _ in range(5))
    )
    assert accepted.count(True) == 1


async def test_many_leave_and_the_list_moves_up(database: Database, world: World) -> None:
    """Offers made at once for as many free seats go to different people, and never to more than there are seats."""

    def prepare(store: SqlStore) -> None:
        store.circles.save(replace(world.circle, seats=2), world.circle)
        for number in range(8):
            store.seats.take(learner(world.circle.id, person(store, f"W{number}")), NOW)
        store.seats.leave(world.circle.id, world.ada.id, NOW)
        store.seats.leave(world.circle.id, world.bo.id, NOW)

    await database.transact(prepare)
    offers = await asyncio.gather(
        *(database.transact(lambda store: store.seats.offer_next(world.circle.id, soon(hours=24))) for _ in range(6))
    )
    assert sorted(one.position for one in offers if one is not None) == [1, 2]


@pytest.mark.parametrize("holds_on", [False, True])
async def test_an_offer_that_is_over_waits_for_whoever_has_the_seats_in_hand(
    postgres_database: Database,
    holds_on: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """Somebody leaves in that moment: what becomes of the offer is settled after it, and the list is seen as it is."""
    world, (cy, *_) = await postgres_database.transact(with_a_full_circle)
    circle, until, done = world.circle.id, soon(hours=24), list[str]()

    def offered(store: SqlStore) -> None:
        store.seats.leave(circle, world.ada.id, NOW)
        store.seats.offer_next(circle, until)

    def leave(store: SqlStore) -> None:
        store.seats.leave(circle, world.bo.id, until)

    def over(store: SqlStore) -> None:
        if holds_on:
            assert store.seats.hold_on(circle, cy, soon(hours=48), until)
        else:
            assert store.seats.lapse(circle, cy, until)
        done.append("over")

    await postgres_database.transact(offered)
    await while_under_way(postgres_database, leave, over, lambda _: done.append("left"))
    assert done == ["left", "over"]


async def test_a_seat_is_given_once_when_its_offer_is_over(database: Database) -> None:
    """Who was asked says yes, somebody new joins, and it is held anew, all at once: in any order, they sit there."""

    def prepare(store: SqlStore) -> tuple[World, int, Person]:
        world, (cy, *others) = with_a_full_circle(store)
        store.seats.leave(world.circle.id, world.ada.id, NOW)
        store.seats.offer_next(world.circle.id, soon(hours=24))
        for who in others:
            store.seats.leave(world.circle.id, who, NOW)
        return world, cy, person(store, "New")

    world, cy, new = await database.transact(prepare)
    circle, late, later = world.circle.id, soon(days=3), soon(days=4)
    acts: list[Callable[[SqlStore], object]] = [
        lambda store: store.seats.hold_on(circle, cy, later, late),
        lambda store: store.seats.accept(circle, cy, late),
        lambda store: store.seats.take(learner(circle, new), late),
        lambda store: store.seats.offer_next(circle, later),
    ]
    _, accepted, joined, offered = await at_once(database, acts, lambda store, act: act(store))
    assert accepted
    assert isinstance(joined, Waiting)
    assert offered is None
    roster = await database.read(lambda store: store.seats.roster(circle))
    assert {one.person.id for one in roster} == {world.facilitator.id, world.bo.id, cy}
    assert await database.read(lambda store: store.seats.waiting(circle)) == (Waiting(new.id, 1),)


async def test_a_seat_that_is_just_taken_away_is_not_given(postgres_database: Database) -> None:
    """Whoever says yes while the facilitator wants fewer people sees what was decided before, and keeps their place."""
    world, (cy, *_) = await postgres_database.transact(with_a_full_circle)
    circle, until = world.circle.id, soon(hours=24)

    def offered(store: SqlStore) -> None:
        store.seats.leave(circle, world.ada.id, NOW)
        store.seats.offer_next(circle, until)

    def fewer(store: SqlStore) -> None:
        store.circles.save(replace(world.circle, seats=1), replace(world.circle, seats=2))

    await postgres_database.transact(offered)
    _, accepted = await while_under_way(
        postgres_database, fewer, lambda store: store.seats.accept(circle, cy, soon(hours=1))
    )
    assert not accepted
    first, *_ = await postgres_database.read(lambda store: store.seats.waiting(circle))
    assert first == Waiting(cy, 1)
