"""Circles and communities as plain values without numbers, to be moved to another database.

What people keep to themselves stays where it is: their settings, what lets them in, and who said what unsigned.
`storage.arriving` adds such values.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, and_, func, select, union

from bot.chat.message import RoomKind
from bot.domain.feedback import SHOWN_FROM
from storage.tables import (
    accounts,
    attendance,
    circle_places,
    circles,
    communities,
    decisions,
    feedback,
    feedback_given,
    meetings,
    members,
    organizers,
    people,
    places,
    reflections,
    rsvps,
    spaces,
    votes,
    waiting,
)

Values = Mapping[str, Any]
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CIRCLE: Final = (
    "title",
    "course",
    "course_link",
    "about",
    "place",
    "link",
    "minutes",
    "seats",
    "sign_up",
    "named_feedback",
    "questions",
    "reminder",
    "state",
    "language",
    "zone",
    "made_at",
)
MEETING: Final = (
    "uid",
    "number",
    "starts_local",
    "zone",
    "minutes",
    "topic",
    "place",
    "link",
    "state",
    "sequence",
)
COMMUNITY: Final = ("name", "language", "zone", "digest_time", "digest_language")
_ROOM: Final = ("platform", "chat", "thread", "title", "space")


def circle_values(connection: Connection, circle: int) -> Values:
    """Return everything of a circle: `people` with a key for each, and the `circle`."""
    keys = _keys(connection, [circle], None)
    return {"people": _people(connection, keys), "circle": _circle(connection, circle, keys)}


def community_values(connection: Connection, community: int) -> Values:
    """Return everything of a community and its circles: `people` with a key for each, and the `community`."""
    ours = connection.scalars(select(circles.c.id).where(circles.c.community == community).order_by(circles.c.id)).all()
    keys = _keys(connection, ours, community)
    row = connection.execute(select(communities).where(communities.c.id == community)).mappings().one()
    organizing = select(organizers.c.person).where(organizers.c.community == community)
    its_rooms = select(places).where(places.c.community == community, places.c.kind == RoomKind.GROUP.value)
    its_spaces = select(spaces.c.platform, spaces.c.space).where(spaces.c.community == community)
    digest = select(places).where(places.c.id == row["digest_place"])
    values = {
        **{name: row[name] for name in COMMUNITY},
        "digest_day": DAYS[row["digest_weekday"]],
        "digest_room": next(iter(_rooms(connection, digest)), None),
        "organizers": sorted(keys[one] for one in connection.scalars(organizing)),
        "rooms": _rooms(connection, its_rooms),
        "spaces": sorted(
            (dict(one) for one in connection.execute(its_spaces).mappings()), key=lambda one: tuple(one.values())
        ),
        "circles": [_circle(connection, circle, keys) for circle in ours],
    }
    return {"people": _people(connection, keys), "community": values}


def _keys(connection: Connection, ours: Collection[int], community: int | None) -> dict[int, str]:
    """Return a key for everybody who appears in circles or organizes a community: their name, counted where needed."""
    of_meetings = select(meetings.c.id).where(meetings.c.circle.in_(ours))
    asked: list[Select[Any]] = [select(table.c.person).where(table.c.circle.in_(ours)) for table in (members, waiting)]
    said_by = (rsvps, attendance, feedback, feedback_given, reflections)
    asked += [select(table.c.person).where(table.c.meeting.in_(of_meetings)) for table in said_by]
    asked.append(select(decisions.c.owner).where(decisions.c.circle.in_(ours)))
    said = select(feedback.c.id).where(feedback.c.meeting.in_(of_meetings))
    asked.append(select(votes.c.person).where(votes.c.feedback.in_(said)))
    if community is not None:
        asked.append(select(organizers.c.person).where(organizers.c.community == community))
    everybody = union(*asked).subquery()
    found = connection.execute(
        select(people.c.id, people.c.name)
        .where(people.c.id.in_(select(everybody)))
        .order_by(people.c.name, people.c.id)
    ).all()
    keys: dict[int, str] = {}
    for row in sorted(found, key=lambda one: (one.name, one.id)):  # in the same order on every database
        key, count = row.name[:70], 1
        while key in keys.values() or not key:
            count += 1
            key = f"{row.name[:70]} ({count})"
        keys[row.id] = key
    return keys


def _people(connection: Connection, keys: Mapping[int, str]) -> list[Values]:
    is_private = and_(
        places.c.platform == accounts.c.platform,
        places.c.chat == accounts.c.user,
        places.c.kind == RoomKind.PRIVATE.value,
    )
    asked = (
        select(accounts.c.person, accounts.c.platform, accounts.c.user, accounts.c.name, func.count(places.c.id))
        .outerjoin(places, is_private)
        .where(accounts.c.person.in_(keys))
        .group_by(accounts.c.person, accounts.c.platform, accounts.c.user, accounts.c.name)
    )
    found: dict[int, list[Values]] = {}
    for person, platform, user, name, rooms in connection.execute(asked):
        account = {"platform": platform, "user": user, "name": name, "private": rooms > 0}
        found.setdefault(person, []).append(account)
    called = connection.execute(select(people.c.id, people.c.name).where(people.c.id.in_(keys)))
    names = {row.id: row.name for row in called}
    return [
        {
            "key": key,
            "name": names[person],
            "accounts": sorted(found.get(person, ()), key=lambda one: (one["platform"], one["user"])),
        }
        for person, key in keys.items()
    ]


def _rooms(connection: Connection, asked: Select[Any]) -> list[Values]:
    found = [{name: row[name] for name in _ROOM} for row in connection.execute(asked).mappings()]
    return sorted(found, key=lambda one: (one["platform"], one["chat"], one["thread"]))


def _circle(connection: Connection, circle: int, keys: Mapping[int, str]) -> Values:
    row = connection.execute(select(circles).where(circles.c.id == circle)).mappings().one()
    its_rooms = (
        select(places)
        .join(circle_places, circle_places.c.place == places.c.id)
        .where(circle_places.c.circle == circle, places.c.kind == RoomKind.GROUP.value)
    )
    told = ("goal", "support", "answers")
    seated = [
        {"person": keys[one.person], "role": one.role, "joined_at": one.joined_at, "left_at": one.left_at}
        | {name: getattr(one, name) for name in told}
        for one in connection.execute(select(members).where(members.c.circle == circle))
    ]
    in_line = connection.execute(select(waiting).where(waiting.c.circle == circle).order_by(waiting.c.id))
    own = meetings.c.circle == circle
    said = {
        table: _by_meeting(connection, select(table).join(meetings, meetings.c.id == table.c.meeting).where(own))
        for table in (rsvps, attendance, feedback, feedback_given, decisions, reflections)
    }
    of_circle = (
        select(votes)
        .join(feedback, feedback.c.id == votes.c.feedback)
        .join(meetings, meetings.c.id == feedback.c.meeting)
    )
    voted: dict[int, list[str]] = {}
    for one in connection.execute(of_circle.where(own)):
        voted.setdefault(one.feedback, []).append(keys[one.person])
    listed = connection.execute(select(meetings).where(own)).all()
    return {
        **{name: row[name] for name in CIRCLE},
        "leads": [timedelta(seconds=lead) for lead in row["leads"]],
        "rooms": _rooms(connection, its_rooms),
        "members": sorted(seated, key=lambda one: (one["joined_at"], one["person"])),
        "waiting": [
            {"person": keys[one.person], "since": one.since} | {name: getattr(one, name) for name in told}
            for one in in_line
        ],
        "meetings": [
            {name: getattr(one, name) for name in MEETING}
            | dict(_of_meeting({table: found.get(one.id, []) for table, found in said.items()}, voted, keys))
            for one in sorted(listed, key=lambda one: (one.starts_at, one.uid))
        ],
    }


def _by_meeting(connection: Connection, asked: Select[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in connection.execute(asked):
        found.setdefault(row.meeting, []).append(row)
    return found


def _of_meeting(said: Mapping[Table, Sequence[Any]], voted: Mapping[int, list[str]], keys: Mapping[int, str]) -> Values:
    """Return what was answered, said and decided, each in an order that does not hang on numbers."""
    answered = [
        {"person": keys[one.person], "answer": one.answer, "reason": one.reason, "stale": one.stale, "at": one.at}
        for one in said[rsvps]
    ]
    decided = sorted(said[decisions], key=lambda one: (one.made_at, one.words, one.id))
    taken_up = {one.feedback: number for number, one in enumerate(decided) if one.feedback is not None}
    unsigned, signed, deltas = _plus_delta(said[feedback], voted, keys, taken_up)
    return {
        "rsvps": sorted(answered, key=lambda one: (one["at"], one["person"])),
        "came": sorted(keys[one.person] for one in said[attendance] if one.came),
        "missed": sorted(keys[one.person] for one in said[attendance] if not one.came),
        "gave": sorted(keys[one.person] for one in said[feedback_given]),
        "unsigned": unsigned,
        "signed": signed,
        "decisions": [
            {
                "words": one.words,
                "owner": keys.get(one.owner),
                "state": one.state,
                "made_at": one.made_at,
                "done_at": one.done_at,
                "delta": deltas.get(one.feedback),
            }
            for one in decided
        ],
        "reflections": sorted(
            ({"person": keys[one.person], "score": one.score, "words": one.words} for one in said[reflections]),
            key=lambda one: one["person"],
        ),
    }


def _plus_delta(
    said: Sequence[Any], voted: Mapping[int, list[str]], keys: Mapping[int, str], taken_up: Mapping[int, int]
) -> tuple[Values | None, list[Values], dict[int, int]]:
    """Return what was said unsigned and signed, and the number of each delta in it.

    Of what was not signed, it is not told which plus, delta and mood are one person's; and nothing where fewer spoke
    than may be read: see `bot.domain.feedback.shown`.
    """

    def order(one: Any) -> tuple[Any, ...]:  # noqa: ANN401  # a row
        return one.delta, sorted(voted.get(one.id, ())), taken_up.get(one.id, len(said))

    nameless = [one for one in said if one.person is None]
    if len(nameless) < SHOWN_FROM:
        nameless = []
    deltas = sorted((one for one in nameless if one.delta), key=order)
    named = sorted((one for one in said if one.person is not None), key=lambda one: (keys[one.person], *order(one)))
    unsigned: Values = {
        "answers": len(nameless),
        "plus": sorted(one.plus for one in nameless if one.plus),
        "delta": [{"words": one.delta, "votes": sorted(voted.get(one.id, ()))} for one in deltas],
        "moods": sorted(one.mood for one in nameless if one.mood is not None),
    }
    signed: list[Values] = [
        {
            "person": keys[one.person],
            "plus": one.plus,
            "delta": one.delta,
            "mood": one.mood,
            "votes": sorted(voted.get(one.id, ())),
        }
        for one in named
    ]
    numbered = [*deltas, *(one for one in named if one.delta)]
    return unsigned if nameless else None, signed, {one.id: at for at, one in enumerate(numbered, start=1)}
