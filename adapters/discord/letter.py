"""A message as Discord takes it: rendered, within its limits, ready to send."""

from __future__ import annotations

from typing import Any, Final

from bot.chat.message import Picture
from bot.records import dataclass

PLATFORM: Final = "discord"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in Discord's own shape. Everything in it has been escaped and measured.

    `embed` and `components` (rows) are Discord's objects. `picture` is attached, with its text alternative. `mentions`
    are the ids of the users whom it may notify; nobody and nothing else ever is. `more` follows in messages of their
    own, where one does not hold it all; the buttons are on the last.
    """

    content: str = ""
    embed: Json | None = None
    components: tuple[Json, ...] = ()
    picture: Picture | None = None
    mentions: tuple[str, ...] = ()
    silent: bool = False
    more: tuple[Letter, ...] = ()
