"""Spans as Discord's Markdown. What people write is never markup: it is seen as they wrote it, and calls nobody.

A backslash takes its meaning from any sign that begins something. Where that is not enough:

* Discord finds who is called in the bare text, past every backslash and even in code. What calls is set apart with an
  invisible character, too; and no message may notify anybody but those whom `Letter.mentions` names.
* In the words of a link, Discord shows the backslashes: plain words alone lead somewhere; beside others the address
  stands.
* In code, a backslash is a backslash, and a backtick ends it: one that is meant as a sign is drawn as its look-alike.
* An address that people typed can be followed. In "<…>" it ends where it ends, and Discord adds no preview; one that
  Discord is itself behind it adds something for all the same, so it stands in an embed (`leads_into_discord`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from adapters.discord.letter import PLATFORM
from bot.chat.text import Bold, Link, Mention, Moment, Shape, Slash, Span, Typed
from bot.chat.words import CLUSTER, apart, can_be_followed, clings, fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_COMMANDS: Final = (Slash, Typed)
"""The spans that may be commands."""
_BOLD: Final = "**"
_CODE: Final = "`"
_BREAK: Final = "\u2060"
"""Joins words without being seen: what stands on either side of it does not belong together to Discord."""
_BACKTICK: Final = "\u02cb"
"""Looks like a backtick, and ends no code."""
_SHAPES: Final = {Shape.FULL: "F", Shape.DATE: "D", Shape.TIME: "t", Shape.RELATIVE: "R"}
LONGEST_ADDRESS: Final = 500
SNOWFLAKE: Final = 20
"""How many digits an id of Discord's has at most."""
_CLOSES: Final = ".,;:!?'\"*_~|]}…”’»"  # noqa: RUF001  # what people close a sentence with
"""What at the end of an address belongs to the sentence."""


class Run(NamedTuple):
    """Words that are drawn alike: as they are seen, with the mark around them (empty for plain ones).

    `ready` is the whole of it in Discord's own words where it makes sense only uncut.
    """

    words: str
    mark: str = ""
    ready: str = ""
    calls: str = ""
    """The user whom it may notify."""


class Atom(NamedTuple):
    """What is not parted when words are cut: a sign with its backslash, an address, a mention; else a character."""

    words: str
    drawn: str
    run: int


# What people may have put into words

_STARTS: Final = r"(?P<start>^[^\S\n]{0,200}(?:[#>+-]{1,6}|\d{1,300}[.)]))"
"""What makes a line a heading, a quote, an item of a list or small print."""
_ADDRESS: Final = r"(?P<address>https?://[^\s<>]{1,600})"
_CALL: Final = r"(?P<call>@(?=everyone|here)|(?<=<)@(?=[!&]?\d))"
_SIGNS: Final = r"[\\*_~|`<\[\]]|:(?!\s)"
_OWN: Final = r"(?i:(?<=discord)\.(?=gg|com|gift|new|media)|(?<=discordapp)\.(?=com|net))"
_MEANT: Final = re.compile(f"{_ADDRESS}|{_STARTS}|{_CALL}|{_SIGNS}|{_OWN}", re.MULTILINE)
_MEANT_UNLINKED: Final = re.compile(f"{_STARTS}|{_CALL}|{_SIGNS}|{_OWN}", re.MULTILINE)
_WIDE: Final = re.compile(r"([^\S\n]{200})[^\S\n]+")
"""More blanks than anybody means: how many may lie before what begins a line has to have an end."""
_SIGN: Final = re.compile(r"(?=[^\s\d])")
_DISCORDS: Final = re.compile(r"https?://(?:[\w-]+\.)*(?:discord(?:app)?\.|dis\.gd)", re.IGNORECASE)


@lru_cache(maxsize=1024)
def escaped(words: str, *, fresh: bool = True, links: bool = True) -> str:
    """Return words that Discord shows as just these words.

    `fresh` says that they begin a line; `links` that addresses in them can be followed.
    """
    meant = _MEANT if links else _MEANT_UNLINKED
    return meant.sub(_at_the_beginning if fresh else _further_on, words)


def _at_the_beginning(found: re.Match[str]) -> str:
    """Return what Discord would take for something else than words, as words; an address as an address."""
    match found.lastgroup:
        case "address":
            return _address(found[0])
        case "start":
            return _SIGN.sub(r"\\", found[0])
        case "call":
            return f"\\{found[0]}{_BREAK}"
        case _:
            return f"\\{found[0]}"


def _further_on(found: re.Match[str]) -> str:
    """Return the same of words that do not begin a line."""
    if found.start() == 0 and found.lastgroup == "start":
        return found[0]
    return _at_the_beginning(found)


def _address(words: str) -> str:
    url = words.rstrip(_CLOSES)
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(_CLOSES)
    host = url.split("/", 3)[2] if url.count("/") > 1 else ""
    if "@" in host or not can_be_followed(url.replace("@", ""), LONGEST_ADDRESS):
        return escaped(words, fresh=False, links=False)
    return f"<{url}>{escaped(words[len(url) :], fresh=False, links=False)}"


def leads_into_discord(drawn: str) -> bool:
    """Say whether Discord would add something of its own to a message with such words, invited or not."""
    return bool(_DISCORDS.search(drawn))


