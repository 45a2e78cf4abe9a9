"""Circles, their members, seats and the waiting list."""

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
from tests.storage.conftest import NOW, World, at_once, learner, make_world, meeting, person, soon


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


def _full(store: SqlStore) -> tuple[World, list[int]]:
    """Make a full circle with three people waiting, and return who they are."""
    world = make_world(store)
    store.circles.save(replace(world.circle, seats=2), world.circle)
    waiting = [person(store, name) for name in ("Cy", "Di", "Ed")]
    for position, who in enumerate(waiting, start=1):
        assert store.seats.take(learner(world.circle.id, who, f"goal {position}"), NOW) == Waiting(who.id, position)
    return world, [who.id for who in waiting]


async def test_a_freed_seat_is_offered_in_order(database: Database) -> None:
    """The first who waits gets the offer, nobody else may take the seat meanwhile, and accepting seats them."""

    def work(store: SqlStore) -> None:
        world, (cy, di, _) = _full(store)
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
        world, (cy, di, _) = _full(store)
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


async def test_offers_are_taken_back(database: Database) -> None:
    """All of a circle's, and of no other; everybody waits in their old order, and can be offered a seat again."""

    def work(store: SqlStore) -> None:
        (world, (cy, di, ed)), (other, _) = _full(store), _full(store)
        circle, until = world.circle.id, soon(hours=24)
        for full in (world, other):
            store.seats.leave(full.circle.id, full.ada.id, NOW)
            store.seats.offer_next(full.circle.id, until)
        store.seats.leave(circle, world.bo.id, NOW)
        store.seats.offer_next(circle, until)
        assert sorted(store.seats.take_back(circle)) == [cy, di]
        assert store.seats.take_back(circle) == ()
        assert store.seats.waiting(circle) == (Waiting(cy, 1), Waiting(di, 2), Waiting(ed, 3))
        assert store.seats.waiting(other.circle.id)[0].offered_until == until
        assert not store.seats.accept(circle, cy, NOW)
        assert not store.seats.lapse(circle, cy, until)
        assert store.seats.offer_next(circle, until) == Waiting(cy, 1, until)

    await database.transact(work)


async def test_a_circle_that_does_not_run_holds_no_seat(database: Database) -> None:
    """Whoever looked a moment before it came to rest offers none."""

    def work(store: SqlStore) -> None:
        world, (cy, *_) = _full(store)
        circle, until = world.circle.id, soon(hours=24)
        store.seats.leave(circle, world.ada.id, NOW)
        store.circles.change_state(circle, CircleState.PUBLISHED, CircleState.DRAFT)
        assert store.seats.offer_next(circle, until) is None
        store.circles.change_state(circle, CircleState.DRAFT, CircleState.PUBLISHED)
        assert store.seats.offer_next(circle, until) == Waiting(cy, 1, until)

    await database.transact(work)


async def test_an_offer_lapses(database: Database) -> None:
    """An offer not taken in time ends with its place on the list; it cannot lapse earlier nor be taken later."""

    def work(store: SqlStore) -> None:
        world, (cy, di, ed) = _full(store)
        circle, until = world.circle.id, soon(hours=24)
        store.seats.leave(circle, world.ada.id, NOW)
        store.seats.offer_next(circle, until)
        assert not store.seats.lapse(circle, cy, soon(hours=23))
        assert not store.seats.accept(circle, cy, until)
        assert store.seats.lapse(circle, cy, until)
        assert not store.seats.lapse(circle, cy, until)
        assert [one.person for one in store.seats.waiting(circle)] == [di, ed]
        assert store.seats.offer_next(circle, soon(hours=48)) == Waiting(di, 1, soon(hours=48))

    await database.transact(work)


async def test_whoever_has_an_offer_may_also_press_join(database: Database) -> None:
    """Join takes the held seat; with a lapsed offer it means waiting at the end."""

    def work(store: SqlStore) -> None:
        world, (cy, di, ed) = _full(store)
        circle = world.circle.id
        store.seats.leave(circle, world.ada.id, NOW)
        store.seats.leave(circle, world.bo.id, NOW)
        for _ in range(2):
            store.seats.offer_next(circle, soon(hours=24))
        dis = store.people.get(di)
        cys = store.people.get(cy)
        assert dis is not None
        assert cys is not None
        assert store.seats.take(learner(circle, dis), NOW) == Seated()
        late = store.seats.take(learner(circle, cys), soon(hours=30))
        assert isinstance(late, Waiting)
        assert [one.person for one in store.seats.waiting(circle)] == [ed, cy]

    await database.transact(work)


async def test_accepting_at_once_is_accepting_once(database: Database) -> None:
    """A double tap on an offer takes one seat."""

    def prepare(store: SqlStore) -> tuple[int, int]:
        world, (cy, *_) = _full(store)
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
