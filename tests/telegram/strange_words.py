"""What people might write on Telegram, for property tests."""

from __future__ import annotations

from tests.support.strange_words import spans, texts, urls, words

NASTY = (
    "<b>",
    "</b>",
    "<a href=",
    "&",
    "&lt;",
    "&#60;",
    "<tg-time unix=1>",
    "*_`~[](",
    "/ban@otherbot",
    "tg://user?id=7",
)
WORDS = words(NASTY)
URLS = urls(WORDS)
SPANS = spans(WORDS, "telegram")
TEXTS = texts(WORDS, "telegram")
