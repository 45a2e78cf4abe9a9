"""Who the bot is on Telegram."""

from __future__ import annotations

from bot.records import dataclass


@dataclass(frozen=True, slots=True)
class Me:
    """The bot's own account: `id` is Telegram's number, `username` is its name in addresses, without the `@`."""

    id: int
    username: str
