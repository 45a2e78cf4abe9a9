"""Translations: gettext catalogues read through Babel, filled with spans; and dates, lists and names in a language.

English is the source and needs no catalogue. A `.po` file is compiled in memory when its language is first spoken, so
there is nothing to build and nothing to forget.
"""

from __future__ import annotations

import gettext
import io
import string
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.chat.text import Moment, Shape, Span, Text

DOMAIN: Final = "circlebot"
LOCALES: Final = Path(__file__).parent / "locales"
SOURCE: Final = "en"
PSEUDO: Final = "en-XA"
"""Not a language: every text in it is marked, so that a test finds what bypasses the catalogue."""

_Values = Span | Text | int


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for "translate this later"
    """Mark a declared text for extraction; it is translated where it is shown."""
    return message


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
        """Return the translated template with its `{names}` filled by spans."""
        return self._filled(self._catalogue.gettext(template) if template else "", template, values)

    def plural(self, one: str, many: str, number: int, /, **values: _Values) -> Text:
        """Return the form for `number`, which also fills `{n}`."""
        return self._filled(self._catalogue.ngettext(one, many, number), many, {"n": number, **values})

    def words(self, template: str, /, **values: _Values) -> str:
        """Return the translation as bare words: for labels, titles, toasts."""
        return str(self(template, **values))

    def _filled(self, template: str, source: str, values: Mapping[str, _Values]) -> Text:
        try:
            return _fill(template, values)
        except (KeyError, ValueError, IndexError):  # a translator's slip in a placeholder must not cost a message
            return _fill(source, values)

    def listed(self, names: Iterable[str]) -> str:
        """Return names as the language lists them: "Ada, Grace and Linus"."""
        return format_list(list(names), locale=self._locale)

    def number(self, value: float) -> str:
        """Return a number as the language writes it, with one decimal where it has any: "4.3", "4,3"."""
        return str(format_decimal(round(value, 1), locale=self._locale))

    def lead(self, span: timedelta) -> str:
        """Return a stretch of time in words: "2 days", "2 hours"."""
        return format_timedelta(span, threshold=1.2 if span.days < 7 else 10, granularity="minute", locale=self._locale)  # noqa: PLR2004  # a week

    def moment(self, moment: Moment, now: datetime | None = None, *, name_zone: bool = True) -> str:
        """Return a moment in words, in its own zone, which is named: for where the platform cannot show the reader's."""
        tz = ZoneInfo(moment.zone)
        local = moment.at.astimezone(tz)
        zone = f" ({self.zone(moment.zone)})" if name_zone else ""
        match moment.shape:
            case Shape.RELATIVE if now is not None:
                return format_timedelta(moment.at - now, add_direction=True, locale=self._locale)
            case Shape.DATE:
                return format_date(
                    local, "EEEE d MMMM" if self._locale.language != "en" else "EEEE, d MMMM", locale=self._locale
                )
            case Shape.TIME:
                return format_time(local, "short", tzinfo=tz, locale=self._locale) + zone
            case _:
                day = format_datetime(local, "EEE d MMM y", tzinfo=tz, locale=self._locale)
                return f"{day}, {format_time(local, 'short', tzinfo=tz, locale=self._locale)}{zone}"

    def weekday(self, number: int) -> str:
        """Return a weekday's name; Monday is 0."""
        return self._locale.days["stand-alone"]["wide"][number]

    def clock(self, at: time) -> str:
        """Return a time of day as the language writes it."""
        return format_time(at, "short", locale=self._locale)

    def zone(self, zone: str) -> str:
        """Return a zone by its place: "Madrid Time" is unambiguous where "CET" is not."""
        return _zone_name(zone, str(self._locale))

    def language_name(self, language: str) -> str:
        """Return a language's name in this language."""
        return _locale(language).get_display_name(self._locale) or language


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


@cache
def _parsed(template: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, name) for literal, name, _, _ in string.Formatter().parse(template))


def _fill(template: str, values: Mapping[str, _Values]) -> Text:
    parts: list[Span | Text] = []
    for literal, name in _parsed(template):
        if literal:
            parts.append(literal)
        if name is not None:
            value = values[name]
            parts.append(str(value) if isinstance(value, int) else value)
    return Text.of(*parts)


class _Pseudo(gettext.NullTranslations):
    """Marks every text that comes through the catalogue, and keeps its placeholders."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


class Catalogue:
    """All languages we have. `extra` adds translations made elsewhere (tests)."""

    def __init__(self, locales: Path = LOCALES, default: str = SOURCE) -> None:
        self._locales = locales
        self._speakers: dict[str, Translator] = {}
        self.default = default

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages one can choose, English first."""
        found = (path.parent.parent.name.replace("_", "-") for path in self._locales.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
        return (SOURCE, *sorted(set(found) - {SOURCE}))

    def best(self, *wishes: str) -> str:
        """Return the first of the wishes that we speak ("es-MX" finds "es"), else the default."""
        for wish in wishes:
            if wish == PSEUDO:
                return wish
            for tag in (wish, wish.replace("_", "-").split("-")[0]):
                if tag in self.languages:
                    return tag
        return self.default

    def speaker(self, *wishes: str) -> Translator:
        """Return who speaks the best of the wishes. Cached by wishes: the tap's path."""
        key = "|".join(wishes)
        if key not in self._speakers:
            language = self.best(*filter(None, wishes))
            self._speakers[key] = Translator(language, self._translations(language))
        return self._speakers[key]

    def _translations(self, language: str) -> gettext.NullTranslations:
        if language == PSEUDO:
            return _Pseudo()
        po = self._locales / language.replace("-", "_") / "LC_MESSAGES" / f"{DOMAIN}.po"
        if not po.exists():
            return gettext.NullTranslations()
        from babel.messages.mofile import write_mo  # noqa: PLC0415  # only a language other than English needs it
        from babel.messages.pofile import read_po  # noqa: PLC0415

        compiled = io.BytesIO()
        with po.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language.replace("-", "_")))
        compiled.seek(0)
        return gettext.GNUTranslations(compiled)
