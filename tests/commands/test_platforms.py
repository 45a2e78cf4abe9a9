"""What is imported for the platforms that are switched on, and what happens when one gives up."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.chat.message import Room
from bot.ports import Store
from storage.engine import Database
from tests.commands.conftest import ROOT
from tests.telegram.canned import ME, TOKEN, Canned, canned

RUNS = """
import asyncio, os, signal, sys
from bot.commands.run import serve
from bot.config import load

def say(words):
    if "is ready" in words:
        print(*sorted(name for name in sys.modules if name in {"telegram", "adapters.telegram", "httpx", "matplotlib"}))
        os.kill(os.getpid(), signal.SIGTERM)

asyncio.run(serve(load(), speed=None, at=None, say=say))
"""


def loaded(folder: Path, **settings: str) -> str:
    """Run the bot until it is ready, and return which of the heavy libraries it has imported."""
    environment = {"PYTHONPATH": str(ROOT), "CIRCLEBOT_HTTP__PORT": "0"} | settings
    done = subprocess.run(
        [sys.executable, "-c", RUNS],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("page", ["true", "false"])
def test_without_a_token_nothing_of_telegram_is_imported(tmp_path: Path, page: str) -> None:
    """A platform that is switched off costs neither time nor memory."""
    assert loaded(tmp_path, CIRCLEBOT_WEB__ENABLED=page) == ""


def run_on(server: Canned, folder: Path, *arguments: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    """Run a command with Telegram switched on, to its end."""
    environment = {
        "PYTHONPATH": str(ROOT),
        "CIRCLEBOT_HTTP__PORT": "0",
        "CIRCLEBOT_TELEGRAM__TOKEN": token,
        "CIRCLEBOT_TELEGRAM__API_URL": server.address,
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_wrong_token_ends_the_bot_with_a_plain_reason(tmp_path: Path) -> None:
    """No traceback and no token: what is wrong, what to do, and an exit status of its own."""
    with canned() as telegram:
        done = run_on(telegram, tmp_path, "run", token="7:mistyped")
    assert done.returncode == 1
    assert "on Telegram" in done.stdout
    assert done.stderr.splitlines()[-1].startswith("Error: Telegram does not know this bot")
    assert "Traceback" not in done.stderr
    assert "ExceptionGroup" not in done.stderr
    assert "mistyped" not in done.stdout + done.stderr


def test_check_asks_telegram(tmp_path: Path) -> None:
    """With a token, Telegram is a platform that is switched on, and is asked; the token is not shown."""
    with canned() as telegram:
        done = run_on(telegram, tmp_path, "check")
        assert done.returncode == 0, done.stdout
        assert "platforms switched on: Telegram" in done.stdout
        assert "https://t.me/circles_bot?startgroup=" in done.stdout
        wrong = run_on(telegram, tmp_path, "check", token="7:mistyped")
    assert wrong.returncode == 1
    assert "Telegram does not know this token" in wrong.stdout
    assert "known-token" not in done.stdout + done.stderr
    assert "mistyped" not in wrong.stdout + wrong.stderr


async def live_on_telegram(database: Path) -> None:
    """Have the first circle live in a group on Telegram, too."""
    storage = Database.open(f"sqlite:///{database}")

    def attach(store: Store) -> None:
        circle = store.circles.of_community(store.communities.all()[0].id)[0]
        store.places.attach(circle.id, store.places.note(Room("telegram", "-100"), "Readers", "").id)

    await storage.transact(attach)
    await storage.close()


def test_check_looks_into_the_groups_of_circles(tmp_path: Path, made_demo: Path) -> None:
    """The groups on Telegram in which circles live are found in the database, and what is wrong there is said."""
    shutil.copy(made_demo / "circlebot.db", tmp_path / "circlebot.db")
    asyncio.run(live_on_telegram(tmp_path / "circlebot.db"))
    with canned() as telegram:
        telegram.answers["getChatMember -100"] = {"status": "left", "user": ME}
        done = run_on(telegram, tmp_path, "check")
    assert telegram.asked.count("getChatMember") == 1
    assert "the bot is not in Readers any more" in done.stdout
    assert done.returncode == 1
