"""Who sends without end is asked to wait once, and then not heard for a while; the others notice nothing."""

from __future__ import annotations

import asyncio
import time
import timeit
from typing import TYPE_CHECKING

import pytest

from bot.assembly import assemble
from bot.chat.inbound import Command, Inbound, Left, Place, Press, Sender, Typed
from bot.chat.message import Room, RoomKind, Toast
from bot.features.circles.intents import ShowCircle
from bot.flood import OF_A_ROOM, OF_ONE, TOLD_EVERY_S, Buckets, Flood, Pace, Verdict
from tests.adapters.web_support import platform
from tests.discord.lived_in import COMING, REMINDER
from tests.discord.lived_in import living as on_discord
from tests.discord.server.doing import Answered
from tests.support.sim import group, private
from tests.telegram.lived_in import living as on_telegram

if TYPE_CHECKING:
    from bot.clock import MovableClock
    from storage.engine import Database
    from tests.support.chat import ChatSim
    from tests.telegram.world import World as Telegram

ROOM = Room("sim", "room", kind=RoomKind.GROUP)


class Time:
    """Seconds that the test moves."""

    now = 1000.0

    def __call__(self) -> float:
        """Return them."""
        return self.now


@pytest.fixture
def seconds() -> Time:
    """Time that stands still."""
    return Time()


def tap(user: str, room: Room = ROOM) -> Press:
    """Return a tap of somebody's."""
    return Press(sender=Sender(room.platform, user, user), place=Place(room), payload="x")


def taken(flood: Flood, act: Inbound, times: int) -> int:
    """Return how many of so many acts are taken."""
    return sum(flood.judge(act) is Verdict.TAKE for _ in range(times))


def test_a_bucket_empties_and_fills_again_as_time_passes() -> None:
    """Twenty at once and no more; then as many as the seconds are worth, up to twenty again."""
    bucket = Buckets(Pace(20, 2.0))
    assert sum(bucket.takes("ada", 100.0) for _ in range(50)) == 20
    assert sum(bucket.takes("ada", 103.0) for _ in range(50)) == 6
    assert sum(bucket.takes("ada", 1e6) for _ in range(50)) == 20


def test_what_is_refused_costs_nothing_more() -> None:
    """Who goes on sending while they are held up is heard no later than who pauses."""
    bucket = Buckets(Pace(5, 1.0))
    for _ in range(5):
        bucket.takes("ada", 0.0)
    for tenth in range(9):
        assert not bucket.takes("ada", tenth / 10)
    assert bucket.takes("ada", 1.0)


def test_nobody_who_taps_as_fast_as_fingers_go_notices(seconds: Time) -> None:
    """Ten taps a second for twenty seconds, and then two in three seconds for an hour, are all taken."""
    flood = Flood(monotonic=seconds)
    for _ in range(200):
        assert flood.judge(tap("ada")) is Verdict.TAKE
        seconds.now += 0.1
    for _ in range(2_400):
        seconds.now += 1.5
        assert flood.judge(tap("ada")) is Verdict.TAKE


def test_a_flood_is_worth_one_act_a_second_and_nobody_else_is_held_up(seconds: Time) -> None:
    """Of 10,000 taps in a hundred seconds 300 are taken, and all of everybody else's."""
    flood = Flood(monotonic=seconds)
    count = 0
    for number in range(10_000):
        seconds.now += 0.01
        count += taken(flood, tap("mallory"), 1)
        if number % 100 == 0:
            assert flood.judge(tap(f"u{number % 700}")) is Verdict.TAKE
    assert count == pytest.approx(OF_ONE.burst + 100, abs=2)


def test_one_is_asked_to_wait_once_a_minute_at_most(seconds: Time) -> None:
    """The first act too many is answered, those after it are not, until a minute later."""
    flood = Flood(of_one=Pace(3, 0.001), monotonic=seconds)
    assert taken(flood, tap("ada"), 3) == 3
    assert flood.judge(tap("ada")) is Verdict.ASK_TO_WAIT
    assert {flood.judge(tap("ada")) for _ in range(100)} == {Verdict.DROP}
    seconds.now += TOLD_EVERY_S
    assert flood.judge(tap("ada")) is Verdict.ASK_TO_WAIT


