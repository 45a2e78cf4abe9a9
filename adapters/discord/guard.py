"""Watches every answer of Discord's, so that refusals do not get the whole machine banned.

Discord shuts out an address for a while from which too many requests come that it has to refuse: 10,000 in ten minutes.
Long before that, the bot falls silent, and only answers people.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from types import SimpleNamespace
from typing import Final

import aiohttp

from bot.chat.adapter import TryLater
from bot.chat.told_time import ToldTime

MOST: Final = 5_000
"""After so many refusals nothing more is said: half of what Discord puts up with."""
WITHIN_S: Final = 600.0
_REFUSALS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
_ANSWERS: Final = ("/interactions/", "/webhooks/")
"""What addresses have in them with which an interaction is answered: somebody waits for it."""


class Guard:
    """One bot's count of refusals. `monotonic` is in seconds.

    `refused` is called when Discord refuses the token, `limited` when it asks to wait.
    """

    def __init__(
        self,
        *,
        refused: Callable[[], None] = lambda: None,
        limited: Callable[[], None] = lambda: None,
        most: int = MOST,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_refused = refused
        self._on_limited = limited
        self._most = most
        self._monotonic = monotonic
        self._refused: deque[float] = deque(maxlen=most)
        self.told_time = ToldTime()

    def wait(self) -> float:
        """Return for how many seconds nothing may be said; 0.0: now is fine."""
        if len(self._refused) < self._most:
            return 0.0
        return max(0.0, self._refused[0] + WITHIN_S - self._monotonic())

    def note(self, status: int, scope: str = "") -> None:
        """Count an answer if it is a refusal; a limit that is shared with others (`scope`) is not held against us."""
        if status in _REFUSALS and scope != "shared":
            self._refused.append(self._monotonic())

    def watch(self) -> aiohttp.TraceConfig:
        """Return what has every request pass by here; one that may not be sent now raises `TryLater`.

        So does an outage of Discord's, which the library would otherwise wait for, with all else that is meant for the
        same room behind it: who posts and draws waits better. Answers to people are left to the library.
        """
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._before)
        trace.on_request_end.append(self._after)
        return trace

    async def _before(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, request: aiohttp.TraceRequestStartParams
    ) -> None:
        if _is_watched(request.url.path) and (wait := self.wait()) > 0.0:
            raise TryLater("Discord has refused too much of late", wait)

    async def _after(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, request: aiohttp.TraceRequestEndParams
    ) -> None:
        response = request.response
        self.told_time.heard(response.headers.get("Date"))
        self.note(response.status, response.headers.get("X-RateLimit-Scope", ""))
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._on_limited()
        if not _is_watched(request.url.path):
            return
        if response.status == HTTPStatus.UNAUTHORIZED:
            self._on_refused()
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            response.close()
            raise TryLater(f"Discord is out of order ({response.status})")


def _is_watched(path: str) -> bool:
    """Say whether a request is neither somebody's answer nor the connection to the gateway."""
    return "/api/" in path and not any(part in path for part in _ANSWERS)
