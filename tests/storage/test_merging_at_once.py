"""Two people become one while they do something: nothing is lost, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.domain.circles import Circle, CircleState
from bot.domain.people import Role
from bot.domain.rsvps import Answer
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World, at_once, learner, make_world, person, while_under_way
from tests.storage.merged import ELSEWHERE, merged, second


async def test_what_is_under_way_is_waited_for(postgres_database: Database) -> None:
    """An answer that is not committed yet is not lost with the one who goes."""
    world = await postgres_database.transact(make_world)
    goes = (await postgres_database.transact(second)).id

    def tap(store: SqlStore) -> None:
        store.rsvps.answer(world.meeting.id, goes, Answer.YES, NOW)

    def merge(store: SqlStore) -> None:
        store.linking.hold(world.ada.id, goes)
        store.linking.merge(world.ada.id, goes)

    await while_under_way(postgres_database, tap, merge)
    said = await postgres_database.read(lambda store: store.rsvps.of(world.meeting.id))
    assert [one.person for one in said] == [world.ada.id]


async def test_a_change_under_way_is_waited_for(postgres_database: Database) -> None:
    """Where both had answered, an answer that is being changed counts as it is changed to."""
    world = await postgres_database.transact(make_world)
    goes = (await postgres_database.transact(second)).id

    def said(store: SqlStore) -> None:
        store.rsvps.answer(world.meeting.id, world.ada.id, Answer.MAYBE, NOW)
        store.rsvps.answer(world.meeting.id, goes, Answer.YES, NOW + timedelta(minutes=1))

    def tap(store: SqlStore) -> None:
        store.rsvps.answer(world.meeting.id, goes, Answer.NO, NOW + timedelta(minutes=2))

    def merge(store: SqlStore) -> None:
        store.linking.hold(world.ada.id, goes)
        store.linking.merge(world.ada.id, goes)

    await postgres_database.transact(said)
    await while_under_way(postgres_database, tap, merge)
    left = await postgres_database.read(lambda store: store.rsvps.of(world.meeting.id))
    assert [(one.person, one.answer) for one in left] == [(world.ada.id, Answer.NO)]


async def test_whoever_takes_a_seat_goes_first(postgres_database: Database) -> None:
    """Who has a circle's seats in hand is not made to begin anew by who merges two of its people."""
    world = await postgres_database.transact(make_world)
    goes = (await postgres_database.transact(second)).id
    begun: list[str] = []

    def take(store: SqlStore) -> None:
        begun.append("take")
        store.seats.offer_next(world.circle.id, NOW)

    def answer(store: SqlStore) -> None:
        store.rsvps.answer(world.meeting.id, world.ada.id, Answer.YES, NOW)

    def merge(store: SqlStore) -> None:
        begun.append("merge")
        store.linking.hold(world.ada.id, goes)
        store.linking.merge(world.ada.id, goes)
        store.seats.offer_next(world.circle.id, NOW)

    await while_under_way(postgres_database, take, merge, answer)
    assert begun == ["take", "merge"]


async def test_of_two_accounts_that_leave_at_once_one_stays(postgres_database: Database) -> None:
    """Whoever is second sees that the other has left."""
    world = await postgres_database.transact(make_world)
    await merged(postgres_database, world, lambda store, stays, goes: None)  # noqa: ARG005  # nothing happens
    one, other = await postgres_database.read(lambda store: store.people.accounts(world.ada.id))
    left = await while_under_way(
        postgres_database,
        lambda store: store.linking.unlink(world.ada.id, one, NOW),
        lambda store: store.linking.unlink(world.ada.id, other, NOW),
    )
    assert left[0] is not None
    assert left[1] is None


async def test_an_answer_in_that_very_moment_is_not_lost(database: Database, world: World) -> None:
    """Whoever taps while their accounts are linked is counted, or told to try again; never half of it."""
    goes = (await database.transact(second)).id

    def merge(store: SqlStore) -> None:
        store.linking.hold(world.ada.id, goes)
        store.linking.merge(world.ada.id, goes)

    def tap(store: SqlStore) -> None:
        who = store.people.meet(ELSEWHERE, "", "", NOW)
        store.rsvps.answer(world.meeting.id, who.id, Answer.YES, NOW)

    outcomes = await asyncio.gather(
        database.transact(merge), *(database.transact(tap) for _ in range(6)), return_exceptions=True
    )
    said = await database.read(lambda store: store.rsvps.of(world.meeting.id))
    assert not isinstance(outcomes[0], BaseException)
    counted = any(not isinstance(one, BaseException) for one in outcomes[1:])
    assert [one.person for one in said] == [world.ada.id] * counted


async def test_seats_are_held_while_two_become_one(database: Database, world: World) -> None:
    """Linking and joining at the same moment neither oversells a circle nor waits for ever."""
    goes = (await database.transact(second)).id

    def prepare(store: SqlStore) -> int:
        circle = store.circles.add(
            Circle(0, world.community.id, "Go", "en", "UTC", seats=3, state=CircleState.PUBLISHED), NOW
        ).id
        for who in (world.ada.id, goes):
            store.seats.join_as(circle, who, Role.LEARNER, NOW)
        return circle

    circle = await database.transact(prepare)

    def one(store: SqlStore, name: str) -> None:
        if name == "link":
            store.linking.hold(world.ada.id, goes)
            store.linking.merge(world.ada.id, goes)
        else:
            store.seats.take(learner(circle, person(store, name)), NOW)

    await at_once(database, ["Cy", "Di", "link", "Ed", "Flo"], one)
    roster = await database.read(lambda store: store.seats.roster(circle))
    assert len(roster) <= 3
    assert world.ada.id in {member.person.id for member in roster}
