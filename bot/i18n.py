"""Translations: gettext catalogues read through Babel, filled with spans; and dates, lists and names in a language.

English is the source and needs no catalogue. A `.po` file is compiled in memory when its language is first spoken, so
there is nothing to build and nothing to forget.
"""

from __future__ import annotations

import gettext
import io
import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from bot.chat.naming import LONGEST_NAME, is_name
from bot.chat.text import Moment, Shape, Slash, Span, Text
from bot.domain.words import as_tag, folded

DOMAIN: Final = "circlebot"
LOCALES: Final = Path(__file__).parent / "locales"
SOURCE: Final = "en"
PSEUDO: Final = "en-XA"
"""Not a language: every text in it is marked, so that a test finds what bypasses the catalogue."""

MOST_LISTED: Final = 20
"""How many names a list has."""
_Values = Span | Text | int


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for "translate this later"
    """Mark a declared text for extraction; it is translated where it is shown."""
    return message


def as_typed(name: str) -> str:
    """Return a command's name as it is compared: whoever types it may leave out its accents."""
    return folded(name)


class Translator:
    """Speaks one language."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue
        self._locale = _locale(language)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return "rtl" if self._locale.character_order == "right-to-left" else "ltr"

    def __call__(self, template: str, /, **values: _Values) -> Text:
        """Return the translated template with its `{names}` filled by spans, and its commands as such."""
        return self._filled(self.declared(template), template, values)

    def plural(self, one: str, many: str, number: int, /, **values: _Values) -> Text:
        """Return the form for `number`, which also fills `{n}`."""
        source = one if number == 1 else many
        return self._filled(self._catalogue.ngettext(one, many, number), source, {"n": number, **values})

    def words(self, template: str, /, **values: _Values) -> str:
        """Return the translation as bare words: for labels, titles, toasts.

        Words that run the other way are set apart, so that a name does not turn around what stands beside it.
        """
        if not values and "{" not in template and "}" not in template:  # a label, of which every message has several
            return self.declared(template)
        apart = {name: self._apart(value) if isinstance(value, str) else value for name, value in values.items()}
        parts, _ = self._parts(self.declared(template), template, apart)
        return "".join(map(self._bare, parts))

    def _apart(self, words: str) -> str:
        if words.isascii():
            return words
        against = {"L"} if self.direction == "rtl" else {"R", "AL"}
        turns = any(unicodedata.bidirectional(character) in against for character in words)
        return f"\u2068{words}\u2069" if turns else words

    def declared(self, text: str) -> str:
        """Return the translation of a declared text that nothing fills: braces in it are just braces."""
        return self._catalogue.gettext(text) if text else ""

    def named(self, sort: str, name: str) -> str:
        """Return what a command or an option (the `sort`) is called: one lower-case word, as menus take it.

        A translation that is no such word is no use: then it goes by its own name.
        """
        said = self._catalogue.pgettext(sort, name)
        return said if is_name(said) and len(said) <= LONGEST_NAME and said == said.lower() else name

    def plain(self, text: Text) -> str:
        """Return a text as bare words, moments in this language and in their own zone."""
        return "".join(map(self._bare, text.spans))

    def _bare(self, part: Span | Text) -> str:
        match part:
            case str():
                return part
            case Moment():
                return self.moment(part)
            case Text():
                return self.plain(part)
            case _:
                return str(part)

    def _filled(self, template: str, source: str, values: Mapping[str, _Values]) -> Text:
        parts, language = self._parts(template, source, values)
        return Text.of(*parts, language=language)

    def _parts(self, template: str, source: str, values: Mapping[str, _Values]) -> tuple[list[Span | Text], str]:
        """Return a template filled, in parts, and the language that it is in."""
        try:
            return _fill(template, values), self.language
        except (KeyError, ValueError, IndexError):  # a translator's slip in a placeholder must not cost a message
            return _fill(source, values), SOURCE

    def listed(self, names: Iterable[str], most: int = MOST_LISTED) -> str:
        """Return names as the language lists them: "Ada, Grace and Linus"; beyond `most`, how many more there are."""
        every = list(names)
        shown = every[:most]
        if len(every) > most:
            shown.append(self.words("{count} more", count=len(every) - most))
        return self._own(format_list(shown, locale=self._locale))

    def number(self, value: float) -> str:
        """Return a number as the language writes it, with one decimal where it has any: "4.3", "4,3"."""
        return str(format_decimal(round(value, 1), locale=self._locale))

    def lead(self, span: timedelta) -> str:
        """Return a stretch of time in words: "2 days", "2 hours"."""
        minutes = round(span.total_seconds() / 60)
        unit, size = next(((name, size) for name, size in _UNITS if minutes and minutes % size == 0), _UNITS[-1])
        count = minutes // size
        return self._own(format_unit(count, f"duration-{unit}", locale=self._locale))

    def moment(self, moment: Moment, now: datetime | None = None, *, name_zone: bool = True) -> str:
        """Return a moment in words, in its own zone, which is named: for where a platform cannot show the reader's."""
        return self._own(self._moment(moment, now, name_zone=name_zone))

    def _moment(self, moment: Moment, now: datetime | None, *, name_zone: bool) -> str:
        tz = ZoneInfo(moment.zone)
        local = moment.at.astimezone(tz)
        zone = f" ({self.zone(moment.zone)})" if name_zone else ""
        match moment.shape:
            case Shape.RELATIVE if now is not None:
                return format_timedelta(moment.at - now, add_direction=True, locale=self._locale)
            case Shape.DATE:
                return format_date(local, self._day(), locale=self._locale)
            case Shape.TIME:
                return format_time(local, "short", tzinfo=tz, locale=self._locale) + zone
            case _:
                day = format_date(local, self._day_and_year(), locale=self._locale)
                return f"{day}, {format_time(local, 'short', tzinfo=tz, locale=self._locale)}{zone}"

    def _day(self) -> str:
        """Return how the language writes a day: as `_day_and_year`, but for the year."""
        own = self._locale.datetime_skeletons.get("MMMMEd")
        if own is None or self._locale.language == SOURCE:
            return "EEEE, d MMMM"
        return re.sub(r"E+", "EEEE", str(own.pattern))

    def _day_and_year(self) -> str:
        """Return how the language writes a date, in full, as the platforms do that show it themselves."""
        return "EEEE, d MMMM y" if self._locale.language == SOURCE else "full"

    def weekday(self, number: int) -> str:
        """Return a weekday's name; Monday is 0."""
        return self._own(str(self._locale.days["stand-alone"]["wide"][number]))

    def clock(self, at: time) -> str:
        """Return a time of day as the language writes it."""
        return self._own(format_time(at, "short", locale=self._locale))

    def zone(self, zone: str) -> str:
        """Return a zone by its place: "Madrid Time" is unambiguous where "CET" is not."""
        return self._own(_zone_name(zone, str(self._locale)))

    def language_name(self, language: str) -> str:
        """Return a language's name in this language."""
        try:
            return self._own(Locale.parse(language.replace("-", "_")).get_display_name(self._locale) or language)
        except (UnknownLocaleError, ValueError):
            return language

    def _own(self, words: str) -> str:
        """Return words that are this language's without passing through the catalogue, marked where texts are."""
        return f"⟦{words}⟧" if self.language == PSEUDO else words


