"""A storm of refusals: the bot falls silent long before Discord shuts out the whole address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from adapters.discord.guard import MOST, WITHIN_S, Guard
from bot.chat.adapter import TryLater

BANNED_FROM = 10_000


@dataclass
class Storm:
    """A server that refuses everything, and what watches over what it is asked."""

    status: int = 403
    scope: str = ""
    now: float = 1000.0
    asked: int = 0
    refusals_of_token: int = 0
    address: str = ""
    guard: Guard = field(init=False)

    def __post_init__(self) -> None:
        """Watch."""
        self.guard = Guard(refused=self.refused, most=20, monotonic=lambda: self.now)

    def refused(self) -> None:
        """Count."""
        self.refusals_of_token += 1

    async def answer(self, _request: web.Request) -> web.Response:
        """Refuse."""
        self.asked += 1
        return web.Response(status=self.status, headers={"X-RateLimit-Scope": self.scope} if self.scope else {})

    async def ask(self, session: aiohttp.ClientSession, path: str = "/api/v10/channels/1/messages") -> int:
        """Ask, and return the status."""
        async with session.post(self.address + path) as response:
            return response.status


@asynccontextmanager
async def blowing(storm: Storm) -> AsyncIterator[aiohttp.ClientSession]:
    """Yield a session that the guard watches."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", storm.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        storm.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(trace_configs=[storm.guard.watch()]) as session:
            yield session
    finally:
        await runner.cleanup()


def test_half_of_what_discord_puts_up_with_is_enough() -> None:
    """Others may share the address, and count as well."""
    assert MOST * 2 <= BANNED_FROM
    assert WITHIN_S == 600.0


@pytest.mark.parametrize("status", [401, 403, 429])
async def test_after_too_many_refusals_nothing_is_asked_for_a_while(status: int) -> None:
    """Until the first of them are ten minutes old; then on, as slowly as they go."""
    storm = Storm(status=status)
    async with blowing(storm) as session:
        for _ in range(20):
            assert await storm.ask(session) == status
            storm.now += 1.0
        for _ in range(100):
            with pytest.raises(TryLater) as caught:
                await storm.ask(session)
            assert caught.value.seconds == 580.0
        assert storm.asked == 20
        storm.now = 1000.0 + WITHIN_S
        assert await storm.ask(session) == status
        with pytest.raises(TryLater) as caught:
            await storm.ask(session)
        assert caught.value.seconds == 1.0


async def test_people_are_answered_all_the_same() -> None:
    """Somebody waits for it, and Discord gives up after three seconds; so do the gateway's connections go on."""
    storm = Storm()
    async with blowing(storm) as session:
        for _ in range(20):
            await storm.ask(session)
        assert await storm.ask(session, "/api/v10/interactions/1/token/callback") == 403
        assert await storm.ask(session, "/api/v10/webhooks/1/token/messages/@original") == 403
        assert await storm.ask(session, "/?v=10") == 403


async def test_what_is_no_refusal_of_ours_does_not_count() -> None:
    """Success, mistakes that are no refusals, and limits that the bot shares with others."""
    async with blowing(storm := Storm(status=404)) as session:
        for _ in range(40):
            assert await storm.ask(session) == 404
    async with blowing(storm := Storm(status=429, scope="shared")) as session:
        for _ in range(40):
            assert await storm.ask(session) == 429


async def test_a_refused_token_is_noticed_wherever_it_is_refused() -> None:
    """But not where the token was the interaction's own."""
    storm = Storm(status=401)
    async with blowing(storm) as session:
        await storm.ask(session, "/api/v10/webhooks/1/token/messages/@original")
        assert storm.refusals_of_token == 0
        await storm.ask(session)
        assert storm.refusals_of_token == 1


async def test_an_outage_is_not_waited_for_within_the_library() -> None:
    """Whoever posts waits better; only what answers people is left to the library, which tries it again at once."""
    storm = Storm(status=502)
    async with blowing(storm) as session:
        with pytest.raises(TryLater) as caught:
            await storm.ask(session)
        assert caught.value.seconds is None
        assert await storm.ask(session, "/api/v10/interactions/1/token/callback") == 502
        assert await storm.ask(session, "/?v=10") == 502
