"""`circlebot backup` and `circlebot restore`: everything in one file, and back from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bot.clock import SystemClock
from bot.commands.standing import counted, moment, standing
from bot.config import Settings
from bot.domain.operating import LAST_BACKUP
from bot.errors import CalledOff, StorageBusy
from storage.backup import back_up as copy_into
from storage.backup import beside, sqlite_url
from storage.engine import Database, parsed
from storage.replacing import put_back, refuse_running
from storage.restoring import unpack

_VALID_AGAIN = (
    "Sign-ins, invitations and calendar addresses that were taken back after the backup work again: "
    "take them back once more."
)


def back_up(settings: Settings, file: Path, *, overwrite: bool) -> str:
    """Copy the database into `file`, and return in a sentence what was done."""
    url, now = settings.database.url.get_secret_value(), SystemClock().now()
    made = copy_into(url, file, version=version("circlebot"), now=now, overwrite=overwrite)
    with suppress(StorageBusy):  # the backup is made, whether or not operators see when
        asyncio.run(_note(url, now))
    size = file.stat().st_size / 1_000_000
    return f"Backed up into {file}: {counted(made.rows)}; {sum(made.rows.values()):,} rows, {size:.1f} MB."


async def _note(url: str, now: datetime) -> None:
    """Let operators see when the last backup was made."""
    database = Database.open(url)
    try:
        await database.transact(lambda store: store.settings.put(LAST_BACKUP, now.isoformat()))
    finally:
        await database.close()


def bring_back(settings: Settings, file: Path, confirm: Callable[[str], bool]) -> str:
    """Verify the backup in `file`, put it in the place of the database, and return what was done.

    `confirm` is asked before anything is made or replaced. Raises `CalledOff` where it says no, and `StorageBusy` while
    the bot runs, before it is asked.
    """
    url, now = settings.database.url.get_secret_value(), SystemClock().now()
    with beside(_work_folder(url, file) / "restore") as folder:
        unpacked = unpack(file, folder)
        refuse_running(url)  # after the file was found whole: nobody stops the bot for one that is not
        made = unpacked.manifest
        what = (
            f"{file} is whole: Circlebot {made.version}, {moment(made.made_at)}.\n"
            f"It takes the place of all that is in {_named(url)} now.\n"
            f"  in the backup: {standing(sqlite_url(unpacked.path))}\n"
            f"  there now:     {standing(url)}"
        )
        if not confirm(what):
            raise CalledOff("Nothing was changed.")
        done = put_back(url, unpacked, _keep(url, file, now), version=version("circlebot"), now=now)
        with suppress(StorageBusy):  # it is put back, whether or not operators see of when it is
            asyncio.run(_note(url, made.made_at))
    said = [f"Restored from {file}: {counted(made.rows)}."]
    if done.kept and done.is_backup:
        said.append(f"What was there before is kept in {done.kept}: `circlebot restore` brings it back, too.")
    elif done.kept:
        said.append(f"The database was damaged or another program's; it is kept, as it is, in {done.kept}.")
    if done.dropped:
        messages = "message was" if done.dropped == 1 else "messages were"
        said.append(
            f"{done.dropped:,} {messages} due before now and may have been sent after the backup: not sent again."
        )
    return "\n".join([*said, _VALID_AGAIN, "Start the bot: `circlebot run`."])


def _place(url: str, file: Path) -> Path:
    """Return the folder of the database, which may not be there yet, or of the backup where that is on a server."""
    address = parsed(url)
    if address.get_backend_name() != "sqlite":
        return file.absolute().parent
    return Path(str(address.database)).resolve().parent


def _work_folder(url: str, file: Path) -> Path:
    """Return the folder in which to work: on the disk of the database, where it is a file, and there already."""
    place = _place(url, file)
    return next(folder for folder in (place, *place.parents) if folder.is_dir())


def _named(url: str) -> str:
    """Return how to call the database: its file, or its name and server, without the password."""
    address = parsed(url)
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    return f"the database {address.database} on {address.host or 'this machine'}"


def _keep(url: str, file: Path, now: datetime) -> Path:
    """Return where what is replaced is kept: beside the database file, or beside the backup."""
    name = Path(str(parsed(url).database)).name
    return _place(url, file) / f"{name}.before-restore-{now:%Y%m%d-%H%M%S}"
