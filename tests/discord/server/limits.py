"""Discord's limits: so many requests in some seconds for each room, for the bot, and for edits of old messages.

Unless a test asks for the real ones (`Limits.are_real`), everything is allowed, and nobody is told of a limit.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from tests.discord.server.problems import Problem, limited

REAL: Final = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "POST /users/@me/channels": (10, 10.0),
    "POST /channels/{channel_id}/threads": (50, 300.0),
    "PATCH /channels/{channel_id}": (5, 15.0),
    "POST /webhooks/{webhook_id}/{webhook_token}": (5, 2.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": (5, 5.0),
}
"""How many requests of a route go through in how many seconds, for each channel, server or token."""
BOT_SECOND: Final = 50
OLD_EDITS: Final = 3
_OLD: Final = timedelta(hours=1)
_MAJOR: Final = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass
class Bucket:
    """The requests of one route and place since its window began."""

    most: int
    seconds: float
    began: datetime
    taken: int = 0


@dataclass
class Limits:
    """What has been asked of late. `refused` counts the 429s, `invalid` all answers with 401, 403 or 429."""

    now: Callable[[], datetime]
    are_real: bool = False
    by_route: dict[str, tuple[int, float]] = field(default_factory=lambda: dict(REAL))
    bot_second: int = BOT_SECOND
    old_edits: int | None = None
    """How many edits of a message that is older than an hour go through within an hour; None: any number."""
    refused: int = 0
    invalid: int = 0
    _buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)
    _lately: deque[datetime] = field(default_factory=deque)
    _old: defaultdict[int, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def take(self, route: str, path: dict[str, str]) -> dict[str, str]:
        """Count a request, and return the headers that tell what is left. Raises a 429."""
        if not self.are_real:
            return {}
        if not route.startswith(("POST /interactions/", "POST /webhooks/", "PATCH /webhooks/")):
            self._take_of_all()
        if route not in self.by_route:
            return {}
        most, seconds = self.by_route[route]
        key = (route, *(path[one] for one in _MAJOR if one in path))
        bucket = self._buckets.get(key)
        if bucket is None or (self.now() - bucket.began).total_seconds() >= bucket.seconds:
            bucket = self._buckets[key] = Bucket(most, seconds, self.now())
        if bucket.taken >= bucket.most:
            problem = limited(self._left(bucket), scope="user")
            problem.headers |= self._headers(route, bucket)
            raise problem
        bucket.taken += 1
        return self._headers(route, bucket)

    def edit_of(self, message: int, created: datetime | None) -> None:
        """Count an edit, if its message is old. Raises 30046."""
        if self.old_edits is None or created is None or self.now() - created < _OLD:
            return
        lately = self._old[message]
        while lately and lately[0] <= self.now() - _OLD:
            lately.popleft()
        if len(lately) >= self.old_edits:
            raise limited((lately[0] + _OLD - self.now()).total_seconds(), scope="shared", code=30046)
        lately.append(self.now())

    def note(self, problem: Problem) -> None:
        """Count a refusal."""
        self.refused += problem.status == 429
        self.invalid += problem.status in {401, 403} or (
            problem.status == 429 and problem.headers.get("X-RateLimit-Scope") != "shared"
        )

    def _take_of_all(self) -> None:
        while self._lately and self._lately[0] <= self.now() - timedelta(seconds=1):
            self._lately.popleft()
        if len(self._lately) >= self.bot_second:
            raise limited(1.0 - (self.now() - self._lately[0]).total_seconds(), scope="global")
        self._lately.append(self.now())

    def _left(self, bucket: Bucket) -> float:
        return bucket.seconds - (self.now() - bucket.began).total_seconds()

    def _headers(self, route: str, bucket: Bucket) -> dict[str, str]:
        left = self._left(bucket)
        return {
            "X-RateLimit-Limit": str(bucket.most),
            "X-RateLimit-Remaining": str(max(0, bucket.most - bucket.taken)),
            "X-RateLimit-Reset": f"{self.now().timestamp() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": blake2b(route.encode(), digest_size=8).hexdigest(),
        }
