"""A wire into a notebook, and a core that answers by a script: to see exactly what is sent to whom."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from telegram import Bot
from telegram._utils.defaultvalue import DEFAULT_NONE
from telegram._utils.types import ODVInput
from telegram.request import BaseRequest, RequestData

from adapters.telegram.answering import Answering
from adapters.telegram.letter import PLATFORM
from adapters.telegram.me import Me
from adapters.telegram.rights import Rights
from adapters.telegram.turns import Answer
from adapters.telegram.wire import Wire
from bot.chat.adapter import CommandHelp
from bot.chat.inbound import Act, Inbound
from bot.chat.intents import Intent
from bot.chat.message import Card, Chart, Message, Picture, Posted, Redraw, Reply, Room
from bot.chat.pacing import Pacing
from bot.i18n import Catalogue
from tests.telegram import happening

Json = dict[str, Any]
BLOCKED = (403, "Forbidden: bot can't initiate conversation with a user")
GONE = (400, "Bad Request: message to edit not found")
MUTED = (400, "Bad Request: not enough rights to send text messages to the chat")
_RESULTS = {"answerCallbackQuery": True, "getChatAdministrators": []}


@dataclass(frozen=True)
class Call:
    """One request: the method and what it says."""

    method: str
    said: Json

    @property
    def text(self) -> str:
        """The words."""
        return str(self.said.get("text", ""))

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons."""
        return [button["text"] for row in self.rows for button in row]

    @property
    def rows(self) -> list[list[Json]]:
        """The buttons."""
        rows: list[list[Json]] = self.said.get("reply_markup", {}).get("inline_keyboard", [])
        return rows


class Recorder(BaseRequest):
    """Plays Telegram: writes down what it is asked, and answers as Telegram does when all is well, or as told."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.troubles: dict[str, tuple[int, str]] = {}
        """What goes wrong: by method, or by method and chat id."""
        self.refused = ""
        """Words that Telegram does not take."""
        self.results: Json = dict(_RESULTS)
        self.held: dict[str, asyncio.Event] = {}
        """What answers only when its event is set: by method and chat id."""
        self.tap_answered = asyncio.Event()
        self._numbers = count(100)

    @property
    def read_timeout(self) -> float | None:
        """No time-out: there is no network."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = DEFAULT_NONE,
        write_timeout: ODVInput[float] = DEFAULT_NONE,
        connect_timeout: ODVInput[float] = DEFAULT_NONE,
        pool_timeout: ODVInput[float] = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Note one request and answer it."""
        name = url.rpartition("/")[2]
        said: Json = dict(request_data.parameters) if request_data else {}
        self.calls.append(Call(name, said))
        if name == "answerCallbackQuery":
            self.tap_answered.set()
        there = f"{name} {said.get('chat_id')}"
        if there in self.held:
            await self.held[there].wait()
        trouble = self.troubles.get(there) or self.troubles.get(name)
        if self.refused and self.refused in said.get("text", ""):
            trouble = 400, "Bad Request: can't parse entities"
        if trouble is not None:
            code, words = trouble
            return code, json.dumps({"ok": False, "error_code": code, "description": words}).encode()
        return 200, json.dumps({"ok": True, "result": self.results.get(name) or self._message(said)}).encode()

    def _message(self, said: Json) -> Json:
        number = said.get("message_id") or next(self._numbers)
        return {"message_id": number, "date": 1, "chat": happening.place(said["chat_id"]), "text": said.get("text", "")}


@dataclass
class ScriptedInbox:
    """The core's part: replies in the order in which the script has them."""

    replies: deque[Reply | Exception] = field(default_factory=deque)
    heard: list[Inbound] = field(default_factory=list)
    stood: list[tuple[Card, Posted]] = field(default_factory=list)
    menu: Sequence[CommandHelp] = ()
    minds: Callable[[Act], bool] = lambda _: False
    keys: set[str] = field(default_factory=set)

    async def receive(self, inbound: Inbound) -> Reply:
        """Answer a repeated key with nothing, as the core does; else by the script."""
        again = inbound.key in self.keys
        self.keys.add(inbound.key)
        self.heard.append(inbound)
        reply = None if again or not self.replies else self.replies.popleft()
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def stands(self, card: Card, posted: Posted, message: Message) -> None:
        """Note what stands where."""
        self.stood.append((card, posted))

    def drew(self, posted: Posted, reply: Redraw) -> None:
        """Do nothing: on Telegram the painter draws all cards."""

    def minds_who_runs(self, act: Act) -> bool:
        """Say what the script says."""
        return self.minds(act)

    async def recall(self, key: str) -> str:
        """Return nothing."""
        return ""

    async def keep(self, key: str, words: str) -> None:
        """Keep nothing."""

    async def commands(self, language: str) -> Sequence[CommandHelp]:
        """Return the script's menu."""
        return self.menu

    async def completions(
        self, inbound: Inbound, intent: type[Intent], field: str, words: str
    ) -> Sequence[tuple[str, str]]:
        """Complete nothing."""
        return ()


class Scene:
    """The answering part with a notebook for a network, and a script for a core. Seconds pass only as told."""

    def __init__(self, draw: Callable[[Chart], Picture] | None = None, soon: float = 60.0) -> None:
        self.recorder = Recorder()
        self.inbox = ScriptedInbox()
        self.now = 1000.0
        self.bot = Bot("999:secret", request=self.recorder, get_updates_request=Recorder())
        self.wire = Wire(self.bot, Pacing(), moved=self._moved, sleep=asyncio.sleep, chance=lambda: 0.0)
        self.answering = Answering(
            self.wire,
            Rights(self.bot, monotonic=self.monotonic),
            Catalogue(),
            Me(999, "circle_bot"),
            start_link=lambda payload: f"https://t.me/circle_bot?start={payload}",
            draw=draw,
            soon=soon,
            monotonic=self.monotonic,
        )

    def monotonic(self) -> float:
        """Return the time."""
        return self.now

    @property
    def calls(self) -> list[Call]:
        """What was asked of Telegram so far."""
        return self.recorder.calls

    def said(self) -> list[tuple[str, str]]:
        """Return what was asked, as method and words or address."""
        return [(call.method, call.text or str(call.said.get("url", ""))) for call in self.calls]

    async def happens(self, data: Json, *replies: Reply | Exception) -> list[Call]:
        """Let an update come in, which the core answers so; return what is asked of Telegram because of it."""
        self.inbox.replies.extend(replies)
        before = len(self.calls)
        await given(await self.answering.receive(happening.update(data), self.inbox))
        return self.calls[before:]

    async def _moved(self, old: str, new: str) -> None:
        pass


async def given(answer: Answer | None) -> None:
    """Let an answer be shown that waits for no others."""
    if answer is not None:
        if answer.at_once is not None:
            await answer.at_once()
        await answer.in_turn()


def room(chat: int, thread: str = "") -> Room:
    """Return a group."""
    return Room(PLATFORM, str(chat), thread)
