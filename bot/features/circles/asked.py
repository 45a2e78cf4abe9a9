"""The room in which somebody asked for a circle's panel: what its buttons mean where it is read in the private chat."""

from __future__ import annotations

from datetime import timedelta

from bot.context import Context
from bot.errors import Declined
from bot.ports import StoredPlace, asked_key

ASKED_LASTS = timedelta(days=1)
"""For how long the panel's buttons mean that room: who is in it today need not be for ever."""


def note_asked(circle: int, ctx: Context) -> None:
    """Remember that the person was in this room just now and asked for the circle's panel there; the newest counts."""
    if not ctx.room.is_private:
        until = int((ctx.now + ASKED_LASTS).timestamp())
        ctx.store.settings.put(asked_key(ctx.person.id), f"{circle} {ctx.here.id} {until}")


def asked_in(circle: int, ctx: Context) -> StoredPlace | None:
    """Return the room in which the person asked for the circle's panel last, None where that is long ago."""
    noted = (ctx.store.settings.get(asked_key(ctx.person.id)) or "").split()
    if len(noted) != 3 or int(noted[0]) != circle or int(noted[2]) <= ctx.now.timestamp():  # noqa: PLR2004  # as `note_asked` writes it
        return None
    place = ctx.store.places.get(int(noted[1]))
    is_here = place is not None and not place.room.is_private and place.room.platform == ctx.room.platform
    return place if is_here else None


def room_at_hand(circle: int, ctx: Context) -> StoredPlace | None:
    """Return the room that the panel's buttons mean: where it is read, or in private where it was asked for."""
    return asked_in(circle, ctx) if ctx.shown_in.is_private else ctx.here


def in_room(circle: int, room: int, ctx: Context) -> Context:
    """Return the act as one done in the room that a button names; 0 is the one in which it is pressed.

    Whoever forges a button has not been in that room: it counts only where they asked for the panel there themselves.
    Whether they run it on the platform is known in the room alone. Raises `Declined`.
    """
    if not room or (not ctx.room.is_private and room == ctx.here.id):
        return ctx
    place = asked_in(circle, ctx)
    if place is None or place.id != room:
        raise Declined(ctx.t("I am not sure any more which room you mean. Type /circle there once more."))
    return ctx.as_in(place, runs_room=False)
