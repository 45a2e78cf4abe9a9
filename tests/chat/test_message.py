"""Messages: what is the same to see has the same fingerprint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.intents import Intent
from bot.chat.message import Button, Card, Message, Picture, Room, RoomKind, Style, gridded, stacked
from bot.chat.text import Bold, Text


class Poke(Intent, tag="x1"):
    """Do nothing much."""

    meeting: int


MESSAGE = Message(
    Text.of("Hello ", Bold("Ada")),
    rows=((Button("Poke", Poke(meeting=1)),),),
    title="Title",
    picture=Picture(b"png", "a picture"),
    card=Card("meeting", 1),
)


def test_what_looks_the_same_has_the_same_fingerprint() -> None:
    """Drawn again from the same facts, a card needs no edit; whether it makes a sound is not seen."""
    again = replace(MESSAGE, rows=((Button("Poke", Poke(meeting=1)),),), silent=True)
    assert again.fingerprint() == MESSAGE.fingerprint()


@pytest.mark.parametrize(
    "other",
    [
        replace(MESSAGE, text=Text.of("Hello ", "Ada")),
        replace(MESSAGE, text=Text.of("Hello Ada")),
        replace(MESSAGE, title=""),
        replace(MESSAGE, rows=()),
        replace(MESSAGE, rows=((Button("Poke", Poke(meeting=2)),),)),
        replace(MESSAGE, rows=((Button("Poke", Poke.about()),),)),
        replace(MESSAGE, rows=((Button("Poke", Poke(meeting=1), Style.DANGER),),)),
        replace(MESSAGE, picture=Picture(b"gnp", "a picture")),
        replace(MESSAGE, picture=None),
    ],
)
def test_whatever_looks_different_has_another_fingerprint(other: Message) -> None:
    """Words, marks, buttons, what they mean and pictures all count."""
    assert other.fingerprint() != MESSAGE.fingerprint()


def test_a_button_has_an_intent_or_an_address() -> None:
    """Neither and both are our mistakes, noticed at once."""
    with pytest.raises(ValueError, match="Poke"):
        Button("Poke")
    with pytest.raises(ValueError, match="Poke"):
        Button("Poke", Poke(meeting=1), url="https://example.org")
    assert Button("Look", url="https://example.org").intent is None


def test_buttons_in_rows() -> None:
    """Stacked for phones, or in rows of so many with the rest at the end."""
    buttons = tuple(Button(str(number), Poke(meeting=number)) for number in range(5))
    assert [len(row) for row in stacked(*buttons)] == [1] * 5
    assert [len(row) for row in gridded(buttons, 2)] == [2, 2, 1]


def test_a_room_knows_who_reads_it() -> None:
    """A private chat is one person's."""
    assert Room("sim", "1", kind=RoomKind.PRIVATE).is_private
    assert not Room("sim", "1").is_private
