"""The Discord adapter: it logs in, hears what people do, and sends what the core says."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from adapters.discord.letter import PLATFORM
from bot.chat.adapter import Ability, Inbox
from bot.chat.message import Chart, Message, Picture, Posted, Room
from bot.chat.pacing import Pace, Pacing
from bot.i18n import Catalogue

API_URL: Final = "https://discord.com"
PACE: Final = Pace(bot_second=50, redraw=3.0, spare=0.2, settle=2.0)
"""Discord's own global limit; those of each room are the library's to keep, which Discord tells it as it goes."""
STOPPING_S = 4.0
"""For how many seconds a stop waits for what people have begun."""


class DiscordAdapter:
    """One bot on Discord. Implements `bot.chat.adapter.Adapter`.

    `api_url` is the root before `/api/v10`; `gateway_url` a whole WebSocket address, which is asked for where it is
    empty. `shards` says how many connections there are, 0: as many as Discord recommends. `draw` makes pictures of
    charts, on a thread. `pace`, `sleep`, `monotonic` (real seconds) and `chance` (from 0 to 1) are there for tests.
    """

    platform = PLATFORM
    stopping_s = STOPPING_S

    def __init__(  # noqa: PLR0913  # the settings, and what tests put in place of time and chance
        self,
        token: str,
        catalogue: Catalogue,
        *,
        api_url: str = API_URL,
        gateway_url: str = "",
        shards: int = 0,
        native_events: bool = True,
        draw: Callable[[Chart], Picture] | None = None,
        pace: Pace = PACE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        able = {Ability.PICK_PEOPLE, Ability.OPEN_ROOMS}
        self.abilities = frozenset(able | {Ability.KEEP_EVENTS} if native_events else able)
        self.pacing = Pacing(pace, monotonic)
        self._token, self._catalogue, self._draw = token, catalogue, draw
        self._api_url, self._gateway_url, self._shards = api_url, gateway_url, shards
        self._sleep, self._chance = sleep, chance
        self.is_up = asyncio.Event()
        """Set while Discord knows us and is served."""

    def start_link(self, payload: str) -> str:  # noqa: ARG002  # the port's
        """Return nothing: Discord has no addresses that bring words into a private chat."""
        return ""

    def group_link(self, payload: str) -> str:  # noqa: ARG002  # the port's
        """Return nothing: Discord has no addresses that bring words into a server."""
        return ""

    async def run(self, inbox: Inbox) -> None:
        """Serve until cancelled; then finish what people have begun. Raises `TokenRejected`."""
        raise NotImplementedError

    async def post(self, room: Room, message: Message, key: str) -> Posted:
        """Post a message; a repeat of a key is the message that stands there already. Raises `PostError`."""
        raise NotImplementedError

    async def edit(self, posted: Posted, message: Message) -> None:
        """Draw a posted message anew. Raises `PostError`; `Unreachable` where it is gone."""
        raise NotImplementedError

    @property
    def is_busy(self) -> bool:
        """Whether anything that people did, or anything that is posted, is under way."""
        raise NotImplementedError

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return nothing: Discord is connected to, and calls nobody."""
        return []
