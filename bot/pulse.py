"""How this process is: what it serves, since when, and how much room its disks have."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from bot.chat.adapter import Adapter
from bot.chat.told_time import ToldTime
from bot.chat.trying import Troubles
from bot.clock import Clock
from bot.domain.operating import TOKEN_REFUSED, Disk, PlatformHealth, Vitals


def this_version() -> str:
    """Return the version of the program, as it was installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # reads files: not for every start

    try:
        return version("circlebot")
    except PackageNotFoundError:  # run from a copy of the code
        return "unknown"


def disk_of(what: str, path: Path) -> Disk | None:
    """Return the disk on which something lies, None where it cannot be told."""
    try:
        usage = shutil.disk_usage(path)
    except OSError:
        return None
    return Disk(what, usage.free, usage.total)


class Pulse:
    """What can be told of this process at any moment, without asking anybody.

    `disks` looks at the disks. `elected` and `stands_by` name the platforms for which this process sends, and those
    which another one serves.
    """

    def __init__(
        self,
        clock: Clock,
        adapters: Mapping[str, Adapter],
        *,
        disks: Callable[[], Sequence[Disk]] = tuple,
        elected: Callable[[], Collection[str]] = tuple,
        stands_by: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self.started_at = clock.now()
        self.disks = disks
        self.elected = elected
        self.stands_by = stands_by
        self.refused: dict[str, str] = {}
        """Platforms that did not know the bot by its token when it wanted to begin, with what to do."""
        self._adapters = adapters

    @cached_property
    def version(self) -> str:
        """The version of the program."""
        return this_version()

    def vitals(self) -> Vitals:
        """Return how this process is."""
        return Vitals(self.version, self.started_at, self.platforms(), self.disks())

    def platforms(self) -> dict[str, PlatformHealth]:
        """Return how each platform is."""
        elected, stands_by = self.elected(), self.stands_by()
        return {
            name: PlatformHealth(
                is_up=_is_up(adapter) and name not in self.refused,
                trouble=TOKEN_REFUSED if name in self.refused else _trouble(adapter),
                is_elected=name in elected,
                stands_by=name in stands_by,
            )
            for name, adapter in self._adapters.items()
        }

    def limits(self) -> dict[str, tuple[float, int]]:
        """Return by platform the seconds waited for its limits, and how often it asked to wait."""
        return {
            name: (adapter.pacing.waited_s, adapter.pacing.asked_to_wait) for name, adapter in self._adapters.items()
        }

    def reconnects(self) -> dict[str, int]:
        """Return by platform how often its connection worked again after it had not."""
        found = {name: _troubles(adapter) for name, adapter in self._adapters.items()}
        return {name: troubles.times_over for name, troubles in found.items() if troubles is not None}

    def skews(self) -> dict[str, timedelta]:
        """Return by how much this machine's clock is ahead of each platform's, where one has told the time."""
        told = {name: getattr(adapter, "told_time", None) for name, adapter in self._adapters.items()}
        ahead = {name: clock.ahead() for name, clock in told.items() if isinstance(clock, ToldTime)}
        return {name: by for name, by in ahead.items() if by is not None}


def _is_up(adapter: Adapter) -> bool:
    """Whether a platform is served: one that does not say so needs nobody's answer, and is."""
    is_up = getattr(adapter, "is_up", None)
    return bool(getattr(adapter, "is_running", True)) if is_up is None else bool(is_up.is_set())


def _troubles(adapter: Adapter) -> Troubles | None:
    found = getattr(adapter, "troubles", None)
    return found if isinstance(found, Troubles) else None


def _trouble(adapter: Adapter) -> str:
    troubles = _troubles(adapter)
    return troubles.kind if troubles else ""
