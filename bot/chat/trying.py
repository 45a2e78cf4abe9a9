"""Trying again: how long to wait, and what to say about it in the log."""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections.abc import Callable, Mapping

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
SLOW_PAUSE_S = 60.0
"""How long to wait where only a person can help."""
PASSING = frozenset({"network", "limited", "gateway"})
"""Kinds of trouble that pass by themselves."""
AGAIN_S = 300.0
"""For how many seconds what has been said is not said again, though it comes and goes meanwhile."""


class Troubles:
    """Says once that something is wrong, says when it is another thing, and says when all is well again.

    What comes and goes is said every few minutes at most: two programs that share a token disturb each other with every
    tap. `monotonic` is in seconds.
    """

    def __init__(
        self,
        log: logging.Logger,
        sentences: Mapping[str, str],
        well: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._sentences = sentences
        self._well = well
        self._monotonic = monotonic
        self._kind = ""
        self.times_over = 0
        """How often all was well again after trouble."""
        self._said: dict[str, float] = {}
        self._is_told = False

    @property
    def kind(self) -> str:
        """What is wrong now, empty where nothing is."""
        return self._kind

    def are(self, kind: str, detail: str = "") -> None:
        """Note trouble of a kind."""
        if kind == self._kind:
            return
        now, goes_on, self._kind = self._monotonic(), bool(self._kind), kind
        level = logging.WARNING if kind in PASSING else logging.ERROR
        if goes_on or now >= self._said.get(kind, -AGAIN_S) + AGAIN_S:
            self._said[kind], self._is_told = now, True
        else:
            level = logging.DEBUG
        self._log.log(level, "%s%s", self._sentences[kind], f" ({detail})" if detail else "")

    def are_over(self) -> None:
        """Note that it works."""
        if self._kind:
            self.times_over += 1
            self._log.log(logging.INFO if self._is_told else logging.DEBUG, "%s", self._well)
        self._kind, self._is_told = "", False


class Backoff:
    """How long to wait before the next try: twice as long each time, up to `longest` seconds, with jitter."""

    def __init__(
        self,
        first: float = FIRST_PAUSE_S,
        longest: float = LONGEST_PAUSE_S,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._first = first
        self._longest = longest
        self._chance = chance
        self._next = first

    def reset(self) -> None:
        """Begin anew: it worked."""
        self._next = self._first

    def pause(self, least: float = 0.0, *, needs_a_person: bool = False) -> float:
        """Return the seconds to wait now: at least `least`, and long where only a person can help."""
        pause, self._next = self._next, min(self._next * 2, self._longest)
        if needs_a_person:
            pause = SLOW_PAUSE_S
        return max(pause * (0.5 + self._chance() / 2), least)


def trace(error: BaseException) -> str:
    """Return what went wrong and where. No messages but an operating system's or of what is missing.

    A database's or a validator's would repeat what people wrote.
    """
    told: list[str] = []
    now: BaseException | None = error
    while now is not None and len(told) < 5:  # noqa: PLR2004  # enough of a chain to see where it began
        told.append(f"{type(now).__name__}{_said(now)}\n{''.join(traceback.format_tb(now.__traceback__))}")
        now = now.__cause__ or now.__context__
    return "caused by ".join(told)


def _said(error: BaseException) -> str:
    """Return the message of an error that cannot hold words of people."""
    message = str(error) if isinstance(error, ImportError) else getattr(error, "strerror", None)
    return f": {message}" if isinstance(message, str) else ""
