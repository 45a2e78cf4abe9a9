"""Operators are told what needs them: privately, once until it has been well in between, and what helps."""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from email.utils import formatdate

import pytest

from bot.chat.adapter import Refused
from bot.chat.inbound import Left
from bot.chat.told_time import ToldTime
from bot.clock import RehearsalClock
from bot.domain.operating import STARTS, TOKEN_REFUSED, Concern, Disk, PlatformHealth
from bot.domain.people import Account
from bot.ports import Store
from scheduler.election import this_process
from scheduler.watch import Eyes, Watch
from storage.engine import Database
from tests.operating.machine import FULL, GB, ROOMY, Machine, told
from tests.support.chat import BEGINNING, FIRST, ChatSim
from tests.support.databases import locked
from tests.support.sim import PLATFORM


async def test_a_disk_that_fills_up(machine: Machine) -> None:
    """Told once with how much is left and what helps; that there is room again, too; and the next time anew."""
    machine.disk = FULL
    for _ in range(3):
        await machine.look()
    (said,) = told(machine, "The disk is nearly full")
    assert "500 MB are left (1 %)" in said
    assert "old logs and backups" in said
    machine.disk = ROOMY
    for _ in range(2):
        await machine.look()
    assert len(told(machine, "There is room on the disk again.")) == 1
    machine.disk = FULL
    await machine.look()
    assert len(told(machine, "The disk is nearly full")) == 2


@pytest.mark.parametrize(
    ("disk", "low"),
    [
        (Disk("database", GB, 4 * GB), False),
        (Disk("database", GB - 1, 4 * GB), True),
        (Disk("database", 4 * GB, 50 * GB), True),
        (Disk("database", 6 * GB, 50 * GB), False),
        (Disk("database", 50 * GB, 4000 * GB), False),
    ],
    ids=str,
)
def test_what_is_nearly_full(disk: Disk, *, low: bool) -> None:
    """Less than a gigabyte, or less than a tenth; but a tenth of a very large disk is plenty."""
    assert disk.is_low is low


async def test_a_new_start_tells_nothing_again(machine: Machine) -> None:
    """What was told is remembered, and so is that it is over."""
    machine.disk = FULL
    await machine.look()
    machine.restart()
    await machine.look()
    assert len(told(machine, "The disk is nearly full")) == 1
    machine.disk = ROOMY
    machine.restart()
    await machine.look()
    assert len(told(machine, "All well again")) == 1


async def test_what_has_passed_before_it_was_told_is_not_told(machine: Machine) -> None:
    """Neither that it was, nor that it is over."""
    scheduler = machine.chat.bot.scheduler
    machine.disk = FULL
    await scheduler.watch.look()
    machine.disk = ROOMY
    await scheduler.watch.look()
    await scheduler.run_due()
    assert told(machine, "") == []


async def test_a_token_that_is_refused_is_told_on_the_other_platform(machine: Machine) -> None:
    """Where the bot is not let in, it can say nothing."""
    machine.first.troubles.are(TOKEN_REFUSED)
    for _ in range(3):
        await machine.look()
    (said,) = told(machine, "Sim refuses my token", there=True)
    assert "Make a new token" in said
    assert told(machine, "refuses") == []
    machine.first.troubles.are_over()
    await machine.look()
    assert len(told(machine, "Sim knows me by my token again", there=True)) == 1


async def test_one_thing_after_the_other_is_each_told_once(machine: Machine) -> None:
    """That something else goes wrong, too, is no reason to repeat the first; nor is that it is over."""
    machine.disk = FULL
    await machine.look()
    machine.second.troubles.are(TOKEN_REFUSED)
    await machine.look()
    machine.second.troubles.are_over()
    await machine.look()
    assert len(told(machine, "The disk is nearly full")) == 1
    assert len(told(machine, "Echo refuses my token")) == 1
    assert len(told(machine, "All well again")) == 1


async def test_an_outage_is_no_news(machine: Machine) -> None:
    """A platform that cannot be reached for a while needs nobody: the bot goes on by itself."""
    machine.second.troubles.are("network")
    await machine.look()
    assert told(machine, "") == []


async def test_without_any_platform_left_the_bot_ends(machine: Machine) -> None:
    """Nobody can be told anywhere: a process that ends is noticed, one that waits for ever is not."""
    for platform in (machine.first, machine.second):
        platform.troubles.are(TOKEN_REFUSED)
    watch = machine.chat.bot.scheduler
    await machine.look()
    assert not watch.hopeless.is_set()
    for _ in range(10):
        await machine.look()
    assert watch.hopeless.is_set()
    assert "sim, echo" in watch.watch.hopeless


