"""A circle from nothing in the demo's page: by people who are new to it, by keyboard, by people who mean no good."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import Demo, living
from tests.browser.demo_page import DemoPage

PYTHON = "Python circle"
HOSTILE = (
    "<b>bold</b><script>document.title='owned'</script>",
    "@everyone come here",
    '=HYPERLINK("http://x.example","x")',
)


@pytest.fixture
async def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> AsyncIterator[Demo]:
    """A demo of the test's own; without a browser nothing is seeded."""
    assert browser.is_connected()
    async with living(tmp_path_factory, tmp_path) as up:
        yield up


async def _published(look: DemoPage, title: str) -> None:
    """Make a circle through its form, with two mistakes on the way, and publish it."""
    await look.say("/newcircle")
    await expect(look.form).to_have_accessible_name(re.compile("A new circle"))
    await look.fill(circle_called=title, city="Madrid", first_meeting="31 February", How_many_weeks="99")
    await look.fill(Where_do_you_meet="The greenhouse", language="English")
    await look.form.locator("button[type=submit]").click()
    wrong = look.form.locator(".field.wrong")
    await expect(wrong).to_have_count(2)
    await expect(look.form.locator(".field")).to_have_count(2)  # what was fine is not asked again
    await expect(look.field("first meeting").locator("input")).to_be_focused()
    await expect(look.field("first meeting").locator("input")).to_have_value("31 February")
    await expect(look.field("How many weeks").locator(".error")).to_contain_text("52")
    await look.fill(first_meeting="Tuesday 6pm", How_many_weeks="5")
    await look.send()
    back = look.card("Here is what I understood:")
    await expect(back).to_contain_text("Only you can see this")
    for kept in (title, "Madrid", "The greenhouse", "English", "How many weeks? 5"):
        await expect(back).to_contain_text(kept)
    await expect(back).to_contain_text(re.compile(r"When is the first meeting\? Tuesday, .* 6:00\sPM \(Madrid\)"))
    await look.press("Save", on=back)
    draft = look.card("5 meetings of 90 minutes", "Publish")
    await look.press("Preview", on=draft)
    await look.press("Publish", on=draft)
    await expect(look.card("Join this circle", "The greenhouse")).to_be_visible()


async def test_a_newcomer_makes_a_circle_two_join_and_a_meeting_is_moved(demo: Demo, open_page: OpenPage) -> None:
    """From an empty room to a changed meeting that everybody was told of; mistakes are said on their fields."""
    look = DemoPage(await open_page(demo.address))
    await look.add("Add a person", "Zoë")
    await look.add("New room", "Gardening")
    await _published(look, "Herbs in pots")
    for number, name in enumerate(("Tala Reyes", "Gwen Jones"), start=1):
        await look.become(name)
        await look.press("Join this circle", on=look.card("Join this circle"))
        await expect(look.card("Join this circle")).to_contain_text(f"{number} learner")
        await expect(look.page.locator(".post", has_text="Welcome to “Herbs in pots”!")).to_have_count(1)

    await look.become("Zoë")
    await look.say("/meetings")
    await look.press("Change 1", on=look.card("Meetings of Herbs in pots"))
    await look.press("Move", on=look.card("Call off", "Move"))
    await look.fill(When_shall_it_be="Thursday 7pm")
    await look.send()
    await look.press("Save", on=look.card("Here is what I understood:", "Thursday, "))
    for name in ("Tala Reyes", "Gwen Jones"):
        await look.become(name)
        await expect(look.card("moved").first).to_contain_text(re.compile(r"Thursday,? \d+ \w+"))


async def test_bad_input_is_answered_kindly_and_shown_as_it_is(demo: Demo, open_page: OpenPage) -> None:
    """A slip gets the nearest command, a novel gets one answer, and nobody's words become markup."""
    look = DemoPage(await open_page(demo.address))
    await look.become("Tala Reyes")
    await look.enter(PYTHON)
    await look.say("/nxet")
    await expect(look.card("/nxet")).to_contain_text("Did you mean /next?")
    for words in HOSTILE:
        await look.say(words)
        await expect(look.room.locator(".mine .words").last).to_have_text(words)
    await expect(look.page).not_to_have_title("owned")
    await expect(look.room.locator(".words b, .words a, .words script")).to_have_count(0)
    await look.say("x" * 10_000)
    await expect(look.room.locator(".mine .words").last).to_have_text("x" * 10_000)
    assert await _overflow(look.page) == 0

    await look.say(f"/newcircle {'long ' * 2_000}")
    await expect(look.form).to_be_visible()
    await expect(look.form.locator(".field .error").first).to_be_visible()
    await look.page.keyboard.press("Escape")

    await look.add("New room", HOSTILE[0])
    await _published(look, HOSTILE[2])
    await expect(look.card("Join this circle").get_by_role("heading", name=HOSTILE[2])).to_be_visible()
    await expect(look.page).not_to_have_title("owned")


