"""What it means when Telegram refuses: by the library's class, and by Telegram's words where the class says too little.

The descriptions are in no specification; these are those that the Bot API server is known to say (it passes on some of
Telegram's own codes, such as TOPIC_CLOSED). Anything unknown is `Refused`: a mistake of ours, to be looked at.
"""

from __future__ import annotations

import re
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.chat.adapter import PostError, Refused, Trouble, TryLater, Unreachable

REFUSED_TOKEN_S = 60.0
"""Seconds until it is tried again with a token that Telegram does not know (any more)."""

_TOKEN = re.compile(r"\d{3,}:[\w-]{8,}")
_TROUBLES: tuple[tuple[str, Trouble | None], ...] = (
    ("message to edit not found", None),
    ("message can't be edited", None),
    ("message to delete not found", None),
    ("message_id_invalid", None),
    ("message identifier is not specified", None),
    ("there is no text in the message to edit", None),
    ("topic_closed", Trouble.CLOSED),
    ("topic_deleted", Trouble.GONE),
    ("message thread not found", Trouble.GONE),
    ("topic_id_invalid", Trouble.GONE),
    ("bot was kicked", Trouble.REMOVED),
    ("bot was blocked by the user", Trouble.REMOVED),
    ("bot can't initiate conversation", Trouble.REMOVED),
    ("bot can't send messages to", Trouble.REMOVED),
    ("bot is not a member", Trouble.REMOVED),
    ("bot is not a participant", Trouble.REMOVED),
    ("bot is not participant", Trouble.REMOVED),
    ("user_is_blocked", Trouble.REMOVED),
    ("channel_private", Trouble.REMOVED),
    ("user is deactivated", Trouble.GONE),
    ("input_user_deactivated", Trouble.GONE),
    ("chat not found", Trouble.GONE),
    ("user not found", Trouble.GONE),
    ("chat was deleted", Trouble.GONE),
    ("chat was deactivated", Trouble.GONE),
    ("chat was upgraded", Trouble.GONE),
    ("peer_id_invalid", Trouble.GONE),
    ("chat_id_invalid", Trouble.GONE),
    ("not enough rights", Trouble.MUTED),
    ("have no rights to send", Trouble.MUTED),
    ("have no write access", Trouble.MUTED),
    ("need administrator rights", Trouble.MUTED),
    ("chat_write_forbidden", Trouble.MUTED),
    ("chat_restricted", Trouble.MUTED),
    ("chat_admin_required", Trouble.MUTED),
    ("chat_send_plain_forbidden", Trouble.MUTED),
    ("user_banned_in_channel", Trouble.MUTED),
)
"""What stands in Telegram's words, in lower case, and what it says about the room; None: a message alone is lost."""


class Migrated(TryLater):
    """The group became a supergroup: what was meant for it belongs into the chat `new`."""

    def __init__(self, new: str) -> None:
        super().__init__("the group has become a supergroup")
        self.new = new


def as_post_error(error: TelegramError) -> PostError:
    """Return what an error of the library means for a post; its words never hold a token."""
    if isinstance(error, RetryAfter):
        asked = error.retry_after
        return TryLater("Telegram's limit", asked.total_seconds() if isinstance(asked, timedelta) else float(asked))
    if isinstance(error, ChatMigrated):
        return Migrated(str(error.new_chat_id))
    if isinstance(error, InvalidToken):
        return TryLater("Telegram does not know the bot's token", REFUSED_TOKEN_S)
    words = _TOKEN.sub("(token)", error.message)
    if isinstance(error, BadRequest | Forbidden):
        return _refusal(words, forbidden=isinstance(error, Forbidden))
    if isinstance(error, NetworkError | Conflict) and "too large" not in words.casefold():
        return TryLater(words)
    return Refused(words)


def _refusal(words: str, *, forbidden: bool) -> PostError:
    said = words.casefold()
    for sign, trouble in _TROUBLES:
        if sign in said:
            return Unreachable(words, trouble)
    return Unreachable(words, Trouble.REMOVED) if forbidden else Refused(words)


def is_unchanged(error: TelegramError) -> bool:
    """Say whether an edit changed nothing, which is as good as success."""
    return isinstance(error, BadRequest) and "message is not modified" in error.message.casefold()


def is_too_late(error: TelegramError) -> bool:
    """Say whether a tap was answered too late, or twice: nobody waits for the answer any more."""
    said = error.message.casefold()
    return isinstance(error, BadRequest) and ("query is too old" in said or "query id is invalid" in said)


def is_quote_lost(error: TelegramError) -> bool:
    """Say whether the message that should be quoted is gone: without the quote it can be sent."""
    said = error.message.casefold()
    return isinstance(error, BadRequest) and ("replied not found" in said or "reply not found" in said)
