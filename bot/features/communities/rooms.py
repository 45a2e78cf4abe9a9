"""Rooms of a community: added where one writes, or by a link that adds the bot to a group."""

from __future__ import annotations

from bot.chat.message import Reply, Say
from bot.chat.text import Typed
from bot.context import Context
from bot.errors import Declined
from bot.feature import Feature
from bot.features.communities import views
from bot.features.communities.intents import AddRoom
from bot.features.communities.links import through_a_link
from bot.features.communities.settings import panel_of, room_community, the
from bot.rules import organizers


def add_rooms(communities: Feature) -> None:
    """Add what brings a room to a community."""
    communities.handles(AddRoom, allow=organizers)(_add_room)


def bring_here(community: int, ctx: Context) -> Reply:
    """Make the group to which a link has led one of the community's rooms, unless it is another's."""
    organizers(AddRoom(community=community), ctx)
    return _add_room(AddRoom(community=community), ctx)


def _add_room(intent: AddRoom, ctx: Context) -> Reply:
    """Make this room one of the community's, unless it is another's."""
    if (chosen := through_a_link(intent.community, ctx)) is not None:
        return chosen
    community, here = the(intent.community, ctx), room_community(ctx)
    if ctx.room.is_private:
        raise Declined(ctx.t("Write /community in the room that you want to add."))
    if ctx.space:
        raise Declined(ctx.t("All rooms here are one community. {command} shows it.", command=Typed("/community")))
    if here is not None and here.id != community.id:
        raise Declined(ctx.t("This room belongs to another community."))
    if not ctx.store.places.join_community(ctx.here.id, community.id):
        raise Declined(ctx.t("This room belongs to another community."))
    ctx.forget()
    return Say(views.panel(panel_of(community, ctx), ctx.t), private=True)  # others in the room read what was tapped
