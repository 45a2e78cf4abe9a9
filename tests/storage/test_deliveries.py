"""What is to be sent, and what became of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from bot.chat.message import Room
from bot.domain.circles import Circle
from bot.domain.communities import Community
from bot.domain.notices import Delivery, DeliveryState, Due, MeetingEnded, Reminder
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World, soon


def _due(world: World, key: str, at: datetime = NOW) -> Due:
    lead = Reminder(world.meeting.id, 7200)
    return Due(key, lead, at, soon(days=9), place=world.place, circle=world.circle.id, meeting=world.meeting.id)


def _keys(deliveries: tuple[Delivery, ...]) -> list[str]:
    return [one.due.key for one in deliveries]


async def test_planning_twice_plans_once(database: Database, world: World) -> None:
    """What waits takes the new time and content; what is done stays done."""

    def work(store: SqlStore) -> None:
        store.deliveries.plan([])
        store.deliveries.plan([_due(world, "a"), _due(world, "b")])
        moved = replace(_due(world, "a", soon(days=1)), notice=Reminder(world.meeting.id, 60))
        store.deliveries.plan([moved])
        found = store.deliveries.find("a")
        assert found is not None
        assert found.due == moved
        assert store.deliveries.find("zzz") is None
        b = store.deliveries.find("b")
        assert b is not None
        store.deliveries.sent({b.id: "m1"}, NOW)
        store.deliveries.plan([_due(world, "b", soon(days=2))])
        assert _keys(store.deliveries.waiting()) == ["a"]
        assert set(store.deliveries.several(["a", "b", "c"])) == {"a", "b"}
        store.deliveries.send_again(_due(world, "b", soon(days=2)))
        assert _keys(store.deliveries.waiting()) == ["a", "b"]
        assert len(store.deliveries.log()) == 1

    await database.transact(work)


async def test_what_is_due_is_leased_to_one(database: Database, world: World) -> None:
    """Eight couriers at once take every delivery exactly once, and none that is not due."""
    dues = [_due(world, f"k{number:03}", soon(seconds=number)) for number in range(120)]
    await database.transact(lambda store: store.deliveries.plan(dues))

    async def courier(name: str) -> list[str]:
        mine: list[str] = []
        while True:
            taken = await database.transact(
                lambda store: store.deliveries.lease(soon(seconds=99), name, soon(minutes=5), 7)
            )
            if not taken:
                return mine
            assert len(taken) <= 7
            assert [one.due.due_at for one in taken] == sorted(one.due.due_at for one in taken)
            mine += _keys(taken)

    taken = await asyncio.gather(*(courier(f"c{number}") for number in range(8)))
    everything = [key for mine in taken for key in mine]
    assert sorted(everything) == [f"k{number:03}" for number in range(100)]


async def test_several_are_marked_at_once(database: Database, world: World) -> None:
    """Each keeps its own message; the others still wait."""

    def work(store: SqlStore) -> None:
        store.deliveries.plan([_due(world, key, NOW) for key in ("a", "b", "c")])
        ids = {one.due.key: one.id for one in store.deliveries.waiting()}
        store.deliveries.sent({ids["a"]: "m1", ids["b"]: "m2"}, NOW)
        assert {(one.due.key, one.state, one.sent_at) for one in store.deliveries.log()} == {
            ("a", DeliveryState.SENT, NOW),
            ("b", DeliveryState.SENT, NOW),
        }
        assert _keys(store.deliveries.waiting()) == ["c"]

    await database.transact(work)


async def test_a_dead_couriers_lease_lapses(database: Database, world: World) -> None:
    """Until the lease is over nobody else gets it; then it is taken again, and the attempt is counted."""

    def work(store: SqlStore) -> None:
        store.deliveries.plan([_due(world, "a")])
        assert store.deliveries.lease(NOW, "one", soon(minutes=1), 10)[0].attempts == 1
        assert store.deliveries.lease(soon(seconds=59), "two", soon(minutes=2), 10) == ()
        assert store.deliveries.lease(soon(seconds=60), "two", soon(minutes=2), 10)[0].attempts == 2
        assert store.deliveries.free("one") == 0
        assert store.deliveries.free("two") == 1
        assert len(store.deliveries.lease(soon(seconds=61), "three", soon(minutes=3), 10)) == 1

    await database.transact(work)


async def test_only_what_a_courier_can_deliver(database: Database, world: World) -> None:
    """A courier of one platform takes what goes to its rooms and people, and steps; nothing of the others'."""

    def work(store: SqlStore) -> None:
        elsewhere = store.places.note(Room("telegram", "1"), "", "")
        store.deliveries.plan(
            [
                _due(world, "web-room"),
                replace(_due(world, "other-room"), place=elsewhere.id),
                replace(_due(world, "web-person"), place=None, person=world.ada.id),
                replace(_due(world, "step"), place=None, notice=MeetingEnded(world.meeting.id)),
            ]
        )
        next_on_telegram = store.deliveries.next_due(["telegram"])
        assert next_on_telegram is not None
        assert next_on_telegram.due.key == "other-room"
        taken = store.deliveries.lease(NOW, "web", soon(minutes=1), 10, ["web"])
        assert sorted(_keys(taken)) == ["step", "web-person", "web-room"]

    await database.transact(work)


