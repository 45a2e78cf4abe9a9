"""A page of a form as data for the page's dialog: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.web.render import spans

if TYPE_CHECKING:
    from adapters.web.frames import Json
    from bot.chat.forms import Page, Question

QUESTIONS_PER_PAGE = 12
"""How many questions the dialog shows at once."""


def question(asked: Question) -> Json:
    """Return one question."""
    return {
        "field": asked.field,
        "prompt": asked.prompt,
        "kind": asked.kind.value,
        "hint": asked.hint,
        "required": asked.required,
        "longest": asked.longest,
        "choices": [[choice.value, choice.label] for choice in asked.choices],
        "value": asked.value,
        "error": asked.error,
    }


def page(form: Page) -> Json:
    """Return the dialog's contents."""
    return {
        "draft": form.draft,
        "title": form.title,
        "intro": spans(form.intro),
        "step": form.step,
        "steps": form.steps,
        "questions": [question(asked) for asked in form.questions],
    }
