"""What is imported for the platforms that are switched on, and what happens when one gives up."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from bot.chat.message import Room
from bot.ports import Store
from storage.engine import Database
from tests.commands.conftest import ROOT, Running
from tests.discord.canned import TOKEN as DISCORD_TOKEN
from tests.support.patience import PATIENCE
from tests.telegram.canned import ME, TOKEN, Canned, canned

RUNS = """
import asyncio, os, signal, sys
from bot.commands import run
from bot.config import load

def say(words):
    if words.startswith("Circlebot is "):
        {then}
        os.kill(os.getpid(), signal.SIGTERM)

run.ANSWER_S = {answer_s}
asyncio.run(run.serve(load(), speed=None, at=None, say=say))
"""
SLOW = {"telegram", "adapters.telegram", "httpx", "discord", "adapters.discord", "matplotlib"}
LOADED = f"print(*sorted(set(sys.modules) & {SLOW}))"


def once_up(folder: Path, settings: Mapping[str, str], then: str, *, answer_s: float = 60.0) -> str:
    """Run the bot until it says that it is up, do something, and return what was printed."""
    environment = {"PYTHONPATH": str(ROOT), "CIRCLEBOT_HTTP__PORT": "0", **settings}
    done = subprocess.run(
        [sys.executable, "-c", RUNS.format(then=then, answer_s=answer_s)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_without_a_token_nothing_of_a_platform_is_imported(tmp_path: Path) -> None:
    """A platform that is switched off costs neither time nor memory."""
    assert once_up(tmp_path, {"CIRCLEBOT_WEB__ENABLED": "true"}, LOADED) == ""


def test_garbage_is_looked_for_from_when_it_is_ready() -> None:
    """A start does without; a bot that went on so would grow for ever."""
    code = "import gc, sys; from bot.commands.serving import look_for_garbage_less as ready; gc.disable(); ready()"
    ended = subprocess.run([sys.executable, "-c", f"{code}; sys.exit(not gc.isenabled())"], check=False, cwd=ROOT)
    assert ended.returncode == 0


def test_one_platform_does_not_bring_the_other_along(tmp_path: Path) -> None:
    """With Telegram's token alone, nothing of Discord is imported, and the other way round."""
    telegram = {"CIRCLEBOT_TELEGRAM__TOKEN": TOKEN, "CIRCLEBOT_TELEGRAM__API_URL": "http://127.0.0.1:9"}
    assert "discord" not in once_up(tmp_path, telegram, LOADED, answer_s=0.05)
    discord = {"CIRCLEBOT_DISCORD__TOKEN": DISCORD_TOKEN, "CIRCLEBOT_DISCORD__API_URL": "http://127.0.0.1:9"}
    loaded = once_up(tmp_path, discord, LOADED, answer_s=0.05)
    assert "adapters.discord" in loaded
    assert "telegram" not in loaded


def test_it_is_not_called_ready_before_discord_has_answered(tmp_path: Path) -> None:
    """Each platform that does not answer is named, and the bot stops when it is told to, whatever it waits for."""
    nobody = {"CIRCLEBOT_DISCORD__TOKEN": DISCORD_TOKEN, "CIRCLEBOT_DISCORD__API_URL": "http://127.0.0.1:9"}
    neither = nobody | {"CIRCLEBOT_TELEGRAM__TOKEN": TOKEN, "CIRCLEBOT_TELEGRAM__API_URL": "http://127.0.0.1:9"}
    said = once_up(tmp_path, neither, "print(words)", answer_s=0.05)
    assert said.startswith(
        "Circlebot is up: Telegram does not answer yet, and is asked again until it does; "
        "Discord does not answer yet, and is asked again until it does; health at"
    )


