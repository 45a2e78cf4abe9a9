"""docs/discord.md, followed step by step: the program as it is started there, and the buttons it names."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.discord import texts
from adapters.discord.permissions import needed
from adapters.discord.starting import NETWORK, TROUBLES, TokenRejected
from bot.i18n import Catalogue

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "discord.md").read_text(encoding="utf-8")


def test_the_guide_explains_each_permission_and_no_other() -> None:
    """The table is what the link asks for: nobody grants what they cannot read about."""
    table = GUIDE[GUIDE.index("| permission |") :].partition("\n\n")[0]
    assert re.findall(r"(?m)^\| ([A-Z][^|]*?) \|", table) == [one.shown for one in needed(native_events=True)]


def test_what_the_guide_quotes_is_what_the_bot_says() -> None:
    """Whoever searches for the words that they read finds them."""
    t = Catalogue().speaker("en")
    for quoted, said in (
        ("Discord does not know this bot", str(TokenRejected())),
        ("Discord cannot be reached", TROUBLES[NETWORK]),
        ("I am not allowed to do that here yet", str(texts.may_not(t, ""))),
        ("Continue", texts.continue_(t)),
    ):
        assert f"“{quoted}" in GUIDE
        assert said.startswith(quoted)
