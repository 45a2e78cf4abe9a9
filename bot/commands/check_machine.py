"""What is wrong with the machine: its clock, its time zones, its disk, and who may read the settings there."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final
from zoneinfo import TZPATH, available_timezones

import aiohttp

from bot.chat.findings import Finding
from bot.clock import SystemClock
from bot.config import DEFAULT_FILE, Settings
from bot.domain.operating import SKEW, Disk
from bot.pulse import disk_of
from bot.records import dataclass
from storage.engine import parsed

BUILT: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""No machine's clock can rightly show less."""
OLD_ZONES: Final = 2
"""Zone data that are so many years old lack what governments have decided since."""
PATIENCE_S: Final = 5.0
_FAR_AWAY: Final = ("nfs", "cifs", "smb", "sshfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "fuse.glusterfs")
_SYNCHRONISE: Final = "Switch on time synchronisation (NTP), such as `timedatectl set-ntp true`."


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a machine says what is on it: the disks that are mounted, and its own zones, in the folders asked first."""

    mounts: Path = Path("/proc/mounts")
    zones: Sequence[str] = TZPATH
    now: Callable[[], datetime] = SystemClock().now


THIS: Final = Machine()


def secrecy(config: Path | None, settings: Settings) -> Iterator[Finding]:
    """Say whether others on this machine can read a settings file that holds secrets."""
    file = config or DEFAULT_FILE
    if os.name != "posix" or not file.exists():
        return
    mode = stat.S_IMODE(file.stat().st_mode)
    text = file.read_text(encoding="utf-8")
    if mode & 0o077 and any(secret in text for secret in settings.secrets()):
        yield Finding(
            fine=False,
            what=f"settings: others on this machine can read {file}, which holds a token or password",
            remedy=f"Run `chmod 600 {file}`. If somebody may have read it, have the platform give you a new token.",
        )


def clock(machine: Machine = THIS) -> Finding:
    """Say what time it is here."""
    now = machine.now()
    fine = now > BUILT
    remedy = "" if fine else f"This machine's clock is wrong. {_SYNCHRONISE}"
    return Finding(fine, f"clock: {now:%Y-%m-%d %H:%M} UTC", remedy)


def zones(machine: Machine = THIS) -> Finding:
    """Say whether time zones are known, and those of these years."""
    count, now = len(available_timezones()), machine.now()
    of_system = _of_system(machine)
    edition = of_system or version("tzdata")
    whose = f"the system's, {edition}" if of_system else f"the package tzdata, {edition}"
    year = int(edition[:4]) if edition[:4].isdecimal() else now.year
    if not count:
        return Finding(fine=False, what="time zones: none are known", remedy="Install the package tzdata.")
    if now.year - year >= OLD_ZONES:
        remedy = (
            "Update the system's package tzdata: countries have changed their clocks since, and meetings would be at "
            "the wrong hour."
        )
        return Finding(fine=False, what=f"time zones: {count} known, but they are old ({whose})", remedy=remedy)
    return Finding(fine=True, what=f"time zones: {count} known ({whose})")


def _of_system(machine: Machine) -> str:
    """Return the edition of the system's zones, which are asked first; empty where there are none."""
    for folder in map(Path, machine.zones):
        for name in ("tzdata.zi", "+VERSION"):
            if (folder / name).is_file():
                with (folder / name).open(encoding="utf-8", errors="replace") as file:
                    return file.readline().removeprefix("# version ").strip()
    return ""


def room_on(found: Disk) -> Finding:
    """Say how much room a disk has, and what to do where that is too little."""
    free = f"{found.free / 1_000_000_000:.1f} of {found.total / 1_000_000_000:.1f} GB are free"
    remedy = "Make room: a full disk lets nobody answer." if found.is_low else ""
    return Finding(not found.is_low, f"disk: {free} where the {found.what} is", remedy)


def disk(settings: Settings, machine: Machine = THIS) -> Iterator[Finding]:
    """Say whether there is room where the database lies, and whether that is a disk that SQLite can lock files on."""
    address = parsed(settings.database.url.get_secret_value())
    if address.get_backend_name() != "sqlite":
        return
    folder = Path(str(address.database)).absolute().parent
    found = disk_of("database", folder)
    if found is None:
        return  # the database says so
    yield room_on(found)
    kind = _kind_of(folder, machine)
    if kind.startswith(_FAR_AWAY):
        yield Finding(
            fine=False,
            what=f"disk: the database lies on another machine's disk ({kind})",
            remedy="SQLite can lose what is written there. Put the file on a disk of this machine, or use PostgreSQL.",
        )


def _kind_of(folder: Path, machine: Machine) -> str:
    """Return the kind of file system that holds a folder, empty where that cannot be told."""
    try:
        lines = machine.mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    mounted = {fields[1].replace("\\040", " "): fields[2] for line in lines if len(fields := line.split()) > 2}  # noqa: PLR2004  # what, where, of what kind
    around = [str(one) for one in (folder, *folder.parents)]
    return next((mounted[one] for one in around if one in mounted), "")


async def clocks_elsewhere(addresses: Mapping[str, str]) -> list[Finding]:
    """Compare our clock with those of the platforms, at their addresses by what people call them."""
    found = []
    patience = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(timeout=patience) as session:
        for called, address in addresses.items():
            try:
                async with session.head(address, allow_redirects=False) as response:
                    there = parsedate_to_datetime(response.headers.get("Date", ""))
            except (aiohttp.ClientError, OSError, ValueError):
                continue  # that it does not answer is said elsewhere
            found += _compared(called, SystemClock().now() - there.astimezone(UTC))
    return found


def _compared(called: str, ahead: timedelta) -> list[Finding]:
    if abs(ahead) <= SKEW:
        return []
    which = "ahead of" if ahead > timedelta(0) else "behind"
    span = timedelta(seconds=round(abs(ahead).total_seconds()))
    return [
        Finding(
            fine=False,
            what=f"clock: {span} {which} {called}'s",
            remedy=f"Reminders would come at the wrong time. {_SYNCHRONISE}",
        )
    ]
