"""Asking Telegram for updates, and confirming those that have been committed: the offset of the next request confirms.

python-telegram-bot's own Updater confirms what it has merely read, so that a crash would lose taps.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

from telegram import Bot, CallbackQuery, Chat, InaccessibleMessage, Update, User
from telegram.error import TelegramError

from adapters.telegram.trying import kind_of, pause
from adapters.telegram.turns import Turns
from bot.chat.trying import Backoff, Troubles, trace

log = logging.getLogger(__name__)

ALLOWED: Final = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
"""What we are told of; everything else is not even sent to us."""
LONG_POLL_S = 50
"""For how long Telegram holds a request open in which there is nothing to tell."""
GRACE_S = 10.0
"""How much longer than that an answer may take."""
BATCH = 100
PATIENCE_S = 1.0
"""After so long, those updates of a batch that are committed are confirmed without waiting for the others."""
_ENDPOINT = "get__updates"
"""`getUpdates` under a name for which the library returns the plain answer.

`Bot.get_updates` gives nothing of a batch in which it cannot read one, so that this one would come again for ever.
"""
_ENOUGH: Final = frozenset({"id", "from", "chat_instance", "message", "data"})
"""What we need of a tap on one of our buttons, and all that it says."""
_MORE: Final = frozenset({"message_thread_id", "reply_to_message"})
_TROUBLES: Final[Mapping[str, str]] = {
    "another": (
        "Telegram gives this bot's updates to another program, which asks for them with the same token. Stop that "
        "one; until then taps go now here, now there."
    ),
    "webhook": (
        "Somebody has set a webhook for this bot, so Telegram sends its updates there. Stop that program, then start "
        "this one anew, which removes the webhook."
    ),
    "token": (
        "Telegram does not accept the bot's token any more. Put the present one, from @BotFather, into [telegram] "
        "token and start the bot anew."
    ),
    "limited": "Telegram asks us to wait before we ask for updates again.",
    "refused": "Telegram does not accept how we ask for updates.",
    "network": "Telegram cannot be reached, or does not answer as it should; trying on.",
}


def troubles_with_updates() -> Troubles:
    """Return who says in the log that updates do not come, and that they do again."""
    return Troubles(log, _TROUBLES, "Telegram gives us updates again.")


def parsed(data: object, bot: Bot) -> Update | None:
    """Return the update, None for what is none or cannot be read."""
    if not isinstance(data, dict) or type(data.get("update_id")) is not int:
        log.error("what should be an update is none")
        return None
    try:
        return _numbered(_tap(data, bot) or Update.de_json(data, bot))
    except Exception as error:  # noqa: BLE001  # the library raises whatever it stumbles over
        log.error("update %d cannot be read: %s", data["update_id"], trace(error))  # noqa: TRY400  # no words of people
        return None


def _numbered(update: Update) -> Update:
    """Return the update; raises `TypeError` where its chat or its sender has no number, by which turns are kept."""
    for one in (update.effective_chat, update.effective_user):
        if one is not None and type(one.id) is not int:
            raise TypeError(one)
    return update


def _tap(data: Mapping[str, Any], bot: Bot) -> Update | None:
    """Return a tap with no more of its message than where that stands: reading all of it costs most of a tap.

    None for whatever else, and where more has to be known: in topics, of questions to one person, and of a message
    that does not bear the button.
    """
    query = data.get("callback_query")
    on = query.get("message") if query else None
    if not query or not on or not _ENOUGH.issuperset(query) or not _MORE.isdisjoint(on):
        return None
    rows = on.get("reply_markup", {}).get("inline_keyboard", ())
    if not any(button.get("callback_data") == query["data"] for row in rows for button in row):
        return None
    where = InaccessibleMessage(Chat.de_json(on["chat"], bot), on["message_id"])
    by = User.de_json(query["from"], bot)
    tapped = CallbackQuery(query["id"], by, query["chat_instance"], message=where, data=query["data"])
    return Update(data["update_id"], callback_query=tapped)


class Polling:
    """Asks for updates and hands them in. `patience` is in seconds."""

    def __init__(
        self,
        bot: Bot,
        turns: Turns,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        patience: float = PATIENCE_S,
        troubles: Troubles | None = None,
    ) -> None:
        self._bot = bot
        self._turns = turns
        self._sleep = sleep
        self._patience = patience
        self._backoff = Backoff(chance=chance)
        self._troubles = troubles or troubles_with_updates()
        self._under_way: dict[int, asyncio.Future[None]] = {}
        """What was handed in and is not confirmed yet, in Telegram's order."""
        self._offset = 0
        """What the next request confirms everything before; 0 where there is nothing to confirm."""

    async def run(self) -> NoReturn:
        """Go on until cancelled, whatever happens."""
        while True:
            await self._turns.room()
            try:
                # While something is under way, Telegram has something to tell and does not wait.
                found = await self._get(LONG_POLL_S if not self._under_way else 0)
            except TelegramError as error:
                self._troubles.are(kind_of(error), type(error).__name__)
                await self._sleep(pause(self._backoff, error))
                continue
            self._troubles.are_over()
            if self._hand_in(found):
                self._backoff.reset()
            else:
                await self._sleep(self._backoff.pause())
            await self._receive()

    async def confirm(self) -> None:
        """Confirm what is committed and may not be confirmed: at a stop, so that it is not repeated at the start."""
        self._advance()
        if self._offset:
            await self._get(0, limit=1)

    async def _get(self, wait: float, limit: int = BATCH) -> Sequence[object]:
        asked = {"offset": self._offset, "limit": limit, "timeout": wait, "allowed_updates": list(ALLOWED)}
        found = await self._bot.do_api_request(_ENDPOINT, api_kwargs=asked, read_timeout=wait + GRACE_S)
        # Telegram has forgotten what was confirmed. Asking from there on for ever would miss what comes after a week
        # of silence: its number is chosen anew then, and may be a lower one.
        self._offset = 0
        return found if isinstance(found, list) else ()

    def _hand_in(self, found: Sequence[object]) -> bool:
        """Hand in what is new; return False where there was something and none of it makes sense."""
        sense = not found
        for data in found:
            number = data.get("update_id") if isinstance(data, dict) else None
            if type(number) is not int:
                log.error("what should be an update has no number")
                continue
            sense = True
            known = self._under_way.get(number)
            if known is not None and not known.cancelled():
                continue
            update = parsed(data, self._bot)
            if update is not None:
                self._under_way[number] = self._turns.hand_in(update)
            else:  # it counts as received, since it would never be better
                self._under_way[number] = asyncio.get_running_loop().create_future()
                self._under_way[number].set_result(None)
        return sense

    async def _receive(self) -> None:
        """Wait until what was handed in is committed, or patience ends."""
        waiting = [received for received in self._under_way.values() if not received.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=self._patience)
        if any(received.cancelled() for received in self._under_way.values()):
            await self._sleep(self._patience)  # it is about to be handed in again
        self._advance()

    def _advance(self) -> None:
        """Note what the next request confirms: everything before the first update that is not committed."""
        for number, received in list(self._under_way.items()):
            if not received.done() or received.cancelled():
                break
            del self._under_way[number]
            self._offset = number + 1
