"""Everything that is said in Discord's rooms goes out here: paced, tried again where that helps, and never rendered.

The courier and the painter use `post` and `edit`: one go each, for they wait, count and try again themselves. What the
adapter says by itself goes by `say` and `redraw`, which do all of that. The library knows the limits of each room, and
waits for the short ones. A message that was sent twice because nobody heard that it had arrived stands there once: both
carry the same nonce.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import partial
from hashlib import blake2b
from typing import Final, TypeVar

import discord

from adapters.discord import threads
from adapters.discord.carriers import changed, new
from adapters.discord.client import Client
from adapters.discord.errors import ARCHIVED, FAILURES, as_post_error
from adapters.discord.letter import PLATFORM, Letter
from bot.chat.adapter import TryLater, Unreachable
from bot.chat.message import Posted, Room
from bot.chat.pacing import Pacing

ATTEMPTS: Final = 5
"""How often something of our own is tried."""
PATIENCE_S: Final = 30.0
"""For how many seconds it waits at most for its turn, and when Discord asks to wait."""
ONE_GO_S: Final = 40.0
"""How many seconds one try may take, the library's waiting for short limits included."""
TITLE_S: Final = 1.0
"""How many seconds a server's name is waited for: somebody waits for an answer, and it is no more than a name."""
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 8.0
_TITLES: Final = 1024

Result = TypeVar("Result")


