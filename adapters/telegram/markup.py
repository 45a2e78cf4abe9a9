"""Spans as Telegram's HTML, measured as Telegram measures: in UTF-16 code units of what is seen, after parsing.

What people write is never markup. Telegram also finds things in plain words by itself; of those we break, with an
invisible character, whatever calls somebody or gives an order to another bot: "@everyone" and "/ban@otherbot". A bare
command, a web address, an e-mail address or a number stays what it is: it says what it does, and people write it to be
followed. (Our own commands are asked for and allowed like anybody's; clients address a tapped one to us.)
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from adapters.telegram.letter import PLATFORM
from bot.chat.text import Bold, Link, Mention, Moment, Shape, Slash, Span, Typed
from bot.chat.words import apart, can_be_followed, fit

if TYPE_CHECKING:
    from bot.i18n import Translator

TEXT_UNITS: Final = 4096
"""The longest text of a message."""
CAPTION_UNITS: Final = 1024
"""The longest text below a picture."""
_BREAK: Final = "\u2060"
"""Joins words without being seen: a name after it is not a user name to Telegram."""
_SHAPES: Final = {Shape.FULL: "wDt", Shape.DATE: "wD", Shape.TIME: "t", Shape.RELATIVE: "r"}
_LAST_SECOND: Final = 2**31


_SEARCHED: Final = ("", "<b>")


class Run(NamedTuple):
    """Words that are drawn alike: as they are seen, with the tag before and after them (both empty for plain ones)."""

    words: str
    before: str = ""
    after: str = ""
    whole: bool = False
    """Whether it makes sense only uncut."""

    @property
    def is_searched(self) -> bool:
        """Whether Telegram looks for names and commands in it: not in what leads somewhere or is typed as it stands."""
        return self.before in _SEARCHED


def escaped(words: str) -> str:
    """Return words that Telegram's HTML parser reads as just these words."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(value: str) -> str:
    return escaped(value).replace('"', "&quot;")


# What people may have put into words


_CALLS: Final = re.compile(r"(?P<kept>https?://[A-Za-z0-9.-]+\.[a-z]{2,}/[\w/.~%-]*@)|(?<!\w)@(?=\w|\Z)|/(?=\w+@)")


def seen(words: str) -> str:
    """Return words as they will be seen in a text: fit, and nobody called by them."""
    words = fit(words)
    if "@" in words:
        words = _CALLS.sub(lambda found: found[0] if found["kept"] else f"{found[0]}{_BREAK}", words)
    return words


# Spans


def run(span: Span, t: Translator, *, calls: bool = True) -> Run:
    """Return a span as it is drawn; `calls` says whether a mention may notify the person."""
    match span:
        case str() | Slash():  # a command in plain words can be tapped
            return plain(str(span))
        case Bold(words):
            return Run(seen(words), "<b>", "</b>")
        case Typed(words):
            # A command is tapped, which it cannot be in the fixed-width face.
            return Run(words) if _COMMAND.fullmatch(words) else Run(fit(words), "<code>", "</code>")
        case Moment():
            return moment(span, t)
        case Mention():
            return mention(span, t, calls=calls)
        case Link(words, url):
            return link(words, url)


@lru_cache(maxsize=1024)
def plain(words: str) -> Run:
    """Return plain words as they are drawn: most of a card's stood on the one before."""
    return Run(seen(words))


_COMMAND: Final = re.compile(r"/[a-z0-9_]{1,32}")


def mention(person: Mention, t: Translator, *, calls: bool) -> Run:
    """Return a person's name, which calls them where they have an account here, if it may."""
    user = next((user for platform, user in person.accounts if platform == PLATFORM), "") if calls else ""
    if user.isascii() and user.isdecimal():
        return Run(apart(fit(person.name), t.direction), f'<a href="tg://user?id={user}">', "</a>")
    return Run(apart(seen(person.name), t.direction))


def link(words: str, url: str) -> Run:
    """Return words that lead to an address; where Telegram cannot follow it, the address stands beside them."""
    if can_be_followed(url):
        return Run(fit(words), f'<a href="{_quoted(url)}">', "</a>")
    words = seen(words)
    if url.startswith(("http://", "https://")) and url != words:
        return Run(f"{words} ({seen(url)})")
    return Run(words)


@lru_cache(maxsize=2048)
def moment(told: Moment, t: Translator) -> Run:
    """Return an instant that each reader sees in their own zone; older apps show it in its own, which is named."""
    # A stretch of time from now would soon be wrong where the app does not count it.
    words = t.moment(replace(told, shape=Shape.DATE) if told.shape is Shape.RELATIVE else told)
    unix = int(told.at.timestamp())
    if not 0 < unix < _LAST_SECOND:
        return Run(words, whole=True)
    return Run(words, f'<tg-time unix="{unix}" format="{_SHAPES[told.shape]}">', "</tg-time>", whole=True)