# Spans


@lru_cache(maxsize=1024)
def run(span: Span, direction: str = "ltr", *, calls: bool = True) -> tuple[Run, ...]:
    """Return a span as it is drawn; `calls` says whether a mention may notify the person.

    Most spans of a card stood on the one before.
    """
    match span:
        case str() | Slash():
            return (Run(_WIDE.sub(r"\1", fit(str(span)))),)
        case Bold(words):
            return tuple(_bold(_WIDE.sub(r"\1", fit(words))))
        case Typed(words):
            return (Run(fit(words).replace(_CODE, _BACKTICK), _CODE if words.strip() else ""),)
        case Moment(at, _, shape):
            tag = f"<t:{int(at.timestamp())}:{_SHAPES[shape]}>"
            return (Run(tag, ready=tag),)
        case Mention():
            return (mention(span, direction, calls=calls),)
        case Link(words, url):
            return tuple(_link(fit(words), url))


def command(span: Span, ids: Mapping[str, str]) -> tuple[Run, ...]:
    """Return a command as Discord's own mention of it: tapped, and called as in each reader's menu.

    Nothing where it is none, or nobody knows its id.
    """
    if not isinstance(span, _COMMANDS):
        return ()
    words = str(span)
    number = ids.get(words[1:], "") if words.startswith("/") else ""
    return (Run(words, ready=f"<{words}:{number}>"),) if number else ()


def _bold(words: str) -> Iterator[Run]:
    """Yield bold words line by line, and the blanks around them plain: so every client reads them."""
    for part in re.split(r"(^\s+|\s*\n\s*|\s+$)", words):
        if part:
            yield Run(part, _BOLD if part.strip() else "")


def mention(person: Mention, direction: str, *, calls: bool) -> Run:
    """Return a person's name, as Discord's own mention where they have an account here, if it may be one."""
    user = next((user for platform, user in person.accounts if platform == PLATFORM), "") if calls else ""
    name = apart(" ".join(fit(person.name).split()), direction)
    if user.isascii() and user.isdecimal() and len(user) <= SNOWFLAKE:
        return Run(name, ready=f"<@{user}>", calls=user)
    return Run(name)


_CALM: Final = re.compile(r"(?!\d+[.)])[^\W_](?:[^\W_]|[ .,'’!?&/()+–—-]){0,200}")  # noqa: RUF001  # as in titles
"""Words in which nothing has to be escaped."""


def _link(words: str, url: str) -> Iterator[Run]:
    """Yield words that lead to an address; where they cannot, it stands beside them."""
    if not can_be_followed(url, LONGEST_ADDRESS):
        yield Run(words)
        if url.startswith(("http://", "https://")) and url != words:
            yield Run(f" ({fit(url)})")
    elif url == words or not words.strip():
        yield Run(url, ready=f"<{url}>")
    elif _CALM.fullmatch(words) and "discord" not in words.casefold():
        target = url.replace("(", "%28").replace(")", "%29")
        yield Run(words, ready=f"[{words}](<{target}>)")
    else:
        yield from (Run(f"{words} ("), Run(url, ready=f"<{url}>"), Run(")"))


# Runs, drawn


def markdown(runs: Iterable[Run]) -> str:
    """Return runs as Discord's Markdown."""
    out: list[str] = []
    mark = ""
    for one in joined(runs):
        if one.ready:
            drawn = one.ready
        elif one.mark == _CODE:
            drawn = f"```\n{one.words}\n```" if "\n" in one.words else f"`{one.words}`"
        elif one.mark:
            drawn = f"{one.mark}{escaped(one.words, links=False)}{one.mark}"
        else:
            drawn = escaped(one.words, fresh=not out or out[-1].endswith("\n"))
        if one.mark and one.mark == mark:
            out.append(_BREAK)  # two marks in a row would be read as one
        mark = one.mark
        out.append(drawn)
    return "".join(out)


def joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield the runs that have words, plain ones as one: what is split between two of them is still one to Discord."""
    plain: list[str] = []
    for one in runs:
        if not one.mark and not one.ready:
            plain.append(one.words)
            continue
        if any(plain):
            yield Run("".join(plain))
        plain = []
        if one.words:
            yield one
    if any(plain):
        yield Run("".join(plain))


def atoms(runs: Iterable[Run]) -> Iterator[Atom]:
    """Yield what runs consist of, each with the number of its run."""
    for number, one in enumerate(runs):
        if one.ready:
            yield Atom(one.words, one.ready, number)
            continue
        meant = _MEANT_UNLINKED if one.mark else _MEANT
        at = 0
        for found in meant.finditer(one.words) if one.mark != _CODE else ():
            yield from _letters(one.words[at : found.start()], number)
            yield Atom(found[0], _at_the_beginning(found), number)
            at = found.end()
        yield from _letters(one.words[at:], number)


def _letters(words: str, number: int) -> Iterator[Atom]:
    """Yield characters with all that clings to them, as far as that is reasonable."""
    start = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or not clings(words, at) or at - start >= CLUSTER:
            yield Atom(words[start:at], words[start:at], number)
            start = at
