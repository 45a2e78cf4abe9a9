"""`circlebot run` and its neighbours: the bot as the settings say."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from adapters.web.adapter import WebAdapter
from bot.clock import Clock, RehearsalClock, SystemClock
from bot.commands.serving import PortTaken, serving, until_stopped
from bot.config import Settings
from bot.errors import CircleBotError
from bot.i18n import Catalogue
from storage.engine import Database
from storage.migrate import HEAD, is_current, migrate
from storage.transcript import SqlTranscript


async def serve(settings: Settings, *, speed: float | None, at: datetime | None, say: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM. `speed` makes time go faster, from `at` on: for rehearsals."""
    for remark in settings.remarks():
        say(f"Note: {remark}")
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
        async with serving(
            database, clock, host=http.host, port=http.port, address=http.public_url, page=settings.web.enabled
        ) as up:
            page = f"the page is at {up.web.address}" if up.web else "no chat platform is switched on"
            say(f"Circlebot is ready: {page}; health at http://{http.host}:{up.server.port}/healthz. Ctrl-C stops it.")
            await until_stopped()
            say("Stopping: finishing what is under way.")
    except PortTaken as taken:
        raise CircleBotError(
            f"Port {taken} on {http.host} is in use. Stop what listens there, or choose another: [http] port."
        ) from taken
    finally:
        await database.close()


def migrated(url: str) -> str:
    """Bring the database to this version, and return in a sentence what was done."""
    if is_current(url):
        return f"The database is at version {HEAD} already."
    migrate(url)
    return f"The database is now at version {HEAD}."


async def sign_in_link(settings: Settings, name: str, room: str | None) -> str:
    """Return a fresh sign-in link for `name`, who is added to the page where they are new."""
    if not settings.web.enabled:
        raise CircleBotError("The page is not served: set [web] enabled = true in the settings first.")
    url = settings.database.url.get_secret_value()
    migrate(url)
    database = Database.open(url)
    http = settings.http
    try:
        transcript = SqlTranscript(database)
        web = WebAdapter(
            transcript, SystemClock(), Catalogue(), address=http.public_url or f"http://{http.host}:{http.port}"
        )
        user = next((person.user for person in await transcript.people() if person.name == name), "")
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
