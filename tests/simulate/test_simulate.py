"""A small year keeps every promise; and a bot or a platform that is wrong on purpose breaks some."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from bot.clock import MovableClock
from tests.simulate.promises import Broken, Court
from tests.simulate.report import Report, tell
from tests.simulate.size import Size
from tests.simulate.world import World, opened
from tests.simulate.year import BEGINNING, Year

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.telegram.server.call import Call, Method

HOUR = timedelta(hours=1)


class Behind(MovableClock):
    """A clock that shows an hour too little."""

    def __init__(self, right: MovableClock) -> None:
        super().__init__(source=lambda: right.now() - HOUR)
        right.on_move.append(self._has_moved)

    def _has_moved(self, offset: timedelta) -> None:
        for listener in self.on_move:
            listener(offset)


@asynccontextmanager
async def begun(url: str, size: Size) -> AsyncIterator[tuple[World, Year]]:
    """Yield a year that is to be lived."""
    async with opened(url, BEGINNING) as world:
        yield world, Year(world, size)


def broken(court: Court) -> set[str]:
    """Return which promises were broken."""
    return {one.rule for one in court.broken}


async def test_a_small_year_keeps_every_promise(sqlite_url: str) -> None:
    """Circles on Telegram, on Discord and on both; two restarts, a kill and an outage: nothing is lost or wrong."""
    async with begun(sqlite_url, Size(circles=6, weeks=4, seed=4, restarts=2)) as (_, year):
        report = await year.lives()
    assert [(one.rule, one.words, one.story[-8:]) for one in year.court.broken] == []
    assert report.taps["telegram"] > 50
    assert report.taps["discord"] > 50
    assert report.held > 12
    assert report.kills == 2
    assert report.digests > 3
    assert len(year.court.judged) > 20


async def test_a_few_weeks_on_postgresql_keep_every_promise(postgres_url: str) -> None:
    """The same on the other database."""
    async with begun(postgres_url, Size(circles=2, weeks=2, seed=1, restarts=1, outages=0)) as (_, year):
        report = await year.lives()
    assert [(one.rule, one.words, one.story[-8:]) for one in year.court.broken] == []
    assert report.held > 1


async def test_the_same_seed_makes_the_same_year(sqlite_url: str) -> None:
    """The people and their circles hang on the seed alone."""
    seen = []
    for seed in (7, 7, 8):
        async with begun(sqlite_url, Size(circles=2, weeks=1, seed=seed)) as (_, year):
            seen.append([(year.people.community("telegram").zone, year.people.soul("telegram").name) for _ in range(9)])
    assert seen[0] == seen[1] != seen[2]


# What is wrong on purpose


async def _lived(url: str, spoils: Callable[[World], None], size: Size | None = None) -> Court:
    """Live two weeks in a world that somebody has spoilt, and return who judged it."""
    size = size or Size(circles=2, weeks=2, seed=1, restarts=0, outages=0)
    async with begun(url, size) as (world, year):
        spoils(world)
        await year.lives()
    return year.court


async def test_a_clock_that_is_an_hour_behind_is_noticed(sqlite_url: str) -> None:
    """Reminders come late, and so does all that goes by the clock."""

    def spoils(world: World) -> None:
        world.skew = Behind(world.clock)

    found = broken(await _lived(sqlite_url, spoils))
    assert {"each_is_reminded_exactly_as_promised", "the_room_is_asked_at_the_end"} <= found


def _methods(world: World) -> dict[str, Method]:
    return world.tg.server._methods


async def test_a_message_that_comes_twice_is_noticed(sqlite_url: str) -> None:
    """The platform has what was sent once stand there twice."""

    def spoils(world: World) -> None:
        once = _methods(world)["sendMessage"]

        async def twice(call: Call) -> object:
            await once(call)
            return await once(call)

        _methods(world)["sendMessage"] = twice

    found = broken(await _lived(sqlite_url, spoils))
    assert {"nothing_is_sent_twice", "each_is_reminded_exactly_as_promised"} <= found


async def test_an_answer_that_does_not_show_is_noticed(sqlite_url: str) -> None:
    """The platform takes no card that is drawn anew."""

    def spoils(world: World) -> None:
        world.tg.server._methods["editMessageText"] = _unchanged(world)

    assert "no_answer_is_lost" in broken(await _lived(sqlite_url, spoils))


def _unchanged(world: World) -> Method:
    drawn = _methods(world)["editMessageText"]

    async def edit(call: Call) -> Any:  # noqa: ANN401  # what the platform answers
        message = world.tg.telegram.chats[int(call.parameters["chat_id"])].written[int(call.parameters["message_id"])]
        before = message.text
        answer = await drawn(call)
        if message.chat.is_group:
            message.text = before
        return answer

    return edit


async def test_a_message_in_somebody_elses_room_is_noticed(sqlite_url: str) -> None:
    """What is for one circle's room stands in another's."""

    def spoils(world: World) -> None:
        right = _methods(world)["sendMessage"]

        async def astray(call: Call) -> object:
            groups = [one.id for one in world.tg.telegram.chats.values() if one.title.startswith("room")]
            if call.chat() in groups and "coming" in call.words("reply_markup"):
                call.parameters["chat_id"] = groups[groups.index(int(call.parameters["chat_id"])) - 1]
            return await right(call)

        _methods(world)["sendMessage"] = astray

    found = broken(await _lived(sqlite_url, spoils, Size(circles=4, weeks=2, seed=1, restarts=0, outages=0)))
    assert "every_message_belongs_where_it_stands" in found


async def test_a_message_that_never_comes_is_noticed(sqlite_url: str) -> None:
    """The platform says that it has posted a question to somebody, and has not."""

    def spoils(world: World) -> None:
        posts = _methods(world)["sendMessage"]

        async def swallows(call: Call) -> object:
            answer = await posts(call)
            if "Will you come to" in call.words("text"):
                chat = world.tg.telegram.chats[int(call.parameters["chat_id"])]
                del chat.written[chat.last_id]
            return answer

        _methods(world)["sendMessage"] = swallows

    size = Size(circles=2, weeks=3, seed=1, restarts=0, outages=0)
    assert "who_keeps_silent_is_nudged" in broken(await _lived(sqlite_url, spoils, size))


# What is printed


def test_the_environment_says_how_large_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word of it, it is the full size; what is empty says nothing."""
    for name in ("CIRCLES", "WEEKS", "SEED"):
        monkeypatch.delenv(name, raising=False)
    assert (Size.asked().circles, Size.asked().weeks, Size.asked().seed) == (1000, 52, 1)
    monkeypatch.setenv("CIRCLES", "20")
    monkeypatch.setenv("WEEKS", "8")
    monkeypatch.setenv("SEED", "")
    assert Size.asked() == Size(circles=20, weeks=8, seed=1, restarts=2, outages=1)


def test_what_was_broken_is_told_with_its_seed_and_story() -> None:
    """And counted at the end."""
    court = Court(lambda: BEGINNING)
    court.broken.append(Broken("a_rule", "Its meaning (Part).", BEGINNING, "Ada was not asked", ("once upon a time",)))
    console = Console(file=StringIO(), width=100)
    report = Report()
    report.timed("telegram", 0.002)
    report.prints(console, Size(circles=3, weeks=2, seed=77), court, "sqlite")
    tell(console, court.broken[0], Size(seed=77))
    printed = console.file.getvalue()  # type: ignore[attr-defined]  # it is ours
    for words in ("3 circles, 2 weeks, seed 77", "PROMISES BROKEN", "a_rule: 1", "2.0 ms", "seed 77, 2027-01-04"):
        assert words in printed
    for words in ("Its meaning (Part).", "Ada was not asked", "once upon a time"):
        assert words in printed
