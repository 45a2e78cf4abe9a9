"""Cards that are posted in the very moment in which what they show is changed: in the end they show what is true."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy import make_url, text

from bot.chat.message import Card, Posted, Room
from bot.domain.rsvps import Answer
from bot.errors import StorageBusy
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


@pytest.mark.parametrize("cuts", [1, 99])
async def test_the_second_look_is_cut_off(shown: Shown, cuts: int, caplog: pytest.LogCaptureFixture) -> None:
    """It is taken again; where it cannot be, the work is done all the same, once, and the log tells what is left."""
    tries: list[str] = []

    def change(store: SqlStore) -> str:
        tries.append("again")
        shown.comes(store)
        return "done"

    def write_to_it(store: SqlStore) -> None:
        store.connection.execute(text("SELECT 1 FROM cards FOR UPDATE"))

    noted = await shown.posts(FIRST)
    other, first = AsyncExitStack(), AsyncExitStack()
    changing = await first.enter_async_context(under_way(shown.database, change))
    await shown.database.transact(noted)
    await shown.paint()
    await other.enter_async_context(under_way(shown.database, write_to_it))
    leaving = asyncio.create_task(first.aclose())
    while cuts and not leaving.done():
        cuts -= await shown.database.read(_cut_who_waits)
    await other.aclose()
    await leaving
    assert await changing == "done"
    assert tries == ["again"]
    await shown.paint()
    is_left = "cards posted in this very moment may show what was before" in caplog.text
    assert (shown.there, is_left) == (({FIRST: "0 come"}, True) if cuts else ({FIRST: "1 come"}, False))


def _cut_who_waits(store: SqlStore) -> int:
    """Cut the connections that wait for another; return how many there are."""
    cut = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
    waiting = "datname = current_database() AND wait_event_type = 'Lock'"
    return len(store.connection.execute(text(cut + waiting)).all())


async def test_changed_and_never_answered(shown: Shown, postgres_url: str) -> None:
    """The commit comes to pass, only its answer is lost: whoever asked is told so, and the card shows it in the end."""
    async with wire(postgres_url) as the_wire:
        far_away, first = Database.open(the_wire.url), AsyncExitStack()
        noted = await shown.posts(FIRST)
        await first.enter_async_context(under_way(far_away, shown.comes))
        await shown.database.transact(noted)
        await shown.paint()
        assert shown.there == {FIRST: "0 come"}
        the_wire.is_frail = True
        with pytest.raises(StorageBusy):
            await first.aclose()
        await shown.paint()
        assert shown.there == {FIRST: "1 come"}
        await far_away.close()


@dataclass
class Wire:
    """A way to a database; while it `is_frail`, it breaks with the answer to a commit, and is sound again."""

    url: str
    is_frail: bool = False


@asynccontextmanager
async def wire(url: str) -> AsyncIterator[Wire]:
    """Lay a wire to a database."""
    socket = make_url(url).query["host"]
    ends: set[asyncio.Task[None]] = set()

    async def serve(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_unix_connection(f"{socket}/.s.PGSQL.5432")
        breaks = False

        async def carry_forth() -> None:
            nonlocal breaks
            while said := await near.read(65536):
                if laid.is_frail and b"COMMIT" in said:
                    laid.is_frail, breaks = False, True
                forth.write(said)
            forth.close()

        forward = asyncio.create_task(carry_forth())
        while (answer := await far.read(65536)) and not breaks:
            back.write(answer)
        back.close()
        await forward

    def begin(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        ends.add(asyncio.create_task(serve(near, back)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    laid = Wire(make_url(url).set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False))
    async with server:
        yield laid
    await asyncio.gather(*ends)


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
