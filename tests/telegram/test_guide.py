"""docs/telegram.md, followed step by step: the program as it is started there, and the buttons it names."""

from __future__ import annotations

import re
from asyncio.subprocess import Process
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.support.program import ROOT, line_of, program
from tests.telegram.people import Person
from tests.telegram.server.state import Chat, Message, Status
from tests.telegram.world import World

GUIDE = (ROOT / "docs" / "telegram.md").read_text(encoding="utf-8")
NOT_ON_BUTTONS = {"Tuesday 6pm"}
"""What the first steps of the guide have in quotation marks that is to be typed."""


def circlebot(tg: World, folder: Path, *arguments: str) -> AbstractAsyncContextManager[Process]:
    """Start the program as the guide does: with the token in the environment, and nothing else said."""
    return program(folder, *arguments, TELEGRAM__TOKEN=tg.token, TELEGRAM__API_URL=tg.api_url)


async def posted(tg: World, where: Chat, button: str) -> Message:
    """Return the newest message with such a button, as soon as it is there."""

    def found() -> list[Message]:
        return [message for message in where.said if button in message.buttons]

    try:
        await tg.until(lambda: bool(found()))
    except TimeoutError:
        shown = [(message.text, message.buttons) for message in where.said]
        raise AssertionError(f"no {button!r}, only {shown}") from None
    return found()[-1]


class Reader:
    """Somebody who follows the guide, and notes each button seen on the way."""

    def __init__(self, tg: World) -> None:
        self.tg = tg
        self.seen: set[str] = set()

    async def taps(self, who: Person, where: Chat, button: str) -> None:
        """Tap the newest button of that name as soon as it is there."""
        message = await posted(self.tg, where, button)
        self.seen.update(message.buttons)
        answer = await who.presses(message, button)
        if "?start=" in answer.url:
            await who.follows(answer.url)

    async def goes_through_the_form(self, who: Person) -> None:
        """Answer ten questions, in words or by a tap, each as soon as it is asked."""
        asked = {number: f"({number} of 10)" for number in range(1, 11)}
        words = {1: "Python for beginners", 4: "Madrid", 5: "Tuesday 6pm"}
        taps = {2: "Skip", 3: "Skip", 6: "Keep “6”", 7: "Keep “90”", 8: "Skip", 9: "Skip", 10: "✓ English"}
        for number, question in asked.items():
            await self.tg.until(lambda question=question: question in who.last.text)  # type: ignore[misc]  # its default
            if number in words:
                await who.writes(words[number])
            else:
                await self.taps(who, who.chat, taps[number])
        await self.taps(who, who.chat, "Save")


async def test_the_guide_leads_to_the_first_rsvp(tg: World, tmp_path: Path) -> None:
    """From the token to a card that counts one, by the commands, links and buttons that the guide names."""
    ada, ben = tg.user("Ada"), tg.user("Ben")
    group = tg.group("Readers", admins=[ada], members=[ben], bot=Status.LEFT)
    reader = Reader(tg)
    async with circlebot(tg, tmp_path, "check") as check:
        link = re.findall(r"https://\S+startgroup=", await line_of(check, "add it to a group"))[0]
        assert await check.wait() == 0
    assert "https://t.me/<your bot>?startgroup=" in GUIDE
    async with circlebot(tg, tmp_path, "run") as run:
        ready = await line_of(run, "is ready")
        assert re.search(r"(?m)^    (Circlebot is ready: on Telegram, which it asks for updates;)", GUIDE)
        assert ready.startswith("Circlebot is ready: on Telegram, which it asks for updates;")
        await tg.until(lambda: tg.telegram.updates.is_consumed)
        await ada.follows(link, group=group)
        await reader.taps(ada, group, "Start a circle")
        await reader.goes_through_the_form(ada)
        await reader.taps(ada, ada.chat, "Publish")
        await reader.taps(ben, group, "Join this circle")
        await ben.says(group, "/next")
        await reader.taps(ben, group, "I'm coming")
        card = await posted(tg, group, "I'm coming")
        await tg.until(lambda: "Ben" in card.text)
        assert len([message for message in group.said if "Hello everybody" in message.text]) == 1
        run.terminate()
        assert await run.wait() == 0
    steps = GUIDE[GUIDE.index("## 3.") : GUIDE.index("You can also begin")] + GUIDE[GUIDE.index("## 5.") :]
    named = set(re.findall(r"“([^”]+)”", steps[: steps.index("## What happens where")]))
    assert named - NOT_ON_BUTTONS <= reader.seen | {"Go on in private"}
    assert tg.token not in ready


async def test_a_typed_command_does_as_well(tg: World, tmp_path: Path) -> None:
    """The guide's other way to begin: /newcircle in the group, whose form goes on in private."""
    ada = tg.user("Ada")
    group = tg.group("Readers", admins=[ada])
    async with circlebot(tg, tmp_path, "run") as run:
        await line_of(run, "is ready")
        await tg.until(lambda: tg.telegram.updates.is_consumed)
        await ada.says(group, "/newcircle")
        await Reader(tg).taps(ada, group, "Go on in private")
        await tg.until(lambda: "(1 of 10)" in ada.last.text)
