"""How messages are known again, and whom they may notify."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adapters.discord.carriers import mentions
from adapters.discord.letter import Letter
from adapters.discord.wire import nonce


def test_a_key_is_known_again_by_a_short_word() -> None:
    """Discord takes up to 25 characters; keys are longer, and different ones must not meet."""
    words = {nonce(f"delivery:{number}", part) for number in range(1000) for part in range(3)}
    assert len(words) == 3000
    assert all(word is not None and re.fullmatch(r"[A-Za-z0-9_-]{22}", word) for word in words)
    assert nonce("delivery:1") == nonce("delivery:1", 0)
    assert nonce("") is None


def test_only_those_are_notified_whom_a_letter_names() -> None:
    """Never whom its text mentions, never everyone, never a role."""
    nobody: Mapping[str, object] = mentions(Letter("@everyone <@5> <@&6>")).to_dict()
    somebody: Mapping[str, object] = mentions(Letter("<@5>", mentions=("5",))).to_dict()
    assert nobody == {"parse": [], "users": []}
    assert somebody == {"parse": [], "users": [5]}
