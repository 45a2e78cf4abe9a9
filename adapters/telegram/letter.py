"""A message as Telegram takes it: rendered, within its limits, ready to send."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup

from bot.chat.message import Picture
from bot.records import dataclass

PLATFORM = "telegram"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent or drawn anew. Everything in it has been escaped and measured.

    `parts` are texts in Telegram's HTML, one a message, each within the limits; nearly always there is one. `keyboard`
    stands below the last. `picture` is sent after them with its text alternative as `caption` (plain words).
    `reply_to` quotes a message of the same chat, and asks that person alone for an answer by reply if `wants_reply`.
    """

    parts: tuple[str, ...]
    keyboard: InlineKeyboardMarkup | None = None
    picture: Picture | None = None
    caption: str = ""
    silent: bool = False
    reply_to: str = ""
    wants_reply: bool = False
