"""What goes wrong on the way: a script of faults, each for some requests of a route."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from tests.discord.server.problems import Problem, limited


class How(StrEnum):
    """What happens to a request."""

    DROPPED_BEFORE = "the connection breaks, nothing has happened"
    DROPPED_AFTER = "it happened, and the connection breaks before the answer"
    HANGS = "nothing happens and no answer comes, until `Faults.release`"
    HANGS_AFTER = "it happened, and no answer comes, until `Faults.release`"
    ERROR_500 = "a page of HTML with status 500"
    ERROR_502 = "a page of HTML with status 502"
    ERROR_503 = "a page of HTML with status 503"
    GARBAGE = "status 200 with something that is no JSON"
    BANNED = "a 429 of the network before Discord, without `Via`"
    FLOOD = "a 429 of Discord's, which says to wait for `seconds`"
    REFUSED = "what `problem` says"

    @property
    def is_after_the_effect(self) -> bool:
        """Whether the request does what it does before it fails."""
        return self in {How.DROPPED_AFTER, How.HANGS_AFTER}


@dataclass
class Fault:
    """A fault for the next `times` requests that fit: whose route (`POST /channels/{channel_id}/messages`) has these
    words in it, and in whose path this number stands; None: any. `seconds` and `scope` are for FLOOD.
    """  # noqa: D205  # one sentence

    how: How
    route: str | None = None
    number: int | None = None
    times: int = 1
    seconds: float = 1.0
    scope: str = "user"
    problem: Problem | None = None
    met: int = 0

    def fits(self, route: str, path: dict[str, str]) -> bool:
        """Tell whether a request meets this fault."""
        return (
            self.met < self.times
            and (self.route is None or self.route in route)
            and (self.number is None or str(self.number) in path.values())
        )

    def refusal(self) -> Problem:
        """Return the answer of a FLOOD or REFUSED."""
        if self.how is How.FLOOD:
            return limited(self.seconds, scope=self.scope)
        return self.problem or Problem(50035)


@dataclass
class Faults:
    """The script, first come first met."""

    script: list[Fault] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def meets(self, route: str, path: dict[str, str]) -> Fault | None:
        """Return the fault that a request meets, which is used up by it."""
        for fault in self.script:
            if fault.fits(route, path):
                fault.met += 1
                return fault
        return None

    def release(self) -> None:
        """Let the requests that hang end, with a broken connection."""
        self.released.set()
        self.released = asyncio.Event()
