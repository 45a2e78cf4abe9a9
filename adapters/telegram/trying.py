"""Trying again on Telegram: what is the trouble, and how long Telegram asks to wait."""

from __future__ import annotations

from telegram.error import BadRequest, Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError

from bot.chat.trying import Backoff


def pause(backoff: Backoff, error: TelegramError) -> float:
    """Return the seconds to wait after an error; at least as many as Telegram asks for in it."""
    return backoff.pause(
        seconds_of(error) if isinstance(error, RetryAfter) else 0.0, needs_a_person=needs_a_person(error)
    )


def seconds_of(error: RetryAfter) -> float:
    """Return for how many seconds Telegram asks to wait (the library is about to change the attribute's type)."""
    return error._retry_after.total_seconds()  # noqa: SLF001  # the public attribute warns of its coming type


def needs_a_person(error: TelegramError) -> bool:
    """Say whether trying again soon is of no use."""
    # A conflict is not among them: after a restart, the former process may still be asking for some seconds.
    return isinstance(error, InvalidToken | EndPointNotFound | BadRequest)


def kind_of(error: TelegramError) -> str:
    """Return what is the trouble with Telegram."""
    match error:
        case Conflict():
            return "webhook" if "webhook" in error.message.casefold() else "another"
        case InvalidToken() | EndPointNotFound():  # for a plain request, the library takes a 401 for the latter
            return "token"
        case RetryAfter():
            return "limited"
        case BadRequest():
            return "refused"
        case _:
            return "network"
