"""The loopback platforms for a whole year: the same servers and checks, but they forget what nobody needs any more.

Their limits are off (others prove them), and so is the check against the published contracts, which costs more than
all the rest.
"""

from __future__ import annotations

import asyncio
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import discord

from bot.charts import draw
from bot.chat.message import Chart, Picture
from bot.chat.pacing import Pacing
from bot.clock import MovableClock
from tests.discord.server.realm import Realm
from tests.discord.server.server import Server as DiscordServer
from tests.discord.server.state import Channel, Guild, Kind, User
from tests.discord.world import World as DiscordWorld
from tests.discord.world import unhurried
from tests.telegram.world import World as TelegramWorld

if TYPE_CHECKING:
    from datetime import datetime

    from bot.chat.message import Room

PATIENCE_S = 120.0
"""Real seconds after which somebody who waits for an answer gives up; the machine may be busy."""
_FORGOTTEN: Final = ("", dict[str, object]())
_LATER_S: Final = 3600.0


class DrawsLater(Pacing):
    """No limits, but that cards are drawn by themselves only when everybody's taps are answered.

    In life they wait for some seconds, too: many taps are one drawing.
    """

    draws = False

    def wait(self, room: Room, *, draws: bool = False) -> float:
        """Return for how many seconds nothing may be said in a room."""
        return self.wait_anywhere(draws=draws)

    def wait_anywhere(self, *, draws: bool = False) -> float:
        """Return for how many seconds nothing may be said anywhere."""
        return _LATER_S if draws and not self.draws else 0.0

    @staticmethod
    @contextmanager
    def now(pacings: Sequence[DrawsLater]) -> Iterator[None]:
        """Let cards be drawn."""
        for one in pacings:
            one.draws = True
        try:
            yield
        finally:
            for one in pacings:
                one.draws = False


class Gallery:
    """Draws one chart in `EACH`; the others are sent with a picture that is there, and words of their own."""

    EACH = 20

    def __init__(self) -> None:
        self._charts = 0
        self._png = b""

    def draw(self, chart: Chart) -> Picture:
        """Return a picture of a chart, or of another one."""
        self._charts += 1
        if not self._png or self._charts % self.EACH == 0:
            self._png = draw(chart).png
        return Picture(self._png, chart.alt, chart.name)


class _Loop:
    """The event loop as Discord's library sees it: its hours are those of the year."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock, self._loop = clock, asyncio.get_running_loop()

    def __getattr__(self, name: str) -> object:
        return getattr(self._loop, name)

    def time(self) -> float:
        """Return what time it is, in seconds."""
        return self._clock.now().timestamp()


class _Hours(types.ModuleType):
    """`asyncio` for that module of the library which keeps a book of limits for each room.

    It forgets those of rooms that have been quiet for five minutes. A year that passes in an hour would have it look
    through those of weeks with every request.
    """

    def __init__(self, clock: MovableClock, otherwise: object) -> None:
        super().__init__("asyncio")
        self._clock, self._otherwise = clock, otherwise

    def __getattr__(self, name: str) -> object:
        return getattr(self._otherwise, name)

    def get_running_loop(self) -> _Loop:
        """Return the loop."""
        return _Loop(self._clock)


@contextmanager
def years_fly_by(clock: MovableClock) -> Iterator[None]:
    """Let Discord's library wait for nothing, and forget by the year's clock."""
    beginning = clock.now()
    http = discord.http.__dict__
    # What the library waits for moves a clock that nobody reads.
    with unhurried(MovableClock(source=lambda: beginning)):
        waiting = http["asyncio"]
        http["asyncio"] = _Hours(clock, waiting)
        try:
            yield
        finally:
            http["asyncio"] = waiting


class LeanRealm(Realm):
    """One Discord with very many people."""

    def __init__(self, clock: MovableClock) -> None:
        self._talks: dict[int, Channel] = {}
        self._names: dict[int, dict[str, str]] = {}
        self.forgotten: set[int] = set()
        super().__init__(clock)
        self.contract = None

    def direct(self, user: User) -> Channel:
        """Return the bot's private talk with somebody."""
        if user.id not in self._talks:
            made = Channel(self.new_id(), Kind.DM, recipient=user, began=self.now())
            self._talks[user.id] = self.channels[made.id] = made
        return self._talks[user.id]

    def shares_guild(self, user: User) -> bool:
        """Say that somebody is on a server on which the bot is, too."""
        return True

    def names(self, guild: Guild | None) -> dict[str, str]:
        """Return what the people of a server are called."""
        if guild is None:
            return {}
        if len(self._names.get(guild.id, ())) != len(guild.members):
            self._names[guild.id] = {str(one.user.id): one.user.name for one in guild.members.values()}
        return self._names[guild.id]

    def _time_has_passed(self) -> None:
        """Let those interactions fail that nobody has answered in time; there are no threads to fall asleep."""
        for one in self.interactions.values():
            if one.is_overdue(self.now()):
                self.fails(one)

    def forget(self) -> None:
        """Forget what was asked, what people did and have seen the answer of."""
        self.calls.clear()
        self.told_by_nonce.clear()
        self.interactions = {number: one for number, one in self.interactions.items() if not one.settled.is_set()}

    def forget_before(self, instant: datetime, keep: set[int]) -> None:
        """Forget messages that have stood for long, but for those to keep."""
        old = [
            one
            for one in self.messages.values()
            if one.created is not None and one.created < instant and one.id not in keep
        ]
        for one in old:
            self.forgotten.add(one.id)
            del self.messages[one.id]
            one.channel.written.pop(one.id, None)

    def completes_events(self) -> None:
        """Let go of the events that are over, as Discord does by itself."""
        for guild in self.guilds.values():
            guild.events = {
                number: one for number, one in guild.events.items() if one.ends_at is None or one.ends_at > self.now()
            }


