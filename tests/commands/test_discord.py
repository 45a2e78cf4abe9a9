"""`circlebot check` and `run` with Discord switched on: processes of their own, against a Discord on loopback."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from pathlib import Path

from bot.chat.message import Room
from bot.clock import MovableClock
from bot.ports import Store
from storage.engine import Database
from tests.discord.canned import TOKEN, Canned, Refusal, canned
from tests.discord.world import started
from tests.support.patience import PATIENCE
from tests.support.program import line_of, program
from tests.telegram.canned import TOKEN as TELEGRAM_TOKEN
from tests.telegram.canned import canned as telegram_canned

READY = (
    "Circlebot is ready: the page is at http://127.0.0.1:{port} "
    f"(`{sys.executable} -m bot web-link NAME` prints a link that lets somebody in); "
    "on Telegram, which it asks for updates; "
    "on Discord, to which it is connected; health at http://127.0.0.1:{port}/healthz. Ctrl-C stops it."
)
MISTYPED = "Nzc3.Gmistyped.not-the-token"


async def circlebot(there: Canned, folder: Path, command: str, token: str = TOKEN) -> tuple[int | None, str]:
    """Run a command with Discord switched on, to its end; return the exit status and all that it said."""
    async with program(folder, command, DISCORD__TOKEN=token, DISCORD__API_URL=there.address) as process:
        said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        return process.returncode, said.decode()


async def test_all_platforms_are_served_at_once(tmp_path: Path) -> None:
    """The page, Telegram and Discord: ready when all are, with where people find them; stopped in ten seconds."""
    with telegram_canned() as telegram:
        async with started(MovableClock()) as there:
            settings = {
                "WEB__ENABLED": "true",
                "TELEGRAM__TOKEN": TELEGRAM_TOKEN,
                "TELEGRAM__API_URL": telegram.address,
                "DISCORD__TOKEN": there.token,
                "DISCORD__API_URL": there.api_url,
            }
            async with program(tmp_path, "run", **settings) as run:
                ready = (await line_of(run, "Circlebot is ")).strip()
                port = re.findall(r":(\d+)/healthz", ready)[0]
                assert ready == READY.format(port=port)
                run.terminate()
                assert await asyncio.wait_for(run.wait(), 10) == 0


async def test_check_asks_discord(tmp_path: Path) -> None:
    """With a token, Discord is a platform that is switched on, and is asked; the token is not shown."""
    async with canned() as there:
        status, said = await circlebot(there, tmp_path, "check")
        assert status == 0, said
        assert "platforms switched on: Discord" in said
        assert "https://discord.com/oauth2/authorize?client_id=7&scope=bot+applications.commands" in said
        assert "not-a-secret_token" not in said
        status, said = await circlebot(there, tmp_path, "check", MISTYPED)
    assert status == 1
    assert "Discord does not know this token" in said
    assert "not-the-token" not in said


async def test_a_wrong_token_ends_the_bot_with_a_plain_reason(tmp_path: Path) -> None:
    """No traceback and no token: what is wrong, what to do, and an exit status of its own."""
    async with canned() as there:
        status, said = await circlebot(there, tmp_path, "run", MISTYPED)
    assert status == 1
    assert "ready" not in said
    assert said.splitlines()[-1].startswith("Error: Discord does not know this bot")
    assert "Traceback" not in said
    assert "ExceptionGroup" not in said
    assert "not-the-token" not in said


async def live_on_discord(database: Path) -> None:
    """Have the first circle live in a channel on Discord, too."""
    storage = Database.open(f"sqlite:///{database}")

    def attach(store: Store) -> None:
        circle = store.circles.of_community(store.communities.all()[0].id)[0]
        store.places.attach(circle.id, store.places.note(Room("discord", "50"), "readers", "40").id)

    await storage.transact(attach)
    await storage.close()


async def test_check_looks_into_the_channels_of_circles(tmp_path: Path, made_demo: Path) -> None:
    """The channels on Discord in which circles live are found in the database, and what is wrong there is said."""
    shutil.copy(made_demo / "circlebot.db", tmp_path / "circlebot.db")
    await live_on_discord(tmp_path / "circlebot.db")
    async with canned() as there:
        there.answers["/channels/50"] = Refusal(403, 50001)
        status, said = await circlebot(there, tmp_path, "check")
    assert there.asked.count("GET /channels/50") == 1
    assert "readers: the bot cannot see it" in said
    assert status == 1
