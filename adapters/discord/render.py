"""A message as a letter: pure. It fits Discord's limits, whatever people wrote.

A short message without a title is words alone. Any other is an embed, whose title, text and picture belong together
and from which Discord makes no previews. Nobody is notified by an embed: whoever is called stands above it, too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from adapters.discord.fitting import CONTENT, DESCRIPTION, TITLE, cut, is_seen, label, one_line, split
from adapters.discord.letter import Json, Letter
from adapters.discord.markup import LONGEST_ADDRESS, Run, command, leads_into_discord, markdown, run
from bot.chat.message import Button, Chart, Message, Picture, Style, gridded
from bot.chat.text import Text
from bot.chat.words import CUT, can_be_followed, fit, shortened, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.i18n import Catalogue

COLOUR: Final = 0x5B7FA6
"""The line beside an embed: one calm colour, for colours say nothing here."""
ROWS: Final = 5
ACROSS: Final = 5
LABEL: Final = 80
_ALT: Final = 1024
_NAME: Final = 100
_TOAST: Final = 300
_CALLED: Final = 50
"""How many are called above an embed at most."""
_GAP: Final = Run("\n\n")
_AGAIN: Final = "#"
"""Stands before the number of a button whose like stands in the same message; no payload has it."""
_STYLES: Final = {Style.PRIMARY: 1, Style.PLAIN: 2, Style.SUCCESS: 3, Style.DANGER: 4}
_LINK: Final = 5
_UNFIT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")

NO_IDS: Final[Mapping[str, str]] = MappingProxyType({})
"""Before Discord was told the menu: then a command is just words."""

Rows = tuple[tuple[Button, ...], ...]


def drawn(
    message: Message,
    catalogue: Catalogue,
    *,
    whole: bool = True,
    toast: str = "",
    ids: Mapping[str, str] = NO_IDS,
) -> Letter:
    """Return a message as it is sent: over several where it is long, or in one, cut, if not `whole`.

    `toast` is a short word to whoever acted, which stands above it, small. `ids` are those of our commands.
    """
    direction = catalogue.speaker(message.text.language).direction
    # A card is posted again and again, so it calls nobody by name.
    runs = written(message.text, direction, calls=message.card is None, ids=ids)
    if isinstance(message.picture, Chart):
        runs += [_GAP, Run(fit(message.picture.alt))]
    runs += _addresses(message.rows)
    small = f"-# {line}" if (line := one_line(toast, _TOAST)) else ""
    picture = _attached(message.picture) if isinstance(message.picture, Picture) else None
    title = one_line(message.title, TITLE)
    called = tuple(dict.fromkeys(one.calls for one in runs if one.calls))[:_CALLED]
    bare = "" if title or picture else _bare(runs, small)
    if bare:
        letters = [Letter(content=bare, mentions=called, silent=message.silent)]
    else:
        texts = split(runs, DESCRIPTION) if whole else (cut(runs, DESCRIPTION),)
        if title and texts == (CUT,) and not is_seen(runs):
            texts = ("",)
        above = "\n".join(filter(None, (small, " ".join(f"<@{user}>" for user in called))))
        letters = [Letter(above, embed(texts[0], title), mentions=called, silent=message.silent)]
        letters += [Letter(embed=embed(text), silent=message.silent) for text in texts[1:]]
    last = replace(letters.pop(), components=buttons(message.rows))
    if picture is not None:
        last = replace(last, picture=picture, embed=(last.embed or {}) | _shown(picture))
    return replace(letters[0], more=(*letters[1:], last)) if letters else last


def _bare(runs: list[Run], small: str) -> str:
    """Return runs as a message without an embed, empty where it takes one."""
    body = markdown(runs).strip() if is_seen(runs) else CUT
    words = f"{small}\n{body}" if small else body
    return "" if units(words) > CONTENT or leads_into_discord(body) else words


def short(words: Text | str) -> Letter:
    """Return a sentence of the adapter's own."""
    runs = written(Text.of(words), "ltr")
    called = tuple(dict.fromkeys(one.calls for one in runs if one.calls))
    return Letter(content=cut(runs, CONTENT), mentions=called)


