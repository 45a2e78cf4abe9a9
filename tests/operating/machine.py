"""What operators look after, in tests: a chat whose platform can be in trouble, on a machine whose disk can fill up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.assembly import assemble
from bot.chat.adapter import Trouble, Unreachable
from bot.chat.message import Message, Posted, Room, RoomKind
from bot.chat.told_time import ToldTime
from bot.chat.trying import Troubles
from bot.domain.operating import TOKEN_REFUSED, Disk
from tests.support.chat import ChatSim, Someone
from tests.support.sim import PLATFORM, SimPlatform, private

GB = 1_000_000_000
ROOMY = Disk("database", 40 * GB, 50 * GB)
FULL = Disk("database", GB // 2, 50 * GB)
log = logging.getLogger(__name__)


def _up() -> asyncio.Event:
    up = asyncio.Event()
    up.set()
    return up


@dataclass
class Troubled(SimPlatform):
    """A platform that tells what is wrong with it."""

    is_up: asyncio.Event = field(default_factory=_up)
    told_time: ToldTime = field(default_factory=ToldTime)
    lost: set[Room] = field(default_factory=set)
    """Rooms that the bot was taken out of."""
    troubles: Troubles = field(
        default_factory=lambda: Troubles(log, {TOKEN_REFUSED: "refused", "network": "gone"}, "ok")
    )

    async def post(self, room: Room, message: Message, key: str) -> Posted:
        """Post a message, but not in a room that is lost."""
        if room in self.lost:
            raise Unreachable("kicked", Trouble.REMOVED)
        return await super().post(room, message, key)


@dataclass
class Machine:
    """A chat that is operated by Rob, here and on a second platform."""

    chat: ChatSim
    disk: Disk = ROOMY
    first: Troubled = field(default_factory=Troubled)
    second: Troubled = field(default_factory=lambda: Troubled(platform="echo"))

    @property
    def rob(self) -> Someone:
        """The operator, on the first platform."""
        return self.chat.rob

    @property
    def rob_there(self) -> Someone:
        """The operator's account on the second."""
        return self.chat.account("rob", "echo")

    def restart(self, operators: Sequence[tuple[str, str]] | None = None) -> None:
        """Start anew on the same database."""
        chat = self.chat
        named = ((PLATFORM, "u-rob"), ("echo", "u-rob")) if operators is None else operators
        chat.bot = assemble(chat.storage, chat.clock, chat.platforms, operators=named, disks=lambda: [self.disk])

    async def look(self) -> None:
        """Let a minute pass, and the bot look whether all is well."""
        await self.chat.passes(minutes=1)
        await self.chat.bot.scheduler.look()
        await self.chat.bot.scheduler.run_due()


async def operated(chat: ChatSim) -> Machine:
    """Return the chat as an operated one, with Rob's private chats open on both platforms."""
    machine = Machine(chat)
    machine.first.posts = chat.platform.posts
    chat.platform = machine.first
    chat.beside.append(machine.second)
    machine.restart()
    await machine.rob.opens()
    await machine.rob_there.opens()
    for platform in chat.platforms:  # what was said until now is not what tests look at
        platform.posts[:] = [post for post in platform.posts if post.posted.room.kind is not RoomKind.PRIVATE]
        for number, post in enumerate(platform.posts, 1):
            post.posted = type(post.posted)(post.posted.room, str(number))
    return machine


def told(machine: Machine, words: str, *, there: bool = False) -> list[str]:
    """Return what the operator was told with these words in it."""
    platform = machine.second if there else machine.chat.platform
    own = private("u-rob", platform.platform)
    return [post.text for post in platform.posts if post.posted.room == own and words in post.text]