_UNITS: Final = (("day", 24 * 60), ("hour", 60), ("minute", 1))
"""The units of a lead time, in minutes: the largest that leaves no rest is said."""


@lru_cache(maxsize=2048)
def _zone_name(zone: str, locale: str) -> str:
    place = get_timezone_location(zone, locale=locale, return_city=True)
    return zone.rsplit("/", 1)[-1].replace("_", " ") if "nknown" in place else place


def _locale(language: str) -> Locale:
    if language == PSEUDO:
        return Locale.parse("en")
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE)


_SLASH: Final = re.compile(r"(?<![\w/.:~%&?=#@<>}\])+*-])/([a-z]+)(?![\w/@<>{}+*-]|[.:?&=#'’]\w)")  # noqa: RUF001  # as typed
"""A command in a sentence; no part of an address, nor of "and/or"."""


@lru_cache(maxsize=4096)
def _parsed(template: str) -> tuple[tuple[tuple[str | Slash, ...], str | None], ...]:
    parts = [(literal, name) for literal, name, _, _ in string.Formatter().parse(template)]
    return tuple((_marked(literal, at == 0, name is None), name) for at, (literal, name) in enumerate(parts))


def _marked(literal: str, is_first: bool, is_last: bool) -> tuple[str | Slash, ...]:  # noqa: FBT001  # its two ends
    """Return a template's own words with the commands in them; what a value touches is none."""
    parts: list[str | Slash] = []
    end = 0
    for found in _SLASH.finditer(literal):
        if (found.start() or is_first) and (found.end() < len(literal) or is_last):
            parts += [literal[end : found.start()], Slash(found[1])]
            end = found.end()
    return tuple(part for part in (*parts, literal[end:]) if part)


