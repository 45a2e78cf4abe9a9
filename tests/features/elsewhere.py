"""What tests of permissions share: a second community with a circle of its own, and a look at all that is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from bot.chat.message import Room
from bot.domain.circles import Circle, CircleState
from bot.domain.communities import Community, Invite, InviteKind
from bot.domain.feedback import Decision, Feedback
from bot.domain.meetings import Meeting, MeetingState, instant, series
from bot.domain.notices import Due, Reminder
from bot.domain.people import Role
from bot.ports import Store
from storage.schema import metadata
from storage.store import SqlStore
from tests.support.chat import FIRST, ZONE, ChatSim
from tests.support.sim import group

SECRETS = ("Rust in secret", "Bob", "Bea", "meet.example/secret", "Ownership", "too much talk")
"""Words that only people of that circle may read while it is a draft."""
NOTED = frozenset({"people", "accounts", "places", "drafts", "updates_seen", "leases", "settings"})
"""Tables that change when somebody merely says something."""


@dataclass(frozen=True)
class Elsewhere:
    """A community with one circle, and ids of everything in it; `ahead` and `over` are meetings.

    `free` is a room in which nobody has settled; `code` would link Bea's account with Bob's, as she is asked just now.
    """

    room: Room
    place: int
    community: int
    circle: int
    learner: int
    organizer: int
    ahead: int
    over: int
    feedback: int
    decision: int
    delivery: int
    invite: int
    organizers_invite: int
    free: int
    code: int


async def elsewhere(chat: ChatSim, state: CircleState = CircleState.PUBLISHED) -> Elsewhere:
    """Let Bea run a circle that Bob is in, in a community that Boris organizes; one of its meetings is closed.

    Cara runs another circle of that community.
    """

    def settle(store: Store) -> Elsewhere:
        now = chat.clock.now()
        room = group("elsewhere")
        place = store.places.note(room, "Elsewhere", "").id
        community = store.communities.add(Community(0, "Other circles", "en", ZONE)).id
        store.places.join_community(place, community)
        boris, bea, bob = (getattr(chat, name).person(store).id for name in ("boris", "bea", "bob"))
        store.communities.add_organizer(community, boris)
        circle = store.circles.add(
            Circle(0, community, "Rust in secret", "en", ZONE, link="https://meet.example/secret"), now
        ).id
        store.places.attach(circle, place)
        times = (FIRST - timedelta(weeks=2), *series(FIRST, 2))
        over, ahead, _ = store.meetings.add(
            [
                Meeting(0, circle, number, at, ZONE, instant(at, ZONE), 90, "Ownership")
                for number, at in enumerate(times)
            ]
        )
        beside = store.circles.add(Circle(0, community, "Beside it", "en", ZONE), now).id
        store.seats.join_as(beside, chat.cara.person(store).id, Role.FACILITATOR, now)
        store.seats.join_as(circle, bea, Role.FACILITATOR, now)
        store.seats.join_as(circle, bob, Role.LEARNER, now)
        store.meetings.change_state(over.id, MeetingState.PLANNED, MeetingState.ENDED)
        store.meetings.change_state(over.id, MeetingState.ENDED, MeetingState.CLOSED)
        for giver in (boris, bea, bob):
            store.feedback.give(Feedback(0, over.id, "", "too much talk", 3), giver)
        deltas = store.feedback.of(over.id)
        decision = store.decisions.take_up(Decision(0, circle, over.id, "less talk", bob, made_at=now), deltas[1].id)
        key, due = f"remind:{ahead.id}:7200:{place}", ahead.starts_at - timedelta(hours=2)
        store.deliveries.plan(
            [Due(key, Reminder(ahead.id, 7200), due, ahead.starts_at, place, circle=circle, meeting=ahead.id)]
        )
        if state is not CircleState.DRAFT:
            store.circles.change_state(circle, CircleState.DRAFT, state)
        delivery = store.deliveries.find(key)
        assert decision is not None
        assert delivery is not None
        week = now + timedelta(days=7)
        invite = store.invites.make(Invite(0, InviteKind.FACILITATOR, None, circle, bea, week), "one", now)
        organizers = store.invites.make(Invite(0, InviteKind.ORGANIZER, community, None, boris, week), "two", now)
        code = store.linking.make(bob, "three", week, now).id
        store.linking.take(code, bea, now)
        return Elsewhere(
            room, place, community, circle, bob, boris, ahead.id, over.id, deltas[0].id, decision.id, delivery.id,
            invite.id, organizers.id, store.places.note(group("free"), "Free", "").id, code,
        )  # fmt: skip

    return await chat.store.transact(settle)


async def stored(chat: ChatSim) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table that does not merely note who said something."""

    def look(store: Store) -> dict[str, list[tuple[object, ...]]]:
        asked = cast("SqlStore", store).connection.exec_driver_sql
        names = (table.name for table in metadata.sorted_tables)
        return {  # just as the database has it, for there are a great many such looks
            name: sorted((tuple(row) for row in asked(f"SELECT * FROM {name}")), key=repr)  # noqa: S608  # our own name
            for name in names
            if name not in NOTED and not name.startswith("web_")
        }

    return await chat.store.read(look)
