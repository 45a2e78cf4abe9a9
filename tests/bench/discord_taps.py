"""The bot itself on Discord: a community of circles, each in a server of its own, whose members tap.

`python -m tests.bench.discord_taps 1000x8` measures taps, `… memory 10000x50` how many bytes are held after that many
servers with so many members each have been told on the gateway.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.discord.adapter import PACE, DiscordAdapter
from adapters.discord.letter import PLATFORM
from bot import loop
from bot.assembly import assemble
from bot.chat.message import Posted, Room
from bot.clock import SystemClock
from bot.commands.serving import look_for_garbage_less
from bot.i18n import Catalogue
from storage.engine import Database
from storage.migrate import migrate
from tests.bench._circles import Living, settled
from tests.bench._control import Control, Cost, asked, measured, server, told
from tests.bench._discord_said import MEMBERS, TOKEN, card_id, channel_id, server_id, user_id

_SETTLED_S = 3.0


def _living(number: int) -> Living:
    """Return where a circle lives: in a server of its own."""
    card = Posted(Room(PLATFORM, str(channel_id(number))), str(card_id(number)))
    users = [str(user_id(number, member)) for member in range(MEMBERS)]
    return Living(card, users, str(server_id(number)))


@asynccontextmanager
async def _running(control: Control, folder: Path) -> AsyncIterator[None]:
    """Run the bot on a new database, as `circlebot run` does."""
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    migrate(url)
    database, catalogue = Database.open(url), Catalogue()
    gateway = f"{control.url.replace('http', 'ws', 1)}/gateway/"
    adapter = DiscordAdapter(TOKEN, catalogue, api_url=control.url, gateway_url=gateway, native_events=False, pace=PACE)
    bot = assemble(database, SystemClock(), [adapter], catalogue)
    await control.order(payloads=await database.transact(lambda store: settled(store, _living)))
    running = asyncio.create_task(bot.run())
    look_for_garbage_less()  # as `circlebot run`
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])
        await database.close()


async def _taps(control: Control, plan: Sequence[tuple[int, int]], folder: Path) -> list[Cost]:
    async with _running(control, folder):
        return await measured(control, plan)


async def _memory(control: Control, servers: int, members: int, folder: Path) -> int:
    """Return the bytes that are held after so many servers have been told."""
    await control.order(servers=servers)
    async with _running(control, folder):
        await control.order(announce=servers, members=members)
        await asyncio.sleep(_SETTLED_S)
        return _resident()


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _main() -> None:
    what, *plan = sys.argv[1:]
    with server("discord_server") as control, tempfile.TemporaryDirectory() as folder:
        if what == "taps":
            told(loop.run(_taps(control, asked(plan), Path(folder))))
        else:
            told(
                [
                    Cost(loop.run(_memory(control, servers, members, Path(folder))), 0)
                    for servers, members in asked(plan)
                ]
            )


if __name__ == "__main__":
    _main()
