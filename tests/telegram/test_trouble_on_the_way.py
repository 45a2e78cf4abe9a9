"""A network that breaks: before and after the effect, with pages of HTML, with garbage, with silence."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.notices import Due, Reminder
from bot.domain.rsvps import Answer
from storage.engine import Database
from tests.support.patience import PATIENCE
from tests.telegram.lived_in import COMING, Lived, lived_in, living
from tests.telegram.running import Running, running, until
from tests.telegram.server.state import Chat
from tests.telegram.world import How, World
from tests.telegram.wound import paced

BEFORE = (How.DROPPED_BEFORE, How.ERROR_500, How.ERROR_502, How.GARBAGE)
EVERY = (*BEFORE, How.DROPPED_AFTER)


def reminders(chat: Chat) -> int:
    """Return how many reminders stand in a chat."""
    return sum("Python" in message.text for message in chat.said)


async def due_now(circle: Lived, bot: Running) -> None:
    """Have a reminder due in the group."""
    due = Due("now", Reminder(circle.meeting, 7200), bot.clock.now(), place=circle.place, circle=circle.circle)
    await circle.database.transact(lambda store: store.deliveries.plan([due]))


@pytest.mark.parametrize("how", EVERY)
async def test_a_reminder_gets_through(tg: World, sqlite_database: Database, how: How) -> None:
    """At least once; where Telegram had taken it before the connection broke, at most once more."""
    async with living(tg, sqlite_database) as (circle, bot):
        fault = tg.fails("sendMessage", how, chat=circle.group, times=1)
        await due_now(circle, bot)
        await bot.settled()
        await bot.passes(minutes=5)
        assert fault.met == 1
        assert reminders(circle.group) == 1 + how.is_after_the_effect
        await circle.learners[0].presses(circle.cards()[-1], COMING)
        await bot.settled()
        assert "Ben" in circle.cards()[-1].text


@pytest.mark.parametrize("how", EVERY)
async def test_an_answer_gets_through(tg: World, sqlite_database: Database, how: How) -> None:
    """Somebody who asks is answered though the way breaks twice; at most once more for each break after the effect."""
    async with living(tg, sqlite_database) as (circle, bot):
        fault = tg.fails("sendMessage", how, times=2)
        await circle.learners[0].writes("/next")
        await bot.settled()
        assert fault.met == 2
        assert reminders(circle.learners[0].chat) == 1 + 2 * how.is_after_the_effect


@pytest.mark.parametrize("how", EVERY)
async def test_a_card_is_drawn(tg: World, sqlite_database: Database, how: How) -> None:
    """Drawing may be repeated as often as it takes; the last state stands."""
    circle = await lived_in(tg, sqlite_database)
    async with paced(tg, sqlite_database) as bot:
        card = await circle.posts_card()
        fault = tg.fails("editMessageText", how, chat=circle.group, times=2)
        await circle.learners[0].presses(card, COMING)
        await bot.passes(25)
        assert "Ben" in card.text
        assert fault.met == 2
        assert len(circle.group.said) == 1


@pytest.mark.parametrize("how", EVERY)
async def test_a_tap_is_answered(tg: World, sqlite_database: Database, how: How) -> None:
    """No button stays busy because the way broke twice."""
    async with living(tg, sqlite_database) as (circle, bot):
        card = await circle.posts_card()
        fault = tg.fails("answerCallbackQuery", how, times=2)
        answer = await circle.learners[0].presses(card, COMING)
        await bot.settled()
        assert "See you there" in answer.text
        assert fault.met == 2
        assert await circle.coming() == ["Ben"]


async def test_a_tap_in_an_outage_of_some_seconds_is_answered_after_it(tg: World, sqlite_database: Database) -> None:
    """As long as people see that their button is busy, the answer is tried again."""
    circle = await lived_in(tg, sqlite_database)
    async with paced(tg, sqlite_database) as bot:
        card = await circle.posts_card()
        tg.waits, tg.patience = False, PATIENCE
        fault = tg.fails("answerCallbackQuery", How.DROPPED_BEFORE, times=5)
        tap = asyncio.create_task(circle.learners[0].presses(card, COMING))
        await until(tg, lambda: fault.met == 1)
        await bot.passes(20, unanswered=True)
        assert "See you there" in (await tap).text


@pytest.mark.parametrize("how", EVERY)
async def test_taps_are_heard(tg: World, sqlite_database: Database, how: How) -> None:
    """Each once and in order, though asking for updates fails before and after Telegram has given them."""
    async with living(tg, sqlite_database) as (circle, bot):
        ben = circle.learners[0]
        card = await circle.posts_card()
        fault = tg.fails("getUpdates", how, times=3)
        for words in (COMING, "Maybe", "Can't make it"):
            assert (await ben.presses(card, words)).text
        await bot.settled()
        assert fault.met == 3
        (given,) = await sqlite_database.read(lambda store: store.rsvps.of(circle.meeting))
        assert given.answer is Answer.NO
        assert not tg.telegram.updates.waiting
        assert len(tg.calls("answerCallbackQuery")) == 3


@pytest.mark.parametrize("how", EVERY)
async def test_the_start_gets_through(tg: World, sqlite_database: Database, how: How) -> None:
    """Introducing oneself and telling the menus are tried until they are done."""
    faults = [tg.fails("getMe", how, times=2), tg.fails("setMyCommands", how, times=1)]
    faults.append(tg.fails("getWebhookInfo", how, times=1))
    async with running(tg, sqlite_database):
        await until(tg, lambda: all(fault.met == fault.times for fault in faults))
        ada = tg.user("Ada")
        await ada.starts()
        assert ada.last.buttons


async def test_a_silence_is_not_waited_out_for_ever(tg: World, sqlite_database: Database) -> None:
    """While one chat's request hangs, all others are served; when the connection breaks at last, it is tried again."""
    async with living(tg, sqlite_database, learners=2) as (circle, bot):
        ben, cleo = circle.learners
        tg.waits = False
        hang = tg.fails("sendMessage", How.HANGS, chat=ben.chat)
        await ben.writes("/next")
        await until(tg, lambda: hang.met == 1)
        await cleo.writes("/next")
        await until(tg, lambda: len(cleo.said) == 1)
        await due_now(circle, bot)
        bot.bot.scheduler.wake()
        await until(tg, lambda: reminders(circle.group) == 1)
        assert ben.said == []
        tg.telegram.faults.release()
        await until(tg, lambda: len(ben.said) == 1)
        tg.waits = True
    assert len(ben.said) == 1


async def test_everything_breaks_at_once(tg: World, sqlite_database: Database) -> None:
    """Telegram is down for a while, for every method: afterwards every tap counts, and the card is true."""
    circle = await lived_in(tg, sqlite_database, learners=8)
    async with paced(tg, sqlite_database) as bot:
        card = await circle.posts_card()
        tg.waits = False
        outage = tg.fails(None, How.ERROR_502, times=40)
        taps = [asyncio.create_task(person.presses(card, COMING)) for person in circle.learners]
        while outage.met < outage.times:
            await bot.passes(5, unanswered=True)
        await bot.passes(60, unanswered=True)
        assert "8 coming" in card.text
        assert len(circle.group.said) == 1
        assert not tg.telegram.updates.waiting
        for tap in taps:
            tap.cancel()
    assert len(await circle.coming()) == 8
