"""The page as people use it: by keyboard, by touch, on a phone, in the dark, from right to left."""

# Long because it is one look at one page: every way of using it, side by side.

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from bot.chat.inbound import Command, Opened
from bot.chat.message import Button, Message, Picture, Room, RoomKind
from bot.chat.text import Bold, Link, Mention, Moment, Text
from bot.i18n import Catalogue
from storage.engine import Database
from tests.adapters.web_support import (
    BEGINNING,
    GROUP,
    Answered,
    Reached,
    ScriptedInbox,
    WebPlatform,
    invitation,
    platform,
    png,
)
from tests.browser.conftest import OpenPage
from tests.support.patience import PATIENCE

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
PRIVATE = Room("web", "ada", kind=RoomKind.PRIVATE)

CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => colour.slice(0, 3)
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (node) => {
    for (let each = node; each; each = each.parentElement) {
      const colour = rgba(getComputedStyle(each).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const words = [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data.trim());
    if (!words.some(Boolean) || !node.checkVisibility() || node.closest(".unseen, .skip, noscript, select")) continue;
    const [a, b] = [light(rgba(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(`${words.join("")}: ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
  }
  return poor;
}"""


def composer(page: Page) -> str:
    """Return where one writes in the room."""
    return ".pane-group .write"


async def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    width: int = await page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    return width


async def into_room(page: Page, title: str) -> None:
    """Open a room from the side, by way of the menu where that is closed."""
    menu = page.locator(".menu-button").first
    if await menu.is_visible():
        await menu.click()
    await page.locator("#side .side-item", has_text=title).click()


async def test_everything_goes_by_keyboard_alone(up: WebPlatform, open_page: OpenPage) -> None:
    """Skip to the conversation, complete a command, press a card's button, be told of a mistake in a form, mend it."""
    page = await open_page(up.address)
    press = page.keyboard.press
    await page.evaluate("document.activeElement.blur()")
    await press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await press("Enter")
    for _ in range(4):
        await press("Tab")
        if await page.evaluate("document.activeElement.matches('.write')"):
            break
    await expect(page.locator(composer(page))).to_be_focused()

    await page.keyboard.type("/n")
    await expect(page.locator(".suggestion")).to_have_text(["/nextThe next meeting"])
    await press("Enter")
    card = page.locator(".pane-group .card")
    await expect(card.locator("h3")).to_have_text("Meeting 3: Loops & <b>lists</b>")
    await press("Shift+Tab")
    for _ in range(6):
        if await page.evaluate("document.activeElement.textContent") == "I'm coming":
            break
        await press("Shift+Tab")
    await press("Enter")
    await expect(card).to_contain_text("1 coming: Ada Lovelace")
    await expect(card.get_by_role("button", name="I'm coming")).to_be_focused()
    await expect(page.get_by_role("status").filter(has_text="Noted, thank you.")).to_be_visible()

    await page.locator(composer(page)).focus()
    await page.keyboard.type("/newcircle")
    await press("Enter")
    dialog = page.get_by_role("dialog", name="A new circle")
    await expect(dialog.get_by_label("What is it called?")).to_be_focused()
    await press("Enter")
    await expect(dialog.get_by_text("This one is needed.")).to_have_count(2)
    await page.keyboard.type("ab")
    await press("Tab")
    await page.keyboard.type("About loops")
    await press("Tab")
    await press("Space")
    await press("Enter")
    title = dialog.get_by_label("What is it called?")
    await expect(title).to_be_focused()
    await expect(title).to_have_attribute("aria-invalid", "true")
    await expect(title).to_have_accessible_description("Such as: Python for beginners A little longer, please.")
    await expect(dialog.get_by_label("What is it about?")).to_have_value("About loops")
    await expect(dialog.get_by_role("radio", name="Monday")).to_be_checked()
    await press("Control+a")
    await page.keyboard.type("Abacus")
    await press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.locator(composer(page))).to_be_focused()
    await expect(page.locator(".pane-group .post").last).to_contain_text("Made: Abacus")


async def test_a_form_that_was_left_can_be_gone_on_with(up: WebPlatform, open_page: OpenPage) -> None:
    """Escape loses nothing; leaving it for good tells the bot."""
    page = await open_page(up.address)
    await page.locator(composer(page)).fill("/newcircle")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What is it called?").fill("Half a na")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await page.get_by_role("button", name="Go on").click()
    await expect(dialog.get_by_label("What is it called?")).to_have_value("Half a na")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Leave it").click()
    await expect(page.locator(".pane-group .post").last).to_contain_text("/cancel")
    await expect(page.get_by_role("button", name="Go on")).to_be_hidden()


async def test_a_command_goes_by_its_name_in_the_readers_language(up: WebPlatform, open_page: OpenPage) -> None:
    """Typed whole, with its accents or without, it is that command, whatever else is found for the word."""
    page = await open_page(up.address)
    for written in ("/proxima", "/Próxima"):
        await page.locator(composer(page)).fill(written)
        await expect(page.get_by_role("option", name="/next")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.locator(composer(page))).to_have_value("")
    await expect(page.locator(".pane-group .post")).to_have_count(4)  # with what each was answered
    assert [each.name for each in up.inbox.heard if isinstance(each, Command)] == ["next", "next"]


async def test_what_a_summary_has_takes_the_place_of_nothing_unasked(up: WebPlatform, open_page: OpenPage) -> None:
    """A word that is no name here may be a command's in another language: the bot knows. Tab and arrows complete it."""
    page = await open_page(up.address)
    written = page.locator(composer(page))
    await written.fill("/meeting")
    await expect(page.locator(".suggestion")).to_have_text(["/nextThe next meeting", "/meetArrange a meeting"])
    await page.keyboard.press("Enter")
    await expect(page.locator("#alerts")).to_contain_text("There is no /meeting.")
    await expect(written).to_have_value("")
    for arrows, completed in (
        ([], "/next "),
        (["ArrowDown"], "/next "),
        (["ArrowDown"] * 2, "/meet "),
        (["ArrowUp"], "/meet "),
        (["ArrowUp"] * 2, "/next "),
        (["ArrowUp"] * 3, "/meet "),
    ):
        await written.fill("/meeting")
        for key in [*arrows, "Tab"]:
            await page.keyboard.press(key)
        await expect(written).to_have_value(completed)
        await expect(written).to_be_focused()
        await expect(page.locator(".suggestion")).to_have_count(0)
    assert [each.name for each in up.inbox.heard if isinstance(each, Command)] == ["meeting"]


async def test_options_have_fields_of_their_own(up: WebPlatform, open_page: OpenPage) -> None:
    """A command with options shows them; a search is completed while one types."""
    page = await open_page(up.address)
    await page.locator(composer(page)).fill("/meet ")
    await page.get_by_text("Say more right away").click()
    await page.get_by_role("button", name="When is it?").click()
    await page.get_by_label("When is it?").fill("Tuesday 6pm")
    await page.get_by_role("button", name="Which city?").click()
    await page.get_by_role("combobox", name="Which city?").press_sequentially("mal")
    await page.get_by_role("option", name="Malmö").click()
    await page.locator(composer(page)).press("Enter")
    await expect(page.locator("#alerts")).to_contain_text("There is no /meet.")
    (heard,) = [each for each in up.inbox.heard if isinstance(each, Command)]
    assert heard.options == {"when": "Tuesday 6pm", "city": "mal"}


async def test_tab_leaves_a_field_as_it_is_where_nothing_was_chosen(up: WebPlatform, open_page: OpenPage) -> None:
    """What is offered under an option's field is taken with Tab once an arrow has chosen it."""
    page = await open_page(up.address)
    await page.locator(composer(page)).fill("/meet ")
    await page.get_by_text("Say more right away").click()
    await page.get_by_role("button", name="Which city?").click()
    city = page.get_by_role("combobox", name="Which city?")
    for arrows, stands in ((["ArrowUp"], "Oslo"), ([], "o")):
        await city.fill("o")
        await expect(page.get_by_role("option", name="Oslo")).to_be_visible()
        for key in [*arrows, "Tab"]:
            await page.keyboard.press(key)
        await expect(city).to_have_value(stands)
        await expect(page.locator(".suggestion")).to_have_count(0)
    await expect(city).not_to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_everything_without_scrolling_sideways(
    up: WebPlatform, open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    """At 360 px: cards, long words, the menu, the form; all targets big enough for a finger, all words readable."""
    await up.adapter.post(GROUP, Message(Text.of("Donaudampfschifffahrtsgesellschaft" * 4)), "long")
    await up.adapter.post(GROUP, invitation(["Ada Lovelace", "Ben"]), "card")
    await up.adapter.post(GROUP, Message(Text.of("Look"), picture=Picture(png(1600, 400), "A wide chart")), "wide")
    page = await open_page(up.address, width=360, scheme=scheme)
    await into_room(page, "Python")
    await expect(page.locator(".card").first).to_be_visible()
    assert await overflow(page) == 0
    small = await page.evaluate(
        """() => [...document.querySelectorAll(".main button, .main .button, .clock button")]
             .filter((node) => node.checkVisibility()).map((node) => [node.textContent, node.getBoundingClientRect()])
             .filter(([, box]) => box.width < 44 || box.height < 44).map(([words]) => words)"""
    )
    assert small == []
    assert await page.evaluate(CONTRASTS) == []
    await page.locator(".menu-button").click()
    await expect(page.get_by_role("navigation", name="Rooms and people")).to_be_visible()
    assert await overflow(page) == 0
    await page.keyboard.press("Escape")
    await expect(page.locator(".menu-button")).to_be_focused()
    await page.locator(composer(page)).fill("/newcircle")
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog").wait_for()
    await page.keyboard.press("Enter")
    assert await overflow(page) == 0
    assert await page.evaluate(CONTRASTS) == []


async def test_a_phone_lets_the_bot_write_privately(up: WebPlatform, open_page: OpenPage) -> None:
    """The private chat is open from the first look at the page, though it is not what a narrow page shows first."""
    await up.adapter.post(GROUP, Message(Text.of("Hello")), "hello")
    page = await open_page(up.address, width=360)
    await into_room(page, "Python")
    async with asyncio.timeout(PATIENCE):
        while not any(isinstance(each, Opened) for each in up.inbox.heard):
            await page.evaluate("new Promise(requestAnimationFrame)")


async def test_a_menu_that_slides_in_has_the_focus(up: WebPlatform, open_page: OpenPage) -> None:
    """While it moves, too: Escape closes it and leads back."""
    page = await open_page(up.address, width=360, motion="no-preference")
    await page.locator(".menu-button").click()
    await page.wait_for_function("document.activeElement.closest('#side') !== null")
    await page.keyboard.press("Escape")
    await expect(page.locator(".menu-button")).to_be_focused()


async def test_a_name_that_runs_the_other_way_turns_no_button_around(up: WebPlatform, open_page: OpenPage) -> None:
    """The words about it stay before it, also where it stands apart from them by characters that nobody sees."""
    button = Button("\u2068محمد\u2069: not there?", url="https://example.org/")
    await up.adapter.post(GROUP, Message(Text.of("Who came?"), rows=((button,),)), "who")
    page = await open_page(up.address)
    words = page.locator(".card bdi, .post bdi").filter(has_text="not there?").first
    sides = """(node) => {
        const [text] = node.childNodes, range = document.createRange(), at = text.data.indexOf("not there");
        const left = (from) => {
          range.setStart(text, from);
          range.setEnd(text, from + 3);
          return range.getBoundingClientRect().left;
        };
        return [left(1), left(at)];
    }"""
    name, rest = await words.evaluate(sides)
    assert name < rest


async def test_dark_and_light_follow_the_readers_wish(up: WebPlatform, open_page: OpenPage) -> None:
    """The ground is dark in the dark."""
    grounds = []
    for scheme in ("light", "dark"):
        page = await open_page(up.address, scheme=scheme)
        grounds.append(await page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert await page.evaluate(CONTRASTS) == []
    assert grounds == ["rgb(245, 242, 236)", "rgb(18, 23, 26)"]


async def test_room_and_private_chat_stand_side_by_side(up: WebPlatform, open_page: OpenPage) -> None:
    """On a wide page both; on a narrow one the one that was chosen."""
    wide = await open_page(up.address)
    await expect(wide.locator(".pane")).to_have_count(2)
    narrow = await open_page(up.address, width=768)
    await expect(narrow.locator(".pane")).to_have_count(1)
    await into_room(narrow, "Circlebot")
    await expect(narrow.get_by_role("log", name="Messages in Circlebot")).to_be_visible()
    await expect(narrow.locator(".post")).to_contain_text("Welcome!")


async def test_right_to_left_mirrors_the_page(sqlite_database: Database, open_page: OpenPage, tmp_path: Path) -> None:
    """In Arabic the side stands on the right; nothing runs out of the window."""
    messages = tmp_path / "ar" / "LC_MESSAGES"
    messages.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    (messages / "circlebot.po").write_text(header + '\nmsgid "Rooms"\nmsgstr "الغرف"\n', encoding="utf-8")
    async with platform(sqlite_database, catalogue=Catalogue(tmp_path)) as up:
        await up.adapter.post(GROUP, invitation([]), "card")
        page = await open_page(up.address, language="ar-EG")
        assert await page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
        await expect(page.get_by_role("heading", name="الغرف")).to_be_visible()
        side, main = await page.locator("#side").bounding_box(), await page.locator("#main").bounding_box()
        assert side
        assert main
        assert side["x"] > main["x"]
        phone = await open_page(up.address, language="ar-EG", width=360)
        assert await overflow(phone) == 0
        await phone.locator(".menu-button").click()
        await expect(phone.locator("#side")).to_be_in_viewport()


async def test_what_people_write_is_never_markup(up: WebPlatform, open_page: OpenPage) -> None:
    """Names, titles, words, labels, links: all shown as they were written."""
    await up.adapter.add_person("mallory", HOSTILE)
    await up.adapter.add_room("evil", HOSTILE)
    message = Message(
        Text.of(HOSTILE, Bold(HOSTILE), Mention(HOSTILE), Link(HOSTILE, "javascript:document.title='owned'")),
        rows=((Button(HOSTILE, Answered(answer=Reached.YES)),),),
        title=HOSTILE,
        picture=Picture(png(), HOSTILE),
    )
    await up.adapter.post(GROUP, message, "1")
    page = await open_page(up.address)
    await into_room(page, "Python")
    await page.locator(composer(page)).fill(HOSTILE)
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .words")).to_have_text(HOSTILE)
    await expect(page.locator(".pane-group .card h3")).to_have_text(HOSTILE)
    assert await page.evaluate("document.querySelectorAll('img[src=x], body script, a[href^=javascript]').length") == 0
    await expect(page).not_to_have_title("owned")


async def test_times_are_in_the_readers_zone(up: WebPlatform, open_page: OpenPage) -> None:
    """18:00 UTC is 23:45 in Kathmandu; the instant itself stays readable for machines."""
    await up.adapter.post(GROUP, invitation([]), "card")
    page = await open_page(up.address)
    when = page.locator(".pane-group .bubble time").first
    await expect(when).to_contain_text("23:45")
    await expect(when).to_have_attribute("datetime", "2026-03-12T18:00:00.000Z")


async def test_a_time_elsewhere_names_the_readers_zone(up: WebPlatform, open_page: OpenPage) -> None:
    """Who reads from afar of a meeting in Madrid is told whose clock it is; who lives by the same needs no name."""
    at = BEGINNING + timedelta(days=2, hours=3)
    for key, zone in (("afar", "Europe/Madrid"), ("here", "Asia/Kathmandu")):
        await up.adapter.post(GROUP, Message(Text.of("Meeting: ", Moment(at, zone))), key)
    page = await open_page(up.address)
    times = page.locator(".pane-group .bubble p time")
    await expect(times).to_have_count(2)
    shown = await times.all_text_contents()
    assert [("23:45" in words, "GMT+5:45" in words) for words in shown] == [(True, True), (True, False)]


async def test_a_card_changes_under_everybodys_eyes(up: WebPlatform, open_page: OpenPage) -> None:
    """Ben presses, Ada sees it, in the same place."""
    await up.adapter.post(GROUP, invitation([]), "card")
    ada, ben = await open_page(up.address), await open_page(up.address)
    await ben.locator("#side .side-item", has_text="Ben").click()
    await ben.locator(".pane-group").get_by_role("button", name="I'm coming").click()
    await expect(ada.locator(".pane-group .card")).to_have_count(1)
    await expect(ada.locator(".pane-group .card")).to_contain_text("1 coming: Ben")


async def test_unread_marks_come_and_go(up: WebPlatform, open_page: OpenPage) -> None:
    """A room that is not looked at counts; looking clears it; the new ones are below a line."""
    await up.adapter.add_room("garden", "Gardening")
    page = await open_page(up.address)
    await into_room(page, "Python")
    await up.adapter.post(Room("web", "garden"), Message(Text.of("One")), "1")
    await up.adapter.post(Room("web", "garden"), Message(Text.of("Two")), "2")
    row = page.locator("#side .side-item", has_text="Gardening")
    await expect(row).to_contain_text("2 unread")
    await row.click()
    await expect(row).not_to_contain_text("unread")
    await up.adapter.post(PRIVATE, Message(Text.of("Psst")), "3")
    await expect(page.locator(".pane-private")).to_contain_text("Psst")


async def test_pictures_say_in_words_what_they_show(up: WebPlatform, open_page: OpenPage) -> None:
    """The picture arrives, with its text alternative."""
    message = Message(Text.of("This week"), picture=Picture(png(), "Turnout: 3, 5 and 4"))
    await up.adapter.post(GROUP, message, "1")
    page = await open_page(up.address)
    shown = page.get_by_role("img", name="Turnout: 3, 5 and 4")
    await expect(shown).to_be_visible()
    await expect(shown).to_have_js_property("naturalWidth", 320)


async def test_every_control_has_a_name(up: WebPlatform, open_page: OpenPage) -> None:
    """A screen reader finds a name on each, one main region, and headings."""
    await up.adapter.post(GROUP, invitation([]), "card")
    page = await open_page(up.address)
    await expect(page.locator(".pane-private")).to_contain_text("Welcome!")
    for role in ("button", "combobox", "link", "textbox", "navigation", "log"):
        for node in await page.get_by_role(role).all():
            await expect(node).to_have_accessible_name(re.compile(r"\S"))
    await expect(page.get_by_role("main")).to_have_count(1)
    await expect(page.get_by_role("heading", name="Python for beginners")).to_be_visible()
    await expect(page.get_by_role("log", name="Messages in Python for beginners")).to_be_visible()


async def test_news_is_read_out_once_and_edits_are_not(up: WebPlatform, open_page: OpenPage) -> None:
    """A new message is announced with its author; a counter that goes up is not read again."""
    posted = await up.adapter.post(GROUP, invitation([]), "card")
    page = await open_page(up.address)
    announcer = page.locator("#announcer")
    await up.adapter.edit(posted, invitation(["Ben"]))
    await expect(page.locator(".pane-group .card")).to_contain_text("1 coming")
    await expect(announcer).not_to_contain_text("coming")
    await up.adapter.post(GROUP, Message(Text.of("See you soon")), "2")
    await expect(announcer).to_contain_text("Circlebot: See you soon")


async def test_the_clock_bar_moves_on(up: WebPlatform, open_page: OpenPage) -> None:
    """It says what is next, goes there, and says when nothing is."""
    page = await open_page(up.address)
    bar = page.get_by_role("region", name="The clock of the demo")
    await expect(bar).to_contain_text("Next thing due: reminder: Python for beginners")
    await up.adapter.post(GROUP, Message(Text.of("Good evening")), "1")
    await expect(page.locator(".pane-group .day")).to_have_text(["Today"])
    await bar.get_by_role("button", name="Next").click()
    await expect(bar).to_contain_text("Nothing is due.")
    await expect(page.locator(".pane-group .day")).to_have_text(["Yesterday"])
    await bar.get_by_role("button", name="+1 day").click()
    await expect(bar.locator(".clock-now")).to_contain_text("12 March")


async def test_people_and_rooms_can_be_added(up: WebPlatform, open_page: OpenPage) -> None:
    """A newcomer makes a person, speaks as them, and makes a room of their own."""
    page = await open_page(up.address)
    await page.get_by_role("button", name="Add a person").click()
    await page.get_by_label("Their name").fill("Zoë")
    await page.keyboard.press("Enter")
    current = page.locator("#side [aria-current]", has_text="Zoë")
    await expect(current).to_be_visible()
    await expect(page.locator(".pane-private")).to_contain_text("Welcome!")
    await page.get_by_role("button", name="New room").click()
    await page.get_by_label("What the room is called").fill("Gardening")
    await page.keyboard.press("Enter")
    await expect(page.locator(".pane-group .pane-title")).to_have_text("Gardening")
    await expect(page.locator(".pane-group .post")).to_contain_text("Hello, Gardening.")


async def test_a_start_link_opens_the_private_chat(up: WebPlatform, open_page: OpenPage) -> None:
    """From the address bar and from a message alike."""
    page = await open_page(up.adapter.start_link("invite-7"))
    await expect(page.locator(".pane-private")).to_contain_text("Welcome! invite-7")
    assert page.url == f"{up.address}/"
    message = Message(Text.of("Come in: ", Link("the invitation", up.adapter.start_link("invite-8"))))
    await up.adapter.post(GROUP, message, "1")
    await page.get_by_role("link", name="the invitation").click()
    await expect(page.locator(".pane-private")).to_contain_text("Welcome! invite-8")
    assert [heard.start for heard in up.inbox.heard if isinstance(heard, Opened) and heard.start] == [
        "invite-7",
        "invite-8",
    ]


async def test_the_page_comes_back_after_a_restart_and_loses_nothing(
    sqlite_database: Database, open_page: OpenPage
) -> None:
    """What was said and pressed without a connection arrives once; what happened meanwhile is shown."""
    inbox = ScriptedInbox()
    async with AsyncExitStack() as first:
        up = await first.enter_async_context(platform(sqlite_database, inbox=inbox))
        posted = await up.adapter.post(GROUP, invitation([]), "card")
        page = await open_page(up.address)
        await expect(page.locator(".pane-group .card")).to_be_visible()
        port = up.server.port
    await expect(page.locator("#offline")).to_contain_text("Not connected")
    await page.locator(composer(page)).fill("Said while away")
    await page.keyboard.press("Enter")
    await expect(page.locator(".unsent")).to_contain_text("Said while away")
    await page.locator(".pane-group").get_by_role("button", name="I'm coming").click()
    async with platform(sqlite_database, inbox=inbox, port=port) as up:
        await up.adapter.post(GROUP, Message(Text.of("Back again")), "back")
        await expect(page.locator(".pane-group .card")).to_contain_text("1 coming: Ada Lovelace")
        await expect(page.locator("#offline")).to_be_empty()
        await expect(page.locator(".pane-group .words", has_text="Said while away")).to_have_count(1)
        await expect(page.locator(".unsent")).to_have_count(0)
        await expect(page.locator(".pane-group")).to_contain_text("Back again")
        assert up.inbox.stood[-1][1] == posted


async def test_a_stranger_sees_where_to_go(sqlite_database: Database, open_page: OpenPage) -> None:
    """Without a link the page asks for one; with it, it shows one's own rooms and nobody else's eyes."""
    async with platform(sqlite_database, demo=False) as up:
        await up.adapter.admit("python", "ben")
        page = await open_page(up.address)
        await expect(page.get_by_role("heading", name="Please sign in")).to_be_visible()
        await page.goto(await up.adapter.sign_in_link("ben"))
        await expect(page.locator(".pane-group .pane-title")).to_have_text("Python for beginners")
        await expect(page.locator("#side")).to_contain_text("You are")
        await expect(page.get_by_text("Switch person")).to_have_count(0)
        await expect(page.locator("#clock")).to_be_hidden()


async def test_without_scripts_the_page_says_what_is_missing(up: WebPlatform, open_page: OpenPage) -> None:
    """Rather than stay empty."""
    page = await open_page(up.address, script=False)
    await expect(page.locator(".notice")).to_contain_text("JavaScript")
