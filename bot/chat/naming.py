"""What commands and their options may be called, in any script: the same in every menu and wherever they are typed."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST_NAME: Final = 32
"""How many characters a name has in the menus of all platforms."""
_JOINING: Final = frozenset("-'")
_MARKS: Final = frozenset({"Mn", "Mc"})
"""What some scripts write their vowels with, and what an accent is that was typed by itself."""


def is_name(word: str) -> bool:
    """Say whether a word is letters with their marks, digits and _, and - and ' in between, as names are."""
    return bool(word) and _is_letter(word[0]) and all(map(_is_of_names, word))


def _is_of_names(character: str) -> bool:
    return _is_letter(character) or character in _JOINING or unicodedata.category(character) in _MARKS


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"
