"""What is over is forgotten in time: so that years leave no more behind than a year does, and nobody's traces for ever.

First one looks, beside those who tap, at what has had its day; then a little of it goes at a time. Each table's rule
stands here once, and is what is looked for and what goes. How long is the settings' to say: `bot.domain.bounds.Kept`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, not_, or_, select, true, tuple_

from bot.chat.message import RoomKind
from bot.domain.bounds import Kept
from bot.domain.circles import CircleState
from bot.domain.meetings import MeetingState
from bot.domain.notices import AnnouncementGoes, AnnouncementWent, DeliveryState, MeetingListed, OperatorSays
from bot.domain.operating import ANNOUNCEMENTS
from bot.ports import Portion
from storage.repository import Repository, bound
from storage.tables import (
    accounts,
    attendance,
    cards,
    circle_places,
    circles,
    communities,
    decisions,
    deliveries,
    drafts,
    feedback,
    feedback_given,
    invites,
    meetings,
    members,
    organizers,
    people,
    places,
    reflections,
    rsvps,
    settings,
    spaces,
    updates_seen,
    votes,
    waiting,
)
from storage.transcript_tables import web_pictures, web_posts

UPDATES_KEPT: Final = timedelta(days=3)
"""How long a platform may repeat an update; Telegram keeps them for a day."""
INVITES_KEPT: Final = timedelta(days=30)
"""For how long after it has run out one is told what became of an invitation."""
_AT_ONCE: Final = 500
"""How many rows on which nothing hangs go in one transaction: some milliseconds."""
_LOOK_FOR: Final = 2_000
"""How many rows of a table one look finds at most."""


@dataclass(frozen=True)
class _Rule:
    """Rows of a table that have had their day; `at_once` of them go at once: one where much hangs on each.

    `still` is asked once more before they go, while those who tap wait: what could have changed since, and quick.
    """

    key: ColumnElement[Any]
    is_past: ColumnElement[bool]
    still: ColumnElement[bool]
    at_once: int = _AT_ONCE


_BEFORE = bindparam("before", type_=deliveries.c.due_at.type)
"""Until when what was done has had its day."""


def _all_of(column: ColumnElement[Any], *where: ColumnElement[bool]) -> Any:  # noqa: ANN401  # what in_ takes
    """Return what a column holds, as one list, looked up once."""
    return select(column).where(column.is_not(None), *where)


_PAST_MEETINGS = _all_of(
    meetings.c.id,
    meetings.c.starts_at < _BEFORE,
    or_(
        meetings.c.state.in_([MeetingState.CLOSED.value, MeetingState.CANCELLED.value]),
        meetings.c.circle.in_(_all_of(circles.c.id, circles.c.state == CircleState.ENDED.value)),
    ),
)
_ENDED_CIRCLES = _all_of(circles.c.id, circles.c.state == CircleState.ENDED.value)
_SEEN_SINCE = _all_of(accounts.c.person, accounts.c.seen_at >= _BEFORE)
_OPERATORS = _all_of(
    accounts.c.person, tuple_(accounts.c.platform, accounts.c.user).in_(bound("named", expanding=True))
)
_TIES = (
    *(table.c.person for table in (members, waiting, organizers, rsvps, attendance, feedback, feedback_given)),
    *(votes.c.person, decisions.c.owner, reflections.c.person, invites.c.made_by, invites.c.used_by),
)
"""What makes somebody more than a stranger: it stays when they are gone, for it counts."""
_USED_PLACES = (
    *(circle_places.c.place, communities.c.digest_place, cards.c.place, deliveries.c.place),
    *(drafts.c.place, drafts.c.origin),
)
_SENT_LONG_AGO = and_(
    deliveries.c.state != DeliveryState.WAITING.value,
    func.coalesce(deliveries.c.sent_at, deliveries.c.due_at) < _BEFORE,
)
_DRAWN_LONG_AGO = and_(cards.c.drawn_at < _BEFORE, cards.c.dirty_at.is_(None))
_LAST_SAID = func.coalesce(web_posts.c.edited_at, web_posts.c.at)
_ITS_SPACE = exists().where(spaces.c.platform == places.c.platform, spaces.c.space == places.c.space)
_ITS_ACCOUNT = exists().where(accounts.c.platform == places.c.platform, accounts.c.user == places.c.chat)

_RULES: Mapping[str, _Rule] = {
    "updates_seen": _Rule(updates_seen.c.key, updates_seen.c.at < bound("updates_before"), true()),
    "deliveries": _Rule(
        deliveries.c.id,
        and_(
            _SENT_LONG_AGO,
            # While a meeting is ahead or on, what was sent is what keeps it from being sent again.
            or_(deliveries.c.meeting.is_(None), deliveries.c.meeting.in_(_PAST_MEETINGS)),
        ),
        _SENT_LONG_AGO,
    ),
    "cards": _Rule(
        cards.c.id,
        and_(
            _DRAWN_LONG_AGO,
            or_(
                and_(cards.c.kind.in_(["meeting", "summary", MeetingListed.kind]), cards.c.subject.in_(_PAST_MEETINGS)),
                and_(cards.c.kind == "circle", cards.c.subject.in_(_ENDED_CIRCLES)),
            ),
        ),
        _DRAWN_LONG_AGO,
    ),
    "invites": _Rule(invites.c.id, invites.c.expires_at < bound("invites_before"), true()),
    "web_posts": _Rule(web_posts.c.id, _LAST_SAID < _BEFORE, _LAST_SAID < _BEFORE),
    "web_pictures": _Rule(
        web_pictures.c.digest,
        web_pictures.c.digest.not_in(_all_of(web_posts.c.picture)),
        not_(exists().where(web_posts.c.picture == web_pictures.c.digest)),
    ),
    "circles": _Rule(
        circles.c.id,
        and_(
            circles.c.state == CircleState.ENDED.value,
            circles.c.made_at < bound("circles_before"),
            not_(exists().where(meetings.c.circle == circles.c.id, meetings.c.starts_at >= bound("circles_before"))),
        ),
        circles.c.state == CircleState.ENDED.value,
        at_once=1,
    ),
    "communities": _Rule(
        communities.c.id,
        and_(
            communities.c.id.not_in(_all_of(circles.c.community)),
            communities.c.id.not_in(_all_of(spaces.c.community)),
            communities.c.id.not_in(_all_of(organizers.c.community, organizers.c.person.in_(_SEEN_SINCE))),
        ),
        not_(exists().where(circles.c.community == communities.c.id)),
        at_once=1,
    ),
    "people": _Rule(
        people.c.id,
        and_(
            people.c.met_at < _BEFORE,
            people.c.id.not_in(_SEEN_SINCE),
            people.c.id.not_in(_OPERATORS),
            *(people.c.id.not_in(_all_of(tie)) for tie in _TIES),
            people.c.id.not_in(_all_of(deliveries.c.person, deliveries.c.state == DeliveryState.WAITING.value)),
        ),
        # Whoever has come back meanwhile has been seen.
        not_(exists().where(accounts.c.person == people.c.id, accounts.c.seen_at >= _BEFORE)),
        at_once=1,
    ),
    "places": _Rule(
        places.c.id,
        and_(
            places.c.community.is_(None),
            *(places.c.id.not_in(_all_of(use)) for use in _USED_PLACES),
            # A space's rooms are offered for its digest; of its threads only those that are used.
            or_(not_(_ITS_SPACE), places.c.thread != ""),
            or_(places.c.kind != RoomKind.PRIVATE.value, not_(_ITS_ACCOUNT)),
        ),
        and_(places.c.community.is_(None), *(not_(exists().where(use == places.c.id)) for use in _USED_PLACES)),
        at_once=1,
    ),
}
TABLES: Final = frozenset(_RULES) | {"settings"}
"""The tables from which rows go here; what hangs on them goes with them."""
_LOOKS = {
    name: select(rule.key).where(rule.is_past).order_by(rule.key).limit(_LOOK_FOR) for name, rule in _RULES.items()
}
_GO = {
    name: delete(rule.key.table).where(rule.key.in_(bindparam("keys", expanding=True)), rule.still)
    for name, rule in _RULES.items()
}
_ASKED = select(settings.c.key, settings.c.value).where(settings.c.key.startswith("asked:"))
_ANNOUNCED = select(settings.c.key, settings.c.value).where(settings.c.key.startswith(ANNOUNCEMENTS))
_ANNOUNCING = (
    select(deliveries.c.id)
    .where(
        deliveries.c.state == DeliveryState.WAITING.value,
        deliveries.c.kind.in_([one.kind for one in (OperatorSays, AnnouncementGoes, AnnouncementWent)]),
    )
    .limit(1)
)
_FORGET_SETTINGS = delete(settings).where(settings.c.key.in_(bindparam("keys", expanding=True)))


class Retention(Repository):
    """Implements `bot.ports.Retention`."""

    __slots__ = ()

    def past(self, kept: Kept, now: datetime) -> tuple[Portion, ...]:
        """Return some of what has had its day, empty once there is no more: for a read, which may take its time."""
        return tuple(self._portions(kept, now))

    def forget(self, portion: Portion, kept: Kept, now: datetime) -> int:
        """Forget of it what still has had its day; return how many rows went, without those that hung on them."""
        values = {**_times(kept, now), "keys": list(portion.keys)}
        return self._connection.execute(_GO.get(portion.what, _FORGET_SETTINGS), values).rowcount

    def _portions(self, kept: Kept, now: datetime) -> Iterator[Portion]:
        times = _times(kept, now)
        for name, rule in _RULES.items():
            if name == "circles" and kept.circles is None:
                continue
            keys = [row[0] for row in self._connection.execute(_LOOKS[name], times)]
            for start in range(0, len(keys), rule.at_once):
                yield Portion(name, keys[start : start + rule.at_once])
        if facts := [*self._asked_before(now), *self._announced_before(now - kept.over)]:
            yield Portion("settings", facts)

    def _asked_before(self, now: datetime) -> Iterator[str]:
        """Yield the keys under which it stands in which room a panel was asked for, once that means nothing more."""
        for key, value in self._connection.execute(_ASKED):
            until = str(value).rpartition(" ")[2]
            if not until.isdecimal() or int(until) <= now.timestamp():
                yield key

    def _announced_before(self, past: datetime) -> Iterator[str]:
        """Yield the keys of announcements that were written before then.

        Of those that do not know when they were: once none is under way.
        """
        under_way = self._one(_ANNOUNCING) is not None
        for key, value in self._connection.execute(_ANNOUNCED):
            at = json.loads(value).get("at")
            if at < past.timestamp() if at else not under_way:
                yield key


def _times(kept: Kept, now: datetime) -> dict[str, object]:
    return {
        "named": list(kept.operators),
        "before": now - kept.over,
        "updates_before": now - UPDATES_KEPT,
        "invites_before": now - INVITES_KEPT,
        "circles_before": now - (kept.circles or kept.over),
    }
