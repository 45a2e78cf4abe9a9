"""What people might write, for property tests: markup of all sorts, directions, emoji, halves of characters, a lot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from bot.chat.text import Bold, Link, Mention, Moment, Shape, Span, Text, Typed

if TYPE_CHECKING:
    from collections.abc import Sequence

_ANYWHERE: Final = (
    '"',
    "@everyone",
    "@",
    "/next",
    "#tag",
    "https://example.org/@ada?a=1&b=2",
    "ada@example.org",
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
"""What is strange on every platform."""
MOMENTS: Final = st.builds(
    Moment,
    st.datetimes(datetime(1960, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),
    st.sampled_from(("Europe/Madrid", "Asia/Kathmandu", "UTC")),
    st.sampled_from(Shape),
)


def words(nasty: Sequence[str]) -> st.SearchStrategy[str]:
    """Return words in which what is nasty on a platform comes up often."""
    pieces = (*_ANYWHERE, *nasty)
    return st.one_of(
        st.text(st.characters(categories=None), max_size=40),
        st.lists(st.one_of(st.sampled_from(pieces), st.text(max_size=5)), max_size=12).map("".join),
        st.builds(lambda one, times: one * times, st.sampled_from(pieces), st.integers(1, 3000)),
    )


def urls(strange: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return addresses and what is none."""
    return st.one_of(
        st.sampled_from(
            (
                "https://example.org",
                'https://example.org/?q="><b>',
                "https://example.org/(a)_*b*)",
                "http://localhost:8000/x",
                "javascript:alert(1)",
                "https://[::1",
                "https://ада.рф/",
            )
        ),
        strange,
        st.builds("https://example.org/{}".format, st.text(max_size=20)),
    )


def spans(strange: st.SearchStrategy[str], platform: str) -> st.SearchStrategy[Span]:
    """Return spans of every sort; some people have an account on the platform."""
    accounts = ((), ((platform, "7"),), ((platform, "<b>"),), (("web", "ada"),))
    return st.one_of(
        strange,
        strange.map(Bold),
        strange.map(Typed),
        MOMENTS,
        st.builds(Mention, strange, st.sampled_from(accounts)),
        st.builds(Link, strange, urls(strange)),
    )


def texts(strange: st.SearchStrategy[str], platform: str) -> st.SearchStrategy[Text]:
    """Return texts of such spans."""
    return st.builds(
        Text, st.lists(spans(strange, platform), max_size=12).map(tuple), st.sampled_from(("", "en", "es", "xx"))
    )
