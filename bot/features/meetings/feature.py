"""The feature itself, to which the modules beside this one add what they do; `handlers` gathers them."""

from __future__ import annotations

from bot.feature import Feature

meetings = Feature("meetings")
