"""Words in forms that were refused: they stand in the form again when it is opened to be mended.

The core knows what was good. What was not is shown to the person at once on other platforms; on Discord there is a tap
in between. Where the words are lost on the way, the person writes them anew.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Final

from bot.chat.forms import Page, Question

REMEMBERED: Final = 1000
"""Of how many forms the refused words are kept."""


class Mending:
    """The pages that were refused last."""

    def __init__(self, *, most: int = REMEMBERED) -> None:
        self._most = most
        self._refused: OrderedDict[int, Page] = OrderedDict()

    def keep(self, page: Page) -> None:
        """Remember what was refused of a page."""
        self._refused[page.draft] = page
        self._refused.move_to_end(page.draft)
        while len(self._refused) > self._most:
            self._refused.popitem(last=False)

    def forget(self, draft: int) -> None:
        """Forget a form that was sent again."""
        self._refused.pop(draft, None)

    def mended(self, page: Page) -> Page:
        """Return a page with the words in it that were refused last, and why."""
        before = self._refused.get(page.draft)
        if before is None:
            return page
        refused = {question.field: question for question in before.questions if question.error}
        return replace(page, questions=tuple(_again(one, refused.get(one.field)) for one in page.questions))


def _again(question: Question, before: Question | None) -> Question:
    if before is None or question.error:
        return question
    return replace(question, value=before.value, error=before.error, before=before.before)