class Discord(DiscordWorld):
    """Discord with its people, for a year."""

    def __init__(self, clock: MovableClock) -> None:
        super().__init__(clock)
        self.realm: LeanRealm = LeanRealm(clock)
        self.server = DiscordServer(self.realm)
        self.gateway = self.server.gateway
        self.settled = self._at_once
        self._told: dict[str, int] = {}

    async def _at_once(self) -> None:
        """Wait for nothing: people take turns (`tests.simulate.turns`)."""

    def forget(self) -> None:
        """Forget what has been dealt with."""
        self.realm.forget()
        self.gateway.events.clear()
        for session in self.gateway.sessions.values():
            told = self._told.get(session.id, 0)
            for number in range(told, len(session.sent)):  # numbers stay: they are what a connection goes on by
                session.sent[number] = _FORGOTTEN
            self._told[session.id] = len(session.sent)


class Telegram(TelegramWorld):
    """Telegram with its people, for a year."""

    def __init__(self, clock: MovableClock) -> None:
        super().__init__()
        self.waits, self.patience = False, PATIENCE_S
        self.telegram.contract = self.server.contract = None
        limits = self.telegram.limits
        limits.bot_second = limits.chat_second = limits.group_minute = None
        self._now = clock.now
        self._written_at: dict[tuple[int, int], datetime] = {}
        self.forgotten: set[tuple[int, int]] = set()
        self.unconfirmed: set[str] = set()
        """Taps that a bot has answered which was killed before it could say so: the next one answers them, too."""

    def bot_is_killed(self) -> None:
        """Remember what had been answered."""
        self.unconfirmed = {number for number, tap in self.telegram.taps.items() if tap.answer.done()}

    def forget(self) -> None:
        """Forget what was asked, and taps that were answered."""
        telegram = self.telegram
        telegram.calls.clear()
        telegram.updates.given.clear()
        telegram.taps = {number: tap for number, tap in telegram.taps.items() if not tap.answer.done()}

    def forget_before(self, instant: datetime, keep: set[tuple[int, int]]) -> None:
        """Forget messages that have stood for long, but for those to keep."""
        now = self._now()
        for chat in self.telegram.chats.values():
            for number in list(chat.written):
                key = (chat.id, number)
                if key not in keep and self._written_at.setdefault(key, now) < instant:
                    self.forgotten.add(key)
                    del chat.written[number], self._written_at[key]
