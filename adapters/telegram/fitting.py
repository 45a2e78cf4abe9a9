"""Runs made to fit Telegram's limits: split over several messages, or cut at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.telegram.markup import TEXT_UNITS, Run, escaped, seen
from bot.chat.words import CUT, furthest, has_words, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ENTITIES: Final = 100
"""How many marked stretches a message may have."""
_BREAKS: Final = (("\n\n", 0.5), ("\n", 0.5), (" ", 0.75))
"""Where to break, best first, and how much of a message must be full by then."""
_KEPT_WHOLE: Final = 400
"""A marked stretch of up to so many characters is not broken."""
_AT: Final = "\uff20"
"""Looks like "@", is as long, and calls nobody."""
_SPARE: Final = 4
"""What a broken run may grow by when it is made fit again at either end."""
_APART: Final = dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069))


def html(runs: Iterable[Run]) -> str:
    """Return runs as HTML; marked stretches beyond Telegram's limit are plain, and call nobody for that."""
    marked = 0
    drawn: list[str] = []
    for run in runs:
        words, before, after, _ = run
        if not before:
            drawn.append(escaped(words))
            continue
        marked += 1
        if marked <= ENTITIES:
            drawn.append(f"{before}{escaped(words)}{after}")
        else:
            drawn.append(escaped(run.words if run.is_searched else run.words.replace("@", _AT)))
    return "".join(drawn)


def split(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return runs as the HTML of one message or, where they are long, of several."""
    if _surely_fit(runs):
        return (html(runs),)
    pieces = [html(piece) for piece in _pieces(runs, TEXT_UNITS) if _is_seen(piece)]
    return tuple(pieces) or (CUT,)


def cut(runs: Sequence[Run]) -> str:
    """Return runs as the HTML of one message, without the end that does not fit."""
    if _surely_fit(runs):
        return html(runs)
    if units("".join(run.words for run in runs)) <= TEXT_UNITS:
        return html(runs) if _is_seen(runs) else CUT
    return html([*next(_pieces(runs, TEXT_UNITS - units(CUT))), Run(CUT)])


def _surely_fit(runs: Sequence[Run]) -> bool:
    """Say, without counting units, whether one message holds the runs: nearly always."""
    return 2 * sum([len(run.words) for run in runs]) <= TEXT_UNITS and _is_seen(runs)


def _is_seen(runs: Iterable[Run]) -> bool:
    return any(has_words(run.words) for run in runs)


def _pieces(runs: Sequence[Run], most: int) -> Iterator[list[Run]]:
    """Yield runs of up to `most` units each, broken at paragraphs, else lines, else words, else anywhere."""
    words = "".join(run.words for run in runs)
    unbroken = _unbroken(runs)
    most = most if units(words) <= most else most - _SPARE
    start = 0
    while start < len(words):
        end = furthest(words, start, most)
        if end < len(words):
            end = _break(words, start, end, unbroken)
        yield _slice(runs, start, end)
        start = end
        while start < len(words) and words[start].isspace():
            start += 1


def _unbroken(runs: Sequence[Run]) -> list[tuple[int, int]]:
    """Return where the runs begin and end that are not to be broken."""
    found: list[tuple[int, int]] = []
    start = 0
    for run in runs:
        end = start + len(run.words)
        if run.before and (run.whole or len(run.words) <= _KEPT_WHOLE):
            found.append((start, end))
        start = end
    return found


def _break(words: str, start: int, end: int, unbroken: Iterable[tuple[int, int]]) -> int:
    """Return the best place to break after `start` and not after `end`."""

    def outside(at: int) -> int:
        return next((first for first, last in unbroken if first < at < last), at)

    for separator, full in _BREAKS:
        at = outside(words.rfind(separator, start, end))
        if at > start + full * (end - start):
            return at
    at = outside(end)
    return at if at > start else end


def _slice(runs: Iterable[Run], start: int, end: int) -> list[Run]:
    """Return what of the runs lies between two places; blanks at the end are dropped."""
    found: list[Run] = []
    at = 0
    for run in runs:
        first, last = max(start - at, 0), min(end - at, len(run.words))
        at += len(run.words)
        if first >= last:
            continue
        part = run.words[first:last]
        found.append(run if part == run.words else _broken(run, part))
    while found and not found[-1].words.strip():
        found.pop()
    if found:
        found[-1] = found[-1]._replace(words=found[-1].words.rstrip())
    return found


def _broken(run: Run, part: str) -> Run:
    """Return a part of a run: a mark that sets words apart may have lost its partner, and "@" the address it was in."""
    words = part.translate(_APART)
    return run._replace(words=seen(words) if run.is_searched else words)
