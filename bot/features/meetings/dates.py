"""Which dates a meeting may have, and what to say of the others."""

from __future__ import annotations

from datetime import UTC, datetime, time

from bot.chat.text import Bold, Moment, Shape, Text
from bot.domain.meetings import MOST_AHEAD, HourRepeated, HourSkipped, instant
from bot.i18n import Translator

NOON = time(12)


def problem(local: datetime, zone: str, now: datetime, t: Translator) -> Text | None:
    """Return why a meeting cannot begin at a wall-clock time in a zone, None where it can.

    The hours of a clock change are refused with a suggestion and never guessed; so are times that are past or far away.
    """
    try:
        at = instant(local, zone)
    except HourSkipped:
        return t(
            "There is no {time} on that day: the clocks jump over it in {zone}. An hour later would do.",
            time=Bold(_written(local, t)),
            zone=t.zone(zone),
        )
    except HourRepeated:
        return t(
            "{time} comes twice on that day: the clocks go back in {zone}. Take an hour earlier or two hours later.",
            time=Bold(_written(local, t)),
            zone=t.zone(zone),
        )
    except (OverflowError, ValueError):  # the calendar's first and last days
        return t("That date is beyond my calendar.")
    if at <= now:
        return t("{when} is past. A meeting is something to look forward to.", when=Moment(at, zone))
    if at > now + MOST_AHEAD:
        return t("{when} is more than two years away.", when=Moment(at, zone))
    return None


def _written(local: datetime, t: Translator) -> str:
    """Return a wall-clock time that is no instant, or two, in words."""
    day = t.moment(Moment(datetime.combine(local.date(), NOON, UTC), "UTC", Shape.DATE))
    return t.words("{day}, {time}", day=day, time=t.clock(local.time()))
