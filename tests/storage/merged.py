"""What tests of merging share: a second account, which turns out to be Ada's."""

from __future__ import annotations

from collections.abc import Callable

from bot.chat.message import Room, RoomKind
from bot.domain.people import Account, Person
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World

ELSEWHERE = Account("discord", "77", "ada@work")
CHAT = Room("discord", "77", kind=RoomKind.PRIVATE)


def second(store: SqlStore) -> Person:
    """Return whoever is behind the second account."""
    return store.people.meet(ELSEWHERE, "es", "Europe/Madrid", NOW)


async def merged(database: Database, world: World, before: Callable[[SqlStore, int, int], object]) -> tuple[int, ...]:
    """Let something happen to Ada and her second self, and make one of them; return the circles in which it shows."""

    def work(store: SqlStore) -> tuple[int, ...]:
        stays, goes = world.ada.id, second(store).id
        before(store, stays, goes)
        store.linking.hold(stays, goes)
        return store.linking.merge(stays, goes)

    return await database.transact(work)