async def test_deliveries_given_up_are_told_of_together(machine: Machine) -> None:
    """One message for all that the platform refused within some minutes, and no more of the same within the hour."""
    chat = machine.chat
    chat.platform.errors.append(Refused("a mistake of ours"))
    await chat.moves_to(FIRST.replace(day=8, hour=18))
    await machine.look()
    assert told(machine, "gave up") == []
    for _ in range(8):
        await machine.look()
    (said,) = told(machine, "gave up")
    assert "I gave up 1 message" in said
    assert "look for failed" in said


async def test_a_room_that_nobody_can_be_told_of(machine: Machine) -> None:
    """Its facilitator has never opened a private chat: then it is the operator's to find somebody."""
    chat = machine.chat

    def silence(store: Store) -> None:
        for user in ("u-facilitator", "u-organizer"):
            store.people.reachable(Account(PLATFORM, user, ""), reachable=False)

    await chat.store.transact(silence)
    await chat.bot.router.receive(Left(room=chat.room, key="left:1"))
    for _ in range(62):
        await machine.look()
    (said,) = told(machine, "Rooms that nobody can be told about")
    assert "The room (sim)" in said


async def test_a_room_whose_people_are_told_is_theirs(machine: Machine) -> None:
    """The facilitator hears of it: the operator need not."""
    await machine.chat.bot.router.receive(Left(room=machine.chat.room, key="left:1"))
    for _ in range(62):
        await machine.look()
    assert told(machine, "Rooms") == []


async def test_what_is_due_and_does_not_go_out(machine: Machine) -> None:
    """Although the platform is up: told after a quarter of an hour; that it goes out again, too."""
    chat = machine.chat
    await chat.bot.scheduler.run_due()
    await chat.moves_to(FIRST.replace(day=8, hour=17))
    chat.clock.move_to(chat.clock.now().replace(hour=17, minute=20))  # nobody sends what is due at six
    watch = chat.bot.scheduler.watch
    await watch.look()
    assert watch.found[0].concern == "stuck"
    await chat.bot.scheduler.run_due()
    assert "Something has been due for 20 minutes" in told(machine, "does not go out")[0]
    await machine.look()
    assert len(told(machine, "What was due goes out again.")) == 1


async def test_a_crash_loop(machine: Machine) -> None:
    """Starts in a row are told once, while they go on."""
    for _ in range(STARTS + 3):
        machine.restart()
        await machine.chat.bot.scheduler.watch.begin()
    await machine.look()
    (said,) = told(machine, "again and again")
    assert "circlebot check" in said
    await machine.chat.passes(hours=2)
    await machine.look()
    for _ in range(STARTS + 1):
        machine.restart()
        await machine.chat.bot.scheduler.watch.begin()
    await machine.look()
    assert len(told(machine, "again and again")) == 2


async def test_a_few_starts_are_no_news(machine: Machine) -> None:
    """Whoever tries out settings starts the bot several times."""
    for _ in range(STARTS):
        machine.restart()
        await machine.chat.bot.scheduler.watch.begin()
    await machine.look()
    assert told(machine, "") == []


async def test_a_database_that_took_nothing_for_long(machine: Machine, sqlite_database: Database) -> None:
    """Told once it takes something again, with for how long it did not."""
    clock, watch = machine.chat.clock, machine.chat.bot.scheduler.watch
    sqlite_database._runner._writer._raw.execute("PRAGMA busy_timeout = 0")  # type: ignore[union-attr]  # no real seconds
    with locked(sqlite_database.url):
        for _ in range(7):
            await watch.look()
            clock.move_to(clock.now() + timedelta(minutes=1))
    await machine.look()
    (said,) = told(machine, "The database did not answer")
    assert "For 8 minutes" in said


