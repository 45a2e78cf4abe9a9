"""What bypasses the catalogue: in the pseudo-language, every letter that is not marked must be somebody's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.chat.forms import Page
from bot.chat.message import Ask as AskReply
from bot.chat.message import Chart, Message, Picture, Redraw, Reply, Say, Toast
from bot.chat.text import Link, Mention, Moment, Text, Typed

_ADDRESS = re.compile(r"https?://\S+")


def unmarked(words: str) -> str:
    """Return what stands outside of ⟦…⟧, which may lie one within the other."""
    depth, found = 0, []
    for character in words:
        depth += {"⟦": 1, "⟧": -1}.get(character, 0)
        if depth <= 0 and character not in "⟦⟧":
            found.append(character)
    return "".join(found)


def bypassing(shown: Reply | Message | Page, own: Iterable[str]) -> list[str]:
    """Return the words of a message, page or toast that no translator can reach and that are not in `own`.

    `own` are the words that people or the community wrote: names, titles, links. Longer ones are taken out first.
    """
    known = sorted({words for words in own if words}, key=len, reverse=True)
    found = []
    for words in _said(shown):
        rest = _ADDRESS.sub("", unmarked(words))
        for one in known:
            rest = rest.replace(one, "")
        if any(character.isalpha() for character in rest):
            found.append(words)
    return found


def _said(shown: Reply | Message | Page) -> Iterator[str]:
    """Yield everything that is read, each piece by itself."""
    match shown:
        case Say(message):
            yield from _said(message)
        case Redraw(message, toast):
            yield toast
            yield from _said(message)
        case Toast(words):
            yield words
        case AskReply(page):
            yield from _said(page)
        case Message():
            yield shown.title
            yield _words(shown.text)
            yield from (button.label for row in shown.rows for button in row)
            yield from _in_picture(shown.picture)
        case Page():
            yield shown.title
            yield _words(shown.intro)
            for question in shown.questions:
                yield from (question.prompt, question.hint, question.error)
                yield from (choice.label for choice in question.choices)


def _in_picture(picture: Picture | Chart | None) -> Iterator[str]:
    if picture is None:
        return
    yield picture.alt
    if isinstance(picture, Chart):
        yield picture.title
        yield from picture.labels
        yield from (series.name for series in picture.series)


def _words(text: Text) -> str:
    """Return a text's words: without moments, which the platform says, people and commands, which nobody translates."""
    return "".join(
        "" if isinstance(span, Moment | Mention | Typed) else span.words if isinstance(span, Link) else str(span)
        for span in text.spans
    )