def test_it_is_not_called_ready_before_telegram_has_answered(tmp_path: Path) -> None:
    """Where nothing answers, it says so after a moment, serves what it can, and stops when it is told to."""
    nobody = {"CIRCLEBOT_TELEGRAM__TOKEN": TOKEN, "CIRCLEBOT_TELEGRAM__API_URL": "http://127.0.0.1:9"}
    said = once_up(tmp_path, nobody, "print(words)", answer_s=0.05)
    assert said.startswith("Circlebot is up: Telegram does not answer yet, and is asked again until it does; health at")


def test_it_is_ready_as_soon_as_telegram_has_answered(tmp_path: Path) -> None:
    """It waits no longer than that."""
    with canned() as telegram:
        there = {"CIRCLEBOT_TELEGRAM__TOKEN": TOKEN, "CIRCLEBOT_TELEGRAM__API_URL": telegram.address}
        said = once_up(tmp_path, there, "print(words)")
    assert said.startswith("Circlebot is ready: on Telegram, which it asks for updates; health at")


def test_there_is_no_page_unless_it_is_wanted(start: Callable[..., Running], tmp_path: Path) -> None:
    """The server of a bot on Telegram alone has nothing to show."""
    with canned() as telegram:
        on = f'[http]\nport = 0\n[telegram]\ntoken = "{TOKEN}"\napi_url = "{telegram.address}"\n'
        (tmp_path / "config.toml").write_text(on)
        running = start("run")
        assert '"ok": true' in running.get("/healthz")
        with pytest.raises(OSError, match="404"):
            running.get("/")
        assert running.stop() == 0


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
        timeout=PATIENCE,
        check=False,
    )


def test_a_wrong_token_ends_the_bot_with_a_plain_reason(tmp_path: Path) -> None:
    """No traceback and no token: what is wrong, what to do, and an exit status of its own."""
    with canned() as telegram:
        done = run_on(telegram, tmp_path, "run", token="7:mistyped")
    assert done.returncode == 1
    assert "ready" not in done.stdout
    assert done.stderr.splitlines()[-1].startswith("Error: Telegram does not know this bot")
    assert "Traceback" not in done.stderr
    assert "ExceptionGroup" not in done.stderr
    assert "mistyped" not in done.stdout + done.stderr


def eventually(is_so: Callable[[], bool]) -> None:
    """Wait for another process, for some seconds at most."""
    for _ in range(200):
        if is_so():
            return
        Event().wait(0.05)
    pytest.fail("it never came to that")


def posted(address: str, secret: str) -> int:
    """Post an update as Telegram does, under the name that a proxy leaves on it; return the status."""
    update = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}}}
    headers = {
        "Content-Type": "application/json",
        "Host": "circles.example.org",
        "X-Telegram-Bot-Api-Secret-Token": secret,
    }
    request = Request(f"{address}/telegram", json.dumps(update).encode(), headers)  # noqa: S310  # our own address
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  # as above
            return int(answer.status)
    except HTTPError as refusal:
        with refusal:
            return refusal.code


def test_the_webhook_is_on_the_one_server(start: Callable[..., Running], tmp_path: Path) -> None:
    """Beside page and health, under any name; who does not know the secret gets a 401."""
    told = "https://circles.example.org/telegram"
    with canned() as telegram:
        telegram.answers |= {"setWebhook": True, "setMyCommands": True}
        (tmp_path / "config.toml").write_text(
            f'[http]\nport = 0\n[web]\nenabled = true\n[telegram]\ntoken = "{TOKEN}"\n'
            f'api_url = "{telegram.address}"\nmode = "webhook"\nwebhook_url = "{told}"\nwebhook_secret = "s3cret"\n'
        )
        running = start("run")
        assert any("which posts to /telegram here" in line for line in running.said)
        assert '"ok": true' in running.get("/healthz")
        assert posted(running.address, "guess") == 401
        eventually(lambda: posted(running.address, "s3cret") == 200)
        eventually(lambda: "setWebhook" in telegram.asked)
        assert running.stop() == 0
    assert "getUpdates" not in telegram.asked


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
