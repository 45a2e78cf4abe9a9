"""How somebody can be given power: picked from the platform's people, or by a link that is sent to them."""

from __future__ import annotations

from typing import Final

from bot.context import Context
from bot.picking import can_pick
from bot.records import dataclass

INVITE: Final = "i-"
"""How the payload of a link begins that is an invitation."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What there is where the person is: at least one of them."""

    picks: bool
    links: bool


def ways(ctx: Context) -> Ways:
    """Return the ways: where nobody can be picked, an invitation can at least be typed."""
    picks = can_pick(ctx)
    return Ways(picks, links=not picks or bool(ctx.links.start(ctx.room.platform, INVITE)))
