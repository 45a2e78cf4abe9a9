"""Runs made to fit Discord's limits: split over several messages, or cut at the end.

Discord counts the characters that are sent, backslashes and all. What it takes for a character it does not say: its
servers have counted code points, its apps count UTF-16 units. By units, which are never fewer, both are content.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from adapters.discord.markup import Atom, Run, atoms, escaped, joined, markdown
from bot.chat.words import CLUSTER, CUT, fit, has_words, shortened, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CONTENT: Final = 2000
"""The longest message of words alone."""
TITLE: Final = 256
"""The longest title of an embed."""
DESCRIPTION: Final = 4096
"""The longest text of an embed; with its title it stays far below the 6000 that all of one may have."""
_AROUND: Final = 9
"""What marks around a run take at most, with what parts it from the one before."""
_SPARE: Final = 8
"""What a piece may grow by, as its first word begins a line now."""
_BREAKS: Final = (("\n\n", 0.5), ("\n", 0.5), (" ", 0.75))
"""Where to break, best first, and how much of a message must be full by then."""


def split(runs: Sequence[Run], most: int) -> tuple[str, ...]:
    """Return runs as the Markdown of one message or, where they are long, of several."""
    whole = markdown(runs).strip()
    if units(whole) <= most:
        return (whole if is_seen(runs) else CUT,)
    found = (markdown(piece).strip() for piece in _pieces(runs, most - _SPARE) if is_seen(piece))
    return tuple(found) or (CUT,)


def cut(runs: Sequence[Run], most: int) -> str:
    """Return runs as the Markdown of one message, without the end that does not fit."""
    kept = _beginning(runs, most + 1)
    whole = markdown(kept).strip()
    if kept is runs and units(whole) <= most:
        return whole if is_seen(runs) else CUT
    first = next(_pieces(kept, most - _SPARE - units(CUT)), [])
    return markdown([*first, Run(CUT)]).strip()


def _beginning(runs: Sequence[Run], most: int) -> Sequence[Run]:
    """Return what is certain to hold the first `most` units of runs: a character takes one at least."""
    if sum(1 if one.ready else len(one.words) for one in runs) <= most:
        return runs
    found: list[Run] = []
    for one in runs:
        found.append(one if one.ready else one._replace(words=one.words[: most + CLUSTER]))
        most -= 1 if one.ready else len(one.words)
        if most < -CLUSTER:
            break
    return found


@lru_cache(maxsize=1024)
def one_line(words: str, most: int) -> str:
    """Return words as a line of Markdown of up to `most` units: no address in it leads anywhere.

    A card keeps its title.
    """
    words = shortened(" ".join(fit(words).split()), most)
    while (over := units(drawn := escaped(words, links=False)) - most) > 0:
        words = shortened(words, units(words) - max(1, over // 2))
    return drawn if has_words(words) else ""


def label(words: str, most: int) -> str:
    """Return words for where nothing is markup: a line of up to `most` units, empty where nothing would be seen."""
    words = " ".join(fit(words).split())
    return shortened(words, most) if has_words(words) else ""


def is_seen(runs: Iterable[Run]) -> bool:
    """Say whether anything of it is seen."""
    return any(has_words(one.words) for one in runs)


def _pieces(runs: Sequence[Run], most: int) -> Iterator[list[Run]]:
    """Yield runs of up to `most` units each, broken at paragraphs, else lines, else words, else anywhere."""
    runs = list(joined(runs))
    parts = list(atoms(runs))
    start = 0
    while start < len(parts):
        end = _break(parts, start, _furthest(parts, start, most))
        yield _together(runs, parts[start:end])
        start = end
        while start < len(parts) and parts[start].words.isspace():
            start += 1


def _furthest(parts: Sequence[Atom], start: int, most: int) -> int:
    """Return the end of the longest stretch from `start` that has up to `most` units; one atom always fits."""
    used, before = 0, -1
    for at in range(start, len(parts)):
        used += units(parts[at].drawn) + (_AROUND if parts[at].run != before else 0)
        before = parts[at].run
        if used > most and at > start:
            return at
    return len(parts)


def _break(parts: Sequence[Atom], start: int, end: int) -> int:
    """Return the best place to break after `start` and not after `end`."""
    if end == len(parts):
        return end
    words = [part.words for part in parts[start:end]]
    for separator, full in _BREAKS:
        least = max(1, int(full * len(words)))
        for at in range(len(words) - 1, least - 1, -1):
            if words[at] == separator[0] and (len(separator) == 1 or words[at - 1] == separator[0]):
                return start + at
    return end


def _together(runs: Sequence[Run], parts: Iterable[Atom]) -> list[Run]:
    """Return atoms as the runs that they were parts of, without blanks at the end."""
    found: list[Run] = []
    for number, group in groupby(parts, key=attrgetter("run")):
        one = runs[number]
        found.append(one if one.ready else one._replace(words="".join(part.words for part in group)))
    while found and not found[-1].words.strip():
        found.pop()
    if found and not found[-1].ready:
        found[-1] = found[-1]._replace(words=found[-1].words.rstrip())
    return found
