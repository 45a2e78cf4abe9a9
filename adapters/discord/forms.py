"""A page of a form as a modal, and what comes back from one: pure.

The draft rides in the modal's custom_id, each question's field in that of its part: nothing has to be kept meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from adapters.discord import texts
from adapters.discord.fitting import DESCRIPTION, TITLE, cut, label, one_line
from adapters.discord.letter import Json, Letter
from adapters.discord.render import LABEL, embed, pressed, written
from bot.chat.forms import Choice, Page, Question, resume_payload
from bot.chat.intents import Kind, base36, unbase36
from bot.chat.message import Style
from bot.chat.text import Bold, lines, paragraphs
from bot.chat.words import CUT, fit, furthest, shortened, units
from bot.records import dataclass

if TYPE_CHECKING:
    from bot.i18n import Translator

_NAME: Final = 45
"""The longest title, and the longest name of a question."""
_SMALL: Final = 100
"""The longest of what stands below a question's name or in its empty field, and of a choice."""
_INPUT: Final = 4000
_PARTS: Final = 5
_RADIO: Final = range(2, 11)
_SELECT: Final = range(1, 26)
_SNOWFLAKE: Final = re.compile(r"[1-9][0-9]{14,19}")
_FORM: Final = re.compile(r"form\.([0-9a-z]{1,13})")
_FIELD: Final = re.compile(r"[a-z][a-z0-9_]*")
_MOMENT: Final = re.compile(r"<t:(-?[0-9]{1,14})(?::[tTdDfFsSR])?>")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LABELLED, _ROW, _WORDS, _LINE, _SEVERAL_LINES, _USERS, _CHOICES, _RADIOS = 18, 1, 10, 1, 2, 5, 3, 21


@dataclass(frozen=True, slots=True)
class SentForm:
    """What a person sent with a modal, ready for `bot.chat.inbound.Filled`: every question of it, answered or not."""

    draft: int
    answers: Mapping[str, str]
    moments: Mapping[str, datetime] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


# Shown


def modal(page: Page, t: Translator) -> Json:
    """Return a page as the data of a modal. What is too long for its place stands above all, if there is one left."""
    questions, parts = page.questions[:_PARTS], list[Json]()
    before = paragraphs(page.intro, *(words for question in questions for words in _long(question)))
    if before and len(questions) < _PARTS:
        parts.append({"type": _WORDS, "content": cut(written(before, t.direction, calls=False), _INPUT)})
        questions = tuple(replace(one, hint="" if one.hint in _long(one) else one.hint) for one in questions)
    parts += [_part(question, t) for question in questions]
    return {"custom_id": f"form.{base36(page.draft)}", "title": _title(page, t), "components": parts}


def between(page: Page, t: Translator) -> Letter:
    """Return what stands between two modals, which Discord wants: what was wrong, and a button that opens the next."""
    wrong = [question for question in page.questions if question.error]
    what = [lines(Bold(question.prompt), question.error) for question in wrong]
    text = paragraphs(
        page.intro, texts.to_be_mended(t) if wrong else texts.more_to_ask(t, page.step, page.steps), *what
    )
    taken: dict[str, int] = {}
    row = [pressed(label(texts.continue_(t), LABEL), resume_payload(page.draft), Style.PRIMARY, taken)]
    if page.drop is not None:
        row.append(pressed(label(texts.forget_it(t), LABEL), page.drop.payload(), Style.PLAIN, taken))
    body = cut(written(text, t.direction, calls=False), DESCRIPTION)
    return Letter(embed=embed(body, one_line(page.title, TITLE)), components=({"type": _ROW, "components": row},))


def _title(page: Page, t: Translator) -> str:
    """Return a page's title with which of the pages it is, which stays where the title is cut."""
    bare = label(page.title, _NAME) or CUT
    while units(title := label(texts.heading(t, bare, page.step, page.steps), 2 * _NAME)) > _NAME and len(bare) > 1:
        bare = shortened(bare, units(bare) - 1)
    return label(title, _NAME)


def _long(question: Question) -> Iterator[str]:
    """Yield what Discord has no place for beside a question."""
    for words in (question.prompt, question.hint):
        if units(words) > _SMALL:
            yield words


def _part(question: Question, t: Translator) -> Json:
    prompt = label(question.prompt, _INPUT) or CUT
    name = _shortened_to_words(prompt, _NAME)
    wrong, hint = label(question.error, _INPUT), label(question.hint, _INPUT)
    below = [wrong if units(wrong) <= _SMALL else "", prompt if name != prompt else "", hint]
    small = next(filter(None, below), "")
    inner = _inner(question, "" if small == hint else hint, t)
    part = {"type": _LABELLED, "label": name, "component": inner}
    return part | ({"description": _shortened_to_words(small, _SMALL)} if small else {})


def _inner(question: Question, hint: str, t: Translator) -> Json:
    """Return what is filled in: `hint` stands in it while it is empty, where that can be."""
    whole: Json = {"custom_id": question.field, "required": question.required}
    placeholder: Json = {"placeholder": _shortened_to_words(hint, _SMALL)} if hint else {}
    if question.kind is Kind.PERSON:
        standing = [{"id": question.value, "type": "user"}] if _SNOWFLAKE.fullmatch(question.value) else []
        return whole | {"type": _USERS} | _one_of_them(question) | placeholder | _unless_empty(default_values=standing)
    choices = _choosable(question)
    if choices is None:
        return whole | _input(question, placeholder or _named(question, t))
    options = [_option(choice, is_default=choice.value == question.value) for choice in choices]
    can_be_taken_back = question.required or not any(choice.value == question.value for choice in choices)
    if len(options) in _RADIO and can_be_taken_back:  # nobody can take back what is chosen by a radio button
        return whole | {"type": _RADIOS, "options": options}
    return whole | {"type": _CHOICES, "options": options} | _one_of_them(question) | placeholder


