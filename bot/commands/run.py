"""`circlebot run` and its neighbours: the bot as the settings say."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from aiohttp.web import AbstractRouteDef

from bot.chat.adapter import Adapter
from bot.clock import Clock, RehearsalClock, SystemClock
from bot.commands.serving import Serving, look_for_garbage_less, serving, stop_signal, until
from bot.commands.switched_on import NothingSwitchedOn, switched_on
from bot.config import Settings
from bot.domain.people import LONGEST_NAME, clean_name
from bot.errors import CircleBotError
from bot.i18n import Catalogue
from bot.settings_platforms import DiscordSettings, TelegramMode, TelegramSettings
from storage.engine import Database
from storage.migrate import HEAD, is_current, migrate

if TYPE_CHECKING:
    from adapters.web.adapter import WebAdapter

ANSWER_S = 3.0
"""For how many seconds `run` waits for the platforms' first answers before it says how it is."""


class Served(Adapter, Protocol):
    """A chat platform that has to answer before people can be served there."""

    @property
    def is_up(self) -> asyncio.Event:
        """Set while the platform knows us and is served."""
        ...

    def routes(self) -> Sequence[AbstractRouteDef]:
        """Return what is to be served on our own server."""
        ...


@dataclass(frozen=True)
class Chat:
    """A chat platform that is switched on: what people call it, and how its people come to the bot there."""

    name: str
    how: str
    adapter: Served


