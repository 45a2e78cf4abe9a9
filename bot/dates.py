"""Dates and times in people's words, read by dateparser, which knows 200 languages. Slow, so done beforehand."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.i18n import SOURCE

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_ZONED = re.compile(
    r"\d\s*(?:z|utc|gmt|[ap]?m?\s*[+-]\d\d:?\d\d)\b|\b(?:utc|gmt|c?est|cet|bst|e[sd]t|p[sd]t)\b", re.IGNORECASE
)
"""A zone in the words, which could be another than the one at hand: what they mean then is better asked."""

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)

_HOUR = (r"\b(\d{1,2})\s?h\s?(\d\d)\b", r"\1:\2"), (r"\b(\d{1,2})\s?(?:h|hs|hrs)\b\.?", r"\1:00")
_PLAINER: Final = {
    "en": (
        *_HOUR,
        (r"\b(?:at\s+)?(?:12\s*)?noon\b", "at 12:00"),
        (r"\b(?:this|the|on)\b", " "),
        (r"\bo.clock\b", ":00"),
        (r"(\d)\s+:00", r"\1:00"),
    ),
    "es": (
        *_HOUR,
        (r"\bmediod[ií]a\b", "12:00"),
        (r"\bpasado ma[ñn]ana\b", "en 2 días"),
        (r"\b(?:de|por) la (?:tarde|noche)\b", "pm"),
        (r"\b(?:de|por) la ma[ñn]ana\b", "am"),
        (r"\ba\s+las?\s+(1[3-9]|2[0-3])(?![\d:.])", r" \1:00"),  # without minutes, where no half of the day is missing
        (r"\ba\s+las?\b|\b(?:el|este|pr[oó]ximo|que viene)\b", " "),
    ),
}
"""What dateparser does not read, or reads as something else, in words that it does: a pattern and what replaces it."""


class WrittenDates:
    """Implements `bot.ports.DateWords`. dateparser is imported with the first date that somebody writes."""

    def read(self, words: str, language: str, zone: str, now: datetime) -> datetime | None:
        """Return the naive wall-clock time that the words mean in `zone`, to the minute.

        A weekday means the next one that is still ahead, today's too. Words without a time of day mean nothing, and so
        do words that name a zone: neither an hour nor a place is ever guessed.
        """
        words = " ".join(words.split())
        if _ISO.fullmatch(words):
            try:
                return datetime.fromisoformat(words)
            except ValueError:
                return None
        if _ZONED.search(words):
            return None
        # An odd second: to dateparser, a day at the very hour it is now is a day without an hour.
        here = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=1, microsecond=1)
        spoken = language.partition("-")[0].casefold()
        for tongue in dict.fromkeys((spoken, SOURCE)):
            found = self._ahead(_plain(words, tongue), tongue, here)
            if found is not None:
                return found
        return None

    def _ahead(self, words: str, language: str, here: datetime) -> datetime | None:
        found = self._parsed(words, language, here)
        if found is not None and found.date() == (here + _WEEK).date():
            # dateparser's Monday, said on a Monday, is next week's. Seen from yesterday it is today's, unlike a date.
            nearer = self._parsed(words, language, here - _DAY)
            if nearer == found - _WEEK and nearer > here:
                return nearer
        return found

    def _parsed(self, words: str, language: str, here: datetime) -> datetime | None:
        try:
            found = self._parser(language, here).get_date_data(words)
        except (ValueError, OverflowError, TypeError, RecursionError):  # no such language; a year such as 99999
            return None
        if found.date_obj is None or found.period != "time":
            return None
        return found.date_obj.replace(second=0, microsecond=0, tzinfo=None)

    def _parser(self, language: str, here: datetime) -> DateDataParser:
        from dateparser.date import DateDataParser  # noqa: PLC0415  # a tenth of a second that a start does not need

        return DateDataParser(
            languages=[language],
            settings={
                "PREFER_DATES_FROM": "future",
                "RELATIVE_BASE": here,
                "RETURN_TIME_AS_PERIOD": True,
                "RETURN_AS_TIMEZONE_AWARE": False,
                "DATE_ORDER": "DMY",
            },
        )


def _plain(words: str, language: str) -> str:
    for pattern, plainer in _PLAINER.get(language, ()):
        words = re.sub(pattern, plainer, words, flags=re.IGNORECASE)
    return " ".join(words.replace(",", " ").split())
