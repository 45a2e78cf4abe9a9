"""The adapter as a whole: coming up, being talked to, posting, and going down, against Telegram on loopback."""

from __future__ import annotations

import asyncio
import gc
import logging
import traceback
from uuid import uuid4

import pytest

from adapters.telegram.starting import TokenRejected
from bot.chat.adapter import TryLater
from bot.chat.message import Message
from bot.chat.text import Text
from bot.errors import StorageBusy
from bot.i18n import Catalogue
from storage.engine import Database
from tests.adapters.web_support import ScriptedInbox
from tests.support.patience import PATIENCE
from tests.telegram.running import made, quiet, room_of, running, serving, stopped, until, up
from tests.telegram.scripted import KeepingInbox, SlowToTell
from tests.telegram.server.problems import Problem
from tests.telegram.world import How, World

# Nothing lost


async def test_an_update_is_confirmed_after_its_commit(tg: World) -> None:
    """While the core has not committed, Telegram keeps the update; a process that is killed then loses nothing."""
    tg.waits = False
    ada, inbox = tg.user("Ada"), KeepingInbox(hold=asyncio.Event())
    async with serving(tg, inbox) as (adapter, task):
        await ada.writes("/next")
        await asyncio.wait_for(inbox.entered.wait(), PATIENCE)
        assert len(tg.telegram.updates.waiting) == 1
        adapter.stopping_s = 0.0
        await stopped(task)
    assert len(tg.telegram.updates.waiting) == 1
    assert inbox.heard == []
    inbox.hold = None
    async with serving(tg, inbox) as (adapter, _):
        await until(tg, lambda: not tg.telegram.updates.waiting)
        await quiet(tg, adapter)
    assert len(inbox.heard) == 1
    assert "nobody yet" in ada.last.text


async def test_a_kill_between_commit_and_confirmation_changes_nothing_twice(
    tg: World, sqlite_database: Database
) -> None:
    """The update comes again to the next process, whose core knows it."""
    tg.waits = False
    ada, core = tg.user("Ada"), SlowToTell(sqlite_database)
    async with serving(tg, core) as (adapter, task):
        await ada.writes("/help")
        await asyncio.wait_for(core.committed.wait(), PATIENCE)
        adapter.stopping_s = 0.0
        await stopped(task)
    assert len(tg.telegram.updates.waiting) == 1
    core.leave.set()
    async with serving(tg, core) as (adapter, _):
        await until(tg, lambda: not tg.telegram.updates.waiting)
        await quiet(tg, adapter)
    first, again = core.replies
    assert first is not None
    assert again is None


async def test_a_stop_finishes_what_people_have_begun(tg: World) -> None:
    """What was handed in is committed, answered and confirmed before the adapter goes."""
    tg.waits = False
    ada, inbox = tg.user("Ada"), KeepingInbox(hold=asyncio.Event())
    async with serving(tg, inbox) as (_, task):
        await ada.writes("/next")
        await asyncio.wait_for(inbox.entered.wait(), PATIENCE)
        task.cancel()
        assert inbox.hold is not None
        inbox.hold.set()
        await asyncio.wait({task}, timeout=PATIENCE)
        assert task.cancelled()
    assert not tg.telegram.updates.waiting
    assert "nobody yet" in ada.last.text


async def test_a_stop_does_not_wait_for_ever(tg: World) -> None:
    """An answer that Telegram does not take in time is given up; the act itself is committed and confirmed."""
    tg.waits = False
    ada, inbox = tg.user("Ada"), KeepingInbox()
    async with serving(tg, inbox) as (adapter, task):
        await up(tg, adapter)
        adapter.stopping_s = 0.01
        fault = tg.fails("sendMessage", How.HANGS)
        await ada.writes("/next")
        await until(tg, lambda: fault.met == 1 and not tg.telegram.updates.waiting)
        await asyncio.wait_for(stopped(task), PATIENCE)
    assert len(inbox.heard) == 1
    assert ada.said == []


async def test_people_are_served_side_by_side_and_each_in_order(tg: World) -> None:
    """Somebody whose chat is held back delays nobody else, and is answered in order when it is their turn."""
    tg.waits = False
    ada, ben = tg.user("Ada", started=True), tg.user("Ben", started=True)
    async with serving(tg, KeepingInbox()) as (adapter, _):
        await up(tg, adapter)
        flood = tg.fails("sendMessage", How.HANGS, chat=ada.chat)
        for words in ("first", "second"):
            await ada.writes(words)
        await until(tg, lambda: flood.met == 1)
        await ben.writes("third")
        await until(tg, lambda: len(ben.said) == 1)
        assert ada.said == []
        await until(tg, lambda: not tg.telegram.updates.waiting)
        tg.telegram.faults.release()
        await until(tg, lambda: len(ada.said) == 2)
    assert [message.text for message in ada.said] == ["You said: first", "You said: second"]


