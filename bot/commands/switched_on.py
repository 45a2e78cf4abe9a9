"""Which chat platforms the settings switch on, and what to say where they switch on none."""

from __future__ import annotations

from typing import Final

from bot.config import Settings
from bot.errors import CircleBotError

NOBODY: Final = "No chat platform is switched on: nobody could reach the bot."
SWITCH_ONE_ON: Final = (
    "Switch one on: `circlebot init` asks for what it needs. By hand, [telegram] token serves Telegram, [discord] "
    "token Discord, and [web] enabled = true the page in the browser."
)


class NothingSwitchedOn(CircleBotError):
    """The settings switch no chat platform on; says how that is done."""

    def __init__(self) -> None:
        super().__init__(f"{NOBODY} {SWITCH_ONE_ON}")


def switched_on(settings: Settings) -> dict[str, str]:
    """Return the platforms that `run` serves, with what people call them."""
    telegram = {"telegram": "Telegram"} if settings.telegram.token else {}
    discord = {"discord": "Discord"} if settings.discord.token else {}
    page = {"web": "the page in the browser"} if settings.web.enabled else {}
    return telegram | discord | page
