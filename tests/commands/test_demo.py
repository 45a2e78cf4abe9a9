"""The demo: believable, quick to start again, and never losing what was done in it."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.chat.message import Room
from bot.commands.demo_clock import demo_clock, serving_demo
from bot.domain.circles import CircleState
from bot.domain.feedback import DecisionState
from bot.domain.meetings import MeetingState
from bot.domain.notices import DeliveryState, Due, Reminder
from bot.domain.people import Role
from storage.engine import Database
from storage.store import SqlStore
from tests.commands.conftest import Circlebot, Running
from tests.support.demo import A_THURSDAY, demo_made
from tests.support.patience import PATIENCE

Start = Callable[..., Running]


@pytest.fixture
async def demo(made_demo: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A copy of the demo's database, opened."""
    shutil.copy(made_demo / "circlebot.db", tmp_path)
    database = Database.open(f"sqlite:///{tmp_path / 'circlebot.db'}")
    yield database
    await database.close()


def _of_meeting(store: SqlStore, meeting: int) -> tuple[int, int, int]:
    """Return how many answered, gave plus/delta, and came."""
    came = sum(store.attendance.of(meeting).values())
    return store.rsvps.tally(meeting).answers, store.feedback.count(meeting), came


async def test_the_past_is_believable(demo: Database) -> None:
    """Two circles; one in week 3 of 6, with a facilitator, nine learners, answers, plus/delta and an open decision."""
    await _is_believable(demo, A_THURSDAY)


# Each day of the week; months of 28 and 29 days, the end of a year, clocks that were put forward or back on the way.
DAYS = [
    ("2026-11-23 08:59", "UTC"),
    ("2027-04-06 12:00", "Europe/Berlin"),
    ("2026-11-04 05:30", "America/New_York"),
    ("2026-12-31 10:59", "Pacific/Auckland"),
    ("2027-03-12 12:00", "Asia/Kolkata"),
    ("2028-03-11 17:00", "Pacific/Apia"),
    ("2027-01-03 00:00", "America/St_Johns"),
]


@pytest.mark.parametrize(("present", "zone"), DAYS)
async def test_it_may_begin_on_any_day(present: str, zone: str, tmp_path: Path) -> None:
    """Its people live through the three weeks before any day, in any zone, and nothing fails on the way."""
    at = datetime.fromisoformat(present).replace(tzinfo=UTC)
    database = Database.open(f"sqlite:///{await demo_made(tmp_path, at, zone)}")
    try:
        await _is_believable(database, at)
        await _all_was_sent(database)
        passed = (await demo_clock(database)).now() - at
        assert timedelta(0) <= passed < timedelta(seconds=PATIENCE)
    finally:
        await database.close()


async def _is_believable(demo: Database, present: datetime) -> None:
    python, garden = await demo.read(lambda store: store.circles.of_community(1))
    if python.title != "Python for beginners":
        python, garden = garden, python
    assert python.state is garden.state is CircleState.PUBLISHED
    meetings = await demo.read(lambda store: store.meetings.of_circle(python.id))
    assert [meeting.state for meeting in meetings] == [MeetingState.CLOSED] * 2 + [MeetingState.PLANNED] * 4
    assert timedelta(days=2) < meetings[2].starts_at - present < timedelta(days=4)
    roster = await demo.read(lambda store: store.seats.roster(python.id))
    assert [member.role for member in roster].count(Role.LEARNER) == 9
    assert [member.role for member in roster].count(Role.FACILITATOR) == 1
    assert len(await demo.read(lambda store: store.communities.organizers(1))) == 1
    for meeting in meetings[:2]:
        answers, said, came = await demo.read(partial(_of_meeting, meeting=meeting.id))
        assert answers >= 7
        assert said == came == 6
    (decision,) = await demo.read(lambda store: store.decisions.open_of(python.id))
    assert (decision.state, decision.owner_name) == (DecisionState.OPEN, "Amara Okafor")


async def test_nothing_in_its_past_failed(demo: Database) -> None:
    """Everything that was to be sent was sent: nobody looks at a demo with errors in its log."""
    await _all_was_sent(demo)


async def _all_was_sent(demo: Database) -> None:
    log = await demo.read(lambda store: store.deliveries.log(community=1, limit=1000))
    log += await demo.read(lambda store: store.deliveries.log(circle=1, limit=1000))
    assert {delivery.state.value for delivery in log} == {"sent"}, [d for d in log if d.state.value != "sent"]


