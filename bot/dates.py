"""Dates and times in people's words, read by dateparser, which knows two hundred languages. Slow: never in a transaction."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.i18n import SOURCE

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


class WrittenDates:
    """Implements `bot.ports.DateWords`. dateparser is imported with the first date that somebody writes."""

    def read(self, words: str, language: str, zone: str, now: datetime) -> datetime | None:
        """Return the naive wall-clock time that the words mean in `zone`, to the minute.

        A weekday means the next one that is still ahead. Words without a time of day mean nothing: an hour is never guessed.
        """
        if _ISO.fullmatch(words.strip()):
            try:
                return datetime.fromisoformat(words.strip())
            except ValueError:
                return None
        return self._parsed(words, language, zone, now)

    def _parsed(self, words: str, language: str, zone: str, now: datetime) -> datetime | None:
        here = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)
        try:
            found = self._parser(language, here).get_date_data(words.strip())
        except (ValueError, OverflowError, TypeError, RecursionError):  # a year such as 99999 reaches the calendar's end
            return None
        if found.date_obj is None or found.period != "time":
            return None
        return found.date_obj.replace(second=0, microsecond=0, tzinfo=None)

    def _parser(self, language: str, here: datetime) -> DateDataParser:
        from dateparser.date import DateDataParser  # noqa: PLC0415  # a tenth of a second that a start does not need

        return DateDataParser(
            languages=list(dict.fromkeys([language.split("-")[0], SOURCE])),
            settings={
                "PREFER_DATES_FROM": "future",
                "RELATIVE_BASE": here,
                "RETURN_TIME_AS_PERIOD": True,
                "RETURN_AS_TIMEZONE_AWARE": False,
                "DATE_ORDER": "DMY",
            },
        )
