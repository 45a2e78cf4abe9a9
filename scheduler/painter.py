"""Draws cards anew when what they show has changed: at once in a quiet room, then at most every few seconds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

from bot.chat.adapter import Refused, TryLater, Unreachable
from bot.chat.message import Message, Room
from bot.ports import Store, StoredCard
from scheduler.election import TERM_S
from scheduler.means import POSTING_S, Means

log = logging.getLogger(__name__)

AT_ONCE = 200
"""How many cards are looked at in one go."""
SURPRISES = 5
"""After so many failures in a row a card is left as it is until it changes again."""


class Painter:
    """Repaints the rooms of some platforms; the last state wins, and what would look the same is not sent."""

    def __init__(self, means: Means, speaks_for: Callable[[], Awaitable[Collection[str]]]) -> None:
        self._means = means
        self._speaks_for = speaks_for
        self._running = asyncio.Lock()
        self._not_before: dict[Room, float] = {}
        self._failures: dict[int, int] = {}
        self.painted = 0
        """How many cards were sent."""

    async def run(self) -> float | None:
        """Paint all that may be painted now; return in how many real seconds more may be, None where nothing waits."""
        platforms = sorted(self._means.adapters)
        async with self._running:
            now = self._means.time()
            self._not_before = {room: at for room, at in self._not_before.items() if at > now}
            while True:
                cards = await self._means.storage.read(lambda store: store.cards.dirty(AT_ONCE, platforms))
                if not cards:
                    return None
                ours = await self._speaks_for()
                rooms: dict[Room, list[StoredCard]] = {}
                for card in cards:
                    if card.posted.room.platform in ours:
                        rooms.setdefault(card.posted.room, []).append(card)
                ready = [room for room in rooms if self._wait(room) <= 0.0]
                if not ready:
                    return min((self._wait(room) for room in rooms), default=TERM_S)
                await asyncio.gather(*(self._paint_room(room, rooms[room]) for room in ready))

    def _wait(self, room: Room) -> float:
        held = self._not_before.get(room, 0.0) - self._means.time()
        return max(0.0, held, self._means.pacing(room).wait(room))

    async def _paint_room(self, room: Room, cards: Sequence[StoredCard]) -> None:
        pace = self._means.pacing(room)
        for card in cards:
            if pace.wait(room) > 0.0:
                return
            try:
                await self._paint(card)
                self._failures.pop(card.id, None)
            except Unreachable:
                await self._means.storage.transact(partial(_forget, card=card.id))
            except (TryLater, TimeoutError) as error:
                asked = error.seconds if isinstance(error, TryLater) else None
                pace.hold(room, self._failed(card) if asked is None else max(asked, 0.1))
                return
            except Exception as error:
                if isinstance(error, Refused):
                    log.error("the platform refused a card: %s", error)  # noqa: TRY400  # the platform's words suffice
                else:
                    log.exception("could not draw a card")
                self._hold(room, self._failed(card))
                if isinstance(error, Refused) or self._failures[card.id] >= SURPRISES:
                    await self._settle(card, card.fingerprint)
                    self._failures.pop(card.id, None)
                return

    async def _paint(self, card: StoredCard) -> None:
        message = await self._means.storage.read(lambda store: self._drawn(store, card))
        fingerprint = message.fingerprint() if message else card.fingerprint
        if message is not None and fingerprint != card.fingerprint:
            room = card.posted.room
            pace = self._means.pacing(room)
            pace.note(room)
            self._hold(room, pace.pace.redraw)
            ready = await self._means.finished(message)
            async with asyncio.timeout(POSTING_S):
                await self._means.adapters[room.platform].edit(card.posted, ready)
            self.painted += 1
        if card.superseded:
            await self._means.storage.transact(partial(_forget, card=card.id))
            return
        await self._settle(card, fingerprint)

    def _drawn(self, store: Store, card: StoredCard) -> Message | None:
        return self._means.narrator.draw(store, card, self._means.clock.now())

    async def _settle(self, card: StoredCard, fingerprint: str) -> None:
        """Take away the mark that was seen; a later one stays."""
        now = self._means.clock.now()
        mark = card.touched or now
        await self._means.storage.transact(lambda store: store.cards.drawn(card.id, fingerprint, mark, now))

    def _hold(self, room: Room, seconds: float) -> None:
        if seconds > 0.0:
            self._not_before[room] = max(self._not_before.get(room, 0.0), self._means.time() + seconds)

    def _failed(self, card: StoredCard) -> float:
        """Count a failure; return how long to wait."""
        self._failures[card.id] = self._failures.get(card.id, 0) + 1
        return self._means.backoff(self._failures[card.id])


def _forget(store: Store, *, card: int) -> None:
    store.cards.gone(card)