# Trouble


@pytest.mark.parametrize("how", [How.DROPPED_BEFORE, How.DROPPED_AFTER, How.ERROR_500, How.ERROR_502, How.GARBAGE])
async def test_a_breaking_network_loses_no_update(tg: World, how: How) -> None:
    """Whether the connection breaks before or after Telegram's answer, what people do arrives, and once."""
    ada, inbox = tg.user("Ada"), KeepingInbox()
    async with serving(tg, inbox) as (adapter, _):
        await up(tg, adapter)
        tg.waits = False
        fault = tg.fails("getUpdates", how, times=2)
        await ada.writes("one")
        await until(tg, lambda: not tg.telegram.updates.waiting)
        await ada.writes("two")
        await until(tg, lambda: fault.met == 2 and not tg.telegram.updates.waiting)
        await quiet(tg, adapter)
    assert [message.text for message in ada.said] == ["You said: one", "You said: two"]
    assert len(inbox.heard) == 2


async def test_no_network_at_the_start_is_waited_out(tg: World, caplog: pytest.LogCaptureFixture) -> None:
    """The bot comes up when Telegram can be reached; until then it says once what is wrong."""
    ada = tg.user("Ada")
    tg.fails("getMe", How.DROPPED_BEFORE, times=4)
    tg.fails("getWebhookInfo", How.ERROR_502, times=2)
    async with serving(tg, KeepingInbox()) as (adapter, _):
        await up(tg, adapter)
        await ada.writes("hello")
        await quiet(tg, adapter)
    assert ada.last.text == "You said: hello"
    warnings = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 2
    assert all("trying on" in warning for warning in warnings)


async def test_another_program_with_the_same_token_is_named(tg: World, caplog: pytest.LogCaptureFixture) -> None:
    """A conflict says what to stop, once, and the bot goes on trying."""
    ada = tg.user("Ada")
    words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    async with serving(tg, KeepingInbox()) as (adapter, _):
        await up(tg, adapter)
        tg.fails("getUpdates", How.REFUSED, times=2, problem=Problem(409, words))
        await ada.writes("hello")
        await quiet(tg, adapter)
    assert ada.last.text == "You said: hello"
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "Stop that" in caplog.text


