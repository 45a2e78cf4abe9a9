"""Zone data change after meetings were planned: the meetings ahead follow, by the notices that this plans."""

from __future__ import annotations

import json
import logging
import zoneinfo
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.meetings import as_clocks_go, is_true
from bot.domain.notices import ClocksChanged, Due
from bot.ports import Storage, Store

log = logging.getLogger(__name__)

_COMPARED = "zones:compared"
"""What the zone data were when meetings were last compared with them: a digest for each zone."""


async def follow_new(storage: Storage, now: datetime) -> None:
    """Have the meetings ahead follow zone data that have come since they were last compared: a quick look, if none."""
    kept, digests = await storage.read(lambda store: (store.settings.get(_COMPARED), _digests(store, now)))
    compared = json.loads(kept or "{}")
    if any(digest != compared.get(zone) for zone, digest in digests.items()):
        await follow(storage, now)


async def follow(storage: Storage, now: datetime) -> None:
    """Have the meetings ahead follow zone data that have changed since they were planned.

    It looks at each, also where the data are those of the last time: another process may have planned by older ones.
    """
    ZoneInfo.clear_cache()  # the files may have changed under a process that runs for months
    digests = await storage.read(
        lambda store: _digests(store, now)
    )  # first: what changes meanwhile shows the next time
    zones = await storage.read(  # compared there, on a thread: taps do not wait for it
        lambda store: {zone for zone, local, at in store.meetings.clocks(now) if not is_true(zone, local, at)}
    )
    if zones:
        log.warning("the clocks go otherwise than was known in %s: meetings there follow", ", ".join(sorted(zones)))
        for community in await storage.read(lambda store: store.communities.all()):
            await storage.transact(partial(_tell, community=community.id, now=now))
    await storage.transact(lambda store: store.settings.put(_COMPARED, json.dumps(digests)))


def _tell(store: Store, *, community: int, now: datetime) -> None:
    for circle in store.circles.of_community(community):
        ahead = [one for one in store.meetings.of_circle(circle.id) if one.is_on and not one.has_started(now)]
        if any(as_clocks_go(one) is not one for one in ahead):
            key = f"{ClocksChanged.kind}:{circle.id}"
            store.deliveries.send_again(Due(key, ClocksChanged(circle.id), now, circle=circle.id))


def _digests(store: Store, now: datetime) -> Mapping[str, str]:
    """Return the digests of the data of all zones in which meetings are planned."""
    return {zone: blake2b(_data(zone), digest_size=8).hexdigest() for zone in sorted(store.meetings.zones(now))}


def _data(zone: str) -> bytes:
    """Return what `ZoneInfo` would read of a zone: the machine's file, or that of the package beside Python."""
    for folder in zoneinfo.TZPATH:
        if (file := Path(folder, zone)).is_file():
            return file.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
