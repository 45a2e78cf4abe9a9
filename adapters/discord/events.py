"""Meetings in a server's own calendar: put there, moved and called off with the meeting, and never twice.

Discord takes no key with which a repeated request is known again. So before one is put there, the calendar is looked
through for it: it stands there already where the bot was stopped before it could note so.
"""

from __future__ import annotations

import asyncio
from typing import Final
from weakref import WeakValueDictionary

import discord
from discord import EntityType, EventStatus, PrivacyLevel

from bot.chat.adapter import Trouble, Unreachable
from bot.chat.message import Event, Posted, Room
from bot.chat.words import CUT, fit, shortened

LONGEST_NAME: Final = 100
LONGEST_PLACE: Final = 100
LONGEST_TEXT: Final = 1000
_MARK: Final = "event"
"""How what stands in `Posted.message` begins: then come the ids of server and event."""


class Events:
    """One bot's entries in the calendars of servers. Raises the library's errors, and `Unreachable`."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._one_by_one: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def put(self, room: Room, event: Event) -> Posted:
        """Put a meeting into the calendar of a room's server, where it is not there yet."""
        server = await self._server_of(room)
        async with self._one_by_one.setdefault(server.id, asyncio.Lock()):
            there = await self._standing(server, event)
            if there is None:
                there = await server.create_scheduled_event(
                    name=_cut(event.title, LONGEST_NAME),
                    description=_cut(event.text, LONGEST_TEXT),
                    location=_cut(event.place, LONGEST_PLACE),
                    start_time=event.starts_at,
                    end_time=event.ends_at,
                    entity_type=EntityType.external,
                    privacy_level=PrivacyLevel.guild_only,
                )
            elif there.end_time != event.ends_at:
                await _drawn(there, event)
        return Posted(room, f"{_MARK}:{server.id}:{there.id}")

    async def draw(self, posted: Posted, event: Event) -> None:
        """Have an entry follow its meeting. Raises `Unreachable` where it is gone, over or called off."""
        _, server_id, event_id = posted.message.split(":")
        server = await self._client.fetch_guild(int(server_id), with_counts=False)
        there = await server.fetch_scheduled_event(int(event_id), with_counts=False)
        if there.status is EventStatus.active and event.is_off:  # somebody has begun it early
            await there.end()
        elif there.status is not EventStatus.scheduled:
            raise Unreachable(f"the event is {there.status.name}")
        elif event.is_off:
            await there.cancel()
        else:
            await _drawn(there, event)

    async def _server_of(self, room: Room) -> discord.Guild:
        channel = await self._client.fetch_channel(int(room.chat))
        if isinstance(channel, discord.abc.PrivateChannel):
            raise Unreachable("a private chat has no calendar", Trouble.NO_EVENTS)
        return await self._client.fetch_guild(channel.guild.id, with_counts=False)

    async def _standing(self, server: discord.Guild, event: Event) -> discord.ScheduledEvent | None:
        """Return the entry of ours that shows a meeting.

        At the same time, too: where one is called off, the next one takes over its number, and so its title.
        """
        ours = self._client.user.id if self._client.user else None
        texts = (event.title, LONGEST_NAME), (event.text, LONGEST_TEXT), (event.place, LONGEST_PLACE)
        words = tuple(_plain(_cut(text, longest)) for text, longest in texts)
        for there in await server.fetch_scheduled_events(with_counts=False):
            is_ours = there.creator_id == ours and there.status is EventStatus.scheduled
            said = tuple(map(_plain, (there.name, there.description or "", there.location or "")))
            if is_ours and said == words and there.start_time == event.starts_at:
                return there
        return None


def is_entry(posted: Posted) -> bool:
    """Say whether what stands there is an entry in a calendar."""
    return posted.message.startswith(f"{_MARK}:")


async def _drawn(there: discord.ScheduledEvent, event: Event) -> None:
    await there.edit(
        name=_cut(event.title, LONGEST_NAME),
        description=_cut(event.text, LONGEST_TEXT),
        location=_cut(event.place, LONGEST_PLACE),
        start_time=event.starts_at,
        end_time=event.ends_at,
        entity_type=EntityType.external,
    )


def _cut(words: str, longest: int) -> str:
    return shortened(fit(words).strip(), longest) or CUT


def _plain(words: str) -> str:
    """Return words without what Discord may have changed in them: it trims what is around them, and what is between."""
    return " ".join(words.split())
