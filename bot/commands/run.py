"""`circlebot run` and its neighbours: the bot as the settings say."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import Clock, RehearsalClock, SystemClock
from bot.commands.serving import PortTaken, serving, stop_signal, until
from bot.config import Settings, TelegramMode, TelegramSettings
from bot.errors import CircleBotError
from bot.i18n import Catalogue
from storage.engine import Database
from storage.migrate import HEAD, is_current, migrate

if TYPE_CHECKING:
    from adapters.telegram.adapter import TelegramAdapter
    from adapters.web.adapter import WebAdapter

ANSWER_S = 3.0
"""For how many seconds `run` waits for Telegram's first answer before it says how it is."""


async def serve(settings: Settings, *, speed: float | None, at: datetime | None, say: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM. `speed` makes time go faster, from `at` on: for rehearsals."""
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
        telegram = _telegram(settings.telegram, catalogue)
        async with serving(
            database,
            clock,
            host=http.host,
            port=http.port,
            catalogue=catalogue,
            zone=settings.bot.zone,
            web=web,
            others=[telegram] if telegram else [],
            routes=telegram.routes() if telegram else [],
        ) as up:
            if web and not http.public_url:
                web.address = f"http://{http.host}:{up.server.port}"
            if telegram:  # nothing is ready whose token Telegram may not know
                await until(up, telegram.is_up, stopped, seconds=ANSWER_S)
            say(
                f"Circlebot is {_served(web, telegram, settings.telegram)}; "
                f"health at http://{http.host}:{up.server.port}/healthz. Ctrl-C stops it."
            )
            # What is there now stays: to look through it for garbage stops everybody for a tenth of a second.
            gc.freeze()
            await until(up, stopped)
            say("Stopping: finishing what is under way.")
    except PortTaken as taken:
        raise CircleBotError(
            f"Port {taken} on {http.host} is in use. Stop what listens there, or choose another: [http] port."
        ) from taken
    finally:
        await database.close()


def _served(web: WebAdapter | None, telegram: TelegramAdapter | None, settings: TelegramSettings) -> str:
    """Say whether the bot is ready, and where people find it."""
    state, served = "ready", []
    if web:
        served.append(f"the page is at {web.address} (`circlebot web-link NAME` prints a link that lets somebody in)")
    if telegram and not telegram.is_up.is_set():
        state = "up"
        served.append("Telegram does not answer yet, and is asked again until it does")
    elif telegram and settings.mode is TelegramMode.WEBHOOK:
        served.append(f"on Telegram, which posts to {settings.webhook_route} here")
    elif telegram:
        served.append("on Telegram, which it asks for updates")
    nothing = "no chat platform is switched on ([telegram] token, or [web] enabled = true for the page)"
    return f"{state}: {'; '.join(served) or nothing}"


def _telegram(settings: TelegramSettings, catalogue: Catalogue) -> TelegramAdapter | None:
    """Return Telegram where there is a token; without one, neither it nor its library is imported."""
    if not settings.token:
        return None
    from adapters.telegram.adapter import TelegramAdapter  # noqa: PLC0415  # see the docstring
    from adapters.telegram.webhook import Webhook  # noqa: PLC0415  # as above
    from bot.charts import draw  # noqa: PLC0415  # as above

    webhook = None
    if settings.mode is TelegramMode.WEBHOOK and settings.webhook_secret:
        secret = settings.webhook_secret.get_secret_value()
        webhook = Webhook(settings.webhook_address, secret, settings.webhook_route)
    return TelegramAdapter(
        settings.token.get_secret_value(), catalogue, api_url=settings.api_url, webhook=webhook, draw=draw
    )


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


async def sign_in_link(settings: Settings, name: str, room: str | None, *, revoke: bool = False) -> str:
    """Return a fresh sign-in link for `name`, who is added to the page where they are new.

    With `revoke`, make their links and sign-ins worthless instead, and return a sentence that says so. A page that is
    open in another process stays until it connects anew.
    """
    if not settings.web.enabled:
        raise CircleBotError("The page is not served: set [web] enabled = true in the settings first.")
    url = settings.database.url.get_secret_value()
    migrate(url)
    database = Database.open(url)
    try:
        web = _page(settings, database, SystemClock(), Catalogue())
        transcript = web.transcript
        user = next((person.user for person in await transcript.people() if person.name == name), "")
        if revoke:
            if not user:
                raise CircleBotError(f"Nobody on the page is called {name}.")
            await web.sign_out(user)
            return f"{name}'s links and sign-ins are worthless now. A page that is open stays until it is loaded anew."
        if not user:
            user = f"u{secrets.token_hex(5)}"
            await web.add_person(user, name)
        if room:
            chat = next(
                (found.chat for found in await transcript.rooms(user, everywhere=True) if found.title == room), ""
            )
            if not chat:
                chat = f"r{secrets.token_hex(5)}"
                await web.add_room(chat, room, made_by=user)
            await web.admit(chat, user)
        return await web.sign_in_link(user)
    finally:
        await database.close()
