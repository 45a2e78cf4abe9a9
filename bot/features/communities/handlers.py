"""What we do for organizers: the panel, a new community, who organizes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.chat.adapter import Ability
from bot.chat.forms import Choice
from bot.chat.intents import Asked
from bot.chat.message import Message, Redraw, Reply, Say
from bot.chat.text import Typed
from bot.context import Context
from bot.domain.bounds import MOST_COMMUNITIES
from bot.domain.communities import LONGEST_COMMUNITY_NAME, Community
from bot.errors import Declined
from bot.feature import Feature
from bot.features.communities import sections, space_views, views
from bot.features.communities.appointing import add_appointing
from bot.features.communities.intents import (
    MakeCommunity,
    OpenCommunity,
    RemoveOrganizer,
    ShowCommunity,
    ShowOrganizers,
)
from bot.features.communities.invitations import add_invitations
from bot.features.communities.rooms import add_rooms
from bot.features.communities.settings import add_settings, panel_of, room_community, the
from bot.features.communities.spaces import made_of_space
from bot.features.communities.ways import ways
from bot.features.in_place import in_place
from bot.rules import anyone, organizers

communities = Feature("communities")


@communities.chooses("my_communities")
def my_communities(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001  # what a provider is called with
    """Offer the communities that the person organizes."""
    return [Choice(str(c.id), c.name) for c in ctx.store.communities.organized_by(ctx.person.id)][:25]


@communities.presumes("community_here")
def community_here(ctx: Context) -> int | None:
    """Presume the room's community; where it has none, the only one that the person organizes."""
    here = room_community(ctx)
    if here is not None:
        return here.id
    own = ctx.store.communities.organized_by(ctx.person.id)
    return own[0].id if len(own) == 1 else None


