"""What it means when Discord refuses: by its own code where it names one, else by the answer's status.

Anything unknown that Discord finds wrong with what we sent is `Refused`: a mistake of ours, to be looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from json import JSONDecodeError
from typing import Final

import aiohttp
import discord

from bot.chat.adapter import PostError, Refused, Trouble, TryLater, Unreachable

REFUSED_TOKEN_S: Final = 60.0
"""Seconds until it is tried again with a token that Discord does not know (any more)."""
BANNED_S: Final = 300.0
"""Seconds until it is tried again where a limit of the network before Discord does not say how long it lasts."""

ARCHIVED: Final = 50083
NOT_ALLOWED: Final = 50013
_UNKNOWN_INTERACTION: Final = 10062
_ALREADY_ANSWERED: Final = 40060

_TROUBLES: Final[Mapping[int, Trouble | None]] = {
    10003: Trouble.GONE,  # unknown channel
    10004: Trouble.REMOVED,  # unknown server: the bot was taken out of it
    10008: None,  # unknown message
    10013: Trouble.GONE,  # unknown user
    10070: None,  # unknown event
    30038: None,  # the server's calendar is full: one meeting does without
    50001: Trouble.REMOVED,  # no access: the bot does not see the channel
    50005: None,  # a message of somebody else
    50007: None,  # this person takes no direct messages
    50008: Trouble.MUTED,  # a channel without text
    NOT_ALLOWED: Trouble.MUTED,
    50009: Trouble.MUTED,  # the server wants more verification than a bot has
    50278: None,  # no server in common with this person
    ARCHIVED: Trouble.CLOSED,
    160005: Trouble.CLOSED,  # the thread is locked
    180000: None,  # the event is over
}
"""What Discord's codes say about the room; None: a message alone is lost, or nothing more is known."""
_PASSING: Final = frozenset(
    {
        20016,  # slow mode
        20022,  # the limits on announcements
        20028,  # writing to a channel
        20029,  # writing to a server
        30046,  # editing messages that are more than an hour old
        40004,  # Discord has turned sending off for a while
        40062,  # the limit of a service
        40333,  # the network before Discord is in trouble
        110001,  # the application is not available yet
        130000,  # Discord is overloaded
        160006,  # so many threads are open at once; they close by themselves
    }
)
"""Codes of what will be over by itself."""
_WORDS: Final = 200
FAILURES: Final = (PostError, discord.DiscordException, aiohttp.ClientError, OSError, JSONDecodeError)
"""What the library raises where Discord refuses or is not reached; a `PostError` is the guard's."""


def as_post_error(error: Exception) -> PostError:
    """Return what an error of the library, or of the network, means for a post; its words never hold a token."""
    match error:
        case PostError():
            return error
        case discord.RateLimited():
            return TryLater("Discord's limit", error.retry_after)
        case discord.HTTPException():
            return _refusal(error)
        case discord.GatewayNotFound() | discord.ConnectionClosed():
            return TryLater("Discord's gateway is not reached")
        case OSError() | aiohttp.ClientError() | JSONDecodeError():  # a TimeoutError is an OSError
            return TryLater(f"Discord is not reached ({type(error).__name__})")
        case _:
            # A type alone: words of unknown errors may hold anything.
            return Refused(f"the library cannot send it ({type(error).__name__})")


def for_calendar(error: PostError) -> PostError:
    """Return what an error means for an entry in a server's calendar: where the bot may keep none, it goes without."""
    if isinstance(error, Unreachable) and error.trouble in {Trouble.MUTED, Trouble.REMOVED}:
        return Unreachable(str(error), Trouble.NO_EVENTS)
    return error


def is_too_late(error: Exception) -> bool:
    """Say whether an interaction was answered too late, or has its answer already: nobody waits for it any more."""
    if isinstance(error, discord.InteractionResponded):
        return True
    return isinstance(error, discord.HTTPException) and error.code in {_UNKNOWN_INTERACTION, _ALREADY_ANSWERED}


def is_token_refused(error: Exception) -> bool:
    """Say whether Discord does not know the bot by its token."""
    if isinstance(error, discord.LoginFailure):
        return True
    if isinstance(error, discord.ConnectionClosed):
        return error.code == 4004  # noqa: PLR2004  # the gateway's "authentication failed"
    return isinstance(error, discord.HTTPException) and error.status == HTTPStatus.UNAUTHORIZED


def _refusal(error: discord.HTTPException) -> PostError:
    # Where there is no code, the words are not Discord's own, but some page of the network before it.
    words = f"{error.code}: {error.text}"[:_WORDS] if error.code else f"status {error.status}"
    if error.code in _TROUBLES:
        return Unreachable(words, _TROUBLES[error.code])
    if error.status == HTTPStatus.UNAUTHORIZED:
        return TryLater("Discord does not know the bot's token", REFUSED_TOKEN_S)
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:  # the library waits for all but the network's
        return TryLater("a limit of the network before Discord", _asked_s(error))
    is_from_elsewhere = error.status == HTTPStatus.NOT_FOUND and not error.code
    if error.code in _PASSING or is_from_elsewhere or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TryLater(words)
    return Unreachable(words, Trouble.MUTED) if error.status == HTTPStatus.FORBIDDEN else Refused(words)


def _asked_s(error: discord.HTTPException) -> float:
    try:
        return float(error.response.headers["Retry-After"])
    except (KeyError, ValueError):
        return BANNED_S
