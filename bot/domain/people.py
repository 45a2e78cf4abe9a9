"""People: who they are, and what the bot may send them. A person is an account's (platform, user id), never a name."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.records import dataclass


class Role(StrEnum):
    """What a member of a circle is there."""

    LEARNER = "learner"
    FACILITATOR = "facilitator"


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account on one platform."""

    platform: str
    user: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the bot has met. `language` is BCP 47, `zone` IANA; empty: never said, the community's serves.

    Private messages that can wait are kept out of the hours from `quiet_from` to `quiet_to` (wall clock, may cross
    midnight).
    """

    id: int
    name: str
    language: str = ""
    zone: str = ""
    quiet_from: time = time(21, 0)
    quiet_to: time = time(8, 0)
    nudges: bool = True
    """Whether one may be asked privately for an answer that is missing."""
    tips: bool = True
    """Whether a facilitator is asked privately how a meeting went."""


LONGEST_NAME = 64


def clean_name(name: str, otherwise: str = "?", longest: int = LONGEST_NAME) -> str:
    """Return a name fit for a line of text: no control or direction marks, no blanks around, not too long.

    One of which nothing would be seen is none.
    """
    shown = name
    if not name.isprintable():  # nearly every name is, and quickly seen to be
        shown = "".join(c if unicodedata.category(c) not in _UNSEEN or c in _JOINERS else " " for c in name)
    found = " ".join(shown.split())[:longest].rstrip()
    return found if found.strip(_BLANK) else otherwise


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = " \u115f\u1160\u2800\u3164\uffa0"
"""Letters that show nothing."""
_JOINERS = "\u200c\u200d"
"""Scripts and emoji need these two."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


def clean_language(hint: str) -> str:
    """Return a platform's hint of a language if it looks like a BCP 47 tag, else nothing."""
    return hint if _LANGUAGE.fullmatch(hint) else ""


@lru_cache(maxsize=1024)
def clean_zone(hint: str) -> str:
    """Return a platform's hint of a time zone if there is such a zone, else nothing."""
    try:
        return ZoneInfo(hint).key
    except (LookupError, ValueError, OSError):  # no such zone, no name of a zone, a folder of zones
        return ""


def waking(person: Person, at: datetime, zone: str) -> datetime:
    """Return the first instant from `at` on that is outside the person's quiet hours, seen in `zone`."""
    local = at.astimezone(ZoneInfo(zone))
    start, end = person.quiet_from, person.quiet_to
    now = local.time()
    quiet = start <= now < end if start <= end else now >= start or now < end
    if not quiet:
        return at
    morning = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    if now >= end:
        morning += timedelta(days=1)
    return morning.astimezone(at.tzinfo)
