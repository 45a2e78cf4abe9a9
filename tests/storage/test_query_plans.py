"""How SQLite looks for things: what is asked after every tap, and whenever something is due, goes by an index."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from bot.chat.forms import Draft
from bot.chat.message import Card, Posted, Room
from bot.domain.people import Account
from bot.domain.rsvps import Answer
from storage.engine import Database, SqliteFile, parsed
from storage.sqlite import raw
from storage.store import SqlStore
from storage.transcript import SqlTranscript
from tests.storage.conftest import NOW, soon

ROOM = Room("web", "room")
TAP: dict[str, Callable[[SqlStore], object]] = {
    "a repeated update": lambda store: store.first_time("k", NOW),
    "who it is": lambda store: store.people.meet(Account("web", "u1", "Ada"), "", "", soon(days=1)),
    "the room": lambda store: store.places.note(ROOM, "", ""),
    "the room with its circles": lambda store: store.places.lived_in(ROOM, "", ""),
    "its circles": lambda store: store.places.circles_in(1),
    "its community": lambda store: store.communities.in_place(1),
    "a person's communities": lambda store: store.communities.of_person(1),
    "the meeting": lambda store: store.meetings.get(1),
    "the next meeting": lambda store: store.meetings.next_of(1, NOW),
    "whether there is a seat": lambda store: store.seats.is_in(1, 1),
    "the seat": lambda store: store.seats.member(1, 1),
    "the roster": lambda store: store.seats.roster(1),
    "the counts": lambda store: store.rsvps.tally(1),
    "open decisions": lambda store: store.decisions.open_of(1),
    "the cards of a thing": lambda store: store.cards.touch("meeting", 1, NOW),
    "the traces of a thing": lambda store: store.cards.traces(Card("meeting", 1)),
    "where a card stands": lambda store: store.cards.stand(Card("meeting", 1), Posted(ROOM, "1"), "", NOW),
    "the card that was tapped": lambda store: store.cards.at(Posted(ROOM, "1")),
    "the community of a space": lambda store: store.communities.of_space("web", "guild"),
    "a community's rooms": lambda store: store.places.of_community(1),
    "a form": lambda store: store.drafts.current(1, 1),
    "an answer": lambda store: store.rsvps.answer(1, 1, Answer.YES, NOW) if store.meetings.get(1) else None,
}
DUE: dict[str, Callable[[SqlStore], object]] = {
    "what is due": lambda store: store.deliveries.lease(NOW, "c", soon(hours=1), 10, ["web"]),
    "what is due next": lambda store: store.deliveries.next_due(["web"]),
    "what a dead process held": lambda store: store.deliveries.free("c"),
    "what is not planned any more": lambda store: store.deliveries.keep_only(["remind:1"], meetings=[1, 2]),
    "what nobody took": lambda store: store.deliveries.expire(NOW),
    "what waits for a circle": lambda store: store.deliveries.waiting(circle=1),
    "what became of a circle's": lambda store: store.deliveries.log(circle=1),
    "what became of a community's": lambda store: store.deliveries.log(community=1, since=NOW),
    "cards to draw": lambda store: store.cards.dirty(10, ["web"]),
    "what a room did not get": lambda store: store.deliveries.unreached(1, NOW, NOW),
    "the threads of a chat": lambda store: store.places.of_chat(ROOM),
    "the cards in a room": lambda store: store.cards.standing_in(1),
    "a room's cards to draw": lambda store: store.cards.touch_in(1, NOW),
    "a room in trouble": lambda store: store.places.trouble(1, "gone"),
    "words of a room": lambda store: store.deliveries.drop_prefix("lost:1:", "mended"),
    "a form that moves": lambda store: store.drafts.move(Draft(1, 1, 1, "nc", "nc", NOW), 2),
    "a room that moves": lambda store: store.places.move(ROOM, Room("web", "elsewhere")),
    "a private chat": lambda store: store.people.private_room(1),
    "what waits, for operators": lambda store: store.watching.queue(NOW),
}
FINE = ("SCAN due", "SCAN anon_1", "SCAN deliveries USING INDEX ix_deliveries_waiting")
"""The few that are taken, or found and counted; what waits in the order of its time, of which the first is taken."""


def walks(driver: sqlite3.Connection, asked: Iterable[str]) -> list[str]:
    """Return where one of the statements goes through all rows of something."""
    steps = [
        str(row[3])
        for sql in asked
        if sql.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))
        for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
    ]
    return [step for step in steps if step.startswith("SCAN") and step not in FINE]


@pytest.mark.parametrize("what", [*TAP, *DUE])
async def test_it_is_found_by_an_index(sqlite_database: Database, what: str) -> None:
    """However many circles are idle, their rows are not looked at."""

    def work(store: SqlStore) -> None:
        asked: list[str] = []
        driver = raw(store.connection)
        driver.set_trace_callback(asked.append)
        (TAP | DUE)[what](store)
        driver.set_trace_callback(None)
        assert asked
        assert walks(driver, asked) == []

    await sqlite_database.transact(work)


async def test_marked_cards_are_found_by_their_marks(sqlite_database: Database) -> None:
    """The painter asks after every tap, and most cards are as they should be."""

    def work(store: SqlStore) -> None:
        asked: list[str] = []
        driver = raw(store.connection)
        driver.set_trace_callback(asked.append)
        store.cards.dirty(10, ["web"])
        driver.set_trace_callback(None)
        (first, *_) = driver.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchall()
        assert "USING INDEX ix_cards_dirty" in first[3]

    await sqlite_database.transact(work)


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_page_finds_what_is_new_by_its_version(sqlite_url: str, *, everywhere: bool) -> None:
    """Each page asks after each change: it does not go through all that was ever said in its rooms."""
    address = parsed(sqlite_url)
    database = Database(address, SqliteFile(address, readers=1))  # the one that is listened to
    asked: list[str] = []
    try:

        def listen(store: SqlStore) -> None:
            raw(store.connection).set_trace_callback(asked.append)

        await database.read(listen)
        await SqlTranscript(database).since(5, "u1", everywhere=everywhere, limit=10)
    finally:
        await database.close()
    with sqlite3.connect(Path(sqlite_url.removeprefix("sqlite:///"))) as driver:
        (select,) = [sql for sql in asked if sql.startswith("SELECT")]
        (first, *_) = driver.execute(f"EXPLAIN QUERY PLAN {select}").fetchall()
    driver.close()
    assert "(version>?)" in first[3]