async def serve(settings: Settings, *, speed: float | None, at: datetime | None, say: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM. `speed` makes time go faster, from `at` on: for rehearsals.

    Raises `NothingSwitchedOn` before anything is made.
    """
    if not switched_on(settings):
        raise NothingSwitchedOn
    for remark in settings.remarks():
        say(f"Note: {remark}")
    stopped = stop_signal()
    url = settings.database.url.get_secret_value()
    migrate(url)
    clock: Clock = SystemClock()
    if speed is not None:
        clock = RehearsalClock(at or clock.now(), speed)
        say(
            f"REHEARSAL: time goes {speed:g} times faster, from {clock.now():%Y-%m-%d %H:%M} UTC on. What is sent is "
            "sent for real, to real rooms, and the database remembers it: use ones that are only for trying."
        )
    database = Database.open(url)
    http = settings.http
    try:
        catalogue = Catalogue(default=settings.bot.language)
        web = _page(settings, database, clock, catalogue) if settings.web.enabled else None
        chats = list(_chats(settings, catalogue))
        async with serving(
            database,
            clock,
            host=http.host,
            port=http.port,
            catalogue=catalogue,
            zone=settings.bot.zone,
            web=web,
            others=[chat.adapter for chat in chats],
            routes=[route for chat in chats for route in chat.adapter.routes()],
            address=lambda platform: http.public_url or (web.address if web and platform == web.platform else ""),
            operators=settings.bot.operator_accounts,
            kept=settings.bot.kept,
            proxies=http.networks,
            metrics_token=http.metrics_token.get_secret_value() if http.metrics_token else "",
        ) as up:
            if web and not http.public_url:
                web.address = f"http://{http.host}:{up.server.port}"
            await _answers(up, chats, stopped)
            how = _served(web, chats, up.bot.pulse.refused, up.bot.scheduler.duty.standing_by)
            say(f"Circlebot is {how}; health at http://{http.host}:{up.server.port}/healthz. Ctrl-C stops it.")
            look_for_garbage_less()
            await until(up, stopped)
            say("Stopping: finishing what is under way.")
    finally:
        await database.close()


async def _answers(up: Serving, chats: Sequence[Chat], stopped: asyncio.Event) -> None:
    """Wait a moment for what each platform answers first: nothing is ready whose token may not be known."""
    loop = asyncio.get_running_loop()
    end = loop.time() + ANSWER_S
    for chat in chats:
        stands_by = up.bot.scheduler.duty.stands_by(chat.adapter.platform)
        await until(up, chat.adapter.is_up, stands_by, stopped, seconds=max(end - loop.time(), 0.0))


def _served(
    web: WebAdapter | None, chats: Sequence[Chat], refused: Collection[str], standing_by: Collection[str]
) -> str:
    """Say whether the bot is ready, and where people find it."""
    served = []
    if web:
        served.append(f"the page is at {web.address} (`circlebot web-link NAME` prints a link that lets somebody in)")
    served += [chat.how for chat in chats if chat.adapter.is_up.is_set()]
    served += [
        f"standing by on {chat.name}, which another process serves: this one takes over when that one ends"
        for chat in chats
        if chat.adapter.platform in standing_by
    ]
    silent = [
        f"{chat.name} refuses the token"
        if chat.adapter.platform in refused
        else f"{chat.name} does not answer yet, and is asked again until it does"
        for chat in chats
        if not chat.adapter.is_up.is_set() and chat.adapter.platform not in standing_by
    ]
    return f"{'up' if silent else 'ready'}: {'; '.join([*served, *silent])}"


def _chats(settings: Settings, catalogue: Catalogue) -> Iterator[Chat]:
    """Yield the platforms that have a token; of those without one, neither they nor their libraries are imported."""
    if token := settings.telegram.token:
        yield _telegram(settings.telegram, token.get_secret_value(), catalogue)
    if token := settings.discord.token:
        yield _discord(settings.discord, token.get_secret_value(), catalogue)


def _telegram(settings: TelegramSettings, token: str, catalogue: Catalogue) -> Chat:
    from adapters.telegram.adapter import TelegramAdapter  # noqa: PLC0415  # see _chats
    from adapters.telegram.webhook import Webhook  # noqa: PLC0415  # as above
    from bot.charts import draw  # noqa: PLC0415  # as above

    webhook, how = None, "on Telegram, which it asks for updates"
    if settings.mode is TelegramMode.WEBHOOK and settings.webhook_secret:
        secret = settings.webhook_secret.get_secret_value()
        webhook = Webhook(settings.webhook_address, secret, settings.webhook_route)
        how = f"on Telegram, which posts to {settings.webhook_route} here"
    adapter = TelegramAdapter(token, catalogue, api_url=settings.api_url, webhook=webhook, draw=draw)
    return Chat("Telegram", how, adapter)


def _discord(settings: DiscordSettings, token: str, catalogue: Catalogue) -> Chat:
    from adapters.discord.adapter import DiscordAdapter  # noqa: PLC0415  # see _chats
    from bot.charts import draw  # noqa: PLC0415  # as above

    adapter = DiscordAdapter(
        token,
        catalogue,
        api_url=settings.api_url,
        gateway_url=settings.gateway_url or "",
        shards=settings.shards,
        native_events=settings.native_events,
        draw=draw,
    )
    return Chat("Discord", "on Discord, to which it is connected", adapter)


def _page(settings: Settings, database: Database, clock: Clock, catalogue: Catalogue) -> WebAdapter:
    """Return the page, behind sign-in links; without it, none of it is imported."""
    from adapters.web.adapter import WebAdapter  # noqa: PLC0415  # see the docstring
    from bot.charts import draw  # noqa: PLC0415  # as above
    from storage.transcript import SqlTranscript  # noqa: PLC0415  # as above

    http = settings.http
    address = http.public_url or f"http://{http.host}:{http.port}"
    return WebAdapter(SqlTranscript(database), clock, catalogue, address=address, draw=draw)


def migrated(url: str) -> str:
    """Bring the database to this version, and return in a sentence what was done."""
    if is_current(url):
        return f"The database is at version {HEAD} already."
    migrate(url)
    return f"The database is now at version {HEAD}."


async def sign_in_link(
    settings: Settings, name: str, room: str | None, *, revoke: bool = False, say: Callable[[str], None]
) -> str:
    """Return a fresh sign-in link for `name`, who is added to the page where they are new; `say` what goes with it.

    With `revoke`, make their links and sign-ins worthless instead, and return a sentence that says so.
    """
    if not settings.web.enabled:
        raise CircleBotError("The page is not served: set [web] enabled = true in the settings first.")
    url = settings.database.url.get_secret_value()
    migrate(url)
    database = Database.open(url)
    try:
        web = _page(settings, database, SystemClock(), Catalogue())
        user = next((person.user for person in await web.transcript.people() if person.name == name), "")
        if revoke:
            if not user:
                raise CircleBotError(f"Nobody on the page is called {name}.")
            await web.sign_out(user)
            return f"{name}'s links and sign-ins are worthless now. In a page that is open, they can do nothing more."
        return await _let_in(web, user, name, room, say)
    finally:
        await database.close()


async def _let_in(web: WebAdapter, user: str, name: str, room: str | None, say: Callable[[str], None]) -> str:
    from adapters.web.signin import LASTS, LINK  # noqa: PLC0415  # see _page

    chat = ""
    if room is not None:
        rooms = await web.transcript.rooms(user, everywhere=True)
        chat = next((found.chat for found in rooms if found.title == room), "")
    # Before anything is made:
    made = name if user else _fit(name, "NAME")
    title = room if room is None or chat else _fit(room, "--room")
    if not user:
        user = f"u{secrets.token_hex(5)}"
        await web.add_person(user, made)
    if title is not None:
        if not chat:
            chat = f"r{secrets.token_hex(5)}"
            await web.add_room(chat, title, made_by=user)
            say(f"Made the room “{title}”, which was not there.")
        await web.admit(chat, user)
    say(f"For {made} alone: who opens this link speaks as {made}. It works for {LASTS[LINK].days} days.")
    return await web.sign_in_link(user)


def _fit(words: str, what: str) -> str:
    """Return what somebody or something new is to be called. Raises for what would not be seen as one line."""
    if not words or clean_name(words, "") != words:
        raise CircleBotError(
            f"{what} must be one line of 1 to {LONGEST_NAME} letters, without line breaks and with no blanks around."
        )
    return words
