"""A circle is made: from a form to a draft with its meetings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.chat.forms import Choice
from bot.chat.intents import Asked
from bot.chat.message import Message, Reply, Say
from bot.chat.text import Moment, Shape, Text, paragraphs
from bot.context import Context
from bot.domain.bounds import MOST_CIRCLES, MOST_CIRCLES_EVER
from bot.domain.circles import Circle, CircleState
from bot.domain.communities import Community
from bot.domain.meetings import Meeting, instant, series
from bot.domain.people import Role, clean_name
from bot.errors import BadAnswers, Declined
from bot.features.circles.feature import circles
from bot.features.circles.intents import LONGEST_TITLE, NewCircle
from bot.features.circles.panels import panel_for
from bot.features.circles.rooms import may_use
from bot.features.communities.spaces import made_of_space, may_begin_circles, of_space, open_to_begin
from bot.features.meetings.dates import problem
from bot.i18n import Translator
from bot.rules import Audience, Rule

NOBODYS_ZONE: Final = "UTC"
"""The zone of a community or person that has never named a city: nobody is to take it over unseen."""


def _homes(ctx: Context) -> tuple[Community, ...]:
    """Return where the person may make a circle: in the room's community if it is theirs, else in their own."""
    if ctx.space:
        around = of_space(ctx)
        return () if around is None else (around,)
    own = open_to_begin(ctx.store.communities.of_person(ctx.person.id), ctx)
    here = None if ctx.room.is_private else ctx.store.communities.in_place(ctx.here.id)
    is_theirs = here is not None and (ctx.runs_room or any(one.id == here.id for one in own))
    return (here,) if here is not None and is_theirs else own


@circles.chooses("communities_at_hand")
def communities_at_hand(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001  # what a provider is called with
    """Offer the communities in which the person may make a circle."""
    return [Choice(str(community.id), community.name) for community in _homes(ctx)][:25]


def new_circle_asks(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:  # noqa: ARG001
    """Ask for the community only where there are several; begin with the language, and a zone that was once named."""
    asked = dict(NewCircle.asked)
    homes = _homes(ctx)
    if len(homes) < 2:  # noqa: PLR2004  # nothing to choose
        del asked["community"]
    zone = homes[0].zone if homes else ctx.zone
    language = homes[0].language if homes else ctx.t.language
    asked["zone"] = replace(asked["zone"], value="" if zone == NOBODYS_ZONE else zone)
    asked["language"] = replace(asked["language"], value=ctx.catalogue.best(language))
    return asked


def _may_begin(intent: NewCircle, ctx: Context) -> None:  # noqa: ARG001  # what a rule is called with
    may_begin_circles(ctx)


@circles.handles(NewCircle, allow=Rule(Audience.ANYONE, _may_begin), asks=new_circle_asks, minds_who_runs=True)
def new_circle(intent: NewCircle, ctx: Context) -> Reply:
    """Save a draft with its meetings; its maker facilitates it."""
    meetings = planned(intent.first, intent.weeks, intent.zone, "first", ctx)
    _is_not_too_much(ctx)
    community = _home(intent, ctx)
    made = ctx.store.circles.add(
        Circle(
            0,
            community.id,
            title_of(intent.name, ctx),
            intent.language,
            intent.zone,
            course=intent.course,
            course_link=intent.course_link,
            place=intent.place,
            link=intent.link,
            minutes=intent.minutes,
        ),
        ctx.now,
    )
    ctx.store.meetings.add(
        [
            Meeting(0, made.id, number, local, intent.zone, at, intent.minutes)
            for number, (local, at) in enumerate(meetings, start=1)
        ]
    )
    ctx.store.seats.join_as(made.id, ctx.person.id, Role.FACILITATOR, ctx.now)
    if not ctx.room.is_private and may_use(made, ctx):
        ctx.store.places.attach(made.id, ctx.here.id)
    ctx.planner.circle(ctx.store, made.id, ctx.now)
    panel = panel_for(made.id, ctx)
    saved = paragraphs(ctx.t("Saved."), dates(meetings, intent.zone, ctx.t), panel.text)
    return Say(Message(saved, rows=panel.rows, title=panel.title), private=True)


def title_of(words: str, ctx: Context) -> str:
    """Return a circle's title; raises `BadAnswers` where it has nothing that can be seen."""
    title = clean_name(words, "", LONGEST_TITLE)
    if not title:
        raise BadAnswers({"name": ctx.t("I see no letters in that. What is the circle called?")})
    return title


def planned(first: datetime, weeks: int, zone: str, field: str, ctx: Context) -> tuple[tuple[datetime, datetime], ...]:
    """Return the wall clock and the instant of each of the weekly meetings.

    Raises `BadAnswers` on `field` where the first is over or far off, or the clocks skip or repeat the hour of any.
    """
    wrong = problem(first, zone, ctx.now, ctx.t)
    times = () if wrong is not None else series(first, weeks)
    for number, local in enumerate(times, start=1):
        later = problem(local, zone, ctx.now, ctx.t)
        if later is not None and wrong is None:
            wrong = ctx.t("Meeting {number}: {problem}", number=number, problem=later)
    if wrong is not None:
        raise BadAnswers({field: wrong})
    return tuple((local, instant(local, zone)) for local in times)


def dates(meetings: Sequence[tuple[datetime, datetime]], zone: str, t: Translator) -> Text:
    """Return the first and the last of a series."""
    return t.plural(
        "{n} meeting, on {first}.",
        "{n} weekly meetings, from {first} to {last}.",
        len(meetings),
        first=Moment(meetings[0][1], zone),
        last=Moment(meetings[-1][1], zone, Shape.DATE),
    )


def _is_not_too_much(ctx: Context) -> None:
    """Decline one more circle of somebody who facilitates too many. Raises `Declined`."""
    theirs = [circle for circle, role in ctx.store.circles.of_person(ctx.person.id) if role is Role.FACILITATOR]
    living = [circle for circle in theirs if circle.state is not CircleState.ENDED]
    if len(living) >= MOST_CIRCLES or len(theirs) >= MOST_CIRCLES_EVER:
        counted = living if len(living) >= MOST_CIRCLES else theirs
        raise Declined(ctx.t("You facilitate {n} circles already, the most for one person.", n=len(counted)))


def _home(intent: NewCircle, ctx: Context) -> Community:
    """Return the community of a new circle; whoever has none gets one of their own."""
    homes = _homes(ctx)
    if intent.community:
        chosen = next((home for home in homes if home.id == intent.community), None)
        if chosen is None:
            raise Declined(ctx.t("You are not part of that community (any more)."))
        return chosen
    if homes:
        return homes[0]
    if ctx.space:
        return made_of_space(intent.language, intent.zone, ctx)
    is_free = not ctx.room.is_private and ctx.store.communities.in_place(ctx.here.id) is None
    name = ctx.act.place.title if is_free else ""
    made = ctx.store.communities.add(
        Community(
            0,
            name or ctx.t.words("{name}'s community", name=ctx.person.name),
            intent.language,
            intent.zone,
        )
    )
    ctx.store.communities.add_organizer(made.id, ctx.person.id)
    if is_free and not ctx.circles_here:
        ctx.store.places.join_community(ctx.here.id, made.id)
    ctx.planner.community(ctx.store, made.id, ctx.now)
    return made
