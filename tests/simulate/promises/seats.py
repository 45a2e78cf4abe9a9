"""Joining: "Join" in the product's design."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulate.ledger import Sighting
from tests.simulate.promises import Court
from tests.simulate.truth import Circle, Soul


def seats_are_never_oversold(_court: Court, circle: Circle) -> Iterator[str]:
    """Seats can never be oversold, however many tap at once (Join)."""
    if circle.seats is not None and len(circle.learners) + len(circle.offered) > circle.seats:
        yield f"{len(circle.learners)} seats taken and {len(circle.offered)} held, of {circle.seats}"


def who_waits_is_told_their_place(_court: Court, circle: Circle, soul: Soul, told: int) -> Iterator[str]:
    """Full circle → waiting list (Join): each gets a place of their own, behind those who wait already."""
    if not 0 < told <= len(circle.waiting):
        yield f"{soul.name} was told to be number {told} of {len(circle.waiting)}"


def a_freed_seat_is_offered_in_order(_court: Court, seen: Sighting) -> Iterator[str]:
    """A freed seat is offered in order with a time to accept (Join)."""
    circle, soul = seen.circle, seen.soul
    if circle is None or soul is None:
        yield f"nobody knows to whom or of what: {seen}"
    elif soul not in circle.offered:
        yield f"{soul.name} is offered a seat; it is held for {[one.name for one in circle.offered]}"


def the_announcement_counts_who_is_in(_court: Court, circle: Circle, shown: str) -> Iterator[str]:
    """One tap (Join): the announcement counts everybody who is in, on every platform."""
    number = len(circle.learners)
    if circle.seats is not None:
        wanted = f"{number + len(circle.offered)} of {circle.seats} seats taken"
        also = f"{number} of {circle.seats} seats taken"
    else:
        wanted = also = f"{number} learner" if number else "Be the first to join."
    if wanted not in shown and also not in shown:
        yield f"it does not say {wanted!r}: {shown!r}"
