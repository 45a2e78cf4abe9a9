"""A bot's presence on its platform: it tells its menu, a post waits for it to come up, and a stop for the post."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from bot.chat.adapter import PostError, TryLater
from bot.chat.trying import trace
from bot.errors import StorageBusy

log = logging.getLogger(__name__)
MENU_AGAIN_S: Final = 600.0
"""After how many seconds the menu is told again that could not be told."""
STARTING_S: Final = 5.0
"""For how many seconds a post waits for the bot to come up, before it has to be tried again."""


class Presence:
    """Whether a bot is known and served on a platform (`name`), and what is being posted meanwhile."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.is_up = asyncio.Event()
        """Set while the platform knows us and is served."""
        self._decided = asyncio.Event()
        """Set except while it is about to come up."""
        self._decided.set()
        self._posting = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def is_busy(self) -> bool:
        """Whether anything is being posted."""
        return bool(self._posting)

    def begins(self) -> None:
        """Note that the bot is about to come up."""
        self._decided.clear()

    def comes_up(self) -> None:
        """Note that it is there."""
        self.is_up.set()
        self._decided.set()

    def goes_down(self) -> None:
        """Note that it is not there, or not any more."""
        self.is_up.clear()
        self._decided.set()

    @asynccontextmanager
    async def posting(self) -> AsyncIterator[None]:
        """Let a post go its way while the bot is up; a stop waits for it, lest it be there and nobody know.

        Raises `TryLater`.
        """
        if not self.is_up.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(STARTING_S):
                    await self._decided.wait()
        if not self.is_up.is_set():
            raise TryLater(f"{self._name} is not reached yet")
        self._posting += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._posting -= 1
            if not self._posting:
                self._quiet.set()

    async def quiet(self) -> None:
        """Return as soon as nothing is being posted."""
        await self._quiet.wait()

    async def tell_menu(
        self,
        tell: Callable[[], Awaitable[None]],
        meant: Callable[[Exception], PostError | None],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Tell the menu of commands, in the background: the bot does without news of it. Never raises.

        `meant` says what an error of the platform's means, nothing for any other; it is tried again after that.
        """
        while True:
            seconds = MENU_AGAIN_S
            try:
                return await tell()
            except StorageBusy:
                why = "the database is busy"
            except Exception as error:  # noqa: BLE001  # nobody waits for this, so nobody would hear of it
                trouble = meant(error)
                if trouble is None:
                    log.error("the menu of commands cannot be told on %s: %s", self._name, trace(error))  # noqa: TRY400  # no words of people
                    return None
                why = str(trouble)
                if isinstance(trouble, TryLater) and trouble.seconds is not None:
                    seconds = trouble.seconds
            log.warning("%s does not know the menu of commands (%s); trying again later", self._name, why)
            await sleep(seconds)
