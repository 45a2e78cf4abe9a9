"""What a year prints: what there was, how fast it went, and what was not as promised."""

from __future__ import annotations

import resource
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from tests.simulate.promises import Broken, Court
    from tests.simulate.size import Size

MOST_TOLD = 40
"""So many broken promises are told with their stories, as they are found."""


def memory_mb() -> float:
    """Return the most memory that there ever was in use, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass
class Report:
    """Counts what happened."""

    taps: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    began: float = field(default_factory=perf_counter)
    tapping_s: float = 0.0
    circles: int = 0
    communities: int = 0
    people: int = 0
    linked: int = 0
    held: int = 0
    called_off: int = 0
    joined: int = 0
    left: int = 0
    waited: int = 0
    offered: int = 0
    old: int = 0
    told: int = 0
    feedback: int = 0
    votes: int = 0
    decisions: int = 0
    clock_changes: int = 0
    digests: int = 0
    quiet: int = 0
    late: int = 0
    dropped: int = 0
    restarts: int = 0
    kills: int = 0
    killed_in: int = 0
    moments: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    edits: int = 0

    def timed(self, platform: str, seconds: float) -> None:
        """Note how long a tap took until it was answered."""
        self.taps[platform] += 1
        self.seconds.append(seconds)

    def lines(self, court: Court, seconds: float) -> list[tuple[str, str]]:
        """Return what there was, in words and figures."""
        total = self.taps.total()
        taps = sorted(self.seconds)
        deliveries = sum(count for kind, count in self.by_kind.items() if kind != "reply")
        return [
            ("communities, circles", f"{self.communities:,}, {self.circles:,}"),
            ("people", f"{self.people:,}, of whom {self.linked:,} linked two accounts"),
            ("joined, left", f"{self.joined:,}, {self.left:,}"),
            ("waited for a seat, seats offered", f"{self.waited:,}, {self.offered:,}"),
            ("meetings held, called off", f"{self.held:,}, {self.called_off:,}"),
            ("meetings that a change of the clocks parted from the one before", f"{self.clock_changes:,}"),
            ("changes told", ", ".join(f"{count:,} {what}" for what, count in sorted(self.changes.items()))),
            ("taps", f"{total:,}: " + ", ".join(f"{count:,} {what}" for what, count in sorted(self.taps.items()))),
            ("taps on old buttons", f"{self.old:,}"),
            ("plus/delta given, votes, decisions", f"{self.feedback:,}, {self.votes:,}, {self.decisions:,}"),
            ("messages delivered", f"{deliveries:,}"),
            *((f"  {kind}", f"{count:,}") for kind, count in self.by_kind.most_common() if kind != "reply"),
            ("cards drawn anew by themselves", f"{self.edits:,}"),
            ("digests, quiet weeks skipped", f"{self.digests:,}, {self.quiet:,}"),
            ("reminders too late after an outage, and dropped", f"{self.dropped:,}"),
            ("restarts, kills, taps in the middle of one", f"{self.restarts:,}, {self.kills:,}, {self.killed_in:,}"),
            ("moments looked at", f"{self.moments:,}"),
            ("judgements", f"{court.judged.total():,} of {len(court.judged)} promises"),
            ("real time", f"{seconds:,.0f} s"),
            ("taps a second, while people tap", f"{total / max(self.tapping_s, 1e-9):,.0f}"),
            ("a tap, p50 and p99, eight at a time", f"{_ms(taps, 0.5)}, {_ms(taps, 0.99)}"),
            ("most memory", f"{memory_mb():,.0f} MB"),
            ("PROMISES BROKEN", f"{len(court.broken):,}"),
        ]

    def prints(self, console: Console, size: Size, court: Court, database: str) -> None:
        """Print it all."""
        seconds = perf_counter() - self.began
        title = f"{size.circles} circles, {size.weeks} weeks, seed {size.seed}, {database}"
        table = Table(title=title, show_header=False)
        for what, figure in self.lines(court, seconds):
            table.add_row(what, figure)
        console.print(table)
        for rule, count in Counter(one.rule for one in court.broken).most_common():
            console.print(f"{rule}: {count}", markup=False)


def tell(console: Console, one: Broken, size: Size) -> None:
    """Tell how a promise was broken, with the seed and the story of the circle."""
    console.rule(f"seed {size.seed}, {one.at:%Y-%m-%d %H:%M}Z: {one.rule}")
    console.print(f"{one.meaning}\n{one.words}", markup=False)
    for line in one.story[-25:]:
        console.print(f"    {line}", markup=False, no_wrap=True, overflow="ellipsis")


def _ms(taps: list[float], part: float) -> str:
    return f"{taps[int(len(taps) * part)] * 1000:.1f} ms" if taps else "-"
