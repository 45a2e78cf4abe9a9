"""Asking for updates: what is confirmed and when, and what happens when Telegram does not answer.

The network is played here by the test, so that each request can be looked at and held; the library is the real one.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter
from telegram.request import RequestData

from adapters.telegram.transport import AiohttpRequest, Flooded
from adapters.telegram.trying import pause
from adapters.telegram.turns import Answer, Turns
from adapters.telegram.updates import ALLOWED, LONG_POLL_S, Polling
from bot.chat.trying import Backoff
from tests.support.patience import PATIENCE
from tests.telegram.happening import ADA, BEN, Json, said

TOKEN = "123456:a-secret-token"
CONFLICT = (409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
HOOKED = (409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first")
REVOKED = (401, "Unauthorized")
DOWN = (502, "Bad Gateway")


class Telegram(AiohttpRequest):
    """Keeps updates until they are confirmed, as Telegram does; `failing` is answered first, once each."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Json] = []
        self.failing: list[tuple[int, str] | object] = []
        self.asked: list[dict[str, Any]] = []
        self.confirmed = 0
        self.forgotten: set[int] = set()
        self.silent = False
        self.changed = asyncio.Condition()

    async def happens(self, *updates: Json) -> None:
        """Let updates wait for whoever asks."""
        async with self.changed:
            self.waiting += updates
            self.changed.notify_all()

    async def is_silent(self) -> None:
        """Let the poll that waits end with nothing."""
        async with self.changed:
            self.silent = True
            self.changed.notify_all()

    async def until_asked(self, times: int) -> dict[str, Any]:
        """Return the request of that number, once it has come."""
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: len(self.asked) >= times)
        return self.asked[times - 1]

    async def until_confirmed(self, update: Json) -> None:
        """Wait until an update is confirmed."""
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: update["update_id"] in self.forgotten)

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: object, **more: object
    ) -> tuple[int, bytes]:
        """Answer getUpdates."""
        assert url.endswith("/getUpdates")
        assert request_data is not None
        asked: dict[str, Any] = request_data.parameters
        async with self.changed:
            self.asked.append(asked)
            self.confirmed = max(self.confirmed, asked["offset"])
            self.forgotten |= {one["update_id"] for one in self.waiting if one["update_id"] < asked["offset"]}
            self.changed.notify_all()
            if self.failing:
                return self._failed(self.failing.pop(0))
            if asked["timeout"]:
                await self.changed.wait_for(lambda: self._waits(asked) or self.silent)
                self.silent = False
            return 200, json.dumps({"ok": True, "result": self._waits(asked)[: asked["limit"]]}).encode()

    def _waits(self, asked: dict[str, Any]) -> list[Json]:
        left = [one for one in self.waiting if one["update_id"] not in self.forgotten]
        return [one for one in left if one["update_id"] >= asked["offset"]]

    def _failed(self, how: tuple[int, str] | object) -> tuple[int, bytes]:
        match how:
            case BaseException():
                raise how
            case (int(status), str(words)):
                return status, json.dumps({"ok": False, "error_code": status, "description": words}).encode()
            case result:
                return 200, json.dumps({"ok": True, "result": result}).encode()


@dataclass
class Stage:
    """The polling before a core that can be held, by the words of the update."""

    telegram: Telegram = field(default_factory=Telegram)
    received: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    pauses: list[float] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def receive(self, update: Update) -> Answer | None:
        """Commit, so to say."""
        assert update.message is not None
        words = update.message.text or ""
        async with self.changed:
            self.begun.append(words)
            self.changed.notify_all()
        if words in self.held:
            await self.held[words].wait()
        async with self.changed:
            self.received.append(words)
            self.changed.notify_all()
        return None

    async def until(self, told: list[str], words: str) -> None:
        """Wait until `words` are among those begun, or received."""
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: words in told)

    async def sleep(self, seconds: float) -> None:
        """Note how long we would wait."""
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def polling(self, *, patience: float = PATIENCE) -> tuple[Polling, Turns]:
        """Return the two that are tested."""
        bot = Bot(TOKEN, request=AiohttpRequest(), get_updates_request=self.telegram)
        turns = Turns(self.receive)
        return Polling(bot, turns, sleep=self.sleep, chance=lambda: 1.0, patience=patience), turns

    @asynccontextmanager
    async def asking(self, *, patience: float = PATIENCE) -> AsyncIterator[Polling]:
        """Poll meanwhile; stopped without any grace."""
        polling, turns = self.polling(patience=patience)
        running = asyncio.create_task(polling.run())
        try:
            yield polling
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await turns.finish(0)


