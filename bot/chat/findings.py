"""What was found out about a set-up, for whoever runs the bot; in English, as all that they see is."""

from __future__ import annotations

from bot.records import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` says what to do where it is not fine.

    `refused` says that the platform itself has said no: the same once more would not help.
    """

    fine: bool
    what: str
    remedy: str = ""
    refused: bool = False


def printable(words: str) -> str:
    """Leave out what would move about in a terminal."""
    return "".join(letter for letter in words if letter.isprintable())
