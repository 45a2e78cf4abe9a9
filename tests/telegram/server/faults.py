"""What goes wrong on the way: a script of faults, each for some calls of a method or to a chat."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from tests.telegram.server.problems import Problem, flood


class How(StrEnum):
    """What happens to a call."""

    DROPPED_BEFORE = "the connection breaks, nothing has happened"
    DROPPED_AFTER = "it happened, and the connection breaks before the answer"
    HANGS = "nothing happens and no answer comes, until `Faults.release`"
    HANGS_AFTER = "it happened, and no answer comes, until `Faults.release`"
    ERROR_500 = "a page of HTML with status 500"
    ERROR_502 = "a page of HTML with status 502"
    GARBAGE = "status 200 with something that is no JSON"
    FLOOD = "a 429"
    REFUSED = "a 400 or what `problem` says"

    @property
    def is_after_the_effect(self) -> bool:
        """Whether the call does what it does before it fails."""
        return self in {How.DROPPED_AFTER, How.HANGS_AFTER}


@dataclass
class Fault:
    """A fault for the next `times` calls that fit; `method` and `chat` None: any. `seconds` is for FLOOD."""

    how: How
    method: str | None = None
    chat: int | None = None
    times: int = 1
    seconds: int = 1
    problem: Problem | None = None
    met: int = 0

    def fits(self, method: str, chat: int | None) -> bool:
        """Tell whether a call meets this fault."""
        return self.met < self.times and self.method in {None, method} and (self.chat is None or self.chat == chat)

    def refusal(self) -> Problem:
        """Return the answer of a FLOOD or REFUSED."""
        if self.how is How.FLOOD:
            return flood(self.seconds)
        return self.problem or Problem(400, "Bad Request: something is wrong with it")


@dataclass
class Faults:
    """The script, first come first met."""

    script: list[Fault] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def meets(self, method: str, chat: int | None) -> Fault | None:
        """Return the fault that a call meets, which is used up by it."""
        for fault in self.script:
            if fault.fits(method, chat):
                fault.met += 1
                return fault
        return None

    def release(self) -> None:
        """Let the calls that hang end, with a broken connection."""
        self.released.set()
        self.released = asyncio.Event()
