"""What is wrong with the database, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import URL, select

from bot.chat.findings import Finding
from bot.clock import SystemClock
from bot.config import Settings
from bot.errors import CircleBotError, ConfigError
from bot.ports import Store
from storage import sqlite
from storage.engine import Database, parsed
from storage.migrate import HEAD, is_known, revision_of
from storage.store import SqlStore
from storage.tables import leases

LATE: Final = timedelta(minutes=10)


def is_to_be_made(address: URL) -> bool:
    """Say whether it is a file that is not there yet, in a folder that is."""
    file = Path(str(address.database))
    return address.get_backend_name() == "sqlite" and file.parent.is_dir() and not file.exists()


async def database(settings: Settings, served: Collection[str]) -> list[Finding]:
    """Say whether the database can be used and is this release's, and whether what is due goes out.

    `served` are the platforms that are switched on.
    """
    url = settings.database.url.get_secret_value()
    address = parsed(url)
    barred = _barred(address)
    if barred is not None:
        return [barred]
    if is_to_be_made(address):
        return [Finding(fine=True, what="database: there is none yet; `circlebot run` makes it")]
    try:
        revision = revision_of(url)
    except CircleBotError as error:
        return [_out_of_reach(error)]
    if revision != HEAD:
        return [_of_another_release(revision)]
    opened = Database.open(url)
    try:
        found = await opened.read(lambda store: _waiting(store, list(served), SystemClock().now()))
        found += await opened.read(lambda store: _senders(store, address, SystemClock().now()))
    except CircleBotError as error:
        return [Finding(fine=False, what=f"database: cannot be read ({error})", remedy="Look at [database] url.")]
    finally:
        await opened.close()
    return [Finding(fine=True, what=f"database: at version {HEAD}"), *found]


def _barred(address: URL) -> Finding | None:
    """Return what keeps us from writing an SQLite file, None where nothing does."""
    if address.get_backend_name() != "sqlite":
        return None
    barred = sqlite.barred(Path(str(address.database)))
    return Finding(fine=False, what=barred.what, remedy=barred.remedy) if barred else None


def _out_of_reach(error: CircleBotError) -> Finding:
    remedy = "Look at [database] url: the server must run and know the user, the password and the database."
    if isinstance(error, ConfigError):
        return Finding(fine=False, what=str(error), remedy="`circlebot restore FILE` keeps what is there, as it is.")
    return Finding(fine=False, what=f"database: cannot be reached ({error})", remedy=remedy)


def _of_another_release(revision: str | None) -> Finding:
    if revision is not None and not is_known(revision):
        return Finding(
            fine=False,
            what=f"database: a newer release wrote it (at version {revision}; this one knows {HEAD})",
            remedy="Install that release, or a newer one; or restore a backup from before the update.",
        )
    return Finding(
        fine=False,
        what=f"database: not at version {HEAD} ({'there are no tables yet' if revision is None else f'at {revision}'})",
        remedy="Back it up (`circlebot backup FILE`), then run `circlebot migrate`; `run` migrates it, too.",
    )


def _waiting(store: Store, served: list[str], now: datetime) -> list[Finding]:
    """Say whether what is due has waited for too long."""
    ours, oldest = store.deliveries.next_due(served), store.deliveries.next_due()
    elsewhere = oldest if oldest != ours else None
    late, lost = (now - one.due.due_at if one else timedelta(0) for one in (ours, elsewhere))
    found = []
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


def _senders(store: SqlStore, address: URL, now: datetime) -> list[Finding]:
    """Say which processes send just now, and whether they may share this database."""
    sending = select(leases.c.holder).where(leases.c.until > now)
    holders = set(store.connection.scalars(sending))
    machines = {holder.rpartition("/")[0] for holder in holders}
    if address.get_backend_name() == "sqlite" and len(machines) > 1:
        return [
            Finding(
                fine=False,
                what=f"processes: bots on several machines use this SQLite file ({', '.join(sorted(holders))})",
                remedy="Stop all but one, or move to PostgreSQL: `circlebot backup`, then `restore` into it.",
            )
        ]
    return [Finding(fine=True, what=f"processes: {', '.join(sorted(holders))} sends")] if holders else []
