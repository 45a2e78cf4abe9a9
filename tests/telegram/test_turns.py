"""Whose turn it is: one person's updates in order, different people side by side, nobody held up by an answer."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial

import pytest
from telegram import Update

from adapters.telegram.turns import Answer, Turns
from tests.telegram.happening import ADA, BEN, GROUP, Json, added, said, tapped, update

WORDS = "what somebody wrote"


@dataclass
class Stage:
    """Receives and shows; each waits for leave if it is `held`, by the words of the update."""

    told: list[str] = field(default_factory=list)
    held: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    failing: set[str] = field(default_factory=set)

    def hold(self, what: str) -> asyncio.Event:
        """Hold a step, such as "receive 1" or "show 1", until the event is set."""
        return self.held[what]

    async def receive(self, one: Update) -> Answer | None:
        """Note it, and return what notes that it is shown."""
        name = _name(one)
        await self._step(f"receive {name}")
        if name.startswith("silent"):
            return None
        toast = partial(self._step, f"toast {name}") if one.callback_query is not None else None
        return Answer(partial(self._step, f"show {name}"), toast)

    async def _step(self, what: str) -> None:
        self.told.append(f"{what}…")
        if what in self.held:
            await self.held[what].wait()
        if what in self.failing:
            raise RuntimeError(WORDS)
        self.told[self.told.index(f"{what}…")] = what


def _name(one: Update) -> str:
    if one.callback_query is not None:
        return one.callback_query.data or ""
    return (one.message.text or "") if one.message is not None else "added"


async def settled() -> None:
    """Let everything happen that waits for nothing but its turn."""
    for _ in range(30):
        await asyncio.sleep(0)


@pytest.fixture
def stage() -> Stage:
    """Where it is played."""
    return Stage()


@pytest.fixture
async def turns(stage: Stage) -> AsyncIterator[Turns]:
    """What is tested; nothing is left when a test is over."""
    turns = Turns(stage.receive, most=10, most_of_one=3)
    yield turns
    await turns.finish(0)
    assert not any((turns._received, turns._shown, turns._waiting, turns._tasks))


def hand_in(turns: Turns, *several: Json) -> list[asyncio.Future[None]]:
    """Hand updates in, in this order."""
    return [turns.hand_in(update(one)) for one in several]


async def test_one_persons_updates_are_received_in_order(turns: Turns, stage: Stage) -> None:
    """The second is handed to the core when the first is committed, wherever the two were done."""
    leave = stage.hold("receive 1")
    first, second = hand_in(turns, said(ADA, "1"), tapped(ADA, "2", GROUP))
    await settled()
    assert stage.told == ["receive 1…"]
    assert not first.done()
    assert not second.done()
    leave.set()
    await settled()
    assert stage.told == ["receive 1", "show 1", "receive 2", "toast 2", "show 2"]
    assert first.done()
    assert second.done()


async def test_people_are_served_side_by_side(turns: Turns, stage: Stage) -> None:
    """Nobody waits for another person, in the same group either."""
    stage.hold("receive 1")
    _, second = hand_in(turns, tapped(ADA, "1", GROUP), tapped(BEN, "2", GROUP))
    await settled()
    assert stage.told == ["receive 1…", "receive 2", "toast 2", "show 2"]
    assert second.done()


async def test_an_answer_that_waits_does_not_hold_up_what_is_received(turns: Turns, stage: Stage) -> None:
    """While Telegram holds a chat back, its people's updates are committed; the answers are shown in order then."""
    leave = stage.hold("show 1")
    hand_in(turns, said(ADA, "1"), said(ADA, "2"), said(ADA, "3"))
    await settled()
    assert stage.told == ["receive 1", "show 1…", "receive 2", "receive 3"]
    leave.set()
    await settled()
    assert stage.told == ["receive 1", "show 1", "receive 2", "receive 3", "show 2", "show 3"]


async def test_another_chat_of_the_same_person_is_not_held_back(turns: Turns, stage: Stage) -> None:
    """An answer that must wait in a group delays none in the private chat."""
    stage.hold("show 1")
    hand_in(turns, said(ADA, "1", GROUP), said(ADA, "2"))
    await settled()
    assert stage.told == ["receive 1", "show 1…", "receive 2", "show 2"]


async def test_a_toast_in_a_group_does_not_wait_for_a_message(turns: Turns, stage: Stage) -> None:
    """A tap is answered at once although the answer to a command before it must wait."""
    stage.hold("show 1")
    hand_in(turns, said(ADA, "1", GROUP), tapped(ADA, "2", GROUP))
    await settled()
    assert "show 2" in stage.told


