"""Rooms lost and found: what stands there, what they did not get, the threads beside them; forms that move between."""

from __future__ import annotations

from bot.chat.forms import Draft
from bot.chat.message import Card, Posted, Room, RoomKind
from bot.domain.notices import UNREACHED, DeliveryState, Due, Reminder
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World, soon, stand_as_drawn

ROOM = Room("web", "python")


async def test_the_threads_of_a_chat(database: Database, world: World) -> None:
    """A chat is found with all its threads, and with nobody's private chat of the same number."""

    def work(store: SqlStore) -> None:
        topic = store.places.note(Room("web", "python", "7"), "A topic", "")
        store.places.note(Room("web", "python", kind=RoomKind.PRIVATE), "", "")
        store.places.note(Room("telegram", "python"), "", "")
        for asked in (ROOM, topic.room):
            assert [place.id for place in store.places.of_chat(asked)] == [world.place, topic.id]

    await database.transact(work)


async def test_the_cards_of_a_room(database: Database, world: World) -> None:
    """They are found and marked together, and no other room's."""

    def work(store: SqlStore) -> None:
        elsewhere = Posted(Room("web", "elsewhere"), "m9")
        for subject, posted in ((7, Posted(ROOM, "m1")), (8, Posted(ROOM, "m2")), (7, elsewhere)):
            stand_as_drawn(store, Card("meeting", subject), posted, "f")
        assert [card.posted.message for card in store.cards.standing_in(world.place)] == ["m1", "m2"]
        store.cards.touch_in(world.place, NOW)
        first = store.cards.dirty()[0].touched
        store.cards.touch_in(world.place, NOW)
        assert {card.posted.message for card in store.cards.dirty()} == {"m1", "m2"}
        assert first is not None
        assert all(card.touched is not None and card.touched > first for card in store.cards.dirty())

    await database.transact(work)


async def test_what_a_room_did_not_get(database: Database, world: World) -> None:
    """Only what failed there for its sake, lately, and is not too late; once it is planned again, not a second time."""

    def due(key: str, expires: int | None = 5, place: int = world.place) -> Due:
        at = None if expires is None else soon(hours=expires)
        return Due(key, Reminder(1, 60), NOW, at, place=place)

    def fail(store: SqlStore, one: Due, why: str = f"{UNREACHED}: kicked") -> None:
        store.deliveries.plan([one])
        found = store.deliveries.find(one.key)
        assert found is not None
        store.deliveries.finish(found.id, DeliveryState.FAILED, why, NOW)

    def work(store: SqlStore) -> None:
        other = store.places.note(Room("web", "other"), "", "").id
        fail(store, due("lasting", None))
        fail(store, due("in time"))
        fail(store, due("too late", 1))
        fail(store, due("a mistake of ours"), "refused by the platform")
        fail(store, due("elsewhere", place=other))
        store.deliveries.plan([due("waiting")])

        def unreached(since: int = -1) -> list[str]:
            found = store.deliveries.unreached(world.place, soon(hours=since), soon(hours=2))
            return [delivery.due.key for delivery in found]

        assert unreached() == ["lasting", "in time"]
        assert unreached(1) == []
        store.deliveries.send_again(due("in time"))
        assert unreached() == ["lasting"]

    await database.transact(work)


async def test_a_draft_moves_and_remembers_where_it_was_begun(database: Database, world: World) -> None:
    """It takes the place of the person's own there, and nobody else's; moving on does not change where it began."""

    def opened(store: SqlStore, person: int, place: int) -> Draft:
        return store.drafts.open(Draft(0, person, place, "nc", "nc.1", soon(hours=1), {"a": "b"}, (), ran_room=True))

    def work(store: SqlStore) -> None:
        there, beyond = (store.places.note(Room("web", chat), "", "").id for chat in ("there", "beyond"))
        draft = opened(store, world.ada.id, world.place)
        former, others = opened(store, world.ada.id, there), opened(store, world.bo.id, there)
        for _ in range(2):
            store.drafts.move(draft, there)
        moved = store.drafts.get(draft.id)
        assert moved is not None
        assert (moved.room, moved.origin, moved.ran_room) == (there, world.place, True)
        assert store.drafts.get(former.id) is None
        assert store.drafts.get(others.id) == others
        store.drafts.move(moved, beyond)
        store.drafts.save(moved)
        again = store.drafts.get(draft.id)
        assert again is not None
        assert (again.room, again.origin, again.answers) == (beyond, world.place, {"a": "b"})

    await database.transact(work)


async def test_a_room_that_moves_takes_the_beginnings_of_forms_along(database: Database, world: World) -> None:
    """Also where the new address was noted before, and where the two are one already."""

    def work(store: SqlStore) -> None:
        new, alone = Room("web", "supergroup"), store.places.note(Room("web", "ada"), "", "").id
        noted = store.places.note(new, "", "").id
        draft = store.drafts.open(Draft(0, world.ada.id, noted, "nc", "nc.1", soon(hours=1)))
        store.drafts.move(draft, alone)
        store.places.move(ROOM, new)
        store.places.move(new, new)
        found = store.places.find(new)
        assert found is not None
        assert found.id == world.place
        moved = store.drafts.get(draft.id)
        assert moved is not None
        assert (moved.room, moved.origin) == (alone, world.place)

    await database.transact(work)