@pytest.fixture
def stage() -> Stage:
    """Where it is played."""
    return Stage()


async def test_the_next_request_confirms_what_is_committed(stage: Stage) -> None:
    """All of a batch are handed in at once; the next offset goes out when the last of them is committed."""
    stage.held["1"] = asyncio.Event()
    await stage.telegram.happens(said(ADA, "1"), last := said(BEN, "2"))
    async with stage.asking():
        await stage.until(stage.received, "2")
        assert [asked["offset"] for asked in stage.telegram.asked] == [0]
        stage.held["1"].set()
        asked = await stage.telegram.until_asked(2)
    assert stage.received == ["2", "1"]
    assert asked["offset"] == last["update_id"] + 1
    assert asked["timeout"] == LONG_POLL_S
    assert asked["allowed_updates"] == list(ALLOWED) == ["message", "callback_query", "my_chat_member"]


async def test_numbers_may_begin_anew(stage: Stage) -> None:
    """After a week of silence Telegram chooses a new number for the next update, which may be a lower one."""
    high, low = {**said(ADA, "1"), "update_id": 900_000_000}, {**said(ADA, "2"), "update_id": 5}
    await stage.telegram.happens(high)
    async with stage.asking():
        await stage.telegram.until_asked(2)
        await stage.telegram.is_silent()
        asked = await stage.telegram.until_asked(3)
        assert asked["offset"] == 0
        await stage.telegram.happens(low)
        await stage.until(stage.received, "2")


async def test_a_kill_before_the_commit_loses_nothing(stage: Stage) -> None:
    """What was read and not committed is given again to the next process."""
    stage.held["1"] = asyncio.Event()
    await stage.telegram.happens(said(ADA, "1"))
    async with stage.asking():
        await stage.until(stage.begun, "1")
    assert stage.telegram.confirmed == 0
    assert stage.received == []
    stage.held.clear()
    async with stage.asking():
        await stage.until(stage.received, "1")
        await stage.telegram.until_confirmed(stage.telegram.waiting[0])


async def test_somebody_who_is_stuck_does_not_hold_up_the_others(stage: Stage) -> None:
    """What is committed before a stuck update is confirmed, and what comes after it is handed in once."""
    stage.held["2"] = asyncio.Event()
    first, stuck, third, fourth = (said(ADA + number, str(number)) for number in range(1, 5))
    await stage.telegram.happens(first, stuck, third)
    async with stage.asking(patience=0.01):
        await stage.telegram.until_confirmed(first)
        await stage.telegram.happens(fourth)
        await stage.until(stage.received, "4")
        assert stage.telegram.confirmed <= stuck["update_id"]
        stage.held["2"].set()
        await stage.telegram.until_confirmed(fourth)
    assert stage.begun == ["1", "2", "3", "4"]


async def test_an_update_that_was_given_up_is_handed_in_again(stage: Stage) -> None:
    """A receiving that was cancelled has committed nothing, so it is begun anew."""
    await stage.telegram.happens(one := said(ADA, "1"))

    async def cancelled(update: Update) -> Answer | None:
        if not stage.begun:
            stage.begun.append("1")
            raise asyncio.CancelledError
        return await stage.receive(update)

    bot = Bot(TOKEN, request=AiohttpRequest(), get_updates_request=stage.telegram)
    running = asyncio.create_task(Polling(bot, Turns(cancelled), sleep=stage.sleep).run())
    await stage.telegram.until_confirmed(one)
    running.cancel()
    assert stage.received == ["1"]


