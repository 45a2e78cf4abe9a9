"""One interaction and what has been said to it: each way of answering it goes through here.

Discord takes one first answer, within three seconds. That answer may put the rest off; what follows may come for a
quarter of an hour. Which ways are open hangs on what was said before, and on whether that arrived.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from functools import partial
from http import HTTPStatus
from typing import Any, Final, Protocol, TypeVar

import aiohttp
import discord

from adapters.discord import carriers, inbound, texts
from adapters.discord.errors import FAILURES, as_post_error
from adapters.discord.letter import Json, Letter
from adapters.discord.render import short
from bot.chat.adapter import PostError, TryLater, Unreachable
from bot.i18n import Translator

log = logging.getLogger(__name__)
SOON_S: Final = 2.0
"""After so many seconds the answer is put off, so that Discord does not give us up."""
TIME_S: Final = 3.0
"""How long Discord waits for the first answer."""
PATIENCE_S: Final = 10.0
"""How long the first answer may be under way; the next ones of the same person wait for it."""
_ACKNOWLEDGED = 40060
_OVER = frozenset({10062, 10015, 50027})
"""Discord's words for an interaction of which it wants to hear nothing any more."""
_DROPPED = (aiohttp.ClientError, OSError)
_T = TypeVar("_T")


class Timer(Protocol):
    """What is done later, unless it is called off."""

    def cancel(self) -> None:
        """Call it off."""


Later = Callable[[float, Callable[[], None]], Timer]
"""Has something done in so many seconds."""


def later(seconds: float, do: Callable[[], None]) -> Timer:
    """Have something done in so many real seconds."""
    return asyncio.get_running_loop().call_later(seconds, do)


class TooLate(Unreachable):
    """Discord takes no answer to this interaction any more."""


class _Stage(Enum):
    OPEN = auto()
    """Nothing was said yet."""
    THINKING = auto()
    """Put off: a message stands there that waits to be filled."""
    WAITING = auto()
    """Put off: the tapped message stands as it was."""
    SAID = auto()


class _PutOff(Exception):  # an instruction
    """The answer was put off after all: it goes the way that is open then."""


