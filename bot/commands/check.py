"""`circlebot check`: what is wrong with this configuration, database and clock, and what to do about it."""

from __future__ import annotations

import json
import socket
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import TZPATH, available_timezones

from sqlalchemy import URL

from bot.clock import SystemClock
from bot.config import Settings, load
from bot.errors import CircleBotError, ConfigError
from bot.i18n import Catalogue
from bot.ports import Store

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""No machine's clock can rightly show less."""
HEALTH_S = 3.0
"""How long to wait for the answer of a bot that may be running."""
LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` says what to do where it is not fine."""

    fine: bool
    what: str
    remedy: str = ""


async def examine(config: Path | None) -> list[Finding]:
    """Return everything that was looked at, in the order in which to mend it."""
    try:
        settings = load(config)
    except ConfigError as error:
        return [Finding(fine=False, what=f"settings: {problem}") for problem in error.problems]
    findings = [Finding(fine=True, what="settings: can be used")]
    findings += [Finding(fine=False, what=f"settings: {remark}") for remark in settings.remarks()]
    findings += [*_clock(), _languages(), _port(settings), _platforms(settings)]
    findings += await _database(settings)
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


def _platforms(settings: Settings) -> Finding:
    on = "the page in the browser" if settings.web.enabled else "none; [web] enabled = true serves the page"
    return Finding(fine=True, what=f"platforms switched on: {on}")


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

    served = ["web"] if settings.web.enabled else []

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
