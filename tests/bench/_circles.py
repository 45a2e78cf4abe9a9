"""What people tap on in the benches: circles, each in a room of its own, with members, a meeting and its card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.chat.message import Card, Posted
from bot.domain.circles import Circle, CircleState
from bot.domain.communities import Community
from bot.domain.meetings import Meeting, instant
from bot.domain.people import Account, Role
from bot.domain.rsvps import Answer
from bot.features.meetings.views import KIND
from bot.features.rsvps.intents import Rsvp
from bot.ports import Store
from tests.bench._control import GROUPS

ZONE = "Europe/Madrid"


@dataclass(frozen=True)
class Living:
    """Where a circle lives: its card, its members' user ids, and the platform's wider space."""

    card: Posted
    users: Sequence[str]
    space: str = ""


def settled(store: Store, where: Callable[[int], Living]) -> list[list[str]]:
    """Make a community of circles; return the payloads of each card's buttons."""
    now = datetime.now(UTC)
    community = store.communities.add(Community(0, "Library circles", "en", ZONE)).id
    return [_circle(store, community, number, where(number), now) for number in range(GROUPS)]


def _circle(store: Store, community: int, number: int, living: Living, now: datetime) -> list[str]:
    local = (now + timedelta(days=4)).replace(hour=18, minute=0, second=0, microsecond=0, tzinfo=None)
    place = store.places.note(living.card.room, f"Circle {number}", living.space)
    circle = store.circles.add(
        Circle(
            0,
            community,
            f"Circle {number}",
            "en",
            ZONE,
            course="Python basics",
            link="https://meet.example/py",
            state=CircleState.PUBLISHED,
        ),
        now,
    )
    store.places.attach(circle.id, place.id)
    for member, user in enumerate(living.users):
        account = Account(living.card.room.platform, user, f"Person {member} of {number}")
        person = store.people.meet(account, "en", "", now)
        store.seats.join_as(circle.id, person.id, Role.LEARNER if member else Role.FACILITATOR, now)
    starts = instant(local, ZONE)
    (meeting,) = store.meetings.add([Meeting(0, circle.id, 1, local, ZONE, starts, 90, topic="Loops and lists")])
    store.cards.stand(Card(KIND, meeting.id), living.card, "as it was posted", now)
    return [Rsvp(meeting=meeting.id, answer=answer, starts=int(starts.timestamp())).payload() for answer in Answer]
