"""`circlebot check`: what is wrong with this configuration, database, clock and platforms, and what to do about it."""

from __future__ import annotations

import json
import socket
import urllib.request
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import TZPATH, available_timezones

from sqlalchemy import URL

from bot.chat.findings import Finding
from bot.chat.message import Room
from bot.clock import SystemClock
from bot.config import Settings, load
from bot.domain.circles import CircleState
from bot.errors import CircleBotError, ConfigError
from bot.i18n import Catalogue
from bot.logs import set_up
from bot.ports import Store
from bot.settings_platforms import TelegramMode

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""No machine's clock can rightly show less."""
HEALTH_S = 3.0
"""How long to wait for the answer of a bot that may be running."""
LATE = timedelta(minutes=10)


async def examine(config: Path | None) -> list[Finding]:
    """Return everything that was looked at, in the order in which to mend it."""
    try:
        settings = load(config)
    except ConfigError as error:
        return [Finding(fine=False, what=f"settings: {problem}") for problem in error.problems]
    set_up("warning", "text", settings.secrets())
    findings = [Finding(fine=True, what="settings: can be used")]
    findings += [Finding(fine=False, what=f"settings: {remark}") for remark in settings.remarks()]
    findings += [*_clock(), _languages(), _port(settings), _platforms(settings)]
    findings += await _database(settings)
    findings += await _telegram(settings)
    findings += await _discord(settings)
    return findings


def _clock() -> list[Finding]:
    now = SystemClock().now()
    fine = now > BUILT
    zones = len(available_timezones())
    return [
        Finding(
            fine,
            f"clock: {now:%Y-%m-%d %H:%M} UTC",
            "" if fine else "This machine's clock is wrong. Switch on time synchronisation (NTP).",
        ),
        Finding(
            zones > 0,
            f"time zones: {zones} known (tzdata {version('tzdata')}; the system's own: {'yes' if TZPATH else 'no'})",
            "" if zones else "Install the package tzdata.",
        ),
    ]


def _languages() -> Finding:
    return Finding(fine=True, what=f"languages: {', '.join(Catalogue().languages)}")


def _port(settings: Settings) -> Finding:
    http = settings.http
    try:
        with socket.create_server((http.host, http.port)):
            return Finding(fine=True, what=f"http: {http.host}:{http.port} is free")
    except OSError as error:
        if _is_us(f"http://{http.host}:{http.port}/healthz"):
            return Finding(fine=True, what=f"http: the bot is running on {http.host}:{http.port}, and well")
        return Finding(
            fine=False,
            what=f"http: cannot listen on {http.host}:{http.port} ({error.strerror})",
            remedy="Stop what listens there, or change [http] port.",
        )


def _is_us(address: str) -> bool:
    """Say whether the bot answers there, and is well."""
    try:
        with urllib.request.urlopen(address, timeout=HEALTH_S) as answer:  # noqa: S310  # our own http address
            return bool(json.load(answer).get("ok"))
    except (OSError, ValueError, AttributeError):
        return False


def _served(settings: Settings) -> dict[str, str]:
    """Return the platforms that `run` serves, with what people call them."""
    telegram = {"telegram": "Telegram"} if settings.telegram.token else {}
    discord = {"discord": "Discord"} if settings.discord.token else {}
    page = {"web": "the page in the browser"} if settings.web.enabled else {}
    return telegram | discord | page


def _platforms(settings: Settings) -> Finding:
    on = ", ".join(_served(settings).values())
    none = "none; [telegram] token serves Telegram, [discord] token Discord, [web] enabled = true the page"
    return Finding(fine=True, what=f"platforms switched on: {on or none}")


async def _telegram(settings: Settings) -> list[Finding]:
    """Ask Telegram itself, where it is switched on; where it is not, nothing of it is imported."""
    telegram = settings.telegram
    if telegram.token is None:
        return []
    from adapters.telegram.examine import examine as ask  # noqa: PLC0415  # see the docstring

    webhook = telegram.webhook_address if telegram.mode is TelegramMode.WEBHOOK else ""
    rooms = await _rooms(settings, "telegram")
    return await ask(telegram.token.get_secret_value(), telegram.api_url, webhook_url=webhook, rooms=rooms)


