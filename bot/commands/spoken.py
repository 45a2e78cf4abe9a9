"""The languages that the bot speaks, as whoever sets it up may name them."""

from __future__ import annotations

from collections.abc import Iterator

from babel import Locale, UnknownLocaleError

from bot.commands.asking import Unusable
from bot.domain.words import folded
from bot.i18n import Catalogue


def offered(catalogue: Catalogue) -> list[str]:
    """Return the languages to choose from, each with what to type: "English (en)", "español (es)"."""
    named = ((tag, next(_names(tag), "")) for tag in catalogue.languages)
    return [f"{name} ({tag})" if name else tag for tag, name in named]


def meant(answer: str, catalogue: Catalogue) -> str:
    """Return the tag of the language that an answer means, the catalogue's default where it means none that is spoken.

    It may be the language's name, in that language or in English, or the tag of a region: `es_MX` is `es` to us.
    """
    named = {folded(name): tag for tag in reversed(catalogue.languages) for name in _names(tag)}
    tag = answer.partition(".")[0]  # as machines write it: es_MX.UTF-8
    return named.get(folded(answer)) or catalogue.best(tag)


def chosen(answer: str) -> str:
    """Return the tag of the language that an answer means. Raises `Unusable` where it means none that is spoken."""
    catalogue = Catalogue(default="")
    tag = meant(answer, catalogue)
    if tag not in catalogue.languages:
        there = " and ".join(offered(catalogue))
        raise Unusable(f"Circlebot does not speak that language yet; it speaks {there}")
    return tag


def _names(tag: str) -> Iterator[str]:
    """Yield what a language is called, in itself first; with its region and without."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):  # there may be texts in more languages than Babel knows
        return
    for speech in (locale, Locale("en")):
        yield from filter(None, (locale.get_display_name(speech), locale.get_language_name(speech)))
