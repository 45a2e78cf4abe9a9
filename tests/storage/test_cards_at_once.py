"""Cards that are posted in the very moment in which what they show is changed: in the end they show what is true."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from bot.chat.message import Card, Posted, Room
from bot.domain.rsvps import Answer
from storage.engine import Database
from storage.store import SqlStore
from tests.storage.conftest import NOW, World, make_world, under_way

FIRST, SECOND = Posted(Room("web", "python"), "1"), Posted(Room("web", "python"), "2")
Work = Callable[[SqlStore], object]


@dataclass
class Shown:
    """What stands in the rooms: of the cards of a meeting how many say that they come, and whether a newer one is."""

    database: Database
    world: World
    there: dict[Posted, str] = field(default_factory=dict)
    painting: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def card(self) -> Card:
        """What they show."""
        return Card("meeting", self.world.meeting.id)

    def look(self, store: SqlStore) -> str:
        """Return how a card looks that was not taken over from."""
        return f"{store.rsvps.tally(self.world.meeting.id).yes} come"

    async def posts(self, posted: Posted) -> Work:
        """Post it as it is now, and return the work that notes that."""
        look = self.there[posted] = await self.database.read(self.look)

        def note(store: SqlStore) -> None:
            if not store.cards.stand(self.card, posted, look, NOW) and self.look(store) != look:
                store.cards.touch(self.card.kind, self.card.subject, NOW)

        return note

    async def paint(self) -> None:
        """Draw what is marked, in one look, and note it in one transaction, as the painter does."""

        def draw(store: SqlStore) -> list[tuple[int, str]]:
            drawn = []
            for card in store.cards.dirty():
                self.there[card.posted] = "newer below" if card.superseded else self.look(store)
                marks[card.id] = card.touched or NOW
                drawn.append((card.id, self.there[card.posted]))
            return drawn

        def note(store: SqlStore) -> None:
            for card, look in drawn:
                store.cards.drawn(card, look, marks[card], NOW)

        async with self.painting:
            marks: dict[int, datetime] = {}
            drawn = await self.database.read(draw)
            await self.database.transact(note)

    def comes(self, store: SqlStore) -> None:
        """Change what the cards show."""
        store.rsvps.answer(self.world.meeting.id, self.world.ada.id, Answer.YES, NOW)
        store.cards.touch(self.card.kind, self.card.subject, NOW)

    def comes_with_others(self, store: SqlStore) -> None:
        """Change it after the cards of several meetings were marked."""
        store.cards.touch_several(self.card.kind, [self.card.subject, 99], NOW)
        store.rsvps.answer(self.world.meeting.id, self.world.ada.id, Answer.YES, NOW)

    def comes_by_the_room(self, store: SqlStore) -> None:
        """Change it for all that stands in the room."""
        store.rsvps.answer(self.world.meeting.id, self.world.ada.id, Answer.YES, NOW)
        store.cards.touch_in(self.world.place, NOW)


WAYS = [Shown.comes, Shown.comes_with_others, Shown.comes_by_the_room]


@pytest.fixture
async def shown(postgres_database: Database) -> Shown:
    """A meeting to which nobody has said that they come; on SQLite only one writes at a time."""
    return Shown(postgres_database, await postgres_database.transact(make_world))


@pytest.mark.parametrize("way", WAYS)
async def test_posted_while_it_changes(shown: Shown, way: Callable[[Shown, SqlStore], None]) -> None:
    """Whoever changes it knows nothing of the card, and whoever draws the card nothing of the change."""
    noted = await shown.posts(FIRST)
    async with under_way(shown.database, lambda store: way(shown, store)):
        await shown.database.transact(noted)
        await shown.paint()
        assert shown.there == {FIRST: "0 come"}
    await shown.paint()
    assert shown.there == {FIRST: "1 come"}


@pytest.mark.parametrize("way", WAYS)
async def test_changed_while_it_is_posted(shown: Shown, way: Callable[[Shown, SqlStore], None]) -> None:
    """The change is over when the card stands, which was drawn before."""
    async with under_way(shown.database, await shown.posts(FIRST)):
        await shown.database.transact(lambda store: way(shown, store))
        await shown.paint()
        assert shown.there == {FIRST: "0 come"}
    await shown.paint()
    assert shown.there == {FIRST: "1 come"}


async def test_tapped_while_it_changes(shown: Shown) -> None:
    """Somebody else's tap draws the new card without the change, and takes its mark for its own."""
    noted = await shown.posts(FIRST)

    def tap(store: SqlStore) -> datetime:
        store.rsvps.answer(shown.world.meeting.id, shown.world.bo.id, Answer.YES, NOW)
        store.cards.touch(shown.card.kind, shown.card.subject, NOW)
        shown.there[FIRST] = shown.look(store)
        standing = store.cards.at(FIRST)
        assert standing is not None
        assert standing.touched is not None
        return standing.touched

    async with under_way(shown.database, shown.comes):
        await shown.database.transact(noted)
        marked = await shown.database.transact(tap)
        await shown.database.transact(lambda store: store.cards.drawn_at(FIRST, shown.there[FIRST], marked, NOW))
        assert shown.there == {FIRST: "1 come"}
    await shown.paint()
    assert shown.there == {FIRST: "2 come"}


@pytest.mark.parametrize("older_first", [True, False])
async def test_posted_twice_at_once(shown: Shown, *, older_first: bool) -> None:
    """Of two messages of a room that are noted at once, the older one says that there is a newer one."""
    older, newer = AsyncExitStack(), AsyncExitStack()
    await older.enter_async_context(under_way(shown.database, await shown.posts(FIRST)))
    await newer.enter_async_context(under_way(shown.database, await shown.posts(SECOND)))
    for one in (older, newer) if older_first else (newer, older):
        await one.aclose()
        await shown.paint()
    assert shown.there == {FIRST: "newer below", SECOND: "0 come"}


async def test_nothing_is_drawn_again_that_was_marked(database: Database, world: World) -> None:
    """A card that whoever changes it knows of is marked once: what draws it then is not for nothing."""
    shown = Shown(database, world)
    await database.transact(await shown.posts(FIRST))
    await shown.paint()
    marks = []

    def change(store: SqlStore) -> None:
        shown.comes(store)
        shown.comes_by_the_room(store)
        (card,) = store.cards.dirty()
        marks.append(card.touched)

    await database.transact(change)
    (card,) = await database.read(lambda store: store.cards.dirty())
    assert [card.touched] == marks


async def test_many_at_once(database: Database, world: World) -> None:
    """Whatever happens at the same time, cards show in the end what is true."""
    shown = Shown(database, world)
    who = (world.ada, world.bo, world.facilitator)
    rooms = [Posted(Room("web", f"room{number}"), "1") for number in range(6)]

    async def post(posted: Posted) -> None:
        await database.transact(await shown.posts(posted))
        await shown.paint()

    async def answer(person: int) -> None:
        def work(store: SqlStore) -> None:
            store.rsvps.answer(world.meeting.id, person, Answer.YES, NOW)
            store.cards.touch("meeting", world.meeting.id, NOW)

        await database.transact(work)
        await shown.paint()

    await asyncio.gather(*map(post, rooms), *(answer(person.id) for person in who))
    await shown.paint()
    assert shown.there == dict.fromkeys(rooms, "3 come")
