"""The oracle: the product's rules as functions, each of which yields what speaks against it.

A promise's name and docstring are the rule in the words of the product's design, and it names the part it stands in.
It is judged when there is something to judge: a message that was seen, a meeting that is over, a digest's hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TypeVar

from tests.simulate.truth import Circle, instant, on_the_wall

QUIET_FROM, QUIET_TO = time(21), time(8)
Outage = tuple[datetime, datetime]
T = TypeVar("T", bound=Callable[..., Iterable[str]])


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept, with the story of the circle that it happened in."""

    rule: str
    meaning: str
    at: datetime
    words: str
    story: tuple[str, ...] = ()


@dataclass
class Court:
    """Judges, and keeps what was broken. `outages` are when the bot was away."""

    now: Callable[[], datetime]
    outages: list[Outage] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    judged: Counter[str] = field(default_factory=Counter)

    def judges(self, promise: Callable[..., Iterable[str]], circle: Circle | None, *about: object) -> None:
        """Look whether a promise was kept."""
        self.judged[promise.__name__] += 1
        for words in promise(self, *about):
            story = tuple(circle.story) if circle is not None else ()
            meaning = (promise.__doc__ or "").partition("\n")[0]
            self.broken.append(Broken(promise.__name__, meaning, self.now(), words, story))

    def was_away(self, since: datetime, until: datetime) -> bool:
        """Whether the bot was away for any of that time."""
        return any(down < until and since < up for down, up in self.outages)


def is_quiet(at: datetime, zone: str) -> bool:
    """Whether people sleep."""
    hour = on_the_wall(at, zone).time()
    return hour >= QUIET_FROM or hour < QUIET_TO


def waking(at: datetime, zone: str) -> datetime:
    """Return the first moment from then on at which people do not sleep."""
    if not is_quiet(at, zone):
        return at
    wall = on_the_wall(at, zone)
    day = wall.date() + timedelta(days=wall.time() >= QUIET_FROM)
    return instant(datetime.combine(day, QUIET_TO), zone)
