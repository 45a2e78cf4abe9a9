"""Gathers the feature: importing the modules beside this one adds what they do."""

from __future__ import annotations

from bot.features.meetings import cards, changing, events, sending, sent, showing
from bot.features.meetings.feature import meetings

__all__ = ["cards", "changing", "events", "meetings", "sending", "sent", "showing"]
