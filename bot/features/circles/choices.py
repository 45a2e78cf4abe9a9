"""What can be chosen: circles, people in them, languages, time zones; and the circle that goes without saying."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from zoneinfo import available_timezones

from bot.chat.forms import Choice
from bot.context import Context
from bot.domain.circles import Circle, CircleState
from bot.domain.people import Role
from bot.features.circles.feature import circles
from bot.i18n import SOURCE, Translator

OFFERED = 25
"""How many choices the tighter of the platforms shows."""
_REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


# Circles


def mine(ctx: Context) -> tuple[Circle, ...]:
    """Return the circles that the person is in and that have not ended, running ones first."""
    return tuple(c for c, _ in ctx.store.circles.of_person(ctx.person.id) if c.state is not CircleState.ENDED)


def run_by_me(ctx: Context) -> tuple[Circle, ...]:
    """Return the circles that the person may run: as a facilitator, or as an organizer of their community."""
    found = {c.id: c for c, role in ctx.store.circles.of_person(ctx.person.id) if role is Role.FACILITATOR}
    for community in ctx.store.communities.organized_by(ctx.person.id):
        found |= {c.id: c for c in ctx.store.circles.of_community(community.id) if c.id not in found}
    return tuple(c for c in found.values() if c.state is not CircleState.ENDED)


def communities_at_hand(ctx: Context) -> tuple[int, ...]:
    """Return the communities whose circles are shown: the room's, else the person's, else all."""
    here = None if ctx.room.is_private else ctx.store.communities.in_place(ctx.here.id)
    if here is not None:
        return (here.id,)
    own = ctx.store.communities.of_person(ctx.person.id)
    if not own and not ctx.space:  # a space that is no community yet shows nobody else's
        own = ctx.store.communities.all()
    return tuple(community.id for community in own)


def _here(ctx: Context) -> tuple[Circle, ...]:
    """Return the living circles of this room that exist for the person: a draft does for its members alone."""
    return tuple(
        c
        for c in ctx.circles_here
        if c.state is CircleState.PUBLISHED or (c.state is CircleState.DRAFT and ctx.role(c) is not None)
    )


def offered(found: Iterable[Circle]) -> Sequence[Choice]:
    """Return circles as choices, of which no two read the same."""
    return told_apart((str(circle.id), circle.title) for circle in found)[:OFFERED]


def told_apart(labelled: Iterable[tuple[str, str]]) -> list[Choice]:
    """Return choices of which no two read the same: the second “Python” is “Python (2)”."""
    taken: dict[str, int] = {}
    choices = []
    for value, label in labelled:
        taken[label] = number = taken.get(label, 0) + 1
        choices.append(Choice(value, label if number == 1 else f"{label} ({number})"))
    return choices


@circles.chooses("my_circles")
def my_circles(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001  # what a provider is called with
    """Offer the circles that the person is in or runs."""
    found = {c.id: c for c in (*mine(ctx), *run_by_me(ctx))}
    return offered(found.values())


@circles.chooses("circles_i_run")
def circles_i_run(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001
    """Offer the circles that the person may run."""
    return offered(run_by_me(ctx))


@circles.chooses("open_circles")
def open_circles(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001
    """Offer the circles that one may join: this room's first."""
    found = {c.id: c for c in _here(ctx) if c.is_open}
    listed = ctx.store.circles.listed(communities_at_hand(ctx), "", ctx.now, OFFERED)
    return offered((found | {one.circle.id: one.circle for one in listed}).values())


