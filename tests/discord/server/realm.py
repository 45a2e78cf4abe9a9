"""One Discord with one bot: what there is, what it was asked, what it refused, and its clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.clock import MovableClock
from tests.discord.server.contract import Contract
from tests.discord.server.doing import FIRST_S, Interaction
from tests.discord.server.faults import Faults
from tests.discord.server.limits import Limits
from tests.discord.server.problems import Json, Problem
from tests.discord.server.state import Channel, Guild, Kind, Member, Message, User

TOKEN: Final = "NzAwMDAwMDAwMDAwMDAwMDA3.Gknown.not-a-secret_token"
BEGINNING: Final = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""A Monday."""
_EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Call:
    """A request: its route (`POST /channels/{channel_id}/messages`), what stood in its path, query and body."""

    route: str
    path: dict[str, str]
    query: dict[str, str]
    body: Json | list[Json]
    files: dict[int, tuple[str, bytes]]
    """By number: name and contents."""

    @property
    def json(self) -> Json:
        """The body, which is an object."""
        if not isinstance(self.body, dict):
            raise Problem(50109)
        return self.body

    def id(self, name: str) -> int:
        """Return a number in the path."""
        try:
            return int(self.path[name])
        except ValueError:
            errors = {name: {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": "This is no snowflake."}]}}
            raise Problem(50035, errors=errors) from None


class Realm:
    """What there is. `clock` goes only when moved; `passes` moves it.

    `calls` are all requests, `refusals` those that were refused, `violations` what was sent or answered that Discord's
    published contract does not know, `failed` the interactions whose people read "This interaction failed".
    `stirred` is set whenever anything changes.
    """

    def __init__(self, clock: MovableClock | None = None, token: str = TOKEN) -> None:
        self.token = token
        self.clock = clock or MovableClock(source=lambda: BEGINNING)
        self.contract = Contract.found()
        self.faults = Faults()
        self.limits = Limits(self.now)
        self.patience = FIRST_S
        """For how long the first answer to what somebody does is waited for."""
        self._last_id = 0
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[int, Interaction] = {}
        self.commands: dict[str, Json] = {}
        self.calls: list[Call] = []
        self.refusals: list[tuple[Call, Problem]] = []
        self.violations: list[str] = []
        self.failed: list[Interaction] = []
        self.under_way = 0
        self.stirred = asyncio.Event()
        self.dispatch: Callable[[int | None, str, Json], bool] = lambda _guild, _event, _data: False
        """Tells the bot of an event, by the connection of a server (None: of private talks), if there is one."""
        self._changes = 0
        self.owner = self.user("Odo", username="odo")
        self.bot = self.user("", username="circles_bot", is_bot=True)
        self.told_by_nonce: dict[str, Message] = {}
        self.application = usual_application()
        self.clock.on_move.append(lambda _offset: self._time_has_passed())

    # -- time and numbers

    def now(self) -> datetime:
        """Return the present."""
        return self.clock.now()

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.move_to(self.now() + timedelta(seconds=seconds))

    def new_id(self) -> int:
        """Return a number that is later than all before."""
        self._last_id = max(self._last_id + 1, (self.now() - _EPOCH) // _MS)
        return self._last_id << 22

    def changed(self) -> None:
        """Tell whoever waits that something has changed."""
        self.stirred.set()

    def next_change(self) -> int:
        """Number a change of something that people see."""
        self._changes += 1
        self.changed()
        return self._changes

    def _time_has_passed(self) -> None:
        """Let those interactions fail that nobody has answered in time, and threads fall asleep."""
        for one in self.interactions.values():
            if one.is_overdue(self.now()):
                self.fails(one)
        for thread in self.channels.values():
            thread.archived |= thread.sleeps_at is not None and thread.sleeps_at <= self.now()

    def fails(self, interaction: Interaction) -> None:
        """Tell a person that their interaction failed."""
        interaction.has_failed = True
        self.failed.append(interaction)
        interaction.settled.set()
        self.changed()

    # -- who and what there is

    def user(self, name: str, *, username: str = "", locale: str = "en-US", is_bot: bool = False) -> User:
        """Return a new user."""
        number = self.new_id()
        made = User(number, name, username or f"{name.split(' ', 1)[0].lower()}{number % 9973}", locale, is_bot)
        self.users[number] = made
        return made

    def joins(self, guild: Guild, user: User, *, nick: str | None = None) -> Member:
        """Let somebody join a server."""
        member = guild.members[user.id] = Member(user, nick)
        if user is self.bot:
            guild.bot = member
        return member

    def channel(self, guild: Guild, name: str, kind: Kind = Kind.TEXT, parent: Channel | None = None) -> Channel:
        """Make a channel or a thread on a server."""
        made = Channel(self.new_id(), kind, name, guild, parent, began=self.now(), stirred=self.now())
        self.channels[made.id] = made
        return made

    def threads(self, channel: Channel) -> list[Channel]:
        """Return the threads on a channel."""
        return [one for one in self.channels.values() if one.parent is channel and not one.deleted]

    def direct(self, user: User) -> Channel:
        """Return the bot's private talk with somebody, a new one where there is none yet."""
        for one in self.channels.values():
            if one.recipient is user:
                return one
        made = Channel(self.new_id(), Kind.DM, recipient=user, began=self.now())
        self.channels[made.id] = made
        return made

    def shares_guild(self, user: User) -> bool:
        """Say whether somebody is on a server on which the bot is, too."""
        return any(guild.bot is not None and user.id in guild.members for guild in self.guilds.values())

    def names(self, guild: Guild | None) -> dict[str, str]:
        """Return what people and channels are called on a server."""
        names = {str(user.id): user.name or user.username for user in self.users.values()}
        if guild is not None:
            names |= {str(one.user.id): one.nick for one in guild.members.values() if one.nick}
        return names | {str(one.id): one.name for one in self.channels.values() if one.name}

    def called(self, route: str) -> list[Json]:
        """Return the bodies of all requests of a route, also of those that were refused."""
        return [call.json for call in self.calls if call.route == route]


def usual_application() -> Json:
    """Return how the bot's application is set up, as it should be; tests change it."""
    return {
        "name": "Circles",
        "interactions_endpoint_url": None,
        "bot_public": True,
        "flags": 0,
        "approximate_guild_count": 1,
    }
