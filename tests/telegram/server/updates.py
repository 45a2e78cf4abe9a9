"""The updates that wait for the bot: fetched by getUpdates, or brought to its webhook."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.telegram.server.problems import JsonObject, Problem, conflict

NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
"""Told only to a bot that asks for them by name."""


@dataclass
class Updates:
    """What happened and has not been confirmed, oldest first."""

    changed: Callable[[], None]
    check: Callable[[JsonObject], None]
    next_id: int = 700_000_001
    waiting: dict[int, JsonObject] = field(default_factory=dict)
    allowed: list[str] = field(default_factory=list)
    webhook: str = ""
    poll: asyncio.Future[None] | None = None
    fetched: int = 0
    given: list[JsonObject] = field(default_factory=list)
    new: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_consumed(self) -> bool:
        """Whether somebody fetches updates or has them brought."""
        return bool(self.webhook or self.fetched)

    def put(self, kind: str, what: JsonObject) -> JsonObject | None:
        """Add an update, unless its kind is not wanted."""
        if kind not in self.allowed and (self.allowed or kind in NOT_BY_DEFAULT):
            return None
        update = {"update_id": self.next_id, kind: what}
        self.next_id += 1
        self.check(update)
        self.inject(update)
        return update

    def inject(self, update: JsonObject) -> None:
        """Add an update as it stands; an `update_id` that was there before makes it a repetition."""
        self.waiting[update["update_id"]] = update
        self.next_id = max(self.next_id, update["update_id"] + 1)
        self.new.set()
        if self.poll is not None and not self.poll.done():
            self.poll.set_result(None)
        self.changed()

    def confirm(self, before: int) -> None:
        """Forget all updates before a number."""
        self.waiting = {number: update for number, update in self.waiting.items() if number >= before}
        self.changed()

    def drop(self) -> None:
        """Forget them all."""
        self.waiting.clear()
        self.changed()

    async def fetch(self, offset: int, limit: int, seconds: float) -> list[JsonObject]:
        """Return what waits, as getUpdates does; the newest caller ends the wait of an earlier one (409)."""
        if self.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        self.fetched += 1
        self.end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        if offset > 0:
            self.confirm(offset)
        elif offset < 0:
            self.confirm(min([*sorted(self.waiting)[offset:], self.next_id]))
        if not self.waiting and seconds > 0:
            await self._wait(seconds)
        given = [self.waiting[number] for number in sorted(self.waiting)][:limit]
        self.given.extend(given)
        return given

    async def _wait(self, seconds: float) -> None:
        poll = self.poll = asyncio.get_running_loop().create_future()
        self.changed()
        try:
            await asyncio.wait_for(poll, seconds)
        except TimeoutError:
            return
        finally:
            if self.poll is poll:
                self.poll = None
            self.changed()

    def end_poll(self, words: str) -> None:
        """End a wait with a 409."""
        if self.poll is not None and not self.poll.done():
            problem: Problem = conflict(words)
            self.poll.set_exception(problem)
            self.poll = None