class Wire:
    """One bot's way to Discord. Raises `PostError` only. `sleep` takes real seconds."""

    def __init__(
        self,
        pacing: Pacing,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client: Client | None = None
        self._pacing = pacing
        self._sleep = sleep
        self._chance = chance
        self._titles: OrderedDict[str, str] = OrderedDict()
        self._settled: dict[Posted, float] = {}
        """Until when messages may not be drawn anew, by the loop's time."""

    def speak_by(self, client: Client | None) -> None:
        """From now on, send everything by this client; by none, nothing can be sent."""
        self._client = client

    async def post(self, room: Room, letter: Letter, key: str = "") -> Posted:
        """Send a letter in one go and return its last message; the caller has waited for the first and counted it.

        A repeat of a key within some minutes finds what went out already, and goes on from there.
        """
        message = 0
        for number, part in enumerate((letter, *letter.more)):
            if number:
                await self._turn(room)
            message = await self.tried(room, partial(self._send, room, part, nonce(key, number)))
        return Posted(room, str(message))

    async def edit(self, posted: Posted, letter: Letter) -> None:
        """Draw a message anew in one go; the caller has waited and counted.

        Discord lets a message that is more than an hour old be drawn anew a few times an hour only. That holds back
        this message alone, and neither its room nor Discord need hear of it before it is over.
        """
        now = asyncio.get_running_loop().time()
        if self._settled.get(posted, 0.0) > now:
            raise TryLater("this message may not be drawn anew yet")
        try:
            await self.tried(posted.room, partial(self._draw, posted, letter), holds=False)
        except TryLater as error:
            if error.seconds is None:
                raise
            self._settled = {there: until for there, until in self._settled.items() if until > now}
            self._settled[posted] = now + error.seconds
            raise TryLater(str(error)) from None

    async def say(self, room: Room, letter: Letter, key: str = "") -> Posted:
        """Send something of our own, as soon as the limits allow; outages are waited out for a while."""
        key = key or secrets.token_hex()  # tried again, it is the same message
        return await self._patiently(room, lambda: self.post(room, letter, key))

    async def redraw(self, posted: Posted, letter: Letter) -> None:
        """Draw a message anew, as soon as the limits allow; outages are waited out for a while."""
        await self._patiently(posted.room, lambda: self.edit(posted, letter))

    async def open_thread(self, room: Room, title: str, user: str) -> Room:
        """Open a public thread in a channel (in a thread: beside it) with somebody in it. Raises `PostError`."""
        if room.is_private:
            raise Unreachable("a private chat has no threads")
        thread = await self.tried(room, lambda client: threads.opened(client, int(room.chat), title, int(user)))
        return Room(PLATFORM, room.chat, thread=str(thread))

    async def space_title(self, space: str) -> str:
        """Return the name of a server, empty where it cannot be had in time."""
        if space in self._titles:
            self._titles.move_to_end(space)
            return self._titles[space]
        client = self._client
        if client is None:
            return ""
        try:
            async with asyncio.timeout(TITLE_S):
                server = await client.fetch_guild(int(space), with_counts=False)
        except (*FAILURES, RuntimeError):
            return ""
        self._titles[space] = server.name
        if len(self._titles) > _TITLES:
            self._titles.popitem(last=False)
        return server.name

    async def _send(self, room: Room, letter: Letter, once: str | None, client: Client) -> int:
        there = await _there(room, client)
        said = new(letter) if once is None else new(letter) | {"nonce": once}
        sent = await there.send(**said)
        return sent.id

    async def _draw(self, posted: Posted, letter: Letter, client: Client) -> None:
        there = await _there(posted.room, client)
        await there.get_partial_message(int(posted.message)).edit(**changed(letter))

    async def tried(self, room: Room, do: Callable[[Client], Awaitable[Result]], *, holds: bool = True) -> Result:
        """Do something once, twice where a thread has to be woken for it. Raises `PostError`.

        When Discord asks to wait, that `holds` back the room for everybody.
        """
        client = self._client
        if client is None or client.is_closed():
            raise TryLater("Discord is not reached")
        try:
            async with asyncio.timeout(ONE_GO_S):
                try:
                    return await do(client)
                except discord.HTTPException as error:
                    if error.code != ARCHIVED or not room.thread:
                        raise
                await threads.woken(client, int(room.thread))
                return await do(client)
        except (*FAILURES, RuntimeError) as error:
            if client.is_closed():  # in the middle: whatever it says, it means that
                raise TryLater("Discord is not reached any more") from None
            if isinstance(error, RuntimeError):
                raise
            meant = as_post_error(error)
            if holds and isinstance(meant, TryLater) and meant.seconds is not None:
                self._pacing.hold(room, meant.seconds)
            raise meant from None

    async def _patiently(self, room: Room, go: Callable[[], Awaitable[Result]]) -> Result:
        """Do something in a room when the limits allow, several times if need be."""
        attempt = 1
        while True:
            if (wait := self._pacing.wait(room)) > PATIENCE_S:
                raise TryLater("the room is held back for long", wait)
            await self._turn(room)
            try:
                return await go()
            except TryLater as error:
                if attempt == ATTEMPTS or (error.seconds or 0.0) > PATIENCE_S:
                    raise
                if error.seconds is None:  # else the room is held back, and the next turn comes after that
                    await self._sleep(self._backoff(attempt))
                attempt += 1

    async def _turn(self, room: Room) -> None:
        """Wait until something may be said in a room, and count it."""
        await self._pacing.turn(room, self._sleep)

    def _backoff(self, attempt: int) -> float:
        """Return the seconds to wait after so many attempts: twice as long each, give or take a half."""
        wait: float = min(_FIRST_WAIT_S * 2 ** (attempt - 1), _LONGEST_WAIT_S)
        return wait * (0.5 + self._chance())


def nonce(key: str, part: int = 0) -> str | None:
    """Return by what Discord knows a message again that was sent before; nothing where it has no key.

    Discord takes up to 25 characters.
    """
    if not key:
        return None
    digest = blake2b(f"{key}\0{part}".encode() if part else key.encode(), digest_size=16).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


async def _there(room: Room, client: Client) -> discord.PartialMessageable | discord.DMChannel:
    """Return where a room's messages go."""
    if room.is_private:
        return await client.create_dm(discord.Object(int(room.chat)))
    return client.get_partial_messageable(int(room.thread or room.chat))
