"""The words of an invitation: a template with a few variables, which facilitators may write themselves.

What people write is read here and nowhere else: it is never a template of the catalogue, and a brace that begins no
variable is a brace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import lru_cache

from bot.chat.text import Span, Text
from bot.i18n import N_, Translator

OURS = N_("{when}\n{where}\n{course}")
"""The words for circles that have none of their own."""
VARIABLES = ("circle", "course", "meeting", "topic", "when", "where")
Values = Mapping[str, Callable[[], Span | Text]]
"""What each variable says: made only where the template names it, for a card is drawn at every tap."""
_VARIABLE = re.compile(r"\{([^{}\n]*)\}")


def unknown(template: str) -> dict[str, str]:
    """Return the variables that there are none of, each with the nearest that there is (empty where none is near)."""
    wrong = dict.fromkeys(name for name in _VARIABLE.findall(template) if name.strip() not in VARIABLES)
    return {name: next(iter(get_close_matches(name.strip().casefold(), VARIABLES, n=1)), "") for name in wrong}


def filled(template: str, values: Values) -> Text:
    """Return the template with its variables filled by spans; what is no variable stays as it was written.

    A line of variables that are all empty is left out.
    """
    parts: list[Span | Text] = []
    for line in template.split("\n"):
        text = _filled(line, values)
        if text or not _VARIABLE.search(line):
            parts += ["\n", text]
    return Text.of(*parts[1:])


def _filled(line: str, values: Values) -> Text:
    parts: list[Span | Text] = []
    end = 0
    for match in _VARIABLE.finditer(line):
        parts.append(line[end : match.start()])
        value = values.get(match[1].strip())
        parts.append(value() if value else match[0])
        end = match.end()
    return Text.of(*parts, line[end:])


@lru_cache(maxsize=64)
def ours(t: Translator) -> str:
    """Return our own words as a template in a language: with its variables still to be filled."""
    return t.words(OURS, **{name: f"{{{name}}}" for name in VARIABLES})
