"""Questions on the command line: asked again of people, answered once by pipes; secrets are never shown."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
from pydantic import BaseModel, ValidationError

from bot.domain.words import folded
from bot.errors import CircleBotError
from bot.i18n import Catalogue

T = TypeVar("T")


class Unusable(CircleBotError):
    """An answer that will not do; says why."""


def question(words: str, check: Callable[[str], T], *, default: str | None = None, hidden: bool = False) -> T:
    """Ask until the answer will do; whoever answers through a pipe gets no second try."""
    while True:
        answer = _line(words, default, hidden=hidden)
        try:
            return check(answer)
        except Unusable as error:
            why = f"{error}{'' if str(error).endswith(('.', '?', '!')) else '.'}"
            if not sys.stdin.isatty():
                raise Unusable(f"{words.partition('?')[0].strip()}: {why} Nothing was written.") from None
            click.echo(f"  That does not fit: {why}")


def _line(words: str, default: str | None, *, hidden: bool) -> str:
    if hidden and not sys.stdin.isatty():  # nobody types: nothing is to be hidden, and there is no terminal to ask
        click.echo(f"{words}: ")
        line = sys.stdin.readline()
        if not line:
            raise click.Abort
        return line.strip()
    # Also where nothing goes without saying: click would ask again without a word of why.
    usual = default or ""
    answer: str = click.prompt(words, default=usual, hide_input=hidden, show_default=bool(usual), type=str)
    return answer.strip()


def yes(words: str, *, default: bool) -> bool:
    """Ask a question that takes yes or no."""
    return question(f"\n{words}", _yes_or_no, default="yes" if default else "no")


def _yes_or_no(answer: str) -> bool:
    """Return what a yes or a no says in any language that there is, or how one begins."""
    catalogue, said = Catalogue(), folded(answer)
    found = {
        says
        for tag in catalogue.languages
        for says, word in ((True, "Yes"), (False, "No"))
        if said and folded(catalogue.speaker(tag).words(word)).startswith(said)
    }
    if len(found) != 1:
        raise Unusable("say yes or no")
    return found.pop()


def one_of(*values: str) -> Callable[[str], str]:
    """Return a check that takes one of several words, or how it begins."""

    def check(answer: str) -> str:
        found = [value for value in values if answer and value.startswith(answer.casefold())]
        if len(found) != 1:
            raise Unusable(f"say {' or '.join(values)}")
        return found[0]

    return check


def checked(section: type[BaseModel], key: str, answer: object, **others: object) -> Any:  # noqa: ANN401  # as the setting's type is
    """Return an answer as its setting takes it. Raises `Unusable`, which never holds the answer."""
    try:
        return getattr(section(**{key: answer, **others}), key)
    except ValidationError as error:
        detail = next((one for one in error.errors() if one["loc"][:1] == (key,)), error.errors()[0])
        raise Unusable(str(detail["msg"]).removeprefix("Value error, ")) from None
