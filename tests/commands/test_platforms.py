"""What is imported for the platforms that are switched on, and what happens when one gives up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT

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
        [sys.executable, "-c", RUNS], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("page", ["true", "false"])
def test_without_a_token_nothing_of_telegram_is_imported(tmp_path: Path, page: str) -> None:
    """A platform that is switched off costs neither time nor memory."""
    assert loaded(tmp_path, CIRCLEBOT_WEB__ENABLED=page) == ""
