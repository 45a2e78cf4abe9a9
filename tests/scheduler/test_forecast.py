"""The forecast: what the bot will send, by the real planner and composers, without sending or changing anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from scheduler.forecast import forecast
from tests.scheduler.world import World


async def test_it_is_what_then_happens(shared: World) -> None:
    """Time passes as foreseen: the same messages at the same times."""
    await shared.choose_digest_room("room")
    seen: list[datetime] = []
    until = shared.clock.now() + timedelta(weeks=3)
    rows = await forecast(
        shared.storage, shared.narrator, shared.planner, now=shared.clock.now(), until=until, progress=seen.append
    )
    expected = [(row.at, row.what) for row in rows if not row.dropped]
    happened = []
    while (due := min((await shared.waiting()).values())) <= until:
        shared.clock.move_to(max(due, shared.clock.now()))
        before = len(shared.platform.posts)
        await shared.scheduler.run_due()
        happened += [(due, m.title or str(m.text)) for _, m, _ in shared.platform.posts[before:]]
    assert expected == happened
    assert [what for _, what in expected].count("the week") == 3
    assert seen[-1] == until
    assert {row.where for row in rows} == {"The room"}


async def test_it_changes_nothing(shared: World) -> None:
    """All that it lived through is undone."""
    before = await shared.waiting()
    until = shared.clock.now() + timedelta(weeks=3)
    await forecast(shared.storage, shared.narrator, shared.planner, now=shared.clock.now(), until=until)
    assert await shared.waiting() == before
    assert shared.acts  # the steps were really taken
    assert shared.platform.posts == []


async def test_what_will_not_go_out_says_why(world: World) -> None:
    """A private message to somebody who never opened the chat is foreseen as dropped, with its circle."""
    await world.plan(world.note("nudge:9"), replace(world.private_note("nudge:8", "grace"), circle=world.circle))
    rows = await forecast(world.storage, world.narrator, world.planner, now=world.clock.now(), until=world.clock.now())
    assert [(row.where, row.is_private, row.what, row.dropped) for row in rows] == [
        ("The room", False, "coming to 1?", ""),
        ("grace", True, "Python", "has not opened a private chat with the bot"),
    ]
