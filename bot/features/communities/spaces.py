"""A wider space of the platform is a community by itself: made when it is first needed, by whoever runs the space."""

from __future__ import annotations

from collections.abc import Iterable

from bot.chat.text import Text, Typed
from bot.context import Context
from bot.domain.communities import LONGEST_COMMUNITY_NAME, Community
from bot.domain.people import Role, clean_name
from bot.errors import Declined


def of_space(ctx: Context) -> Community | None:
    """Return the community that the space around the room is; None where it is none yet, or there is no such space."""
    return ctx.store.communities.of_space(ctx.room.platform, ctx.space) if ctx.space else None


def made_of_space(language: str, zone: str, ctx: Context) -> Community:
    """Return the community that the space around the room is, made now where whoever asks runs it; declines others."""
    there = of_space(ctx)
    if there is not None:
        return there
    if not ctx.runs_room:
        raise Declined(_not_begun(ctx))
    usual = ctx.t.words("{name}'s community", name=ctx.person.name)
    name = clean_name(ctx.act.place.space_title or ctx.act.place.title, usual, LONGEST_COMMUNITY_NAME)
    made, is_new = ctx.store.communities.make_of_space(ctx.room.platform, ctx.space, Community(0, name, language, zone))
    ctx.forget()
    if is_new:
        ctx.store.communities.add_organizer(made.id, ctx.person.id)
        ctx.planner.community(ctx.store, made.id, ctx.now)
    return made


def may_begin_circles(ctx: Context) -> None:
    """Decline in a space that is somebody else's: where neither it nor any circle of it is looked after by the person.

    Elsewhere everybody may begin a circle: they have a community of their own.
    """
    if not ctx.space or ctx.runs_room:
        return
    there = of_space(ctx)
    if there is None:
        raise Declined(_not_begun(ctx))
    if not _looks_after(there, ctx):
        names = ctx.t.listed(person.name for person in ctx.store.communities.organizers(there.id))
        raise Declined(
            ctx.t(
                "Circles of “{community}” are started by those who organize it: {names}. Please ask one of them."
                " {circles} shows the circles that you can join.",
                community=there.name,
                names=names,
                circles=Typed("/circles"),
            )
        )


def open_to_begin(communities: Iterable[Community], ctx: Context) -> tuple[Community, ...]:
    """Return those in which the person may begin a circle from anywhere: of spaces, those that they look after."""
    store = ctx.store.communities
    return tuple(one for one in communities if not store.is_space(one.id) or _looks_after(one, ctx))


def _looks_after(community: Community, ctx: Context) -> bool:
    """Whether the person organizes a community, or runs one of its circles."""
    return ctx.store.communities.is_organizer(community.id, ctx.person.id) or any(
        circle.community == community.id and role is Role.FACILITATOR
        for circle, role in ctx.store.circles.of_person(ctx.person.id)
    )


def _not_begun(ctx: Context) -> Text:
    return ctx.t(
        "There is no community here yet. Whoever manages the rooms here can start one: they type {command}.",
        command=Typed("/community"),
    )
