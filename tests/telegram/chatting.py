"""People who write and tap in chats with the real core behind them, and a notebook for a network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from itertools import count
from typing import TYPE_CHECKING, Any

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.me import Me
from bot.assembly import assemble
from bot.clock import MovableClock
from bot.i18n import Catalogue
from tests.telegram import happening
from tests.telegram.happening import GROUP
from tests.telegram.recording import BLOCKED, Call, Scene, given

if TYPE_CHECKING:
    from bot.ports import Storage

Json = dict[str, Any]
BEGINNING = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday."""
_LINK = re.compile(r"https://t\.me/circle_bot\?start=([\w-]+)")
_MARKUP = re.compile(r"<[^>]+>")
_TAPS = count(1)


@dataclass
class Standing:
    """A message as it stands in a chat now."""

    chat: int
    number: int
    thread: int
    html: str
    rows: list[list[Json]]
    asks: bool = False
    quotes: int = 0
    """Whose message it answers."""

    @property
    def text(self) -> str:
        """The words as people read them."""
        return unescape(_MARKUP.sub("", self.html))

    @property
    def labels(self) -> list[str]:
        """What stands on its buttons."""
        return [button["text"] for row in self.rows for button in row]


@dataclass
class Chats:
    """All chats of one bot."""

    storage: Storage
    scene: Scene = field(default_factory=Scene)
    standing: list[Standing] = field(default_factory=list)
    people: dict[str, Member] = field(default_factory=dict)
    _seen: int = 0
    _author: int = 0

    def __post_init__(self) -> None:
        """Put the real core behind the adapter's answering part."""
        adapter = TelegramAdapter("999:secret", Catalogue())
        adapter._me = Me(999, "circle_bot")
        self.clock = MovableClock(source=lambda: BEGINNING)
        self.inbox = assemble(self.storage, self.clock, [adapter]).router

    def restarts(self) -> None:
        """Lose everything that is in memory, and start anew on the same database and the same Telegram."""
        troubles, results = self.scene.recorder.troubles, self.scene.recorder.results
        self.scene, self._seen = Scene(), 0
        self.scene.recorder.troubles, self.scene.recorder.results = troubles, results
        self.__post_init__()

    def __getattr__(self, name: str) -> Member:
        """Return somebody by name: whoever is not there yet walks in."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self.people:
            self.people[name] = Member(self, 101 + len(self.people), name.capitalize())
            self.scene.recorder.troubles[f"sendMessage {self.people[name].user}"] = BLOCKED
        return self.people[name]

    async def happens(self, data: Json) -> list[Call]:
        """Let an update come in, and note what stands where afterwards; return what was asked of Telegram."""
        await given(await self.scene.answering.receive(happening.update(data), self.inbox))
        self._author = data.get("message", {}).get("from", {}).get("id", 0)
        calls = self.scene.calls[self._seen :]
        self._seen = len(self.scene.calls)
        for call in calls:
            self._note(call)
        return calls

    def _note(self, call: Call) -> None:
        if f"{call.method} {call.said.get('chat_id')}" in self.scene.recorder.troubles:
            return
        if call.method == "sendMessage":
            number = max((one.number for one in self.standing), default=99) + 1
            thread, asks = call.said.get("message_thread_id", 0), "force_reply" in call.said.get("reply_markup", {})
            quotes = self._author if "reply_parameters" in call.said else 0
            standing = Standing(call.said["chat_id"], number, thread, call.text, call.rows, asks, quotes)
            self.standing.append(standing)
        elif call.method == "editMessageText":
            for one in self.standing:
                if (one.chat, one.number) == (call.said["chat_id"], call.said["message_id"]):
                    one.html, one.rows = call.text, call.rows

    def newest(self, chat: int, label: str = "") -> Standing:
        """Return the newest message in a chat, or the newest with a button that begins so."""
        for one in reversed(self.standing):
            if one.chat == chat and (not label or any(found.startswith(label) for found in one.labels)):
                return one
        there = [(one.text, one.labels) for one in self.standing if one.chat == chat]
        message = f"no {label!r} in {chat}, only {there}"
        raise AssertionError(message)

    def said(self, chat: int) -> list[str]:
        """Return what stands in a chat, oldest first."""
        return [one.text for one in self.standing if one.chat == chat]


@dataclass
class Member:
    """Somebody on Telegram."""

    chats: Chats
    user: int
    name: str
    language: str = ""
    toast: str = ""
    """What the last tap was answered with."""
    led_to: str = ""
    """The payload of the private chat that the last tap opened."""

    async def says(
        self, words: str, chat: int = 0, *, to: Standing | None = None, thread: int = 0, at: datetime | None = None
    ) -> list[Call]:
        """Write in the private chat, or in a group, perhaps in reply to a message of the bot's."""
        data = happening.said(self.user, words, chat or None)
        data["message"]["from"] = self._as_user()
        if at is not None:
            date = {"type": "date_time", "offset": 0, "length": len(words), "unix_time": int(at.timestamp())}
            data["message"]["entities"] = [date]
        if not chat:
            self.chats.scene.recorder.troubles.pop(f"sendMessage {self.user}", None)
        if to is not None:
            us = {"id": 999, "is_bot": True, "first_name": "Bot"}
            quoted = {"message_id": to.number, "date": 1, "chat": happening.place(to.chat), "from": us, "text": to.text}
            data["message"]["reply_to_message"] = quoted
        if thread:
            data["message"] |= {"message_thread_id": thread, "is_topic_message": True}
        return await self.chats.happens(data)

    async def taps(self, label: str, chat: int = 0) -> list[Call]:
        """Tap the newest button that begins so, in the private chat or in a group; a link is followed."""
        on = self.chats.newest(chat or self.user, label)
        button = next(one for row in on.rows for one in row if one["text"].startswith(label))
        if "url" in button:
            return await self._follows(button["url"])
        return await self.sends(button["callback_data"], on)

    async def sends(self, payload: str, on: Standing) -> list[Call]:
        """Tap a button with this payload; where the answer leads elsewhere, go there."""
        data = happening.tapped(self.user, payload, on.chat)
        query = data["callback_query"]
        query |= {"from": self._as_user(), "id": str(next(_TAPS))}
        query["message"] |= {"message_id": on.number}
        if on.thread:
            query["message"] |= {"message_thread_id": on.thread, "is_topic_message": True}
        if on.quotes:
            author = {"id": on.quotes, "is_bot": False, "first_name": "Somebody"}
            said = {"message_id": 1, "date": 1, "chat": happening.place(on.chat), "from": author, "text": "/command"}
            query["message"] |= {"reply_to_message": said, "reply_markup": {"inline_keyboard": on.rows}}
        calls = await self.chats.happens(data)
        answers = [call for call in calls if call.method == "answerCallbackQuery"]
        assert len(answers) == 1, f"{payload!r} was answered {len(answers)} times"
        self.toast = answers[0].text
        if answers[0].said.get("url"):
            calls += await self._follows(answers[0].said["url"])
        return calls

    async def adds_the_bot(self, chat: int = GROUP) -> None:
        """Add the bot to a group."""
        data = happening.added(self.user, chat)
        data["my_chat_member"]["from"] = self._as_user()
        await self.chats.happens(data)

    async def says_anonymously(self, words: str, chat: int = GROUP) -> list[Call]:
        """Write in a group as one of its anonymous administrators."""
        data = happening.said(1087968824, words, chat, sender_chat=happening.place(chat))
        data["message"]["from"] |= {"is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
        return await self.chats.happens(data)

    def runs(self, chat: int = GROUP) -> None:
        """Be the group's only administrator from now on."""
        del chat
        owner = {"user": self._as_user(), "status": "creator", "is_anonymous": False}
        self.chats.scene.recorder.results["getChatAdministrators"] = [owner]

    def sees(self) -> Standing:
        """Return the newest message in the private chat."""
        return self.chats.newest(self.user)

    async def _follows(self, url: str) -> list[Call]:
        found = _LINK.fullmatch(url)
        assert found is not None, url
        self.led_to = found[1]
        return await self.says(f"/start {found[1]}")

    def _as_user(self) -> Json:
        hint = {"language_code": self.language} if self.language else {}
        return {"id": self.user, "is_bot": False, "first_name": self.name, **hint}
