"""What operators want to know of the database: the same on both, and no dearer for what is planned for later."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.domain.communities import Community
from bot.domain.notices import UNREACHED, DeliveryState, Due, Reminder
from bot.domain.operating import MANY
from bot.domain.people import Account, Role
from bot.ports import Store
from storage.engine import Database
from tests.support.chat import ChatSim, lived_in
from tests.support.sim import PLATFORM, group, private


def planned(chat: ChatSim, store: Store, number: int, **ago: float) -> int:
    """Plan something that was due so long ago; return its number."""
    due = Due(f"x:{number}", Reminder(1, 0), chat.clock.now() - timedelta(**ago), place=1)
    store.deliveries.plan([due])
    found = store.deliveries.find(due.key)
    assert found is not None
    return found.id


async def test_the_queue(database: Database) -> None:
    """What is due, what is soon, what somebody has in hand, and the oldest that nobody has."""
    chat = await lived_in(database)
    now = chat.clock.now()

    def settle(store: Store) -> None:
        planned(chat, store, 1, minutes=30)
        store.deliveries.lease(now, "another", now + timedelta(minutes=2), 1)
        planned(chat, store, 2, minutes=20)
        planned(chat, store, 3, minutes=10)
        planned(chat, store, 4, minutes=-59)
        planned(chat, store, 5, minutes=-61)

    await database.transact(settle)
    queue = await database.read(lambda store: store.watching.queue(now))
    assert (queue.due, queue.soon, queue.leased) == (3, 1, 1)
    assert queue.oldest == now - timedelta(minutes=20)
    later = await database.read(lambda store: store.watching.queue(now + timedelta(minutes=3)))
    assert later.oldest == now - timedelta(minutes=30)


async def test_counting_ends_somewhere(sqlite_database: Database) -> None:
    """However much is due: it is as if it were no more than so many."""
    chat = await lived_in(sqlite_database)
    now = chat.clock.now()
    many = [Due(f"y:{number}", Reminder(1, 0), now, place=1) for number in range(MANY + 5)]
    await sqlite_database.transact(lambda store: store.deliveries.plan(many))
    assert (await sqlite_database.read(lambda store: store.watching.queue(now))).due == MANY


async def test_what_was_given_up(database: Database) -> None:
    """Not what could not be reached, not what was sent or dropped, and not what is long past."""
    chat = await lived_in(database)
    now = chat.clock.now()

    def settle(store: Store) -> None:
        ends = [
            (DeliveryState.FAILED, "refused by the platform", 1),
            (DeliveryState.FAILED, "given up after 8 attempts", 2),
            (DeliveryState.FAILED, f"{UNREACHED}: kicked", 1),
            (DeliveryState.DROPPED, "too late", 1),
            (DeliveryState.FAILED, "refused by the platform", 90),
        ]
        for number, (state, why, minutes) in enumerate(ends):
            store.deliveries.finish(planned(chat, store, number), state, why, now - timedelta(minutes=minutes))

    await database.transact(settle)
    assert await database.read(lambda store: store.watching.given_up(now - timedelta(hours=1))) == 2


async def test_rooms_of_which_nobody_can_be_told(database: Database) -> None:
    """As long as one facilitator or organizer can be written to, it is theirs."""
    chat = await lived_in(database)

    def lose(store: Store) -> None:
        store.places.trouble(store.places.note(chat.room, "", "").id, "removed")

    def silence(store: Store, user: str) -> None:
        store.people.reachable(Account(PLATFORM, user, ""), reachable=False)

    await database.transact(lose)
    for user, left in (("", 0), ("u-facilitator", 0), ("u-organizer", 1)):
        await database.transact(partial(silence, user=user))
        alone = await database.read(lambda store: store.watching.lost_alone(5))
        assert [title for _, title, _ in alone] == ["The room"] * left


async def test_everybody_an_announcement_is_for(database: Database) -> None:
    """Rooms of running circles and people who organize something, each once, in steps."""
    chat = await lived_in(database)

    def settle(store: Store) -> None:
        for name in ("one", "two"):
            store.places.attach(chat.circle, store.places.note(group(name), "", "").id)
        store.places.note(group("nobody lives here"), "", "")
        store.places.note(private("u-ada"), "", "")
        another = store.communities.add(Community(0, "Another", "en", "America/Bogota"))
        for who in (chat.organizer, chat.ada):
            store.communities.add_organizer(another.id, who.person(store).id)
        store.seats.set_role(chat.circle, chat.ada.person(store).id, Role.FACILITATOR)

    await database.transact(settle)
    first = await database.read(lambda store: store.watching.rooms(0, 2))
    rest = await database.read(lambda store: store.watching.rooms(first[-1], 2))
    assert (len(first), len(rest)) == (2, 1)
    assert len({*first, *rest}) == 3
    organizers = await database.read(lambda store: store.watching.organizers(0, 5))
    assert len(organizers) == 2
    assert {zone for _, zone in organizers} <= {"America/Bogota", "Europe/Madrid"}
