"""Whose private chats are open, and answers that wait until they are: a bot may not write there first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from bot.chat.message import Message

START: Final = "r"
"""The payload of the link that opens the private chat to read what waits there; none of the core's is so short."""
KEPT_S = 3600.0
_PEOPLE = 1000
_OF_ONE = 5


class Waiting:
    """Keeps a few answers for a few people, in memory, for an hour. `monotonic` is in seconds."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._kept: OrderedDict[str, dict[str, tuple[float, Message]]] = OrderedDict()

    def keep(self, user: str, message: Message) -> None:
        """Keep an answer; the same one twice is one."""
        until = self._monotonic() + KEPT_S
        messages = self._kept.setdefault(user, {})
        self._kept.move_to_end(user)
        messages.pop(message.fingerprint(), None)
        messages[message.fingerprint()] = until, message
        for oldest in list(messages)[:-_OF_ONE]:
            del messages[oldest]
        while len(self._kept) > _PEOPLE:
            self._kept.popitem(last=False)

    def take(self, user: str) -> list[Message]:
        """Return what waits for a person, oldest first, and keep it no longer."""
        now = self._monotonic()
        return [message for until, message in self._kept.pop(user, {}).values() if now < until]


class Reached:
    """Remembers, in memory, who was reached privately of late: that it is so is news once an hour."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until: OrderedDict[str, float] = OrderedDict()

    def is_news(self, user: str) -> bool:
        """Note that somebody has got an answer in their private chat, and say whether that is news."""
        now = self._monotonic()
        if now < self._until.get(user, now):
            return False
        self._until[user] = now + KEPT_S
        self._until.move_to_end(user)
        while len(self._until) > _PEOPLE:
            self._until.popitem(last=False)
        return True
