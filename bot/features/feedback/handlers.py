"""Gathers what the modules of this feature do."""

from __future__ import annotations

from bot.features.feedback import attendance, decisions, giving, steps
from bot.features.feedback.feature import feedback

__all__ = ["attendance", "decisions", "feedback", "giving", "steps"]
