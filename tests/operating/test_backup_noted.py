"""A backup is noted where operators look."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from bot.commands.backup import back_up
from bot.config import DatabaseSettings, Settings
from bot.domain.operating import LAST_BACKUP
from storage.engine import Database


def test_status_knows_when_the_last_backup_was_made(sqlite_url: str, tmp_path: Path) -> None:
    """Whoever makes it, and wherever it goes."""
    back_up(Settings(database=DatabaseSettings(url=SecretStr(sqlite_url))), tmp_path / "one.backup", overwrite=False)

    async def noted() -> str | None:
        database = Database.open(sqlite_url)
        try:
            return await database.read(lambda store: store.settings.get(LAST_BACKUP))
        finally:
            await database.close()

    at = asyncio.run(noted())
    assert at is not None
    assert datetime.fromisoformat(at).tzinfo is not None
