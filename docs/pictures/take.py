"""Take the documentation's pictures from the living demo: `.venv/bin/python -m docs.pictures.take`.

Needs what the tests need, and a Chromium. The demo is made anew in a temporary folder and looks the same each time,
except for its dates, which follow the day on which the pictures are taken.
"""
# ruff: noqa: INP001  # a script among pictures, no package

from __future__ import annotations

import asyncio
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, ViewportSize, async_playwright

from tests.browser.conftest import FLAGS, found_browser
from tests.browser.demo import HERE, Demo
from tests.browser.demo_page import DemoPage

FOLDER = Path(__file__).parent
WINDOW: ViewportSize = {"width": 1280, "height": 800}
LARGEST = 200_000
"""Bytes of a picture in a README that is also read on a phone."""
ANSWERS = {
    "Kenji Tanaka": "I'm coming",
    "سارة حداد": "I'm coming",
    "Björn Lindqvist": "I'm coming",
    "Nia Wanjiru": "I'm coming",
    "Priya Nair": "Maybe",
    "Gwen Jones": "Can't make it",
}
COLOURS = 192


async def page_picture(page: Page) -> bytes:
    """Return the Python circle's room with a meeting's card and answers, beside a learner's private chat."""
    look = DemoPage(page)
    await look.enter("Python circle")
    await look.until("reminder: Python for beginners")
    for name, answer in ANSWERS.items():
        await look.become(name)
        await look.press(answer, on=look.card("meeting 3", "I'm coming"))
    await look.become("Tala Reyes")
    await look.until("asks who has not answered: Python for beginners")
    await look.card("Will you come", private=True).wait_for()
    await page.locator(".toast").first.wait_for(state="detached")
    await page.mouse.move(640, 90)
    await page.evaluate("document.activeElement.blur(); document.querySelector('.side-body').scrollTop = 0")
    return await page.screenshot(animations="disabled")


def smaller(picture: bytes) -> bytes:
    """Return a picture in few colours, which a page of text does not need many of."""
    small = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        small, "PNG", optimize=True
    )
    return small.getvalue()


async def take() -> None:
    """Write the pictures beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(Path(folder) / "demo")
        await demo.start()
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=found_browser(), args=FLAGS)
                context = await browser.new_context(
                    viewport=WINDOW, color_scheme="light", locale="en-GB", timezone_id=HERE, reduced_motion="reduce"
                )
                page = await context.new_page()
                await page.goto(demo.address)
                await page.locator(".pane").first.wait_for()
                picture = smaller(await page_picture(page))
                await browser.close()
        finally:
            await demo.kill()
    if len(picture) > LARGEST:
        sys.exit(f"page.png would have {len(picture)} bytes, more than {LARGEST}: fewer colours?")
    (FOLDER / "page.png").write_bytes(picture)


if __name__ == "__main__":
    asyncio.run(take())
