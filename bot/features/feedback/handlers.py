"""Gathers the feature."""

from __future__ import annotations

from bot.features.feedback.feature import feedback

__all__ = ["feedback"]