@circles.chooses("circles_seen")
def circles_seen(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001
    """Offer every circle whose panel the person may see: this room's, their own, those that are open."""
    listed = ctx.store.circles.listed(communities_at_hand(ctx), "", ctx.now, OFFERED)
    seen = (*_here(ctx), *mine(ctx), *run_by_me(ctx), *(one.circle for one in listed))
    return offered({circle.id: circle for circle in seen}.values())


@circles.presumes("circle_here")
def circle_here(ctx: Context) -> int | None:
    """Presume the one circle of this room; in a private chat the only one the person is in, or runs."""
    found = _here(ctx) if not ctx.room.is_private else mine(ctx) or run_by_me(ctx)
    return found[0].id if len(found) == 1 else None


@circles.presumes("circle_i_run_here")
def circle_i_run_here(ctx: Context) -> int | None:
    """Presume the one circle of this room that the person runs; in a private chat the only one they run."""
    found = tuple(c for c in _here(ctx) if ctx.role(c) is Role.FACILITATOR)
    if ctx.room.is_private or not found:
        found = found or run_by_me(ctx)
    return found[0].id if len(found) == 1 else None


# People


@circles.chooses("members")
def members(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001
    """Offer the members of the circle at hand: this room's, else of the circles that the person is in or runs.

    Two people of one name are told apart by a number in the order in which they joined, people of several circles by
    the title; whoever takes the answer checks that the person belongs to the thing it is about.
    """
    known = tuple(circle for circle in _here(ctx) if ctx.role(circle) is not None)  # strangers learn nobody's name
    found = known or tuple({c.id: c for c in (*run_by_me(ctx), *mine(ctx))}.values())
    offered: dict[str, str] = {}
    for circle in found:
        for member in ctx.store.seats.roster(circle.id):
            name = member.person.name
            label = f"{name} · {circle.title}" if len(found) > 1 else name
            offered.setdefault(str(member.person.id), label)
    return told_apart(offered.items())[:OFFERED]


# Languages and zones


@circles.chooses("languages")
def languages(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001
    """Offer the languages that the bot speaks, by their names in the person's."""
    return [Choice(language, ctx.t.language_name(language)) for language in ctx.catalogue.languages]


@circles.chooses("zones")
def zones(ctx: Context, words: str) -> Sequence[Choice]:
    """Offer time zones by their places: those whose place or IANA name has the words; without words, some at hand."""
    wished = " ".join(words.replace("_", " ").split()).casefold()
    if not wished:
        near = (ctx.person.zone, ctx.act.sender.zone, ctx.community.zone if ctx.community else "", *_USUAL)
        return [Choice(zone, ctx.t.zone(zone)) for zone in dict.fromkeys(near) if zone in _known()][:OFFERED]
    exact = [zone for zone in _known() if zone.casefold() == wished.replace(" ", "_")]
    if exact:
        return [Choice(zone, ctx.t.zone(zone)) for zone in exact]
    first: list[Choice] = []
    rest: list[Choice] = []
    for zone, city, label in _places(ctx.t, ctx.catalogue.speaker(SOURCE)):
        if wished in {city.casefold(), label.casefold()}:
            first.append(Choice(zone, city if wished == city.casefold() else label))
        elif wished in label.casefold() or wished in zone.replace("_", " ").casefold():
            rest.append(Choice(zone, label))
    return (first + rest)[:OFFERED]


_USUAL = (
    "Europe/London",
    "Europe/Madrid",
    "Europe/Berlin",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Sao_Paulo",
    "America/Mexico_City",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "UTC",
)
"""A first look around the world, from which anybody sees how zones are named here."""


@cache
def _known() -> frozenset[str]:
    """Return every IANA zone; reading them from the disk is slow, and they do not change while we run."""
    return frozenset(available_timezones())


@cache
def _named_after_places(english: Translator) -> tuple[tuple[str, str, bool], ...]:
    """Return (zone, its city, whether it is only another name of a zone) of every zone that is named after a place."""
    zones = sorted(zone for zone in _known() if zone.partition("/")[0] in _REGIONS)
    cities = {zone: zone.rpartition("/")[2].replace("_", " ") for zone in (*zones, "UTC")}
    places = {zone: english.zone(zone) for zone in cities}
    proper = {place: zone for zone, place in reversed(places.items())}
    proper |= {place: zone for zone, place in places.items() if cities[zone] == place}
    return tuple((zone, city, proper[places[zone]] != zone) for zone, city in cities.items())


@lru_cache(maxsize=32)
def _places(t: Translator, english: Translator) -> tuple[tuple[str, str, str], ...]:
    """Return (zone, its city in English, its place in the language); another name of a zone goes by its own city."""
    return tuple((zone, city, city if alias else t.zone(zone)) for zone, city, alias in _named_after_places(english))
