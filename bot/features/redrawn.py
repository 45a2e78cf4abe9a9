"""What shows a meeting is drawn anew in one place, so that no card is left behind by a change."""

from __future__ import annotations

from collections.abc import Iterable

from bot.context import Setting

CARDS = ("meeting", "nudge", "summary")
"""The kinds of cards that show one meeting; the circle's own card shows when it meets next."""


def redrawn(circle: int, meetings: Iterable[int], setting: Setting) -> None:
    """Have the card of a circle drawn anew, and every card of these meetings of it."""
    setting.store.cards.touch("circle", circle, setting.now)
    subjects = list(meetings)
    for kind in CARDS:
        setting.store.cards.touch_several(kind, subjects, setting.now)
