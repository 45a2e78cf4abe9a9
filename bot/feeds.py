"""Calendar feeds as they are read: the token in, the calendar's file out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.feeds import Calendar, Feed
from bot.domain.tokens import hashed
from bot.features.calendars.handlers import calendar
from bot.i18n import Catalogue
from bot.ports import Storage, Store


@dataclass(frozen=True)
class CalendarFeeds:
    """What calendars ask for; permission is looked at each time that one asks."""

    storage: Storage
    clock: Clock
    catalogue: Catalogue

    async def read(self, token: str) -> bytes | None:
        """Return the calendar of a feed; None for a token that does not work (any more). Raises `StorageBusy`."""
        now = self.clock.now()

        def look(store: Store) -> tuple[Feed, Calendar] | None:
            feed = store.feeds.by_token(hashed(token), now)
            shown = calendar(store, feed, self.catalogue, now) if feed else None
            return (feed, shown) if feed and shown else None

        found = await self.storage.read(look)
        if found is None:
            return None
        feed, shown = found
        if feed.is_to_be_noted(now):
            await self.storage.transact(lambda store: store.feeds.was_read(feed.id, now))
        return await asyncio.to_thread(_written, shown)


def _written(shown: Calendar) -> bytes:
    from bot.calendars import written  # noqa: PLC0415  # its library is of use to nobody who asks for no calendar

    return written(shown)
