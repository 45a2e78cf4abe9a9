"""Telegram's limits for real: the server counts, the bot waits, and one clock of seconds is everybody's."""

from __future__ import annotations

import asyncio

from bot.domain.notices import Due, Reminder
from storage.engine import Database
from tests.telegram.lived_in import COMING, Lived, lived_in
from tests.telegram.server.state import Chat
from tests.telegram.world import How, World
from tests.telegram.wound import Paced, paced


def texts(chat: Chat, words: str) -> int:
    """Return how many messages of the bot in a chat have these words."""
    return sum(words in message.text for message in chat.said)


async def test_twenty_taps_in_a_minute(tg: World, sqlite_database: Database) -> None:
    """Each is answered at once, no limit is met, and the card shows them all soon after the last."""
    circle = await lived_in(tg, sqlite_database, learners=20)
    async with paced(tg, sqlite_database) as bot:
        card = await circle.posts_card()
        for number, person in enumerate(circle.learners):
            assert "See you there" in (await person.presses(card, COMING)).text
            await bot.passes(3)
            assert f"{number + 1} coming" in card.text or number > 10
        await bot.passes(15)
        assert "20 coming" in card.text
        assert tg.floods == 0
        assert len(tg.calls("answerCallbackQuery")) == 20


async def test_twenty_taps_at_the_same_moment(tg: World, sqlite_database: Database) -> None:
    """They are answered side by side, and cost two drawings."""
    circle = await lived_in(tg, sqlite_database, learners=20)
    async with paced(tg, sqlite_database) as bot:
        card = await circle.posts_card()
        await bot.passes(3)
        edits = len(tg.calls("editMessageText"))
        answers = await asyncio.gather(*(person.presses(card, COMING) for person in circle.learners))
        assert all("See you there" in answer.text for answer in answers)
        await bot.passes(4)
        assert "20 coming" in card.text
        assert len(tg.calls("editMessageText")) <= edits + 2
        assert tg.floods == 0


async def test_a_reminder_goes_out_in_the_middle_of_a_flood_of_taps(tg: World, sqlite_database: Database) -> None:
    """Two minutes of taps do not hold up what is due in the same group, nor what somebody asks for there."""
    circle = await lived_in(tg, sqlite_database, learners=10)
    async with paced(tg, sqlite_database) as bot:
        card = await circle.posts_card()
        for number in range(36):
            words = COMING if number % 2 else "Maybe"
            assert (await circle.learners[number % 10].presses(card, words)).text
            await bot.passes(2)
        said = len(circle.group.said)
        due = Due("now", Reminder(circle.meeting, 7200), bot.clock.now(), place=circle.place, circle=circle.circle)
        await sqlite_database.transact(lambda store: store.deliveries.plan([due]))
        await bot.passes(2)
        assert len(circle.group.said) == said + 1
        tg.waits = False
        await circle.ada.says(circle.group, "/next")
        await bot.passes(2)
        assert len(circle.group.said) == said + 2
        tg.waits = True
        assert tg.floods == 0


async def test_a_storm_of_429s_holds_back_its_chat_alone(tg: World, sqlite_database: Database) -> None:
    """While one group may not be written to, others get theirs, and taps are answered; then all of it arrives, once."""
    circle = await lived_in(tg, sqlite_database, learners=3)
    ben, cleo, dan = circle.learners
    async with paced(tg, sqlite_database) as bot:
        card = await circle.posts_card()
        await bot.passes(3)
        storm = [
            tg.fails(method, How.FLOOD, chat=circle.group, times=5, seconds=7)
            for method in ("sendMessage", "editMessageText")
        ]
        await due_now(circle, bot)
        before = texts(circle.group, "Python")
        for person in (ben, cleo):
            assert "See you there" in (await person.presses(card, COMING)).text
        await bot.passes(2)
        assert all(texts(person.chat, "Python") == 1 for person in (ben, cleo, dan))
        assert texts(circle.group, "Python") == before
        tg.waits = False
        for number in range(8):
            assert (await dan.presses(card, "Maybe" if number % 2 else COMING)).text
            await bot.passes(7)
        tg.waits = True
        assert any(fault.met for fault in storm)
        await bot.passes(60)
        assert texts(circle.group, "Python") == before + 1
        assert "2 coming" in circle.cards()[-1].text
        assert all(texts(person.chat, "Python") == 1 for person in (ben, cleo, dan))
        assert all(tap.answer.done() for tap in tg.telegram.taps.values())
        calls = [call for call in tg.calls("sendMessage") if call["chat_id"] == circle.group.id]
        assert len(calls) == before + 1


async def due_now(circle: Lived, bot: Paced) -> None:
    """Have a reminder due in the group, and one in each learner's private chat."""
    now = bot.clock.now()
    dues = [Due("to all", Reminder(circle.meeting, 7200), now, place=circle.place, circle=circle.circle)]
    dues += [
        Due(f"to {person}", Reminder(circle.meeting, 7200), now, person=person, circle=circle.circle)
        for person in (2, 3, 4)
    ]
    await circle.database.transact(lambda store: store.deliveries.plan(dues))
