"""Everything that is said in Discord's rooms goes out here: paced, tried again where that helps, and never rendered."""

from __future__ import annotations

from adapters.discord.letter import Letter
from bot.chat.message import Posted, Room


class Wire:
    """One bot's way to Discord. Raises `PostError` only."""

    async def post(self, room: Room, letter: Letter, key: str = "") -> Posted:
        """Send a letter in one go and return its last message; the caller has waited for the first and counted it."""
        raise NotImplementedError

    async def edit(self, posted: Posted, letter: Letter) -> None:
        """Draw a message anew in one go; the caller has waited and counted."""
        raise NotImplementedError

    async def say(self, room: Room, letter: Letter, key: str = "") -> Posted:
        """Send something of our own, as soon as the limits allow; outages are waited out for a while."""
        raise NotImplementedError

    async def redraw(self, posted: Posted, letter: Letter) -> None:
        """Draw a message anew, as soon as the limits allow; outages are waited out for a while."""
        raise NotImplementedError

    async def open_thread(self, room: Room, title: str, user: str) -> Room:
        """Open a public thread in a channel (in a thread: beside it) with somebody in it. Raises `PostError`."""
        raise NotImplementedError

    async def space_title(self, space: str) -> str:
        """Return the name of a server, empty where it cannot be had in time."""
        raise NotImplementedError
