"""A community's own settings: name, language, zone; where, when and in which language the digest comes."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.intents import Asked
from bot.chat.message import Reply, Say
from bot.context import Context
from bot.domain.communities import Community
from bot.domain.daytime import read_time
from bot.errors import BadAnswers, Declined
from bot.feature import Feature
from bot.features.communities import views
from bot.features.communities.intents import (
    ChooseDigestRoom,
    DigestHere,
    MoveCommunity,
    PutDigest,
    RenameCommunity,
    SpeakInCommunity,
    SpeakInDigest,
    TimeDigest,
)
from bot.features.communities.links import through_a_link
from bot.features.communities.ways import ways
from bot.features.in_place import in_place
from bot.ports import StoredPlace
from bot.rules import organizers


def add_settings(communities: Feature) -> None:
    """Add what can be changed about a community."""
    communities.handles(RenameCommunity, allow=organizers, asks=_name_so_far)(_rename)
    communities.handles(SpeakInCommunity, allow=organizers)(_speak)
    communities.handles(MoveCommunity, allow=organizers)(_move)
    communities.handles(DigestHere, allow=organizers)(_digest_here)
    communities.handles(ChooseDigestRoom, allow=organizers)(_choose_room)
    communities.handles(PutDigest, allow=organizers)(_put_digest)
    communities.handles(TimeDigest, allow=organizers, asks=_time_so_far)(_time_digest)
    communities.handles(SpeakInDigest, allow=organizers)(_speak_in_digest)


def the(community: int, ctx: Context) -> Community:
    """Return a community; declines where there is none."""
    found = ctx.store.communities.get(community)
    if found is None:
        raise Declined(ctx.t("That community is not there any more. /community shows what is."))
    return found


def panel_of(community: Community, ctx: Context) -> views.Panel:
    """Gather what the panel shows."""
    rows = []
    for circle in views.living(ctx.store.circles.of_community(community.id)):
        roster = ctx.store.seats.roster(circle.id)
        rows.append(views.circle_row(circle, roster, ctx.store.meetings.next_of(circle.id, ctx.now)))
    return views.Panel(
        community,
        tuple(rows),
        ctx.store.communities.organizers(community.id),
        ctx.store.places.get(community.digest_place) if community.digest_place else None,
        can_be_here=not ctx.room.is_private
        and community.digest_place != ctx.here.id
        and _may_hold(ctx.here, community, ctx),
        here_title=ctx.here.title,
        ways=ways(ctx),
        here=next((place.id for place in ctx.store.places.of_community(community.id) if place.id == ctx.here.id), 0),
    )


def room_community(ctx: Context) -> Community | None:
    """Return the community that this room belongs to, by itself or through a circle that lives in it."""
    if ctx.room.is_private:
        return None
    own = ctx.store.communities.in_place(ctx.here.id)
    if own is None and ctx.circles_here:
        own = ctx.store.communities.get(ctx.circles_here[0].community)
    return own


def _may_hold(place: StoredPlace, community: Community, ctx: Context) -> bool:
    """Whether a room may hold the digest: nobody else's does, nor one in a space that is not this very community."""
    around = ctx.store.communities.in_place(place.id)
    others = {circle.community for circle in ctx.store.places.circles_in(place.id)} - {community.id}
    is_its_own = not ctx.is_in_space(place) if around is None else around.id == community.id
    return is_its_own and not others


def _saved(community: Community, was: Community, ctx: Context) -> Reply:
    """Store a changed community, and show its panel."""
    ctx.store.communities.save(community, was)
    ctx.planner.community(ctx.store, community.id, ctx.now)
    shown = views.panel(panel_of(community, ctx), ctx.t)
    saved = ctx.t.words("Saved.")
    return in_place(shown, ctx, saved)


def _named(known: object, ctx: Context) -> Community | None:
    """Return the community that a form is about, where whoever fills it in may know of it."""
    number = known.get("community") if isinstance(known, dict) else None
    if not isinstance(number, int) or not ctx.store.communities.is_organizer(number, ctx.person.id):
        return None
    return ctx.store.communities.get(number)


def _name_so_far(known: object, ctx: Context) -> dict[str, Asked]:
    asked = dict(RenameCommunity.asked)
    if community := _named(known, ctx):
        asked["name"] = replace(asked["name"], value=community.name)
    return asked


def _rename(intent: RenameCommunity, ctx: Context) -> Reply:
    community = the(intent.community, ctx)
    return _saved(replace(community, name=intent.name), community, ctx)


def _speak(intent: SpeakInCommunity, ctx: Context) -> Reply:
    community = the(intent.community, ctx)
    return _saved(replace(community, language=intent.language), community, ctx)


def _move(intent: MoveCommunity, ctx: Context) -> Reply:
    community = the(intent.community, ctx)
    return _saved(replace(community, zone=intent.zone), community, ctx)


def _digest_here(intent: DigestHere, ctx: Context) -> Reply:
    community = the(intent.community, ctx)
    if (chosen := through_a_link(intent.community, ctx)) is not None:
        return chosen
    if ctx.room.is_private:
        raise Declined(ctx.t("Press this in the room that should get the digest, or choose one of your rooms."))
    if not _may_hold(ctx.here, community, ctx) or not (
        ctx.space or ctx.store.places.join_community(ctx.here.id, community.id)
    ):
        raise Declined(ctx.t("This room belongs to another community."))
    return _saved(replace(community, digest_place=ctx.here.id), community, ctx)


def _choose_room(intent: ChooseDigestRoom, ctx: Context) -> Reply:
    community = the(intent.community, ctx)
    known = ctx.store.places.of_community(community.id)
    rooms = [place for place in known if not place.trouble and _may_hold(place, community, ctx)]
    return Say(views.rooms_to_choose(community, rooms, ctx.t), private=True)


def _put_digest(intent: PutDigest, ctx: Context) -> Reply:
    community = the(intent.community, ctx)
    if not intent.place:
        return _saved(replace(community, digest_place=None), community, ctx)
    rooms = {place.id: place for place in ctx.store.places.of_community(community.id)}
    if intent.place not in rooms or not _may_hold(rooms[intent.place], community, ctx):
        raise Declined(ctx.t("That room is not one of the community's any more."))
    return _saved(replace(community, digest_place=intent.place), community, ctx)


def _time_so_far(known: object, ctx: Context) -> dict[str, Asked]:
    asked = dict(TimeDigest.asked)
    if community := _named(known, ctx):
        asked["weekday"] = replace(asked["weekday"], value=str(community.digest_weekday))
        asked["at"] = replace(asked["at"], value=community.digest_time.isoformat(timespec="minutes"))
    return asked


def _time_digest(intent: TimeDigest, ctx: Context) -> Reply:
    at = read_time(intent.at)
    if at is None:
        raise BadAnswers({"at": ctx.t("I could not read that as a time of day. Try “21:00” or “9 pm”.")})
    community = the(intent.community, ctx)
    return _saved(replace(community, digest_weekday=intent.weekday, digest_time=at), community, ctx)


def _speak_in_digest(intent: SpeakInDigest, ctx: Context) -> Reply:
    community = the(intent.community, ctx)
    return _saved(replace(community, digest_language=intent.language), community, ctx)