def test_many_accounts_together_do_not_flood_a_room(seconds: Time) -> None:
    """A room has a bucket of its own; other rooms, and private chats, are not held up by it."""
    flood = Flood(monotonic=seconds)
    assert sum(taken(flood, tap(f"u{number}"), 50) for number in range(100)) == OF_A_ROOM.burst
    assert flood.judge(tap("somebody", Room("sim", "another", kind=RoomKind.GROUP))) is Verdict.TAKE
    assert flood.judge(tap("somebody", Room("sim", "somebody", kind=RoomKind.PRIVATE))) is Verdict.TAKE
    assert flood.judge(tap("somebody", Room("sim", "room", "a thread of it", RoomKind.GROUP))) is not Verdict.TAKE


def test_people_who_talk_with_each_other_are_told_nothing(seconds: Time) -> None:
    """What is said in a room may be meant for people: too much of it is passed over without a word."""
    flood = Flood(of_one=Pace(1, 0.001), monotonic=seconds)
    said = Typed(sender=Sender("sim", "ada", "Ada"), place=Place(ROOM), words="and then I said")
    assert flood.judge(said) is Verdict.TAKE
    assert flood.judge(said) is Verdict.PASS_OVER


def test_what_becomes_of_a_room_is_always_taken(seconds: Time) -> None:
    """However much happens: whether the bot may still write there must be known."""
    flood = Flood(of_a_room=Pace(1, 0.001), monotonic=seconds)
    assert taken(flood, Left(room=ROOM), 100) == 100


def test_memory_is_bounded_however_many_strangers_come(seconds: Time) -> None:
    """A hundred thousand accounts leave no more than twice as many buckets as are kept, and none of who is quiet."""
    flood = Flood(most=1_000, monotonic=seconds)
    for number in range(100_000):
        flood.judge(tap(f"u{number}", Room("sim", f"u{number}", kind=RoomKind.PRIVATE)))
    assert flood.remembered <= 2_000
    for _ in range(3):
        seconds.now += OF_ONE.burst / OF_ONE.per_second
        flood.judge(tap("ada"))
    assert flood.remembered <= 4


def test_a_quiet_minute_in_a_crowd_fills_no_bucket(seconds: Time) -> None:
    """What somebody has used up is not forgotten when the tables of buckets turn."""
    bucket = Buckets(Pace(10, 0.1), most=1_000_000)
    for _ in range(10):
        assert bucket.takes("mallory", seconds.now)
    for number in range(99):
        bucket.takes(f"u{number}", seconds.now + number)
        bucket.takes("mallory", seconds.now + number)
    assert not bucket.takes("mallory", seconds.now + 99)


def test_the_door_costs_next_to_nothing() -> None:
    """A few microseconds an act, in a room, with buckets of five thousand people (1.2 µs on two shared cores)."""
    flood = Flood(of_one=Pace(10**9, 1e9), of_a_room=Pace(10**9, 1e9))
    taps = [tap(f"u{number}", Room("sim", f"r{number % 300}", kind=RoomKind.GROUP)) for number in range(5_000)]
    best = min(timeit.repeat(lambda: [flood.judge(one) for one in taps], number=1, repeat=9, timer=time.process_time))
    assert best / len(taps) < 10e-6


