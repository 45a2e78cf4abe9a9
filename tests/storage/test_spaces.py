"""A platform's wider space is a community by itself, and people on it can be written to from the first sight on."""

from __future__ import annotations

from bot.chat.message import Card, Posted, Room, RoomKind
from bot.domain.communities import Community
from bot.domain.people import Account
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World, at_once, soon

SPACE = ("discord", "guild")
ITS_OWN = Community(0, "Guild", "en", "UTC")
HALL = Room("discord", "1")


async def test_all_rooms_of_a_space_are_its_communitys(database: Database, world: World) -> None:
    """A room of its own community stays that one's; a room of no space is nobody's."""

    def work(store: SqlStore) -> None:
        hall = store.places.note(HALL, "Hall", "guild")
        taken = store.places.note(Room("discord", "2"), "Taken", "guild")
        apart = store.places.note(Room("discord", "3"), "Apart", "")
        elsewhere = store.places.note(Room("sim", "1"), "Elsewhere", "guild")
        assert hall.space == "guild"
        store.places.join_community(taken.id, world.community.id)
        made, is_new = store.communities.make_of_space(*SPACE, ITS_OWN)
        assert is_new
        assert store.communities.of_space(*SPACE) == store.communities.get(made.id) == made
        assert store.communities.in_place(hall.id) == made
        assert store.communities.in_place(taken.id) == world.community
        assert store.communities.in_place(apart.id) is None
        assert store.communities.in_place(elsewhere.id) is None
        assert store.places.of_community(made.id) == (hall,)
        assert taken.id in {place.id for place in store.places.of_community(world.community.id)}

    await database.transact(work)


async def test_a_space_is_one_community_however_many_make_it(database: Database) -> None:
    """Of several at once one makes it, the others find it, and no other is left over."""
    names = [f"By {number}" for number in range(6)]
    made = await at_once(
        database,
        names,
        lambda store, name: store.communities.make_of_space(*SPACE, Community(0, name, "en", "UTC")),
    )
    assert sum(is_new for _, is_new in made) == 1
    assert len({community.id for community, _ in made}) == 1
    assert await database.read(lambda store: store.communities.all()) == (made[0][0],)


async def test_whoever_is_open_can_be_written_to_from_the_first_sight_on(database: Database) -> None:
    """Their private chat is noted once; where they shut it later, seeing them again does not open it."""
    open_one, shut_one = Account("discord", "7", "Ada"), Account("discord", "8", "Bo")

    def work(store: SqlStore) -> None:
        ada = store.people.meet(open_one, "", "", NOW, is_open=True)
        bo = store.people.meet(shut_one, "", "", NOW)
        assert store.people.private_room(ada.id) == Room("discord", "7", kind=RoomKind.PRIVATE)
        assert store.people.private_room(bo.id) is None
        store.people.reachable(open_one, reachable=False)
        store.people.meet(open_one, "", "", soon(days=1), is_open=True)
        assert store.people.private_room(ada.id) is None

    await database.transact(work)


async def test_a_posted_card_is_found_with_its_mark(database: Database, world: World) -> None:
    """What stands at a message is the card as the painter knows it; a newer one below it shows that it is older."""
    posted, newer = Posted(HALL, "1"), Posted(HALL, "2")
    card = Card("meeting", world.meeting.id)

    def work(store: SqlStore) -> None:
        assert store.cards.at(posted) is None
        store.cards.stand(card, posted, "as drawn", NOW)
        store.cards.touch("meeting", world.meeting.id, soon(seconds=1))
        assert store.cards.at(posted) == store.cards.of("meeting", world.meeting.id)[0]
        store.cards.stand(card, newer, "as drawn", NOW)
        standing = store.cards.at(posted)
        assert standing is not None
        assert standing.superseded
        assert standing.touched == soon(seconds=1, microseconds=1)

    await database.transact(work)
