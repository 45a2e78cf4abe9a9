"""What tests of exports share: moving a document into a database and out again, without a trace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from bot.commands.moving import bring_in, document_of
from bot.commands.moving_format import AnyDocument
from storage.engine import Database
from storage.store import SqlStore

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
"""Before everything in generated documents: nothing in them is past."""
T = TypeVar("T")


class Undo(Exception):
    """Leaves a transaction without a trace."""


async def undone(database: Database, work: Callable[[SqlStore], T]) -> T:
    """Return what `work` returns, and undo what it did."""
    found: list[T] = []

    def and_back(store: SqlStore) -> None:
        found.append(work(store))
        raise Undo

    with pytest.raises(Undo):
        await database.transact(and_back)
    return found[0]


def arrived(database: Database, document: AnyDocument, now: datetime = LONG_AGO) -> AnyDocument:
    """Return what an empty database exports once a document has been imported; nothing of it stays."""

    def there_and_back(store: SqlStore) -> AnyDocument:
        added, _ = bring_in(store, document, None, now)
        return document_of(store, "community", str(added.community))

    return asyncio.run(undone(database, there_and_back))


async def exported(url: str, what: str, name: str) -> AnyDocument:
    """Return what a database exports."""
    database = Database.open(url)
    try:
        return await database.read(lambda store: document_of(store, what, name))
    finally:
        await database.close()
