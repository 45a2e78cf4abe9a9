"""What we do for people's own calendars: addresses made and ended, and what stands in a calendar."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from bot.chat.message import Message, Reply, Say
from bot.context import Context
from bot.domain.circles import Circle, CircleState
from bot.domain.feeds import PAST_SHOWN, Calendar, Feed
from bot.domain.people import Person, Role
from bot.domain.tokens import hashed
from bot.errors import Declined
from bot.feature import Feature
from bot.features.calendars import views
from bot.features.calendars.intents import EndFeeds, MakeFeed, ShowCalendar
from bot.features.in_place import in_place
from bot.i18n import Catalogue
from bot.ports import Store
from bot.rules import Audience, Rule, anyone, insiders

calendars = Feature("calendars")
_TOKEN_BYTES: Final = 24


@calendars.handles(ShowCalendar, allow=anyone)
def show(intent: ShowCalendar, ctx: Context) -> Reply:  # noqa: ARG001  # it names nothing
    """Offer an address for all circles of the person, and one for each."""
    return Say(_offer(ctx), private=True)


def _offer(ctx: Context) -> Message:
    if not ctx.links.calendar(ctx.room.platform, "x"):
        raise Declined(
            ctx.t(
                "I have no web address that calendars could read from. Whoever runs me can give me one: "
                "public_url in the settings."
            )
        )
    circles = [
        circle for circle, _ in ctx.store.circles.of_person(ctx.person.id) if circle.state is not CircleState.ENDED
    ]
    return views.offer(circles, len(ctx.store.feeds.of_person(ctx.person.id, ctx.now)), ctx.t)


def _own(intent: MakeFeed, ctx: Context) -> None:
    """Let everybody have their own circles' meetings, and insiders those of a circle."""
    if intent.circle is not None:
        insiders(intent, ctx)


@calendars.handles(MakeFeed, allow=Rule(Audience.LEARNER, _own))
def make(intent: MakeFeed, ctx: Context) -> Reply:
    """Show a new address: the only time that it is seen."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    address = ctx.links.calendar(ctx.room.platform, token)
    if not address:
        return Say(_offer(ctx), private=True)  # which says why not
    circle = None if intent.circle is None else ctx.circle(intent.circle)
    ctx.store.feeds.make(ctx.person.id, circle.id if circle else None, hashed(token), ctx.now)
    return Say(views.made(address, circle, ctx.t), private=True)


@calendars.handles(EndFeeds, allow=anyone)
def end(intent: EndFeeds, ctx: Context) -> Reply:
    """Let the person's addresses work no more."""
    if not intent.sure:
        return in_place(views.sure(ctx.t), ctx)
    ended = ctx.store.feeds.revoke(ctx.person.id, ctx.now)
    return in_place(views.ended(ended, ctx.t), ctx)


# What stands in a calendar


def calendar(store: Store, feed: Feed, catalogue: Catalogue, now: datetime) -> Calendar | None:
    """Return what a feed's calendar shows now; None where its person is gone. Reads only.

    Whoever has left a circle finds none of its meetings there any more.
    """
    person = store.people.get(feed.person)
    if person is None:
        return None
    t = catalogue.speaker(person.language)
    circles = _circles(store, feed, person)
    entries = [
        views.entry(meeting, circle, t)
        for circle in circles
        for meeting in store.meetings.of_circle(circle.id)
        if meeting.ends_at > now - PAST_SHOWN
    ]
    titled = circles[0].title if feed.circle is not None and circles else t.words("Learning circles")
    return Calendar(titled, t.language, tuple(entries), now)


def _circles(store: Store, feed: Feed, person: Person) -> list[Circle]:
    """Return the circles whose meetings a person may see in a feed, at this moment."""
    own = store.circles.of_person(person.id)
    mine = [circle for circle, role in own if circle.state is not CircleState.DRAFT or role is Role.FACILITATOR]
    if feed.circle is None:
        return mine
    of_feed = [circle for circle in mine if circle.id == feed.circle]
    if of_feed:
        return of_feed
    circle = store.circles.get(feed.circle)
    organized = circle is not None and store.communities.is_organizer(circle.community, person.id)
    return [circle] if circle is not None and organized else []
