"""One meeting of one circle, for what is measured in the storage alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.domain.circles import Circle
from bot.domain.communities import Community
from bot.domain.meetings import Meeting
from bot.domain.people import Account, Role
from storage.store import SqlStore

NOW: Final = datetime(2026, 1, 5, 18, tzinfo=UTC)
MEMBERS: Final = 12


def seeded(store: SqlStore) -> tuple[int, list[int]]:
    """Make a meeting of a circle with members, and return their ids."""
    community = store.communities.add(Community(0, "Bench", "en", "UTC"))
    circle = store.circles.add(Circle(0, community.id, "Bench", "en", "UTC"), NOW)
    people = [store.people.meet(Account("web", f"u{i}", f"Person {i}"), "en", "", NOW).id for i in range(MEMBERS)]
    for person in people:
        store.seats.join_as(circle.id, person, Role.LEARNER, NOW)
    starts = NOW + timedelta(days=1)
    meeting = Meeting(0, circle.id, 1, starts.replace(tzinfo=None), "UTC", starts, 90)
    return store.meetings.add([meeting])[0].id, people
