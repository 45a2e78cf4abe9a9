"""Everything that people can do with circles, gathered in one feature."""

from __future__ import annotations

from bot.features.circles import (
    choices,
    directory,
    editing,
    joining,
    lost,
    making,
    panels,
    people,
    rooms,
    seats,
    stages,
)
from bot.features.circles.feature import circles

PARTS = (making, panels, stages, rooms, lost, editing, joining, seats, people, directory, choices)
"""The modules that add to the feature, named so that each is read."""

__all__ = ["PARTS", "circles"]
