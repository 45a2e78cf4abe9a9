"""An update from Telegram's words to its answer: read, handed to the core, and the reply shown."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from typing import Final

from telegram import CallbackQuery, Message, Update

from adapters.telegram import texts
from adapters.telegram.comings import Comings
from adapters.telegram.inbound import PROMPT, command_payload, is_addressed, is_unseen, payloads, read, tapped
from adapters.telegram.letter import Letter
from adapters.telegram.me import Me
from adapters.telegram.occasion import Callback, Occasion
from adapters.telegram.render import keyboard, pressed, short
from adapters.telegram.rights import Rights
from adapters.telegram.showing import SOON_S, Showing
from adapters.telegram.turns import Answer
from adapters.telegram.waiting import START, Reached, Waiting
from adapters.telegram.wire import Wire
from bot.chat.adapter import Inbox, PostError, Refused
from bot.chat.inbound import Act, Command, Joined, Left, Moved, Opened, Typed
from bot.chat.message import Chart, Picture, Reply, Room, Style
from bot.chat.speaking import language_of
from bot.chat.text import Text
from bot.chat.trying import trace
from bot.i18n import Catalogue, Translator, as_typed

log = logging.getLogger(__name__)
_REMEMBERED = 5000
_ALIKE = 0.8
"""How much a command must look like one of our own names; the names in other languages are not guessed at."""


class Answering:
    """Answers updates. Each tap is answered exactly once, whatever happens."""

    def __init__(  # noqa: PLR0913  # its means, and what tests put in place of time
        self,
        wire: Wire,
        rights: Rights,
        catalogue: Catalogue,
        me: Me,
        *,
        start_link: Callable[[str], str],
        draw: Callable[[Chart], Picture] | None = None,
        soon: float = SOON_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wire = wire
        self._rights = rights
        self._catalogue = catalogue
        self._me = me
        self._waiting = Waiting(monotonic=monotonic)
        reached = Reached(monotonic=monotonic)
        self._showing = Showing(wire, catalogue, self._waiting, reached, start_link=start_link, draw=draw, soon=soon)
        self._begun: OrderedDict[int, None] = OrderedDict()
        self._comings = Comings(monotonic=monotonic)
        self._own: Collection[str] = ()
        self._translated: Collection[str] = ()

    async def receive(self, update: Update, inbox: Inbox) -> Answer | None:
        """Hand an update to the core, and return after the commit, with what is still to be shown."""
        query = update.callback_query
        callback = Callback(self._wire, query.id) if query is not None else None
        try:
            return await self._received(update, callback, inbox)
        except Exception as error:  # noqa: BLE001  # whatever it is, whoever tapped hears of it
            log.error("could not handle an update: %s", trace(error))  # noqa: TRY400  # no words of people
            return None if query is None or callback is None else Answer(partial(self._sorry, query, callback))

    async def _received(self, update: Update, callback: Callback | None, inbox: Inbox) -> Answer | None:
        fact = read(update, self._me)
        if fact is None:
            log.debug("update %d: nothing for us", update.update_id)
            return self._nothing(update.callback_query, callback)
        if isinstance(fact, Left | Moved):
            log.debug("update %d: %s", update.update_id, type(fact).__name__)
            if self._comings.went(fact):
                await inbox.receive(fact)
            return None
        aside = await self._aside(fact, update.message, inbox)
        if aside is not None:
            _trace(update, fact, "not handed in")
            return aside
        if callback is not None and update.callback_query is not None and _is_somebody_elses(update.callback_query):
            _trace(update, fact, "for somebody else")
            return Answer(partial(callback.answer, texts.for_somebody_else(self._t(fact)), alert=True))
        return await self._acted(fact, update, callback, inbox)

    async def _acted(self, fact: Act, update: Update, callback: Callback | None, inbox: Inbox) -> Answer | None:
        fact = self._comings.came(fact)
        to_read = isinstance(fact, Opened) and fact.start == START
        if isinstance(fact, Opened) and to_read:
            fact = replace(fact, start="")  # the core notes that the person can be written to
        room = fact.place.room
        if inbox.minds_who_runs(fact):
            runs_room = await self._rights.runs_room(room, fact.sender.user)
            fact = replace(fact, sender=replace(fact.sender, runs_room=runs_room))
        again = self._is_repeated(update.update_id)
        reply = await inbox.receive(fact)
        _trace(update, fact, type(reply).__name__)
        if reply is None and (again or _needs_no_answer(fact)):
            return None
        occasion = self._occasion(fact, reply, update, callback)
        if isinstance(fact, Opened):
            return Answer(partial(self._open, reply, occasion, inbox, to_read=to_read))
        at_once = partial(self._showing.at_once, reply, occasion) if callback is not None else None
        return Answer(partial(self._show, reply, occasion, inbox), at_once)

    # Shown

    async def _show(self, reply: Reply, to: Occasion, inbox: Inbox) -> None:
        try:
            await self._showing.show(reply, to, inbox)
        except PostError as error:
            log.warning("an answer could not be shown: %s", type(error).__name__)
            if isinstance(error, Refused):  # something else may be taken; where nothing can be sent, nothing is
                await self._apologize(to)
        except Exception as error:  # noqa: BLE001  # whatever it is, whoever did it hears of it
            log.error("an answer could not be shown: %s", trace(error))  # noqa: TRY400  # no words of people
            await self._apologize(to)
        await to.answer(texts.broken(to.t), alert=True)  # where all went well, it was answered before

    async def _apologize(self, to: Occasion) -> None:
        is_open = to.callback is not None and not to.callback.is_answered
        if is_open or isinstance(to.act, Joined):
            return
        if to.callback is None or to.room.is_private:
            await self._say(to.room, short(Text.of(texts.broken(to.t)), to.t, quoted=to.quoted))

    async def _open(self, reply: Reply, to: Occasion, inbox: Inbox, *, to_read: bool) -> None:
        """Greet somebody in their private chat, or show what waits for them there, or both."""
        waits = self._waiting.take(to.act.sender.user)
        came_for_more = isinstance(to.act, Opened) and bool(to.act.start)
        if not (came_for_more or (to_read and waits)):
            await self._show(reply, to, inbox)
        for message in waits:
            try:
                await self._showing.post(to.room, message, inbox)
            except PostError as error:
                log.warning("an answer goes on waiting for its reader: %s", type(error).__name__)
                self._waiting.keep(to.act.sender.user, message)
        if came_for_more:  # what they came for stands below
            await self._show(reply, to, inbox)

    async def _sorry(self, query: CallbackQuery, callback: Callback) -> None:
        t = self._catalogue.speaker(query.from_user.language_code or "")
        await callback.answer(texts.broken(t), alert=True)

    def _nothing(self, query: CallbackQuery | None, callback: Callback | None) -> Answer | None:
        """Answer a tap that means nothing to us."""
        if query is None or callback is None:
            return None
        t = self._catalogue.speaker(query.from_user.language_code or "")
        return Answer(partial(callback.answer, texts.not_here(t)))

    def _occasion(self, fact: Act, reply: Reply, update: Update, callback: Callback | None) -> Occasion:
        on = tapped(update.callback_query) if update.callback_query is not None else None
        is_said = update.message is not None and not fact.place.room.is_private
        quoted = str(update.message.message_id) if is_said and update.message is not None else ""
        return Occasion(fact, self._t(fact, reply), callback, on, quoted)

    def _t(self, fact: Act, reply: Reply = None) -> Translator:
        """Return who speaks the person's own language where the reply shows it, else the one that Telegram hints at."""
        return self._catalogue.speaker(language_of(reply, fact), fact.sender.language)

    # Not handed in, or not as it came

    async def _aside(self, fact: Act, message: Message | None, inbox: Inbox) -> Answer | None:
        """Return the answer to what the core need not hear of, None where it is to hear."""
        if message is None:
            return None
        if await self._is_others(fact, message, inbox) or self._comings.is_greeted(fact):
            return _SILENCE
        if is_unseen(message) and not isinstance(fact, Joined):
            return self._unseen(fact, message)
        if isinstance(fact, Typed) and not fact.words:  # a voice message, a sticker: no answer to any question
            t = self._t(fact)
            only_words = partial(self._say, fact.place.room, short(texts.only_words(t), t))
            return Answer(only_words) if fact.place.room.is_private else _SILENCE
        return None

    def _unseen(self, fact: Act, message: Message) -> Answer:
        """Ask whoever writes anonymously to press a button, which does the same and tells us who they are."""
        if not isinstance(fact, Command):
            return _SILENCE
        t = self._catalogue.speaker("")
        button = pressed(texts.it_is_me(t), command_payload(fact), Style.PRIMARY)
        letter = short(texts.who_are_you(t), t, quoted=str(message.message_id))
        return Answer(partial(self._say, fact.place.room, replace(letter, keyboard=keyboard([[button]]))))

    async def _say(self, room: Room, letter: Letter) -> None:
        try:
            await self._wire.say(room, letter)
        except PostError as error:
            log.warning("an answer could not be shown: %s", type(error).__name__)

    async def _is_others(self, fact: Act, message: Message, inbox: Inbox) -> bool:
        """Say whether a command in a group, which names no bot, is probably another bot's."""
        if not isinstance(fact, Command) or fact.place.room.is_private or is_addressed(message):
            return False
        if not self._own:
            known = [one for language in self._catalogue.languages for one in await inbox.commands(language)]
            self._own, self._translated = {one.name for one in known}, {as_typed(one.named) for one in known}
        if fact.name == "start" or as_typed(fact.name) in self._translated:
            return False
        return not get_close_matches(fact.name, self._own, n=1, cutoff=_ALIKE)

    def _is_repeated(self, update: int) -> bool:
        """Say whether this process has begun with the update before: Telegram repeats what it hears late of."""
        again = update in self._begun
        self._begun[update] = None
        while len(self._begun) > _REMEMBERED:
            self._begun.popitem(last=False)
        return again


def _trace(update: Update, fact: Act, answer: str) -> None:
    """Note for the log what kind of act it was, of whom and where, and how it was answered: nobody's words."""
    log.debug(
        "update %d: %s in chat %s of user %s: %s",
        update.update_id,
        type(fact).__name__,
        fact.place.room.chat,
        fact.sender.user,
        answer,
    )


async def _nothing_more() -> None:
    """Show nothing."""


_SILENCE: Final = Answer(_nothing_more)
"""What answers that which is not for us."""


def _needs_no_answer(fact: Act) -> bool:
    """Say whether nobody waits for an answer: words in a group may be meant for people."""
    return isinstance(fact, Joined) or (isinstance(fact, Typed) and not fact.place.room.is_private)


def _is_somebody_elses(query: CallbackQuery) -> bool:
    """Say whether a question in a group, which answers somebody's message, was tapped by somebody else."""
    question = query.message
    if not isinstance(question, Message):
        return False
    asked = question.reply_to_message
    if asked is None or asked.from_user is None or asked.from_user == query.from_user:
        return False
    # In a topic, what quotes nothing seems to quote its beginning.
    return asked.forum_topic_created is None and any(one.startswith(PROMPT) for one in payloads(question))
