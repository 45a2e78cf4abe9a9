"""How a reply is shown: as a toast, in place, below, or in the private chat."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from adapters.telegram import texts
from adapters.telegram.forms import invitation_to_private, prompt
from adapters.telegram.inbound import private_room
from adapters.telegram.letter import Letter
from adapters.telegram.occasion import Occasion
from adapters.telegram.render import drawn, keyboard, opening, short
from adapters.telegram.waiting import START, Reached, Waiting
from adapters.telegram.wire import Wire
from bot.chat.adapter import Inbox, PostError, Unreachable
from bot.chat.forms import Page
from bot.chat.inbound import Joined, Place, Typed
from bot.chat.message import Ask, Chart, Message, Picture, Posted, Redraw, Reply, Room, Say, Toast
from bot.chat.text import Link, Moment, Text
from bot.i18n import Catalogue

log = logging.getLogger(__name__)
TOAST: Final = 200
"""How many characters Telegram shows above the chat."""
SOON_S = 2.0
"""After so many seconds a tap is answered, whatever else there is to do."""
_PROMPTS = 1000


class Showing:
    """Shows replies.

    `start_link` makes the address of the private chat; `draw` draws charts, on a thread. A tap waits for its answer for
    up to `soon` seconds.
    """

    def __init__(
        self,
        wire: Wire,
        catalogue: Catalogue,
        waiting: Waiting,
        reached: Reached,
        *,
        start_link: Callable[[str], str],
        draw: Callable[[Chart], Picture] | None = None,
        soon: float = SOON_S,
    ) -> None:
        self._wire = wire
        self._catalogue = catalogue
        self._waiting = waiting
        self._reached = reached
        self._start_link = start_link
        self._draw = draw
        self._soon = soon
        self._prompts: OrderedDict[str, tuple[Posted, Letter]] = OrderedDict()
        """The question that stands in somebody's private chat, with its buttons."""

    async def at_once(self, reply: Reply, to: Occasion) -> None:
        """Answer a tap with all that can be known before anything is sent. Never raises."""
        match reply:
            case None:
                await to.answer(texts.done_already(to.t))
            case Toast(words, alert):
                await to.answer(words, alert=alert)
            case Redraw(toast=words, alert=alert):
                await to.answer(words, alert=alert)
            case Ask(page) if not _is_asked_here(page, to):
                await to.answer(url=self._start_link(page.resume))
            case Say(message) if _is_aside(reply, to):
                # Else it hangs on whether the private chat may be written to.
                if _fits_a_toast(message):
                    await to.answer(str(message.text), alert=True)
            case _:
                await to.answer()

    async def show(self, reply: Reply, to: Occasion, inbox: Inbox) -> None:
        """Show the answer to an act, after `at_once`. Raises `PostError` where it cannot be shown."""
        match reply:
            case None:
                await self._tell(texts.done_already(to.t), to)
            case Toast(words):
                await self._tell(words, to)
            case Redraw(message, toast):
                await self._redraw(message, toast, to, inbox)
            case Ask(page):
                await self._ask(page, to)
            case Say(message, _, room):
                if _is_aside(reply, to):
                    await self._say_aside(message, to, inbox)
                elif room is not None and room != to.room:
                    await self._say_there(message, room, to, inbox)
                else:
                    await self._say_here(message, to, inbox)

    async def post(self, room: Room, message: Message, inbox: Inbox) -> Posted:
        """Post a message, and note the card that it shows."""
        posted = await self._wire.say(room, await self._letter(message, whole=message.card is None))
        await self._stand(message, posted, inbox)
        return posted

    # The replies

    async def _tell(self, words: str, to: Occasion) -> None:
        """Say a short word to whoever did it, if it was no tap: then it was said at once."""
        if to.callback is None and words:
            await self._reply(short(Text.of(words), to.t, quoted=to.quoted), to)

    async def _redraw(self, message: Message, toast: str, to: Occasion, inbox: Inbox) -> None:
        if message.card is not None and toast:
            # The painter draws it, and many taps at once: two that draw the same would be one too many.
            await self._tell(toast, to)
            await self._answered(to)
        elif to.tapped is not None:
            await self._put(await self._letter(message, whole=False), to.tapped, message, inbox)
        elif to.room.is_private:
            await self._say_here(message, to, inbox)
        else:
            await self._say_privately(message, to, inbox)

    async def _say_aside(self, message: Message, to: Occasion, inbox: Inbox) -> None:
        if to.callback is not None and _fits_a_toast(message):  # it was said at once
            await self._answered(to)
        else:
            await self._say_privately(message, to, inbox)

    async def _ask(self, page: Page, to: Occasion) -> None:
        if _is_asked_here(page, to):
            await self._ask_here(page, to)
        elif to.callback is None:
            await self._reply(invitation_to_private(page, to.t, self._start_link(page.resume), to.quoted), to)

    async def _ask_here(self, page: Page, to: Occasion) -> None:
        """Ask in place of the question that was answered by a tap, else below."""
        stood = self._prompts.pop(to.room.chat, None)
        letter = prompt(page, to.t, in_room=not to.room.is_private, reply_to=to.quoted)
        try:
            if to.prompt is not None and not letter.wants_reply:
                posted = await self._put(letter, to.prompt)
            else:
                posted = await self._wire.say(to.room, letter)
        except Unreachable:
            if to.room.is_private or not page.resume:
                raise
            await self._reply(invitation_to_private(page, to.t, self._start_link(page.resume)), to)
            return
        if to.room.is_private:
            self._prompts[to.room.chat] = posted, letter
            while len(self._prompts) > _PROMPTS:
                self._prompts.popitem(last=False)
        await self._strip(stood, posted)

    async def _say_here(self, message: Message, to: Occasion, inbox: Inbox) -> None:
        """Say it where it was asked: in place of the question that a tap answered, else below."""
        stood = self._prompts.pop(to.room.chat, None) if isinstance(to.act, Typed) else None
        letter = await self._letter(message, whole=message.card is None)
        if to.prompt is not None and len(letter.parts) == 1 and letter.picture is None:
            posted = await self._put(letter, to.prompt, message, inbox)
        else:
            posted = await self._reply(replace(letter, reply_to=to.quoted), to)
            if posted.room.is_private and not to.room.is_private:
                await self._is_open(to, inbox)
            await self._stand(message, posted, inbox)
            await self._answered(to)
        await self._strip(stood, posted)

    async def _say_there(self, message: Message, room: Room, to: Occasion, inbox: Inbox) -> None:
        """Post in the room where a form was begun, and say so where it was finished."""
        try:
            await self.post(room, message, inbox)
        except PostError as error:
            log.warning("what came of a form cannot be posted where it was begun: %s", type(error).__name__)
            await self._say_here(replace(message, card=None), to, inbox)
            return
        stood = self._prompts.pop(to.room.chat, None)
        letter = short(texts.stands_there(to.t), to.t)
        if to.tapped is not None:  # a form's question or its look-back, whose buttons mean nothing any more
            posted = await self._put(letter, to.tapped)
        else:
            posted = await self._wire.say(to.room, letter)
        await self._strip(stood, posted)

    async def _say_privately(self, message: Message, to: Occasion, inbox: Inbox) -> None:
        """Say to one person what the others in the group are not to read."""
        sending = asyncio.ensure_future(self.post(private_room(to.act.sender.user), message, inbox))
        try:
            if to.callback is not None:
                await self._hurry(sending, to)
            await sending
        except Unreachable:
            await self._invite(message, to)
        else:
            await self._point_there(to)
            await self._is_open(to, inbox)
        finally:
            sending.cancel()
        await self._answered(to)

    async def _is_open(self, to: Occasion, inbox: Inbox) -> None:
        """Let the core know that it may write to somebody: they have opened the private chat one day, or again."""
        sender = to.act.sender
        if self._reached.is_news(sender.user):
            await inbox.receive(Joined(sender=sender, place=Place(private_room(sender.user)), page_size=1, back=True))

    async def _point_there(self, to: Occasion) -> None:
        """Say where the answer is; in a group without a sound, which comes with the answer itself."""
        words = texts.writing_privately(to.t)
        if to.callback is not None:
            await to.answer(words)
            return
        try:
            await self._wire.say(to.room, replace(short(Text.of(words), to.t, quoted=to.quoted), silent=True))
        except Unreachable:
            log.info("a group cannot be written to; the answer was given privately")

    async def _hurry(self, sending: asyncio.Future[Posted], to: Occasion) -> None:
        """Answer the tap before the message is sent, where that takes long."""
        await asyncio.wait([sending], timeout=self._soon)
        if not sending.done():
            await to.answer(texts.writing_privately(to.t))

    async def _invite(self, message: Message, to: Occasion) -> None:
        """Lead somebody to their private chat, where a bot may not write first."""
        self._waiting.keep(to.act.sender.user, message)
        url = self._start_link(START)
        if to.callback is not None and not to.callback.is_answered:
            await to.answer(url=url)
            return
        letter = short(texts.something_for(to.t, to.act.sender.name), to.t, quoted=to.quoted)
        await self._wire.say(to.room, replace(letter, keyboard=keyboard([[opening(texts.read_it(to.t), url)]])))

    # Sent and drawn

    async def _reply(self, letter: Letter, to: Occasion) -> Posted:
        """Say something where it was asked; to whoever asked alone where the bot may not write in the group."""
        try:
            return await self._wire.say(to.room, letter)
        except Unreachable:
            if to.room.is_private or isinstance(to.act, Joined):
                raise
            return await self._wire.say(private_room(to.act.sender.user), replace(letter, reply_to=""))

    async def _letter(self, message: Message, *, whole: bool) -> Letter:
        if isinstance(message.picture, Chart) and self._draw is not None:
            message = replace(message, picture=await asyncio.to_thread(self._draw, message.picture))
        return drawn(message, self._catalogue, whole=whole)

    async def _put(
        self, letter: Letter, at: Posted, message: Message | None = None, inbox: Inbox | None = None
    ) -> Posted:
        """Draw a letter where another stands, or below where that one is gone."""
        if at == self._prompts.get(at.room.chat, (None,))[0]:
            del self._prompts[at.room.chat]
        try:
            await self._wire.redraw(at, letter)
            posted = at
        except Unreachable:
            posted = await self._wire.say(at.room, letter)
        if message is not None and inbox is not None:
            await self._stand(message, posted, inbox)
        return posted

    async def _stand(self, message: Message, posted: Posted, inbox: Inbox) -> None:
        if message.card is not None:
            await inbox.stands(message.card, posted, message)

    async def _answered(self, to: Occasion) -> None:
        """Take the buttons from a question that was answered by one of them."""
        if to.prompt is not None:
            await self._put(short(texts.answered(to.t), to.t), to.prompt)

    async def _strip(self, stood: tuple[Posted, Letter] | None, now: Posted) -> None:
        """Take the buttons from a question that was answered in words: they would answer it a second time."""
        if stood is None or stood[0] == now or stood[1].keyboard is None:
            return
        try:
            await self._wire.redraw(stood[0], replace(stood[1], keyboard=None))
        except PostError as error:
            log.info("an answered question keeps its buttons: %s", type(error).__name__)


def _is_aside(reply: Say, to: Occasion) -> bool:
    """Say whether a reply is for one person alone, where others read along."""
    goes_elsewhere = reply.room is not None and reply.room != to.room
    return reply.private and not to.room.is_private and not goes_elsewhere


def _is_asked_here(page: Page, to: Occasion) -> bool:
    """Say whether a question is put where the person is: in a group only one, to words or in place of another."""
    if to.room.is_private or not page.resume:
        return True
    return page.steps == 1 and not page.discreet and (to.callback is None or to.prompt is not None)


def _fits_a_toast(message: Message) -> bool:
    """Say whether a message is a few words alone."""
    bare = not any(isinstance(span, Moment | Link) for span in message.text.spans)
    plain = bare and not (message.rows or message.title or message.picture or message.card)
    return plain and len(str(message.text)) <= TOAST
