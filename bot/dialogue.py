"""What people say to the bot, page by page: commands, forms and buttons, led to the handler that does what they ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import TypeVar

from bot.chat.forms import Draft, linked_draft
from bot.chat.inbound import Act, Command, Filled, Press, Typed
from bot.chat.intents import Intent, Kind, built, known_from_payload, whole_from_payload
from bot.chat.message import Ask, Message, Redraw, Reply, Say
from bot.chat.text import Text, lines
from bot.context import Context
from bot.domain.people import Account
from bot.domain.words import folded
from bot.errors import BadAnswers, Declined, Unparsable
from bot.feature import Feature, Route
from bot.forms import AmendDraft, DropDraft, Form, Forms, ResumeDraft, SaveDraft, zone_at_hand
from bot.i18n import Catalogue
from bot.menu import Called, names
from bot.records import dataclass
from bot.rules import NAMED, Audience, audience_of
from bot.tapped import on_its_card

_T = TypeVar("_T")
Dates = Mapping[str, datetime | None]
"""The dates that people's words mean, by field; None where they mean none."""
_ECHOED = 32
"""How much of an unknown command is repeated."""
_OF_FORMS = (SaveDraft, AmendDraft, DropDraft, ResumeDraft)


class AskAgain(Exception):  # an instruction to the router
    """A handler would not take some answers: what it wrote is rolled back, then they are asked again."""

    def __init__(self, form: Form, errors: Mapping[str, Text]) -> None:
        super().__init__()
        self.form, self.errors = form, errors


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, raw and by field, to which form, in the context in which the form counts."""

    form: Form
    ctx: Context
    raw: Mapping[str, str]


class Dialogue:
    """Leads what people say to handlers, inside one transaction. Raises `Declined` and `AskAgain`."""

    def __init__(self, features: Sequence[Feature], catalogue: Catalogue) -> None:
        self.routes = [route for feature in features for route in feature.routes]
        self._by_tag = _unique("tag", [(route.intent.tag, route) for route in self.routes])
        _unique("tag", [*self._by_tag.items(), *((intent.tag, intent) for intent in _OF_FORMS)])
        self.by_command = _unique(
            "command", [(route.intent.command, route) for route in self.routes if route.intent.command]
        )
        self.called = Called(self.by_command, catalogue)
        self._of_forms = {intent.tag: intent for intent in _OF_FORMS}
        self.forms = Forms(
            self._by_tag,
            _unique("choices", [offer for feature in features for offer in feature.offers.items()]),
            _unique("presumed value", [default for feature in features for default in feature.defaults.items()]),
        )

    # What is being answered

    def answers(self, inbound: Filled | Typed | Command, ctx: Context) -> Said | None:
        """Return what words or answers mean for which form, None where they are not meant for us. Writes nothing."""
        match inbound:
            case Filled():
                said = self._resumed(ctx.store.drafts.get(inbound.draft), ctx)
                kept = (field for field in inbound.kept if field in said.form.asked)
                standing = {field: self.forms.standing(said.form, field, said.ctx) for field in kept}
                return replace(said, raw={**inbound.answers, **standing})
            case Typed():
                draft = ctx.store.drafts.current(ctx.person.id, ctx.here.id)
                if draft is None and not ctx.room.is_private:
                    return None  # people talking with each other
                if draft is None or (draft.expires_at <= ctx.now and ctx.room.is_private):
                    raise Declined(ctx.t("I only understand commands and buttons. /help shows what you can do."))
                said = self._resumed(draft, ctx)
                return replace(said, raw=dict.fromkeys(said.form.open[:1], inbound.words))
            case Command():
                if (linked := _linked(inbound, ctx)) is not None:
                    return self._resumed(ctx.store.drafts.get(linked), ctx)
                route = self.called(inbound.name)
                if route is None:
                    raise Declined(self._unknown(inbound.name, ctx))
                raw = _given(route.intent, inbound)
                ctx.minds_who_runs = route.minds_who_runs
                return Said(self.forms.begin(route, {}, ctx, raw), ctx, raw)

    def date_words(self, inbound: Filled | Typed | Command, ctx: Context) -> tuple[Mapping[str, str], str]:
        """Return the raw answers that are dates, by field, and the zone in which they are meant. Writes nothing."""
        said = self.answers(inbound, ctx)
        if said is None:
            return {}, ""
        form, raw, ctx = said.form, said.raw, said.ctx
        dates = {
            field: words
            for field, words in raw.items()
            if field in form.asked
            and form.asked[field].kind is Kind.WHEN
            and 0 < len(words.strip()) <= form.asked[field].longest
        }
        if not dates:
            return {}, ""
        if "zone" in raw and "zone" in form.asked and "zone" not in form.known:
            try:
                return dates, self.forms.read(form, "zone", raw["zone"], ctx) or zone_at_hand(form, ctx)
            except BadAnswers:
                pass  # it is asked again, and the date stands as it was read here
        return dates, zone_at_hand(form, ctx)

    def _resumed(self, draft: Draft | None, ctx: Context) -> Said:
        if draft is not None and draft.person == ctx.person.id and draft.expires_at > ctx.now:
            try:
                there = self._where_begun(draft, ctx)
                return Said(self.forms.resume(draft, there), there, {})
            except Unparsable:
                pass  # begun before an update that changed its questions
        raise Declined(
            ctx.t("This form is over: it was finished, dropped or left for too long. Begin again whenever you like.")
        )

    def _where_begun(self, draft: Draft, ctx: Context) -> Context:
        """Return the context in which a form counts: that of the room where it was begun."""
        route = self._by_tag.get(draft.tag)
        ctx.minds_who_runs = route is not None and route.minds_who_runs
        begun = draft.origin or draft.room
        origin = ctx.store.places.get(begun) if begun not in {0, ctx.here.id} else None
        return ctx if origin is None else ctx.as_in(origin, runs_room=draft.ran_room)

    def _unknown(self, name: str, ctx: Context) -> Text:
        shown = {
            command: route
            for command, route in self.by_command.items()
            if route.intent.summary and (ctx.is_operator or audience_of(route.allow) is not Audience.OPERATOR)
        }
        known = names(shown, ctx.t)
        near = get_close_matches(folded(name[:_ECHOED]), known, n=1, cutoff=0.5)
        if near:
            return ctx.t("I do not know /{name}. Did you mean /{near}?", name=name[:_ECHOED], near=known[near[0]])
        return ctx.t("I do not know /{name}. /help shows what you can do.", name=name[:_ECHOED])

    def minds_who_runs(self, act: Act) -> bool:
        """Whether anything looks at whether the sender runs the room, as far as can be seen of the act alone."""
        match act:
            case _ if act.place.room.is_private:
                return False
            case Filled() | Typed():
                return True
            case Press(payload=payload):
                tag = payload.partition(".")[0]
                route = self._by_tag.get(tag)
                return tag in self._of_forms if route is None else route.minds_who_runs
            case Command(name=name) if self.called.is_slow(name):
                return True
            case Command(name=name):
                route = self.called(name)
            case _:  # opened or joined
                route = self.by_command.get("start")
        return route is not None and route.minds_who_runs

    # What comes of it

    def words(self, inbound: Filled | Typed | Command, ctx: Context, dates: Dates) -> Reply:
        """Take a command, a page of answers or words, and go on."""
        sender = ctx.act.sender
        if ctx.here.room.is_private:  # noted: from now on the bot may write there first
            ctx.store.people.reachable(Account(sender.platform, sender.user, sender.name), reachable=True)
        if isinstance(inbound, Command) and (linked := _linked(inbound, ctx)) is not None:
            _bring_here(linked, ctx)
        said = self.answers(inbound, ctx)
        if said is None:
            return None
        form, errors = self.forms.fill(said.form, said.raw, dates, said.ctx)
        return _in_its_room(self._go_on(form, errors, said.ctx, said.raw), said.ctx)

    def press(self, inbound: Press, ctx: Context) -> Reply:
        """Do what a button means, or ask for what it leaves open."""
        try:
            return on_its_card(self._pressed(inbound.payload, ctx), inbound, ctx)
        except Unparsable as unparsable:
            raise Declined(ctx.t("This button is from an older time. /help shows what works now.")) from unparsable

    def _pressed(self, payload: str, ctx: Context) -> Reply:
        tag = payload.partition(".")[0]
        if of_form := self._of_forms.get(tag):
            pressed = built(of_form, known_from_payload(of_form, payload))
            reply = self._press_on_form(pressed, ctx)
            return _in_place(reply, ctx) if isinstance(pressed, SaveDraft | DropDraft) else reply
        route = self._by_tag.get(tag)
        if route is None:
            raise Unparsable(payload)
        whole = whole_from_payload(route.intent, payload)
        if whole is not None:
            return _do(route, whole, ctx)
        ctx.minds_who_runs = route.minds_who_runs
        known = known_from_payload(route.intent, payload)
        return self._go_on(self.forms.begin(route, known, ctx), {}, ctx)

    def _press_on_form(self, intent: Intent, ctx: Context) -> Reply:
        number: int = intent.draft  # type: ignore[attr-defined]  # every intent of forms has it
        if isinstance(intent, DropDraft):
            draft = ctx.store.drafts.get(number)
            if (
                draft
                and draft.person == ctx.person.id
                and ctx.store.drafts.close(number)
                and draft.expires_at > ctx.now
            ):
                return Say(Message(ctx.t("Forgotten. Nothing was saved.")), private=True)
        said = self._resumed(ctx.store.drafts.get(number), ctx)
        form, there = said.form, said.ctx
        match intent:
            case AmendDraft():
                self._allow(form, {}, there)  # what is asked can tell who is in the circle
                form = self.forms.keep(self.forms.amended(form, there), there)
                return Ask(self.forms.page(form, there))
            case SaveDraft() if not form.open:
                return _in_its_room(self._finish(form, there), there)
            case _:
                return _in_its_room(self._go_on(form, {}, there), there)

    def _go_on(
        self, form: Form, errors: Mapping[str, Text], ctx: Context, raw: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask the next page, look back, or do it."""
        self._allow(form, errors, ctx)
        waiting = form.open
        refused = [why for field, why in errors.items() if field not in waiting]
        if refused:  # what is never asked for cannot be asked again
            raise Declined(lines(*refused))
        if waiting:
            form = self.forms.keep(form, ctx)
            return Ask(self.forms.page(form, ctx, errors, raw))
        if form.route.intent.confirm:
            form = self.forms.keep(form, ctx)
            return Say(self.forms.look_back(form, ctx), private=True)
        return self._finish(form, ctx)

    def _allow(self, form: Form, errors: Mapping[str, Text], ctx: Context) -> None:
        """Ask whether the person may, as soon as it is known about what; before anything is done it is asked again."""
        intent, values = form.route.intent, form.values()
        for field in (field for field in intent.riders if field in NAMED):
            how = form.asked.get(field)
            to_choose = how is not None and (how.choices or how.presumed) and field in form.open
            if field in errors or to_choose or (field not in values and intent.model_fields[field].is_required()):
                return
        # Not `about`: a rule may look at an option that stands at its default.
        form.route.allow(intent.model_construct(None, **{f: values[f] for f in intent.riders if f in values}), ctx)

    def _finish(self, form: Form, ctx: Context) -> Reply:
        if form.draft.id and not ctx.store.drafts.close(form.draft.id):
            return None
        try:
            return _do(form.route, built(form.route.intent, form.values()), ctx)
        except BadAnswers as bad:
            raise AskAgain(form, bad.errors) from bad

    def ask_again(self, form: Form, errors: Mapping[str, Text], ctx: Context) -> Reply:
        """Ask again what a handler would not take, in a transaction of its own."""
        refused = {field: answer for field, answer in form.draft.answers.items() if field in errors}
        kept = {field: answer for field, answer in form.draft.answers.items() if field not in errors}
        form = replace(form, draft=replace(form.draft, answers=kept, to_ask=tuple(errors)))
        ctx = self._where_begun(form.draft, ctx)
        if not form.open:  # none of them is ever asked for
            raise Declined(lines(*errors.values()))
        form = self.forms.keep(form, ctx)
        return Ask(self.forms.page(form, ctx, errors, refused))


