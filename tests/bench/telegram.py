"""Telegram: what a tap and a reminder cost us, end to end, against bots that keep nothing.

Every contender runs in a process of its own, against a Bot API server in another (`telegram_server`), and counts its
own CPU. They take turns, so that whatever else the machine does meets them alike; a ratio is the median of the ratios
of the rounds. Ours takes the tap from Telegram's update through permission, SQLite and the redrawn card; the others
answer and edit, with no database. In the strict figures each of our taps is in a group of its own and has its own edit.

The server takes 50 ms to answer, as the network and Telegram do: so that what is said to be in flight is in flight
at the same time. All contenders wait alike, and waiting is no CPU.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from tests.bench import Figure, measured
from tests.bench._rounds import FEW, MANY, ROOT, cost, in_turns, ratio, runs
from tests.bench.telegram_server import LATENCY_S

RIVALS = ROOT / "build/bench-rivals/bin/python"
_PLAN = (f"400x{FEW}", f"1024x{MANY}")
_SLOW_PLAN = (f"200x{FEW}", f"512x{MANY}")
_REMINDERS = 1000
_ALONE = 300
"""How many are sent one after the other, where the waiting takes most of the time."""


@measured
def taps() -> Iterable[Figure]:
    """A tap on an RSVP card in a group: CPU of the bot's process from the update to the answer and the edit."""
    if not RIVALS.exists():
        yield Figure("Telegram tap: aiogram is not installed (`make bench` does it)", "-", "", ok=False)
        return
    ours, bare, over_ours, aiogram, coalesced = in_turns(
        runs("telegram_taps", "taps", *_PLAN),
        runs("telegram_rivals", "ptb", *_SLOW_PLAN),
        runs("telegram_rivals", "ours", *_PLAN),
        runs("_aiogram", *_PLAN, python=str(RIVALS)),
        runs("telegram_taps", "coalesced", *_PLAN),
    )
    yield Figure("Telegram: the server of all these figures answers after", f"{LATENCY_S * 1e3:.0f} ms")
    for at, in_flight in enumerate((FEW, MANY)):
        what = f"Telegram tap, {in_flight} in flight:"
        mine, library, transport, other, few_edits = (
            [of_round[at] for of_round in costs] for costs in (ours, bare, over_ours, aiogram, coalesced)
        )
        yield cost(mine, f"{what} ours, SQLite and all, an edit each")
        yield cost(few_edits, f"{what} ours, edits coalesced ({median(c.edits for c in few_edits):.2f} a tap)")
        yield cost(library, f"{what} python-telegram-bot as it comes, no database")
        yield cost(transport, f"{what} the same over our transport, no database")
        yield cost(other, f"{what} aiogram, no database")
        most = {FEW: 0.5, MANY: 0.15}[in_flight]
        yield ratio(mine, library, f"{what} ours against python-telegram-bot as it comes", most)
        yield ratio(mine, transport, f"{what} ours against the same over our transport", 1.6)
        yield ratio(mine, other, f"{what} ours against aiogram", 1.4)
    few, many = ([of_round[at] for of_round in ours] for at in (0, 1))
    yield ratio(many, few, f"Telegram tap: ours, {MANY} in flight against {FEW}", 1.25)


@measured
def reminders() -> Iterable[Figure]:
    """A reminder from the table through the courier to the mark that it went out, against a bare `send_message`."""
    ours, alone, at_once = in_turns(
        runs("telegram_taps", "reminders", f"{_REMINDERS}x1"),
        runs("telegram_rivals", "messages", f"{_ALONE}x1"),
        runs("telegram_rivals", "messages", f"{_REMINDERS}x64"),
    )
    mine, one, many = ([of_round[0] for of_round in costs] for costs in (ours, alone, at_once))
    yield cost(mine, f"Telegram reminder, {_REMINDERS} due: ours, composed, sent and marked")
    yield cost(one, "Telegram reminder: python-telegram-bot's send_message, one after the other")
    yield cost(many, "Telegram reminder: python-telegram-bot's send_message, 64 at once as ours")
    yield ratio(mine, one, "Telegram reminder: ours against send_message, one after the other", 0.6)
    yield ratio(mine, many, "Telegram reminder: ours against send_message, 64 at once", 0.6)
