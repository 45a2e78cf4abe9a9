"""What people write, made fit to be shown on any platform, and measured as most platforms measure: in UTF-16 units."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

CUT: Final = "…"
"""What stands for what is left out, and for words where there are none."""
_OPENING, _CLOSING = "\u2066\u2067\u2068", "\u2069"
_MARKS = _OPENING + _CLOSING
_BLANK: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters that show nothing."""
_CLINGING: Final = frozenset({"Mn", "Me", "Mc", "Cf", "Sk"})
CLUSTER: Final = 32
"""How far back a character's beginning is looked for: people stack marks without end."""
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?")

# Fit to be shown


def _unfit() -> dict[int, str | None]:
    """Return what a platform would refuse, take out, or let turn the words around it."""
    table: dict[int, str | None] = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # halves of characters
    table |= dict.fromkeys((code for code in (*range(32), *range(0x7F, 0xA0)) if code != ord("\n")), " ")
    table |= {ord("\r"): None, 0x2028: "\n", 0x2029: "\n"}
    return table | dict.fromkeys(range(0x202A, 0x202F))


_UNFIT: Final = _unfit()
_ENDS: Final = frozenset({"\n", "\n\n"})
"""What ends a line and a paragraph, in spans of their own."""


def fit(words: str) -> str:
    """Return words without what platforms refuse, and with every turn of direction ended."""
    if words.isprintable() or words in _ENDS:  # neither controls nor directions: nearly always, and quickly seen
        return words
    words = words.translate(_UNFIT)
    return words if words.isascii() else balanced(words)


def balanced(words: str) -> str:
    """Return words in which every stretch that runs its own way also ends, so that it turns nothing after it."""
    if not any(mark in words for mark in _MARKS):
        return words
    kept: list[str] = []
    depth = 0
    for character in words:
        if character in _OPENING:
            depth += 1
        elif character == _CLOSING:
            if not depth:
                continue
            depth -= 1
        kept.append(character)
    return "".join(kept) + _CLOSING * depth


def apart(name: str, direction: str) -> str:
    """Return a name that does not turn around what stands beside it in a text of that direction (`ltr`, `rtl`)."""
    if name.isascii():
        return name
    against = {"L"} if direction == "rtl" else {"R", "AL"}
    turns = any(unicodedata.bidirectional(character) in against for character in name)
    return f"\u2068{name}\u2069" if turns else name


def has_words(words: str) -> bool:
    """Say whether anything in it is seen: platforms take no message without."""
    return any(one.isprintable() and not one.isspace() and one not in _BLANK for one in words)


@lru_cache(maxsize=256)
def can_be_followed(url: str, longest: int = 1000) -> bool:
    """Say whether platforms take an address for a link: for another, they refuse the whole message."""
    if len(url) > longest or not url.isprintable() or any(character in url for character in ' "<>\\^`{|}@'):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host.isascii():
        return False
    return "." in host and all(_LABEL.fullmatch(label) for label in host.split("."))


# Measured and cut


def units(words: str) -> int:
    """Return the length of words in UTF-16 code units."""
    if words.isascii():
        return len(words)
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def shortened(words: str, most: int) -> str:
    """Return words in up to `most` UTF-16 units; what is left out at the end shows."""
    return words if units(words) <= most else words[: furthest(words, 0, most - units(CUT))].rstrip() + CUT


def furthest(words: str, start: int, most: int) -> int:
    """Return the end of the longest stretch from `start` that has up to `most` units and halves no character."""
    end = min(len(words), start + most)
    over = units(words[start:end]) - most
    while over > 0:
        end -= 1
        over -= units(words[end])
    for back in range(end, max(start, end - CLUSTER), -1):
        if back == len(words) or not clings(words, back):
            return back
    return end


def clings(words: str, at: int) -> bool:
    """Say whether the character there belongs to the one before it."""
    return unicodedata.category(words[at]) in _CLINGING or words[at - 1] == "\u200d"
