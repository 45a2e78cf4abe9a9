"""A real browser for the tests that need one.

Where no Chromium is found they are skipped, unless CIRCLEBOT_REQUIRE_BROWSER=1 says that one must be there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable
from typing import Literal, Protocol

import pytest
from playwright.async_api import Browser, Page, async_playwright

from storage.engine import Database
from tests.adapters.web_support import WebPlatform, platform
from tests.support.patience import PATIENCE

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class OpenPage(Protocol):
    """Opens a page of a given width, in a window of its own."""

    def __call__(
        self,
        address: str,
        *,
        width: int = 1280,
        scheme: Literal["light", "dark"] = "light",
        language: str = "en-GB",
        script: bool = True,
        motion: Literal["reduce", "no-preference"] = "reduce",
    ) -> Awaitable[Page]:
        """Return the page, once it shows a conversation."""
        ...


def found_browser() -> str | None:
    """Return the browser's program, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser of the test's own."""
    program = found_browser()
    if program is None:
        if os.environ.get("CIRCLEBOT_REQUIRE_BROWSER") == "1":
            pytest.fail("CIRCLEBOT_REQUIRE_BROWSER=1, and there is no Chromium on this machine")
        pytest.skip("there is no Chromium on this machine")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=FLAGS, timeout=1000 * PATIENCE)
        yield started
        await started.close()


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Open pages; at the end none of them may have complained."""
    complaints: list[str] = []

    async def opened(
        address: str,
        *,
        width: int = 1280,
        scheme: Literal["light", "dark"] = "light",
        language: str = "en-GB",
        script: bool = True,
        motion: Literal["reduce", "no-preference"] = "reduce",
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            locale=language,
            timezone_id="Asia/Kathmandu",
            reduced_motion=motion,
            java_script_enabled=script,
        )
        context.set_default_timeout(1000 * PATIENCE)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said.text, said.type) else None)
        await page.goto(address)
        if script:
            await page.wait_for_selector(".pane, .empty")
        return page

    yield opened
    assert complaints == []


def _is_complaint(words: str, kind: str) -> bool:
    """Say whether the console shows a mistake; that a server which was stopped does not answer is none."""
    return kind in {"error", "warning"} and "WebSocket" not in words


@pytest.fixture
async def up(sqlite_database: Database) -> AsyncIterator[WebPlatform]:
    """The web adapter before a scripted core."""
    async with platform(sqlite_database) as made:
        yield made
