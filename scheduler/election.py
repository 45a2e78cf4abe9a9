"""Who speaks for the bot on a platform: one process at a time, so that the platform's limits hold for all of them.

Elected by a lease in the database that lapses by itself; whoever wakes next takes it over. Where a platform talks to
one process only, the same lease says which one serves it (`scheduler.duty`).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Collection
from contextlib import suppress
from functools import cache
from pathlib import Path

from bot.clock import Clock, after
from bot.ports import Store

TERM_S = 20.0
"""For how many real seconds one is elected; renewed while there is work."""


def this_process() -> str:
    """Return a name for this process: whoever starts anew under it on this host has certainly outlived the former."""
    return f"{_this_host()}/{os.getpid()}"


@cache
def _this_host() -> str:
    """Return where this process is, as far as its number alone names it.

    Machines and containers may share a host's name, and each counts its processes by itself: so it says, too, which
    machine that is, and by what it counts.
    """
    try:
        counting = os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116  # of a link's target, on Linux alone
    except OSError:
        counting = 0
    return f"{socket.gethostname()[:32]}/{_this_machine()}/{counting:x}"


def _this_machine() -> str:
    """Return what no other machine has: of its start, or of its installation where that is not to be seen."""
    for place in ("/proc/sys/kernel/random/boot_id", "/etc/machine-id"):
        with suppress(OSError):
            if told := Path(place).read_text(encoding="ascii").strip():
                return told[:8]
    return ""


def is_dead(holder: str) -> bool:
    """Whether a holder was a process of this host that is no more: nobody has to wait for its lease to lapse."""
    host, _, process = holder.rpartition("/")
    if os.name != "posix" or host != _this_host() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)  # asks whether it lives, and does nothing to it
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


class Election:
    """One process among those that share a database. `alone` are the platforms that talk to one process only."""

    def __init__(self, clock: Clock, holder: str, platforms: Collection[str], alone: Collection[str] = ()) -> None:
        self.holder = holder
        self.alone = frozenset(alone)
        self._clock = clock
        self._platforms = platforms
        self._served: set[str] = set()
        self._fresh = True

    @property
    def open_to_us(self) -> list[str]:
        """The platforms for which this process may stand: of those that talk to one process only, those it serves."""
        return [platform for platform in self._platforms if platform not in self.alone or platform in self._served]

    def stand(self, store: Store) -> frozenset[str]:
        """Return the platforms for which this process speaks for now. Runs in a transaction."""
        if self._fresh:  # a former process of our name left what it had taken
            store.deliveries.free(self.holder)
        return frozenset(platform for platform in self.open_to_us if self.take(store, platform))

    def stood(self) -> None:
        """Note that `stand` was committed."""
        self._fresh = False

    def serves(self, platform: str) -> None:
        """Note that this process, which is elected for it, serves a platform that talks to one process only."""
        self._served.add(platform)

    def serves_no_more(self, platform: str) -> None:
        """Note that it does not any more: it does not stand for it either."""
        self._served.discard(platform)

    def take(self, store: Store, platform: str) -> bool:
        """Be elected for a platform, or stay so, unless another is. Runs in a transaction."""
        now, until = self._clock.now(), after(self._clock, TERM_S)
        name = _lease(platform)
        former = store.lease_holder(name)
        # Also where its term is over already: what it had taken is leased for longer than that.
        if former is not None and former != self.holder and is_dead(former):
            store.deliveries.free(former)
            store.release_lease(name, former)
        return store.take_lease(name, self.holder, now, until)

    def resign(self, store: Store) -> None:
        """Let somebody else be elected at once. Runs in a transaction."""
        store.deliveries.free(self.holder)
        for platform in self._platforms:
            store.release_lease(_lease(platform), self.holder)


def _lease(platform: str) -> str:
    return f"courier:{platform}"
