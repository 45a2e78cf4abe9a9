"""What monitoring is told of a bot that runs: whether it is ready, and its metrics."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from aiohttp.web import RouteDef

from adapters.web import monitoring
from bot.assembly import Bot
from bot.domain.operating import Disk, PlatformHealth, Queue
from bot.errors import ConfigError, StorageBusy
from bot.metrics import CONTENT_TYPE, Metrics, Sources
from bot.pulse import disk_of
from storage.engine import Database, parsed
from storage.migrate import is_current

KEPT_S = 1.0
"""For how many seconds what was found is told again, however many ask."""
MIGRATED_S = 60.0
"""For how many seconds the database's tables are taken to be this version's."""


def disks_of(url: str) -> Sequence[Disk]:
    """Return the disk that holds an SQLite file; without one, the one on which the program works."""
    path = file_of(url)
    disk = disk_of("database", path.parent) if path else disk_of("working folder", Path.cwd())
    return (disk,) if disk else ()


def file_of(url: str) -> Path | None:
    """Return the file of an SQLite database, None for a server."""
    address = parsed(url)
    return Path(str(address.database)).absolute() if address.get_backend_name() == "sqlite" else None


def routes(bot: Bot, database: Database, token: str) -> list[RouteDef]:
    """Return what monitoring may ask for on our server."""
    metrics = Metrics(sources(bot, database))
    return monitoring.routes(Readiness(bot, database).found, metrics.page, token=token, content_type=CONTENT_TYPE)


def sources(bot: Bot, database: Database) -> Sources:
    """Return where the numbers of a bot stand."""
    file = file_of(database.url)

    async def queue() -> Queue | None:
        now = bot.clock.now()
        try:
            return await database.read(lambda store: store.watching.queue(now))
        except StorageBusy:
            return None

    return Sources(
        acts=bot.router.acts,
        ended=bot.scheduler.ledger.ended,
        late=bot.scheduler.ledger.late,
        works=database.works,
        batches=lambda: database.batches,
        under_way=lambda: database.under_way,
        size=lambda: _size(file) if file else None,
        platforms=bot.pulse.platforms,
        limits=bot.pulse.limits,
        reconnects=bot.pulse.reconnects,
        disks=bot.pulse.disks,
        concerns=lambda: sorted({str(found.concern) for found in bot.scheduler.watch.found}),
        queue=queue,
        now=bot.clock.now,
        started_at=bot.pulse.started_at,
        version=lambda: bot.pulse.version,
    )


def _size(file: Path) -> int:
    """Return how many bytes a database takes, with what is yet to go into its file."""
    return sum(part.stat().st_size for part in (file, file.with_name(f"{file.name}-wal")) if part.exists())


class Readiness:
    """Whether people can be served now; asking often costs nothing."""

    def __init__(self, bot: Bot, database: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._bot = bot
        self._database = database
        self._found: Mapping[str, object] = {}
        self._found_at = self._current_at = float("-inf")

    async def found(self) -> Mapping[str, object]:
        """Return what was found: "ok", the parts one by one, and "missing" in words."""
        now = self._monotonic()
        if now - self._found_at > KEPT_S:
            self._found, self._found_at = await self._look(), now
        return self._found

    async def _look(self) -> Mapping[str, object]:
        database = await self._state_of_database()
        found = self._bot.pulse.platforms()
        platforms = {name: _state_of(health) for name, health in found.items()}
        has_stood = self._bot.scheduler.has_stood
        courier = {name: _part_of(health, has_stood=has_stood) for name, health in found.items()}
        missing = [f"the database {database}"] if database != "ok" else []
        missing += [f"{name} is {state}" for name, state in platforms.items() if state not in {"up", "standby"}]
        return {
            "ok": not missing,
            "missing": missing,
            "database": database,
            "platforms": platforms,
            "courier": courier,
            "version": self._bot.pulse.version,
        }

    async def _state_of_database(self) -> str:
        try:
            await self._database.read(lambda store: store.settings.get(""))
            if self._monotonic() - self._current_at > MIGRATED_S:
                if not await asyncio.to_thread(is_current, self._database.url):
                    return "is at an older version: run `circlebot migrate`"
                self._current_at = self._monotonic()
        except StorageBusy:  # anybody may ask: which server, and what it says, is for the log
            return "cannot be reached"
        except ConfigError:
            return "was written by another release"
        return "ok"


def _part_of(health: PlatformHealth, *, has_stood: bool) -> str:
    """Return this process's part in sending what is due on a platform."""
    if health.is_elected:
        return "elected"
    return "standby" if has_stood or health.stands_by else "idle"


def _state_of(health: PlatformHealth) -> str:
    if health.stands_by:
        return "standby"
    if health.is_up and not health.trouble:
        return "up"
    return f"down ({health.trouble})" if health.trouble else "not up yet"
