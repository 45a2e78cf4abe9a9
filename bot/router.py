"""What people do, turned into what they see: the only place where policy, transaction and reply meet."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from bot.chat.adapter import CommandHelp
from bot.chat.inbound import Act, Command, Filled, Inbound, Joined, Left, Moved, Opened, Press, Typed
from bot.chat.intents import Intent, Kind, built, known_from_payload
from bot.chat.message import Ask, Card, Message, Posted, Reply, Say, Toast
from bot.chat.text import Text
from bot.clock import Clock
from bot.context import Context
from bot.domain.people import Account, clean_name
from bot.errors import BadAnswers, Declined, StorageBusy, Unparsable
from bot.feature import Feature, Route
from bot.forms import AmendDraft, DropDraft, Form, Forms, ResumeDraft, SaveDraft, zone_at_hand
from bot.i18n import Catalogue
from bot.ports import DateWords, Links, Planner, Storage, Store

log = logging.getLogger(__name__)
_OF_FORMS: tuple[type[Intent], ...] = (SaveDraft, AmendDraft, DropDraft, ResumeDraft)


class _AskAgain(Exception):  # noqa: N818  # an instruction to ourselves
    """A handler would not take some answers: what it wrote is rolled back, then they are asked again."""

    def __init__(self, form: Form, errors: Mapping[str, Text]) -> None:
        super().__init__()
        self.form, self.errors = form, errors


@dataclass(frozen=True)
class Means:
    """What the core is made with."""

    storage: Storage
    clock: Clock
    catalogue: Catalogue
    planner: Planner
    dates: DateWords
    links: Links


class Router:
    """The core's `Inbox`."""

    def __init__(self, means: Means, features: Sequence[Feature], wake: Callable[[], None] = lambda: None) -> None:
        self._means = means
        self._wake = wake
        self.routes = [route for feature in features for route in feature.routes]
        self._by_tag = {route.intent.tag: route for route in self.routes}
        self._by_command = {route.intent.command: route for route in self.routes if route.intent.command}
        self._form_tags = {intent.tag: intent for intent in _OF_FORMS}
        if len(self._by_tag) + len(_OF_FORMS) != len({*self._by_tag, *self._form_tags}) or len(self._by_tag) != len(
            self.routes
        ):
            message = "two intents share a tag"
            raise TypeError(message)
        self.forms = Forms(
            self._by_tag,
            {name: offer for feature in features for name, offer in feature.offers.items()},
            {name: default for feature in features for name, default in feature.defaults.items()},
        )

    # The adapter's side

    async def receive(self, inbound: Inbound) -> Reply:
        """Return the answer, after the commit. Never raises for what a person did, nor for what went wrong on our side."""
        try:
            reply = await self._answer(inbound)
        except StorageBusy:
            reply = self._trouble(
                inbound, "I could not save that just now, and nothing was changed. Please try again in a moment."
            )
        except Exception:
            log.exception("could not handle %s", type(inbound).__name__)
            reply = self._trouble(
                inbound, "Something went wrong on my side, and nothing was changed. Please try again."
            )
        self._wake()
        return reply

    async def _answer(self, inbound: Inbound) -> Reply:
        storage = self._means.storage
        dates = await self._dates(inbound)
        try:
            return await storage.transact(lambda store: self._handle(inbound, store, dates))
        except _AskAgain as again:
            form, errors = again.form, again.errors
            return await storage.transact(lambda store: self._ask_again(inbound, form, errors, store))
        except Unparsable:
            return self._trouble(inbound, "This button is from an older time. /help shows what works now.")
        except Declined as declined:
            return _told(inbound, declined.answer)

    async def stands(self, card: Card, posted: Posted, message: Message) -> None:
        """Remember where a card stands, as it was drawn."""
        now = self._means.clock.now()
        await self._means.storage.transact(lambda store: store.cards.stand(card, posted, message.fingerprint(), now))

    async def commands(self, language: str) -> Sequence[CommandHelp]:
        """Return every command with its summary, in the features' order."""
        t = self._means.catalogue.speaker(language)
        return [
            CommandHelp(name, t.words(route.intent.summary), route.intent)
            for name, route in self._by_command.items()
            if route.intent.summary
        ]

    async def completions(
        self, inbound: Inbound, intent: type[Intent], field: str, words: str
    ) -> Sequence[tuple[str, str]]:
        """Return what completes `words` for a command's option."""

        def look(store: Store) -> Sequence[tuple[str, str]]:
            if isinstance(inbound, Left | Moved):
                return []
            ctx = self._context(inbound, store)
            offered = self.forms.choices(intent, field, intent.asked[field], ctx, words)
            folded = words.casefold()
            return [
                (c.value, c.label) for c in offered if folded in c.label.casefold() or folded in c.value.casefold()
            ][:25]

        return await self._means.storage.transact(look)

    # Before the transaction

    async def _dates(self, inbound: Inbound) -> Mapping[str, datetime | None]:
        """Read the dates in people's words, which is slow, before the transaction that uses them."""
        if not isinstance(inbound, Filled | Typed | Command):
            return {}
        if isinstance(inbound, Command):
            route = self._by_command.get(inbound.name)
            if route is None or not any(how.kind is Kind.WHEN for how in route.intent.asked.values()):
                return {}
        try:
            form, raw, zone, language = await self._means.storage.transact(
                lambda store: self._date_words(inbound, store)
            )
        except Declined:
            return {}
        now = self._means.clock.now()
        return {
            field: await asyncio.to_thread(self._means.dates.read, words[:200], language, zone, now)
            for field, words in raw.items()
            if words.strip() and field in form.asked and form.asked[field].kind is Kind.WHEN
        }

    def _date_words(self, inbound: Filled | Typed | Command, store: Store) -> tuple[Form, Mapping[str, str], str, str]:
        ctx = self._context(inbound, store)
        form, raw = self._form_and_answers(inbound, ctx)
        zone = str(raw.get("zone") or "")
        zones = (
            {choice.value for choice in self.forms.choices(form.route.intent, "zone", form.asked["zone"], ctx, zone)}
            if zone and "zone" in form.asked
            else set()
        )
        return form, raw, zone if zone in zones else zone_at_hand(form, ctx), ctx.t.language

    def _form_and_answers(self, inbound: Filled | Typed | Command, ctx: Context) -> tuple[Form, Mapping[str, str]]:
        """Return the form that words or answers belong to, and the raw answers by field."""
        match inbound:
            case Filled():
                draft = ctx.store.drafts.get(inbound.draft)
                if draft is None or draft.person != ctx.person.id or draft.expires_at <= ctx.now:
                    raise Declined(
                        ctx.t(
                            "This form is over: it was finished, dropped or left for too long. Begin again whenever you like."
                        )
                    )
                return self.forms.resume(draft, ctx), inbound.answers
            case Typed():
                draft = ctx.store.drafts.current(ctx.person.id, ctx.here.id)
                if draft is None or draft.expires_at <= ctx.now:
                    raise Declined(self._puzzled(ctx))
                form = self.forms.resume(draft, ctx)
                return form, dict.fromkeys(form.open[:1], inbound.words)
            case Command():
                route = self._by_command.get(inbound.name)
                if route is None:
                    raise Declined(self._unknown(inbound.name, ctx))
                form = self.forms.begin(route, {}, ctx)
                raw = {field: value for field, value in inbound.options.items() if field in form.asked}
                free = [field for field in form.asked if field not in form.known and field not in raw]
                if inbound.words.strip() and free:
                    raw[free[0]] = inbound.words
                return form, raw

    # In the transaction

    def _handle(self, inbound: Inbound, store: Store, dates: Mapping[str, datetime | None]) -> Reply:
        if inbound.key and not store.first_time(inbound.key, self._means.clock.now()):
            return None
        match inbound:
            case Left():
                return self._left(inbound, store)
            case Moved():
                store.places.move(inbound.old, inbound.new)
                return None
            case Press():
                ctx = self._context(inbound, store)
                return self._press(inbound, ctx)
            case Opened():
                named = Command(
                    sender=inbound.sender,
                    place=inbound.place,
                    name="start",
                    words=inbound.start,
                    page_size=inbound.page_size,
                )
                return self._words(named, self._context(named, store), dates)
            case Joined():
                named = Command(sender=inbound.sender, place=inbound.place, name="start", page_size=inbound.page_size)
                return self._words(named, self._context(named, store), dates)
            case Filled() | Typed() | Command():
                return self._words(inbound, self._context(inbound, store), dates)

    def _words(self, inbound: Filled | Typed | Command, ctx: Context, dates: Mapping[str, datetime | None]) -> Reply:
        if ctx.room.is_private and ctx.here:  # noted: from now on the bot may write there first
            ctx.store.people.reachable(Account(inbound.sender.platform, inbound.sender.user, ""), reachable=True)
        form, raw = self._form_and_answers(inbound, ctx)
        form, errors = self.forms.fill(form, raw, dates, ctx)
        return self._go_on(form, errors, ctx)

    def _press(self, inbound: Press, ctx: Context) -> Reply:
        tag = inbound.payload.partition(".")[0]
        of_form = self._form_tags.get(tag)
        if of_form is not None:
            return self._press_on_form(built(of_form, known_from_payload(of_form, inbound.payload)), ctx)
        route = self._by_tag.get(tag)
        if route is None:
            raise Unparsable(inbound.payload)
        known = known_from_payload(route.intent, inbound.payload)
        if all(
            field in known
            for field, info in route.intent.model_fields.items()
            if info.is_required() or field in route.intent.asked
        ):
            return self._do(route, built(route.intent, known), ctx)
        return self._go_on(self.forms.begin(route, known, ctx), {}, ctx)

    def _press_on_form(self, intent: Intent, ctx: Context) -> Reply:
        draft = ctx.store.drafts.get(intent.draft)  # type: ignore[attr-defined]  # every intent of forms has it
        if draft is None or draft.person != ctx.person.id or draft.expires_at <= ctx.now:
            return Toast(
                ctx.t.words(
                    "This form is over: it was finished, dropped or left for too long. Begin again whenever you like."
                ),
                alert=True,
            )
        form = self.forms.resume(draft, ctx)
        match intent:
            case DropDraft():
                ctx.store.drafts.close(draft.id)
                return Say(Message(ctx.t("Forgotten. Nothing was saved.")), private=True)
            case AmendDraft():
                to_ask = tuple(field for field, how in form.asked.items() if how.ask)
                form = self.forms.keep(replace(form, draft=replace(draft, to_ask=to_ask)), ctx)
                return Ask(self.forms.page(form, ctx))
            case ResumeDraft():
                return self._go_on(form, {}, ctx)
            case _:
                return self._finish(form, ctx) if not form.open else Ask(self.forms.page(form, ctx))

    def _go_on(self, form: Form, errors: Mapping[str, Text], ctx: Context) -> Reply:
        """Ask the next page, look back, or do it."""
        values = {field: value for field, value in form.values().items() if field not in errors}
        riders = form.route.intent.riders
        needed = [field for field in riders if form.route.intent.model_fields[field].is_required()]
        if all(field in values for field in needed):
            form.route.allow(
                form.route.intent.about(**{field: values[field] for field in riders if field in values}), ctx
            )
        if errors or form.open:
            form = self.forms.keep(form, ctx)
            return Ask(self.forms.page(form, ctx, errors))
        if form.route.intent.confirm:
            form = self.forms.keep(form, ctx)
            return Say(self.forms.look_back(form, ctx), private=True)
        return self._finish(form, ctx)

    def _finish(self, form: Form, ctx: Context) -> Reply:
        if form.draft.id and not ctx.store.drafts.close(form.draft.id):
            return None
        try:
            return self._do(form.route, built(form.route.intent, form.values()), ctx)
        except BadAnswers as bad:
            raise _AskAgain(form, bad.errors) from bad

    def _do(self, route: Route, intent: Intent, ctx: Context) -> Reply:
        route.allow(intent, ctx)
        return route.handle(intent, ctx)

    def _ask_again(self, inbound: Inbound, form: Form, errors: Mapping[str, Text], store: Store) -> Reply:
        if isinstance(inbound, Left | Moved):
            return None
        ctx = self._context(inbound, store)
        form = self.forms.keep(replace(form, draft=replace(form.draft, to_ask=tuple(errors))), ctx)
        return Ask(self.forms.page(form, ctx, errors))

    def _left(self, inbound: Left, store: Store) -> Reply:
        if inbound.room.is_private:
            store.people.reachable(Account(inbound.room.platform, inbound.room.chat, ""), reachable=False)
        else:
            store.places.trouble(store.places.note(inbound.room, "", "").id, "the bot was removed")
        return None

    def _context(self, inbound: Act, store: Store) -> Context:
        means, sender = self._means, inbound.sender
        now = means.clock.now()
        account = Account(sender.platform, sender.user, clean_name(sender.name))
        person = store.people.meet(account, sender.language, sender.zone, now)
        return Context(
            store=store,
            now=now,
            t=means.catalogue.speaker(person.language, sender.language),
            catalogue=means.catalogue,
            planner=means.planner,
            links=means.links,
            person=person,
            act=inbound,
            reader=person,
        )

    # When there is nothing to do

    def _unknown(self, name: str, ctx: Context) -> Text:
        near = get_close_matches(
            name.casefold(),
            [known for known, route in self._by_command.items() if route.intent.summary],
            n=1,
            cutoff=0.5,
        )
        if near:
            return ctx.t("I do not know /{name}. Did you mean /{near}?", name=name[:32], near=near[0])
        return ctx.t("I do not know /{name}. /help shows what you can do.", name=name[:32])

    def _puzzled(self, ctx: Context) -> Text:
        return ctx.t("I only understand commands and buttons. /help shows what you can do.")

    def _trouble(self, inbound: Inbound, words: str) -> Reply:
        """Answer in the platform's hint of a language, without asking the database."""
        if isinstance(inbound, Left | Moved):
            return None
        return _told(inbound, self._means.catalogue.speaker(inbound.sender.language)(words))


def _told(inbound: Inbound, answer: Text) -> Reply:
    """Return a refusal in the way that fits what was done."""
    if isinstance(inbound, Press):
        return Toast(str(answer), alert=True)
    return Say(Message(answer), private=True)