async def test_a_wrong_token_stops_the_start_and_is_not_shown(tg: World, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever runs the bot is told where to copy the token from; the token itself is nowhere to be read."""
    caplog.set_level(logging.DEBUG)
    secret = uuid4().hex  # not written here, so that the lines of a traceback do not show it
    adapter = made(tg, token=f"{tg.telegram.bot.id}:{secret}")
    with pytest.raises(TokenRejected, match="@BotFather") as caught:
        await adapter.run(KeepingInbox())
    assert caught.value.__context__ is None
    assert secret not in "".join(traceback.format_exception(caught.value)) + caplog.text
    with pytest.raises(TryLater):
        await adapter.post(room_of(tg.user("Ada").chat), Message(Text.of("Hello")), "key")


async def test_a_token_that_is_revoked_at_the_start_stops_it(tg: World) -> None:
    """Telegram may know the bot, and a moment later not any more: that is said in the same words."""
    tg.fails("getWebhookInfo", How.REFUSED, problem=Problem(401, "Unauthorized"))
    with pytest.raises(TokenRejected, match="@BotFather"):
        await asyncio.wait_for(made(tg).run(KeepingInbox()), PATIENCE)


async def test_a_token_that_is_revoked_later_is_said(tg: World, caplog: pytest.LogCaptureFixture) -> None:
    """The bot does not fall over: its page and its other platforms go on."""
    tg.waits = False
    async with serving(tg, KeepingInbox()) as (adapter, task):
        await up(tg, adapter)
        before, tg.telegram.token = tg.telegram.token, f"{tg.telegram.bot.id}:AAthe-new-one"
        await tg.user("Ada").writes("hello")  # ends the poll that is under way
        await until(tg, lambda: "not accept the bot's token any more" in caplog.text)
        assert not task.done()
    assert before not in caplog.text


async def test_a_busy_database_at_the_start_is_waited_out(tg: World, caplog: pytest.LogCaptureFixture) -> None:
    """The bot comes up when the database can be reached, too."""

    class Busy(KeepingInbox):
        tries = 0

        async def keep(self, key: str, words: str) -> None:
            self.tries += 1
            if self.tries < 3:
                raise StorageBusy
            await super().keep(key, words)

        async def recall(self, key: str) -> str:
            if not self.tries:
                raise StorageBusy
            return await super().recall(key)

    inbox = Busy()
    async with serving(tg, inbox) as (adapter, _):
        await up(tg, adapter)
    assert "telegram:me" in inbox.kept
    assert caplog.text.count("The database cannot be reached") == 1


# Who we are


async def test_links_work_from_the_first_moment_after_a_restart(tg: World) -> None:
    """The bot's name is kept: an address in a message is right although Telegram cannot be reached yet."""
    inbox = KeepingInbox()
    first = made(tg)
    assert first.start_link("x") == first.group_link("x") == ""
    async with serving(tg, inbox) as (adapter, _):
        await up(tg, adapter)
    tg.fails("getMe", How.DROPPED_BEFORE, times=10_000)
    async with serving(tg, inbox) as (adapter, _):
        await until(tg, lambda: bool(adapter.start_link("")))
        assert adapter.start_link("p-1") == "https://t.me/circle_test_bot?start=p-1"
        assert adapter.group_link("p-1") == "https://t.me/circle_test_bot?startgroup=p-1"
        assert len(tg.calls("getMe")) == 1


async def test_another_bots_name_is_not_taken_for_ours(tg: World) -> None:
    """When the settings name another bot, addresses wait until it has introduced itself."""
    inbox = KeepingInbox(kept={"telegram:me": "42 a_former_bot"})
    fault = tg.fails("getMe", How.HANGS)
    async with serving(tg, inbox) as (adapter, _):
        await until(tg, lambda: fault.met == 1)
        assert adapter.start_link("x") == ""
        tg.telegram.faults.release()
        await up(tg, adapter)
    assert inbox.kept["telegram:me"] == f"{tg.telegram.bot.id} circle_test_bot"


async def test_menus_are_told_once(tg: World) -> None:
    """A restart tells Telegram no menus again, unless they have changed."""
    inbox = KeepingInbox()
    for _ in range(2):
        async with serving(tg, inbox) as (adapter, _):
            await up(tg, adapter)
            await until(tg, lambda: f"telegram:menu:{tg.telegram.bot.id}" in inbox.kept)
    languages = len(Catalogue().languages)
    assert len(tg.calls("setMyCommands")) == 4 * (1 + languages)


async def test_menus_wait_as_long_as_telegram_asks(tg: World) -> None:
    """A limit on telling menus is no reason to leave people without them for long."""
    inbox, pauses = KeepingInbox(), list[float]()
    tg.fails("setMyCommands", How.FLOOD, seconds=7)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with serving(tg, inbox, sleep=sleep):
        await until(tg, lambda: f"telegram:menu:{tg.telegram.bot.id}" in inbox.kept)
    assert pauses == [7.0]


async def test_menus_that_cannot_be_told_are_told_later(tg: World, caplog: pytest.LogCaptureFixture) -> None:
    """The bot serves meanwhile, and a line in the log says so."""
    ada, inbox = tg.user("Ada"), KeepingInbox()
    tg.fails("setMyCommands", How.ERROR_502)
    pauses: list[float] = []
    leave = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await leave.wait()

    async with serving(tg, inbox, sleep=sleep) as (adapter, _):
        await up(tg, adapter)
        await until(tg, lambda: bool(pauses))
        await ada.writes("hello")
        assert "does not know the menu" in caplog.text
        leave.set()
        await until(tg, lambda: f"telegram:menu:{tg.telegram.bot.id}" in inbox.kept)
    assert pauses[0] == 600.0


# Going down


async def test_nothing_is_left_behind(tg: World) -> None:
    """After a stop no task runs and no connection is open; the adapter can come up again."""
    before = asyncio.all_tasks()
    adapter = made(tg)
    for _ in range(2):
        task = asyncio.create_task(adapter.run(ScriptedInbox()))
        await until(tg, lambda: bool(adapter.start_link("")) and bool(tg.telegram.updates.poll))
        await stopped(task)
    gc.collect()
    await until(tg, lambda: not [one for one in asyncio.all_tasks() - before if "aiohttp" not in str(one)])


async def test_the_real_bot_answers(tg: World, sqlite_database: Database) -> None:
    """Core, storage, scheduler and adapter together: somebody asks, and is answered, before and after a restart."""
    ada = tg.user("Ada")
    async with running(tg, sqlite_database) as bot:
        await ada.starts()
        assert ada.last.buttons
        await bot.dies()
    async with running(tg, sqlite_database):
        await ada.writes("/help")
        assert "/next" in ada.last.text
