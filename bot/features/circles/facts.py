"""What the views of a circle are made from, read once."""

from __future__ import annotations

from datetime import datetime

from bot.context import Setting
from bot.domain.circles import Circle, CircleState, Member, seats_left
from bot.domain.meetings import Meeting, MeetingState, upcoming
from bot.domain.people import Role
from bot.records import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """A circle with its people and meetings. `ahead` are the meetings that stand and are not over, soonest first."""

    circle: Circle
    facilitators: tuple[Member, ...] = ()
    learners: tuple[Member, ...] = ()
    waiting: int = 0
    ahead: tuple[Meeting, ...] = ()
    past: tuple[Meeting, ...] = ()
    rooms: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    """Those of the rooms that cannot be reached."""

    @property
    def next(self) -> Meeting | None:
        """The meeting that is on now or comes next."""
        return self.ahead[0] if self.ahead else None

    @property
    def is_full(self) -> bool:
        """Whether whoever joins now has to wait."""
        return self.waiting > 0 or seats_left(self.circle, len(self.learners)) == 0

    @property
    def is_open(self) -> bool:
        """Whether one may join, or wait for a seat."""
        return self.circle.is_open


def facts(circle: Circle, setting: Setting) -> Facts:
    """Read them."""
    store, now = setting.store, setting.now
    roster = store.seats.roster(circle.id)
    meetings = store.meetings.of_circle(circle.id)
    rooms = [place for place in store.places.of_circle(circle.id) if not place.room.is_private]
    return Facts(
        circle,
        facilitators=tuple(member for member in roster if member.role is Role.FACILITATOR),
        learners=tuple(member for member in roster if member.role is Role.LEARNER),
        waiting=len(store.seats.waiting(circle.id)) if circle.seats is not None else 0,
        ahead=upcoming(meetings, now) if circle.state is not CircleState.ENDED else (),
        past=past(meetings, now),
        rooms=tuple(place.title for place in rooms),
        lost=tuple(place.title for place in rooms if place.trouble),
    )


def past(meetings: tuple[Meeting, ...], now: datetime) -> tuple[Meeting, ...]:
    """Return the meetings that took place, in order of time."""
    return tuple(m for m in meetings if m.state is not MeetingState.CANCELLED and m.has_ended(now))
