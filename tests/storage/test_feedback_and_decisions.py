"""Plus/delta, votes, decisions, reflections."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import text

from bot.domain.feedback import Decision, DecisionState, Feedback, Reflection
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World, person, soon


def _said(world: World, delta: str = "slower", who: int | None = None) -> Feedback:
    return Feedback(0, world.meeting.id, "good talk", delta, 4, who)


async def test_unnamed_feedback_says_nothing_of_its_author(database: Database, world: World) -> None:
    """It is kept without the author, and the order tells nothing of when it was given."""

    def work(store: SqlStore) -> None:
        people = [person(store, f"P{number}") for number in range(12)]
        for number, who in enumerate(people):
            assert store.feedback.give(_said(world, f"d{number:02}"), who.id)
        said = store.feedback.of(world.meeting.id)
        assert {one.person for one in said} == {None}
        assert {one.name for one in said} == {""}
        assert sorted(one.delta for one in said) == [f"d{number:02}" for number in range(12)]
        assert [one.delta for one in said] != sorted(one.delta for one in said)
        rows = store.connection.execute(text("SELECT * FROM feedback")).mappings().all()
        assert {row["person"] for row in rows} == {None}
        assert set(rows[0]) == {"id", "meeting", "person", "plus", "delta", "mood"}

    await database.transact(work)


async def test_named_feedback_says_who(database: Database, world: World) -> None:
    """Signed feedback comes back with the name."""

    def work(store: SqlStore) -> None:
        store.feedback.give(_said(world, who=world.ada.id), world.ada.id)
        one = store.feedback.of(world.meeting.id)[0]
        assert (one.person, one.name, one.mood, one.plus, one.votes) == (world.ada.id, "Ada", 4, "good talk", 0)
        assert store.feedback.get(one.id) == one
        assert store.feedback.get(99) is None

    await database.transact(work)


async def test_feedback_is_given_once(database: Database, world: World) -> None:
    """A form sent five times at once is kept once."""
    given = await asyncio.gather(
        *(database.transact(lambda store: store.feedback.give(_said(world), world.ada.id)) for _ in range(5))
    )
    assert given.count(True) == 1

    def work(store: SqlStore) -> None:
        assert store.feedback.count(world.meeting.id) == 1
        assert store.feedback.has_given(world.meeting.id, world.ada.id)
        assert not store.feedback.has_given(world.meeting.id, world.bo.id)

    await database.read(work)


async def test_a_vote_goes_on_and_off(database: Database, world: World) -> None:
    """Pressing again takes the vote back; a delta that is no more takes none."""

    def work(store: SqlStore) -> None:
        store.feedback.give(_said(world), world.ada.id)
        it = store.feedback.of(world.meeting.id)[0].id
        assert store.feedback.vote(it, world.ada.id)
        assert store.feedback.vote(it, world.bo.id)
        kept = store.feedback.get(it)
        assert kept is not None
        assert kept.votes == 2
        assert not store.feedback.vote(it, world.bo.id)
        assert store.feedback.of(world.meeting.id)[0].votes == 1
        assert not store.feedback.vote(99, world.bo.id)

    await database.transact(work)


async def test_a_reflection_can_be_said_anew(database: Database, world: World) -> None:
    """The last one counts."""

    def work(store: SqlStore) -> None:
        store.feedback.reflect(Reflection(world.meeting.id, world.facilitator.id, 2, "hm"))
        last = Reflection(world.meeting.id, world.facilitator.id, 5, "great")
        store.feedback.reflect(last)
        assert store.feedback.reflections(world.meeting.id) == (last,)

    await database.transact(work)


def _decision(world: World, words: str = "slower") -> Decision:
    return Decision(0, world.circle.id, world.meeting.id, words, made_at=NOW)


async def test_a_delta_is_taken_up_once(database: Database, world: World) -> None:
    """Of two facilitators who take the same delta up at once, one does; decisions of no delta are free."""

    def prepare(store: SqlStore) -> int:
        store.feedback.give(_said(world), world.ada.id)
        return store.feedback.of(world.meeting.id)[0].id

    it = await database.transact(prepare)
    taken = await asyncio.gather(
        *(database.transact(lambda store: store.decisions.take_up(_decision(world), it)) for _ in range(5))
    )
    assert sum(one is not None for one in taken) == 1
    for _ in range(2):
        assert await database.transact(lambda store: store.decisions.take_up(_decision(world), None))


async def test_a_decision_through_its_life(database: Database, world: World) -> None:
    """Open, owned, done once, opened again."""

    def work(store: SqlStore) -> None:
        made = store.decisions.take_up(_decision(world), None)
        later = store.decisions.take_up(replace(_decision(world, "later"), made_at=soon(hours=1)), None)
        assert made is not None
        assert store.decisions.get(made.id) == made
        assert store.decisions.open_of(world.circle.id) == (made, later)
        assert store.decisions.of_meeting(world.meeting.id) == (made, later)
        store.decisions.own(made.id, world.bo.id)
        owned = store.decisions.get(made.id)
        assert owned is not None
        assert (owned.owner, owned.owner_name) == (world.bo.id, "Bo")
        assert not store.decisions.reopen(made.id)
        assert store.decisions.close(made.id, DecisionState.DONE, soon(days=1))
        assert not store.decisions.close(made.id, DecisionState.DROPPED, soon(days=2))
        assert store.decisions.open_of(world.circle.id) == (later,)
        done = store.decisions.get(made.id)
        assert done is not None
        assert (done.state, done.done_at) == (DecisionState.DONE, soon(days=1))
        assert store.decisions.reopen(made.id)
        assert store.decisions.get(made.id) == owned
        store.decisions.own(made.id, None)
        assert store.decisions.get(99) is None

    await database.transact(work)
