"""Discord's Markdown as its apps read it, or stricter: what might be markup counts as such. Knows nothing of ours.

At every place the rules are tried in turn, as the apps do: a backslash takes the meaning from a sign; then come code,
what stands between angle brackets, links, stress, and what has a meaning at the beginning of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """Something read: what it is, the words that are seen of it, and where it leads or whom it means."""

    kind: str
    words: str
    target: str = ""
    written: str = ""


_AT_A_LINE: tuple[tuple[str, str], ...] = (
    ("small", r"[ ]*-#[ ]"),
    ("heading", r"\s*#"),
    ("quote", r"\s*>"),
    ("list", r"\s*(?:[-+]|\*\s|\d+[.)])"),
)
_ANYWHERE: tuple[tuple[str, str], ...] = (
    ("escape", r"\\(?P<words>[^0-9A-Za-z\s])"),
    ("block", r"```(?:[a-z0-9_+.#-]+\n)?\n*(?P<words>[^\n][\s\S]*?)\n*```"),
    ("code", r"(?P<fence>`+)(?P<words>[\s\S]*?[^`])(?P=fence)(?!`)"),
    ("command", r"<(?P<words>/[-_'\w]{1,32}):(?P<target>\d{1,20})>"),
    ("mention", r"<@!?(?P<target>\d+)>"),
    ("time", r"<t:(?P<target>-?\d+)(?::[tTdDfFsSR])?>"),
    ("address", r"<(?P<target>https?://[^ >]+)>"),
    ("angle", r"<(?=[@#/:at&!]|id:|[^: >]+:/|\S+@|\+\d)"),
    (
        "link",
        r"\[(?P<words>(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]\(\s*<?(?P<target>[^\s\\]*?)>?(?:\s[\s\S]*?)?\s*\)",
    ),
    ("bold", r"\*\*(?P<inner>(?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
    ("underline", r"__(?:\\[\s\S]|[^\\])+?__(?!_)"),
    ("italic", r"\*(?:\\[\s\S]|[^\\*])+?\*|_(?:\\[\s\S]|[^\\_])+?_"),
    ("strike", r"~~(?:\\[\s\S]|[^\\])+?~~"),
    ("spoiler", r"\|\|(?:\\[\s\S]|[^\\])+?\|\|"),
    ("bare address", r"(?:https?|steam|discord)://\S"),
    ("invitation", r"(?i:(?:discord(?:app)?\.(?:com|gg|gift|new|media))/)"),
    ("emoji", r":[^\s:]+:"),
    ("everyone", r"@(?:everyone|here)"),
)
_RULES_AT_A_LINE = tuple((kind, re.compile(rule)) for kind, rule in _AT_A_LINE)
_RULES = tuple((kind, re.compile(rule)) for kind, rule in _ANYWHERE)
_PLAIN = re.compile(r"[^\\`<\[*_~|:@hsdHSD#>\-+\d\n]+")
_PINGS = re.compile(r"@everyone|@here|<@[!&]?\d+>")


def read(written: str, *, inside: bool = False) -> list[Token]:
    """Return what Discord's apps make of a message or of an embed's text."""
    return list(_read(written, inside=inside))


def _read(written: str, *, inside: bool) -> Iterator[Token]:
    at = start = 0
    plain = ""
    while at < len(written):
        found = _found(written, at, fresh=at == 0 or written[at - 1] == "\n", inside=inside)
        if found is None:
            run = _PLAIN.match(written, at)
            end = run.end() if run else at + 1
            plain += written[at:end]
            at = end
            continue
        kind, match = found
        if kind == "escape":
            plain += match["words"]
        else:
            if plain:
                yield Token("words", plain, "", written[start:at])
            plain = ""
            yield from _token(kind, match)
            start = match.end()
        at = match.end()
    if plain:
        yield Token("words", plain, "", written[start:])


def _found(written: str, at: int, *, fresh: bool, inside: bool) -> tuple[str, re.Match[str]] | None:
    for kind, rule in (*(_RULES_AT_A_LINE if fresh else ()), *_RULES):
        if inside and kind == "bold":
            continue
        if match := rule.match(written, at):
            return kind, match
    return None


def _token(kind: str, match: re.Match[str]) -> Iterator[Token]:
    groups = match.groupdict()
    if kind == "bold":
        for one in _read(groups["inner"], inside=True):
            yield Token("bold" if one.kind == "words" else f"bold {one.kind}", one.words, one.target, one.written)
    else:
        target = groups.get("target") or ""
        yield Token(kind, groups.get("words") or target or match[0], target, match[0])


def words(tokens: list[Token]) -> str:
    """Return all that is seen."""
    return "".join(token.words for token in tokens)


def called(written: str) -> list[str]:
    """Return whom Discord's servers find called in a message, past every backslash; left out are code and addresses."""
    left_out = {"block", "code", "address"}
    return _PINGS.findall("".join(" " if token.kind in left_out else token.written for token in read(written)))
