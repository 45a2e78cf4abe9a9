"""A delivery as it stands in the moment in which it is sent: where it goes, what it says, whether it is still to go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.chat.adapter import Unreachable
from bot.chat.message import Card, Message, Posted, Room
from bot.domain.notices import UNKNOWN, Delivery, DeliveryState, Dropped, Due
from bot.domain.people import Account, waking
from bot.i18n import N_
from bot.ports import Store
from bot.records import dataclass
from scheduler.means import Means

LATE: Final = timedelta(hours=1)
"""What comes so much later than it was due was meant for another hour: nobody is woken by it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way; `in_trouble` says that its room could not be reached before.

    `traces` are those of the cards that showed then what it shows (`Cards.traces`).
    """

    due: Due
    room: Room
    message: Message
    in_trouble: bool
    traces: Sequence[object]


def packed(store: Store, delivery: Delivery, means: Means) -> Parcel | Dropped | datetime | None:
    """Return where it goes and what it says now; None where it is not due any more, else when it may go. Reads only."""
    now = means.clock.now()
    there = as_it_stands(store, delivery, now)
    if there is None:
        return None
    due = there.due
    place = store.places.get(due.place) if due.place else None
    room = place.room if place else store.people.private_room(due.person) if due.person else None
    if room is None:
        return Dropped(N_("has not opened a private chat with the bot") if due.person else N_("there is no such room"))
    if (morning := _morning(store, due, now)) is not None:
        return morning
    message = means.narrator.compose(store, due, now)
    if isinstance(message, Dropped):
        return message
    traces = store.cards.traces(message.card) if message.card else ()
    return Parcel(due, room, message, bool(place and place.trouble), traces)


def stands(store: Store, parcel: Parcel, card: Card, posted: Posted, means: Means) -> None:
    """Note where its card stands, and mark it where it has changed while the message was on its way.

    Whatever changes a card marks those that stand already: only where none did is it composed again.
    """
    now = means.clock.now()
    is_as_it_was = parcel.traces and store.cards.traces(card) == parcel.traces
    is_marked = store.cards.stand(card, posted, parcel.message.fingerprint(), now)
    if not (is_as_it_was or is_marked) and means.narrator.compose(store, parcel.due, now) != parcel.message:
        store.cards.touch(card.kind, card.subject, now)


def _morning(store: Store, due: Due, now: datetime) -> datetime | None:
    """Return when somebody wakes to whom something comes late, as after an outage; None where it goes now.

    What is of no use any more by then goes now, too.
    """
    if due.place or now - due.due_at < LATE or (person := store.people.get(due.person or 0)) is None:
        return None
    circle = store.circles.get(due.circle) if due.circle else None
    morning = waking(person, now, person.zone or (circle.zone if circle else "UTC"))
    return None if morning <= now or (due.expires_at is not None and due.expires_at <= morning) else morning


def as_it_stands(store: Store, delivery: Delivery, now: datetime) -> Delivery | None:
    """Return a leased delivery with what was planned since; None where it was dropped, done or moved meanwhile.

    So, too, where another process has taken it: this one was held up for longer than it was leased to it.
    """
    there = _still_ours(store, delivery)
    return None if there is None or there.due.due_at > now else there


def _still_ours(store: Store, delivery: Delivery) -> Delivery | None:
    there = store.deliveries.find(delivery.due.key)
    if there is None or there.id != delivery.id or there.holder != delivery.holder:
        return None
    return there if there.state is DeliveryState.WAITING else None


def let_go(store: Store, delivery: Delivery) -> None:
    """Give up the lease of one that was moved."""
    there = _still_ours(store, delivery)
    if there is not None:
        store.deliveries.put_off(there.id, there.due.due_at, there.outcome, tried=False)


def let_go_if_anew(store: Store, delivery: Delivery) -> bool:
    """Give up the lease of one that was planned anew since, for another time or with more to say; return whether so."""
    there = _still_ours(store, delivery)
    if there is None or there.due == delivery.due:
        return False
    let_go(store, delivery)
    return True


def note_unreachable(store: Store, delivery: Delivery, error: Unreachable, means: Means) -> None:
    """Remember that a room or a person cannot be reached; where it is known why, who looks after the room is told."""
    if delivery.due.place and error.trouble is not None:
        means.planner.lost(store, [delivery.due.place], error.trouble.value, means.clock.now())
    elif delivery.due.place:
        store.places.trouble(delivery.due.place, UNKNOWN)
    elif delivery.due.person:
        room = store.people.private_room(delivery.due.person)
        if room is not None:
            store.people.reachable(Account(room.platform, room.chat, ""), reachable=False)
