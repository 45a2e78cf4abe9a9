"""Coming up, and coming up again: what stands in the way, in words, and when it is tried next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import discord

from adapters.discord.errors import FAILURES
from bot import errors
from bot.chat.adapter import TryLater
from bot.chat.trying import trace

NETWORK: Final = "network"
GATEWAY: Final = "gateway"
LIMITED: Final = "limited"
RESTLESS: Final = "restless"
SHARDS: Final = "shards"
BROKEN: Final = "broken"

TROUBLES: Final[Mapping[str, str]] = {
    NETWORK: (
        "Discord cannot be reached, or does not answer as it should; trying on. What is due goes out as soon as it "
        "can; what people do meanwhile Discord refuses, and tells them so."
    ),
    GATEWAY: (
        "Discord does not tell us what people do: the connection is interrupted; trying on. What is due goes out "
        "meanwhile, if it can."
    ),
    LIMITED: "Discord asks us to wait before we begin.",
    RESTLESS: (
        "Discord ends the connection again and again. We leave it alone for a while, since it allows few new ones a "
        "day. Does another program use this bot's token?"
    ),
    SHARDS: (
        "Discord does not take this many connections for one bot. Take [discord] shards out of the settings: then it "
        "is as many as Discord recommends."
    ),
    BROKEN: "The connection to Discord broke in an unforeseen way; trying on.",
}
WELL: Final = "Discord is connected again."

_WRONG_SHARD, _TOO_FEW_SHARDS = 4010, 4011


class TokenRejected(errors.TokenRejected):
    """Discord does not know the bot by this token."""

    def __init__(self) -> None:
        super().__init__(
            "Discord does not know this bot: [discord] token is not, or no longer, a bot's token. Make a new one in "
            "the developer portal (https://discord.com/developers/applications, your application, Bot, Reset Token). "
            "If [discord] api_url is set, it must be the address before /api."
        )


class Interrupted(Exception):  # what happened
    """The connection is over, and has to be begun anew."""


def kind_of(error: Exception) -> str:
    """Return what stands in the way."""
    match error:
        case TryLater() if error.seconds is not None:
            return LIMITED
        case discord.RateLimited():
            return LIMITED
        case discord.ConnectionClosed() if error.code in {_WRONG_SHARD, _TOO_FEW_SHARDS}:
            return SHARDS
        case discord.ConnectionClosed() | discord.GatewayNotFound() | Interrupted():
            return GATEWAY
        case _:
            return NETWORK if isinstance(error, FAILURES) else BROKEN


def detail_of(error: Exception) -> str:
    """Return what the log may say of an error: never its words, which may hold anything."""
    return trace(error) if kind_of(error) == BROKEN else type(error).__name__


def asked_s(error: Exception) -> float:
    """Return for how many seconds Discord asks to wait."""
    if isinstance(error, TryLater):
        return error.seconds or 0.0
    return error.retry_after if isinstance(error, discord.RateLimited) else 0.0
