"""A country changes its mind about its clocks after meetings were planned: the hour stays, and everyone is told."""

from __future__ import annotations

import asyncio
import zoneinfo
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.meetings import Meeting, instant
from bot.domain.rsvps import Answer
from bot.ports import Store
from storage.engine import Database
from tests.support.chat import ZONE, ChatSim, lived_in

PATIENCE = 20.0
"""Seconds after which a test gives up: never waited for when all is well."""
TOLD = "The clocks will change differently"
HOUR = timedelta(hours=1)
Instead = Callable[[str, str], None]


def _data(zone: str) -> bytes:
    """Return the data of a zone, wherever they are installed."""
    for folder in zoneinfo.TZPATH:
        if (Path(folder) / zone).is_file():
            return (Path(folder) / zone).read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()


@pytest.fixture
def instead(tmp_path: Path) -> Iterator[Instead]:
    """Return what installs the data of a zone in the place of another's, as an update of the zone data does."""
    before = zoneinfo.TZPATH

    def install(zone: str, like: str) -> None:
        path = tmp_path / "zoneinfo" / zone
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_data(like))
        zoneinfo.reset_tzpath([str(tmp_path / "zoneinfo"), *before])

    yield install
    zoneinfo.reset_tzpath(before)
    ZoneInfo.clear_cache()


async def _starts(chat: ChatSim) -> None:
    """Start the bot anew, with its scheduler, until there is nothing to compare or to say any more."""
    ZoneInfo.clear_cache()
    await chat.crash_and_restart()
    scheduler = chat.bot.scheduler
    await scheduler.start()
    (comparing,) = [task for task in scheduler._loops if task.get_name() == "clocks"]
    await asyncio.wait_for(comparing, PATIENCE)
    await scheduler.run_due()
    await scheduler.stop()


async def _sleeps_over_it(chat: ChatSim) -> None:
    """Let the night come for a bot that runs on."""
    await chat.bot.scheduler.tidy()
    await chat.bot.scheduler.run_due()


async def _due(chat: ChatSim, meeting: Meeting) -> dict[str, datetime]:
    """Return what waits for a meeting."""
    waiting = await chat.store.read(lambda store: store.deliveries.waiting(circle=chat.circle))
    return {one.due.key: one.due.due_at for one in waiting if one.due.meeting == meeting.id}


@pytest.mark.parametrize("notices", [_starts, _sleeps_over_it])
async def test_meetings_stay_at_their_hour(
    database: Database, instead: Instead, notices: Callable[[ChatSim], Awaitable[None]]
) -> None:
    """Spain gives up summer time: from 29 March on meetings are an hour later than was planned, with all their notices.

    The room is told once; who had said yes to six o'clock comes at six o'clock, and is not asked again.
    """
    chat = await lived_in(database)
    before = await chat.meetings()
    late = before[3]

    def answers(store: Store) -> None:
        store.rsvps.answer(late.id, chat.ada.person(store).id, Answer.YES, chat.clock.now())

    await chat.store.transact(answers)
    await _starts(chat)  # what the zone data are is known from then on
    planned = await _due(chat, late)
    instead(ZONE, "Africa/Lagos")
    await notices(chat)
    after = await chat.meetings()
    assert [one.starts_local for one in after] == [one.starts_local for one in before]
    moved = [0 * HOUR] * 3 + [HOUR] * 3
    assert [new.starts_at - old.starts_at for new, old in zip(after, before, strict=True)] == moved
    assert [new.sequence - old.sequence for new, old in zip(after, before, strict=True)] == [0, 0, 0, 1, 1, 1]
    assert all(one.starts_at == instant(one.starts_local, one.zone) for one in after)
    due = await _due(chat, late)
    assert planned
    assert {key: due[key] - HOUR for key in planned} == planned
    assert chat.posts(TOLD) == 1
    (given,) = await chat.store.read(lambda store: store.rsvps.of(late.id))
    assert (given.answer, given.stale) == (Answer.YES, False)

    await notices(chat)
    assert chat.posts(TOLD) == 1
    assert await chat.meetings() == after
    await chat.moves_to(datetime(2026, 3, 29, 16, 59, tzinfo=UTC))
    reminded = len(chat.said())
    await chat.moves_to(datetime(2026, 3, 29, 17, 0, tzinfo=UTC))
    assert len(chat.said()) == reminded + 1
    assert "Unit 4" in chat.card()


