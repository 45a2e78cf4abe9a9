"""What people might write on Discord, for property tests."""

from __future__ import annotations

from tests.support.strange_words import spans, texts, urls, words

NASTY = (
    "*",
    "**",
    "_",
    "__a__",
    "~~",
    "||",
    "`",
    "```",
    "\\",
    "\\*",
    "<",
    ">",
    "<@7>",
    "<@!7>",
    "<@&7>",
    "<#7>",
    "</ban:7>",
    "<t:0:F>",
    "<:smile:7>",
    "<a:smile:7>",
    "<id:home>",
    "<https://example.org>",
    ":smile:",
    ":",
    "://",
    "https://",
    "https://discord.gg/abc",
    "https://example.org/a_b_*c*(d)).",
    "steam://run",
    "discord.gg/abc",
    "@here",
    "[",
    "](",
    "](https://example.org)",
    "[a](https://example.org)",
    ")",
    "# ",
    "\n# ",
    "\n-# ",
    "\n> ",
    "\n>>> ",
    "\n- ",
    "\n* ",
    "\n   + ",
    "\n1. ",
    "12345) ",
    "¯\\_(ツ)_/¯",
    "\u2060",
)
WORDS = words(NASTY)
URLS = urls(WORDS)
SPANS = spans(WORDS, "discord")
TEXTS = texts(WORDS, "discord")
