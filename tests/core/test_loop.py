"""The loop that the bot runs on."""

from __future__ import annotations

import asyncio
import sys

import pytest

from bot import loop


async def kind() -> str:
    """Return whose loop this runs on."""
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


def test_it_is_the_quick_one_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not built for the machine, the standard library's does the same."""
    pytest.importorskip("uvloop", reason="uvloop is not built for this machine")
    assert loop.run(kind()) == "uvloop"
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert loop.run(kind()) == "asyncio"


async def test_these_tests_run_on_it() -> None:
    """What the bot runs on is what is tested."""
    assert await kind() == ("uvloop" if loop.factory() else "asyncio")
