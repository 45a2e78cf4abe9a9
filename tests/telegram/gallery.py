"""Every message in Telegram's HTML, for the golden files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.telegram.forms import prompt
from adapters.telegram.render import drawn
from bot.i18n import Catalogue

if TYPE_CHECKING:
    from adapters.telegram.letter import Letter
    from bot.chat.adapter import Ability
    from bot.chat.forms import Page
    from bot.chat.message import Message

CATALOGUE: Final = Catalogue()
_TOKEN: Final = re.compile(r"(/start i?|/start/i?)[A-Za-z0-9_-]{16,}")
"""What differs from life to life."""


def pictured(letter: Letter) -> str:
    """Return a letter as text: its HTML, a line for each row of buttons with their colours, what comes with it."""
    shown = ["\n----- next message -----\n".join(letter.parts)]
    for row in letter.keyboard.rows if letter.keyboard else ():
        buttons = (f"[{b.text}{f' ·{b.style}' if b.style else ''}{f' → {b.url}' if b.url else ''}]" for b in row)
        shown.append(" ".join(buttons))
    if letter.picture is not None:
        shown.append(f"(picture {letter.picture.name}: {letter.caption})")
    if letter.wants_reply:
        shown.append("(asks for a reply)")
    if letter.silent:
        shown.append("(silent)")
    return _TOKEN.sub(r"\1TOKEN", "\n".join(shown))


class TelegramPainter:
    """Pictures messages and questions in Telegram's HTML."""

    platform = "telegram"
    page_size = 1
    abilities: frozenset[Ability] = frozenset()
    links = True

    def message(self, message: Message, *, whole: bool = True, toast: str = "") -> str:
        """Return the picture of a message, with a word to whoever acted."""
        picture = pictured(drawn(message, CATALOGUE, whole=whole))
        return f"{picture}\n(toast: {toast})" if toast else picture

    def page(self, page: Page) -> str:
        """Return the picture of a question."""
        return pictured(prompt(page, CATALOGUE.speaker("en"), in_room=False))