async def test_ends_of_a_delivery(database: Database, world: World) -> None:
    """Sent, dropped, given up, put off: each leaves what the log must say, the newest first, steps left out."""

    def work(store: SqlStore) -> None:
        deliveries = store.deliveries
        deliveries.plan([_due(world, key) for key in ("sent", "late", "failed", "later")])
        deliveries.plan([replace(_due(world, "step"), place=None)])
        taken = {one.due.key: one.id for one in deliveries.lease(NOW, "c", soon(minutes=1), 10)}
        deliveries.sent({taken["sent"]: "m1"}, soon(seconds=1))
        deliveries.finish(taken["late"], DeliveryState.DROPPED, "too late", soon(seconds=2))
        deliveries.finish(taken["failed"], DeliveryState.FAILED, "gone", soon(seconds=3))
        deliveries.finish(taken["step"], DeliveryState.SENT, "", soon(seconds=4))
        deliveries.put_off(taken["later"], soon(minutes=5), "limit")
        log = deliveries.log(circle=world.circle.id)
        assert [(one.due.key, one.state.value, one.outcome) for one in log] == [
            ("failed", "failed", "gone"),
            ("late", "dropped", "too late"),
            ("sent", "sent", ""),
        ]
        assert log[-1].sent_at == soon(seconds=1)
        put_off = deliveries.next_due()
        assert put_off is not None
        assert (put_off.due.key, put_off.due.due_at, put_off.attempts) == ("later", soon(minutes=5), 1)
        assert deliveries.lease(soon(minutes=4), "c", soon(minutes=9), 10) == ()
        again = deliveries.lease(soon(minutes=5), "c", soon(minutes=9), 10)
        deliveries.put_off(again[0].id, soon(minutes=6), "closed", tried=False)
        waits = deliveries.find("later")
        assert waits is not None
        assert waits.attempts == 1

    await database.transact(work)


async def test_a_log_of_one_circle_or_community(database: Database, world: World) -> None:
    """A community's log has its circles'; another's has nothing of it."""

    def work(store: SqlStore) -> None:
        other = store.communities.add(Community(0, "Other", "en", "UTC"))
        theirs = store.circles.add(Circle(0, other.id, "Theirs", "en", "UTC"), NOW)
        store.deliveries.plan([_due(world, "ours"), replace(_due(world, "theirs"), circle=theirs.id, meeting=None)])
        for ask in (store.deliveries.waiting, store.deliveries.log):
            assert _keys(ask(community=world.community.id)) == ["ours"]
            assert _keys(ask(circle=theirs.id)) == ["theirs"]
            assert _keys(ask(circle=theirs.id, community=world.community.id)) == []
            assert len(ask(limit=1)) == 1
            store.deliveries.drop(["ours", "theirs"], "skipped")
        assert _keys(store.deliveries.log(circle=theirs.id, since=soon(days=-1))) == ["theirs"]
        assert store.deliveries.log(circle=theirs.id, since=soon(days=1)) == ()

    await database.transact(work)


