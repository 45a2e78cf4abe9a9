"""Everything that is said on Telegram goes out here: paced, tried again where that helps, and never rendered.

The courier and the painter use `post` and `edit`: one go each, for they wait, count and try again themselves. Answers
to people use `say` and `redraw`, which do all of that. Whoever meets Telegram's limit holds back that one chat for all.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from telegram import Bot
from telegram.error import TelegramError

from adapters.telegram.errors import Migrated, as_post_error, is_quote_lost, is_too_late, is_unchanged
from adapters.telegram.letter import Letter
from adapters.telegram.transport import called
from bot.chat.adapter import PostError, TryLater
from bot.chat.message import Picture, Posted, Room
from bot.chat.pacing import Pacing
from bot.records import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often something is tried. Told to wait longer than `asked` seconds, it is given up at once.

    After a failure it waits twice as long each time, at most `wait` seconds; for its turn in a room, at most `turn`.
    """

    attempts: int
    asked: float
    wait: float
    turn: float


ANSWERING = Patience(attempts=5, asked=30.0, wait=8.0, turn=90.0)
"""Somebody is waiting, and their next taps wait behind this one; a full minute of a group's is waited out, though."""
PICTURES = Patience(attempts=10, asked=900.0, wait=60.0, turn=960.0)
"""Nobody is."""
TAPS = 6
"""How often a tap is answered at most, within a quarter of a minute: for about so long people see that it is busy."""
_FIRST_WAIT_S = 0.5
_TOAST = 200
"""Characters that the answer to a tap may have."""
_UNDER_WAY = 512
"""So many messages of several parts are remembered while they are going out."""
_Json = dict[str, object]
_NO_PREVIEW: _Json = {"is_disabled": True}
_ANSWER_ME: _Json = {"force_reply": True, "selective": True}
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Sent:
    """How many parts of a letter went out, and the id of the last of them."""

    parts: int = 0
    message: str = ""


