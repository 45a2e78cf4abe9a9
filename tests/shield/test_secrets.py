"""No secret of the settings is ever written anywhere: not by any command, at any level, whatever goes wrong."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.logs import JsonLines, TextLines, hiding
from bot.settings_form import sections, variable
from tests.discord.world import started
from tests.support.patience import PATIENCE
from tests.support.program import ROOT, line_of, program
from tests.telegram.world import World

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path


PASSWORD = "p%40ss-w0rd-of-the-database"
MADE_UP = {
    "CIRCLEBOT_DATABASE__URL": f"postgresql://somebody:{PASSWORD}@127.0.0.1:1/circlebot",
    "CIRCLEBOT_TELEGRAM__TOKEN": "123456789:AAsecret_of_telegram_0123456789abcdef",
    "CIRCLEBOT_TELEGRAM__WEBHOOK_SECRET": "secret_of_the_webhook",
    "CIRCLEBOT_DISCORD__TOKEN": "NzAwMDAwMDAwMDAwMDAwMDA4.Gsecret.of_discord_0123456789",
    "CIRCLEBOT_HTTP__METRICS_TOKEN": "secret-of-the-metrics",
}
"""A value for each secret setting."""
PIECES = (
    PASSWORD,
    "p@ss-w0rd-of-the-database",
    "AAsecret_of_telegram_0123456789abcdef",
    "secret_of_the_webhook",
    "Gsecret.of_discord_0123456789",
    "secret-of-the-metrics",
)
"""What must be found nowhere."""


def secret_settings() -> set[str]:
    """Return the names in the environment of all settings that are secret."""
    return {
        variable(section, key)
        for section, model in sections(Settings).items()
        for key, field in model.model_fields.items()
        if SecretStr in (field.annotation, *get_args(field.annotation))
    }


def environment(**settings: str) -> dict[str, str]:
    """Return every secret setting, and what else is set, as `program` takes them."""
    made_up = {name.removeprefix("CIRCLEBOT_"): value for name, value in MADE_UP.items()}
    return {**made_up, "LOG__LEVEL": "debug", **settings}


def found_in(said: str) -> list[str]:
    """Return the secrets that stand in what was said."""
    return [piece for piece in PIECES if piece in said]


async def everything_said(process: Process) -> str:
    """Return all that a program says until it ends."""
    said, _ = await process.communicate()
    return said.decode()


def test_each_secret_setting_is_tried() -> None:
    """A new one needs a made-up value here."""
    assert secret_settings() == set(MADE_UP)


def test_the_settings_know_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole and in parts: a token without its number, a password with and without its escapes; no address of a file."""
    for name, value in MADE_UP.items():
        monkeypatch.setenv(name, value)
    known = Settings().secrets()
    assert set(PIECES) - {"Gsecret.of_discord_0123456789"} <= known
    assert not any("127.0.0.1" in secret for secret in known)
    monkeypatch.undo()
    assert Settings().secrets() == frozenset()


@pytest.mark.parametrize("command", ["check", "run", "migrate", "forecast"])
async def test_a_database_that_is_out_of_reach(command: str, tmp_path: Path) -> None:
    """Its password stands in the address, and in nothing that is said about it."""
    async with program(tmp_path, command, **environment()) as process:
        said = await everything_said(process)
    assert "127.0.0.1" in said or "reach" in said
    assert found_in(said) == []


@pytest.fixture
async def platforms() -> AsyncIterator[dict[str, str]]:
    """The settings for a Telegram and a Discord that know none of our tokens."""
    tg = World()
    await tg.start()
    try:
        async with started() as dc:
            yield {
                "TELEGRAM__API_URL": tg.api_url,
                "DISCORD__API_URL": dc.api_url,
                "DISCORD__GATEWAY_URL": dc.gateway_url,
                "DATABASE__URL": "sqlite:///circlebot.db",
            }
    finally:
        await tg.stop()


@pytest.mark.parametrize("command", ["run", "check"])
async def test_tokens_that_the_platforms_refuse(command: str, platforms: dict[str, str], tmp_path: Path) -> None:
    """Neither the bot's own words, nor the libraries' at their loudest have them; nor has `check`."""
    async with program(tmp_path, command, **environment(**platforms, LOG__FORMAT="json")) as process:
        said = await everything_said(process)
    assert "refuse" in said or "token" in said
    assert found_in(said) == []


async def test_strangers_at_the_doors(platforms: dict[str, str], tmp_path: Path) -> None:
    """Wrong keys, no requests at all, and what breaks: the loudest log of a bot in the open has no secret."""
    settings = environment(**platforms) | {
        "WEB__ENABLED": "true",
        "TELEGRAM__MODE": "webhook",
        "TELEGRAM__WEBHOOK_URL": "http://127.0.0.1/telegram",
    }
    settings["DISCORD__TOKEN"] = ""
    tried: list[bytes] = [
        b"POST /telegram HTTP/1.0\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: secret_of_the_webhooK\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret-of-the-metricS\r\nConnection: close\r\n\r\n",
        b"GET /in/somebodys-link-to-sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"GET /calendar/somebodys-calendar-with-32-letters.ics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /in/somebodys-link-to-sign-in\x01 HTTP/1.1\r\n\r\n",
    ]
    async with program(tmp_path, "run", **settings) as process:
        ready = await line_of(process, "health at")
        port = int(ready.partition("/healthz")[0].rpartition(":")[2])
        for request in tried:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            await reader.read()
            writer.close()
        process.terminate()
        said = ready + await everything_said(process)
    assert found_in(said) == []
    for piece in ("secret_of_the_webhooK", "secret-of-the-metricS", "somebodys-"):
        assert piece not in said


def test_a_crash(tmp_path: Path) -> None:
    """What ends the program by surprise is told with stars where a secret stood, in both kinds of log."""
    for form in ("text", "json"):
        code = f"""
import logging
from bot.logs import set_up
set_up("debug", "{form}", {PIECES!r})
try:
    raise ValueError("token {PIECES[2]}")
except ValueError:
    logging.getLogger("x").exception("could not use %s", "{PIECES[0]}")
raise ImportError("postgresql://somebody:{PIECES[0]}@127.0.0.1/circlebot")
"""
        ended = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert ended.returncode == 1
        assert ended.stderr.count("***") >= 2
        assert found_in(ended.stderr) == []


def test_what_is_hidden_and_what_is_not() -> None:
    """The longest secret first, in message, arguments and errors; nothing that is too short to be told from a word."""
    hide = hiding(['quo"te\\d', "abc", "longer-secret", "longer-secret-still"])
    record = logging.LogRecord("x", logging.INFO, "", 1, "%s abc %s", ("longer-secret-still!", 'quo"te\\d'), None)
    assert json.loads(JsonLines(hide).format(record))["message"] == "***! abc ***"
    assert TextLines(hide).format(record).endswith("***! abc ***")
    assert hiding([])("as it is") == "as it is"
