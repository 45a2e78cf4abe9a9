"""Never more than one message where an edit will do."""

from __future__ import annotations

from bot.chat.inbound import Press
from bot.chat.message import Message, Redraw, Reply, Say
from bot.context import Context


def in_place(message: Message, ctx: Context, toast: str = "") -> Reply:
    """Return a message in place of the one that was tapped; to words, as an answer that only their writer sees."""
    return Redraw(message, toast) if isinstance(ctx.act, Press) else Say(message, private=True)