async def test_what_no_longer_holds_is_forgotten(database: Database, world: World) -> None:
    """Of what planning has let wait for a meeting only what is named stays; nothing else is touched."""

    def work(store: SqlStore) -> None:
        store.deliveries.plan(
            [
                _due(world, key)
                for key in ("remind:1:2d", "remind:1:2h", "remind:1:9h", "reminder", "nudge:1", "nudges:1")
            ]
            + [replace(_due(world, "remind:2:2d"), meeting=None)]
        )
        store.deliveries.keep_only(["remind:1:2d", "nudges:1"], meetings=[world.meeting.id])
        left = ["nudge:1", "nudges:1", "remind:1:2d", "remind:2:2d", "reminder"]
        assert sorted(_keys(store.deliveries.waiting())) == left
        store.deliveries.plan([_due(world, "remind:1:2h")])
        assert "remind:1:2h" in _keys(store.deliveries.waiting())
        store.deliveries.keep_only([], meetings=[world.meeting.id])
        assert sorted(_keys(store.deliveries.waiting())) == ["nudge:1", "remind:2:2d", "reminder"]

    await database.transact(work)


async def test_dropping_says_why_and_lasts(database: Database, world: World) -> None:
    """A skipped notice stays in the log and is not planned back."""

    def work(store: SqlStore) -> None:
        store.deliveries.plan([_due(world, key) for key in ("a:1", "a:2", "b:1")])
        assert store.deliveries.drop([], "nothing") == 0
        assert store.deliveries.drop(["a:1", "zzz"], "skipped") == 1
        assert store.deliveries.drop_prefix("a:", "cancelled") == 1
        assert {one.due.key: one.outcome for one in store.deliveries.log()} == {"a:1": "skipped", "a:2": "cancelled"}
        store.deliveries.plan([_due(world, "a:1")])
        assert _keys(store.deliveries.waiting()) == ["b:1"]

    await database.transact(work)


async def test_what_nobody_took_in_time_is_dropped_at_night(database: Database, world: World) -> None:
    """A message to a platform that is switched off ends with a reason; steps stay."""

    def work(store: SqlStore) -> None:
        late = replace(_due(world, "late"), expires_at=soon(hours=1))
        store.deliveries.plan(
            [
                late,
                replace(_due(world, "endless"), expires_at=None),
                Due("step", MeetingEnded(world.meeting.id), NOW, None, meeting=world.meeting.id),
            ]
        )
        store.tidy(soon(hours=1, minutes=59))
        assert _keys(store.deliveries.waiting()) == ["late", "endless", "step"]
        store.tidy(soon(hours=2))
        assert _keys(store.deliveries.waiting()) == ["endless", "step"]
        store.tidy(soon(days=30))
        assert _keys(store.deliveries.waiting()) == ["step"]
        assert {one.outcome for one in store.deliveries.log()} == {"too late: nobody took it"}

    await database.transact(work)


async def test_what_is_in_hand_is_not_dropped_at_night(database: Database, world: World) -> None:
    """Whoever sends it just now says what became of it."""

    def work(store: SqlStore) -> None:
        store.deliveries.plan([replace(_due(world, "late"), expires_at=soon(hours=1))])
        store.deliveries.lease(soon(hours=3), "courier", soon(hours=4), 1)
        store.tidy(soon(hours=3))
        assert _keys(store.deliveries.waiting()) == ["late"]

    await database.transact(work)
