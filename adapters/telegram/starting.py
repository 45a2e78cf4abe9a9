"""Coming up: what has to be done before the bot can serve is tried until it is done."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from telegram.error import InvalidToken, TelegramError

from adapters.telegram.trying import kind_of, pause
from bot import errors
from bot.chat.trying import Backoff, Troubles
from bot.errors import StorageBusy

log = logging.getLogger(__name__)

_TROUBLES: Final[Mapping[str, str]] = {
    "another": "Telegram does not let us begin: another program uses this bot's token.",
    "webhook": "Telegram does not let us begin: another program uses this bot's token.",
    "limited": "Telegram asks us to wait before we begin.",
    "refused": (
        "Telegram does not accept the webhook's address: [telegram] webhook_url must be reachable from outside over "
        "https. `circlebot check` says more."
    ),
    "storage": "The database cannot be reached, so that Telegram must wait; trying on.",
    "network": (
        "Telegram cannot be reached, or does not answer as it should; trying on. Nothing is lost meanwhile: Telegram "
        "keeps what people do for a day."
    ),
}


class TokenRejected(errors.TokenRejected):
    """Telegram does not know the bot by this token."""


async def until_done(
    do: Callable[[], Awaitable[None]],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    chance: Callable[[], float] = random.random,
) -> None:
    """Do something on Telegram or in the database, and try again until it is done. Raises `TokenRejected`."""
    troubles, backoff = Troubles(log, _TROUBLES, "What held up the start on Telegram is over."), Backoff(chance=chance)
    while True:
        try:
            await do()
        except InvalidToken:
            break
        except TelegramError as error:
            troubles.are(kind_of(error), type(error).__name__)
            await sleep(pause(backoff, error))
        except StorageBusy:
            troubles.are("storage")
            await sleep(backoff.pause())
        else:
            troubles.are_over()
            return
    # Not within the handler: the library's error says the token, and would be this one's context.
    raise TokenRejected(
        "Telegram does not know this bot: [telegram] token is not, or no longer, a bot's token. Copy it anew from "
        "@BotFather (/mybots, your bot, API Token). If [telegram] api_url is set, it must be the root of a Bot API "
        "server, without /bot."
    )
