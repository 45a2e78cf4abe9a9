"""How a reply is shown: as a form, in place of what was tapped, below for all or for one, or in another room."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import field, replace

import discord

from adapters.discord import texts
from adapters.discord.drawings import Drawing
from adapters.discord.forms import between, modal
from adapters.discord.inbound import private_room, tapped
from adapters.discord.letter import Letter
from adapters.discord.mending import Mending
from adapters.discord.occasion import Occasion, TooLate
from adapters.discord.render import NO_IDS, drawn, short
from adapters.discord.threads import TagNeeded
from adapters.discord.wire import Wire
from bot.chat.adapter import Inbox, PostError, Trouble, Unreachable
from bot.chat.forms import Page
from bot.chat.inbound import Act, Command, Filled, Place, Press
from bot.chat.message import Ask, Branch, Chart, Message, Picture, Posted, Redraw, Reply, Room, Say, Toast
from bot.chat.text import Text
from bot.i18n import Catalogue, Translator
from bot.records import dataclass

log = logging.getLogger(__name__)
_THREADS = 1000
"""How many opened threads are remembered."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An act to be answered, the interaction that brought it, and who speaks the person's language.

    `drawing` is what is going on at the message that was tapped.
    """

    act: Act
    interaction: discord.Interaction
    occasion: Occasion
    t: Translator
    drawing: Drawing = field(default_factory=Drawing)

    @property
    def room(self) -> Room:
        """Where it was done."""
        return self.act.place.room


class Showing:
    """Shows replies. `draw` draws charts, on a thread; `ids` are those of our commands, as far as they are known."""

    def __init__(
        self,
        wire: Wire,
        catalogue: Catalogue,
        *,
        draw: Callable[[Chart], Picture] | None = None,
        ids: Mapping[str, str] = NO_IDS,
    ) -> None:
        self._wire = wire
        self._catalogue = catalogue
        self._draw = draw
        self._ids = ids
        self._mending = Mending()
        self._threads: OrderedDict[tuple[Room, str], Room] = OrderedDict()
        """Which thread was opened last for the same, and where: two taps within a moment open one."""

    async def show(self, reply: Reply, to: Heard, inbox: Inbox) -> None:
        """Show the answer to an act. Raises `PostError` where it cannot be shown."""
        if isinstance(to.act, Filled):
            self._mending.forget(to.act.draft)
        match reply:
            case None:
                await self.tell(texts.done_already(to.t), to)
            case Toast(words):
                await self.tell(words, to)
            case Redraw():
                await self._redraw(reply, to, inbox)
            case Ask(page):
                await self._ask(page, to)
            case Branch():
                await self._branch(reply, to, inbox)
            case Say(message, private, room):
                if room is not None and room != to.room:
                    await self._say_there(message, room, to, inbox)
                elif private or to.room.is_private:
                    await self._say_aside(message, to, inbox)
                else:
                    await self._say_here(message, to, inbox)

    async def show_elsewhere(self, reply: Reply, to: Heard, inbox: Inbox) -> None:
        """Show what was asked for without the interaction, which is over. Raises `PostError`."""
        match reply:
            case Say(room=room) if room is not None and room != to.room:
                log.info("interaction %d: nobody could be told where its answer stands", to.interaction.id)
            case Say(message, private) if private or to.room.is_private:
                await self._wire.say(private_room(to.act.sender.user), await self._letter(message))
            case Say(message):
                await self._post(to.room, message, inbox)
            case _:
                log.info("interaction %d got no answer in time", to.interaction.id)

    async def tell(self, words: Text | str, to: Heard) -> None:
        """Say a short word to one person; without a word, only end the waiting of whoever tapped."""
        await (to.occasion.say(short(words), private=True) if words else to.occasion.let_be())

    # The replies

    async def _redraw(self, reply: Redraw, to: Heard, inbox: Inbox) -> None:
        message, here, occasion = reply.message, tapped(to.interaction), to.occasion
        has_form_there = isinstance(to.act, Filled) and (occasion.is_step or _is_ephemeral(occasion))
        if here is None or not (isinstance(to.act, Press) or has_form_there):
            await occasion.say(await self._letter(replace(message, card=None), toast=reply.toast), private=True)
            return
        toast = reply.toast if occasion.is_own and message.card is None else ""
        try:
            await occasion.redraw(await self._letter(message, whole=False, toast=toast))
        except TooLate:
            raise
        except Unreachable:  # somebody has taken the message away meanwhile
            await occasion.say(await self._letter(replace(message, card=None), toast=reply.toast), private=True)
            return
        await self._note_drawn(reply, here, to, inbox)
        if reply.alert and not toast:
            await self.tell(reply.toast, to)

    async def _note_drawn(self, reply: Redraw, here: Posted, to: Heard, inbox: Inbox) -> None:
        """Let the painter know that the tapped card says what is true now, unless nobody can ever draw it again."""
        card = reply.message.card
        if card is None or _is_ephemeral(to.occasion):
            return
        if reply.marked is None:
            await inbox.stands(card, here, reply.message)
        elif to.drawing.is_alone:  # else the card keeps its mark, and the painter looks after it
            inbox.drew(here, reply)

    async def _say_aside(self, message: Message, to: Heard, inbox: Inbox) -> None:
        """Say it to one person: in place of the step of a form that it follows, else below."""
        if not to.room.is_private:
            message = replace(message, card=None)
        letter = await self._letter(message)
        here = tapped(to.interaction)
        if to.occasion.is_step and here is not None:
            await to.occasion.redraw(letter)
            posted = here.message
        else:
            posted = await to.occasion.say(letter, private=True)
        await self._stand(message, to.room, posted, inbox)

    async def _say_here(self, message: Message, to: Heard, inbox: Inbox) -> None:
        """Say it to everybody, and so in the form's last step, which nobody needs any more."""
        letter = await self._letter(message)
        if to.occasion.is_step:
            await to.occasion.redraw(short(texts.stands_there(to.t)))
        posted = await to.occasion.say(letter, private=False)
        await self._stand(message, to.room, posted, inbox)

    async def _say_there(self, message: Message, room: Room, to: Heard, inbox: Inbox) -> None:
        """Post in the room that it is for, and say so where it was asked for."""
        try:
            await self._post(room, message, inbox)
        except PostError as error:
            log.warning("an answer cannot be posted in the room that it is for: %s", type(error).__name__)
            words = texts.not_there(to.t)
        else:
            words = texts.stands_there(to.t)
        await self._say_aside(Message(words), to, inbox)

    async def _ask(self, page: Page, to: Heard) -> None:
        """Show a form, or a way to it: Discord shows none as an answer to a form, nor later than at once."""
        page = self._mending.mended(page)
        if await to.occasion.ask(modal(page, to.t)):
            return
        self._mending.keep(page)
        letter = between(page, to.t)
        if to.occasion.is_step:
            await to.occasion.redraw(letter)
        else:
            await to.occasion.say(letter, private=True)

    async def _branch(self, reply: Branch, to: Heard, inbox: Inbox) -> None:
        """Open a thread, let the core begin there, and lead the person to it."""
        if to.room.is_private:
            await self.tell(texts.no_threads_here(to.t), to)
            return
        if lacking := _lacking(to.interaction, to.t):
            await self.tell(texts.may_not(to.t, to.t.listed(lacking)), to)
            return
        room = self._threads.get((to.room, reply.start))
        if room is not None and to.interaction.id < int(room.thread):  # asked for before that one was there
            await self._lead_to(room, to)
            return
        try:
            room = await self._wire.open_thread(to.room, reply.title, to.act.sender.user)
        except TagNeeded:
            await self.tell(texts.tag_needed(to.t), to)
            return
        except Unreachable as error:
            is_refused = error.trouble in {Trouble.MUTED, Trouble.REMOVED}
            words = texts.may_not(to.t, to.t.listed(_threads(to.t))) if is_refused else texts.no_threads_here(to.t)
            await self.tell(words, to)
            return
        self._threads[to.room, reply.start] = room
        while len(self._threads) > _THREADS:
            self._threads.popitem(last=False)
        there = replace(to.act.place, room=room, title=reply.title)
        await self._begin(reply.start, there, to, inbox)
        await self._lead_to(room, to)

    async def _lead_to(self, room: Room, to: Heard) -> None:
        letter = short(texts.thread_opened(to.t))
        await to.occasion.say(replace(letter, content=f"{letter.content} <#{room.thread}>"), private=True)

    async def _begin(self, start: str, there: Place, to: Heard, inbox: Inbox) -> None:
        """Let the core hear in a new thread what it was opened for, and post its answer there."""
        act = to.act
        command = Command(sender=act.sender, place=there, page_size=act.page_size, name="start", words=start)
        try:
            match await inbox.receive(command):
                case Say(message) | Redraw(message):
                    await self._post(there.room, message, inbox)
                case Ask(page):
                    await self._wire.say(there.room, between(page, to.t))
                case Toast(words):
                    await self._wire.say(there.room, short(words))
                case _:
                    pass
        except PostError as error:  # the thread is there, and says what to do by its name
            log.warning("a new thread cannot be written to: %s", type(error).__name__)

    # Drawn and posted

    async def _letter(self, message: Message, *, whole: bool | None = None, toast: str = "") -> Letter:
        if isinstance(message.picture, Chart) and self._draw is not None:
            message = replace(message, picture=await asyncio.to_thread(self._draw, message.picture))
        whole = message.card is None if whole is None else whole
        return drawn(message, self._catalogue, whole=whole, toast=toast, ids=self._ids)

    async def _post(self, room: Room, message: Message, inbox: Inbox) -> None:
        posted = await self._wire.say(room, await self._letter(message))
        await self._stand(message, room, posted.message, inbox)

    async def _stand(self, message: Message, room: Room, posted: str, inbox: Inbox) -> None:
        if message.card is not None and posted:
            await inbox.stands(message.card, Posted(room, posted), message)


def _is_ephemeral(occasion: Occasion) -> bool:
    return occasion.is_own and not occasion.is_direct


def _threads(t: Translator) -> list[str]:
    """Return the names of what it takes to open a thread and to write there."""
    return [texts.create_threads(t), texts.write_in_threads(t)]


def _lacking(interaction: discord.Interaction, t: Translator) -> list[str]:
    may = interaction.app_permissions
    if may.administrator:
        return []
    given = [may.create_public_threads, may.send_messages_in_threads]
    return [name for name, is_given in zip(_threads(t), given, strict=True) if not is_given]
