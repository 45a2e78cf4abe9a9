"""One time of being connected to Discord: from the login to the goodbye, or until something puts an end to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Final, NoReturn

import discord

from adapters.discord.client import Client
from adapters.discord.errors import is_token_refused
from adapters.discord.starting import GATEWAY, Interrupted, TokenRejected
from bot.chat.adapter import TryLater
from bot.chat.trying import Troubles

LOGIN_S: Final = 60.0
"""For how many seconds Discord may take to say who we are."""
CLOSING_S: Final = 2.0
"""For how many seconds it may take to say goodbye."""
GAP_S: Final = 20.0
"""Gaps in a connection up to so many seconds are not worth a word: Discord makes some every day."""


class Session:
    """What a client does from its login to its end. `stirred` is set whenever a connection comes or goes."""

    def __init__(
        self,
        client: Client,
        *,
        stirred: asyncio.Event,
        troubles: Troubles,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._stirred = stirred
        self._troubles = troubles
        self._sleep = sleep
        self._connecting: asyncio.Task[None] | None = None

    async def log_in(self, token: str, connections: int) -> None:
        """Log in, and make sure that Discord allows so many new connections today; it is hard on who makes too many.

        Raises `TokenRejected`, `TryLater`, and the library's errors.
        """
        try:
            async with asyncio.timeout(LOGIN_S):
                await self._client.login(token)
                limits = await self._client.fetch_session_start_limits()
        except (discord.LoginFailure, discord.HTTPException) as error:
            if not is_token_refused(error):
                raise
        else:
            if limits.remaining < connections:
                raise TryLater("Discord allows no more connections for now", limits.reset_after / 1000)
            return
        # Not within the handler: the library's error holds the token, and would be this one's context.
        raise TokenRejected

    async def last(self, is_up: Callable[[], None], refused: asyncio.Event) -> NoReturn:
        """Stay connected; `is_up` is called once that is so. Raises what puts an end to it.

        When Discord has `refused` the token the end has come, too, though the connection may stand for a while.
        """
        self._connecting = asyncio.create_task(self._client.connect(), name="discord:connection")
        refusal = asyncio.create_task(refused.wait(), name="discord:token")
        ready = asyncio.create_task(self._client.wait_until_ready(), name="discord:ready")
        gaps = asyncio.create_task(self._tell_of_gaps(), name="discord:gaps")
        ends = {self._connecting, refusal}
        try:
            await asyncio.wait({*ends, ready}, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                is_up()
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if self._connecting.done():
                self._connecting.result()
            raise Interrupted
        finally:
            for task in (refusal, ready, gaps):
                task.cancel()
            await asyncio.gather(refusal, ready, gaps, return_exceptions=True)

    async def close(self) -> None:
        """Say goodbye, and leave nothing open."""
        try:
            async with asyncio.timeout(CLOSING_S):
                await self._client.close()
        except TimeoutError:
            await self._client.http.close()
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                await self._client.hang_up()

    async def _tell_of_gaps(self) -> None:
        """Say when a connection is away for longer, and when all is well again."""
        while True:
            self._stirred.clear()
            if self._client.is_ready() and not self._client.away:
                self._troubles.are_over()
            elif await self._stirs_within(GAP_S):
                continue
            else:
                self._troubles.are(GATEWAY)
            await self._stirred.wait()

    async def _stirs_within(self, seconds: float) -> bool:
        stirs = asyncio.create_task(self._stirred.wait())
        passes = asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait({stirs, passes}, return_when=asyncio.FIRST_COMPLETED)
            return stirs.done()
        finally:
            stirs.cancel()
            passes.cancel()


async def to_the_end(ending: Coroutine[object, object, None]) -> None:
    """Do something to its end, even if whoever does it is stopped meanwhile; they stop after it."""
    task = asyncio.create_task(ending, name="discord:end")
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