def written(text: Text, direction: str, *, calls: bool = True, ids: Mapping[str, str] = NO_IDS) -> list[Run]:
    """Return a text ready to be fitted; `calls` says whether mentions may notify, `ids` are those of our commands."""
    return [one for span in text.spans for one in command(span, ids) or run(span, direction, calls=calls)]


def read_payload(custom_id: str) -> str:
    """Return the payload that a button's custom_id carries."""
    return custom_id.partition(_AGAIN)[0]


def embed(text: str, title: str = "") -> Json:
    """Return an embed of what is Markdown already; what is empty is left out."""
    return {"color": COLOUR} | ({"title": title} if title else {}) | ({"description": text} if text else {})


# Pictures


def _attached(picture: Picture) -> Picture:
    """Return a picture under a name that can be referred to, with a text alternative that fits."""
    name = _UNFIT_IN_NAMES.sub("-", picture.name)[-_NAME:].strip(".-") or "picture.png"
    return replace(picture, name=name, alt=shortened(fit(picture.alt), _ALT))


def _shown(picture: Picture) -> Json:
    return {"image": {"url": f"attachment://{picture.name}"}}


# Buttons


@lru_cache(maxsize=2048)
def buttons(rows: Rows) -> tuple[Json, ...]:
    """Return a message's buttons as Discord's rows. A card is drawn many times with the same ones."""
    taken: dict[str, int] = {}
    return tuple(
        {"type": 1, "components": [_button(button, taken) for button in row]} for row in laid_out(filter(None, rows))
    )


def laid_out(rows: Iterable[tuple[Button, ...]]) -> Rows:
    """Return rows within Discord's limits: as they were meant where they fit, else with short ones put together.

    Beyond all limits the last row stays, which leads back or on.
    """
    fitting = (tuple(button for button in row if _can_be_drawn(button)) for row in rows)
    found = [part for row in fitting for part in gridded(row, ACROSS)]
    while len(found) > ROWS:
        sizes = [len(one) + len(other) for one, other in pairwise(found)]
        least = min(sizes)
        if least > ACROSS:
            break
        at = sizes.index(least)
        found[at : at + 2] = [found[at] + found[at + 1]]
    if len(found) <= ROWS:
        return tuple(found)
    *firsts, last = found
    left = tuple(button for row in firsts for button in row)
    if len(left) + len(last) <= ROWS * ACROSS and len(gridded(left, ACROSS)) == ROWS:
        return gridded(left + last, ACROSS)
    return (*gridded(left, ACROSS)[: ROWS - 1], last)


def _can_be_drawn(button: Button) -> bool:
    return button.intent is not None or can_be_followed(button.url, LONGEST_ADDRESS)


def _button(button: Button, taken: dict[str, int]) -> Json:
    words = label(button.label, LABEL) or CUT
    if button.intent is None:
        return {"type": 2, "style": _LINK, "label": words, "url": button.url}
    return pressed(words, button.intent.payload(), button.style, taken)


def pressed(words: str, payload: str, style: Style, taken: dict[str, int]) -> Json:
    """Return a button that sends `payload`; `taken` counts those of the message, for Discord wants each of its own."""
    times = taken[payload] = taken.get(payload, 0) + 1
    custom_id = payload if times == 1 else f"{payload}{_AGAIN}{times}"
    return {"type": 2, "style": _STYLES[style], "label": words, "custom_id": custom_id}


def _addresses(rows: Sequence[Sequence[Button]]) -> list[Run]:
    """Return, as words, the addresses that cannot be on a button."""
    found: list[Run] = []
    for row in rows:
        for button in row:
            if button.url.startswith(("http://", "https://")) and not _can_be_drawn(button):
                found += [_GAP, Run(fit(f"{button.label}: {button.url}"))]
    return found
