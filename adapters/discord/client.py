"""The library's client, without its memory: nothing of any server is kept, and nobody waits for what is not."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit
from weakref import WeakSet

import aiohttp
import discord
from discord.http import HTTPClient
from discord.state import AutoShardedConnectionState, ConnectionState
from discord.webhook.async_ import async_context

from adapters.discord.brief import Brief
from adapters.discord.inbound import MESSAGE
from adapters.discord.letter import Json
from bot.chat.trying import trace

if TYPE_CHECKING:
    from discord.types import gateway

log = logging.getLogger(__name__)

LONGEST_LIMIT_S: Final = 30.0
"""For how many seconds the library waits out a limit of Discord's; for longer ones it raises, and others wait."""
CONNECTING_S: Final = 60.0
"""How many seconds connecting and introducing itself may take."""
BETWEEN_S: Final = 5.0
"""How many seconds Discord wants between two connections that introduce themselves."""
LONGEST_BETWEEN_S: Final = 40.0
"""How long a connection waits at most before it introduces itself: Discord gives it up after a minute."""
RESTLESS: Final = 12
"""After so many introductions of one connection within an hour something is wrong: Discord allows 1,000 a day."""
AN_HOUR_S: Final = 3600.0
_HEARD: Final = ("READY", "RESUMED", "INTERACTION_CREATE")
"""All that Discord tells of which anything is read."""
AT_ONCE: Final = 8
"""How often each connection may come again without a pause, within `LATELY_S`."""
LATELY_S: Final = 600.0


