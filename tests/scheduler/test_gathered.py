"""What is asked for at about the same time is done as one, and each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence

import pytest

from bot.errors import StorageBusy
from scheduler.gathered import Gathered

LONG_S = 3600.0


class Doing:
    """Doubles numbers, unless one of them is of `spoils`; notes what was done as one."""

    def __init__(self, most: int = 3, spoils: Exception | None = None) -> None:
        self.done: list[list[int]] = []
        self.spoils = spoils
        self.gathered = Gathered(self.do, most, self.begin)
        self._tasks: set[asyncio.Task[None]] = set()

    async def do(self, numbers: Sequence[int]) -> Sequence[int]:
        """Double them; the spoilt one is 13."""
        self.done.append(list(numbers))
        if self.spoils is not None and 13 in numbers:
            raise self.spoils
        return [2 * number for number in numbers]

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Make a task of it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def test_what_is_asked_in_the_same_breath_is_done_as_one() -> None:
    """In its order, and not more at once than was said."""
    doing = Doing(most=3)
    assert await asyncio.gather(*(doing.gathered.ask(number) for number in range(7))) == [0, 2, 4, 6, 8, 10, 12]
    assert doing.done == [[0, 1, 2], [3, 4, 5], [6]]


async def test_whoever_may_wait_is_done_with_whoever_cannot() -> None:
    """One that waits for company is done with the next, and alone no sooner than it said."""
    doing = Doing()
    patient = doing.gathered.ask(1, within=LONG_S)
    await asyncio.sleep(0)
    assert not doing.done
    other = doing.gathered.ask(2)
    assert [await patient, await other] == [2, 4]
    assert doing.done == [[1, 2]]


async def test_enough_of_them_wait_no_longer() -> None:
    """As many as are done at once begin when the last of them comes."""
    doing = Doing(most=2)
    assert await asyncio.gather(*(doing.gathered.ask(number, within=LONG_S) for number in (1, 2))) == [2, 4]
    assert doing.done == [[1, 2]]


async def test_one_that_fails_spoils_nothing_for_the_others() -> None:
    """Each is done by itself then, and only whoever asked for the impossible hears of it."""
    doing = Doing(spoils=ValueError("no"))
    answers = await asyncio.gather(*(doing.gathered.ask(number) for number in (1, 13, 2)), return_exceptions=True)
    assert [str(answer) for answer in answers] == ["2", "no", "4"]
    assert doing.done == [[1, 13, 2], [1], [13], [2]]


async def test_a_busy_database_is_busy_for_all() -> None:
    """It is not asked again for each of them."""
    doing = Doing(spoils=StorageBusy("locked"))
    answers = await asyncio.gather(*(doing.gathered.ask(number) for number in (1, 13)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [StorageBusy, StorageBusy]
    assert doing.done == [[1, 13]]


async def test_for_whom_nobody_waits_any_more_nothing_is_done() -> None:
    """One that was given up is left out."""
    doing = Doing()
    given_up, other = doing.gathered.ask(1), doing.gathered.ask(2)
    given_up.cancel()
    assert await other == 4
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert doing.done == [[2]]
