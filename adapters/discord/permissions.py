"""What the bot needs to be allowed on a server, each with its reason, and the link that asks for it."""

from __future__ import annotations

from typing import Final

import discord

from adapters.discord.letter import Json
from bot.records import dataclass


@dataclass(frozen=True, slots=True)
class Needed:
    """A permission: the library's name for it, Discord's own in its settings, and what the bot does with it."""

    flag: str
    shown: str
    reason: str


NEEDED: Final = (
    Needed("view_channel", "View Channels", "see the channels where circles live"),
    Needed("send_messages", "Send Messages", "post cards, reminders and summaries in channels"),
    Needed("send_messages_in_threads", "Send Messages in Threads", "post in threads, and wake an archived one"),
    Needed(
        "create_public_threads", "Create Public Threads", "open a thread for a new circle, when somebody asks for one"
    ),
    Needed("embed_links", "Embed Links", "give cards, summaries and panels their frame and colour"),
    Needed("attach_files", "Attach Files", "send the pictures of charts"),
    # Whoever may not connect to a voice channel does not get at its chat either. The bot never joins one.
    Needed("connect", "Connect", "write in the chats of voice channels"),
)
EVENTS: Final = Needed("create_events", "Create Events", "keep each circle's next meeting among the server's events")
"""Needed with `[discord] native_events` only."""


def needed(*, native_events: bool) -> tuple[Needed, ...]:
    """Return what the bot needs, in the order in which Discord's settings have it."""
    return (*NEEDED, EVENTS) if native_events else NEEDED


def permissions(*, native_events: bool) -> discord.Permissions:
    """Return what the bot needs as Discord counts it."""
    return discord.Permissions(**{one.flag: True for one in needed(native_events=native_events)})


def lacking(allowed: discord.Permissions, flags: tuple[str, ...]) -> tuple[Needed, ...]:
    """Return which of some permissions that the bot needs are not among those it has."""
    return tuple(one for one in (*NEEDED, EVENTS) if one.flag in flags and not getattr(allowed, one.flag))


def allowed_in(guild: Json, member: Json, channel: Json | None = None) -> discord.Permissions:
    """Return what a member may do on a server, or in one of its channels, as Discord works it out.

    Roles add up; a channel then denies and allows, first for everybody, then for the member's roles together, then for
    the member alone. A thread is as its channel is.
    """
    everyone, me = guild["id"], member["user"]["id"]
    mine = {everyone, *member["roles"]}
    value = 0
    for role in guild["roles"]:
        if role["id"] in mine:
            value |= int(role["permissions"])
    if me == guild["owner_id"] or discord.Permissions(value).administrator:
        return discord.Permissions.all()
    overwrites = (channel or {}).get("permission_overwrites", ())
    for concerned in ({everyone}, mine - {everyone}, {me}):
        found = [overwrite for overwrite in overwrites if overwrite["id"] in concerned]
        value &= ~_together(found, "deny")
        value |= _together(found, "allow")
    return discord.Permissions(value)


def _together(overwrites: list[Json], key: str) -> int:
    value = 0
    for overwrite in overwrites:
        value |= int(overwrite[key])
    return value


def invite_link(client_id: int | str, *, native_events: bool) -> str:
    """Return the address by which somebody who manages a server brings the bot there."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={client_id}"
        f"&scope=bot+applications.commands&permissions={permissions(native_events=native_events).value}"
    )
