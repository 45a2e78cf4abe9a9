"""A question of a form as a letter, and what its buttons say back: pure.

A button's payload is the adapter's own: "?<draft>.<field>.<value>" answers, with an empty value skips, and
"?<draft>.<field>!" keeps the answer so far. The draft is in base 36. No intent's tag begins with "?".
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from adapters.telegram import texts
from adapters.telegram.fitting import cut
from adapters.telegram.letter import Letter
from adapters.telegram.render import across, keyboard, opening, pressed, written
from bot.chat.intents import PAYLOAD_BYTES, Kind, base36, unbase36
from bot.chat.message import Style
from bot.chat.text import Bold, Moment, Text, lines, paragraphs

if TYPE_CHECKING:
    from adapters.telegram.letter import Key
    from bot.chat.forms import Choice, Page, Question
    from bot.i18n import Translator

_OFFERED: Final = 6
"""How many of what can be searched for are offered before anything was written."""
_MOST_CHOICES: Final = 90
_MOST_ACROSS: Final = 4
_NUMBERS_ACROSS: Final = 5
_LISTED: Final = 38
"""Longer choices than that are listed in the text, and the buttons bear their numbers: a phone would cut them."""
_KEPT_SHOWN: Final = 28
_FORM: Final = re.compile(r"\?([0-9a-z]{1,13})\.([a-z][a-z0-9_]*)(?:\.(.*)|(!))")
_BY_BUTTON: Final = frozenset({Kind.CHOICE})


def prompt(page: Page, t: Translator, *, in_room: bool, reply_to: str = "") -> Letter:
    """Return a page's first question as one message; `reply_to` is what it answers.

    In a room, words are heard only as a reply: the message asks for one, or says so where it has buttons.
    """
    question = _as_it_stands(page.questions[0])
    rows = _rows(page, question, t)
    by_reply = in_room and question.kind not in _BY_BUTTON
    wants_reply = by_reply and question.required and not question.choices  # a message has buttons or asks for a reply
    runs = written(texts.heading(t, page.title, page.step, page.steps), _asked(page, question, t, in_room=in_room), t)
    return Letter(
        parts=(cut(runs),),
        keyboard=None if wants_reply else keyboard(rows),
        reply_to=reply_to,
        wants_reply=wants_reply,
    )


def invitation_to_private(page: Page, t: Translator, url: str, reply_to: str = "") -> Letter:
    """Return the offer to go on with a form in the private chat, which `url` opens."""
    runs = written(page.title, texts.between_us(t) if page.discreet else texts.in_private(t), t)
    return Letter(parts=(cut(runs),), keyboard=keyboard([[opening(texts.open_private(t), url)]]), reply_to=reply_to)


def answer_of(payload: str) -> tuple[int, dict[str, str], tuple[str, ...]] | None:
    """Return the draft, the answers and the fields kept that a prompt's button stands for; None for anything else."""
    found = _FORM.fullmatch(payload)
    if found is None or not _rides(payload):
        return None
    digits, field, value, kept = found.groups()
    try:
        draft = unbase36(digits)
    except ValueError:
        return None
    return (draft, {}, (field,)) if kept else (draft, {field: value}, ())


# What is asked


def _as_it_stands(question: Question) -> Question:
    """Return a question with the answer that can be kept: refused words are no such answer, what stood before is."""
    return replace(question, value=question.before) if question.error else question


def _asked(page: Page, question: Question, t: Translator, *, in_room: bool) -> Text:
    how: Text | str = ""
    if question.choices and (question.kind is not Kind.CHOICE or len(_offered(page, question)) < len(question.choices)):
        how = texts.tap_or_reply(t) if in_room else texts.tap_or_write(t)
    elif question.kind not in _BY_BUTTON and in_room:
        how = texts.reply_with_it(t)
    elif question.kind not in _BY_BUTTON and not question.hint:
        how = texts.write_it(t)
    kept = _kept(question, t)
    so_far = texts.so_far(t, kept) if len(kept) > _KEPT_SHOWN else ""
    error = Text.of(Bold(question.error)) if question.error else ""
    choices = _list(page, question) if _listed(page, question) else ""
    return paragraphs(page.intro, error, question.prompt, question.hint, choices, so_far, how)


