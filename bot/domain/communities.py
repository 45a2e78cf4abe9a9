"""Communities: an organizer's circles, the organizers' channel and when it gets the digest."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.records import dataclass

INVITE_LASTS = timedelta(days=7)
"""How long an invitation can be taken up."""
LONGEST_COMMUNITY_NAME = 64


@dataclass(frozen=True, slots=True)
class Community:
    """An organizer's circles. `digest_place` is the stored room that gets the digest, None until one is chosen.

    `digest_weekday` counts from Monday = 0; `digest_time` is wall clock in `zone`.
    """

    id: int
    name: str
    language: str
    zone: str
    digest_place: int | None = None
    digest_weekday: int = 0
    digest_time: time = time(9, 0)
    digest_language: str = ""
    """Empty: the community's."""


class InviteKind(StrEnum):
    """What an invite makes of whoever opens it."""

    ORGANIZER = "organizer"
    FACILITATOR = "facilitator"


@dataclass(frozen=True, slots=True)
class Invite:
    """A link that gives power: random, stored hashed, shown once, revocable, expiring.

    `community` is set for organizers, `circle` for facilitators.
    """

    id: int
    kind: InviteKind
    community: int | None
    circle: int | None
    made_by: int
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Whether it can still be taken up."""
        return self.revoked_at is None and self.used_at is None and now < self.expires_at
