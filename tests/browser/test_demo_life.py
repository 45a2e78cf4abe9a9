"""Three weeks on, the demo goes on living: from a reminder to the next one, seen by the people who live it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import Demo, living
from tests.browser.demo_page import DemoPage

PYTHON, ORGANIZERS = "Python circle", "Organizers"
REMINDS = "reminder: Python for beginners"
NUDGES = "asks who has not answered: Python for beginners"
ENDS = "the meeting ends: Python for beginners"
CLOSES = "plus/delta closes: Python for beginners"
REMINDER = ("meeting 3", "I'm coming")


@pytest.fixture
async def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> AsyncIterator[Demo]:
    """A demo of the test's own; without a browser nothing is seeded."""
    assert browser.is_connected()
    async with living(tmp_path_factory, tmp_path) as up:
        yield up


async def test_a_circle_lives_from_a_reminder_to_the_decision_on_the_next_one(demo: Demo, open_page: OpenPage) -> None:
    """RSVPs, the meeting, plus/delta, the summary, a decision, and its tick on the following card."""
    look = DemoPage(await open_page(demo.address))
    await look.enter(PYTHON)
    await look.until(REMINDS)
    await _three_answer(look)
    await look.until(REMINDS)
    await expect(look.card(*REMINDER)).to_contain_text("2 coming")
    await expect(look.card("There is a newer message about this further down.")).to_be_visible()
    await look.until(ENDS)
    await _four_look_back(look)
    await look.until(CLOSES)
    summary = look.card("This is what we said.", "Good thing 3")
    await expect(summary).to_contain_text("4 people answered.")
    await _taken_up(look)

    card = look.card("meeting 4", "I'm coming", "Bring cake (Kenji Tanaka)")
    await look.until(REMINDS)
    await look.press("Done: Bring cake", on=card)
    await expect(look.card("meeting 4", "I'm coming")).not_to_contain_text("Bring cake")
    await expect(look.card("It is done.")).to_contain_text("Only you can see this")


async def _three_answer(look: DemoPage) -> None:
    """Answer as three people, one of whom changes their mind: the counts change in place."""
    await expect(look.card(*REMINDER)).to_contain_text("Nobody has answered yet.")
    await expect(look.card(*REMINDER)).to_contain_text("23:45")  # 18:00 where they meet, as the reader's clock has it
    for name, answer, seen in (
        ("Kenji Tanaka", "I'm coming", "1 coming: Kenji Tanaka"),
        ("Gwen Jones", "I'm coming", "2 coming: Kenji Tanaka and Gwen Jones"),
        ("Gwen Jones", "Can't make it", "1 can't make it: Gwen Jones"),
        ("Nia Wanjiru", "I'm coming", "2 coming: Kenji Tanaka and Nia Wanjiru"),
    ):
        await look.become(name)
        await look.press(answer, on=look.card(*REMINDER))
        await expect(look.card(*REMINDER)).to_contain_text(seen)
    await expect(look.room.locator(".card").filter(has_text="Meeting 3")).to_have_count(1)
    await look.become("Priya Nair")
    await look.until(NUDGES)
    nudge = look.card("Will you come to “Python for beginners”?", private=True)
    await expect(nudge.get_by_role("button", name="I'm coming")).to_be_visible()


async def _four_look_back(look: DemoPage) -> None:
    """Say that one was there, and give plus/delta through the form."""
    for number, name in enumerate(("Kenji Tanaka", "Priya Nair", "Nia Wanjiru", "Björn Lindqvist")):
        await look.become(name)
        card = look.card("This meeting is over.")
        await look.press("I was there", on=card)
        await expect(card).to_contain_text(re.compile(rf"were there: .*{name}|was there: {name}"))
        await look.press("Plus / delta", on=card)
        await expect(look.form).to_have_accessible_name("Plus / delta")
        await look.fill(Plus=f"Good thing {number}", Delta=f"Change {number}", How_was="4 good")
        await look.send()
        await expect(card).to_contain_text(f"{number + 1} answer")


async def _taken_up(look: DemoPage) -> None:
    """Vote, then take a delta up as the facilitator, in other words, with an owner."""
    summary = look.card("This is what we said.", "Good thing 3")
    await look.press("Vote: Change 1", on=summary)
    await expect(summary).to_contain_text("Change 1: 1 vote")
    await look.become("Amara Okafor")
    await look.press("Take up…", on=summary)
    await look.press("Take up: Change 1", on=look.card("Which of these does the circle take up?"))
    await look.fill(What_do="Bring cake", Who_sees="Kenji Tanaka")
    await look.send()
    await expect(summary).to_contain_text("Bring cake (Kenji Tanaka)")
    await look.become("Kenji Tanaka")
    await expect(look.card("you see to it", private=True)).to_contain_text("Bring cake")
    await look.become("Amara Okafor")


async def test_mondays_digest_has_a_chart_that_says_in_words_what_it_shows(demo: Demo, open_page: OpenPage) -> None:
    """The organizers' room gets it without anybody asking."""
    look = DemoPage(await open_page(demo.address))
    await look.become("Lucía Fernández")
    await look.enter(ORGANIZERS)
    await expect(look.room.locator(".card").last).to_be_visible()
    before = await look.room.locator(".card").count()
    await look.until("digest: Riverside Library")  # the clock bar speaks the language of the page
    await expect(look.room.locator(".card")).to_have_count(before + 1)
    digest = look.room.locator(".card").last
    await expect(digest).to_contain_text("Riverside Library: the week")
    await expect(digest).to_contain_text("Meetings held")
    await expect(digest.get_by_role("img")).to_have_accessible_name(
        re.compile(r"Python for beginners.*\d+.*\d+", re.DOTALL)
    )
    await look.page.wait_for_function("[...document.querySelectorAll('.picture img')].at(-1).naturalWidth > 300")


async def test_a_killed_demo_comes_back_with_everything_once(demo: Demo, open_page: OpenPage) -> None:
    """SIGKILL after taps, and again in the middle of Next: the open page reconnects, nothing is lost or doubled."""
    page = await open_page(demo.address)
    look = DemoPage(page)
    await look.enter(PYTHON)
    await look.until(REMINDS)
    for name in ("Kenji Tanaka", "Nia Wanjiru"):
        await look.become(name)
        await look.press("I'm coming", on=look.card(*REMINDER))
    await expect(look.card(*REMINDER)).to_contain_text("2 coming")

    await demo.kill()
    await expect(page.locator("#offline")).to_contain_text("Not connected")
    await look.card(*REMINDER).get_by_role("button", name="Maybe").click()
    await demo.start()
    await expect(page.locator("#offline")).to_be_empty()
    await expect(look.card(*REMINDER)).to_contain_text("1 coming: Kenji Tanaka")
    await expect(look.card(*REMINDER)).to_contain_text("1 maybe: Nia Wanjiru")

    await look.clock.get_by_role("button", name="+1 day").click()
    await demo.kill()
    await demo.start()
    await expect(page.locator("#offline")).to_be_empty()
    await expect(page.locator("#clock:not([aria-busy])")).to_be_visible()
    await look.become("Priya Nair")
    await look.until(ENDS)
    await expect(look.private.locator(".post").filter(has_text="This meeting is over.")).to_have_count(1)
    meeting = look.room.locator(".card").filter(has_text=re.compile("meeting 3", re.IGNORECASE))
    await expect(meeting).to_have_count(3)  # two reminders and the end