def _kept(question: Question, t: Translator) -> str:
    """Return the answer so far as words, nothing where there is none to keep."""
    if not question.value:
        return ""
    if question.kind is Kind.WHEN:
        try:
            local = datetime.fromisoformat(question.value).replace(tzinfo=UTC)
        except ValueError:
            return ""
        return t.moment(Moment(local, "UTC"), name_zone=False)
    if question.choices or question.kind in {Kind.CHOICE, Kind.SEARCH}:
        plain = "" if question.value.isdecimal() else question.value  # a number among choices is an id
        return next((choice.label for choice in question.choices if choice.value == question.value), plain)
    return question.value


# Its buttons


def _rows(page: Page, question: Question, t: Translator) -> list[list[Key | None]]:
    start = _start(page, question)
    rows = _choices(page, question)
    ticked = any(choice.value == question.value for choice, _ in _offered(page, question))
    kept = "" if ticked or question.kind in _BY_BUTTON else _kept(question, t)
    if kept:
        label = texts.keep(t, kept) if len(kept) <= _KEPT_SHOWN else texts.keep_it(t)
        rows.append([pressed(label, f"{start}!", Style.PRIMARY)])
    last: list[Key | None] = []
    if not question.required and not (question.kind is Kind.NUMBER and question.value):  # a number stays as usual
        last.append(pressed(texts.leave_empty(t) if question.value else texts.skip(t), f"{start}."))
    if page.drop is not None:
        last.append(pressed(texts.forget_it(t), page.drop.payload()))
    return [*rows, last]


def _start(page: Page, question: Question) -> str:
    return f"?{base36(page.draft)}.{question.field}"


def _offered(page: Page, question: Question) -> list[tuple[Choice, str]]:
    """Return the choices that stand on buttons, with their payloads; the others can be written."""
    start = _start(page, question)
    most = _OFFERED if question.kind is Kind.SEARCH else _MOST_CHOICES
    offered = [(choice, f"{start}.{choice.value}") for choice in question.choices]
    return [(choice, payload) for choice, payload in offered if _rides(payload)][:most]


def _rides(payload: str) -> bool:
    """Say whether a button can carry a payload."""
    return payload.isprintable() and len(payload.encode()) <= PAYLOAD_BYTES


def _listed(page: Page, question: Question) -> bool:
    """Say whether the choices stand in the text: on buttons, a phone would cut them where they begin to differ."""
    offered = _offered(page, question)
    return len(offered) > 1 and max(len(choice.label) for choice, _ in offered) > _LISTED


def _list(page: Page, question: Question) -> Text:
    """Return the choices, a line each, with the numbers that their buttons bear."""
    return lines(
        *(
            Text.of(Bold(f"{number}."), " ", _ticked(choice, question))
            for number, (choice, _) in enumerate(_offered(page, question), start=1)
        )
    )


def _ticked(choice: Choice, question: Question) -> str:
    return f"✓ {choice.label}" if choice.value == question.value else choice.label


def _choices(page: Page, question: Question) -> list[list[Key | None]]:
    offered = _offered(page, question)
    if _listed(page, question):
        buttons = [pressed(str(number), payload) for number, (_, payload) in enumerate(offered, start=1)]
        beside = _NUMBERS_ACROSS
    else:
        labels = [_ticked(choice, question) for choice, _ in offered]
        buttons = [pressed(label, payload) for label, (_, payload) in zip(labels, offered, strict=True)]
        beside = min(_MOST_ACROSS, across(labels))
    return [list(buttons[at : at + beside]) for at in range(0, len(buttons), beside)]