async def test_a_meeting_whose_hour_is_skipped_now_has_moved(database: Database, instead: Instead) -> None:
    """Nigeria takes up summer time: half past two on that night is half past three, and people are asked again."""
    chat = await lived_in(database)
    first = (await chat.meetings())[0]
    local = datetime(2026, 3, 29, 2, 30)
    night = replace(first, zone="Africa/Lagos", starts_local=local, starts_at=instant(local, "Africa/Lagos"))

    def settle(store: Store) -> None:
        store.meetings.save(night, first)
        store.rsvps.answer(night.id, chat.ada.person(store).id, Answer.YES, chat.clock.now())

    await chat.store.transact(settle)
    instead("Africa/Lagos", "Europe/Madrid")
    await _starts(chat)
    (there,) = [one for one in await chat.meetings() if one.id == night.id]
    assert there.starts_local == datetime(2026, 3, 29, 3, 30)
    assert there.starts_at == night.starts_at == instant(there.starts_local, there.zone)
    assert chat.posts("A meeting has moved") == 1
    (given,) = await chat.store.read(lambda store: store.rsvps.of(night.id))
    assert given.stale


async def test_a_meeting_whose_hour_comes_twice_now_stays_where_it_is(database: Database, instead: Instead) -> None:
    """It was planned for one of the two, so nobody has to guess, and there is nothing to say."""
    chat = await lived_in(database)
    last = (await chat.meetings())[5]
    local = datetime(2026, 10, 25, 2, 30)
    night = replace(last, zone="Africa/Lagos", starts_local=local, starts_at=instant(local, "Africa/Lagos"))
    await chat.store.transact(lambda store: store.meetings.save(night, last))
    said = len(chat.said())
    instead("Africa/Lagos", "Europe/Madrid")
    await _starts(chat)
    assert night in await chat.meetings()
    assert len(chat.said()) == said


async def test_a_zone_that_is_new_to_the_bot_is_compared_at_the_next_start(
    database: Database, instead: Instead
) -> None:
    """A meeting planned since the zones were last looked at follows its zone's new data, whatever the others' are."""
    chat = await lived_in(database)
    await _starts(chat)
    last = (await chat.meetings())[5]
    elsewhere = replace(last, zone="Africa/Lagos", starts_at=instant(last.starts_local, "Africa/Lagos"))
    await chat.store.transact(lambda store: store.meetings.save(elsewhere, last))
    instead("Africa/Lagos", "Asia/Tokyo")
    await _starts(chat)
    (there,) = [one for one in await chat.meetings() if one.id == elsewhere.id]
    assert there.starts_at == elsewhere.starts_at - 8 * HOUR
    assert there.starts_local == elsewhere.starts_local


async def test_a_start_compares_nothing_where_the_data_are_the_same(database: Database) -> None:
    """It would take long with many meetings. What another process planned by older data is found at night."""
    chat = await lived_in(database)
    await _starts(chat)
    last = (await chat.meetings())[5]
    by_older_data = replace(last, starts_at=last.starts_at + HOUR)
    await chat.store.transact(lambda store: store.meetings.save(by_older_data, last))
    await _starts(chat)
    assert by_older_data in await chat.meetings()
    await _sleeps_over_it(chat)
    assert last.starts_at in [one.starts_at for one in await chat.meetings()]
    assert chat.posts(TOLD) == 1