async def _discord(settings: Settings) -> list[Finding]:
    """Ask Discord itself, where it is switched on; where it is not, nothing of it is imported."""
    discord = settings.discord
    if discord.token is None:
        return []
    from adapters.discord.examine import examine as ask  # noqa: PLC0415  # see the docstring

    return await ask(
        discord.token.get_secret_value(),
        discord.api_url,
        gateway_url=discord.gateway_url or "",
        shards=discord.shards,
        native_events=discord.native_events,
        rooms=await _rooms(settings, "discord"),
    )


async def _rooms(settings: Settings, platform: str) -> list[tuple[Room, str]]:
    """Return the rooms on a platform in which circles live that have not ended; none without a database."""
    from storage.engine import Database, parsed  # noqa: PLC0415  # as in _database
    from storage.migrate import is_current  # noqa: PLC0415

    url = settings.database.url.get_secret_value()

    def rooms(store: Store) -> list[tuple[Room, str]]:
        circles = [
            circle for community in store.communities.all() for circle in store.circles.of_community(community.id)
        ]
        places = [
            place
            for circle in circles
            if circle.state is not CircleState.ENDED
            for place in store.places.of_circle(circle.id)
        ]
        return [(place.room, place.title) for place in places if place.room.platform == platform]

    try:
        if _is_to_be_made(parsed(url)) or not is_current(url):
            return []
        database = Database.open(url)
        try:
            return await database.read(rooms)
        finally:
            await database.close()
    except CircleBotError:  # _database has said it
        return []


def _is_to_be_made(address: URL) -> bool:
    """Say whether it is a file that is not there yet, in a folder that is."""
    file = Path(str(address.database))
    return address.get_backend_name() == "sqlite" and file.parent.is_dir() and not file.exists()


async def _database(settings: Settings) -> list[Finding]:
    from storage.engine import Database, parsed  # noqa: PLC0415  # the settings are looked at even where this cannot be loaded
    from storage.migrate import HEAD, is_current  # noqa: PLC0415

    url = settings.database.url.get_secret_value()
    if _is_to_be_made(parsed(url)):
        return [Finding(fine=True, what="database: there is none yet; `circlebot run` makes it")]
    try:
        fine = is_current(url)
    except CircleBotError as error:
        return [
            Finding(
                fine=False,
                what=f"database: cannot be reached ({error})",
                remedy="Look at [database] url: the file's folder must exist and be writable, the server must run.",
            )
        ]
    if not fine:
        return [
            Finding(
                fine=False,
                what=f"database: not at version {HEAD}",
                remedy="Run `circlebot migrate` (`run` does it too).",
            )
        ]
    database = Database.open(url)
    now = SystemClock().now()

    served = list(_served(settings))

    def overdue(store: Store) -> tuple[timedelta, timedelta]:
        ours, oldest = store.deliveries.next_due(served), store.deliveries.next_due()
        elsewhere = oldest if oldest != ours else None
        late, lost = (now - one.due.due_at if one else timedelta(0) for one in (ours, elsewhere))
        return late, lost

    try:
        late, lost = await database.read(overdue)
    except CircleBotError as error:
        return [Finding(fine=False, what=f"database: cannot be read ({error})", remedy="Look at [database] url.")]
    finally:
        await database.close()
    found = [Finding(fine=True, what=f"database: at version {HEAD}")]
    if late > LATE:
        found.append(
            Finding(
                fine=False,
                what=f"deliveries: the oldest has waited for {late}",
                remedy="The bot is not running or cannot reach its platform. Started, it sends what is still useful.",
            )
        )
    if lost > LATE:
        found.append(
            Finding(
                fine=False,
                what=f"deliveries: the oldest for a platform that is not switched on has waited for {lost}",
                remedy="Switch its platform on again, or leave it: what nobody takes in time is dropped at night.",
            )
        )
    return found
