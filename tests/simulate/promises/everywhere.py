"""What holds for every message: nothing twice, nothing astray, nothing unanswered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.simulate.ledger import Sighting
from tests.simulate.promises import Court
from tests.simulate.truth import Circle

ONCE = frozenset({"asked", "summary", "nudge", "reflect", "ended", "announced"})
IN_ROOMS = frozenset({"reminder", "changed", "asked", "summary", "ended", "announced"})
PRIVATE = frozenset({"nudge", "confirm", "reflect", "welcome", "seat", "news"})


def every_message_belongs_where_it_stands(_court: Court, seen: Sighting) -> Iterator[str]:
    """No message in a room that is not theirs; authority is checked on the thing acted on (People)."""
    if seen.kind == "unknown" or (seen.room is None and seen.soul is None):
        yield f"nobody expected this: {seen}"
    elif seen.kind in IN_ROOMS and (seen.room is None or seen.room.circle is None):
        yield f"it stands where no circle meets: {seen}"
    elif seen.kind in PRIVATE and (seen.soul is None or seen.circle is None):
        yield f"it is private, and nobody knows of which circle: {seen}"
    elif seen.kind == "digest" and (seen.room is None or seen.room.office_of is None):
        yield f"a digest outside the organizers' room: {seen}"
    elif seen.circle is not None and seen.kind in IN_ROOMS and seen.circle.title not in seen.words:
        yield f"it tells of another circle than {seen.circle.title}: {seen}"


def nothing_is_sent_twice(_court: Court, seen: Sighting, said: Counter[tuple[object, ...]]) -> Iterator[str]:
    """Nothing is lost silently, nothing is sent twice (Reminder)."""
    if seen.kind not in ONCE:
        return
    key = (seen.kind, seen.meeting or seen.circle, seen.room or seen.soul)
    said[key] += 1
    if said[key] > 1:
        yield f"{said[key]} times: {seen}"


def an_ended_circle_keeps_silent(_court: Court, seen: Sighting, circle: Circle) -> Iterator[str]:
    """Destructive acts (Change): reminders stop with the circle."""
    if circle.ended_at is not None and seen.at > circle.ended_at and seen.kind in {"reminder", "nudge", "confirm"}:
        yield f"it ended at {circle.ended_at}: {seen}"


def nothing_goes_wrong(_court: Court, what: str) -> Iterator[str]:
    """Nothing is refused by a platform, nothing fails for people, nothing is warned of in the log."""
    yield what