async def test_the_clock_stays_where_it_was_moved(demo: Database) -> None:
    """A restart finds the same time, and everything until then done."""
    async with serving_demo(demo, await demo_clock(demo), "127.0.0.1", 0) as shown:
        clock = shown.time
        coming = await clock.next_due()
        assert coming is not None
        assert coming.label.startswith("reminder: Python for beginners")
        await clock.advance_to(coming.at)
        assert clock.now() >= coming.at
    assert (await demo_clock(demo)).now() >= coming.at
    sent = await demo.read(lambda store: store.deliveries.log(circle=1, limit=1))
    assert sent[0].due.notice.kind == "remind"


async def test_the_clock_passes_what_nobody_here_can_send(demo: Database) -> None:
    """Something due on a platform that is not served holds nobody up, and is not announced as the next thing."""

    def elsewhere(store: SqlStore) -> None:
        place = store.places.note(Room("elsewhere", "1"), "A room", "").id
        due_at = store.deliveries.waiting()[0].due.due_at - timedelta(hours=1)
        store.deliveries.plan([Due("elsewhere", Reminder(3, 60), due_at, place=place)])

    await demo.transact(elsewhere)
    async with serving_demo(demo, await demo_clock(demo), "127.0.0.1", 0) as shown:
        coming = await shown.time.next_due()
        assert coming is not None
        async with asyncio.timeout(PATIENCE):
            await shown.time.advance_to(coming.at)
    left = await demo.read(lambda store: store.deliveries.find("elsewhere"))
    assert left is not None
    assert left.state is DeliveryState.WAITING


def test_it_makes_its_past_when_it_starts_for_the_first_time(tmp_path: Path, start: Start) -> None:
    """In an empty folder it lives through its three weeks, and then serves its page."""
    first = start("demo", "--data", "data", "--port", "0")
    assert "<html" in first.get("/")
    assert first.stop() == 0
    assert (tmp_path / "data" / "circlebot.db").exists()
    assert not (tmp_path / "data" / "making").exists()


def test_it_starts_again_with_its_data_after_a_kill(made_demo: Path, tmp_path: Path, start: Start) -> None:
    """SIGKILL takes nothing away; a second start finds the demo as it was."""
    shutil.copytree(made_demo, tmp_path / "data")
    first = start("demo", "--data", "data", "--port", "0")
    assert "<html" in first.get("/")
    first.stop(signal.SIGKILL)
    second = start("demo", "--data", "data", "--port", "0")
    assert '"ok": true' in second.get("/healthz")
    assert second.stop() == 0


def test_one_demo_at_a_time_lives_in_a_folder(
    made_demo: Path, tmp_path: Path, start: Start, circlebot: Circlebot
) -> None:
    """A second one beside it, with a clock of its own, is refused; nothing is forgotten, not even by --fresh."""
    shutil.copytree(made_demo, tmp_path / "data")
    start("demo", "--data", "data", "--port", "0")
    refused = circlebot("demo", "--data", "data", "--port", "0", "--fresh")
    assert refused.returncode == 2
    assert "is running already" in refused.stderr
    assert (tmp_path / "data" / "circlebot.db").exists()


def test_the_forecast_tells_what_the_demo_will_say(made_demo: Path, tmp_path: Path, circlebot: Circlebot) -> None:
    """Reminders, the end of the meeting and Monday's digest, with times and rooms; nothing is changed by looking."""
    shutil.copytree(made_demo, tmp_path / ".demo")
    before = (tmp_path / ".demo" / "circlebot.db").read_bytes()
    done = circlebot("forecast", "--demo", "--weeks", "2")
    assert done.returncode == 0, done.stderr
    for told in ("· Meeting 3", "Python circle", "digest: Riverside Library", "Organizers", "(private)"):
        assert told in done.stdout
    lines = done.stdout.splitlines()
    title = next(line for line in lines if "The next 2 weeks:" in line)
    rows = sum(" UTC" not in line and re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", line) is not None for line in lines)
    counts = [int(count) for count in re.findall(r"(\d+) (?:message|more)", title)]
    assert sum(counts) == rows > 0
    assert circlebot("forecast", "--demo", "--weeks", "2").stdout == done.stdout
    assert (tmp_path / ".demo" / "circlebot.db").read_bytes() == before
