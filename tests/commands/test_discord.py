"""`circlebot check` and `run` with Discord switched on: processes of their own, against a Discord on loopback."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from bot.chat.message import Room
from bot.ports import Store
from storage.engine import Database
from tests.commands.conftest import ROOT
from tests.discord.canned import TOKEN, Canned, Refusal, canned

MISTYPED = "Nzc3.Gmistyped.not-the-token"


async def circlebot(there: Canned, folder: Path, command: str, token: str = TOKEN) -> tuple[int | None, str]:
    """Run a command with Discord switched on, to its end; return the exit status and all that it said."""
    settings = {
        "PYTHONPATH": str(ROOT),
        "CIRCLEBOT_HTTP__PORT": "0",
        "CIRCLEBOT_DISCORD__TOKEN": token,
        "CIRCLEBOT_DISCORD__API_URL": there.address,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CIRCLEBOT_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", command), cwd=folder, env=kept | settings, stdout=PIPE, stderr=PIPE
    )
    try:
        said, complaints = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, (said + complaints).decode()


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
