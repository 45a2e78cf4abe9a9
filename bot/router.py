"""What people do, turned into what they see: the only place where policy, transaction and reply meet."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from time import perf_counter
from zoneinfo import ZoneInfo

from bot.chat.adapter import CommandHelp, Trouble
from bot.chat.inbound import Act, Command, Filled, Inbound, Joined, Left, Moved, Opened, Place, Press, Sender, Typed
from bot.chat.intents import Intent, Kind
from bot.chat.message import Card, Message, Posted, Redraw, Reply, Room, Say, Toast
from bot.chat.text import Link, Moment, Text, lines
from bot.chat.trying import trace
from bot.clock import Clock
from bot.context import Context
from bot.dialogue import AskAgain, Dates, Dialogue
from bot.domain.people import Account, Person, clean_language, clean_name, clean_zone
from bot.errors import BadAnswers, Declined, StorageBusy
from bot.feature import Feature
from bot.flood import Flood, Verdict
from bot.heard import facts, platform_of
from bot.i18n import N_, Catalogue
from bot.menu import menu
from bot.ports import DateWords, Links, Planner, Storage, Store
from bot.tallies import QUICK_S, Spreads

log = logging.getLogger(__name__)
LONGEST_TITLE = 128
"""How many characters of a room's title are kept: as many as the platforms allow."""
LONGEST_TOAST = 200
"""How many characters the platforms show of a toast."""
_COMPLETIONS = 25
_KEPT = "adapter:"
_BUSY = N_("I could not save that just now, and nothing was changed. Please try again in a moment.")
_SLOWER = N_("One moment, please: that was a lot at once. I am listening again in a minute.")
_HELD_UP = {Verdict.DROP: Toast("")}
_BROKEN = N_("Something went wrong on my side, and nothing was changed. Please try again.")


@dataclass(frozen=True)
class Means:
    """What the core is made with."""

    storage: Storage
    clock: Clock
    catalogue: Catalogue
    planner: Planner
    dates: DateWords
    links: Links
    zone: str = "UTC"
    """Where people are taken to be until they, their platform or their community says."""
    operators: Collection[tuple[str, str]] = ()
    """The accounts of those who run the bot, each a platform and a user there."""