async def test_whoever_floods_is_told_and_leaves_no_rows_while_others_are_answered(chat: ChatSim) -> None:
    """10,000 commands of a stranger's: few are noted, they are asked to wait once, and Ada's taps count."""
    chat.bot = assemble(chat.storage, chat.clock, [chat.platform], flood=Flood(monotonic=lambda: 5.0))
    await chat.ada.says("/next")
    noted = await _updates_seen(chat)
    said = []
    for number in range(10_000):
        act = Command(sender=Sender("sim", "m", "Mallory"), place=Place(private("m")), key=f"m{number}", name="next")
        said.append(await chat.bot.router.receive(act))
        if number % 2_000 == 0:
            await chat.ada.presses("I'm coming")
            assert "coming" in chat.ada.toast or "coming" in chat.card()
    assert await _updates_seen(chat) - noted <= OF_ONE.burst + 10
    told = [reply for reply in said if reply is not None and "One moment, please" in str(reply)]
    assert len(told) == 1
    assert said[-1] == Toast("")


async def test_words_are_completed_only_so_often(chat: ChatSim) -> None:
    """A program that asks for completions without end is given none any more, and asks the database nothing."""
    chat.bot = assemble(chat.storage, chat.clock, [chat.platform], flood=Flood(looks=Pace(30, 0.001)))
    field = next(iter(ShowCircle.asked))
    typing = Command(sender=chat.ada.sender, place=Place(group("room")), name="circle")
    found = [await chat.bot.router.completions(typing, ShowCircle, field, "py") for _ in range(60)]
    assert [bool(one) for one in found] == [True] * 30 + [False] * 30


async def test_on_telegram_a_flood_is_answered_once_and_a_tap_is_never_left_waiting(
    tg: Telegram, sqlite_database: Database
) -> None:
    """Of forty commands three are answered and one is told to wait; a tap after that is ended without a word."""
    async with on_telegram(tg, sqlite_database, learners=2) as (lived, life):
        ben, cleo = lived.learners
        card = await lived.posts_card()
        life.bot.router._flood = Flood(of_one=Pace(3, 0.001))
        for _ in range(40):
            await ben.writes("/help")
        assert sum("One moment, please" in message.text for message in ben.said) == 1
        assert len(ben.said) == 4
        assert (await ben.presses(card, COMING)).text == ""
        assert (await cleo.presses(card, COMING)).text
        assert await lived.coming() == ["Cleo"]


async def test_on_discord_a_flood_is_answered_once_and_a_tap_is_never_left_waiting(
    sqlite_database: Database, beginning: MovableClock
) -> None:
    """Who taps on hears nothing more; Discord is told each time that the tap has been heard."""
    async with on_discord(sqlite_database, beginning, learners=2) as lived:
        ben, cleo = lived.learners
        await lived.life.moves_to(REMINDER)
        lived.life.bot.router._flood = Flood(of_one=Pace(3, 0.001))
        taps = [await ben.presses(COMING) for _ in range(20)]
        assert [one.answered for one in taps[:3]] == [Answered.IN_PLACE] * 3
        assert taps[3].answered is Answered.MESSAGE
        assert {one.answered for one in taps[4:]} == {Answered.LATER_IN_PLACE}
        assert (await cleo.presses(COMING)).answered is Answered.IN_PLACE


async def test_a_page_that_sends_without_end_is_read_slowly_and_the_others_are_not(sqlite_database: Database) -> None:
    """What one person's page sends on waits in its connection; everything is answered in the end, others at once."""
    async with platform(sqlite_database) as up:
        up.adapter.frames = Buckets(Pace(10, 1000.0))
        async with up.page("ada") as flood, up.page("ben") as other:
            began = asyncio.get_running_loop().time()
            for number in range(60):
                await flood.tell(type="older", room="p:ada", before=1_000 + number)
            await other.tell(type="older", room="p:ben", before=1_000)
            await other.wait_for("older")
            answered = sum([bool(await flood.wait_for("older")) for _ in range(60)])
            assert answered == 60
            assert asyncio.get_running_loop().time() - began >= (60 - 10) / 1000


async def _updates_seen(chat: ChatSim) -> int:
    return int(
        await chat.storage.read(
            lambda store: store.connection.exec_driver_sql("select count(*) from updates_seen").scalar_one()  # type: ignore[attr-defined]  # a look behind the port
        )
    )
