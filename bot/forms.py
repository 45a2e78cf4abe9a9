"""Asking for what an intent lacks: one engine for every form, two page sizes or more.

A form is an intent whose fields are not all known yet. Good answers are kept in a `Draft`; only the bad ones are asked
again, each with its reason. When nothing is open, the intent is whole (after a look back, where it wants one).
"""

# Long because it is one engine: each step of a form leads to the next, and all read the same draft.

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.answers import Reading, answer_of, cleaned, fixed_choices, longest, value_of
from bot.chat.forms import Choice, Draft, Page, Question, resume_link
from bot.chat.intents import Asked, Intent, Kind, known_from_payload
from bot.chat.message import Button, Message, Style, gridded
from bot.chat.text import Bold, Moment, Text, lines, paragraphs
from bot.context import Context
from bot.domain.meetings import instant
from bot.errors import BadAnswers, Declined, Unparsable
from bot.feature import Choices, Default, Route
from bot.picking import can_pick, picked, picked_name
from bot.records import dataclass

DRAFT_LASTS = timedelta(hours=24)
"""How long a form that nobody goes on with is kept; one that counts for another room, in all."""
_SHOWN_BACK = 200
"""How many characters of an answer the look back shows."""


class SaveDraft(Intent, tag="dy"):
    """What was understood is right: do it."""

    draft: int


class AmendDraft(Intent, tag="da"):
    """What was understood is not right: ask again."""

    draft: int


class DropDraft(Intent, tag="dn"):
    """Forget it."""

    draft: int


class ResumeDraft(Intent, tag="dr"):
    """Go on with the form: for platforms where a form cannot follow a form at once."""

    draft: int


@dataclass(frozen=True, slots=True)
class Form:
    """A draft at work: its route, and what is known and asked for."""

    route: Route
    draft: Draft
    known: Mapping[str, object]
    asked: Mapping[str, Asked]

    @property
    def askable(self) -> tuple[str, ...]:
        """The fields that the person is asked for at some time, in order."""
        return tuple(field for field, how in self.asked.items() if how.ask and field not in self.known)

    @property
    def open(self) -> tuple[str, ...]:
        """The fields still to be asked for, in order."""
        return tuple(field for field in self.askable if field in self.draft.to_ask or field not in self.draft.answers)

    def required(self, field: str) -> bool:
        """Whether a field must have an answer: also where it may stay away only as long as it goes without saying."""
        how = self.asked.get(field)
        return self.route.intent.model_fields[field].is_required() or bool(how and how.presumed)

    def values(self) -> dict[str, object]:
        """Return everything known, ready to build the intent. Raises `Unparsable` for what an older version kept."""
        return _values(self.route.intent, self.known, self.draft.answers)


def _values(intent: type[Intent], known: Mapping[str, object], answers: Mapping[str, str]) -> dict[str, object]:
    try:
        return dict(known) | {field: value_of(intent, field, answer) for field, answer in answers.items()}
    except (KeyError, ValueError) as error:
        raise Unparsable(intent.__name__) from error


