"""How a contender is measured: it starts the Bot API server, orders taps of it, and counts its own CPU meanwhile.

Nothing but the standard library: aiogram's environment runs this, too.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.telegram_server import LABELS

HTML = (
    "<b>Circle 17 · meeting 1: Loops and lists</b>\n\n<b>Circle 17</b> (Python basics) meets on <tg-time "
    'unix="1795539600" format="wDt">Tue 24 Nov 2026, 6:00 PM (Madrid Time)</tg-time> (in 4 days), 90 minutes.\n'
    '<a href="https://meet.example/py">Join the call</a>\n\n<b>2 coming</b>: Ada Lovelace 1 and Grace Hopper 2\n'
    "<b>1 maybe</b>: Linus 3"
)
"""What the others draw: about what our card says."""
THANKS = "See you there!"
GROUPS = 512
"""More than are in flight, so that every tap can be in a group of its own."""
WARM_UP = 300


@dataclass(frozen=True)
class Cost:
    """What a run of taps cost: CPU seconds a tap, and how many edits a tap came to."""

    cpu: float
    edits: float


@dataclass(frozen=True)
class Control:
    """The server, as whoever measures sees it."""

    port: int

    @property
    def url(self) -> str:
        """The root of the Bot API."""
        return f"http://127.0.0.1:{self.port}"

    async def order(self, **what: object) -> dict[str, Any]:
        """Have it do something, and return what came of it when it is over."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)
        body = json.dumps(what).encode()
        writer.write(b"POST /control HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        head = await reader.readuntil(b"\r\n\r\n")
        came = await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
        writer.close()
        done: dict[str, Any] = json.loads(came)
        return done

    async def taps(self, count: int, at_once: int, *, groups: int = GROUPS, own_edits: bool = True) -> Cost:
        """Let people tap, and return what that cost this process."""
        before = time.process_time()
        came = await self.order(count=count, at_once=at_once, groups=groups, own_edits=own_edits)
        cost = Cost((time.process_time() - before) / count, came["edits"] / count)
        if came["answers"] != count or came["stray"] or (own_edits and came["edits"] != count):
            message = f"{count} taps were answered with {came}"
            raise AssertionError(message)
        return cost


@contextmanager
def server(module: str = "telegram_server") -> Iterator[Control]:
    """Run a platform's server in a process of its own."""
    command = [sys.executable, "-m", f"tests.bench.{module}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Control(int(process.stdout.readline()))
        finally:
            process.kill()


def made_up_payloads() -> list[list[str]]:
    """Return payloads, of the length that ours have, for bots that do not look at them."""
    return [
        [f"rs.{group:x}.{label[:3].lower()}.syyrz4".replace(" ", "") for label in LABELS] for group in range(GROUPS)
    ]


async def measured(
    control: Control, plan: Sequence[tuple[int, int]], *, groups: int = GROUPS, own_edits: bool = True
) -> list[Cost]:
    """Run (taps, in flight) after (taps, in flight), each warmed up."""
    costs = []
    for count, at_once in plan:
        await control.taps(max(WARM_UP, at_once), at_once, groups=groups, own_edits=own_edits)
        costs.append(await control.taps(count, at_once, groups=groups, own_edits=own_edits))
    return costs


def told(costs: Sequence[Cost]) -> None:
    """Print what was measured, for the process that asked."""
    print(json.dumps([asdict(cost) for cost in costs]), flush=True)


def asked(words: Sequence[str]) -> list[tuple[int, int]]:
    """Return the plan from the command line: `1000x8 500x256`."""
    return [(int(count), int(at_once)) for count, at_once in (word.split("x") for word in words)]
