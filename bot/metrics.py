"""What the bot counts, as Prometheus reads it: every metric is declared here, with what it means.

Parts keep plain numbers where things happen (`bot.tallies`); they are gathered when somebody asks, and only then is the
library imported. No label holds anything of people's, and each has few values.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.domain.operating import MANY, Disk, PlatformHealth, Queue
from bot.records import dataclass
from bot.tallies import Spread, Spreads, Tally

if TYPE_CHECKING:
    from prometheus_client.core import Metric as Family
    from prometheus_client.registry import CollectorRegistry

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
KEPT_S: Final = 5.0
"""For how many seconds what the database says of the queue is taken to be true, however often somebody asks."""


class Kind(Enum):
    """What sort of number it is."""

    COUNTER = "counter"
    """Only grows, until the bot is started anew."""
    GAUGE = "gauge"
    """Goes up and down."""
    HISTOGRAM = "histogram"
    """How values spread: how many there were up to each of some bounds, and their sum."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. A counter's name ends in _total."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


_ACT: Final = ("platform", "kind")
ACTS: Final = Metric(
    "circlebot_acts_total",
    Kind.COUNTER,
    "What people did, by platform, kind (press, command, typed, filled, opened, joined, left, moved) and outcome: "
    "answered, declined (with the reason), busy (told to try again), broken (our mistake), held_up (too much at once).",
    (*_ACT, "outcome"),
)
ANSWERS: Final = Metric(
    "circlebot_answer_seconds",
    Kind.HISTOGRAM,
    "Seconds from hearing of what somebody did until its answer stood in the database and was ready to be shown.",
    _ACT,
)
DELIVERIES: Final = Metric(
    "circlebot_deliveries_total",
    Kind.COUNTER,
    "What became of what was due, by platform and outcome: sent, step (time's own doing, without a message), dropped "
    "(no longer true, or too late), put_off (tried again later), unreachable (the room or person), given_up.",
    ("platform", "outcome"),
)
LATE: Final = Metric(
    "circlebot_delivery_late_seconds",
    Kind.HISTOGRAM,
    "Seconds from when a message was first due until it stood in its room.",
    ("platform",),
)
DUE: Final = Metric(
    "circlebot_queue_due", Kind.GAUGE, f"Deliveries that are due and not sent yet, counted up to {MANY}."
)
SOON: Final = Metric(
    "circlebot_queue_soon", Kind.GAUGE, f"Deliveries that will be due within the next hour, counted up to {MANY}."
)
LEASED: Final = Metric("circlebot_queue_leased", Kind.GAUGE, "Deliveries that some process has in hand at this moment.")
OLDEST: Final = Metric(
    "circlebot_queue_oldest_due_seconds",
    Kind.GAUGE,
    "Seconds since that was due which has been due for longest and is in no process's hands; 0 where nothing is.",
)
QUEUE_READ: Final = Metric(
    "circlebot_queue_readable", Kind.GAUGE, "1 if the database could be asked for the queue's figures just now, else 0."
)
LIMITS: Final = Metric(
    "circlebot_pacing_wait_seconds_total",
    Kind.COUNTER,
    "Seconds that messages have waited for a platform's limits, all taken together.",
    ("platform",),
)
ASKED: Final = Metric(
    "circlebot_pacing_refusals_total",
    Kind.COUNTER,
    "How often a platform itself asked us to wait (status 429).",
    ("platform",),
)
UP: Final = Metric(
    "circlebot_platform_up", Kind.GAUGE, "1 if the platform is served by this process and works, else 0.", ("platform",)
)
STANDBY: Final = Metric(
    "circlebot_platform_standby",
    Kind.GAUGE,
    "1 if another process serves the platform, and this one would take over, else 0.",
    ("platform",),
)
RECONNECTS: Final = Metric(
    "circlebot_platform_reconnects_total",
    Kind.COUNTER,
    "How often the connection to a platform worked again after it had not.",
    ("platform",),
)
ELECTED: Final = Metric(
    "circlebot_courier_elected",
    Kind.GAUGE,
    "1 if this process sends what is due on the platform; 0 if another one does, or nothing has been due yet.",
    ("platform",),
)
WORKS: Final = Metric(
    "circlebot_database_works_total",
    Kind.COUNTER,
    "What the database was asked to do, by what (read, write) and outcome: done, busy (it took nothing), refused "
    "(it was undone, such as what somebody may not do).",
    ("work", "outcome"),
)
WORK_SECONDS: Final = Metric(
    "circlebot_database_work_seconds",
    Kind.HISTOGRAM,
    "Seconds from asking the database for something until it was done and kept.",
    ("work",),
)
BATCHES: Final = Metric(
    "circlebot_database_batch_size",
    Kind.HISTOGRAM,
    "How many works were kept together, at the price of one (SQLite only).",
)
UNDER_WAY: Final = Metric(
    "circlebot_database_works_under_way", Kind.GAUGE, "Works that wait for the database, or run in it, at this moment."
)
SIZE: Final = Metric(
    "circlebot_database_size_bytes",
    Kind.GAUGE,
    "The size of the database's file with what is yet to go into it (SQLite).",
)
FREE: Final = Metric("circlebot_disk_free_bytes", Kind.GAUGE, "Bytes that are free on the disk.", ("disk",))
TOTAL: Final = Metric("circlebot_disk_size_bytes", Kind.GAUGE, "Bytes that the disk has.", ("disk",))
CONCERNS: Final = Metric(
    "circlebot_concern",
    Kind.GAUGE,
    "1 for what needs an operator and was there when this process last looked, by what it is.",
    ("concern",),
)
BUILD: Final = Metric("circlebot_build_info", Kind.GAUGE, "Always 1; the version is in the label.", ("version",))
STARTED: Final = Metric(
    "circlebot_start_time_seconds", Kind.GAUGE, "When this process began to serve, in Unix seconds."
)

