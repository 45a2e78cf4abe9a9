"""Rooms that cannot be reached, can be again, or have moved: who is told, and what is still of use there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat.message import Room
from bot.domain.circles import CircleState
from bot.domain.notices import (
    CircleAnnounced,
    Delivery,
    DeliveryState,
    Due,
    EventsBarred,
    MeetingCard,
    MeetingListed,
    RoomLost,
)
from bot.domain.people import Person, waking
from bot.i18n import N_
from bot.ports import Store

STILL_NEWS = timedelta(days=3)
"""How long after it has happened somebody is told that a room cannot be reached."""
SAID_ONCE = timedelta(hours=20)
"""For how long nobody is told the same of a room again: some are locked every night."""
STILL_WORTH = timedelta(days=7)
"""For how long something without an end that a room did not get is still worth sending there."""

_LOOKED_THROUGH = 1000
"""How many of a circle's last messages are looked through at most."""


def lost(store: Store, places: Sequence[int], why: str, now: datetime) -> None:
    """Note that rooms cannot be reached; where that is news, tell once who looks after them.

    Those are the facilitators of the circles there; where no circle lives, or the digest goes there, the organizers of
    the room's community. Whoever was told the same a short while ago is not told again: some rooms come and go.
    """
    fresh = [place for place in places if store.places.trouble(place, why)]
    told: dict[int, Due] = {}
    for place in fresh:
        for circle in store.places.circles_in(place):
            if circle.state is not CircleState.ENDED:
                for person in store.seats.facilitators(circle.id):
                    told.setdefault(person.id, _word(person, place, why, circle.zone, now, circle=circle.id))
    without_circle = not told
    for place in fresh:
        community = store.communities.in_place(place)
        if community is not None and (without_circle or community.digest_place == place):
            for person in store.communities.organizers(community.id):
                told.setdefault(person.id, _word(person, place, why, community.zone, now, community=community.id))
    for due in told.values():
        if not _was_said(due, store, now):
            store.deliveries.send_again(due)


def _was_said(due: Due, store: Store, now: datetime) -> bool:
    """Whether somebody has been told the same of the same room, a short while ago."""
    there = store.deliveries.find(due.key)
    return (
        there is not None
        and there.state is DeliveryState.SENT
        and there.due.notice == due.notice
        and there.sent_at is not None
        and there.sent_at > now - SAID_ONCE
    )


def _word(
    person: Person,
    place: int,
    why: str,
    zone: str,
    now: datetime,
    *,
    circle: int | None = None,
    community: int | None = None,
) -> Due:
    return Due(
        f"{_prefix(place)}{person.id}",
        RoomLost(place, why),
        waking(person, now, person.zone or zone),
        now + STILL_NEWS,
        person=person.id,
        circle=circle,
        community=community,
    )


def without_events(store: Store, places: Sequence[int], now: datetime) -> None:
    """Tell who runs a circle that the bot may not keep its meetings in the calendar of its room's platform.

    Once; and again where it was allowed to meanwhile.
    """
    for place in places:
        for circle in store.places.circles_in(place):
            for person in store.seats.facilitators(circle.id) if circle.state is CircleState.PUBLISHED else ():
                due = Due(
                    f"{EventsBarred.kind}:{place}:{person.id}",
                    EventsBarred(place),
                    waking(person, now, person.zone or circle.zone),
                    now + STILL_NEWS,
                    person=person.id,
                    circle=circle.id,
                )
                told = store.deliveries.find(due.key)
                if told is not None and told.sent_at and _was_listed(circle.id, place, told.sent_at, store):
                    store.deliveries.send_again(due)
                else:
                    store.deliveries.plan([due])


def _was_listed(circle: int, place: int, since: datetime, store: Store) -> bool:
    """Whether a meeting of a circle has been put into the calendar around a room since then."""
    return any(
        isinstance(one.due.notice, MeetingListed) and one.due.place == place and one.state is DeliveryState.SENT
        for one in store.deliveries.log(circle=circle, since=since, limit=_LOOKED_THROUGH)
    )


def _prefix(place: int) -> str:
    return f"{RoomLost.kind}:{place}:"


def back(store: Store, places: Sequence[int], now: datetime) -> None:
    """Note that rooms can be reached again; where that is news, what they did not get and is of use goes there now."""
    for place in places:
        if store.places.trouble(place, ""):
            store.deliveries.drop_prefix(_prefix(place), N_("the room can be reached again"))
            store.cards.touch_in(place, now)
            for delivery in store.deliveries.unreached(place, now - STILL_WORTH, now):
                if _belongs(delivery.due, place, store):
                    _try_again(store, delivery, now)


def _belongs(due: Due, place: int, store: Store) -> bool:
    """Whether a room is still that of the circle or the community that something is about."""
    if due.circle is not None:
        return any(circle.id == due.circle for circle in store.places.circles_in(place))
    community = store.communities.in_place(place)
    return due.community is None or (community is not None and community.id == due.community)


def _try_again(store: Store, delivery: Delivery, now: datetime) -> None:
    """Plan once more what a room did not get; what has another in its place by now goes as one of its own, once."""
    due = replace(delivery.due, due_at=now)
    if "#" in due.key:
        store.deliveries.plan([replace(due, key=f"late:{delivery.id}")])
    else:
        store.deliveries.send_again(due)


def moved(store: Store, old: Room, new: Room, now: datetime) -> None:
    """Let a room follow to its new address, with fresh cards of what stood in the old one and is still to come.

    Hearing of it twice changes nothing.
    """
    place = store.places.find(old)
    if place is None or old == new:
        return
    stood = {(card.card.kind, card.card.subject) for card in store.cards.standing_in(place.id)}
    store.places.move(old, new)
    for circle in store.places.circles_in(place.id):
        if circle.state is not CircleState.PUBLISHED:
            continue
        coming = store.meetings.next_of(circle.id, now)
        if ("circle", circle.id) in stood and circle.is_open:
            key = f"{CircleAnnounced.kind}:{circle.id}:{place.id}"
            store.deliveries.send_again(Due(key, CircleAnnounced(circle.id), now, place=place.id, circle=circle.id))
        if coming is not None and ("meeting", coming.id) in stood:
            store.deliveries.send_again(
                Due(
                    f"{MeetingCard.kind}:{coming.id}:{place.id}",
                    MeetingCard(coming.id),
                    now,
                    coming.ends_at,
                    place=place.id,
                    circle=circle.id,
                    meeting=coming.id,
                )
            )
