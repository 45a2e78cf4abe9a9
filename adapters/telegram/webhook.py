"""The webhook: Telegram brings updates to our HTTP server, one a request, and repeats what is not answered with a 2xx.

A 200 says that an update is committed. Who does not know the secret gets a 401, before anything of theirs is read.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NoReturn

from aiohttp import web
from telegram import Bot
from telegram.error import TelegramError

from adapters.telegram.trying import kind_of
from adapters.telegram.turns import Turns
from adapters.telegram.updates import ALLOWED, parsed
from bot.chat.adapter import Inbox
from bot.chat.trying import Troubles

log = logging.getLogger(__name__)

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name
LARGEST_BODY: Final = 1024 * 1024
"""An update is a few kilobytes; nothing that is longer is one."""
KNOWN_AGAIN_S: Final = 300.0
"""After how many seconds Telegram is asked again whether it knows us."""
READ_S = 20.0
"""For how long an update may take to arrive."""
_CLOSING: Final = {"Connection": "close"}


@dataclass(frozen=True)
class Webhook:
    """Where updates are brought: `url` is the whole public address, `path` is what we serve of it."""

    url: str
    secret: str = field(repr=False)
    path: str


class Listener:
    """Serves the webhook's path; 503 until `open`, which makes Telegram come again a little later.

    `read_s` is for how many seconds an update may take to arrive.
    """

    def __init__(self, webhook: Webhook, *, read_s: float = READ_S) -> None:
        self._webhook, self._read_s = webhook, read_s
        self._secret = webhook.secret.encode()
        self._bot: Bot | None = None
        self._turns: Turns | None = None

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the one route."""
        return [web.post(self._webhook.path, self._brought)]

    def open(self, bot: Bot, turns: Turns) -> None:
        """Let updates in."""
        self._bot, self._turns = bot, turns

    def close(self) -> None:
        """Let no more in."""
        self._bot = self._turns = None

    async def _brought(self, request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(errors="replace"), self._secret):
            # Nothing was read: what may follow on this connection is not ours to understand.
            return web.Response(status=401, headers=_CLOSING)
        bot, turns = self._bot, self._turns
        if bot is None or turns is None or turns.is_full:
            return web.Response(status=503)
        body = await _body(request, self._read_s)
        if self._turns is not turns:  # closed meanwhile
            return web.Response(status=503)
        update = parsed(_json(body), bot)
        if update is None:  # it was said in the log; any other answer would make Telegram repeat it for ever
            return web.Response()
        received = turns.hand_in(update)
        await asyncio.wait({received})
        return web.Response(status=503 if received.cancelled() else 200)


async def _body(request: web.Request, read_s: float) -> bytes:
    """Return the body. The server's own limit is for pages, and smaller. Raises `web.HTTPException`."""
    body = bytearray()
    try:
        async with asyncio.timeout(read_s):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, headers=_CLOSING)
    except TimeoutError:
        raise web.HTTPRequestTimeout(headers=_CLOSING) from None
    return bytes(body)


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


async def bring_to(webhook: Webhook, bot: Bot, inbox: Inbox) -> None:
    """Have Telegram bring updates to the webhook, unless it does already. Raises `TelegramError`."""
    # Telegram does not say which secret it was given; what was said last is kept, in a form that gives nothing away.
    key = f"telegram:webhook:{bot.id}"
    told = sha256(f"{bot.token}\n{webhook.url}\n{webhook.secret}".encode()).hexdigest()[:32]
    there = await bot.get_webhook_info()
    if there.url == webhook.url and set(there.allowed_updates) == set(ALLOWED) and await inbox.recall(key) == told:
        return
    await bot.set_webhook(webhook.url, allowed_updates=ALLOWED, secret_token=webhook.secret)
    await inbox.keep(key, told)
    log.info("Telegram brings updates to the webhook from now on")


async def bring_nowhere(bot: Bot) -> None:
    """Have Telegram keep updates until we ask for them. Raises `TelegramError`."""
    if (await bot.get_webhook_info()).url:
        await bot.delete_webhook()
        log.info("the webhook that was set for this bot is removed: updates are polled for")


async def stays_known(bot: Bot, troubles: Troubles, sleep: Callable[[float], Awaitable[None]]) -> NoReturn:
    """Ask now and then whether Telegram still knows us: nothing is brought any more when it does not."""
    while True:
        await sleep(KNOWN_AGAIN_S)
        try:
            await bot.get_me()
        except TelegramError as error:
            troubles.are(kind_of(error), type(error).__name__)
        else:
            troubles.are_over()
