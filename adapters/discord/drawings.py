"""Who is drawing the same message at the same time, taps or the painter: nobody knows whom Discord hears last.

A card that one tap alone has drawn shows what that tap's answer says. Where several overlap, the last to arrive may be
the first to have been answered: then the painter is to look at the card once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.chat.message import Posted


@dataclass(slots=True)
class Drawing:
    """What is going on at one message."""

    hands: int = 0
    is_alone: bool = True
    """Whether no other was under way meanwhile."""


class Drawings:
    """All that is going on. Nothing is kept of a message at which nothing does."""

    def __init__(self) -> None:
        self._at: dict[Posted, Drawing] = {}

    def __len__(self) -> int:
        """Return at how many messages something is going on."""
        return len(self._at)

    @contextmanager
    def under_way(self, posted: Posted | None) -> Iterator[Drawing]:
        """Take part in what is going on at a message: a tap from before the core is asked until its answer is drawn."""
        if posted is None:
            yield Drawing()
            return
        drawing = self._at.setdefault(posted, Drawing())
        drawing.hands += 1
        if drawing.hands > 1:
            drawing.is_alone = False
        try:
            yield drawing
        finally:
            drawing.hands -= 1
            if not drawing.hands:
                del self._at[posted]
