"""What shows a meeting is drawn anew in one place, so that no card is left behind by a change."""

from __future__ import annotations

from collections.abc import Iterable

from bot.context import Setting

CARDS = ("summary", "nudge", "meeting")
"""The kinds of cards that show one meeting, in the order in which a tap marks them: so no two wait for each other."""


def redrawn(circle: int, meetings: Iterable[int], setting: Setting) -> None:
    """Have every card of these meetings of a circle drawn anew, and its own, which shows when it meets next."""
    subjects = list(meetings)
    for kind in CARDS:
        setting.store.cards.touch_several(kind, subjects, setting.now)
    setting.store.cards.touch("circle", circle, setting.now)
