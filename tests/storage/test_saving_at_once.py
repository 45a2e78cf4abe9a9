"""Two people change the same thing at once, each after having read it: what the other has changed stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.meetings import moved
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import World, at_once, make_world, while_under_way

Change = Callable[[SqlStore], None]


def _of_circle(world: World, **fields: Any) -> Change:  # noqa: ANN401  # those of a circle
    def change(store: SqlStore) -> None:
        found = store.circles.get(world.circle.id)
        assert found is not None
        store.circles.save(replace(found, **fields), found)

    return change


def _of_person(world: World, **fields: Any) -> Change:  # noqa: ANN401  # those of a person
    def change(store: SqlStore) -> None:
        found = store.people.get(world.ada.id)
        assert found is not None
        store.people.save(replace(found, **fields), found)

    return change


def _of_community(world: World, **fields: Any) -> Change:  # noqa: ANN401  # those of a community
    def change(store: SqlStore) -> None:
        found = store.communities.get(world.community.id)
        assert found is not None
        store.communities.save(replace(found, **fields), found)

    return change


@pytest.mark.parametrize(
    ("of", "there", "first", "second"),
    [
        (_of_circle, lambda s, w: s.circles.get(w.circle.id), {"title": "Rust"}, {"leads": (timedelta(days=1),)}),
        (_of_person, lambda s, w: s.people.get(w.ada.id), {"zone": "Africa/Lagos"}, {"nudges": False}),
        (_of_community, lambda s, w: s.communities.get(w.community.id), {"name": "Museum"}, {"digest_weekday": 4}),
    ],
    ids=["circle", "person", "community"],
)
async def test_each_keeps_what_they_changed(
    postgres_database: Database,
    of: Callable[..., Change],
    there: Callable[[SqlStore, World], object],
    first: dict[str, object],
    second: dict[str, object],
) -> None:
    """Of two who have read the same, the second to write does not put back what the first has changed."""
    world = await postgres_database.transact(make_world)
    await while_under_way(postgres_database, of(world, **first), of(world, **second))
    after = await postgres_database.read(lambda store: there(store, world))
    assert {name: getattr(after, name) for name in first | second} == first | second


@pytest.mark.parametrize("moves_first", [True, False])
async def test_a_meeting_that_moves_keeps_its_new_topic(postgres_database: Database, *, moves_first: bool) -> None:
    """Whoever gives it a topic in that very moment does not hold it up, nor loses the topic."""
    world = await postgres_database.transact(make_world)
    later = world.meeting.starts_local + timedelta(days=2)

    def move(store: SqlStore) -> None:
        found = store.meetings.get(world.meeting.id)
        assert found is not None
        store.meetings.save(moved(found, later, found.zone), found)

    def name(store: SqlStore) -> None:
        found = store.meetings.get(world.meeting.id)
        assert found is not None
        store.meetings.save(replace(found, topic="Loops"), found)

    await while_under_way(postgres_database, *((move, name) if moves_first else (name, move)))
    after = await postgres_database.read(lambda store: store.meetings.get(world.meeting.id))
    assert after is not None
    assert (after.starts_local, after.topic) == (later, "Loops")


async def test_what_did_not_change_is_not_written(database: Database, world: World) -> None:
    """Saving what was read leaves what another has changed since."""
    await database.transact(_of_circle(world, title="Rust"))
    await database.transact(lambda store: store.circles.save(world.circle, world.circle))
    after = await database.read(lambda store: store.circles.get(world.circle.id))
    assert after is not None
    assert after.title == "Rust"


async def test_no_two_count_the_same(database: Database) -> None:
    """Numbers that are given away go up by one each, whoever asks at the same time."""
    given = await at_once(database, range(12), lambda store, _: store.settings.count("so many"))
    assert sorted(given) == list(range(1, 13))
