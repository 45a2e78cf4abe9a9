"""One act of a person, and what it takes to answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat.inbound import Filled
from bot.records import dataclass

if TYPE_CHECKING:
    from adapters.telegram.wire import Wire
    from bot.chat.inbound import Act
    from bot.chat.message import Posted, Room
    from bot.i18n import Translator


class Callback:
    """A tap, which Telegram wants answered once and soon: until then the button looks busy."""

    def __init__(self, wire: Wire, query: str) -> None:
        self._wire = wire
        self._query = query
        self.is_answered = False

    async def answer(self, words: str = "", *, alert: bool = False, url: str = "") -> None:
        """Answer unless that is done."""
        if self.is_answered:
            return
        self.is_answered = True
        await self._wire.answer(self._query, words, alert=alert, url=url)


@dataclass(frozen=True, slots=True)
class Occasion:
    """An act to be answered, in the language of who did it.

    `callback` is there where a button was tapped, and `tapped` the message it stands on. `quoted` is the person's own
    message in a group, which the answer quotes.
    """

    act: Act
    t: Translator
    callback: Callback | None = None
    tapped: Posted | None = None
    quoted: str = ""

    @property
    def room(self) -> Room:
        """Where it was done."""
        return self.act.place.room

    @property
    def prompt(self) -> Posted | None:
        """The question whose button was tapped."""
        return self.tapped if isinstance(self.act, Filled) else None

    async def answer(self, words: str = "", *, alert: bool = False, url: str = "") -> None:
        """Answer the tap, if it was one."""
        if self.callback is not None:
            await self.callback.answer(words, alert=alert, url=url)
