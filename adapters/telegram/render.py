"""A message as a letter: pure. It fits Telegram's limits, whatever people wrote."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from adapters.telegram.fitting import cut, split
from adapters.telegram.letter import Key, Keyboard, Letter
from adapters.telegram.markup import CAPTION_UNITS, Run, run, seen
from bot.chat.message import Button, Chart, Message, Picture, Style
from bot.chat.words import CUT, can_be_followed, fit, has_words, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.chat.intents import Intent
    from bot.chat.text import Text
    from bot.i18n import Catalogue, Translator

LABEL_UNITS: Final = 64
"""The longest label; a phone shows about two thirds of it."""
BUTTONS: Final = 100
"""How many buttons stand below a message at most."""
IN_A_ROW: Final = 8
_WIDTHS: Final = (0, LABEL_UNITS, 22, 13, 8, 6, 5, 4, 3)
"""How many letters of a label a small phone shows, by how many buttons stand beside each other."""
_GRID: Final = 3
"""Rows of so many buttons that do the same are a grid, shorter ones are as they were meant."""
_MANY: Final = 40
_SHORT_LABEL_UNITS: Final = 24
"""The longest label among so many buttons that Telegram might find the keyboard as a whole too long."""
_GAP: Final = Run("\n\n")
_STYLES: Final = {style: None if style is Style.PLAIN else style.value for style in Style}


def drawn(message: Message, catalogue: Catalogue, *, whole: bool = True) -> Letter:
    """Return a message as it is sent: over several texts where it is long, or in one, cut, if not `whole`."""
    t = catalogue.speaker(message.text.language)
    # A card is posted again and again, so it calls nobody by name.
    runs = written(message.title, message.text, t, calls=message.card is None)
    picture = message.picture if isinstance(message.picture, Picture) else None
    if isinstance(message.picture, Chart):
        runs += [_GAP, Run(seen(message.picture.alt))]
    if message.rows:
        runs += _addresses(message.rows)
    return Letter(
        parts=split(runs) if whole else (cut(runs),),
        keyboard=_below(message.rows) if message.rows else None,
        picture=picture,
        caption=shortened(seen(picture.alt), CAPTION_UNITS) if picture else "",
        silent=message.silent,
    )


def short(text: Text, t: Translator, *, quoted: str = "") -> Letter:
    """Return a sentence of the adapter's own, perhaps as the answer to a message."""
    return Letter(parts=(cut(written("", text, t)),), reply_to=quoted)


@lru_cache(maxsize=2048)
def _below(rows: tuple[tuple[Button, ...], ...]) -> Keyboard | None:
    """Return a message's buttons. A card is drawn many times with the same ones, and they are what costs most."""
    found: list[list[Key | None]] = []
    for grid in _grids(rows):
        buttons = [_inline(button) for row in grid for button in row]
        beside = len(buttons)
        if len(grid) > 1:
            beside = min(len(grid[0]), across([button.text for button in buttons if button is not None]))
        found += [buttons[start : start + beside] for start in range(0, len(buttons), beside)]
    return keyboard(found)


def _grids(rows: Sequence[tuple[Button, ...]]) -> Iterator[list[tuple[Button, ...]]]:
    """Yield the rows; those whose buttons all do the same (a meeting each, say) together, to be laid out as one."""
    grid: list[tuple[Button, ...]] = []
    for row in filter(None, rows):
        is_more = bool(grid) and len(grid[-1]) == len(grid[0]) >= _GRID and _does(row) == _does(grid[0]) is not None
        if grid and not is_more:
            yield grid
            grid = []
        grid.append(row)
    if grid:
        yield grid


def _does(row: Sequence[Button]) -> type[Intent] | None:
    """Return what all buttons of a row do, None where they differ."""
    kinds = {type(button.intent) for button in row if button.intent is not None}
    return kinds.pop() if len(kinds) == 1 else None


def written(title: str, text: Text, t: Translator, *, calls: bool = True) -> list[Run]:
    """Return a text below its title in bold, ready to be fitted; `calls` says whether mentions may notify."""
    runs: list[Run] = []
    heading = " ".join(seen(title).split())
    if heading:
        runs.append(Run(heading, "<b>", "</b>"))
        if text:
            runs.append(_GAP)
    runs.extend(run(span, t, calls=calls) for span in text.spans)
    return runs


def keyboard(rows: Iterable[Iterable[Key | None]]) -> Keyboard | None:
    """Return rows of buttons within Telegram's limits, None where there are none.

    A row never wraps on Telegram, its labels are cut: one that a phone could not show is laid out over several.
    """
    found: list[list[Key]] = []
    left = BUTTONS
    for row in rows:
        shown = [button for button in row if button is not None][:left]
        left -= len(shown)
        if shown:
            beside = across([button.text for button in shown])
            lines = -(-len(shown) // beside)
            beside = -(-len(shown) // lines)  # two and two rather than three and one
            found.extend(shown[start : start + beside] for start in range(0, len(shown), beside))
    if BUTTONS - left > _MANY:
        found = [[_shorter(button) for button in row] for row in found]
    return Keyboard(tuple(map(tuple, found))) if found else None


def across(labels: Sequence[str]) -> int:
    """Return how many buttons with such labels can stand beside each other on a phone."""
    longest = max(map(len, labels), default=0)
    return next((most for most in range(min(len(labels), IN_A_ROW), 1, -1) if longest <= _WIDTHS[most]), 1)


def _shorter(button: Key) -> Key:
    label = shortened(button.text, _SHORT_LABEL_UNITS)
    return replace(button, text=label)


def pressed(label: str, payload: str, style: Style = Style.PLAIN) -> Key:
    """Return a button that sends `payload` (up to 64 bytes) when it is tapped."""
    return Key(_label(label), callback_data=payload, style=_STYLES[style])


def opening(label: str, url: str) -> Key | None:
    """Return a button that opens an address; None where Telegram would refuse the address, and all of the message."""
    return Key(_label(label), url=url) if can_be_followed(url) else None


def _inline(button: Button) -> Key | None:
    if button.intent is not None:
        return pressed(button.label, button.intent.payload(), button.style)
    return opening(button.label, button.url)


def _label(label: str) -> str:
    words = " ".join(fit(label).split())
    return shortened(words, LABEL_UNITS) if has_words(words) else CUT


def _addresses(rows: Sequence[Sequence[Button]]) -> list[Run]:
    """Return, as words, the addresses that cannot be on a button."""
    found: list[Run] = []
    for row in rows:
        for button in row:
            if button.url.startswith(("http://", "https://")) and not can_be_followed(button.url):
                found += [_GAP, Run(seen(f"{button.label}: {button.url}"))]
    return found
