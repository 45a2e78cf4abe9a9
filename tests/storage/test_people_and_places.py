"""People, accounts, rooms and communities as they are kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time, timedelta

from bot.chat.message import Card, Posted, Room, RoomKind
from bot.domain.bounds import KEPT
from bot.domain.communities import Community
from bot.domain.people import Account, Person
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World, at_once, person, soon


async def test_a_person_is_an_account_and_never_a_name(database: Database) -> None:
    """The same account is the same person; the same name on another account is somebody else."""

    def work(store: SqlStore) -> None:
        ada = store.people.meet(Account("web", "1", "Ada"), "es", "Europe/Madrid", NOW)
        assert (ada.language, ada.zone) == ("es", "Europe/Madrid")
        assert store.people.meet(Account("web", "1", "Ada"), "", "", soon(days=1)) == ada
        assert store.people.meet(Account("web", "2", "Ada"), "", "", NOW).id != ada.id
        assert store.people.meet(Account("telegram", "1", "Ada"), "", "", NOW).id != ada.id

    await database.transact(work)


async def test_a_new_name_of_an_account_is_taken_over(database: Database) -> None:
    """Whoever renames their account is called so; whoever chose a name for the bot keeps it."""

    def work(store: SqlStore) -> None:
        ada = store.people.meet(Account("web", "1", "Ada"), "", "", NOW)
        assert store.people.meet(Account("web", "1", "Ada L."), "", "", NOW) == replace(ada, name="Ada L.")
        store.people.save(replace(ada, name="Countess"), ada)
        assert store.people.meet(Account("web", "1", "Ada Byron"), "", "", NOW).name == "Countess"
        assert store.people.accounts(ada.id) == (Account("web", "1", "Ada Byron"),)

    await database.transact(work)


async def test_two_first_taps_at_once_are_one_person(database: Database) -> None:
    """However many first taps of one account come at once, they meet one person."""

    def meet(store: SqlStore) -> Person:
        return store.people.meet(Account("web", "new", "New"), "en", "", NOW)

    met = await asyncio.gather(*(database.transact(meet) for _ in range(20)))
    assert len(set(met)) == 1
    assert await database.read(lambda store: len(store.people.many(range(1, 100)))) == 1


async def test_lists_of_any_length_are_searched(database: Database) -> None:
    """However many people are asked for, those are found and no others; asking for as many others finds the others."""

    def work(store: SqlStore) -> None:
        everybody = [person(store, f"Person {number}").id for number in range(24)]
        for many in (0, 1, 2, 8, 9, 12):
            for some in (everybody[:many], everybody[12 : 12 + many]):
                assert store.people.many(some).keys() == set(some)

    await database.transact(work)


async def test_every_field_of_a_person_is_kept(database: Database) -> None:
    """What is saved comes back."""

    def work(store: SqlStore) -> None:
        ada = person(store, "Ada")
        changed = Person(ada.id, "A", "ar", "Asia/Amman", time(22, 30), time(6, 15), nudges=False, tips=False)
        store.people.save(changed)
        assert store.people.get(ada.id) == changed
        assert store.people.many([ada.id, 99]) == {ada.id: changed}
        assert store.people.get(99) is None
        assert store.people.many([]) == {}

    await database.transact(work)


async def test_the_private_chat_last_seen_open(database: Database) -> None:
    """Only a chat that was opened, is not blocked and not in trouble; of several the one used last."""

    def work(store: SqlStore) -> None:
        ada = person(store, "Ada")
        assert store.people.private_room(ada.id) is None
        room = Room("web", "ada", kind=RoomKind.PRIVATE)
        place = store.places.note(room, "", "")
        assert store.people.private_room(ada.id) == room
        store.people.reachable(Account("web", "ada", "Ada"), reachable=False)
        assert store.people.private_room(ada.id) is None
        store.people.reachable(Account("web", "ada", "Ada"), reachable=True)
        store.places.trouble(place.id, "blocked")
        assert store.people.private_room(ada.id) is None

    await database.transact(work)


async def test_a_room_is_remembered_with_its_last_title(database: Database) -> None:
    """A room is one row, whatever it is called; an empty title changes nothing; a topic is a room of its own."""

    def work(store: SqlStore) -> None:
        first = store.places.note(Room("telegram", "-1"), "Old", "")
        assert store.places.note(Room("telegram", "-1"), "", "") == first
        assert store.places.note(Room("telegram", "-1"), "New", "").title == "New"
        topic = store.places.note(Room("telegram", "-1", "5"), "Topic", "")
        assert topic.id != first.id
        assert store.places.get(topic.id) == topic
        assert store.places.get(99) is None

    await database.transact(work)
    noted = await asyncio.gather(
        *(database.transact(lambda store: store.places.note(Room("web", "x"), "X", "")) for _ in range(10))
    )
    assert len({place.id for place in noted}) == 1


async def test_a_circle_lives_in_rooms(database: Database, world: World) -> None:
    """Rooms can be attached to a circle and detached; attaching twice is once."""

    def work(store: SqlStore) -> None:
        circle = world.circle.id
        other = store.places.note(Room("discord", "9"), "Nine", "guild")
        store.places.attach(circle, other.id)
        store.places.attach(circle, other.id)
        assert [place.id for place in store.places.of_circle(circle)] == [world.place, other.id]
        assert store.places.circles_in(other.id) == (world.circle,)
        assert [place.id for place in store.places.of_community(world.community.id)] == [world.place, other.id]
        store.places.detach(circle, other.id)
        assert store.places.circles_in(other.id) == ()

    await database.transact(work)


async def test_trouble_is_news_once(database: Database, world: World) -> None:
    """That a room cannot be reached is news the first time, and that it can again as well."""

    def work(store: SqlStore) -> list[bool]:
        return [store.places.trouble(world.place, why) for why in ("", "gone", "gone", "blocked", "", "")]

    assert await database.transact(work) == [False, True, False, False, True, False]


async def test_a_room_keeps_everything_when_its_address_changes(database: Database, world: World) -> None:
    """A group that becomes a supergroup keeps its circles; its cards, which stand in the old one, are forgotten."""

    def work(store: SqlStore) -> None:
        old, new = Room("web", "python"), Room("web", "super", "7")
        store.cards.stand(Card("meeting", 1), Posted(old, "m1"), "f", NOW)
        store.places.trouble(world.place, "gone")
        store.places.move(old, new)
        moved = store.places.get(world.place)
        assert moved is not None
        assert (moved.room, moved.trouble, moved.title) == (new, "", "Python")
        assert store.cards.of("meeting", 1) == ()
        store.places.move(Room("web", "nowhere"), Room("web", "elsewhere"))

    await database.transact(work)


async def test_a_room_is_known_with_its_circles(database: Database, world: World) -> None:
    """A room and its circles come at once, newest first; a new room is noted, and so is what is news of an old one."""

    def work(store: SqlStore) -> None:
        room = Room("discord", "9")
        noted, circles = store.places.lived_in(room, "Nine", "guild")
        assert (noted.room, noted.title, noted.space, circles) == (room, "Nine", "guild", ())
        store.places.attach(world.circle.id, noted.id)
        assert store.places.lived_in(room, "", "") == (noted, (world.circle,))
        newer = store.circles.add(replace(world.circle, title="Newer"), NOW)
        store.places.attach(newer.id, noted.id)
        renamed = replace(noted, title="Ten")
        assert store.places.lived_in(room, "Ten", "") == (renamed, (newer, world.circle))
        assert store.places.find(room) == renamed

    await database.transact(work)


async def test_a_move_may_be_heard_of_late(database: Database, world: World) -> None:
    """What was said at the new address before we heard of the move is one room with the old."""

    def work(store: SqlStore) -> None:
        old, new = Room("web", "python"), Room("web", "super")
        met = store.places.note(new, "Super", "")
        store.cards.stand(Card("meeting", 1), Posted(new, "m1"), "f", NOW)
        store.communities.save(replace(world.community, digest_place=met.id), world.community)
        store.places.move(old, new)
        moved = store.places.note(new, "", "")
        assert (moved.id, moved.title) == (world.place, "Super")
        assert store.places.get(met.id) is None
        assert [card.place for card in store.cards.of("meeting", 1)] == [world.place]
        kept = store.communities.get(world.community.id)
        assert kept is not None
        assert kept.digest_place == world.place
        assert store.places.circles_in(world.place) == (world.circle,)

    await database.transact(work)


async def test_every_field_of_a_community_is_kept(database: Database, world: World) -> None:
    """What is saved comes back."""

    def work(store: SqlStore) -> None:
        changed = Community(world.community.id, "X", "es", "UTC", world.place, 3, time(17, 30), "ca")
        store.communities.save(changed)
        assert store.communities.get(changed.id) == changed
        assert store.communities.all() == (changed,)
        assert store.communities.get(99) is None

    await database.transact(work)


async def test_the_community_of_a_room_or_of_the_space_around_it(database: Database, world: World) -> None:
    """A room's own community, else that of its wider space; no space, no community."""

    def work(store: SqlStore) -> None:
        hall = store.places.note(Room("discord", "1"), "Hall", "guild")
        beside = store.places.note(Room("discord", "2"), "Beside", "guild")
        apart = store.places.note(Room("discord", "3"), "Apart", "")
        store.places.join_community(hall.id, world.community.id)
        assert store.communities.in_place(hall.id) == world.community
        assert store.communities.in_place(beside.id) == world.community
        assert store.communities.in_place(apart.id) is None

    await database.transact(work)


