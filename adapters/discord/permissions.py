"""What the bot needs to be allowed on a server, each with its reason, and the link that asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import discord


@dataclass(frozen=True, slots=True)
class Needed:
    """A permission: the library's name for it, Discord's own in its settings, and what the bot does with it."""

    flag: str
    shown: str
    reason: str


NEEDED: Final = (
    Needed("view_channel", "View Channels", "see the channels where circles live"),
    Needed("send_messages", "Send Messages", "post cards, reminders and summaries in channels"),
    Needed("send_messages_in_threads", "Send Messages in Threads", "post them in threads, and wake an archived one"),
    Needed(
        "create_public_threads", "Create Public Threads", "open a thread for a new circle, when somebody asks for one"
    ),
    Needed("embed_links", "Embed Links", "show cards as cards: without it Discord drops their text"),
    Needed("attach_files", "Attach Files", "send the pictures of charts"),
)
EVENTS: Final = Needed("create_events", "Create Events", "keep each circle's next meeting among the server's events")
"""Needed with `[discord] native_events` only."""


def needed(*, native_events: bool) -> tuple[Needed, ...]:
    """Return what the bot needs, in the order in which Discord's settings have it."""
    return (*NEEDED, EVENTS) if native_events else NEEDED


def permissions(*, native_events: bool) -> discord.Permissions:
    """Return what the bot needs as Discord counts it."""
    return discord.Permissions(**{one.flag: True for one in needed(native_events=native_events)})


def invite_link(client_id: int, *, native_events: bool) -> str:
    """Return the address by which somebody who manages a server brings the bot there."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={client_id}"
        f"&scope=bot+applications.commands&permissions={permissions(native_events=native_events).value}"
    )
