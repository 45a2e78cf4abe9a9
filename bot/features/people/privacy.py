"""What is kept about a person: shown, and erased at their word."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from bot.chat.message import Button, Message, Reply, Say, Style
from bot.chat.text import Text, Typed, paragraphs
from bot.context import Context
from bot.domain.circles import CircleState
from bot.domain.people import Role
from bot.errors import Declined
from bot.features.circles.seats import no_offer, offer_seats
from bot.features.in_place import in_place
from bot.features.people.intents import ForgetMe, MyData
from bot.features.redrawn import redrawn
from bot.i18n import N_

_FITS: Final = 3000
"""Characters of data that one message holds on every platform, with room for the words around it."""


def my_data(_: MyData, ctx: Context) -> Reply:
    """Show all that is kept about the person, to them alone."""
    kept = {name: rows for name, rows in ctx.store.people.everything(ctx.person.id).items() if rows}
    written = json.dumps(kept, ensure_ascii=False, indent=1, default=_plain)
    note = (
        ctx.t("This is the beginning: it is too long for one message. Ask whoever runs me for the rest.")
        if len(written) > _FITS
        else Text()
    )
    what = ctx.t(
        "This is all that I keep about you. Plus and delta that you did not sign bear no name, so they are not here."
    )
    erase = Button(ctx.t.words("Erase it…"), ForgetMe(sure=False), Style.DANGER)
    message = Message(
        paragraphs(what, Text.of(Typed(written[:_FITS])), note), title=ctx.t.words("Your data"), rows=((erase,),)
    )
    return Say(message, private=True)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def forget_me(intent: ForgetMe, ctx: Context) -> Reply:
    """Erase the person, once they are sure and nobody is left alone by it."""
    _others_carry_on(ctx)
    if not intent.sure:
        ask = ctx.t(
            "Shall I forget you? You leave your circles, and your name and all that you wrote under it are erased. "
            "Only counts stay. This cannot be undone."
        )
        sure = Button(ctx.t.words("Yes, forget me"), ForgetMe(sure=True), Style.DANGER)
        return Say(Message(ask, rows=((sure,),)), private=True)
    circles = ctx.store.seats.circles_of([ctx.person.id])
    for circle in circles:
        ctx.store.seats.leave(circle, ctx.person.id, ctx.now)
        no_offer(circle, [ctx.person.id], N_("they left"), ctx)
    ctx.store.people.forget(ctx.person.id, ctx.now)
    for circle in circles:
        redrawn(circle, [meeting.id for meeting in ctx.store.meetings.of_circle(circle)], ctx)
        offer_seats(circle, ctx)
    done = Message(ctx.t("You are forgotten. Whenever you write to me again, we meet for the first time."))
    return in_place(done, ctx)


def _others_carry_on(ctx: Context) -> None:
    """Decline where nobody else could run what the person runs."""
    for community in ctx.store.communities.organized_by(ctx.person.id):
        if len(ctx.store.communities.organizers(community.id)) == 1:
            raise Declined(
                ctx.t(
                    "You are the only organizer of “{community}”. Invite another one first: /community.",
                    community=community.name,
                )
            )
    for circle, role in ctx.store.circles.of_person(ctx.person.id):
        alone = role is Role.FACILITATOR and len(ctx.store.seats.facilitators(circle.id)) == 1
        if alone and circle.state is CircleState.PUBLISHED and len(ctx.store.seats.roster(circle.id)) > 1:
            raise Declined(
                ctx.t(
                    "You are the only facilitator of “{circle}”. Make somebody else one first, or end it: /circle.",
                    circle=circle.title,
                )
            )