METRICS: Final[Sequence[Metric]] = tuple(one for one in list(globals().values()) if isinstance(one, Metric))
"""Every metric of ours, in the order in which it is declared here; the library adds process_* and python_*."""

_Value = tuple[tuple[str, ...], float]


@dataclass(frozen=True)
class Sources:
    """Where the numbers stand; everything is asked anew each time, and quick. Those that are not there are left out."""

    acts: Spreads
    ended: Tally
    late: Spreads
    works: Spreads
    batches: Callable[[], Spread | None]
    under_way: Callable[[], int]
    size: Callable[[], int | None]
    platforms: Callable[[], Mapping[str, PlatformHealth]]
    limits: Callable[[], Mapping[str, tuple[float, int]]]
    """By platform: seconds waited for its limits, and how often it asked to wait."""
    reconnects: Callable[[], Mapping[str, int]]
    disks: Callable[[], Sequence[Disk]]
    concerns: Callable[[], Iterable[str]]
    queue: Callable[[], Awaitable[Queue | None]]
    """What the database says waits; None where it cannot be asked."""
    now: Callable[[], datetime]
    started_at: datetime
    version: Callable[[], str]


class Metrics:
    """The page that Prometheus reads."""

    def __init__(self, sources: Sources, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._sources = sources
        self._monotonic = monotonic
        self._queue: Queue | None = None
        self._asked_at: float | None = None
        self._registry: CollectorRegistry | None = None

    async def page(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        now = self._monotonic()
        if self._asked_at is None or now - self._asked_at >= KEPT_S:
            self._asked_at = now
            self._queue = await self._sources.queue()
        return await asyncio.to_thread(self._written)  # taps do not wait for it

    def collect(self) -> Iterator[Family]:
        """Yield each metric with its values: what the library asks of a collector."""
        from prometheus_client import core  # noqa: PLC0415  # as above

        made = {Kind.COUNTER: core.CounterMetricFamily, Kind.GAUGE: core.GaugeMetricFamily}
        for metric, values in self._plain():
            family = made[metric.kind](metric.name, metric.help, labels=metric.labels)
            for labels, value in values:
                family.add_metric(labels, value)
            yield family
        for metric, spreads in self._spread():
            histogram = core.HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
            for labels, spread in spreads:
                histogram.add_metric(labels, list(spread.cumulated()), spread.total)
            yield histogram

    def _written(self) -> bytes:
        from prometheus_client import exposition  # noqa: PLC0415  # whoever wants no metrics waits for none of it

        return exposition.generate_latest(self._collectors())

    def _collectors(self) -> CollectorRegistry:
        if self._registry is None:
            from prometheus_client import GCCollector, PlatformCollector, ProcessCollector  # noqa: PLC0415  # as above
            from prometheus_client.registry import CollectorRegistry  # noqa: PLC0415  # as above

            registry = CollectorRegistry(auto_describe=False)
            registry.register(self)
            for collector in (ProcessCollector, PlatformCollector, GCCollector):
                collector(registry=registry)
            self._registry = registry
        return self._registry

    def _plain(self) -> Iterator[tuple[Metric, Iterable[_Value]]]:
        """Yield counters and gauges."""
        of = self._sources
        platforms, limits = of.platforms(), of.limits()
        yield ACTS, [(_named(labels), sum(spread.counts)) for labels, spread in _items(of.acts)]
        yield DELIVERIES, list(of.ended.counts.items())
        yield from self._waiting()
        yield LIMITS, [((name,), seconds) for name, (seconds, _) in limits.items()]
        yield ASKED, [((name,), times) for name, (_, times) in limits.items()]
        yield UP, [((name,), health.is_up and not health.trouble) for name, health in platforms.items()]
        yield STANDBY, [((name,), health.stands_by) for name, health in platforms.items()]
        yield ELECTED, [((name,), health.is_elected) for name, health in platforms.items()]
        yield RECONNECTS, [((name,), times) for name, times in of.reconnects().items()]
        yield WORKS, [(labels, sum(spread.counts)) for labels, spread in _items(of.works)]
        yield UNDER_WAY, [((), of.under_way())]
        if (size := of.size()) is not None:
            yield SIZE, [((), size)]
        disks = of.disks()
        yield FREE, [((disk.what,), disk.free) for disk in disks]
        yield TOTAL, [((disk.what,), disk.total) for disk in disks]
        yield CONCERNS, [((concern,), 1) for concern in of.concerns()]
        yield BUILD, [((of.version(),), 1)]
        yield STARTED, [((), of.started_at.timestamp())]

    def _waiting(self) -> Iterator[tuple[Metric, Iterable[_Value]]]:
        queue = self._queue
        yield QUEUE_READ, [((), queue is not None)]
        if queue is not None:
            age = (self._sources.now() - queue.oldest).total_seconds() if queue.oldest else 0.0
            yield DUE, [((), queue.due)]
            yield SOON, [((), queue.soon)]
            yield LEASED, [((), queue.leased)]
            yield OLDEST, [((), max(0.0, age))]

    def _spread(self) -> Iterator[tuple[Metric, Iterable[tuple[tuple[str, ...], Spread]]]]:
        """Yield histograms."""
        of = self._sources
        yield ANSWERS, _together(of.acts, 2).items()
        yield LATE, _items(of.late)
        yield WORK_SECONDS, _together(of.works, 1).items()
        if (batches := of.batches()) is not None:
            yield BATCHES, [((), batches)]


def _items(spreads: Spreads) -> list[tuple[tuple[str, ...], Spread]]:
    return list(spreads.spreads.items())


def _named(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return labels as Prometheus likes them: lower case, no blanks."""
    return tuple(label.lower().replace(" ", "_") for label in labels)


def _together(spreads: Spreads, kept: int) -> dict[tuple[str, ...], Spread]:
    """Return the spreads by their first labels alone."""
    found: dict[tuple[str, ...], Spread] = {}
    for labels, spread in _items(spreads):
        whole = found.setdefault(_named(labels[:kept]), Spread(spreads.bounds))
        whole.counts = [one + more for one, more in zip(whole.counts, spread.counts, strict=True)]
        whole.total += spread.total
    return found