@communities.chooses("weekdays")
def weekdays(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001
    """Offer the days of the week; Monday is 0."""
    return [Choice(str(number), ctx.t.weekday(number)) for number in range(7)]


def _of_this_space(ctx: Context) -> Reply:
    """Show the community that the space is, made now by whoever runs it; to them also how to make an organizer."""
    community = made_of_space(ctx.catalogue.best(ctx.t.language), ctx.zone, ctx)
    if ctx.store.communities.is_organizer(community.id, ctx.person.id):
        return Say(views.panel(panel_of(community, ctx), ctx.t), private=True)
    people = ctx.store.communities.organizers(community.id)
    if ctx.runs_room:
        return Say(space_views.in_charge(community, people, ways(ctx), ctx.t), private=True)
    raise Declined(
        ctx.t(
            "All rooms here belong to “{community}”. Its organizers: {names}. They can make you one.",
            community=community.name,
            names=ctx.t.listed(person.name for person in people),
        )
    )


@communities.handles(ShowCommunity, allow=anyone, minds_who_runs=True)
def show_community(_: ShowCommunity, ctx: Context) -> Reply:
    """Show the panel of the community at hand; offer what can be done where there is none."""
    if ctx.space:
        return _of_this_space(ctx)
    here = room_community(ctx)
    if here is not None:
        if ctx.store.communities.is_organizer(here.id, ctx.person.id):
            return Say(views.panel(panel_of(here, ctx), ctx.t), private=True)
        names = ctx.t.listed(person.name for person in ctx.store.communities.organizers(here.id))
        raise Declined(
            ctx.t(
                "This room belongs to “{community}”. Its organizers: {names}. They can invite you.",
                community=here.name,
                names=names,
            )
        )
    own = ctx.store.communities.organized_by(ctx.person.id)
    if not ctx.room.is_private:
        # Said in the room: what is pressed in the private chat could not be about the room.
        free = views.free_room(own, ctx.t_room) if own else views.no_community(in_room=True, t=ctx.t_room)
        return Say(free)
    if not own:
        has_spaces = ctx.links.can(ctx.room.platform, Ability.HAVE_SPACES)
        return Say(space_views.space_first(ctx.t) if has_spaces else views.no_community(in_room=False, t=ctx.t))
    shown = views.panel(panel_of(own[0], ctx), ctx.t) if len(own) == 1 else views.choice_of_communities(own, ctx.t)
    return Say(shown, private=True)


@communities.handles(OpenCommunity, allow=organizers)
def open_community(intent: OpenCommunity, ctx: Context) -> Reply:
    """Show the panel of one community, or another level of it."""
    return _shown(sections.part_of_panel(panel_of(the(intent.community, ctx), ctx), intent.part, ctx.t))


def _so_far(_: object, ctx: Context) -> dict[str, Asked]:
    """Return the questions with what the room and the person suggest."""
    asked = MakeCommunity.asked
    suggested = {
        "name": ctx.act.place.title[:LONGEST_COMMUNITY_NAME],
        "language": ctx.t.language if ctx.t.language in ctx.catalogue.languages else "",
        "zone": ctx.zone,
    }
    return {field: replace(how, value=suggested[field]) for field, how in asked.items()}


@communities.handles(MakeCommunity, allow=anyone, asks=_so_far)
def make_community(intent: MakeCommunity, ctx: Context) -> Reply:
    """Make a community; one that exists is never taken over."""
    if ctx.space:
        raise Declined(ctx.t("All rooms here are one community. {command} shows it.", command=Typed("/community")))
    here = room_community(ctx)
    if here is not None:
        raise Declined(
            ctx.t("This room belongs to “{community}” already. Its organizers can invite you.", community=here.name)
        )
    if len(ctx.store.communities.organized_by(ctx.person.id)) >= MOST_COMMUNITIES:
        raise Declined(ctx.t("You organize {n} communities already, the most for one person.", n=MOST_COMMUNITIES))
    made = ctx.store.communities.add(Community(0, intent.name, intent.language, intent.zone))
    ctx.store.communities.add_organizer(made.id, ctx.person.id)
    if not ctx.room.is_private and not ctx.store.places.join_community(ctx.here.id, made.id):
        raise Declined(ctx.t("This room belongs to another community."))  # made in this very moment
    ctx.planner.community(ctx.store, made.id, ctx.now)
    return Say(views.panel(panel_of(made, ctx), ctx.t), private=True)


@communities.handles(ShowOrganizers, allow=organizers)
def show_organizers(intent: ShowOrganizers, ctx: Context) -> Reply:
    """Show who organizes the community."""
    people = ctx.store.communities.organizers(intent.community)
    return _shown(views.organizers_page(the(intent.community, ctx), people, ctx.t, pick=ways(ctx).picks))


@communities.handles(RemoveOrganizer, allow=organizers)
def remove_organizer(intent: RemoveOrganizer, ctx: Context) -> Reply:
    """Let somebody organize the community no longer; never the last."""
    community = the(intent.community, ctx)
    people = {person.id: person for person in ctx.store.communities.organizers(community.id)}
    person = people.get(intent.person)
    if person is None:
        raise Declined(ctx.t("They do not organize this community any more."))
    if len(people) == 1:
        raise Declined(ctx.t("Somebody has to organize it: invite another organizer first."))
    if not intent.sure:
        return _shown(views.remove_organizer(community, person, ctx.t))
    if not ctx.store.communities.remove_organizer(community.id, person.id):
        raise Declined(ctx.t("Somebody has to organize it: invite another organizer first."))
    told = ctx.t("{name} does not organize “{community}” any more.", name=person.name, community=community.name)
    if person.id == ctx.person.id:
        return in_place(Message(told), ctx, str(told))
    left = ctx.store.communities.organizers(community.id)
    return Redraw(views.organizers_page(community, left, ctx.t, pick=ways(ctx).picks), toast=str(told))


def _shown(message: Message) -> Reply:
    """Return the next page of the panel in place of the one that was tapped: these intents come from buttons alone."""
    return Redraw(message)


add_settings(communities)
add_rooms(communities)
add_invitations(communities)
add_appointing(communities)
