"""Who runs a room: its administrators, as Telegram tells them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from telegram import Bot
from telegram.error import TelegramError

from bot.chat.message import Room

log = logging.getLogger(__name__)
KEPT_S = 60.0
"""For how long an answer holds."""
_MOST = 1000
_PATIENCE_S = 5.0


class Rights:
    """Asks Telegram who runs a room, and remembers it for a minute. `monotonic` is in seconds."""

    def __init__(self, bot: Bot, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, frozenset[str]]] = {}

    async def runs_room(self, room: Room, user: str) -> bool:
        """Say whether a person is an administrator of a group; where Telegram does not say, they are not."""
        if room.is_private:
            return False
        known = self._known.get(room.chat)
        if known is not None and self._monotonic() < known[0]:
            return user in known[1]
        try:
            members = await self._bot.get_chat_administrators(
                int(room.chat), read_timeout=_PATIENCE_S, connect_timeout=_PATIENCE_S, pool_timeout=_PATIENCE_S
            )
        except TelegramError as error:
            log.warning("Telegram does not say who runs a group: %s", type(error).__name__)
            return False
        now = self._monotonic()
        if len(self._known) >= _MOST:
            self._known = {chat: known for chat, known in self._known.items() if now < known[0]}
        self._known[room.chat] = (now + KEPT_S, frozenset(str(member.user.id) for member in members))
        return user in self._known[room.chat][1]