async def test_an_update_that_cannot_be_read_is_left_out(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged without its words and confirmed with the others, else it would come again for ever."""
    broken: Json = {"update_id": 10_000_001, "message": {"text": "private words", "chat": 3}}
    last = {**said(ADA, "2"), "update_id": 10_000_002}
    await stage.telegram.happens({**said(ADA, "1"), "update_id": 10_000_000}, broken, last)
    async with stage.asking():
        await stage.telegram.until_confirmed(last)
    assert stage.received == ["1", "2"]
    assert "update 10000001 cannot be read" in caplog.text
    assert "private words" not in caplog.text


async def test_nonsense_is_not_asked_for_in_a_hurry(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """What has no number cannot be confirmed: it is asked for again after a pause."""
    stage.telegram.failing = [["nonsense", 3, {"update_id": "7"}]]
    async with stage.asking():
        await stage.telegram.until_asked(2)
    assert stage.pauses == [1.0]
    assert stage.telegram.confirmed == 0


@pytest.mark.parametrize(
    ("failures", "remedies", "pauses"),
    [
        ([NetworkError("no answer (ServerDisconnectedError)")] * 3, ["trying on"], [1.0, 2.0, 4.0]),
        ([DOWN] * 7, ["trying on"], [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]),
        ([CONFLICT] * 2, ["Stop that one"], [1.0, 2.0]),
        ([HOOKED], ["start this one anew, which removes the webhook"], [1.0]),
        ([REVOKED] * 2, ["from @BotFather"], [60.0, 60.0]),
        ([Flooded(17)], ["wait"], [17.0]),
        ([DOWN, CONFLICT, CONFLICT, DOWN], ["trying on", "Stop that one", "trying on"], [1.0, 2.0, 4.0, 8.0]),
    ],
)
async def test_trouble_is_said_once_with_the_remedy_and_waited_out(
    stage: Stage,
    caplog: pytest.LogCaptureFixture,
    failures: list[object],
    remedies: list[str],
    pauses: list[float],
) -> None:
    """Each kind of trouble is one line, the pauses grow, and a last line says that all is well again."""
    caplog.set_level(logging.INFO, "adapters.telegram")
    stage.telegram.failing = list(failures)
    await stage.telegram.happens(one := said(ADA, "1"))
    async with stage.asking():
        await stage.telegram.until_confirmed(one)
    assert stage.pauses == pauses
    *lines, well = caplog.messages
    assert well == "Telegram gives us updates again."
    assert len(lines) == len(remedies)
    assert all(remedy in line for remedy, line in zip(remedies, lines, strict=True))
    assert "secret" not in caplog.text


async def test_a_stop_confirms_what_was_committed_meanwhile(stage: Stage) -> None:
    """So that nobody's taps are repeated at the next start; with nothing new, nothing is asked."""
    stage.held["1"] = asyncio.Event()
    await stage.telegram.happens(said(ADA, "1"), last := said(BEN, "2"))
    polling, turns = stage.polling()
    running = asyncio.create_task(polling.run())
    await stage.until(stage.received, "2")
    running.cancel()
    await asyncio.wait({running})
    stage.held["1"].set()
    await turns.finish(PATIENCE)
    await polling.confirm()
    assert stage.telegram.confirmed == last["update_id"] + 1
    asked = len(stage.telegram.asked)
    await polling.confirm()
    assert len(stage.telegram.asked) == asked


async def test_a_stop_does_not_confirm_what_was_given_up(stage: Stage) -> None:
    """Neither the update that was not committed in time, nor those behind it."""
    stage.held["1"] = asyncio.Event()
    await stage.telegram.happens(said(ADA, "1"), said(BEN, "2"))
    polling, turns = stage.polling()
    running = asyncio.create_task(polling.run())
    await stage.until(stage.received, "2")
    running.cancel()
    await asyncio.wait({running})
    await turns.finish(0)
    await polling.confirm()
    assert stage.telegram.confirmed == 0


def test_what_only_a_person_can_change_is_tried_slowly() -> None:
    """A revoked token does not come back by itself; a conflict may, when the other process ends."""
    backoff = Backoff(chance=lambda: 1.0)
    assert pause(backoff, InvalidToken()) == 60.0
    assert pause(backoff, Conflict("")) == 2.0


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_telegrams_own_pause_is_kept() -> None:
    """Where it asks for longer than we would wait, it gets it."""
    assert pause(Backoff(chance=lambda: 1.0), RetryAfter(17)) == 17.0