async def test_organizers_come_and_go_but_one_stays(database: Database, world: World) -> None:
    """Adding is news once; the last organizer cannot be removed."""

    def work(store: SqlStore) -> None:
        community, people = store.communities, world.community.id
        assert community.add_organizer(people, world.ada.id)
        assert not community.add_organizer(people, world.ada.id)
        assert not community.remove_organizer(people, world.ada.id)
        assert community.add_organizer(people, world.bo.id)
        assert community.organizers(people) == (world.ada, world.bo)
        assert community.remove_organizer(people, world.ada.id)
        assert not community.is_organizer(people, world.ada.id)
        assert community.is_organizer(people, world.bo.id)
        assert community.organized_by(world.bo.id) == (world.community,)

    await database.transact(work)


async def test_two_organizers_who_remove_each_other(database: Database, world: World) -> None:
    """At once, one of them succeeds."""
    community = world.community.id
    both = (world.ada.id, world.bo.id)
    await at_once(database, both, lambda store, who: store.communities.add_organizer(community, who))
    removed = await at_once(database, both, lambda store, who: store.communities.remove_organizer(community, who))
    assert sorted(removed) == [False, True]


async def test_communities_of_a_person(database: Database, world: World) -> None:
    """Those they organize come first, then those where they are in a circle."""

    def work(store: SqlStore) -> None:
        second = store.communities.add(Community(0, "Zoo", "en", "UTC"))
        store.communities.add_organizer(second.id, world.ada.id)
        assert store.communities.of_person(world.ada.id) == (second, world.community)
        assert store.communities.of_person(world.bo.id) == (world.community,)
        store.seats.leave(world.circle.id, world.bo.id, NOW)
        assert store.communities.of_person(world.bo.id) == ()

    await database.transact(work)