class Router:
    """The core's `Inbox`."""

    def __init__(
        self,
        means: Means,
        features: Sequence[Feature],
        wake: Callable[[], None] = lambda: None,
        drew: Callable[[Posted, Redraw], None] = lambda posted, reply: None,  # noqa: ARG005  # the callback's shape
        flood: Flood | None = None,
    ) -> None:
        self._means = means
        self._flood, self._may_look = flood, flood.lets_look if flood is not None else lambda _: True
        self._wake = wake
        self._drew = drew
        self._dialogue = Dialogue(features, means.catalogue)
        self.acts = Spreads(QUICK_S)
        """Seconds from hearing of something to its answer, by platform, kind and outcome."""
        self.routes = self._dialogue.routes
        self.forms = self._dialogue.forms

    # The adapter's side

    async def receive(self, inbound: Inbound) -> Reply:
        """Return the answer, after the commit. Never raises, neither for what a person did nor for our mistakes."""
        if self._flood is not None and (verdict := self._flood.judge(inbound)) is not Verdict.TAKE:
            self.acts.add(0.0, platform_of(inbound), type(inbound).__name__, "held up")
            return self._trouble(inbound, _SLOWER) if verdict is Verdict.ASK_TO_WAIT else _HELD_UP.get(verdict)
        began, outcome = perf_counter(), "answered"
        try:
            reply = await self._answer(inbound)
        except Declined as declined:
            outcome, reply = "declined", _told(inbound, declined.answer)
        except BadAnswers as bad:  # to a button, which has no form to ask again in
            outcome, reply = "declined", _told(inbound, lines(*bad.errors.values()))
        except StorageBusy:
            log.warning("the storage was busy: %s not handled", type(inbound).__name__, extra=facts(inbound))
            outcome, reply = "busy", self._trouble(inbound, _BUSY)
        except Exception as error:  # noqa: BLE001  # whatever it is, the person gets an answer and we a log line
            of = {**facts(inbound), "error_kind": type(error).__name__}
            log.error("could not handle %s: %s", type(inbound).__name__, trace(error), extra=of)  # noqa: TRY400  # with no words of people
            outcome, reply = "broken", self._trouble(inbound, _BROKEN)
        self._wake()
        self.acts.add(perf_counter() - began, platform_of(inbound), type(inbound).__name__, outcome)
        return _fitting(reply)

    async def _answer(self, inbound: Inbound) -> Reply:
        transact = self._means.storage.transact
        try:
            dates = await self._dates(inbound)
            return await transact(lambda store: self._handle(inbound, store, dates))
        except AskAgain as again:
            form, errors = again.form, again.errors
            if isinstance(inbound, Left | Moved):
                return None
            act = inbound
            return await transact(lambda store: self._dialogue.ask_again(form, errors, self._context(act, store)))

    async def stands(self, card: Card, posted: Posted, message: Message) -> None:
        """Remember where a card stands, as it was drawn; it may have changed on its way to the room."""
        now, look = self._means.clock.now(), message.fingerprint()
        await self._means.storage.transact(lambda store: store.cards.stand(card, posted, look, now, in_doubt=True))
        self._wake()

    def drew(self, posted: Posted, reply: Redraw) -> None:
        """Let the painter know that a tap's own answer has drawn its card."""
        self._drew(posted, reply)

    def minds_who_runs(self, act: Act) -> bool:
        """Say whether it matters for this act whether its sender runs the room."""
        return self._dialogue.minds_who_runs(act)

    async def recall(self, key: str) -> str:
        """Return what an adapter kept."""
        return await self._means.storage.read(lambda store: store.settings.get(f"{_KEPT}{key}")) or ""

    async def keep(self, key: str, words: str) -> None:
        """Keep a few words of an adapter's across restarts."""
        await self._means.storage.transact(lambda store: store.settings.put(f"{_KEPT}{key}", words))

    async def commands(self, language: str) -> Sequence[CommandHelp]:
        """Return every command that is of use here, with its summary and options, in the features' order."""
        useful = {name: route for name, route in self._dialogue.by_command.items() if route.needs(self._means.links)}
        return menu(useful, self._means.catalogue.speaker(language))

    async def completions(
        self, inbound: Inbound, intent: type[Intent], field: str, words: str
    ) -> Sequence[tuple[str, str]]:
        """Return what completes `words` for a command's option. Looks only: whoever types is not noted for it."""
        how = intent.asked.get(field)
        if how is None or isinstance(inbound, Left | Moved) or not self._may_look(inbound):
            return []
        act, asked = inbound, how

        def look(store: Store) -> Sequence[tuple[str, str]]:
            offered = self.forms.choices(intent, field, asked, self._looking(act, store), words[: asked.longest])
            if asked.kind is not Kind.SEARCH:  # a search has looked for the words itself
                folded = words.casefold()
                offered = tuple(c for c in offered if folded in c.label.casefold() or folded in c.value.casefold())
            return [(choice.value, choice.label) for choice in offered[:_COMPLETIONS]]

        try:
            return await self._means.storage.read(look)
        except Declined:
            return []

    # Before the transaction

    async def _dates(self, inbound: Inbound) -> Dates:
        """Read the dates in people's words, which is slow, before the transaction that uses them."""
        if not isinstance(inbound, Filled | Typed | Command):
            return {}
        if isinstance(inbound, Command):
            called = self._dialogue.called
            slow = called.is_slow(inbound.name)
            route = await asyncio.to_thread(called, inbound.name) if slow else called(inbound.name)
            if route is None or not any(how.kind is Kind.WHEN for how in route.intent.asked.values()):
                return {}
        act, now = inbound, self._means.clock.now()
        try:
            words, zone, language = await self._means.storage.read(lambda store: self._date_words(act, store))
        except Declined:  # said in the transaction
            return {}
        if not isinstance(act, Filled) and act.at is not None:
            return dict.fromkeys(words, _local(act.at, zone))
        read = {} if isinstance(act, Typed) else {f: _local(at, zone) for f, at in act.moments.items() if f in words}
        return read | {
            field: await asyncio.to_thread(self._means.dates.read, said, language, zone, now)
            for field, said in words.items()
            if field not in read
        }

    def _date_words(self, inbound: Filled | Typed | Command, store: Store) -> tuple[dict[str, str], str, str]:
        ctx = self._looking(inbound, store)
        words, zone = self._dialogue.date_words(inbound, ctx)
        return dict(words), zone, ctx.t.language

    # In the transaction

    def _handle(self, inbound: Inbound, store: Store, dates: Dates) -> Reply:
        if inbound.key and not store.first_time(inbound.key, self._means.clock.now()):
            return None
        match inbound:
            case Left() | Moved() | Joined(back=True):
                self._note(inbound, store)
                return None
            case Typed() if self._is_for_others(inbound, store):
                return None
            case Press():
                return self._dialogue.press(inbound, self._context(inbound, store))
            case Opened() | Joined():
                if isinstance(inbound, Joined):
                    self._note(inbound, store)
                start = _start(inbound)
                return self._dialogue.words(start, self._context(start, store), dates)
            case Filled() | Typed() | Command():
                return self._dialogue.words(inbound, self._context(inbound, store), dates)

    def _is_for_others(self, inbound: Typed, store: Store) -> bool:
        """Whether words in a room are people talking with each other, for which nobody is noted."""
        if inbound.place.room.is_private:
            return False
        return self._dialogue.answers(inbound, self._looking(inbound, store)) is None

    def _note(self, inbound: Left | Moved | Joined, store: Store) -> None:
        """Note what became of the bot in a room, for all who have to do with it."""
        planner, now = self._means.planner, self._means.clock.now()
        match inbound:
            case Moved(old=old, new=new):
                planner.moved(store, old, new, now)
            case Joined(place=place) if not place.room.is_private:
                planner.back(store, _chat(place.room, store), now)
            case Joined(place=Place(room)) | Left(room=room) if room.is_private:
                back, account = isinstance(inbound, Joined), Account(room.platform, room.chat, "")
                store.people.reachable(account, reachable=back)
                if back and store.people.known(account) is not None:
                    store.places.note(room, "", "")
            case Left(room=room, muted=muted):
                why = Trouble.MUTED if muted else Trouble.REMOVED
                planner.lost(store, _chat(room, store), why.value, now)

    def _context(self, inbound: Act, store: Store) -> Context:
        act, now = _clean(inbound), self._means.clock.now()
        sender = act.sender
        person = store.people.meet(_account(act), sender.language, sender.zone, now, is_open=sender.is_open)
        return self._made(act, store, person, looking=False)

    def _looking(self, inbound: Act, store: Store) -> Context:
        """Return a context in which nothing may be written: whoever was never seen is nobody yet."""
        act = _clean(inbound)
        nobody = Person(0, act.sender.name, act.sender.language, act.sender.zone)
        return self._made(act, store, store.people.known(_account(act)) or nobody, looking=True)

    def _made(self, act: Act, store: Store, person: Person, *, looking: bool) -> Context:
        means = self._means
        return Context(
            store=store,
            now=means.clock.now(),
            t=means.catalogue.speaker(person.language, act.sender.language),
            catalogue=means.catalogue,
            planner=means.planner,
            links=means.links,
            person=person,
            act=act,
            reader=person,
            usual_zone=means.zone,
            operators=means.operators,
            looking=looking,
        )

    def _trouble(self, inbound: Inbound, words: str) -> Reply:
        """Answer in the platform's hint of a language, without asking the database."""
        if isinstance(inbound, Left | Moved):
            return None
        return _told(inbound, Text.of(self._means.catalogue.speaker(inbound.sender.language).declared(words)))


