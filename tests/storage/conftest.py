"""A small world to test the repositories in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import text

from bot.chat.message import Card, Posted, Room
from bot.domain.circles import Circle, CircleState, Member, Waiting
from bot.domain.communities import Community
from bot.domain.meetings import Meeting
from bot.domain.people import Account, Person, Role
from storage.engine import Database
from storage.store import SqlStore

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")
NOW = datetime(2026, 1, 5, 18, 0, tzinfo=UTC)


def soon(**ahead: float) -> datetime:
    """Return an instant so far from now."""
    return NOW + timedelta(**ahead)


@dataclass(frozen=True)
class World:
    """A community with a published circle that has a facilitator, two learners and a meeting tomorrow."""

    community: Community
    circle: Circle
    facilitator: Person
    ada: Person
    bo: Person
    meeting: Meeting
    place: int


async def at_once(database: Database, values: Iterable[V], work: Callable[[SqlStore, V], T]) -> list[T]:
    """Run `work` in a transaction for each of the values, all at the same time, and return what they return."""

    def for_one(value: V) -> Callable[[SqlStore], T]:
        return lambda store: work(store, value)

    return await asyncio.gather(*(database.transact(for_one(value)) for value in values))


def person(store: SqlStore, name: str) -> Person:
    """Return somebody by their name, met on the web."""
    return store.people.meet(Account("web", name.lower(), name), "en", "", NOW)


def meeting(circle: int, number: int, at: datetime) -> Meeting:
    """Return a meeting to be stored, 90 minutes long."""
    return Meeting(0, circle, number, at.replace(tzinfo=None), "UTC", at, 90)


def learner(circle: int, who: Person, goal: str = "") -> Member:
    """Return a member to be seated."""
    return Member(circle, who, Role.LEARNER, NOW, goal=goal)


def stand_as_drawn(store: SqlStore, card: Card, posted: Posted, fingerprint: str, at: datetime = NOW) -> None:
    """Let a card stand as it is: where several write at once, it has been looked at anew since."""
    store.cards.stand(card, posted, fingerprint, at)
    standing = store.cards.at(posted)
    assert standing is not None
    if standing.touched is not None:
        store.cards.drawn(standing.id, fingerprint, standing.touched, at)


def make_world(store: SqlStore) -> World:
    """Store the small world."""
    facilitator, ada, bo = (person(store, name) for name in ("Fay", "Ada", "Bo"))
    community = store.communities.add(Community(0, "Library", "en", "Europe/Madrid"))
    circle = store.circles.add(
        Circle(0, community.id, "Python", "en", "Europe/Madrid", state=CircleState.PUBLISHED), NOW
    )
    place = store.places.note(Room("web", "python"), "Python", "")
    store.places.attach(circle.id, place.id)
    store.seats.join_as(circle.id, facilitator.id, Role.FACILITATOR, NOW)
    for who in (ada, bo):
        store.seats.take(learner(circle.id, who), NOW)
    return World(
        community,
        circle,
        facilitator,
        ada,
        bo,
        store.meetings.add([meeting(circle.id, 1, soon(days=1))])[0],
        place.id,
    )


def with_a_full_circle(store: SqlStore) -> tuple[World, list[int]]:
    """Make a full circle with three people waiting, and return who they are."""
    world = make_world(store)
    store.circles.save(replace(world.circle, seats=2), world.circle)
    waiting = [person(store, name) for name in ("Cy", "Di", "Ed")]
    for position, who in enumerate(waiting, start=1):
        assert store.seats.take(learner(world.circle.id, who, f"goal {position}"), NOW) == Waiting(who.id, position)
    return world, [who.id for who in waiting]


@pytest.fixture
async def world(database: Database) -> World:
    """The small world, in both kinds of database."""
    return await database.transact(make_world)


@asynccontextmanager
async def under_way(
    database: Database,
    one: Callable[[SqlStore], T],
    then: Callable[[SqlStore], object] = lambda store: None,  # noqa: ARG005  # nothing more
) -> AsyncIterator[asyncio.Task[T]]:
    """Do things while `one` is done and not committed; what it does `then`, and its commit, come after them."""
    done, go_on = threading.Event(), threading.Event()

    def work(store: SqlStore) -> T:
        try:
            result = one(store)
        finally:
            done.set()
        assert go_on.wait(30)
        then(store)
        return result

    task = asyncio.create_task(database.transact(work))
    await asyncio.to_thread(done.wait)
    try:
        yield task
    finally:
        go_on.set()
        await task


async def while_under_way(
    database: Database,
    one: Callable[[SqlStore], T],
    other: Callable[[SqlStore], U],
    then: Callable[[SqlStore], object] = lambda store: None,  # noqa: ARG005  # nothing more
) -> tuple[T, U]:
    """Do `other` between what `one` does and what it does `then`: as soon as one waits for the other, or has passed."""
    async with under_way(database, one, then) as first:
        second_one = asyncio.create_task(database.transact(other))
        while not second_one.done() and not await database.read(somebody_waits):
            """Look again."""
    return await first, await second_one


def somebody_waits(store: SqlStore) -> bool:
    """Return whether a transaction waits for another one."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(store.connection.execute(text(waiting)).scalar())
