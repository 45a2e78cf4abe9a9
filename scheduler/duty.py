"""Who hears a platform that talks to one process only: the one that is elected; the others stand by and take over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.errors import StorageBusy
from bot.ports import Storage
from scheduler.election import TERM_S, Election

log = logging.getLogger(__name__)

RENEWED_S = TERM_S / 4
"""After so many real seconds a term is renewed, and what others have planned for the platform is looked for. So long at
most two serve it where one was held up for longer than its term: what both hear counts once."""
LOOK_S = 2.0
"""How many real seconds lie between two looks whether it is our turn."""


class Duty:
    """What this process serves, and what it stands by for.

    `look` is called when it is elected, and now and then: another process may have planned something, or have ended.
    """

    def __init__(
        self,
        storage: Storage,
        election: Election,
        look: Callable[[], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._storage = storage
        self._election = election
        self._look = look
        self._sleep = sleep
        self._stands_by: dict[str, asyncio.Event] = {platform: asyncio.Event() for platform in election.alone}

    def stands_by(self, platform: str) -> asyncio.Event:
        """Return what is set while another process serves a platform that talks to one process only."""
        return self._stands_by.get(platform) or asyncio.Event()

    @property
    def standing_by(self) -> frozenset[str]:
        """The platforms that another process serves at present."""
        return frozenset(platform for platform, by in self._stands_by.items() if by.is_set())

    async def serve(self, platform: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run what serves a platform, while it is this process's turn, until cancelled. Raises what that raises."""
        if platform not in self._election.alone:
            await self._while(_always, run)
            return
        while True:
            await self._turn(platform)
            self._election.serves(platform)
            self._look()
            try:
                if await self._while(lambda: self._is_ours(platform), run):
                    return
            finally:
                self._election.serves_no_more(platform)
            log.warning("another process serves %s now: this one was held up for too long", platform)

    async def _turn(self, platform: str) -> None:
        """Wait until this process is elected."""
        stands_by = self._stands_by[platform]
        while not (ours := await self._is_ours(platform)):
            if ours is not None and not stands_by.is_set():
                log.info("another process serves %s: this one stands by, and takes over when that one ends", platform)
                stands_by.set()
            await self._sleep(LOOK_S)
        if stands_by.is_set():
            log.info("this process serves %s from now on", platform)
            stands_by.clear()

    async def _while(self, is_so: Callable[[], Awaitable[bool | None]], run: Callable[[], Awaitable[None]]) -> bool:
        """Serve while something is so; return whether serving has come to its end before. Raises what that raises."""
        serving = asyncio.ensure_future(run())
        try:
            while not (await asyncio.wait({serving}, timeout=RENEWED_S))[0]:
                # Where the database is out of reach, nobody else can be elected by it either.
                if await is_so() is False:
                    return False
                self._look()
            return True
        finally:
            serving.cancel()
            await asyncio.wait({serving})
            if not serving.cancelled() and (broken := serving.exception()) is not None:
                raise broken

    async def _is_ours(self, platform: str) -> bool | None:
        """Stand for a platform; return whether we are elected, None where that cannot be told."""
        try:
            return await self._storage.transact(lambda store: self._election.take(store, platform))
        except StorageBusy as busy:
            log.warning("cannot tell who serves %s: %s", platform, busy)
        except Exception:
            log.exception("cannot tell who serves %s", platform)
        return None


async def _always() -> bool:
    return True