class Wire:
    """One bot's way to Telegram. Raises `PostError` only.

    `moved` is awaited with the old and the new chat id of a group that became a supergroup. `sleep` takes real seconds.
    """

    def __init__(
        self,
        bot: Bot,
        pacing: Pacing,
        *,
        moved: Callable[[str, str], Awaitable[None]],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._bot = bot
        self._pacing = pacing
        self._moved = moved
        self._sleep = sleep
        self._chance = chance
        self._under_way: dict[str, _Sent] = {}
        self._pictures: set[asyncio.Task[None]] = set()

    async def post(self, room: Room, letter: Letter, key: str = "") -> Posted:
        """Send a letter in one go and return its last part; the caller has waited for the first and counted it.

        A repeat with the same key goes on after the parts that went out. The picture follows by itself.
        """
        sent = first = self._under_way.get(key, _Sent())
        for number in range(sent.parts, len(letter.parts)):
            if number > first.parts:
                await self._turn(room)
            sent = _Sent(number + 1, await self._send(letter, number, room))
            self._note(key, sent)
        self._under_way.pop(key, None)
        self._picture_follows(room, letter)
        return Posted(room, sent.message)

    async def edit(self, posted: Posted, letter: Letter) -> None:
        """Draw a message anew in one go, as the first part of a letter; that nothing changes is fine."""
        try:
            said = _said(posted.room, letter.parts[0])
            said["message_id"] = int(posted.message)
            if letter.keyboard is not None:
                said["reply_markup"] = letter.keyboard.told()
            await called(self._bot, "editMessageText", said)
        except TelegramError as error:
            if not is_unchanged(error):
                raise await self._meant(posted.room, error) from None

    async def say(self, room: Room, letter: Letter) -> Posted:
        """Send an answer, as soon as the limits allow; outages are waited out for a while."""
        message = ""
        for number in range(len(letter.parts)):
            room, message = await self._patiently(room, partial(self._send, letter, number))
        self._picture_follows(room, letter)
        return Posted(room, message)

    async def redraw(self, posted: Posted, letter: Letter) -> None:
        """Draw a message anew, as soon as the limits allow; outages are waited out for a while."""
        await self._patiently(posted.room, lambda room: self.edit(Posted(room, posted.message), letter))

    async def answer(self, callback: str, words: str = "", *, alert: bool = False, url: str = "") -> None:
        """Answer a tap: with nothing, a few plain words, or an address to open. Never raises; a failure is logged."""
        for attempt in range(1, TAPS + 1):
            try:
                await self._bot.answer_callback_query(
                    callback, words[:_TOAST] or None, show_alert=alert or None, url=url or None
                )
            except TelegramError as error:
                if is_too_late(error):
                    log.debug("a tap was answered too late")
                    return
                meant = as_post_error(error)
                if not isinstance(meant, TryLater) or attempt == TAPS:
                    log.warning("a tap could not be answered: %s", meant)
                    return
                await self._sleep(self._backoff(attempt))
            else:
                return

    async def close(self, patience: float = 3.0) -> None:
        """Let the pictures that are under way go out for up to `patience` real seconds, and give up the others."""
        if self._pictures:
            await asyncio.wait(self._pictures, timeout=patience)
        for task in tuple(self._pictures):
            task.cancel()
        await asyncio.gather(*self._pictures, return_exceptions=True)

    async def _send(self, letter: Letter, number: int, room: Room) -> str:
        """Send one part, and return its message id."""
        is_last = number == len(letter.parts) - 1
        asks = is_last and letter.wants_reply and letter.keyboard is None
        below = _ANSWER_ME if asks else letter.keyboard.told() if is_last and letter.keyboard is not None else None
        # Whom a question is for, Telegram reads off the quote.
        quoted = letter.reply_to if number == 0 or asks else ""
        send = partial(self._send_text, room, letter.parts[number], below, silent=letter.silent)
        try:
            try:
                return await send(quoted)
            except TelegramError as error:
                if not quoted or not is_quote_lost(error):
                    raise
                return await send("")
        except TelegramError as error:
            raise await self._meant(room, error) from None

    async def _send_text(self, room: Room, text: str, below: _Json | None, quoted: str, *, silent: bool) -> str:
        said = _said(room, text)
        if below is not None:
            said["reply_markup"] = below
        if silent:
            said["disable_notification"] = True
        if room.thread:
            said["message_thread_id"] = int(room.thread)
        if quoted:
            said["reply_parameters"] = {"message_id": int(quoted), "allow_sending_without_reply": True}
        return str((await called(self._bot, "sendMessage", said))["message_id"])

    async def _send_picture(self, picture: Picture, caption: str, room: Room) -> None:
        try:
            await self._bot.send_photo(
                int(room.chat),
                picture.png,
                filename=picture.name,
                caption=caption or None,
                disable_notification=True,  # the text has made its sound
                message_thread_id=int(room.thread) if room.thread else None,
            )
        except TelegramError as error:
            raise await self._meant(room, error) from None

    def _picture_follows(self, room: Room, letter: Letter) -> None:
        """Send the picture in the background: the text stands, and nobody need wait."""
        if letter.picture is not None:
            task = asyncio.create_task(self._try_picture(room, letter.picture, letter.caption))
            self._pictures.add(task)
            task.add_done_callback(self._pictures.discard)

    async def _try_picture(self, room: Room, picture: Picture, caption: str) -> None:
        try:
            await self._patiently(room, partial(self._send_picture, picture, caption), PICTURES)
        except PostError as error:
            log.warning("a picture did not follow its text: %s", error)
        except Exception:
            log.exception("could not send a picture")

    async def _patiently(
        self, room: Room, go: Callable[[Room], Awaitable[Result]], patience: Patience = ANSWERING
    ) -> tuple[Room, Result]:
        """Do something in a room when the limits allow, several times if need be; return where it was, and the result.

        A group that became a supergroup is followed.
        """
        attempt = 1
        while True:
            if (wait := self._pacing.wait(room)) > patience.turn:
                raise TryLater("the chat is held back for long", wait)
            await self._turn(room)
            try:
                return room, await go(room)
            except TryLater as error:
                if attempt == patience.attempts or (error.seconds or 0.0) > patience.asked:
                    raise
                if isinstance(error, Migrated):
                    room = replace(room, chat=error.new)
                elif error.seconds is None:  # else the room is held back, and the next turn comes after that
                    await self._sleep(self._backoff(attempt, patience))
                attempt += 1

    async def _turn(self, room: Room) -> None:
        """Wait until something may be said in a room, and count it."""
        await self._pacing.turn(room, self._sleep)

    async def _meant(self, room: Room, error: TelegramError) -> PostError:
        """Return what an error means, after doing what follows from it for whoever speaks next."""
        meant = as_post_error(error)
        if isinstance(meant, Migrated):
            try:
                await self._moved(room.chat, meant.new)
            except Exception:
                # Whoever comes next to the old chat hears it again.
                log.exception("could not follow a group that became a supergroup")
        elif isinstance(meant, TryLater) and meant.seconds is not None:
            self._pacing.refused()
            self._pacing.hold(room, meant.seconds)
        return meant

    def _note(self, key: str, sent: _Sent) -> None:
        if not key:
            return
        self._under_way[key] = sent
        if len(self._under_way) > _UNDER_WAY:
            self._under_way.pop(next(iter(self._under_way)))

    def _backoff(self, attempt: int, patience: Patience = ANSWERING) -> float:
        """Return the seconds to wait after so many attempts: twice as long each, give or take a half."""
        wait: float = min(_FIRST_WAIT_S * 2 ** (attempt - 1), patience.wait)
        return wait * (0.5 + self._chance())


def _said(room: Room, text: str) -> _Json:
    return {"chat_id": int(room.chat), "text": text, "parse_mode": "HTML", "link_preview_options": _NO_PREVIEW}
