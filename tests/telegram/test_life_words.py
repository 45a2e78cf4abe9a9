"""Whatever people call themselves, their groups and circles, and whatever they answer: Telegram takes all we say."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from storage.engine import Database
from tests.telegram.running import running
from tests.telegram.strange_words import WORDS
from tests.telegram.telling import Life, blameless
from tests.telegram.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.telegram.people import Person
    from tests.telegram.server.state import Chat

FIRST = datetime(2026, 3, 10, 17, tzinfo=UTC)
OVER = FIRST + timedelta(minutes=90)
STRANGE = (
    "<b>bold</b> *stars* `code` [x](tg://user?id=1)",
    "&amp; &lt;b&gt; &nonsense; &",
    "\u202e\u2066Ada\u2069 שלום",
    "<&" * 2500,
    "ß" * 5000,
    "👩‍👩‍👧‍👦🏳️‍🌈" * 300,
    "@everyone @circle_test_bot",
    "/start /next@circle_test_bot",
    "\u3164\u200b\u2800",
    "\n\n- one\r\n\t- two\x00\u2028three\n\n",
    "{circle} {0} %s {",
    "Z" + "\u0301\u0327" * 400,
)
LIVES = 4
"""In how many lives they are said."""


PLAINLY = {"Which city": "Madrid", "When is the first": "10 March 18:00"}
"""How questions are answered that want something particular."""
COMMANDS = ("help", "circles", "next", "join", "topic", "reason", "circle", "move", "newcircle", "feedback", "nonsense")


class Strange:
    """A circle of people with strange names, who say strange things, one after the other."""

    def __init__(self, life: Life, words: Sequence[str]) -> None:
        tg = life.tg
        self.life = life
        self.words: Iterator[str] = cycle(words)
        self.fay, self.ada, self.ben, self.cleo = (tg.user(next(self.words)) for _ in range(4))
        for who in (self.fay, self.ada, self.ben, self.cleo):
            who.user.first_name, who.user.last_name = next(self.words), next(self.words)
        self.group = tg.group(next(self.words), admins=[self.fay], members=[self.ada, self.ben, self.cleo])

    async def taps(self, who: Person, label: str, where: Chat | None = None) -> None:
        """Tap the first button that begins so: several may."""
        message = self.life.with_button(label, where or who.chat)
        button = next(one for row in message.rows for one in row if one["text"].startswith(label))
        url = button.get("url") or (await who.taps(message, button["callback_data"])).url
        await self.life.bot.settled()
        if url:
            await who.follows(url)
            await self.life.bot.settled()

    async def fills_in(self, who: Person) -> None:
        """Answer whatever is asked, in strange words where words are asked for."""
        for _ in range(40):
            if "Forget it" not in who.last.buttons:
                return
            buttons = [label for label in who.last.buttons if label not in {"Skip", "Forget it", "Change"}]
            plainly = next((answer for question, answer in PLAINLY.items() if question in who.last.text), "")
            if "Save" in buttons:
                await self.taps(who, "Save")
            elif plainly:
                await self.life.says(who, plainly)
            elif buttons and not (buttons[0].startswith("Keep") and "How many" not in who.last.text):
                await self.taps(who, buttons[0])
            else:
                await self._answers(who)
        raise AssertionError(f"asked for ever: {[message.text for message in who.chat.messages[-4:]]}")

    async def _answers(self, who: Person) -> None:
        asked, words = who.last.text.splitlines()[0], next(self.words)
        await self.life.says(who, words)
        is_asked_again = who.last.text.splitlines()[0] == asked and "Forget it" in who.last.buttons
        if words.lstrip().startswith("/") or is_asked_again:
            skip = next((label for label in who.last.buttons if label in {"Skip", "Keep it as it is"}), "")
            await (self.taps(who, skip) if skip else self.life.says(who, "Python, please"))


async def _begin(of: Strange) -> None:
    life, fay, group = of.life, of.fay, of.group
    await life.says(fay, f"/newcircle {next(of.words)}", group)
    await of.taps(fay, "Go on in private", group)
    await of.fills_in(fay)
    await of.taps(fay, "Publish")
    for who in (of.ada, of.ben, of.cleo):
        await of.taps(who, "Join this circle", group)
        await of.taps(who, "Tell ")
        await of.fills_in(who)
    for change in ("What it is about", "Your questions"):
        await life.says(fay, "/circle")
        await of.taps(fay, "Change…")
        await of.taps(fay, change)
        await of.fills_in(fay)
    await life.says(fay, "/reminders")
    await of.taps(fay, "Change the words")
    await of.fills_in(fay)
    await life.says(fay, "/reminders")
    await of.taps(fay, "Preview")


async def _meet(of: Strange) -> None:
    life, fay, group = of.life, of.fay, of.group
    await life.says(fay, f"/topic {next(of.words)}", group)
    await life.moves_to(FIRST - timedelta(days=2))
    await of.taps(of.ada, "I'm coming", group)
    await of.taps(of.ben, "Can't make it", group)
    await of.taps(of.ben, "Say why", group)
    await of.fills_in(of.ben)
    await life.says(fay, "/answerfor")
    await of.taps(fay, fay.last.buttons[-1])
    await of.fills_in(fay)
    await life.moves_to(OVER)
    await of.taps(fay, "Who came?")
    for who in (of.ada, of.ben, of.cleo):
        await of.taps(who, "Plus / delta", group)
        await of.fills_in(who)
    await of.taps(fay, "That is right")
    await of.taps(fay, "4 good")
    await of.taps(fay, "Add a few words")
    await of.fills_in(fay)
    await life.moves_to(OVER + timedelta(days=2))


async def _learn(of: Strange) -> None:
    life, fay, group = of.life, of.fay, of.group
    if any(label.startswith("Vote: ") for message in group.said for label in message.buttons):
        await of.taps(of.ada, "Vote: ", group)
        await of.taps(fay, "Take up…", group)
        await of.taps(fay, "Take up: ")
        await of.fills_in(fay)
    await life.moves_to(FIRST + timedelta(days=6))
    for command in ("circle", "meetings", "decisions", "digest", "mydata", "me"):
        await life.says(fay, f"/{command}")
    await life.says(fay, "/circle")
    await of.taps(fay, "Members")
    await life.says(fay, "/cancelmeeting")
    await of.taps(fay, next(label for label in fay.last.buttons if "why" in label))
    await of.fills_in(fay)
    for command in COMMANDS:
        for where in (group, of.ada.chat):
            await life.says(of.ada, f"/{command} {next(of.words)}", where)


async def _lived(tg: World, database: Database, words: Sequence[str]) -> None:
    """Let a circle live among such words, and look at what Telegram refused."""
    async with running(tg, database) as bot:
        of = Strange(Life(tg, bot), words)
        for chapter in (_begin, _meet, _learn):
            await chapter(of)
    blameless(tg)


@pytest.mark.parametrize("first", range(LIVES))
async def test_strange_words_are_only_words(
    tg: World, sqlite_database: Database, first: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole life in such words: no message of ours is refused, no tap left without an answer, nothing raised."""
    await _lived(tg, sqlite_database, STRANGE[first::LIVES])
    blameless(tg, caplog)


async def _elsewhere(template: Path, words: Sequence[str]) -> None:
    tg = World()
    await tg.start()
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{shutil.copy(template, folder)}")
        try:
            await _lived(tg, database, words)
        finally:
            await database.close()
            await tg.stop()


# Telegram sends no halves of characters, and nothing that is blank.
SENDABLE = WORDS.map(lambda words: words.encode("utf-8", "ignore").decode()).filter(str.strip)


@settings(max_examples=2, deadline=None, database=None, phases=[Phase.generate])  # a life is long to shrink
@given(words=st.lists(SENDABLE, min_size=7, max_size=23))
def test_any_words_are_only_words(migrated_file: Path, words: list[str]) -> None:
    """The same of whatever can be thought of."""
    asyncio.run(_elsewhere(migrated_file, words))