def _one_of_them(question: Question) -> Json:
    return {"max_values": 1} if question.required else {"min_values": 0, "max_values": 1}


def _unless_empty(**values: list[Json]) -> Json:
    return {name: value for name, value in values.items() if value}


def _choosable(question: Question) -> list[Choice] | None:
    """Return the choices that Discord can show; None where the answer is written."""
    if question.kind is not Kind.CHOICE:
        return None
    by_value = {choice.value: choice for choice in reversed(question.choices)}  # each can stand there only once
    choices = [choice for choice in dict.fromkeys(question.choices) if by_value[choice.value] is choice]
    rides = [choice for choice in choices if choice.value and choice.value == label(choice.value, _SMALL)]
    return rides if len(rides) in _SELECT else None


def _option(choice: Choice, *, is_default: bool) -> Json:
    option = {"label": label(choice.label, _SMALL) or CUT, "value": choice.value}
    return option | ({"default": True} if is_default else {})


def _input(question: Question, placeholder: Json) -> Json:
    """Return a field for words. The answer so far stands in it; Discord would refuse one that is too long for it."""
    is_long = question.kind is Kind.LONG
    value = _in_words(question)
    value = shortened(fit(value).strip() if is_long else " ".join(fit(value).split()), _INPUT)
    longest = min(_INPUT, max(1, question.longest, units(value)))
    part: Json = {"type": 4, "style": _SEVERAL_LINES if is_long else _LINE, "max_length": longest}
    return part | ({"value": value} if value else {}) | placeholder


def _in_words(question: Question) -> str:
    """Return the answer so far as somebody would write it, so that it is read again as what it was."""
    value = question.value
    if question.kind is Kind.WHEN:
        try:
            return datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M")
        except ValueError:
            return value
    if question.kind in {Kind.CHOICE, Kind.SEARCH}:
        plain = "" if value.isdecimal() else value  # a number among choices is an id
        return next((choice.label for choice in question.choices if choice.value == value), plain)
    return value


def _named(question: Question, t: Translator) -> Json:
    """Return some of the choices as what stands in an empty field, where there are too many to show."""
    names = label(t.listed((choice.label for choice in question.choices), most=3), _SMALL) if question.choices else ""
    return {"placeholder": names} if names else {}


def _shortened_to_words(words: str, most: int) -> str:
    """Return words in up to `most` units, cut between words where that loses little."""
    if units(words) <= most:
        return words
    end = furthest(words, 0, most - units(CUT))
    at = words.rfind(" ", end // 2, end + 1)
    return words[: at if at > 0 else end].rstrip(" ,;:.") + CUT


# Sent


def sent_form(data: Json) -> SentForm | None:
    """Return what a modal brought back (the `data` of its interaction), None where it is not ours."""
    found = _FORM.fullmatch(str(data.get("custom_id", "")))
    if found is None:
        return None
    try:
        draft = unbase36(found[1])
    except ValueError:
        return None
    answers: dict[str, str] = {}
    picked: list[str] = []
    for part in _filled(data.get("components")):
        name, value = str(part.get("custom_id", "")), _answer(part)
        if _FIELD.fullmatch(name):
            answers[name] = value
            if part.get("type") == _USERS and value:
                picked.append(value)
    moments = {name: at for name, words in answers.items() if (at := moment(words)) is not None}
    return SentForm(draft, answers, moments, named(picked, data.get("resolved")))


def _filled(parts: Any) -> Iterator[Json]:  # noqa: ANN401  # as it came
    """Yield what can be filled in, whatever it is wrapped in."""
    for part in parts if isinstance(parts, list) else ():
        if not isinstance(part, dict):
            continue
        inner = part.get("component")
        if isinstance(inner, dict):
            yield inner
        elif "components" in part:
            yield from _filled(part["components"])
        else:
            yield part


def _answer(part: Json) -> str:
    """Return what was written or chosen, empty where nothing was."""
    values = part.get("values")
    value = (values[0] if values else "") if isinstance(values, list) else part.get("value")
    return value if isinstance(value, str) else ""


def named(picked: Iterable[str], resolved: Any) -> dict[str, str]:  # noqa: ANN401  # as it came
    """Return what those who were picked are called there, by user id; bots are nobody, and left out."""
    names = {user: _name(user, resolved) for user in picked}
    return {user: name for user, name in names.items() if not _at(_at(_at(resolved, "users"), user), "bot")}


def _name(user: str, resolved: Any) -> str:  # noqa: ANN401  # as it came
    for group, names in (("members", ("nick",)), ("users", ("global_name", "username"))):
        found = _at(_at(resolved, group), user)
        for name in names:
            if isinstance(told := _at(found, name), str) and told:
                return told
    return user


def _at(value: Any, name: str) -> Any:  # noqa: ANN401  # as it came
    return value.get(name) if isinstance(value, dict) else None


def moment(words: str) -> datetime | None:
    """Return the instant that stands in words as Discord writes one, None where there is none or more than one."""
    found = _MOMENT.findall(words)
    if len(found) != 1:
        return None
    try:
        return _EPOCH + timedelta(seconds=int(found[0]))
    except OverflowError:
        return None
