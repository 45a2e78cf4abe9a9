"""The demo's page as people use it: who looks, at which room, what they press, write and fill in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

MOST_STEPS = 40
"""How often Next is pressed before the thing that was waited for will not come any more."""
DUE = """() => document.querySelector("#clock .clock-due time")?.dateTime"""
"""When the next thing is due."""
MOVED = """(before) => {
  const [now, due] = ["#clock .clock-now", "#clock .clock-due time"].map((each) => document.querySelector(each));
  const moved = due?.dateTime !== before;
  return !document.querySelector("#clock[aria-busy]") && moved && (!due || now.dateTime < due.dateTime);
}"""
"""It has been done, and nothing that is due waits any more: while the clock moves, the bar may show some of it. It goes
on by itself, too."""


def beginning(words: str) -> re.Pattern[str]:
    """Return what finds names that begin so, in the browser's kind of regular expression too."""
    return re.compile("^" + re.sub(r"([^\w\s])", r"\\\1", words))


@dataclass(frozen=True)
class DemoPage:
    """One open page of the demo."""

    page: Page

    @property
    def room(self) -> Locator:
        """The group room that is shown."""
        return self.page.locator(".pane-group")

    @property
    def private(self) -> Locator:
        """The private chat with the bot."""
        return self.page.locator(".pane-private")

    @property
    def clock(self) -> Locator:
        """The clock bar."""
        return self.page.locator("#clock")

    @property
    def form(self) -> Locator:
        """The form that is open."""
        return self.page.locator("dialog#form")

    async def become(self, name: str) -> None:
        """Look through somebody else's eyes."""
        row = self.beside(name)
        await self._menu()
        await row.click()
        await expect(row).to_have_attribute("aria-current", "true")
        await expect(self.page.locator(".pane").first).to_be_visible()

    async def enter(self, title: str) -> None:
        """Go into a room."""
        await self._menu()
        await self.beside(title).click()
        await expect(self.room.locator(".pane-title")).to_have_text(title)

    async def add(self, what: str, called: str) -> None:
        """Make a person or a room of one's own."""
        await self._menu()
        await self.page.get_by_role("button", name=what, exact=True).click()
        await self.page.locator("dialog#make input").fill(called)
        await self.page.keyboard.press("Enter")
        await expect(self.beside(called)).to_have_attribute("aria-current", "true")

    def beside(self, words: str) -> Locator:
        """Return a person or a room in the list at the side."""
        return self.page.locator("#side .side-item").filter(has=self.page.get_by_text(words, exact=True))

    async def _menu(self) -> None:
        """Open the list where a narrow page keeps it closed."""
        menu = self.page.locator(".menu-button").first
        if await menu.is_visible():
            await menu.click()

    def card(self, *words: str, private: bool = False) -> Locator:
        """Return the newest post that has all of these words."""
        posts = (self.private if private else self.room).locator(".post")
        for each in words:
            posts = posts.filter(has_text=each)
        return posts.last

    async def press(self, label: str, *, on: Locator) -> None:
        """Press a post's button whose label begins so, and wait until the bot has answered."""
        button = on.get_by_role("button", name=beginning(label)).first
        await button.click()
        await expect(on.locator("button[aria-busy=true]")).to_have_count(0)

    async def say(self, words: str, *, private: bool = False) -> None:
        """Write something and send it."""
        write = (self.private if private else self.room).locator(".write")
        await write.fill(words)
        await write.press("Enter")
        await expect(write).to_have_value("")

    async def fill(self, **answers: str) -> None:
        """Fill in fields of the open form, each named by words of its label with _ for blanks."""
        for words, answer in answers.items():
            field = self.field(words.replace("_", " "))
            choice = field.get_by_role("radio", name=answer, exact=True)
            if await choice.count():
                await choice.check()
            elif await field.locator("select").count():
                await field.locator("select").select_option(label=answer)
            else:
                await field.locator("input, textarea").fill(answer)

    def field(self, words: str) -> Locator:
        """Return the open form's field whose label has these words."""
        return self.form.locator(".field").filter(has=self.page.locator(".label", has_text=words))

    async def send(self) -> None:
        """Send the form, which is taken."""
        await self.form.locator("button[type=submit]").click()
        await expect(self.form).to_be_hidden()

    async def next(self) -> None:
        """Press Next, and wait until all that was due then is done and shown."""
        before = await self.page.evaluate(DUE)
        await self.clock.get_by_role("button", name="Next", exact=True).click()
        await self.page.wait_for_function(MOVED, arg=before)

    async def until(self, due: str) -> None:
        """Press Next until the thing due that begins so has happened."""
        came: list[str] = []
        for _ in range(MOST_STEPS):
            came.append(await self.clock.locator(".clock-due bdi").inner_text())
            await self.next()
            if came[-1].startswith(due):
                return
        raise AssertionError(f"{due!r} never came, but {came}")
