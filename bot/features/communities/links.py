"""Links that add the bot to a group, which becomes one of a community's rooms."""

from __future__ import annotations

from bot.chat.intents import base36, numbered
from bot.chat.message import Button, Message, Reply, Say, Style
from bot.context import Context

_ROOM = "o"
"""How the payload of such a link begins."""


def linked_community(payload: str) -> int | None:
    """Return the community for which a link adds the bot to a group, None where it is a link of another kind."""
    return numbered(payload, _ROOM)


def through_a_link(community: int, ctx: Context) -> Reply | None:
    """Offer to choose a group, where a room's button is pressed in private; None where there is no such link."""
    address = ctx.links.group(ctx.room.platform, f"{_ROOM}{base36(community)}") if ctx.room.is_private else ""
    if not address:
        return None
    words = ctx.t("Choose the group with this button: it becomes one of the community's rooms, and I go on there.")
    button = Button(ctx.t.words("Add me to your group"), style=Style.PRIMARY, url=address)
    return Say(Message(words, rows=((button,),)), private=True)