async def test_without_an_operator_the_log_says_it(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    """At the level that people look for, with facts that programs can read."""
    machine.restart(operators=())
    machine.disk = FULL
    with caplog.at_level(logging.ERROR, "scheduler.watch"):
        await machine.look()
        await machine.look()
    (line,) = caplog.records
    assert "this needs an operator: disk database" in line.getMessage()
    assert (line.__dict__["concern"], line.__dict__["operators_told"]) == ("disk", 0)


async def test_an_operator_without_a_chat_is_named_in_the_log(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody can be written to who has never said a word to the bot."""
    machine.restart(operators=[(PLATFORM, "u-nobody")])
    machine.disk = FULL
    await machine.look()
    assert "operator sim:u-nobody has no chat with the bot yet" in caplog.text


async def test_two_processes_tell_it_once(machine: Machine) -> None:
    """They share the database, and with it what was told; what one sees, another of its host does not call over."""
    chat = machine.chat
    machine.disk = FULL
    await machine.look()
    first = chat.bot
    machine.restart()
    chat.bot.scheduler.watch._holder = this_process().rpartition("/")[0] + f"/{os.getppid()}"
    machine.disk = ROOMY
    await machine.look()
    assert told(machine, "All well again") == []
    machine.disk = FULL
    await machine.look()
    chat.bot = first
    await machine.look()
    assert len(told(machine, "The disk is nearly full")) == 1


async def test_what_a_dead_process_has_found_is_looked_at_by_the_next(machine: Machine) -> None:
    """It starts under another number, and says when it is over."""
    machine.disk = FULL
    machine.chat.bot.scheduler.watch._holder = this_process().rpartition("/")[0] + "/4194304"
    await machine.look()
    machine.restart()
    machine.disk = ROOMY
    await machine.look()
    assert len(told(machine, "There is room on the disk again.")) == 1


async def test_another_machine_does_not_call_over_what_lasts_for_days(machine: Machine) -> None:
    """As long as the one that sees it says so; what is said by none for a day is over."""
    chat = machine.chat
    machine.disk = FULL
    await machine.look()
    one = chat.bot.scheduler
    machine.restart()
    another = chat.bot.scheduler
    another.watch._holder = "another"
    for _ in range(6):
        await chat.passes(hours=7)
        for scheduler, disk in ((another, ROOMY), (one, FULL)):
            machine.disk = disk
            await scheduler.look()
        await chat.bot.scheduler.run_due()
    assert (len(told(machine, "The disk is nearly full")), told(machine, "All well again")) == (1, [])
    machine.disk = ROOMY
    await chat.passes(hours=25)
    await another.look()
    await another.run_due()
    assert len(told(machine, "There is room on the disk again.")) == 1


async def test_a_start_that_cannot_be_noted_keeps_nobody_from_looking(machine: Machine) -> None:
    """Whatever is wrong with what is kept of former starts: what needs an operator is told all the same."""
    machine.disk = FULL
    watch = machine.chat.bot.scheduler.watch
    await machine.chat.storage.transact(lambda store: store.settings.put(f"starts:{watch._host}", "no list"))
    await watch.begin()
    await machine.look()
    assert len(told(machine, "The disk is nearly full")) == 1


@pytest.mark.parametrize(("seconds", "said"), [(300, "by 5 minutes"), (-300, "by 5 minutes"), (60, ""), (0, "")])
async def test_a_clock_that_is_wrong(machine: Machine, seconds: int, said: str) -> None:
    """Told when it differs from a platform's by minutes; a minute may be the way, or a platform's own."""
    now = 1_772_449_200.0
    machine.second.told_time = ToldTime(lambda: now + seconds)
    machine.second.told_time.heard(formatdate(now, usegmt=True))
    for _ in range(2):
        await machine.look()
    assert len(told(machine, "My clock is wrong")) == bool(said)
    assert said in "".join(told(machine, "My clock is wrong"))
    machine.second.told_time.heard(None)
    machine.second.told_time.heard("yesterday")
    await machine.look()
    assert len(told(machine, "My clock is right again.")) == bool(said)


async def test_in_a_rehearsal_real_minutes_count(chat: ChatSim) -> None:
    """Time goes faster there than anything can be sent: that alone needs nobody."""
    real = [BEGINNING]
    clock = RehearsalClock(BEGINNING, 1000.0, lambda: real[0])
    eyes = Eyes(platforms=lambda: {PLATFORM: PlatformHealth(is_up=True, is_elected=True)})
    watch = Watch(chat.storage, clock, eyes=eyes)
    real[0] += timedelta(minutes=10)  # nearly a week goes by in it, and the first reminder is due for hours
    await watch.look()
    assert watch.found == []
    real[0] += timedelta(minutes=20)
    await watch.look()
    assert [found.concern for found in watch.found] == [Concern.STUCK]
