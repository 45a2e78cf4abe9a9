"""The Discord adapter: it logs in, hears what people do, and sends what the core says."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, NoReturn, TypeVar

import discord
from aiohttp import web

from adapters.discord import commands
from adapters.discord.answering import Answering
from adapters.discord.client import Client, Introductions
from adapters.discord.drawings import Drawings
from adapters.discord.errors import FAILURES, as_post_error, for_calendar
from adapters.discord.events import Events
from adapters.discord.guard import Guard
from adapters.discord.letter import PLATFORM, Letter
from adapters.discord.render import drawn
from adapters.discord.session import Session, to_the_end
from adapters.discord.starting import RESTLESS, TROUBLES, WELL, TokenRejected, asked_s, detail_of, kind_of
from adapters.discord.wire import Wire
from bot.chat.adapter import Ability, Inbox, PostError, TryLater
from bot.chat.message import Chart, Message, Picture, Posted, Room
from bot.chat.pacing import Pace, Pacing
from bot.chat.presence import Presence
from bot.chat.trying import Backoff, Troubles
from bot.i18n import Catalogue

log = logging.getLogger(__name__)

API_URL: Final = "https://discord.com"
PACE: Final = Pace(bot_second=50, redraw=3.0, spare=0.2, settle=2.0)
"""Discord's own limit for everything; those of each room it tells the library as it goes."""
STOPPING_S = 4.0
"""For how many seconds a stop waits for what people have begun."""
RESTLESS_S = 300.0
"""For how many seconds the connection is left alone when it cannot stay."""