class Introductions:
    """How often we have connected, and each connection has introduced itself, however many clients it took.

    What cannot stay comes again slower and slower; the library alone would come at once, and for ever. `connections`
    is how many there are. `sleep` and `monotonic` are in real seconds.
    """

    def __init__(
        self,
        *,
        connections: int = 1,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep = sleep
        self._monotonic = monotonic
        self._connected: deque[float] = deque()
        self._at_once = AT_ONCE * connections
        self._made: dict[int, deque[float]] = {}
        self._last: float | None = None

    async def may_connect(self) -> None:
        """Wait until we may connect, and count it."""
        self._forget(self._connected, LATELY_S)
        if (over := len(self._connected) - self._at_once) >= 0:
            await self._sleep(min(2.0**over, LONGEST_BETWEEN_S))
        self._connected.append(self._monotonic())

    async def turn(self, shard: int) -> None:
        """Wait until a connection may introduce itself, and count it."""
        made = self._lately(shard)
        pause = 0.0 if not made else min(BETWEEN_S * 2 ** (len(made) - 1), LONGEST_BETWEEN_S)
        if self._last is not None:
            pause = max(pause, self._last + BETWEEN_S - self._monotonic())
        if pause > 0.0:
            await self._sleep(pause)
        self._last = self._monotonic()
        made.append(self._last)

    @property
    def are_too_many(self) -> bool:
        """Whether a connection should be left alone for a while."""
        return any(len(self._lately(shard)) >= RESTLESS for shard in self._made)

    def _lately(self, shard: int) -> deque[float]:
        made = self._made.setdefault(shard, deque())
        self._forget(made, AN_HOUR_S)
        return made

    def _forget(self, times: deque[float], seconds: float) -> None:
        """Forget what was longer ago."""
        while times and times[0] <= self._monotonic() - seconds:
            times.popleft()


class _Forgetful(AutoShardedConnectionState["Client"]):
    """The library's state of a connection, which keeps no servers.

    Without asking for any events the bot still hears of all its servers when it connects. The library would make an
    object of each, and keep it; nothing here ever looks at one, so nothing but `_HEARD` is read. An interaction brings
    along what there is to know of its server, and where the library finds none it makes do with that.
    """

    _any_server: discord.Guild | None = None

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # the library's
        super().__init__(**options)
        # Discord tells of a few things more, unasked: what the library cannot read of them would end the connection.
        self.parsers = {event: self.parsers[event] for event in _HEARD}

    def parse_ready(self, data: gateway.ReadyEvent) -> None:
        """Begin, as if the bot were on no server."""
        super().parse_ready({**data, "guilds": []})

    def parse_interaction_create(self, data: gateway.InteractionCreateEvent) -> None:
        """Hand over what somebody did: the library listens for no buttons, forms or commands itself."""
        try:
            interaction = told(cast("Json", data), self)
        except Exception as error:  # noqa: BLE001  # the library would give up the connection, for everybody
            log.error("an interaction cannot be read: %s", trace(error))  # noqa: TRY400  # its words are people's
            return
        self.dispatch("interaction", interaction)

    def _get_or_create_unavailable_guild(self, guild_id: int, *, data: Json | None = None) -> discord.Guild:
        """Return the server of an interaction: the same for all of them, for everything we ask stands beside it."""
        if data is None:  # it is no interaction that asks
            return super()._get_or_create_unavailable_guild(guild_id)
        if self._any_server is None:
            self._any_server = super()._get_or_create_unavailable_guild(guild_id, data={"unavailable": True})
        return self._any_server


def told(data: Json, state: ConnectionState[Any]) -> discord.Interaction[Any]:
    """Return an interaction as the library takes it, beside the tapped message in Discord's own words.

    The library would make objects of that, of its author, its card and its buttons; only the id is ever asked for.
    """
    without = {key: value for key, value in data.items() if key != MESSAGE}
    interaction = discord.Interaction(data=cast("Any", without), state=state)
    interaction.extras[MESSAGE] = data.get(MESSAGE)
    return interaction


class _Http(HTTPClient):
    """The library's requests, with the gateway where the settings have it: the first time and ever after."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        gateway_url: str,
        watch: aiohttp.TraceConfig | None,
        may_connect: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(loop, http_trace=watch, max_ratelimit_timeout=LONGEST_LIMIT_S)
        self._may_connect = may_connect
        self._gateway_url = gateway_url
        self._sockets: WeakSet[aiohttp.ClientWebSocketResponse] = WeakSet()

    async def ws_connect(self, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        """Connect to the gateway."""
        await self._may_connect()
        if self._gateway_url:  # what is asked of the gateway stands in the query
            url = urlsplit(self._gateway_url)._replace(query=urlsplit(url).query).geturl()
        socket = await super().ws_connect(url, compress=compress)
        self._sockets.add(socket)
        return socket

    async def hang_up(self) -> None:
        """Close what the library has left open: a connection that was given up while it introduced itself."""
        for socket in list(self._sockets):
            await socket.close()


class Client(discord.AutoShardedClient):
    """One bot's connections to Discord; `heard` is awaited with every interaction, each in a task of its own.

    `shards` says how many connections there are, 0: as many as Discord recommends. `watch` sees every request.
    `stirred` is called whenever a connection comes or goes, or is done for.
    """

    def __init__(  # the settings, and what tests put in place of time
        self,
        *,
        heard: Callable[[discord.Interaction], Awaitable[None]],
        gateway_url: str = "",
        shards: int = 0,
        watch: aiohttp.TraceConfig | None = None,
        introductions: Introductions | None = None,
        stirred: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(
            intents=discord.Intents.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.0,
            shard_connect_timeout=CONNECTING_S,
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=shards or None,
        )
        self._introductions = introductions or Introductions()
        self._http = _Http(self.loop, gateway_url, watch, self._introductions.may_connect)
        self.http = self._connection.http = self._http
        self._heard = heard
        self._brief = Brief()  # type: ignore[no-untyped-call]  # the library's beginning has no types
        self._stirred = stirred
        self._begun: set[int] = set()
        self._hearing: set[asyncio.Task[None]] = set()
        self._is_deaf = False
        self.away: set[int] = set()
        """The connections that were there, and are not now."""

    @property
    def hearing(self) -> frozenset[asyncio.Task[None]]:
        """What is being done about interactions."""
        return frozenset(self._hearing)

    async def let_go(self) -> None:
        """Hear nothing any more, and give up what is being done: without a connection it comes to nothing."""
        self._is_deaf = True
        for task in self.hearing:
            task.cancel()
        await asyncio.gather(*self.hearing, return_exceptions=True)

    async def hang_up(self) -> None:
        """Close what the library leaves open when it is closed."""
        await self._http.hang_up()

    async def launch_shard(self, gateway: Any, shard_id: int, *, initial: bool = False) -> None:  # noqa: ANN401  # a type of the library's own library
        """Connect. Raises `discord.GatewayNotFound`."""
        # The library comes here again after each failure, every few seconds and for ever; who runs us waits longer.
        if shard_id in self._begun:
            raise discord.GatewayNotFound
        self._begun.add(shard_id)
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Hand over what somebody did."""
        if self._is_deaf:
            return
        # The library runs each event in a task of its own, and holds on to none: one may be forgotten in its middle.
        if (task := asyncio.current_task()) is not None:
            self._hearing.add(task)
            task.add_done_callback(self._hearing.discard)
        async_context.set(self._brief)  # for this task
        await self._hear(interaction)

    async def on_shard_ready(self, shard: int) -> None:
        """Note that a connection is up."""
        self._is_back(shard)

    async def on_shard_resumed(self, shard: int) -> None:
        """Note that a connection goes on where it was interrupted."""
        log.info("the connection to Discord goes on where it was interrupted")
        self._is_back(shard)

    async def on_shard_disconnect(self, shard: int) -> None:
        """Note that a connection is interrupted; one that cannot stay is not begun anew at once."""
        if shard not in self.away:  # it is told anew whenever it could not come back
            self.away.add(shard)
            self._stirred()
        if self._introductions.are_too_many:
            await self.close()

    async def on_ready(self) -> None:
        """Note that all connections are up."""
        self._stirred()

    async def on_error(self, event_method: str, /, *_args: object, **_more: object) -> None:
        """Say what went wrong, but not in its words: the library would hold forth."""
        error = sys.exc_info()[1]
        if error is not None:
            log.error("%s could not be dealt with: %s", event_method, trace(error))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002  # the library's
        """Wait until a connection may introduce itself."""
        await self._introductions.turn(shard_id or 0)

    def _get_state(self, **options: Any) -> AutoShardedConnectionState[Client]:  # noqa: ANN401  # the library's
        return _Forgetful(dispatch=self.dispatch, handlers=self._handlers, hooks=self._hooks, http=self.http, **options)

    def _is_back(self, shard: int) -> None:
        self.away.discard(shard)
        self._stirred()

    async def _hear(self, interaction: discord.Interaction) -> None:
        try:
            await self._heard(interaction)
        except Exception as error:  # noqa: BLE001  # nobody waits for this task, so nobody would hear of it
            # Its words may hold the interaction's token, or what people write.
            log.error("an interaction could not be dealt with: %s", trace(error))  # noqa: TRY400  # as said
