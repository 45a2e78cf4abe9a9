"""An interaction from Discord's words to its answer: read, handed to the core, and the reply shown in time."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import discord

from adapters.discord import texts
from adapters.discord.completing import complete
from adapters.discord.drawings import Drawings
from adapters.discord.inbound import act as read
from adapters.discord.occasion import Later, Occasion, TooLate, later
from adapters.discord.render import NO_IDS, short
from adapters.discord.showing import Heard, Showing
from adapters.discord.turns import Load, Turn, Turns
from adapters.discord.wire import Wire
from bot.chat.adapter import CommandHelp, Inbox, PostError
from bot.chat.inbound import Act, Press
from bot.chat.message import Ask, Branch, Chart, Picture, Reply
from bot.chat.speaking import language_of
from bot.chat.trying import trace
from bot.i18n import Catalogue, Translator

log = logging.getLogger(__name__)
_REMEMBERED = 5000


class Answering:
    """Answers interactions: each once, and in time, whatever happens.

    What one person does is handed to the core in its order, and so is it answered. `ids` are those of our commands, as
    far as they are known. `later` and `monotonic` (real seconds) are there for tests.
    """

    def __init__(
        self,
        wire: Wire,
        catalogue: Catalogue,
        *,
        draw: Callable[[Chart], Picture] | None = None,
        drawings: Drawings | None = None,
        ids: Mapping[str, str] = NO_IDS,
        later: Later = later,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wire = wire
        self._catalogue = catalogue
        self._later, self._monotonic = later, monotonic
        self._showing = Showing(wire, catalogue, draw=draw, ids=ids)
        self._begun: OrderedDict[int, None] = OrderedDict()
        self._drawings = Drawings() if drawings is None else drawings
        self._acting, self._shown, self._load = Turns(), Turns(), Load()
        self._commands: Sequence[CommandHelp] = ()

    @property
    def is_busy(self) -> bool:
        """Whether anything that people did is under way."""
        return self._load.total > 0

    async def receive(self, interaction: discord.Interaction, inbox: Inbox) -> None:
        """Answer one interaction. Never raises. Those of one person are to be handed in as they come in."""
        try:
            if interaction.type is discord.InteractionType.autocomplete:
                await self._complete(interaction, inbox)
            elif interaction.type is not discord.InteractionType.ping and not self._is_repeated(interaction.id):
                await self._answered(interaction, inbox)
        except Exception as error:  # noqa: BLE001  # the next one is to be answered all the same
            log.error("could not answer interaction %d: %s", interaction.id, trace(error))  # noqa: TRY400  # no words of people

    async def _complete(self, interaction: discord.Interaction, inbox: Inbox) -> None:
        if not self._commands:
            self._commands = await inbox.commands("")
        await complete(interaction, inbox, self._commands)

    async def _answered(self, interaction: discord.Interaction, inbox: Inbox) -> None:
        hint = self._catalogue.speaker(str(interaction.locale))
        occasion = Occasion(interaction, hint, later=self._later, monotonic=self._monotonic)
        fact = read(interaction)
        if fact is None:
            log.debug("interaction %d: nothing that we know", interaction.id)
            is_form = interaction.type is discord.InteractionType.modal_submit
            await self._say(occasion, texts.form_not_ours(hint) if is_form else texts.not_ours(hint))
        elif not self._load.fits(fact.sender.user):
            log.warning("interaction %d is not taken on: too much is under way", interaction.id)
            await self._say(occasion, texts.busy(hint))
        else:
            await self._counted(Heard(fact, interaction, occasion, hint), inbox)

    async def _counted(self, heard: Heard, inbox: Inbox) -> None:
        who = heard.act.sender.user
        turn = self._acting.take(who)
        self._load.take(who)
        try:
            with heard.occasion.under_way():
                await self._in_turn(heard, turn, inbox)
        finally:
            self._load.done(who)

    async def _in_turn(self, heard: Heard, turn: Turn, inbox: Inbox) -> None:
        tapped = heard.act.posted if isinstance(heard.act, Press) else None
        with self._drawings.under_way(tapped) as drawing:
            async with turn:
                reply, heard, is_broken = await self._acted(replace(heard, drawing=drawing), inbox)
                shown = self._shown.take(heard.act.sender.user)
            async with shown:
                if is_broken:
                    await self._say(heard.occasion, texts.broken(heard.t))
                else:
                    await self._show(reply, heard, inbox)

    async def _acted(self, heard: Heard, inbox: Inbox) -> tuple[Reply, Heard, bool]:
        """Hand an act to the core; return its answer, what is known now, and whether it broke."""
        try:
            fact = await self._known(heard.act, inbox)
            reply = await inbox.receive(fact)
        except Exception as error:  # noqa: BLE001  # whatever it is, whoever did it hears of it
            log.error("could not handle interaction %d: %s", heard.interaction.id, trace(error))  # noqa: TRY400  # no words of people
            return None, heard, True
        _note(heard, reply)
        return reply, replace(heard, act=fact, t=self._t(fact, reply)), False

    async def _known(self, fact: Act, inbox: Inbox) -> Act:
        """Return the act with what is to be known of its place."""
        place = fact.place
        if not place.space or not inbox.minds_who_runs(fact):
            return fact
        return replace(fact, place=replace(place, space_title=await self._wire.space_title(place.space)))

    # Shown

    async def _show(self, reply: Reply, to: Heard, inbox: Inbox) -> None:
        try:
            await self._showing.show(reply, to, inbox)
        except TooLate:
            await self._show_late(reply, to, inbox)
        except PostError as error:
            log.warning("interaction %d: its answer could not be shown: %s", to.interaction.id, type(error).__name__)
            await self._apologize(reply, to)
        except Exception as error:  # noqa: BLE001  # whatever it is, whoever did it hears of it
            log.error("could not show the answer to interaction %d: %s", to.interaction.id, trace(error))  # noqa: TRY400  # as above
            await self._apologize(reply, to)

    async def _show_late(self, reply: Reply, to: Heard, inbox: Inbox) -> None:
        log.info("interaction %d: Discord takes no answer any more", to.interaction.id)
        try:
            await self._showing.show_elsewhere(reply, to, inbox)
        except PostError as error:
            log.warning("interaction %d stays without an answer: %s", to.interaction.id, type(error).__name__)

    async def _apologize(self, reply: Reply, to: Heard) -> None:
        words = texts.broken(to.t) if isinstance(reply, Ask | Branch) else texts.not_shown(to.t)
        await self._say(to.occasion, words)

    async def _say(self, occasion: Occasion, words: str) -> None:
        """Say a short word to one person, if there is any way to."""
        try:
            await occasion.say(short(words), private=True)
        except PostError as error:
            log.warning("an interaction stays without an answer: %s", type(error).__name__)

    def _t(self, fact: Act, reply: Reply) -> Translator:
        """Return who speaks the person's own language where the reply shows it, else the one that Discord hints at."""
        return self._catalogue.speaker(language_of(reply, fact), fact.sender.language)

    def _is_repeated(self, interaction: int) -> bool:
        """Say whether this one was heard before: a connection that is taken up again brings the last ones once more."""
        again = interaction in self._begun
        self._begun[interaction] = None
        while len(self._begun) > _REMEMBERED:
            self._begun.popitem(last=False)
        return again


def _note(heard: Heard, reply: Reply) -> None:
    """Note for the log what kind of act it was, of whom and where, and how it was answered: nobody's words."""
    log.debug(
        "interaction %d: %s in channel %s of user %s: %s",
        heard.interaction.id,
        type(heard.act).__name__,
        heard.room.thread or heard.room.chat,
        heard.act.sender.user,
        type(reply).__name__,
    )
