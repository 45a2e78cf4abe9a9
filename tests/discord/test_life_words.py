"""Whatever people call themselves, their servers and circles, and whatever they answer: Discord takes all we say."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from tests.discord.lived_in import COMING, OVER, REMINDER
from tests.discord.running import Running, world
from tests.discord.server.state import USUAL, May
from tests.discord.telling import blameless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.clock import MovableClock
    from storage.engine import Database
    from tests.discord.people import Person
    from tests.discord.server.problems import Json

STRANGE = (
    "**bold** __under__ `code` [x](https://x.example) ||no||",
    "<@1> <@&2> <#3> </next:4> <t:5:R> <:a:6> <id:guide>",
    "\u202e\u2066Ada\u2069 שלום",
    "# head\n> quote\n- list\n-# small",
    "ß" * 5000,
    "👩‍👩‍👧‍👦🏳️‍🌈" * 300,
    "@everyone @here",
    "/start /next",
    "\u3164\u200b\u2800",
    "\n\n```\n- one\r\n\t- two\x00\u2028three\n",
    "{circle} {0} %s {",
    "Z" + "\u0301\u0327" * 400,
)
LIVES = 4
"""In how many lives they are said."""
PLAINLY = {"zone": "Madrid", "first": "10 March 18:00", "to": "Wednesday 6pm", "course_link": "", "link": ""}
"""What is answered where something particular is wanted."""
_TEXT, _SHORT = 4, 1


class Strange:
    """A circle of people with strange names, who say strange things, one after the other."""

    def __init__(self, life: Running, words: Sequence[str]) -> None:
        self.life = life
        self.words = cycle(words)
        server = life.dc.guild(next(self.words)[:100], channel=next(self.words)[:100])
        (self.room,) = server.channels()
        self.fay = server.person(next(self.words)[:32], may=USUAL | May.MANAGE_GUILD)
        self.others = [server.person(next(self.words)[:32], nick=next(self.words)[:32]) for _ in range(3)]

    async def fills(self, who: Person) -> None:
        """Answer all pages of a form that has opened, in whatever words come next, and save what is understood."""
        for _ in range(6):
            if who.form is None:
                break
            await who.fills(self._answers(who.form.data))
            if "Continue" in who.last.buttons:
                await who.presses("Continue", who.last)
        who.closes_form()
        if "Save" in who.last.buttons:
            await who.presses("Save", who.last)

    def _answers(self, form: Json) -> dict[str, object]:
        given: dict[str, object] = {}
        for part in form["components"]:
            component = part.get("component", {})
            options = component.get("options", [])
            if options and not any(one.get("default") for one in options):
                given[component["custom_id"]] = options[-1]["value"]
            if component.get("type") != _TEXT:
                continue
            name, words = component["custom_id"], next(self.words)[: component.get("max_length") or 4000]
            if component["style"] == _SHORT:
                words = " ".join(words.split())
            usual = str(component.get("value") or "")
            given[name] = PLAINLY.get(name, usual or words or "x")
        return given

    async def presses(self, who: Person, *labels: str) -> None:
        """Press the newest of these buttons that is there, if any is, and answer what it asks."""
        for label in labels:
            for message in reversed(who.visible()):
                if any(one.startswith(label) for one in message.buttons):
                    await who.presses(label, message)
                    await self.fills(who)
                    break

    async def types(self, who: Person, *commands: str) -> None:
        """Use commands, and answer what they ask."""
        for command in commands:
            await who.types(command)
            await self.fills(who)


async def _live(of: Strange) -> None:
    fay, life = of.fay, of.life
    await of.types(fay, "community", "newcircle")
    await of.presses(fay, "Publish")
    for who in of.others:
        await of.presses(who, "Join this circle", "Tell us about you")
    await of.types(fay, "topic")
    await life.moves_to(REMINDER)
    for who in of.others:
        await of.presses(who, "Can't make it", "Say why", COMING)
    await of.types(fay, "move", "answerfor", "circle")
    await life.moves_to(OVER + timedelta(days=2))
    for who in (*of.others, fay):
        await of.presses(who, "I was there", "Plus / delta")
    await life.moves_to(OVER + timedelta(days=4))
    await of.presses(of.others[0], "Vote: ")
    await of.presses(fay, "Take up…", "Take up: ")
    await life.moves_to(OVER + timedelta(days=8))
    for who in (fay, of.others[0]):
        await of.types(who, "circle", "meetings", "decisions", "mydata", "me", "circles", "next", "feedback", "digest")
    await of.types(fay, "cancelmeeting")
    await of.presses(fay, "Say why")


@pytest.mark.parametrize("first", range(LIVES))
async def test_strange_words_are_only_words(
    sqlite_database: Database, beginning: MovableClock, first: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole life in such words: no message of ours is refused, nobody is pinged by them, nothing is raised."""
    async with world(sqlite_database, beginning) as life:
        of = Strange(life, STRANGE[first::LIVES])
        await _live(of)
        assert len(of.room.messages) > 4, "it has lived"
        assert not [user for one in life.dc.realm.messages.values() for user in one.notified]
        blameless(life.dc, caplog)