class Forms:
    """The engine. `choices` and `defaults` are what the features provide, by name."""

    def __init__(
        self, routes: Mapping[str, Route], choices: Mapping[str, Choices], defaults: Mapping[str, Default]
    ) -> None:
        self._routes = routes
        self._choices = choices
        self._defaults = defaults

    # Begun, kept, taken up again

    def begin(self, route: Route, known: Mapping[str, object], ctx: Context, given: Iterable[str] = ()) -> Form:
        """Return a form over what is known, without storing anything.

        Values that go without saying are filled in, but for the fields in `given`: the person has said those.
        """
        intent, filled, answers = route.intent, dict(known), dict[str, str]()
        said = {*known, *given}
        for field, how in intent.asked.items():
            presumed = self._defaults[how.presumed](ctx) if how.presumed and field not in said else None
            if presumed is not None and field in intent.riders:
                filled[field] = presumed
            elif presumed is not None:
                answers[field] = answer_of(presumed)  # words do not ride with a draft's payload
            elif how.presumed and field not in said and (only := self._only_choice(intent, field, how, ctx)):
                answers[field] = only
        asked = route.asks(_values(intent, filled, answers), ctx) if route.asks else intent.asked
        for field, how in asked.items():
            if field in said or field in filled or field in answers or intent.model_fields[field].is_required():
                continue
            if how.ask and how.kind is Kind.CHOICE and not self.choices(intent, field, how, ctx, ""):
                answers[field] = ""  # nothing to choose from, and nothing lost by not asking
        nobody = Draft(0, ctx.person.id, 0, intent.tag, "", ctx.now, answers)
        return Form(route, nobody, filled, asked)

    def _only_choice(self, intent: type[Intent], field: str, how: Asked, ctx: Context) -> str:
        """Return the one thing that there is to choose, empty where there are several, or none."""
        offered = self.choices(intent, field, how, ctx, "") if how.choices else ()
        return offered[0].value if len(offered) == 1 else ""

    def resume(self, draft: Draft, ctx: Context) -> Form:
        """Return the form that a stored draft holds; raises `Unparsable` where an older version stored it."""
        route = self._routes.get(draft.tag)
        if route is None:
            raise Unparsable(draft.tag)
        known = known_from_payload(route.intent, draft.known)
        return self._asking(Form(route, draft, known, route.intent.asked), ctx)

    def _asking(self, form: Form, ctx: Context) -> Form:
        """Return the form with the questions that what is known by now calls for."""
        if form.route.asks is None:
            return form
        return replace(form, asked=form.route.asks(form.values(), ctx))

    def keep(self, form: Form, ctx: Context) -> Form:
        """Store the form's draft, new or not, and return the form with it."""
        known = form.route.intent.about(**form.known).payload()
        draft = replace(form.draft, known=known, expires_at=ctx.now + DRAFT_LASTS)
        if draft.id:
            if draft.ran_room or draft.origin:  # who is in a room today, or runs it, need not be for ever
                draft = replace(draft, expires_at=form.draft.expires_at)
            ctx.store.drafts.save(draft)
        else:
            ran_room = form.route.minds_who_runs and ctx.runs_room
            draft = ctx.store.drafts.open(replace(draft, room=ctx.here.id, ran_room=ran_room))
        return replace(form, draft=draft)

    def amended(self, form: Form, ctx: Context) -> Form:
        """Return the form with every question asked again, what was presumed too; the answers so far stand in them."""
        presumed = {field for field, how in form.asked.items() if how.presumed and how.ask and field in form.known}
        known = {field: value for field, value in form.known.items() if field not in presumed}
        answers = dict(form.draft.answers) | {field: answer_of(form.known[field]) for field in presumed}
        form = self._asking(replace(form, draft=replace(form.draft, answers=answers), known=known), ctx)
        return replace(form, draft=replace(form.draft, to_ask=form.askable))

    # Asked

    def page(
        self,
        form: Form,
        ctx: Context,
        errors: Mapping[str, Text] | None = None,
        raw: Mapping[str, str] | None = None,
    ) -> Page:
        """Return the next page of questions: those with errors alone, where there are any.

        `raw` are the answers that will not do, which stand in the questions to be corrected.
        """
        errors, raw = errors or {}, raw or {}
        size = max(1, ctx.act.page_size)
        waiting = form.open
        bad = tuple(field for field in waiting if field in errors)
        shown = (bad or waiting)[:size]
        for field in waiting:
            self._check_choosable(form, field, ctx)
        done = (len(form.askable) - len(waiting)) // size
        left = _pages(len(bad), size) + _pages(len(waiting) - len(bad), size)
        questions = (
            replace(self._question(form, field, ctx, raw.get(field)), error=ctx.t.plain(errors.get(field, Text())))
            for field in shown
        )
        return Page(
            draft=form.draft.id,
            title=ctx.t.declared(form.route.intent.title),
            questions=tuple(questions),
            intro=Text((), ctx.t.language),
            step=done + 1,
            steps=done + left,
            resume="" if ctx.shown_in.is_private else resume_link(form.draft.id),
            drop=DropDraft(draft=form.draft.id),
            discreet=form.route.intent.discreet,
        )

    def _check_choosable(self, form: Form, field: str, ctx: Context) -> None:
        """Decline where an answer is needed and there is none to give: at once, not after all the pages before it."""
        how, intent = form.asked[field], form.route.intent
        lacks = how.kind is Kind.PERSON and not can_pick(ctx)
        if how.kind is Kind.CHOICE and form.required(field):
            lacks = not self.choices(intent, field, how, ctx, "")
        if lacks:
            usual = ctx.t("There is nothing to choose from here. /help shows what you can do.")
            raise Declined(ctx.t(how.lacking) if how.lacking else usual)

    def _question(self, form: Form, field: str, ctx: Context, rejected: str | None) -> Question:
        how = form.asked[field]
        choices = self.choices(form.route.intent, field, how, ctx, "")
        usual = _usual(form, field, how, choices)
        value, before = _standing(form, field, how, usual), ""
        if rejected is not None:
            before = value
            value = value if how.kind in {Kind.CHOICE, Kind.PERSON} else cleaned(rejected, how.kind)[: longest(how)]
        return Question(
            field=field,
            prompt=_prompt(how, ctx),
            kind=how.kind,
            hint=ctx.t.declared(how.hint),
            required=form.required(field) or bool(usual),
            longest=longest(how),
            choices=choices,
            value=value,
            before=before,
        )

    def standing(self, form: Form, field: str, ctx: Context) -> str:
        """Return the answer that stands in a question when it is asked; empty where there is none."""
        how = form.asked[field]
        choices = self.choices(form.route.intent, field, how, ctx, "")
        return _standing(form, field, how, _usual(form, field, how, choices))

    def choices(self, intent: type[Intent], field: str, how: Asked, ctx: Context, words: str) -> tuple[Choice, ...]:
        """Return what a question offers: its own options, a provider's choices, or the members of its `StrEnum`."""
        if how.options is None and how.choices:
            return tuple(self._choices[how.choices](ctx, words))
        return fixed_choices(intent, field, how, ctx.t)

    # Answered

    def fill(
        self, form: Form, raw: Mapping[str, str], dates: Mapping[str, datetime | None], ctx: Context
    ) -> tuple[Form, dict[str, Text]]:
        """Return the form with the good answers among `raw`, and why each of the others will not do.

        `dates` are the raw answers to `Kind.WHEN` as they were read before the transaction, by field.
        """
        answers = dict(form.draft.answers)
        errors: dict[str, Text] = {}
        for field, words in raw.items():
            if field not in form.asked or field in form.known:
                continue
            try:
                answers[field] = self.read(form, field, words, ctx, dates.get(field))
            except BadAnswers as bad:
                errors |= bad.errors
        to_ask = tuple(field for field in form.draft.to_ask if field in errors or field not in raw)
        to_ask += tuple(field for field in errors if field not in to_ask)
        form = self._asking(replace(form, draft=replace(form.draft, answers=answers, to_ask=to_ask)), ctx)
        return form, {field: why for field, why in errors.items() if field in form.asked}

    def read(self, form: Form, field: str, raw: str, ctx: Context, local: datetime | None = None) -> str:
        """Return one answer in the form in which it is kept; raises `BadAnswers`."""
        how = form.asked[field]
        words = cleaned(raw, how.kind)
        offered: tuple[Choice, ...] = ()
        if how.kind in {Kind.CHOICE, Kind.SEARCH} and 0 < len(words) <= longest(how):
            offered = self.choices(form.route.intent, field, how, ctx, words)
        if how.kind is Kind.PERSON and (person := picked(words, ctx)) is not None:
            offered = (Choice(str(person.id), words),)
        return Reading(field, how, form.required(field), ctx.t, local, offered).read(words)

    # Looked back on

    def look_back(self, form: Form, ctx: Context) -> Message:
        """Return what was understood, with buttons to save, change or forget it."""
        zone = str(form.draft.answers.get("zone") or form.known.get("zone") or zone_at_hand(form, ctx))
        rows = []
        for field, how in form.asked.items():
            if shown := self._shown(form, field, zone, ctx):
                rows.append(Text.of(_prompt(how, ctx), " ", shown))
        draft = form.draft.id
        return Message(
            title=ctx.t.declared(form.route.intent.title),
            text=paragraphs(ctx.t("Here is what I understood:"), lines(*rows)),
            rows=gridded(
                (
                    Button(ctx.t.words("Save"), SaveDraft(draft=draft), Style.SUCCESS),
                    Button(ctx.t.words("Change"), AmendDraft(draft=draft)),
                    Button(ctx.t.words("Forget it"), DropDraft(draft=draft)),
                ),
                3,
            ),
        )

    def _shown(self, form: Form, field: str, zone: str, ctx: Context) -> Text:
        """Return an answer, or what is known, as the person would say it; nothing where there is nothing to say."""
        how = form.asked[field]
        known = form.known.get(field)
        answer = form.draft.answers.get(field, "") if known is None else answer_of(known)
        if not answer:
            return Text()
        if how.kind is Kind.WHEN:
            try:  # as it was said, with the zone named: in the reader's own zone they would not know it again
                return Text.of(Bold(ctx.t.moment(Moment(instant(datetime.fromisoformat(answer), zone), zone))))
            except ValueError:  # an hour that is skipped or repeated: the handler says so kindly
                return Text.of(Bold(answer.replace("T", " ")))
        choices = self.choices(form.route.intent, field, how, ctx, answer)
        for choice in (Choice(answer, picked_name(answer, ctx)),) if how.kind is Kind.PERSON else choices:
            if choice.value == answer:
                return Text.of(Bold(choice.label))
        if known is not None:  # an id is nothing to show to people
            return Text()
        return Text.of(Bold(answer if len(answer) <= _SHOWN_BACK else f"{answer[: _SHOWN_BACK - 1]}…"))


