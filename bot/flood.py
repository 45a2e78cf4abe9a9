"""Who sends without end is asked to wait, once, and then not heard for a while; nobody else notices.

Each person and each room has a bucket of acts that fills again as time passes (counted as GCRA does: one number a
bucket, the moment at which it would be full again). The bucket is so large that nobody empties it by hand. It is the
account that counts, not the person behind it: who is flooding must be cheaper to find out than what they ask for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable
from enum import Enum, auto
from typing import Final

from bot.chat.inbound import Inbound, Left, Moved, Typed
from bot.records import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is taken at once, and how much for good."""

    burst: int
    per_second: float


log = logging.getLogger(__name__)

OF_ONE: Final = Pace(burst=200, per_second=1.0)
"""What one account may do: ten taps a second, as fast as fingers go, for twenty seconds on end."""
OF_A_ROOM: Final = Pace(burst=3_000, per_second=20.0)
"""What all together may do in one room, where they are not alone: everybody of a very large one taps at once."""
LOOKS: Final = Pace(burst=600, per_second=10.0)
"""How often one account may have words completed for it, which is asked for at each key that is pressed."""
MOST: Final = 20_000
"""How many buckets are remembered at least; more are not needed before the first of them are full again."""
TOLD_EVERY_S: Final = 60.0
"""For how long at least nobody is asked to wait a second time."""


class Verdict(Enum):
    """What is to be done with an act."""

    TAKE = auto()
    ASK_TO_WAIT = auto()
    """Not taken, and who did it is to be told: once."""
    DROP = auto()
    """Not taken, and who did it was told before."""
    PASS_OVER = auto()
    """Not taken, and may well have been meant for others."""


class Buckets:
    """Buckets of one size, by whose they are: O(1) an act, and bounded.

    Nothing is looked through to forget who has gone quiet. What was written down stands in the newer of two tables; the
    older is let go as soon as every bucket in it must be full again, or `most` have been written down since.
    """

    __slots__ = ("_ahead", "_former", "_gap", "_most", "_recent", "_turn_at", "_turn_s")

    def __init__(self, pace: Pace, *, most: int = MOST) -> None:
        self._gap = 1.0 / pace.per_second
        self._ahead = (pace.burst - 1) * self._gap
        self._turn_s = pace.burst * self._gap
        self._most = most
        self._turn_at = 0.0
        self._recent: dict[Hashable, float] = {}
        self._former: dict[Hashable, float] = {}

    def takes(self, whose: Hashable, now: float) -> bool:
        """Take one act out of somebody's bucket; False where it is empty, and stays as it is."""
        full = self._recent.get(whose)
        if full is None:
            full = self._former.get(whose, now)
        if full < now:
            full = now
        elif full - now > self._ahead:
            return False
        if now >= self._turn_at or len(self._recent) >= self._most:
            self._former, self._recent, self._turn_at = self._recent, {}, now + self._turn_s
        self._recent[whose] = full + self._gap
        return True

    def has(self, whose: Hashable, now: float) -> bool:
        """Say whether anything is left in somebody's bucket."""
        full = self._recent.get(whose) or self._former.get(whose, now)
        return full - now <= self._ahead

    def __len__(self) -> int:
        """Return how many buckets are remembered."""
        return len(self._recent) + len(self._former)


class Flood:
    """Watches the core's door. `monotonic` is in seconds."""

    def __init__(
        self,
        *,
        of_one: Pace = OF_ONE,
        of_a_room: Pace = OF_A_ROOM,
        looks: Pace = LOOKS,
        most: int = MOST,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._people = Buckets(of_one, most=most)
        self._rooms = Buckets(of_a_room, most=most)
        self._looks = Buckets(looks, most=most)
        self._told = Buckets(Pace(1, 1.0 / TOLD_EVERY_S), most=most)
        self._monotonic = monotonic

    def judge(self, inbound: Inbound) -> Verdict:
        """Say what is to be done with what comes in. What becomes of a room itself is always taken."""
        if isinstance(inbound, Left | Moved):
            return Verdict.TAKE
        now, sender, room = self._monotonic(), inbound.sender, inbound.place.room
        who = sender.platform, sender.user
        if self._people.takes(who, now) and (room.is_private or self._rooms.takes((room.platform, room.chat), now)):
            return Verdict.TAKE
        if isinstance(inbound, Typed) and not room.is_private:
            return Verdict.PASS_OVER
        if not self._told.takes(who, now):
            return Verdict.DROP
        log.warning("user %s on %s sends too much, and is not heard for a while", sender.user, sender.platform)
        return Verdict.ASK_TO_WAIT

    def lets_look(self, inbound: Inbound) -> bool:
        """Say whether words are completed for whoever types."""
        if isinstance(inbound, Left | Moved):
            return False
        return self._looks.takes((inbound.sender.platform, inbound.sender.user), self._monotonic())

    @property
    def remembered(self) -> int:
        """How many buckets are remembered."""
        return len(self._people) + len(self._rooms) + len(self._looks) + len(self._told)