def _in_place(reply: Reply, ctx: Context) -> Reply:
    """Put what came of a form where its look-back stood: its buttons mean nothing any more."""
    if isinstance(reply, Say) and reply.private and isinstance(ctx.act, Press) and ctx.act.posted is not None:
        return Redraw(reply.message)
    return reply


def _linked(inbound: Command, ctx: Context) -> int | None:
    """Return the draft that the private chat was opened to go on with."""
    is_start = inbound.name.casefold() == "start" and ctx.room.is_private
    return linked_draft(inbound.words.strip()) if is_start else None


def _bring_here(number: int, ctx: Context) -> None:
    """Take a form of the person's own to the private chat in which they go on with it."""
    draft = ctx.store.drafts.get(number)
    if draft is not None and draft.person == ctx.person.id and draft.expires_at > ctx.now:
        ctx.store.drafts.move(draft, ctx.here.id)


def _in_its_room(reply: Reply, ctx: Context) -> Reply:
    """Lead what came of a form that was begun elsewhere: what is for everybody goes there, the rest stays here."""
    if ctx.aside is None:
        return reply
    match reply:
        case Say(private=False):
            return replace(reply, room=ctx.room)
        case Redraw(message) if message.card is not None or not isinstance(ctx.act, Press):
            return Say(replace(message, card=None), private=True)
        case _:
            return reply


def _do(route: Route, intent: Intent, ctx: Context) -> Reply:
    ctx.minds_who_runs = route.minds_who_runs
    route.allow(intent, ctx)
    return route.handle(intent, ctx)


def _given(intent: type[Intent], inbound: Command) -> dict[str, str]:
    """Return what a command says, by field: its options, and its words for the first field that has to be asked for.

    Where all that is open goes without saying, words say it after all: `/circle Python` in another circle's room.
    """
    raw = {field: value for field, value in inbound.options.items() if field in intent.asked and value.strip()}
    if inbound.words.strip():
        free = [field for field in intent.asked if field not in raw]
        free.sort(key=lambda field: bool(intent.asked[field].presumed))
        raw |= dict.fromkeys(free[:1], inbound.words)
    return raw


def _unique(what: str, named: Sequence[tuple[str, _T]]) -> dict[str, _T]:
    """Return what is named by name; raises TypeError where two have the same."""
    found: dict[str, _T] = {}
    for name, thing in named:
        if found.setdefault(name, thing) is not thing:
            message = f"two have the same {what}: {name!r}"
            raise TypeError(message)
    return found