async def test_joining_and_answering_need_no_mouse(demo: Demo, open_page: OpenPage) -> None:
    """Tab and Enter lead to every button; the focus stays where one is; what comes is read out."""
    page = await open_page(demo.address)
    look = DemoPage(page)
    await _tab_to(page, page.get_by_role("button", name="Add a person"))
    await page.keyboard.press("Enter")
    await page.keyboard.type("Zoë")
    await page.keyboard.press("Enter")
    await expect(page.locator("#announcer")).to_contain_text("Zoë")
    await _tab_to(page, look.beside(PYTHON))
    await page.keyboard.press("Enter")
    await expect(look.room.locator(".write")).to_be_focused()
    join = look.card("Join this circle").get_by_role("button", name="Join this circle")
    await _tab_to(page, join, back=True)
    await page.keyboard.press("Enter")
    await expect(look.card("Join this circle")).to_contain_text("10 learners")
    await expect(page.locator("#announcer")).to_contain_text("Welcome to “Python for beginners”")

    await look.room.locator(".write").focus()
    await page.keyboard.type("/next")
    await page.keyboard.press("Enter")
    coming = look.card("meeting 3", "Maybe").get_by_role("button", name="I'm coming")
    await expect(coming).to_be_visible()
    await _tab_to(page, coming, back=True)
    await page.keyboard.press("Enter")
    await expect(look.card("meeting 3", "Maybe")).to_contain_text("1 coming: Zoë")
    await expect(coming).to_be_focused()


async def _tab_to(page: Page, aim: Locator, *, back: bool = False) -> None:
    """Press Tab until the focus is there."""
    await aim.wait_for()
    for _ in range(80):
        if await aim.evaluate("(node) => node === document.activeElement"):
            return
        await page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError("Tab never came there")


async def _overflow(page: Page) -> int:
    """Return by how many pixels the page is wider or taller than its window: only what is in it scrolls."""
    size = "(({scrollWidth, scrollHeight}) => Math.max(scrollWidth - innerWidth, scrollHeight - innerHeight))"
    beyond: int = await page.evaluate(f"{size}(document.scrollingElement)")
    return beyond


async def test_a_screen_reader_finds_names_everywhere(demo: Demo, open_page: OpenPage) -> None:
    """Every control has one, dialogs too, which hold the focus and give it back; no image is without words."""
    page = await open_page(demo.address)
    look = DemoPage(page)
    await look.enter(PYTHON)
    await look.say("/next")
    await expect(look.card("meeting 3", "Maybe")).to_be_visible()
    for role in ("button", "link", "textbox", "combobox", "img", "navigation", "log", "region"):
        for node in await page.get_by_role(role).all():
            await expect(node).to_have_accessible_name(re.compile(r"\S"))
    await look.say("/newcircle")
    await expect(look.form).to_have_accessible_name(re.compile("A new circle"))
    for _ in range(25):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    for node in await look.form.get_by_role("textbox").all():
        await expect(node).to_have_accessible_name(re.compile(r"\S"))
    await page.keyboard.press("Escape")
    await expect(look.form).to_be_hidden()
    await expect(look.room.locator(".write")).to_be_focused()


async def test_an_old_phone_shows_a_circle_without_scrolling_sideways(demo: Demo, open_page: OpenPage) -> None:
    """360 px: the room, the panel, the form, and names that run from right to left in a line that does not."""
    page = await open_page(demo.address, width=360)
    look = DemoPage(page)
    await look.enter(PYTHON)
    await look.say("/circle")
    panel = look.card("Facilitators:", "Learners:")
    await expect(panel).to_contain_text("سارة حداد")
    assert await _overflow(page) == 0
    await look.become("سارة حداد")
    name = page.locator("#side bdi", has_text="سارة حداد")
    await expect(name).to_have_css("direction", "rtl")
    assert await page.evaluate("document.documentElement.dir") == "ltr"
    await look.say("مرحبا بالجميع 👋")
    await expect(look.room.locator(".mine .words").last).to_have_css("direction", "rtl")
    await look.say("/newcircle")
    await expect(look.form).to_be_visible()
    assert await _overflow(page) == 0
