"""The bot's comings and goings: what is a new group, and what only looks like one."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.chat.inbound import Act, Command, Joined, Left, Moved

GREETED_S: Final = 60.0
"""For so many seconds after a greeting another is one too many: adding the bot by a link says /start, too."""
_REMEMBERED = 5000


class Comings:
    """Remembers, in memory, which groups were greeted just now, and which have a new address."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._greeted: OrderedDict[str, float] = OrderedDict()
        self._left_behind: OrderedDict[str, float] = OrderedDict()
        self._arrived: OrderedDict[str, float] = OrderedDict()

    def went(self, fact: Left | Moved) -> bool:
        """Note it, and say whether it is news: that the bot is not at a group's old address any more is none."""
        if isinstance(fact, Moved):
            self._note(self._left_behind, fact.old.chat)
            self._note(self._arrived, fact.new.chat)
            return True
        self._arrived.pop(fact.room.chat, None)
        return fact.room.chat not in self._left_behind

    def came(self, fact: Act) -> Act:
        """Note that a group is greeted. One that has only got a new address is not new: then the bot is back."""
        chat = fact.place.room.chat
        if isinstance(fact, Joined) and self._arrived.pop(chat, None) is not None:
            fact = replace(fact, back=True)
        if _greets(fact):
            self._note(self._greeted, chat)
        return fact

    def is_greeted(self, fact: Act) -> bool:
        """Say whether a bare /start in a group comes right after a greeting."""
        if not isinstance(fact, Command) or not _greets(fact):
            return False
        greeted = self._greeted.get(fact.place.room.chat)
        return greeted is not None and self._monotonic() < greeted + GREETED_S

    def _note(self, known: OrderedDict[str, float], chat: str) -> None:
        known.pop(chat, None)
        known[chat] = self._monotonic()
        while len(known) > _REMEMBERED:
            known.popitem(last=False)


def _greets(fact: Act) -> bool:
    match fact:
        case Joined(back=back):
            return not back
        case Command(name="start", words=words):
            return not words and not fact.place.room.is_private
        case _:
            return False
