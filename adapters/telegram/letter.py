"""A message as Telegram takes it: rendered, within its limits, ready to send."""

from __future__ import annotations

from bot.chat.message import Picture
from bot.records import dataclass

PLATFORM = "telegram"


@dataclass(frozen=True, slots=True)
class Key:
    """A button below a message, in the words of the Bot API: it sends `callback_data`, or opens `url`."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    style: str | None = None

    def told(self) -> dict[str, str]:
        """Return it as it is sent."""
        said = {"text": self.text, "callback_data": self.callback_data, "url": self.url, "style": self.style}
        return {name: words for name, words in said.items() if words is not None}


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Rows of buttons. The library's own, of which every message has a new one, cost as much as all of its text."""

    rows: tuple[tuple[Key, ...], ...]

    def told(self) -> dict[str, object]:
        """Return it as it is sent."""
        return {"inline_keyboard": [[key.told() for key in row] for row in self.rows]}


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent or drawn anew. Everything in it has been escaped and measured.

    `parts` are texts in Telegram's HTML, one a message, each within the limits; nearly always there is one. `keyboard`
    stands below the last. `picture` is sent after them with its text alternative as `caption` (plain words).
    `reply_to` quotes a message of the same chat, and asks that person alone for an answer by reply if `wants_reply`.
    """

    parts: tuple[str, ...]
    keyboard: Keyboard | None = None
    picture: Picture | None = None
    caption: str = ""
    silent: bool = False
    reply_to: str = ""
    wants_reply: bool = False
