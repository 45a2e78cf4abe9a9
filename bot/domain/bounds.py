"""How much one person, circle or room can leave behind, whatever they do: what stands in one place to be looked up.

Each bound is far beyond what a learning circle needs, and low enough that nobody fills the disk with it. How fast
anybody gets there is bounded too: see `bot.flood`. What is over is forgotten in time: see `storage.retention`. The same
in words, for those who run the bot, is docs/limits.md.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.records import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long what is over is kept; `circles` that have ended are kept for good where it is None.

    The accounts of `operators`, each a platform and a user there, are kept however long ago they were seen: who runs
    the bot may have nothing to say to it for years, and is to be told of trouble all the same.
    """

    over: timedelta = timedelta(days=400)
    circles: timedelta | None = None
    operators: tuple[tuple[str, str], ...] = ()


KEPT: Final = Kept()

MOST_DRAFTS: Final = 20
"""Forms that one person is in the middle of, one a room; the oldest is given up for a new one."""
MOST_CODES: Final = 20
"""Codes that link accounts, of one person, that are remembered, one of which can be used."""
MOST_INVITES: Final = 20
"""Invitations that stand for one circle, or for one community's organizers."""
MOST_COMMUNITIES: Final = 20
"""Communities that one person organizes and has made."""
MOST_CIRCLES: Final = 50
"""Circles that one person facilitates and that have not ended."""
MOST_CIRCLES_EVER: Final = 1_000
"""The same, with those that have ended."""
MOST_MEETINGS: Final = 104
"""Meetings of one circle, with those that were and those that were called off: the longest series, twice."""
MOST_ROOMS: Final = 20
"""Rooms of one circle."""
MOST_SIGN_INS: Final = 20
"""Browsers in which one person is signed in to the page; the oldest is signed out for a new one."""
MOST_POSTS: Final = 5_000
"""Messages of one room that the page keeps; the oldest are forgotten."""