def _local(at: datetime, zone: str) -> datetime:
    """Return an instant that the platform has read as the wall clock shows it, to the minute."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)


def _chat(room: Room, store: Store) -> list[int]:
    """Return the places of a room, noted on first sight: one without a thread stands for all threads of its chat."""
    here = store.places.note(room, "", "").id
    return [here] if room.thread else [place.id for place in store.places.of_chat(room)]


def _start(inbound: Opened | Joined) -> Command:
    """Return the command that being opened or added to a room amounts to."""
    words = inbound.start if isinstance(inbound, Opened) else ""
    return Command(sender=inbound.sender, place=inbound.place, name="start", words=words, page_size=inbound.page_size)


def _clean(act: Act) -> Act:
    """Return the act with its sender and place as we can take them."""
    cleaned, place = _cleaned(act.sender), act.place
    if cleaned != act.sender:
        act = replace(act, sender=cleaned)
    if _is_fine(place.title) and _is_fine(place.space_title):  # as nearly all are
        return act
    title, around = (clean_name(words, "", LONGEST_TITLE) for words in (place.title, place.space_title))
    return replace(act, place=replace(place, title=title, space_title=around))


def _is_fine(title: str) -> bool:
    return len(title) <= LONGEST_TITLE and title.isprintable()


@lru_cache(maxsize=1024)
def _cleaned(sender: Sender) -> Sender:
    """Return a sender whose name can be shown, and whose hints are a language and a zone or nothing."""
    return replace(
        sender,
        name=clean_name(sender.name),
        language=clean_language(sender.language),
        zone=clean_zone(sender.zone),
    )


def _account(act: Act) -> Account:
    return Account(act.sender.platform, act.sender.user, act.sender.name)


def _told(inbound: Inbound, answer: Text) -> Reply:
    """Return a refusal in the way that fits what was done, and in which it can be shown whole."""
    bare = not any(isinstance(span, Moment | Link) for span in answer.spans)
    if isinstance(inbound, Press) and bare and len(str(answer)) <= LONGEST_TOAST:
        return Toast(str(answer), alert=True)
    return Say(Message(answer), private=True)


def _fitting(reply: Reply) -> Reply:
    """Return the reply with a toast that the platforms can show."""
    match reply:
        case Toast(words) if len(words) > LONGEST_TOAST:
            return replace(reply, words=_cut(words))
        case Redraw(_, toast) if len(toast) > LONGEST_TOAST:
            return replace(reply, toast=_cut(toast))
        case _:
            return reply


def _cut(words: str) -> str:
    return f"{words[: LONGEST_TOAST - 1]}…"
