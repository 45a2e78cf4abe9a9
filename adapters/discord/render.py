"""A message as a letter: pure. It fits Discord's limits, whatever people wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.letter import Letter

if TYPE_CHECKING:
    from bot.chat.message import Message
    from bot.chat.text import Text
    from bot.i18n import Catalogue


def drawn(message: Message, catalogue: Catalogue, *, whole: bool = True, toast: str = "") -> Letter:
    """Return a message as it is sent: over several where it is long, or in one, cut, if not `whole`."""
    raise NotImplementedError


def short(words: Text | str) -> Letter:
    """Return a sentence of the adapter's own."""
    raise NotImplementedError


def read_payload(custom_id: str) -> str:
    """Return the payload that a button's custom_id carries."""
    return custom_id.partition("#")[0]
