"""What was found out about a set-up, for whoever runs the bot; in English, as all that they see is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` says what to do where it is not fine."""

    fine: bool
    what: str
    remedy: str = ""


def printable(words: str) -> str:
    """Leave out what would move about in a terminal."""
    return "".join(letter for letter in words if letter.isprintable())