def _fill(template: str, values: Mapping[str, _Values]) -> list[Span | Text]:
    parts: list[Span | Text] = []
    for literals, name in _parsed(template):
        parts += literals
        if name is not None:
            value = values[name]
            parts.append(str(value) if isinstance(value, int) else value)
    return parts


class _Pseudo(gettext.NullTranslations):
    """Marks every text that comes through the catalogue, and keeps its placeholders."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


_WISHES_KEPT: Final = 1000


class Catalogue:
    """The languages with a catalogue under `locales`, and English. `default` serves who wishes for none of them."""

    def __init__(self, locales: Path = LOCALES, default: str = SOURCE) -> None:
        self._locales = locales
        self._speakers: dict[str, Translator] = {}
        self._by_wishes: dict[tuple[str, ...], Translator] = {}
        self._by_tag: dict[str, str] = {}
        self.default = default

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages one can choose, English first."""
        return tuple(self._known().values())

    def _known(self) -> Mapping[str, str]:
        """Return the languages by their tags as they are compared; looked for once, when they are first needed."""
        if not self._by_tag:
            paths = self._locales.glob(f"*/LC_MESSAGES/{DOMAIN}.po")
            found = {path.parent.parent.name.replace("_", "-") for path in paths} - {SOURCE}
            self._by_tag = {as_tag(tag): tag for tag in (SOURCE, *sorted(found))}
        return self._by_tag

    def best(self, *wishes: str) -> str:
        """Return the first of the wishes that we speak ("es-MX" finds "es"), else the default."""
        known = self._known()
        for wish in wishes:
            if wish == PSEUDO:
                return wish
            for tag in _widening(as_tag(wish)):
                if tag in known:
                    return known[tag]
        return self.default

    def speaker(self, *wishes: str) -> Translator:
        """Return who speaks the best of the wishes; empty ones are passed over."""
        wished = (self.default, *wishes)
        if (known := self._by_wishes.get(wished)) is not None:
            return known
        language = self.best(*wishes)
        if language not in self._speakers:
            self._speakers[language] = Translator(language, self._translations(language))
        if len(self._by_wishes) < _WISHES_KEPT:  # people's platforms say what they like
            self._by_wishes[wished] = self._speakers[language]
        return self._speakers[language]

    def _translations(self, language: str) -> gettext.NullTranslations:
        if language == PSEUDO:
            return _Pseudo()
        wider = language.rpartition("-")[0]
        po = self._locales / language.replace("-", "_") / "LC_MESSAGES" / f"{DOMAIN}.po"
        if not po.exists():
            return self._translations(wider) if wider else gettext.NullTranslations()
        from babel.messages.mofile import write_mo  # noqa: PLC0415  # only a language other than English needs it
        from babel.messages.pofile import read_po  # noqa: PLC0415

        compiled = io.BytesIO()
        with po.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language.replace("-", "_")))
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
        if wider:  # what Mexico says as everybody does stands in the wider language's catalogue
            translations.add_fallback(self._translations(wider))
        return translations


def _widening(tag: str) -> Iterable[str]:
    """Yield "zh-hant-tw", "zh-hant", "zh"."""
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]