async def test_an_update_is_new_once(database: Database) -> None:
    """A repeated update is known, an empty key never is, and old keys are forgotten in time."""

    def work(store: SqlStore) -> None:
        assert store.first_time("u1", NOW)
        assert not store.first_time("u1", NOW)
        assert store.first_time("", NOW)
        assert store.first_time("", NOW)
        for portion in store.retention.past(KEPT, soon(days=1)):
            assert portion.what != "updates_seen"
        assert not store.first_time("u1", soon(days=1))
        for portion in store.retention.past(KEPT, soon(days=8)):
            store.retention.forget(portion, KEPT, soon(days=8))
        assert store.first_time("u1", soon(days=8))

    await database.transact(work)


async def test_one_holder_of_a_lease(database: Database) -> None:
    """Of many who want a lease one gets it, may renew it, and loses it when it lapses or gives it up."""
    until = soon(seconds=30)
    taken = await at_once(database, range(8), lambda store, who: store.take_lease("courier", f"p{who}", NOW, until))
    assert taken.count(True) == 1
    holder = f"p{taken.index(True)}"

    def work(store: SqlStore) -> None:
        assert store.lease_holder("courier") == holder
        assert store.take_lease("courier", holder, NOW + timedelta(seconds=10), soon(seconds=60))
        assert not store.take_lease("courier", "other", soon(seconds=40), soon(seconds=90))
        assert store.take_lease("courier", "other", soon(seconds=60), soon(seconds=90))
        store.release_lease("courier", holder)
        assert not store.take_lease("courier", holder, soon(seconds=61), soon(seconds=90))
        store.release_lease("courier", "other")
        assert store.take_lease("courier", holder, soon(seconds=61), soon(seconds=90))

    await database.transact(work)