def _pages(questions: int, size: int) -> int:
    return -(-questions // size)


def _standing(form: Form, field: str, how: Asked, usual: str) -> str:
    kept = form.draft.answers.get(field, "") or how.value or usual
    return "" if how.kind is Kind.PERSON else kept  # our id of them is not the platform's


def _usual(form: Form, field: str, how: Asked, choices: Iterable[Choice]) -> str:
    """Return the choice that holds where nothing is chosen: with one, "no answer" would be a choice too many."""
    info = form.route.intent.model_fields[field]
    if how.kind is not Kind.CHOICE or info.is_required() or info.default is None:
        return ""
    usual = answer_of(info.default)
    return usual if any(choice.value == usual for choice in choices) else ""


def _prompt(how: Asked, ctx: Context) -> str:
    return how.prompt if how.verbatim else ctx.t.declared(how.prompt)


def zone_at_hand(form: Form, ctx: Context) -> str:
    """Return the zone in which a form's dates are meant: its meeting's, its circle's, else the one given, the person's.

    Raises `Declined` where the meeting or circle is gone.
    """
    values = form.values()
    for field, find in (("meeting", ctx.meeting), ("circle", ctx.circle)):
        named = values.get(field)
        if isinstance(named, int) and named:
            return find(named).zone
    return str(values.get("zone") or ctx.zone)
