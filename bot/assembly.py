"""The composition root: parts in, running bot out. The only module that sees everything."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from bot.charts import draw
from bot.chat.adapter import Ability, Adapter
from bot.clock import Clock
from bot.dates import WrittenDates
from bot.domain.bounds import KEPT, Kept
from bot.domain.operating import Disk, Vitals
from bot.domain.people import Account
from bot.errors import GaveUp, TokenRejected
from bot.feature import Feature, Route
from bot.features.calendars.handlers import calendars
from bot.features.circles.handlers import circles
from bot.features.communities.handlers import communities
from bot.features.digests.handlers import digests
from bot.features.feedback.handlers import feedback
from bot.features.meetings.handlers import meetings
from bot.features.operating.handlers import operating_feature
from bot.features.people.handlers import people_feature
from bot.features.rsvps.handlers import rsvps
from bot.flood import Flood
from bot.i18n import Catalogue
from bot.narrator import Narrator
from bot.ports import Storage
from bot.pulse import Pulse
from bot.router import Means, Router
from scheduler.means import Draw
from scheduler.planner import Planner
from scheduler.service import Scheduler
from scheduler.watch import Eyes, Watch

log = logging.getLogger(__name__)


def features(vitals: Callable[[], Vitals] = Vitals) -> tuple[Feature, ...]:
    """Return everything the bot does, in the order of its menus; what tells people of it knows all the others.

    `vitals` tells how this process is.
    """

    def routes() -> Sequence[Route]:
        return [route for feature in everything for route in feature.routes]

    everything = (
        meetings,
        rsvps,
        feedback,
        circles,
        calendars,
        communities,
        digests,
        people_feature(routes),
        operating_feature(vitals),
    )
    return everything


def nowhere(platform: str) -> str:  # noqa: ARG001  # the same wherever one asks from
    """Have no server that people reach."""
    return ""


@dataclass(frozen=True)
class AdapterLinks:
    """Implements `bot.ports.Links`: every platform knows its own addresses."""

    adapters: Mapping[str, Adapter]
    address: Callable[[str], str] = nowhere
    """Tells at what address the people of a platform reach our own server; empty where they cannot."""

    def platforms(self) -> Sequence[str]:
        """Return the platforms that are served."""
        return list(self.adapters)

    def start(self, platform: str, payload: str) -> str:
        """Return the address that opens the private chat on a platform, empty where there is none."""
        adapter = self.adapters.get(platform)
        return adapter.start_link(payload) if adapter else ""

    def group(self, platform: str, payload: str) -> str:
        """Return the address that adds the bot to a group on a platform, empty where there is none."""
        adapter = self.adapters.get(platform)
        return adapter.group_link(payload) if adapter else ""

    def calendar(self, platform: str, token: str) -> str:
        """Return the address of a calendar feed, empty where people of a platform cannot reach our server."""
        address = self.address(platform)
        return f"{address}/calendar/{token}.ics" if address else ""

    def can(self, platform: str, ability: Ability) -> bool:
        """Return whether a platform that is served has an ability."""
        adapter = self.adapters.get(platform)
        return adapter is not None and ability in adapter.abilities


@dataclass
class Bot:
    """The parts, put together."""

    storage: Storage
    clock: Clock
    catalogue: Catalogue
    planner: Planner
    narrator: Narrator
    router: Router
    scheduler: Scheduler
    adapters: Mapping[str, Adapter]
    pulse: Pulse

    async def run(self) -> None:
        """Serve every platform and send what is due, until cancelled; then finish what is under way."""
        async with AsyncExitStack() as closing:
            await self.scheduler.start()
            closing.push_async_callback(self.scheduler.stop)
            async with asyncio.TaskGroup() as platforms:
                for platform, adapter in self.adapters.items():
                    platforms.create_task(self._serve(platform, adapter), name=f"adapter:{platform}")
                try:
                    await self.scheduler.hopeless.wait()
                    raise GaveUp(self.scheduler.watch.hopeless)
                finally:  # before the adapters: what is being posted needs them
                    self.scheduler.begin_to_stop()

    async def _serve(self, platform: str, adapter: Adapter) -> None:
        """Serve a platform. Where it does not know the bot's token, the others go on, if there are any."""
        try:
            await self.scheduler.duty.serve(platform, partial(adapter.run, self.router))
        except TokenRejected as rejected:
            self.pulse.refused[platform] = str(rejected)
            if self.pulse.refused.keys() == self.adapters.keys():
                raise GaveUp("\n".join(self.pulse.refused.values())) from None
            log.error("%s Everything else goes on.", rejected)  # noqa: TRY400  # it says what helps
            self.scheduler.look_soon()


def assemble(  # noqa: PLR0913  # what a bot is made of, by name
    storage: Storage,
    clock: Clock,
    adapters: Sequence[Adapter],
    catalogue: Catalogue | None = None,
    zone: str = "UTC",
    *,
    flood: Flood | None = None,
    address: Callable[[str], str] = nowhere,
    operators: Sequence[tuple[str, str]] = (),
    disks: Callable[[], Sequence[Disk]] = tuple,
    kept: Kept = KEPT,
    draw: Draw = draw,
) -> Bot:
    """Return the bot over an open, migrated storage. Starts nothing. Without `flood`, nobody is held up.

    The catalogue's default language and `zone` hold for people and communities that have said nothing. `address` tells
    at what address people reach our own server, if they do. `operators` are the accounts (platform, user) of those who
    run the bot; `disks` looks at the disks that they want to hear of. `kept` says for how long what is over is kept.
    `draw` turns charts into pictures.
    """
    by_platform = {adapter.platform: adapter for adapter in adapters}
    catalogue = catalogue or Catalogue()
    calendars = [adapter.platform for adapter in adapters if Ability.KEEP_EVENTS in adapter.abilities]
    planner, links = Planner(calendars), AdapterLinks(by_platform, address)
    pulse = Pulse(clock, by_platform, disks=disks)
    everything = features(pulse.vitals)
    narrator = Narrator(everything, catalogue, planner, links)
    eyes = Eyes(pulse.platforms, disks, pulse.skews, given_up=lambda: scheduler.ledger.given_up)
    watch = Watch(storage, clock, [Account(platform, user, "") for platform, user in operators], eyes)
    scheduler = Scheduler(storage, clock, narrator, planner, by_platform, draw=draw, watch=watch, kept=kept)
    pulse.elected, pulse.stands_by = lambda: scheduler.elected, lambda: scheduler.duty.standing_by
    means = Means(storage, clock, catalogue, planner, WrittenDates(), links, zone, frozenset(operators))
    router = Router(means, everything, scheduler.wake, scheduler.drew, flood)
    return Bot(storage, clock, catalogue, planner, narrator, router, scheduler, by_platform, pulse)