class Occasion:
    """An interaction to be answered. Raises `PostError`, and `TooLate` where no way is left."""

    def __init__(
        self,
        interaction: discord.Interaction,
        t: Translator,
        *,
        later: Later,
        monotonic: Callable[[], float],
    ) -> None:
        """Take an interaction that has just come in, of somebody whose language `t` speaks, as far as is known."""
        self._interaction = interaction
        self._t = t
        self._later, self._monotonic = later, monotonic
        self._until = monotonic() + TIME_S
        self._stage = _Stage.OPEN
        self._put_off_as: _Stage | None = None
        """How the answer was put off, where it is not known whether Discord heard of it."""
        self._putting_off: asyncio.Task[None] | None = None
        self._speaking = asyncio.Lock()
        self.is_direct = interaction.guild_id is None
        """Whether nobody else reads along anyway."""
        self.is_tap = interaction.type is discord.InteractionType.component
        self.is_own = inbound.message(interaction) is not None and (self.is_direct or inbound.is_ephemeral(interaction))
        """Whether the tapped message is one that nobody else reads."""
        self.is_step = self.is_own and inbound.is_step(interaction)
        """Whether it is a step of a form, whose place the next one takes."""

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Ask Discord for time when what is done within takes long."""
        soon = self._later(SOON_S, self._begin_to_put_off)
        try:
            yield
        finally:
            soon.cancel()
            if self._putting_off is not None:
                self._putting_off.cancel()

    def _begin_to_put_off(self) -> None:
        self._putting_off = asyncio.ensure_future(self._put_off())

    async def _put_off(self) -> None:
        """Ask for time, unless something was said, or is being said just now. Never raises."""
        if self._speaking.locked() or self._stage is not _Stage.OPEN:
            return
        async with self._speaking:
            in_place = self.is_tap or (self.is_own and not self.is_direct) or self.is_step
            stage = _Stage.WAITING if in_place else _Stage.THINKING
            response = self._interaction.response
            try:
                await self._first(partial(response.defer, ephemeral=not self.is_direct, thinking=not in_place))
            except TryLater:
                self._put_off_as = stage
            except PostError as error:
                log.info("interaction %d could not be put off: %s", self._interaction.id, type(error).__name__)
            else:
                self._stage = stage

    # What can be said

    async def ask(self, form: Json) -> bool:
        """Show a form, and say whether that was possible: only the first answer to a command or a tap can be one."""
        if self._interaction.type is discord.InteractionType.modal_submit:
            return False
        async with self._speaking:
            if self._stage is not _Stage.OPEN:
                return False
            try:
                await self._first(lambda: self._interaction.response.send_modal(carriers.form(form)))
            except _PutOff:
                return False
            self._stage = _Stage.SAID
            return True

    async def say(self, letter: Letter, *, private: bool) -> str:
        """Say something below, to everybody or to one; return the message's id, empty where it is not known."""
        private = private and not self.is_direct
        async with self._speaking:
            posted = await self._say(letter, private=private)
            for one in letter.more:
                posted = await self._follow(one, private=private)
            return posted

    async def redraw(self, letter: Letter) -> None:
        """Draw the tapped message anew; what is too long for it follows below, to whoever sees it."""
        async with self._speaking:
            await self._redraw(letter)
            for one in letter.more:
                await self._follow(one, private=self.is_own and not self.is_direct)

    async def let_be(self) -> None:
        """End the waiting of whoever tapped, without a word. What was typed Discord gives up by itself."""
        if self.is_tap:
            await self._put_off()

    # The ways, by what was said before

    async def _say(self, letter: Letter, *, private: bool) -> str:
        if self._stage is _Stage.OPEN:
            send = self._interaction.response.send_message
            try:
                given = await self._first(lambda: send(ephemeral=private, **carriers.new(letter)))
                self._stage = _Stage.SAID
                return await self._posted(given, private=private)
            except _PutOff:
                pass
        if self._stage is not _Stage.THINKING:
            return await self._follow(letter, private=private)
        if private or self.is_direct:
            return await self._fill(letter)
        # What is filled is seen by one alone, and so is whatever follows as long as it is empty.
        await self._fill(short(texts.stands_there(self._t)))
        return await self._follow(letter, private=private)

    async def _redraw(self, letter: Letter) -> None:
        if self._stage is _Stage.OPEN:
            try:
                await self._first(lambda: self._interaction.response.edit_message(**carriers.changed(letter)))
            except _PutOff:
                pass
            else:
                self._stage = _Stage.SAID
                return
        await self._fill(letter)

    async def _fill(self, letter: Letter) -> str:
        """Draw over what waits to be filled, or else the tapped message: that is what Discord holds for the answer."""
        message = await self._twice(lambda: self._interaction.edit_original_response(**carriers.changed(letter)))
        self._stage = _Stage.SAID
        return str(message.id)

    async def _follow(self, letter: Letter, *, private: bool) -> str:
        # Not tried twice: it may stand there already.
        send = self._interaction.followup.send
        message = await self._told(lambda: send(ephemeral=private, wait=True, **carriers.new(letter)))
        self._stage = _Stage.SAID
        return str(message.id)

    async def _posted(self, given: discord.InteractionCallbackResponse[Any] | None, *, private: bool) -> str:
        """Return where the first answer stands; asked for where the connection broke before Discord could say so."""
        if given is not None:
            return str(given.message_id or "")
        if private:  # nobody else will ever draw it
            return ""
        try:
            return str((await self._told(self._interaction.original_response)).id)
        except PostError:
            log.info("interaction %d is answered, but not known where", self._interaction.id)
            return ""

    # Over the wire

    async def _first(
        self, send: Callable[[], Awaitable[discord.InteractionCallbackResponse[Any] | None]]
    ) -> discord.InteractionCallbackResponse[Any] | None:
        """Give the first answer, once more where the connection broke and there is time.

        Return what Discord said to it: None where it has arrived, but what was said to it got lost.
        """
        is_sent_before = False
        while True:
            try:
                return await self._in_time(send)
            except discord.HTTPException as error:
                if error.code != _ACKNOWLEDGED:
                    raise _trouble(error) from None
                if is_sent_before:
                    return None
                self._go_on_elsewhere()
            except discord.InteractionResponded:
                self._go_on_elsewhere()
            except _DROPPED as error:
                if is_sent_before or self._monotonic() >= self._until:
                    raise _trouble(error) from None
                is_sent_before = True

    def _go_on_elsewhere(self) -> None:
        """Raise what says how it goes on where Discord has an answer that we do not know of."""
        if self._put_off_as is not None:
            self._stage = self._put_off_as
            raise _PutOff
        self._stage = _Stage.SAID
        raise TooLate("somebody else has answered") from None

    async def _in_time(self, send: Callable[[], Awaitable[_T]]) -> _T:
        async with asyncio.timeout(None) as limit:
            ends = self._later(PATIENCE_S, lambda: limit.reschedule(0.0))  # at once
            try:
                return await send()
            finally:
                ends.cancel()

    async def _twice(self, send: Callable[[], Awaitable[_T]]) -> _T:
        """Send what does no harm when it arrives twice."""
        try:
            return await self._told(send)
        except TryLater:
            return await self._told(send)

    async def _told(self, send: Callable[[], Awaitable[_T]]) -> _T:
        try:
            return await send()
        except FAILURES as error:
            raise _trouble(error) from None


def _trouble(error: Exception) -> PostError:
    """Return what went wrong, in the port's words."""
    is_over = isinstance(error, discord.HTTPException) and (
        error.code in _OVER or error.status == HTTPStatus.UNAUTHORIZED
    )
    return TooLate("the interaction is over") if is_over else as_post_error(error)
