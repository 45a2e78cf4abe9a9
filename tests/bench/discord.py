"""Discord: what a tap costs us, end to end, against a bot that keeps nothing; and what ten thousand servers weigh.

As with Telegram: every contender runs in a process of its own, against a Discord in another (`discord_server`), counts
its own CPU, and takes turns with the others. Ours takes the tap from the gateway through permission, SQLite and the
redrawn card; the other is one lasting `DynamicItem` that answers with a new view, with no database.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from tests.bench import Figure, measured
from tests.bench._rounds import FEW, MANY, cost, in_turns, ratio, runs
from tests.bench.discord_server import LATENCY_S

_PLAN = (f"400x{FEW}", f"1024x{MANY}")
_MEGA = 1 << 20


@measured
def taps() -> Iterable[Figure]:
    """A tap on an RSVP card in a server: CPU of the bot's process from the gateway's event to the redrawn card."""
    ours, bare = in_turns(runs("discord_taps", "taps", *_PLAN), runs("discord_rivals", *_PLAN))
    yield Figure("Discord: the server of all these figures answers after", f"{LATENCY_S * 1e3:.0f} ms")
    for at, in_flight in enumerate((FEW, MANY)):
        what = f"Discord tap, {in_flight} in flight:"
        mine, library = ([of_round[at] for of_round in costs] for costs in (ours, bare))
        yield cost(mine, f"{what} ours, SQLite and all")
        yield cost(library, f"{what} a bare DynamicItem with a new view, no database")
        yield ratio(mine, library, f"{what} ours against the bare DynamicItem", 1.6)


@measured
def memory() -> Iterable[Figure]:
    """Memory that is held after 10,000 servers of 50 members each have been told on the gateway."""
    idle, told = in_turns(runs("discord_taps", "memory", "0x0"), runs("discord_taps", "memory", "10000x50"))
    alone, with_all = ([of_round[0] for of_round in bytes_held] for bytes_held in (idle, told))
    for held, name in ((alone, "no server"), (with_all, "10,000 servers of 50 members")):
        yield Figure(
            f"Discord: memory of a bot that was told of {name}", f"{median(c.cpu for c in held) / _MEGA:.0f} MB"
        )
    yield ratio(with_all, alone, "Discord: memory after 10,000 servers against none", 1.15)
