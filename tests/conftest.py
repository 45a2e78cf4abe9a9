"""What every test gets, whether it asks or not, and in which order they come."""

from __future__ import annotations

import asyncio
import gc
import os
import zoneinfo
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot import loop

pytest_plugins = ["tests.support.databases"]

# The zones of the package that is pinned, whatever the machine has, as an edition that never grows old: in here, and in
# each process that a test starts.
ZONES = Path(__file__).parent / "support" / "zones"
os.environ["PYTHONTZPATH"] = str(ZONES)
zoneinfo.reset_tzpath([str(ZONES)])

FIRST = (
    "tests/faults/test_processes.py",
    "tests/faults/test_killed.py",
    "tests/faults/test_stop.py",
    "tests/faults/test_database.py",
    "tests/faults/test_upgrade.py",
    "tests/browser/test_demo_life.py",
    "tests/browser/",
    "tests/simulate/",
    "tests/telegram/test_guide.py",
    "tests/telegram/test_trouble_killed.py",
    "tests/telegram/test_golden.py",
    "tests/discord/test_guide.py",
    "tests/discord/test_goldens.py",
    "tests/discord/test_text_from_people.py",
    "tests/commands/",
)
"""What takes long, mostly waiting for processes, the longest first: so nobody waits for it at the end."""

LoopFactory = Callable[[], asyncio.AbstractEventLoop]

# How long an example takes says how busy the machine is.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long before the rest; among those of one place the order stays as it is, which is any."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    return next((place for place, name in enumerate(FIRST) if item.nodeid.startswith(name)), len(FIRST))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for nothing to forget while thousands of tests are collected, which would take as long as a third of that.

    From then on look through what tests make, and not each time through what is there for all of them.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more process than there are cores: many tests wait for others, for a platform's pace, or for a stop."""
    return max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories() -> Mapping[str, LoopFactory]:
    """Run on the loop that the bot runs on."""
    return {"as the bot": loop.factory() or asyncio.new_event_loop}


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in os.environ:
        if name.upper().startswith("CIRCLEBOT_") and name != "CIRCLEBOT_REQUIRE_BROWSER":
            monkeypatch.delenv(name)
