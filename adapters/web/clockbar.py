"""The demo's clock bar: what time it is, what is due next, and moving on. Time only moves forward."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from adapters.web.render import instant
from bot.records import dataclass

if TYPE_CHECKING:
    from adapters.web.frames import Json

Step = Literal["next", "hour", "day"]
_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class NextDue:
    """The next thing that the bot will do by itself: when, and in words ("reminder for … on …")."""

    at: datetime
    label: str


class Rehearsal(Protocol):
    """A clock that can be moved, and what is due on it. Given by whoever assembles the bot."""

    def now(self) -> datetime:
        """Return the present as the bot sees it."""
        ...

    async def next_due(self, language: str = "") -> NextDue | None:
        """Return what is due next, told in a language; None where nothing is."""
        ...

    async def advance_to(self, instant: datetime) -> None:
        """Move the clock to `instant`, and return when everything due until then has been done."""
        ...


class ClockBar:
    """One move at a time, never back."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal
        self._moving = asyncio.Lock()

    async def shown(self, language: str) -> Json:
        """Return what the bar shows, in a language."""
        due = await self._rehearsal.next_due(language)
        shown: Json = {"now": instant(self._rehearsal.now())}
        if due is not None:
            shown["next"] = {"at": instant(due.at), "label": due.label}
        return shown

    async def move(self, step: Step) -> bool:
        """Move on; False where nothing is due, so that there is no next thing to move to."""
        async with self._moving:
            now = self._rehearsal.now()
            if step != "next":
                await self._rehearsal.advance_to(now + _STEPS[step])
                return True
            due = await self._rehearsal.next_due()
            if due is None:
                return False
            # What should have been done already is done now: the clock does not go back to when it was due.
            await self._rehearsal.advance_to(max(due.at, now))
            return True
