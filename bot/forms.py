"""Asking for what an intent lacks: one engine for every form, two page sizes or more.

A form is an intent whose fields are not all known yet. Good answers are kept in a `Draft`; only the bad ones are asked again,
each with its reason. When nothing is open, the intent is whole (after a look back, where it wants one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from bot.chat.forms import Choice, Draft, Page, Question
from bot.chat.intents import Asked, Intent, Kind, bare_type, known_from_payload
from bot.chat.message import Button, Message, Style, gridded
from bot.chat.text import Bold, Moment, Text, lines, paragraphs
from bot.context import Context
from bot.domain.meetings import instant
from bot.errors import BadAnswers, Declined
from bot.feature import Choices, Default, Route

DRAFT_LASTS = timedelta(hours=24)
"""How long a form that nobody goes on with is kept."""
LONG_WORDS = 2000


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
    def open(self) -> tuple[str, ...]:
        """The fields still to be asked for, in order."""
        return tuple(
            field
            for field, asked in self.asked.items()
            if asked.ask and field not in self.known and (field in self.draft.to_ask or field not in self.draft.answers)
        )

    def values(self) -> dict[str, object]:
        """Return everything known, ready to build the intent: raw answers became values when they were read."""
        values = dict(self.known)
        for field, answer in self.draft.answers.items():
            values[field] = _value(self.route.intent, field, answer)
        return values


class Forms:
    """The engine. `choices` and `defaults` are what the features provide, by name."""

    def __init__(
        self, routes: Mapping[str, Route], choices: Mapping[str, Choices], defaults: Mapping[str, Default]
    ) -> None:
        self._routes = routes
        self._choices = choices
        self._defaults = defaults

    def begin(self, route: Route, known: Mapping[str, object], ctx: Context) -> Form:
        """Return a form over what is known, without storing anything; values that go without saying are filled in."""
        filled = dict(known)
        asked = route.asks(filled, ctx) if route.asks else route.intent.asked
        for field, how in asked.items():
            if field not in filled and how.presumed:
                presumed = self._defaults[how.presumed](ctx)
                if presumed is not None:
                    filled[field] = presumed
        if route.asks:
            asked = route.asks(filled, ctx)
        nobody = Draft(0, ctx.person.id, 0, route.intent.tag, "", ctx.now)
        return Form(route, nobody, filled, asked)

    def resume(self, draft: Draft, ctx: Context) -> Form:
        """Return the form that a stored draft holds."""
        route = self._routes[draft.tag]
        known = known_from_payload(route.intent, draft.known)
        asked = route.asks(known | dict(draft.answers), ctx) if route.asks else route.intent.asked
        return Form(route, draft, known, asked)

    def keep(self, form: Form, ctx: Context) -> Form:
        """Store the form's draft, new or not, and return the form with it."""
        expires = ctx.now + DRAFT_LASTS
        if form.draft.id:
            draft = replace(form.draft, expires_at=expires)
            ctx.store.drafts.save(draft)
        else:
            known = form.route.intent.about(**form.known).payload()
            draft = ctx.store.drafts.open(replace(form.draft, room=ctx.here.id, known=known, expires_at=expires))
        return replace(form, draft=draft)

    def page(self, form: Form, ctx: Context, errors: Mapping[str, Text] | None = None) -> Page:
        """Return the next page of questions, those with errors first."""
        errors = errors or {}
        waiting = form.open
        to_show = tuple(field for field in waiting if field in errors) or waiting
        shown = to_show[: ctx.act.page_size]
        size = ctx.act.page_size
        asked_at_all = sum(1 for field, how in form.asked.items() if how.ask and field not in form.known)
        done = asked_at_all - len(waiting)
        questions = tuple(self._question(form, field, ctx, str(errors.get(field, ""))) for field in shown)
        return Page(
            draft=form.draft.id,
            title=ctx.t.words(form.route.intent.title),
            questions=questions,
            step=done // size + 1,
            steps=max(-(-asked_at_all // size), done // size + 1),
        )

    def _question(self, form: Form, field: str, ctx: Context, error: str) -> Question:
        how = form.asked[field]
        prompt = how.prompt if how.verbatim else ctx.t.words(how.prompt)
        choices = self.choices(form.route.intent, field, how, ctx, "")
        if how.kind is Kind.CHOICE and how.choices and not choices:
            raise Declined(ctx.t("There is nothing to choose from here. /help shows what you can do."))
        return Question(
            field=field,
            prompt=prompt,
            kind=how.kind,
            hint=ctx.t.words(how.hint),
            required=form.route.intent.model_fields[field].is_required(),
            longest=LONG_WORDS if how.kind is Kind.LONG else how.longest,
            choices=choices,
            value=form.draft.answers.get(field, how.value),
            error=error,
        )

    def choices(self, intent: type[Intent], field: str, how: Asked, ctx: Context, words: str) -> tuple[Choice, ...]:
        """Return what a question offers: its own options, a provider's choices, or the members of its `StrEnum`."""
        if how.options is not None:
            return tuple(Choice(value, label) for value, label in how.options.items())
        if how.choices:
            return tuple(self._choices[how.choices](ctx, words))
        bare = bare_type(intent.model_fields[field].annotation)
        if isinstance(bare, type) and issubclass(bare, StrEnum):
            labels = how.labels or {}
            return tuple(Choice(member.value, ctx.t.words(labels.get(member.value, member.value))) for member in bare)
        if bare is bool:
            return (Choice("1", ctx.t.words("Yes")), Choice("0", ctx.t.words("No")))
        return ()

    def fill(
        self, form: Form, raw: Mapping[str, str], dates: Mapping[str, datetime | None], ctx: Context
    ) -> tuple[Form, dict[str, Text]]:
        """Return the form with the good answers among `raw`, and why each of the others will not do.

        `dates` are the raw answers to `Kind.WHEN` as they were read before the transaction, by field.
        """
        answers = dict(form.draft.answers)
        errors: dict[str, Text] = {}
        for field, words in raw.items():
            how = form.asked.get(field)
            if how is None or field in form.known:
                continue
            try:
                answers[field] = self._read(form, field, how, words, dates, ctx)
            except BadAnswers as bad:
                errors |= bad.errors
        to_ask = tuple(field for field in form.draft.to_ask if field in errors or field not in raw)
        to_ask += tuple(field for field in errors if field not in to_ask)
        return replace(form, draft=replace(form.draft, answers=answers, to_ask=to_ask)), errors

    def _read(  # noqa: PLR0913  # one answer and all that it takes to read it
        self, form: Form, field: str, how: Asked, raw: str, dates: Mapping[str, datetime | None], ctx: Context
    ) -> str:
        """Return the answer in the form in which it is kept; raises `BadAnswers`."""
        words = " ".join(raw.split()) if how.kind is not Kind.LONG else raw.strip()
        if not words:
            if form.route.intent.model_fields[field].is_required():
                raise BadAnswers({field: ctx.t("This one is needed.")})
            return ""
        longest = LONG_WORDS if how.kind is Kind.LONG else how.longest
        if len(words) > longest:
            raise BadAnswers(
                {field: ctx.t("That is {count} characters long; {longest} fit.", count=len(words), longest=longest)}
            )
        match how.kind:
            case Kind.WHEN:
                local = dates.get(field)
                if local is None:
                    raise BadAnswers(
                        {
                            field: ctx.t(
                                "I could not read “{words}” as a date and time. Try “Tuesday 6pm” or “3 March 18:30”.",
                                words=words,
                            )
                        }
                    )
                return local.isoformat(timespec="minutes")
            case Kind.NUMBER:
                return self._number(field, how, words, ctx)
            case Kind.LINK:
                parts = urlsplit(words)
                if parts.scheme not in {"http", "https"} or not parts.netloc or " " in words:
                    raise BadAnswers({field: ctx.t("A link begins with https:// — this one does not look like one.")})
                return words
            case Kind.CHOICE | Kind.SEARCH:
                return self._choice(form, field, how, words, ctx)
            case Kind.SHORT | Kind.LONG:
                return words

    def _number(self, field: str, how: Asked, words: str, ctx: Context) -> str:
        if words.isdecimal() and how.least <= int(words) <= how.most:
            return str(int(words))
        raise BadAnswers(
            {field: ctx.t("A whole number from {least} to {most}, please.", least=how.least, most=how.most)}
        )

    def _choice(self, form: Form, field: str, how: Asked, words: str, ctx: Context) -> str:
        offered = self.choices(form.route.intent, field, how, ctx, words if how.kind is Kind.SEARCH else "")
        folded = words.casefold()
        for choice in offered:
            if words == choice.value or folded == choice.label.casefold():
                return choice.value
        labels = {choice.label.casefold(): choice.label for choice in offered}
        near = get_close_matches(folded, labels, n=1)
        if near:
            raise BadAnswers(
                {
                    field: ctx.t(
                        "“{words}” is not one of the choices. Did you mean “{near}”?", words=words, near=labels[near[0]]
                    )
                }
            )
        raise BadAnswers({field: ctx.t("“{words}” is not one of the choices.", words=words)})

    def look_back(self, form: Form, ctx: Context) -> Message:
        """Return what was understood, with buttons to save, change or forget it."""
        rows: list[Text] = []
        zone = str(form.draft.answers.get("zone") or form.known.get("zone") or zone_at_hand(form, ctx))
        for field, how in form.asked.items():
            answer = form.draft.answers.get(field)
            if not answer:
                continue
            prompt = how.prompt if how.verbatim else ctx.t.words(how.prompt)
            rows.append(Text.of(f"{prompt} ", self._shown(form, field, how, answer, zone, ctx)))
        draft = form.draft.id
        return Message(
            title=ctx.t.words(form.route.intent.title),
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

    def _shown(  # noqa: PLR0913  # one answer and all that it takes to show it
        self, form: Form, field: str, how: Asked, answer: str, zone: str, ctx: Context
    ) -> Text:
        if how.kind is Kind.WHEN:
            try:
                return Text.of(Moment(instant(datetime.fromisoformat(answer), zone), zone))
            except ValueError:  # an hour that is skipped or repeated: the handler says so kindly
                return Text.of(Bold(answer.replace("T", " ")))
        for choice in self.choices(form.route.intent, field, how, ctx, answer):
            if choice.value == answer:
                return Text.of(Bold(choice.label))
        return Text.of(Bold(answer))


def zone_at_hand(form: Form, ctx: Context) -> str:
    """Return the zone in which a form's dates are meant: its circle's, its meeting's, else the person's."""
    values = dict(form.known) | dict(form.draft.answers)
    for field, find in (("meeting", ctx.meeting), ("circle", ctx.circle)):
        if field in values:
            return find(int(str(values[field]))).zone
    return str(values.get("zone") or ctx.zone)


def _value(intent: type[Intent], field: str, answer: str) -> Any:  # noqa: ANN401  # of the field's own type; pydantic checks it
    """Return a kept answer as its field's value; an empty optional answer is the field's default."""
    info = intent.model_fields[field]
    bare = bare_type(info.annotation)
    if answer == "" and not info.is_required():
        return info.get_default(call_default_factory=False)
    if bare is bool:
        return answer == "1"
    if bare is datetime:
        return datetime.fromisoformat(answer)
    return int(answer) if bare is int else answer


def understood(fields: Sequence[str], words: str) -> dict[str, str]:
    """Return what was typed after a command as raw answers: all of it belongs to the first field that takes words."""
    return {fields[0]: words} if fields and words else {}
