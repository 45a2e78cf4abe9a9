"""The world around the bot, as a test tells it: servers with people, a network that breaks, a clock that is moved.

Ask for the fixture `dc`, a `World` with nobody in it; see `running` for the bot in it.
"""

from __future__ import annotations

import asyncio
import threading
import types
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import Final

import discord
from discord.gateway import KeepAliveHandler
from yarl import URL

from bot.clock import MovableClock
from tests.discord.people import Person, Place
from tests.discord.server.doing import Interaction
from tests.discord.server.faults import Fault, How
from tests.discord.server.problems import Problem
from tests.discord.server.realm import Realm
from tests.discord.server.server import Server
from tests.discord.server.state import OF_BOT, May
from tests.support.patience import PATIENCE

_WAITING: Final = (discord.http, discord.webhook.async_, discord.shard, discord.client, discord.gateway)
"""The library's modules that wait: for limits, before another try, before another connection."""


class World:
    """Discord with its servers and people.

    What people do waits (`waits`) until it is answered, and then until all has happened that follows (`settled`): as
    long as nobody knows better, until the bot has nothing more to do. `busy` are functions that tell whether it has.
    """

    def __init__(self, clock: MovableClock | None = None) -> None:
        self.realm = Realm(clock)
        self.server = Server(self.realm)
        self.gateway = self.server.gateway
        self.waits = True
        self.busy: list[Callable[[], bool]] = []
        self.settled: Callable[[], Awaitable[None]] = self.quiet

    async def start(self) -> None:
        """Begin to listen."""
        await self.server.start()

    async def stop(self) -> None:
        """Stop listening."""
        await self.server.stop()

    @property
    def clock(self) -> MovableClock:
        """What time it is on Discord, and for the bot."""
        return self.realm.clock

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.realm.token

    @property
    def api_url(self) -> str:
        """The root of the server, for the bot's settings."""
        return self.server.api_url

    @property
    def gateway_url(self) -> str:
        """The gateway, for the bot's settings."""
        return self.gateway.url

    @property
    def failed(self) -> list[Interaction]:
        """What people did of which they read "This interaction failed"."""
        return self.realm.failed

    @property
    def violations(self) -> list[str]:
        """What was asked or answered that Discord's published contract does not know."""
        return self.realm.violations

    @property
    def refusals(self) -> list[str]:
        """What Discord refused, and with which code; nothing that a test asked to go wrong."""
        return [f"{call.route}: {problem.code} {problem.words}" for call, problem in self.realm.refusals]

    # -- who and what there is

    def guild(self, name: str, *, bot: May | None = OF_BOT, locale: str = "en-US", channel: str = "general") -> Place:
        """Return a new server with a channel; the bot is on it and may do what is usual, unless `bot` says else."""
        realm = self.realm
        made = Place(realm.new_id(), name, realm.user(f"Owner of {name}"), locale, world=self)
        realm.guilds[made.id] = made
        realm.joins(made, made.owner).may = May.ADMINISTRATOR
        if bot is not None:
            made.adds_bot(bot)
        if channel:
            made.channel(channel)
        return made

    def stranger(self, name: str, *, locale: str = "en-US") -> Person:
        """Return somebody who is on no server."""
        return Person(self, self.realm.user(name, locale=locale))

    # -- time, and waiting

    async def passes(self, seconds: float = 0.0, **span: float) -> None:
        """Let time pass on Discord: `await world.passes(minutes=15)`. The bot's scheduler is not run: see `Running`."""
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds, **span))
        await self.quiet()

    async def answered(self, interaction: Interaction) -> None:
        """Wait until a person sees the answer to what they did, or that it failed."""
        try:
            await asyncio.wait_for(interaction.settled.wait(), PATIENCE)
        except TimeoutError:
            told = interaction.told["data"]
            message = (
                f"nobody answered what {interaction.user.name} did: {told}; answered so far: {interaction.answered}"
            )
            raise AssertionError(message) from None

    async def quiet(self) -> None:
        """Wait until no request is under way and the bot is not busy."""
        await self.until(lambda: self.is_quiet)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way."""
        return not self.realm.under_way and not any(busy() for busy in self.busy)

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until something is so, looking whenever something happens on Discord, and now and then anyway."""
        async with asyncio.timeout(PATIENCE):
            while not reached():
                self.realm.stirred.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.realm.stirred.wait(), 0.005)

    # -- what goes wrong on the way

    def fails(
        self,
        route: str | None,
        how: How,
        *,
        number: int | None = None,
        times: int = 1,
        seconds: float = 1.0,
        scope: str = "user",
        problem: Problem | None = None,
    ) -> Fault:
        """Let the next requests fail in whose route these words stand (None: any); the answer counts them in `met`."""
        fault = Fault(how, route, number, times, seconds, scope, problem)
        self.realm.faults.script.append(fault)
        return fault


class _Unhurried(types.ModuleType):
    """`asyncio` for the library's modules, but that sleeping moves Discord's clock instead of taking real time."""

    def __init__(self, clock: MovableClock) -> None:
        super().__init__("asyncio")
        self._clock = clock
        self.slept: list[float] = []

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Let time pass on Discord."""
        self.slept.append(seconds)
        await asyncio.sleep(0)
        if seconds > 0:
            self._clock.move_to(self._clock.now() + timedelta(seconds=seconds))


@contextmanager
def unhurried(clock: MovableClock) -> Iterator[list[float]]:
    """Let the library wait in Discord's time instead of ours; yield for how many seconds it did.

    The library takes no clock and no sleep, but it waits in a few of its modules: when a limit is reached, before it
    tries again after a 5xx, before it connects again. There the name `asyncio`, and nothing else, is another one
    meanwhile; what the library does before and after is as it always is.
    """
    instead = _Unhurried(clock)
    before = [(module, module.__dict__["asyncio"]) for module in _WAITING]
    for module, _ in before:
        module.__dict__["asyncio"] = instead
    try:
        yield instead.slept
    finally:
        for module, real in before:
            module.__dict__["asyncio"] = real


@contextmanager
def pointed_at(api_url: str, gateway_url: str) -> Iterator[None]:
    """Have the library ask this server, and nobody else whatever happens; it has one address for the whole process."""
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    before = route.BASE, socket.DEFAULT_GATEWAY
    route.BASE, socket.DEFAULT_GATEWAY = f"{api_url}/api/v10", URL(gateway_url)
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def started(clock: MovableClock | None = None) -> AsyncIterator[World]:
    """Yield a world that listens, and that the library asks without hurry."""
    made = World(clock)
    await made.start()
    try:
        with unhurried(made.clock), pointed_at(made.api_url, made.gateway_url):
            yield made
    finally:
        await made.stop()
        _stop_heartbeats()


def _stop_heartbeats() -> None:
    """Stop the threads whose connections are no more, as the end of a process does.

    The library leaves one behind where a connection is given up while it introduces itself; in 41 seconds it would
    wake up in the middle of another test.
    """
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws.loop is asyncio.get_running_loop():
            thread.stop()