async def test_what_happens_to_a_chat_comes_before_what_people_do_there(turns: Turns, stage: Stage) -> None:
    """A command in a group is received after the bot's arrival there, whoever brought it."""
    leave = stage.hold("receive added")
    hand_in(turns, added(ADA), said(BEN, "1", GROUP), said(ADA, "2", GROUP), said(BEN, "3", GROUP - 1))
    await settled()
    assert stage.told == ["receive added…"]
    leave.set()
    await settled()
    assert stage.told.index("receive added") < stage.told.index("receive 1")
    assert {"receive 1", "receive 2", "receive 3"} <= set(stage.told)


async def test_anonymous_administrators_of_other_groups_do_not_wait_for_each_other(turns: Turns, stage: Stage) -> None:
    """All of them speak through one account, which is nobody."""
    stage.hold("receive 1")
    shared = 1087968824
    others = {"id": GROUP - 1, "type": "supergroup", "title": "Another"}
    here = {"id": GROUP, "type": "supergroup", "title": "The room"}
    hand_in(turns, said(shared, "1", GROUP, sender_chat=here), said(shared, "2", GROUP - 1, sender_chat=others))
    await settled()
    assert "show 2" in stage.told


async def test_a_mistake_of_ours_is_logged_without_words_and_stops_nobody(
    turns: Turns, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """An update that cannot be handled, or answered, counts as received: it would fail for ever."""
    stage.failing = {"receive 1", "show 2"}
    received = hand_in(turns, said(ADA, "1"), said(ADA, "2"), said(ADA, "3"))
    await settled()
    assert all(one.done() and not one.cancelled() for one in received)
    assert "show 3" in stage.told
    assert len(caplog.records) == 2
    assert "RuntimeError" in caplog.text
    assert WORDS not in caplog.text


async def test_answers_for_one_chat_do_not_pile_up(
    turns: Turns, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a flood of commands, all are done, and only so many answered."""
    leave = stage.hold("show 1")
    hand_in(turns, *(said(ADA, str(number)) for number in range(1, 6)))
    await settled()
    leave.set()
    await settled()
    assert [step for step in stage.told if step.startswith("show")] == ["show 1", "show 2", "show 3"]
    assert "receive 5" in stage.told
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2


async def test_a_tap_is_answered_before_what_waits(turns: Turns, stage: Stage) -> None:
    """In a chat that is held back, taps get their word at once, those too that get no more than that."""
    leave = stage.hold("show 1")
    hand_in(turns, *(tapped(ADA, str(number)) for number in range(1, 6)))
    await settled()
    assert [step for step in stage.told if step.startswith("toast")] == [f"toast {number}" for number in range(1, 6)]
    assert "show 2" not in stage.told
    leave.set()
    await settled()
    assert [step for step in stage.told if step.startswith("show")] == ["show 1", "show 2", "show 3"]


async def test_one_crowded_group_does_not_fill_the_house(turns: Turns, stage: Stage) -> None:
    """However many write in a group that is held back, only so many answers wait; taps there are not among them."""
    turns._most_in_a_chat = 4
    for number in range(6):
        stage.hold(f"show {number}")
    hand_in(turns, *(said(ADA + number, str(number), GROUP) for number in range(6)), tapped(ADA, "tap", GROUP))
    await settled()
    assert not turns.is_full
    assert [step for step in stage.told if step.startswith("show")] == [*(f"show {n}…" for n in range(4)), "show tap"]
    for event in stage.held.values():
        event.set()


async def test_only_so_much_is_under_way(turns: Turns, stage: Stage) -> None:
    """Whoever hands in can wait until there is room for more."""
    for number in range(10):
        stage.hold(f"show {number}")
    hand_in(turns, *(said(ADA + number, str(number)) for number in range(10)))
    room = asyncio.create_task(turns.room())
    await settled()
    assert turns.is_full
    assert not room.done()
    stage.held["show 4"].set()
    await settled()
    assert room.done()


async def test_a_stop_finishes_what_it_can(turns: Turns, stage: Stage) -> None:
    """What is not received by then is cancelled, so that it is not confirmed."""
    stage.hold("receive 1")
    never, done = hand_in(turns, said(ADA, "1"), said(BEN, "2"))
    await turns.finish(0.01)
    assert never.cancelled()
    assert done.done()
    assert "show 2" in stage.told
