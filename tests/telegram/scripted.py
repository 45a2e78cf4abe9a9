"""A core that is played by a script, and keeps what an adapter wants kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.assembly import assemble
from bot.chat.inbound import Inbound
from bot.chat.message import Reply
from bot.clock import MovableClock
from bot.ports import Storage
from bot.router import Router
from tests.adapters.web_support import ScriptedInbox


@dataclass
class KeepingInbox(ScriptedInbox):
    """The script, with a memory that a restart does not lose; `entered` is set when something arrives."""

    kept: dict[str, str] = field(default_factory=dict)
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, inbound: Inbound) -> Reply:
        """Say that something has arrived, then answer by the script."""
        self.entered.set()
        return await super().receive(inbound)

    async def recall(self, key: str) -> str:
        """Return what was kept."""
        return self.kept.get(key, "")

    async def keep(self, key: str, words: str) -> None:
        """Keep it."""
        assert len(key) <= 48
        self.kept[key] = words


class SlowToTell(Router):
    """The real core, whose answers come late: after the commit, when `leave` is set."""

    def __init__(self, storage: Storage) -> None:
        clock = MovableClock(source=lambda: datetime(2026, 3, 2, 11, tzinfo=UTC))
        vars(self).update(vars(assemble(storage, clock, []).router))
        self.leave, self.committed = asyncio.Event(), asyncio.Event()
        self.replies: list[Reply] = []

    async def receive(self, inbound: Inbound) -> Reply:
        """Commit, and hold the answer back."""
        reply = await super().receive(inbound)
        self.replies.append(reply)
        self.committed.set()
        await self.leave.wait()
        return reply
