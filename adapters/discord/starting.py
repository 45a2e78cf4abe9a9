"""Coming up: what has to be done before the bot can serve is tried until it is done."""

from __future__ import annotations

from bot.errors import CircleBotError


class TokenRejected(CircleBotError):
    """Discord does not know the bot by this token."""