Result = TypeVar("Result")


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
        # The library's own lines hold what people write, and the tokens with which they are answered. What matters of
        # what goes wrong is said by us.
        logging.getLogger("discord").setLevel(logging.CRITICAL + 1)
        able = {Ability.PICK_PEOPLE, Ability.HAVE_SPACES, Ability.OPEN_ROOMS}
        able |= {Ability.KNOW_REPEATS, Ability.SERVE_ALONE}
        self.abilities = frozenset(able | {Ability.KEEP_EVENTS} if native_events else able)
        self.pacing = Pacing(pace, monotonic)
        self._token = token
        self._catalogue = catalogue
        self._api = f"{api_url.rstrip('/')}/api/v10"
        self._gateway_url = gateway_url
        self._shards = shards
        self._draw = draw
        self._sleep = sleep
        self._chance = chance
        self._ids: dict[str, str] = {}
        """What Discord has numbered our commands with; empty until it was told the menu."""
        self._wire = Wire(self.pacing, sleep=sleep, chance=chance)
        self._refused = asyncio.Event()
        """Set when Discord has refused the token with which we were logged in."""
        self._guard = Guard(refused=self._refused.set, limited=self.pacing.refused, monotonic=monotonic)
        self.told_time = self._guard.told_time
        self._introductions = Introductions(connections=shards or 1, sleep=sleep, monotonic=monotonic)
        self.troubles = Troubles(log, TROUBLES, WELL, monotonic=monotonic)
        """What stands in the way of being connected."""
        self._client: Client | None = None
        self._events: Events | None = None
        self._drawings = Drawings()
        self._stirred = asyncio.Event()
        self._presence = Presence("Discord")
        self.is_up = self._presence.is_up
        """Set while Discord knows us and is served."""

    # The port

    def start_link(self, payload: str) -> str:  # noqa: ARG002  # the port's
        """Return nothing: Discord has no addresses that bring words into a private chat."""
        return ""

    def group_link(self, payload: str) -> str:  # noqa: ARG002  # the port's
        """Return nothing: Discord has no addresses that bring words into a server."""
        return ""

    async def run(self, inbox: Inbox) -> NoReturn:
        """Serve until cancelled; then finish what people have begun. Raises `TokenRejected`."""
        discord.http.Route.BASE = self._api  # the library has one for the whole process
        answering = Answering(self._wire, self._catalogue, draw=self._draw, drawings=self._drawings, ids=self._ids)
        backoff = Backoff(chance=self._chance)
        try:
            while True:
                self._presence.begins()
                try:
                    await self._serve(inbox, answering, backoff)
                except TokenRejected:
                    raise
                except Exception as error:  # noqa: BLE001  # the library raises whatever goes wrong in it
                    self.troubles.are(kind_of(error), detail_of(error))
                    pause = backoff.pause(asked_s(error))
                if self._introductions.are_too_many:
                    self.troubles.are(RESTLESS)
                    pause = max(pause, RESTLESS_S)
                await self._sleep(pause)
        finally:
            self._presence.goes_down()

    async def post(self, room: Room, message: Message, key: str) -> Posted:
        """Post a message; a repeat of a key is the message that stands there already. Raises `PostError`."""
        async with self._presence.posting():
            if (event := message.event) is not None:
                return await self._in_calendar(room, lambda events: events.put(room, event))
            letter = await self._letter(message, whole=message.card is None)
            return await self._wire.post(room, letter, key)

    async def edit(self, posted: Posted, message: Message) -> None:
        """Draw a posted message anew. Raises `PostError`; `Unreachable` where it is gone."""
        async with self._presence.posting():
            if (event := message.event) is not None:
                return await self._in_calendar(posted.room, lambda events: events.draw(posted, event))
            with self._drawings.under_way(posted):
                return await self._wire.edit(posted, await self._letter(message, whole=False))

    @property
    def is_busy(self) -> bool:
        """Whether anything that people did, or anything that is posted, is under way."""
        return self._presence.is_busy or (self._client is not None and bool(self._client.hearing))

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return nothing: Discord is connected to, and calls nobody."""
        return []

    # Our own

    async def _serve(self, inbox: Inbox, answering: Answering, backoff: Backoff) -> NoReturn:
        """Log in and serve until cancelled. Raises what put an end to it."""
        client = Client(
            heard=lambda interaction: answering.receive(interaction, inbox),
            gateway_url=self._gateway_url,
            shards=self._shards,
            watch=self._guard.watch(),
            introductions=self._introductions,
            stirred=self._stirred.set,
        )
        session = Session(client, stirred=self._stirred, troubles=self.troubles, sleep=self._sleep)
        menu: asyncio.Task[None] | None = None

        def is_up() -> None:
            backoff.reset()
            self._presence.comes_up()
            log.info("on Discord as %s", client.user)

        try:
            await session.log_in(self._token, self._shards or 1)
            self._refused.clear()
            self._client, self._events = client, Events(client)
            self._wire.speak_by(client)
            menu = asyncio.create_task(self._menu(client, inbox), name="discord:menu")
            await session.last(is_up, self._refused)
        except asyncio.CancelledError:
            self._presence.goes_down()
            await self._finished(client)
            raise
        finally:
            self._presence.is_up.clear()
            self._client = self._events = None
            self._wire.speak_by(None)
            # A stop may come in the middle of this, too: a connection that is left behind holds up the process's end.
            await to_the_end(self._parted(client, session, menu))

    @staticmethod
    async def _parted(client: Client, session: Session, menu: asyncio.Task[None] | None) -> None:
        """Give up what is being done, and the connection."""
        if menu is not None:
            menu.cancel()
            await asyncio.gather(menu, return_exceptions=True)
        await client.let_go()
        await session.close()

    async def _menu(self, client: Client, inbox: Inbox) -> None:
        """Tell the menu of commands, and note by which numbers Discord knows them."""

        async def tell() -> None:
            self._ids.update(await commands.tell(client, inbox, self._catalogue))

        await self._presence.tell_menu(
            tell, lambda error: as_post_error(error) if isinstance(error, FAILURES) else None, self._sleep
        )

    async def _in_calendar(self, room: Room, do: Callable[[Events], Awaitable[Result]]) -> Result:
        """Do something in the calendar of a room's server. Raises `PostError`; what holds it up holds up no room."""
        events = self._events
        if events is None:
            raise TryLater("Discord is not reached any more")
        try:
            return await self._wire.tried(room, lambda _client: do(events), holds=False)
        except PostError as error:
            raise for_calendar(error) from None

    async def _letter(self, message: Message, *, whole: bool) -> Letter:
        chart = message.picture
        if isinstance(chart, Chart) and self._draw is not None:  # a chart that nobody draws is said in words
            message = replace(message, picture=await asyncio.to_thread(self._draw, chart))
        return drawn(message, self._catalogue, whole=whole, ids=self._ids)

    async def _finished(self, client: Client) -> None:
        """Wait a while until what people have begun is done, and what is being posted is posted."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.stopping_s):
                while client.hearing or self._presence.is_busy:
                    await self._presence.quiet()
                    if client.hearing:
                        await asyncio.wait(client.hearing)
