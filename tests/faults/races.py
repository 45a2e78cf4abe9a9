"""People who do things at the very same moment, through several processes on one database.

async with racers(url, 2) as racing:
    outcomes = await racing.at_once([press("u1", intent), press("u2", intent)], now)
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from bot.assembly import Bot, assemble
from bot.chat.inbound import Place, Press, Sender
from bot.chat.intents import Intent
from bot.chat.message import Ask, Redraw, Reply, Room, RoomKind, Say, Toast
from bot.clock import MovableClock
from storage.engine import Database
from tests.support.patience import PATIENCE
from tests.support.sim import PLATFORM, SimPlatform

_ROOT: Final = Path(__file__).parents[2]
_keys = count(1)
Act = dict[str, str]


def press(user: str, intent: Intent, room: str = "") -> Act:
    """Return what somebody presses, privately or in a room."""
    return press_payload(user, intent.payload(), room)


def press_payload(user: str, payload: str, room: str = "") -> Act:
    """Return what somebody presses, as it stands on the button."""
    return {"user": user, "payload": payload, "room": room}


DUE: Final[Act] = {}
"""Time passes: what is due is done."""


@dataclass
class Racers:
    """Processes that each serve some of the people."""

    processes: list[Process]

    async def at_once(self, acts: Sequence[Act], now: datetime) -> list[str]:
        """Let all be done at once, in turn by each process; return what each was answered."""
        shares: list[list[tuple[int, Act]]] = [[] for _ in self.processes]
        for number, act in enumerate(acts):
            shares[number % len(shares)].append((number, {**act, "key": f"race:{next(_keys)}"} if act else act))
        async with asyncio.timeout(PATIENCE):
            for process, share in zip(self.processes, shares, strict=True):
                await _send(process, {"now": now.isoformat(), "acts": [act for _, act in share]})
            for process in self.processes:
                assert await _line(process) == "ready"
            for process in self.processes:
                await _send(process, "go")
            answers = [json.loads(await _line(process)) for process in self.processes]
        found = {
            number: answer
            for share, given in zip(shares, answers, strict=True)
            for (number, _), answer in zip(share, given, strict=True)
        }
        return [found[number] for number in range(len(acts))]


@asynccontextmanager
async def racers(url: str, number: int = 2) -> AsyncIterator[Racers]:
    """Yield so many processes on a database."""
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.races", url), cwd=_ROOT, stdin=PIPE, stdout=PIPE
        )
        for _ in range(number)
    ]
    try:
        yield Racers(processes)
    finally:
        for process in processes:
            await process.communicate(b"")  # which closes what it reads


async def _send(process: Process, said: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(said).encode() + b"\n")
    await process.stdin.drain()


async def _line(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


# What runs in the processes


async def _race(url: str) -> None:
    database, clock, platform = (
        Database.open(url),
        MovableClock(source=lambda: datetime.now().astimezone()),
        SimPlatform(),
    )
    bot = assemble(database, clock, [platform])
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        now = datetime.fromisoformat(asked["now"])
        clock._source = lambda now=now: now  # type: ignore[misc]  # its default
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        done = await asyncio.gather(*(_do(bot, platform, act) for act in asked["acts"]))
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()
    await database.close()


async def _do(bot: Bot, platform: SimPlatform, act: Act) -> str:
    if not act:
        before = len(platform.posts)
        await bot.scheduler.run_due()
        return "\n".join(post.key for post in platform.posts[before:])
    room = Room(PLATFORM, act["room"]) if act["room"] else Room(PLATFORM, act["user"], kind=RoomKind.PRIVATE)
    sender = Sender(PLATFORM, act["user"], act["user"].title(), "en", "")
    inbound = Press(sender=sender, place=Place(room, "A room"), key=act["key"], payload=act["payload"])
    return _words(await bot.router.receive(inbound))


def _words(reply: Reply) -> str:
    match reply:
        case Say(message):
            return f"{message.title}\n{message.text}"
        case Redraw(message, toast):
            return f"{toast}\n{message.title}\n{message.text}"
        case Toast(words):
            return words
        case Ask(page):
            return page.title
    return ""


def _main(arguments: list[Any]) -> None:
    asyncio.run(_race(arguments[0]))


if __name__ == "__main__":
    _main(sys.argv[1:])
