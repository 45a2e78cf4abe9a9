"""What a page sent, as the core hears it."""

from __future__ import annotations

import pytest

from adapters.web import inbound
from adapters.web.frames import Say
from bot.chat.inbound import Command, Typed

ADA = inbound.Speaker("ada", "Ada")


def said(words: str) -> object:
    """Return the fact that somebody's words in their private chat are."""
    frame = Say(type="say", room="p:ada", words=words, key="k")
    return inbound.act(frame, inbound.sender(ADA), inbound.private_place("ada"), "k")


@pytest.mark.parametrize(
    ("words", "name", "rest"),
    [
        ("/next", "next", ""),
        (" /Próxima  Python\nplease ", "próxima", "Python\nplease"),
        ("/pro\u0301xima", "pro\u0301xima", ""),
        ("/se-joindre Python", "se-joindre", "Python"),
        ("/सहायता", "सहायता", ""),
    ],
)
def test_a_command_is_typed_in_any_script(words: str, name: str, rest: str) -> None:
    """Whatever a menu may call it, with the marks of its letters."""
    act = said(words)
    assert isinstance(act, Command)
    assert (act.name, act.words) == (name, rest)


@pytest.mark.parametrize("words", ["/usr/bin", "see /help", "/", "/¡é!", "/--help", "/next…", f"/{'a' * 33}"])
def test_what_is_no_command_is_words(words: str) -> None:
    """A path, or a command in the middle of a sentence, is something said."""
    act = said(words)
    assert isinstance(act, Typed)
    assert act.words == words
