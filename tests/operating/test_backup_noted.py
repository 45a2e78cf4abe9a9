"""A backup is noted where operators look."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from bot.clock import SystemClock
from bot.commands.backup import back_up, bring_back
from bot.config import DatabaseSettings, Settings
from bot.domain.operating import LAST_BACKUP
from storage.engine import Database


def test_status_knows_when_the_last_backup_was_made(sqlite_url: str, tmp_path: Path) -> None:
    """Whoever makes it, and wherever it goes."""
    back_up(_at(sqlite_url), tmp_path / "one.backup", overwrite=False)
    assert _noted(sqlite_url).tzinfo is not None


def test_after_a_restore_status_knows_the_backup_that_was_restored(sqlite_url: str, tmp_path: Path) -> None:
    """Also on a new machine: what is there now was last backed up when that backup was made."""
    file, before = tmp_path / "one.backup", SystemClock().now().replace(microsecond=0)
    back_up(_at(sqlite_url), file, overwrite=False)
    after, fresh = SystemClock().now(), f"sqlite:///{tmp_path / 'fresh.db'}"
    bring_back(_at(fresh), file, lambda _: True)
    assert before <= _noted(fresh) <= after


def _at(url: str) -> Settings:
    return Settings(database=DatabaseSettings(url=SecretStr(url)))


def _noted(url: str) -> datetime:
    """Return when the last backup was made, as it is noted there."""

    async def noted() -> str | None:
        database = Database.open(url)
        try:
            return await database.read(lambda store: store.settings.get(LAST_BACKUP))
        finally:
            await database.close()

    at = asyncio.run(noted())
    assert at is not None
    return datetime.fromisoformat(at)
