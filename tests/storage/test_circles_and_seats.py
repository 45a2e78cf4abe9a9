"""Circles, their members and seats."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.circles import Circle, CircleState, Seated, Waiting
from bot.domain.people import Role
from bot.domain.rsvps import Answer
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World, at_once, learner, meeting, person, soon


async def test_every_field_of_a_circle_is_kept(database: Database, world: World) -> None:
    """What is saved comes back, lead times and questions among it."""

    def work(store: SqlStore) -> None:
        changed = Circle(
            world.circle.id,
            world.community.id,
            "T",
            "es",
            "UTC",
            "C",
            "https://c",
            "A",
            "P",
            "https://l",
            60,
            9,
            sign_up=False,
            named_feedback=True,
            leads=(timedelta(days=1), timedelta(minutes=30)),
            questions=("Why?", "How?"),
            reminder="{topic}",
            state=CircleState.ENDED,
        )
        store.circles.save(changed)
        assert store.circles.get(changed.id) == changed
        assert store.circles.of_community(world.community.id) == (changed,)
        assert store.circles.get(99) is None

    await database.transact(work)


async def test_a_state_changes_once(database: Database, world: World) -> None:
    """Of many who end a circle at once, one does."""
    ended = await asyncio.gather(
        *(
            database.transact(
                lambda store: store.circles.change_state(world.circle.id, CircleState.PUBLISHED, CircleState.ENDED)
            )
            for _ in range(6)
        )
    )
    assert ended.count(True) == 1


async def test_circles_of_a_person(database: Database, world: World) -> None:
    """Running ones first, then the newest; not those they left."""

    def work(store: SqlStore) -> None:
        drafts = [store.circles.add(replace(world.circle, title=title, state=CircleState.DRAFT), NOW) for title in "AB"]
        for draft in drafts:
            store.seats.join_as(draft.id, world.ada.id, Role.FACILITATOR, NOW)
        expected = (
            (world.circle, Role.LEARNER),
            (drafts[1], Role.FACILITATOR),
            (drafts[0], Role.FACILITATOR),
        )
        assert store.circles.of_person(world.ada.id) == expected
        store.seats.leave(world.circle.id, world.ada.id, NOW)
        assert store.circles.of_person(world.ada.id) == expected[1:]

    await database.transact(work)


async def test_the_directory_finds_open_circles(database: Database, world: World) -> None:
    """By every word, case and script aside; the one that meets soonest first; drafts and closed ones are not listed."""

    def work(store: SqlStore) -> None:
        community = world.community.id
        later = store.circles.add(replace(world.circle, title="ÉCRIRE", course="Novels", place="Library"), NOW)
        store.meetings.add([meeting(later.id, 1, soon(days=9))])
        never = store.circles.add(replace(world.circle, title="Écrire sans fin"), NOW)
        store.circles.add(replace(world.circle, title="Écrire", state=CircleState.DRAFT), NOW)
        store.circles.add(replace(world.circle, title="Écrire", sign_up=False), NOW)
        listed = store.circles.listed([community], "", NOW)
        assert [one.circle for one in listed] == [world.circle, later, never]
        assert [(one.learners, one.next_at) for one in listed] == [(2, soon(days=1)), (0, soon(days=9)), (0, None)]
        assert [one.circle for one in store.circles.listed([community], "écrire", NOW)] == [later, never]
        assert [one.circle for one in store.circles.listed([community], "libRARY éc", NOW)] == [later]
        assert len(store.circles.listed([community], "", NOW, limit=1)) == 1
        assert store.circles.listed([], "", NOW) == ()

    await database.transact(work)


@pytest.mark.parametrize("seats", [7, 0])
async def test_seats_are_never_oversold(database: Database, world: World, seats: int) -> None:
    """Fifty people tap Join at once: as many sit as there are seats, the others wait in an order without gaps."""

    def prepare(store: SqlStore) -> list[int]:
        circle = store.circles.add(replace(world.circle, seats=seats), NOW)
        return [circle.id, *(person(store, f"P{number}").id for number in range(50))]

    circle, *people = await database.transact(prepare)

    async def tap(who: int) -> Seated | Waiting:
        def take(store: SqlStore) -> Seated | Waiting:
            joining = store.people.get(who)
            assert joining is not None
            return store.seats.take(learner(circle, joining), NOW)

        return await database.transact(take)

    results = await asyncio.gather(*(tap(who) for who in people))
    assert results.count(Seated()) == seats
    assert sorted(one.position for one in results if isinstance(one, Waiting)) == list(range(1, 51 - seats))
    roster = await database.read(lambda store: store.seats.roster(circle))
    assert len(roster) == seats


async def test_joining_twice_is_once(database: Database, world: World) -> None:
    """Whoever sits already keeps the seat; whoever left may come back and says anew what they want."""

    def work(store: SqlStore) -> None:
        circle = world.circle.id
        assert store.seats.take(learner(circle, world.ada), soon(days=1)) == Seated(fresh=False)
        assert store.seats.leave(circle, world.ada.id, soon(days=2))
        assert not store.seats.leave(circle, world.ada.id, soon(days=2))
        assert store.seats.member(circle, world.ada.id) is None
        back = replace(learner(circle, world.ada, "finish"), support="cake", answers=("x", "y"))
        assert store.seats.take(back, soon(days=3)) == Seated()
        assert store.seats.member(circle, world.ada.id) == replace(back, joined_at=soon(days=3))
        assert [member.person.id for member in store.seats.joined_since(circle, soon(days=3))] == [world.ada.id]

    await database.transact(work)


async def test_the_roster_in_order(database: Database, world: World) -> None:
    """Facilitators first, then by when they joined."""

    def work(store: SqlStore) -> None:
        cy = person(store, "Cy")
        store.seats.take(learner(world.circle.id, cy), soon(hours=1))
        names = [member.person.name for member in store.seats.roster(world.circle.id)]
        assert names == ["Fay", "Ada", "Bo", "Cy"]
        assert store.seats.facilitators(world.circle.id) == (world.facilitator,)

    await database.transact(work)


async def test_leaving_takes_future_answers_along(database: Database, world: World) -> None:
    """The answers for meetings to come go; those for past ones stay."""

    def work(store: SqlStore) -> None:
        past = store.meetings.add([meeting(world.circle.id, 2, soon(days=-1))])[0]
        for one in (past, world.meeting):
            store.rsvps.answer(one.id, world.ada.id, Answer.YES, NOW)
        store.seats.leave(world.circle.id, world.ada.id, NOW)
        assert store.rsvps.tally(world.meeting.id).answers == 0
        assert store.rsvps.tally(past.id).answers == 1

    await database.transact(work)


async def test_a_circle_keeps_a_facilitator(database: Database, world: World) -> None:
    """The last facilitator cannot be made a learner, by whatever way."""

    def work(store: SqlStore) -> None:
        seats, circle = store.seats, world.circle.id
        assert not seats.set_role(circle, world.facilitator.id, Role.LEARNER)
        assert seats.set_role(circle, world.ada.id, Role.FACILITATOR)
        assert not seats.set_role(circle, world.ada.id, Role.FACILITATOR)
        assert seats.set_role(circle, world.facilitator.id, Role.LEARNER)
        assert not seats.set_role(circle, 99, Role.FACILITATOR)
        seats.join_as(circle, world.ada.id, Role.LEARNER, NOW)
        assert seats.facilitators(circle) == (world.ada,)

    await database.transact(work)


async def test_two_facilitators_who_step_down(database: Database, world: World) -> None:
    """At once, one of them does."""
    circle = world.circle.id
    await database.transact(lambda store: store.seats.set_role(circle, world.ada.id, Role.FACILITATOR))
    both = (world.ada.id, world.facilitator.id)
    stepped = await at_once(database, both, lambda store, who: store.seats.set_role(circle, who, Role.LEARNER))
    assert sorted(stepped) == [False, True]
