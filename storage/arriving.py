"""Adding circles and communities that came from another database, as `storage.moving` reads them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, and_, insert, or_, select

from bot.chat.message import RoomKind
from bot.domain.meetings import nearest_instant
from bot.records import dataclass
from storage.moving import CIRCLE, COMMUNITY, DAYS, MEETING, Values
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

_BITS: Final = 53
"""Of the random number of what somebody says of a meeting, as `storage.feedback` gives them."""


@dataclass(frozen=True, slots=True)
class Added:
    """What was added, by its numbers: the circles, and the community that they are in."""

    community: int
    circles: tuple[int, ...]


def in_the_way(connection: Connection, values: Values) -> list[str]:
    """Return why values cannot be added to this database, a sentence each."""
    return [
        *_people_in_the_way(connection, values["people"]),
        *_circles_in_the_way(connection, _circles_in(values)),
        *(_community_in_the_way(connection, values["community"]) if "community" in values else ()),
    ]


def _circles_in(values: Values) -> Sequence[Values]:
    found: Sequence[Values] = values["community"]["circles"] if "community" in values else [values["circle"]]
    return found


def _people_in_the_way(connection: Connection, wanted: Iterable[Values]) -> list[str]:
    found: list[str] = []
    behind: dict[int, str] = {}
    for one in wanted:
        there = {_behind(connection, account) for account in one["accounts"]} - {None}
        if len(there) > 1:
            found.append(f"the accounts of {one['key']} belong to different people here: they can link them by /link")
        for person in there:
            if person in behind:
                found.append(
                    f"{behind[person]} and {one['key']} are one person here: make one of them in the file, too"
                )
            behind[person or 0] = one["key"]
    return found


def _behind(connection: Connection, account: Values) -> int | None:
    asked = select(accounts.c.person).where(
        accounts.c.platform == account["platform"], accounts.c.user == account["user"]
    )
    return connection.execute(asked).scalar()


def _circles_in_the_way(connection: Connection, wanted: Iterable[Values]) -> list[str]:
    found = []
    for circle in wanted:
        uids = [meeting["uid"] for meeting in circle["meetings"]]
        same = or_(
            circles.c.id.in_(select(meetings.c.circle).where(meetings.c.uid.in_(uids))),
            and_(circles.c.title == circle["title"], circles.c.made_at == circle["made_at"]),
        )
        asked = select(circles.c.title, communities.c.name).join(communities, communities.c.id == circles.c.community)
        there = connection.execute(asked.where(same)).first()
        if there is not None:
            found.append(
                f"the circle “{circle['title']}” is here already, as “{there.title}” in the community {there.name}: "
                "a second one would have the same meetings"
            )
    return found


def _community_in_the_way(connection: Connection, community: Values) -> list[str]:
    found = []
    name = community["name"]
    if connection.execute(select(communities.c.id).where(communities.c.name == name)).first() is not None:
        found.append(f"there is a community called {name} here: give the one in the file another name")
    owners = select(communities.c.name)
    for space in community["spaces"]:
        asked = owners.join(spaces, spaces.c.community == communities.c.id).where(
            spaces.c.platform == space["platform"], spaces.c.space == space["space"]
        )
        found += [
            f"the space {space['space']} on {space['platform']} is that of {one}" for one in connection.scalars(asked)
        ]
    for room in community["rooms"]:
        asked = owners.join(places, places.c.community == communities.c.id).where(_is_room(room))
        named = room["title"] or room["chat"]
        found += [f"the room {named} on {room['platform']} belongs to {one}" for one in connection.scalars(asked)]
    return found


def _is_room(room: Values) -> Any:  # noqa: ANN401  # a condition
    return and_(
        places.c.platform == room["platform"],
        places.c.chat == room["chat"],
        places.c.thread == room["thread"],
        places.c.kind == RoomKind.GROUP.value,
    )


def add(connection: Connection, values: Values, community: int | None, now: datetime) -> Added:
    """Add what `in_the_way` has nothing against; a circle becomes one of `community`."""
    who = {one["key"]: _person(connection, one, now) for one in values["people"]}
    if community is None:
        community = _add_community(connection, values["community"], who)
    added = [_add_circle(connection, circle, community, who) for circle in _circles_in(values)]
    return Added(community, tuple(added))


def _person(connection: Connection, one: Values, now: datetime) -> int:
    """Return who somebody is here: known by one of their accounts, else new."""
    there = next((found for account in one["accounts"] if (found := _behind(connection, account)) is not None), None)
    person = there if there is not None else _new(connection, people, name=one["name"], met_at=now)
    for account in one["accounts"]:
        if _behind(connection, account) is None:
            address = {name: account[name] for name in ("platform", "user", "name")}
            connection.execute(insert(accounts).values(person=person, seen_at=now, **address))
        if account["private"]:
            _place(connection, {"platform": account["platform"], "chat": account["user"]}, RoomKind.PRIVATE)
    return person


def _new(connection: Connection, table: Table, **values: Any) -> int:  # noqa: ANN401  # whatever its columns hold
    number: int = connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
    return number


def _place(connection: Connection, room: Values, kind: RoomKind = RoomKind.GROUP) -> int:
    address = {"thread": "", **{name: room[name] for name in ("platform", "chat", "thread") if name in room}}
    same = and_(places.c.kind == kind.value, *(places.c[name] == value for name, value in address.items()))
    there: int | None = connection.execute(select(places.c.id).where(same)).scalar()
    more = {name: room[name] for name in ("title", "space") if name in room}
    return there if there is not None else _new(connection, places, kind=kind.value, **address, **more)


def _add_community(connection: Connection, community: Values, who: Mapping[str, int]) -> int:
    digest = community["digest_room"]
    number = _new(
        connection,
        communities,
        **{name: community[name] for name in COMMUNITY},
        digest_weekday=DAYS.index(community["digest_day"]),
        digest_place=_place(connection, digest) if digest else None,
    )
    for room in community["rooms"]:
        its = places.c.id == _place(connection, room)
        connection.execute(places.update().where(its).values(community=number))
    for space in community["spaces"]:
        connection.execute(insert(spaces).values(community=number, **space))
    for key in community["organizers"]:
        connection.execute(insert(organizers).values(community=number, person=who[key]))
    return number


def _add_circle(connection: Connection, circle: Values, community: int, who: Mapping[str, int]) -> int:
    leads = [int(lead.total_seconds()) for lead in circle["leads"]]
    plain = {name: circle[name] for name in CIRCLE}
    number = _new(connection, circles, community=community, leads=leads, **plain)
    for room in circle["rooms"]:
        connection.execute(insert(circle_places).values(circle=number, place=_place(connection, room)))
    for table, told in ((members, circle["members"]), (waiting, circle["waiting"])):
        for one in told:
            connection.execute(insert(table).values(circle=number, **{**one, "person": who[one["person"]]}))
    for meeting in circle["meetings"]:
        _add_meeting(connection, meeting, number, who)
    return number


def _add_meeting(connection: Connection, meeting: Values, circle: int, who: Mapping[str, int]) -> None:
    plain = {name: meeting[name] for name in MEETING}
    starts_at = nearest_instant(meeting["starts_local"], meeting["zone"])
    number = _new(connection, meetings, circle=circle, starts_at=starts_at, **plain)

    def put(table: Table, rows: Iterable[Values]) -> None:
        filled = [{**row, "meeting": number} for row in rows]
        if filled:
            connection.execute(insert(table), filled)

    put(rsvps, ({**one, "person": who[one["person"]]} for one in meeting["rsvps"]))
    put(attendance, ({"person": who[key], "came": True} for key in meeting["came"]))
    put(attendance, ({"person": who[key], "came": False} for key in meeting["missed"]))
    put(feedback_given, ({"person": who[key]} for key in meeting["gave"]))
    put(reflections, ({**one, "person": who[one["person"]]} for one in meeting["reflections"]))
    deltas = _add_plus_delta(connection, meeting, number, who)
    for one in meeting["decisions"]:
        owner, delta = one["owner"], one["delta"]
        more = {"owner": who[owner] if owner else None, "feedback": deltas[delta - 1] if delta else None}
        kept = {name: one[name] for name in ("words", "state", "made_at", "done_at")}
        connection.execute(insert(decisions).values(circle=circle, meeting=number, **kept, **more))


def _add_plus_delta(connection: Connection, meeting: Values, number: int, who: Mapping[str, int]) -> list[int]:
    """Add what was said of a meeting, and return the random numbers of its deltas, in their order."""
    found: list[int] = []

    def say(plus: str, delta: str, mood: int | None, voters: Iterable[str], person: int | None = None) -> None:
        one = secrets.randbits(_BITS)
        while connection.execute(select(feedback.c.id).where(feedback.c.id == one)).first() is not None:
            one = secrets.randbits(_BITS)
        connection.execute(
            insert(feedback).values(id=one, meeting=number, person=person, plus=plus, delta=delta, mood=mood)
        )
        for key in voters:
            connection.execute(insert(votes).values(feedback=one, person=who[key]))
        if delta:
            found.append(one)

    unsigned = meeting["unsigned"]
    if unsigned:
        for at in range(unsigned["answers"]):
            delta: Values = unsigned["delta"][at] if at < len(unsigned["delta"]) else {"words": "", "votes": ()}
            plus = unsigned["plus"][at] if at < len(unsigned["plus"]) else ""
            mood = unsigned["moods"][at] if at < len(unsigned["moods"]) else None
            say(plus, delta["words"], mood, delta["votes"])
    for one in meeting["signed"]:
        say(one["plus"], one["delta"], one["mood"], one["votes"], who[one["person"]])
    return found
