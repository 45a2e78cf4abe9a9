"""Threads: opened beside a channel for somebody, and woken where they have fallen asleep."""

from __future__ import annotations

import logging

import discord

from adapters.discord.fitting import CONTENT, label, one_line
from bot.chat.adapter import Trouble, Unreachable
from bot.chat.words import CUT

log = logging.getLogger(__name__)

_LONGEST_NAME = 100
_TAG_NEEDED = 40067


class TagNeeded(Unreachable):
    """The forum takes no post without one of its tags, and nobody but people knows which one fits."""


async def opened(client: discord.Client, channel_id: int, title: str, user_id: int) -> int:
    """Open a public thread in a channel with somebody in it, and return its id.

    Raises the library's errors, and `Unreachable` where a channel has no threads; `TagNeeded` is one. In a forum it is
    a post.
    """
    channel = await client.fetch_channel(channel_id)
    name = label(title, _LONGEST_NAME) or CUT
    if isinstance(channel, discord.ForumChannel):
        thread = await _posted(channel, name, one_line(title, CONTENT) or CUT)
    elif isinstance(channel, discord.TextChannel):
        kind = discord.ChannelType.news_thread if channel.is_news() else discord.ChannelType.public_thread
        thread = await channel.create_thread(name=name, type=kind)
    else:
        raise Unreachable("this kind of channel has no threads")
    try:
        await thread.add_user(discord.Object(user_id))
    except discord.HTTPException as error:  # it stands there all the same, and whoever asked for it is told where
        log.info("somebody could not be added to a thread that was opened for them (code %d)", error.code)
    return thread.id


async def _posted(forum: discord.ForumChannel, name: str, words: str) -> discord.Thread:
    """Post in a forum; it begins with words, since Discord wants something said there."""
    try:
        made = await forum.create_thread(name=name, content=words, allowed_mentions=discord.AllowedMentions.none())
    except discord.HTTPException as error:
        if error.code != _TAG_NEEDED:
            raise
        raise TagNeeded("the forum takes no post without a tag") from None
    return made.thread


async def woken(client: discord.Client, thread_id: int) -> None:
    """Take a thread out of the archive. Raises the library's errors, and `Unreachable` where it is closed for good."""
    thread = await client.fetch_channel(thread_id)
    if not isinstance(thread, discord.Thread):
        raise Unreachable("this is no thread", Trouble.CLOSED)
    if thread.locked:
        raise Unreachable("the thread is locked", Trouble.CLOSED)
    try:
        await thread.edit(archived=False)
    except discord.Forbidden:
        raise Unreachable("the bot may not take the thread out of the archive", Trouble.CLOSED) from None
