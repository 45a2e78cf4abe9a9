"""What people might write, for property tests: markup of all sorts, directions, emoji, halves of characters, a lot."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.chat.text import Bold, Link, Mention, Moment, Shape, Span, Text, Typed

NASTY = (
    "<b>",
    "</b>",
    "<a href=",
    '"',
    "&",
    "&lt;",
    "&#60;",
    "<tg-time unix=1>",
    "*_`~[](",
    "@everyone",
    "@",
    "/ban@otherbot",
    "/next",
    "#tag",
    "https://example.org/@ada?a=1&b=2",
    "ada@example.org",
    "tg://user?id=7",
    "\u202e",
    "\u2066",
    "\u2068",
    "\u2069",
    "\u200d",
    "\u0301",
    "👩‍👩‍👧‍👦",
    "\U0001d518",
    "שלום",
    "مرحبا",
    "\ud800",
    "\x00",
    "\r\n",
    "\u2028",
    "\n\n",
    " ",
    "{name}",
)
WORDS = st.one_of(
    st.text(st.characters(categories=None), max_size=40),
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=5)), max_size=12).map("".join),
    st.builds(lambda words, times: words * times, st.sampled_from(NASTY), st.integers(1, 3000)),
)
URLS = st.one_of(
    st.sampled_from(
        (
            "https://example.org",
            'https://example.org/?q="><b>',
            "http://localhost:8000/x",
            "javascript:alert(1)",
            "https://[::1",
            "https://ада.рф/",
        )
    ),
    WORDS,
    st.builds("https://example.org/{}".format, st.text(max_size=20)),
)
MOMENTS = st.builds(
    Moment,
    st.datetimes(datetime(1960, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),
    st.sampled_from(("Europe/Madrid", "Asia/Kathmandu", "UTC")),
    st.sampled_from(Shape),
)
SPANS: st.SearchStrategy[Span] = st.one_of(
    WORDS,
    WORDS.map(Bold),
    WORDS.map(Typed),
    MOMENTS,
    st.builds(Mention, WORDS, st.sampled_from(((), (("telegram", "7"),), (("telegram", "<b>"),), (("web", "ada"),)))),
    st.builds(Link, WORDS, URLS),
)
TEXTS = st.builds(Text, st.lists(SPANS, max_size=12).map(tuple), st.sampled_from(("", "en", "es", "xx")))
