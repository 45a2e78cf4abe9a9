"""Telegram and Discord on loopback, side by side."""

from __future__ import annotations

from tests.discord.conftest import beginning
from tests.telegram.conftest import tg

__all__ = ["beginning", "tg"]
