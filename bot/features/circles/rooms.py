"""Rooms in which a circle lives: attached, left, posted in."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.intents import base36, numbered
from bot.chat.message import Branch, Message, Reply, Say
from bot.chat.text import Bold, Typed, lines, paragraphs
from bot.context import Context
from bot.domain.bounds import MOST_ROOMS
from bot.domain.circles import Circle, CircleState
from bot.domain.people import Role
from bot.errors import Declined
from bot.features.circles import views
from bot.features.circles.asked import in_room
from bot.features.circles.feature import circles
from bot.features.circles.intents import LeaveRoom, OpenRoomFor, PostCircle, UseRoom
from bot.features.circles.panels import (
    ROOM,
    group_link,
    is_home,
    is_posted,
    opens_rooms,
    panel_reply,
    shown_circle,
)
from bot.features.redrawn import CARDS
from bot.i18n import Translator
from bot.ports import StoredPlace
from bot.rules import facilitators


def may_use(circle: Circle, ctx: Context) -> bool:
    """Whether the person may have the bot post a circle to everybody in this room.

    They may where they run the room on the platform or a circle that lives there, where the room is their community's,
    and where nobody has settled in yet.
    """
    if ctx.runs_room or any(ctx.role(other) is Role.FACILITATOR for other in ctx.circles_here):
        return True
    home = ctx.store.communities.in_place(ctx.here.id)
    if home is None:
        return not (ctx.circles_here or ctx.space)
    if ctx.store.communities.is_organizer(home.id, ctx.person.id):
        return True
    if _lives_beside(circle, ctx):
        return True
    others = (found for found, role in ctx.store.circles.of_person(ctx.person.id) if role is Role.FACILITATOR)
    return home.id == circle.community and any(other.community == home.id and other.id != circle.id for other in others)


def _lives_beside(circle: Circle, ctx: Context) -> bool:
    """Whether this is a fresh room that was opened beside one of the circle's."""
    if not ctx.room.thread or ctx.circles_here or not opens_rooms(ctx):
        return False
    beside = (ctx.room.platform, ctx.room.chat)
    return any((one.room.platform, one.room.chat) == beside for one in ctx.store.places.of_circle(circle.id))


def linked_circle(payload: str) -> int | None:
    """Return the circle for which a link adds the bot to a group, None where it is a link of another kind."""
    return numbered(payload, ROOM)


def bring_here(circle: int, ctx: Context) -> Reply:
    """Make the group to which a link has led the circle's room, if the person may; a published one is announced."""
    facilitators(UseRoom(circle=circle), ctx)
    found = ctx.circle(circle)
    _settle(found, ctx)
    _move_from_beside(found, ctx)
    speaker = ctx.catalogue.speaker(found.language, ctx.t.language)
    if found.state is CircleState.PUBLISHED and not is_posted(found, ctx.here.id, ctx):
        return Say(announced(circle, ctx, speaker))
    if ctx.room.thread and opens_rooms(ctx):  # whoever opened it is not there yet: what is said is for everybody
        return Say(room_to_be(found, speaker))
    return panel_reply(circle, ctx, ctx.t.words("This is the circle's room now."))


def _move_from_beside(circle: Circle, ctx: Context) -> None:
    """Leave the room beside which this one was opened, where nothing of the circle stands in it yet."""
    if not ctx.room.thread or not opens_rooms(ctx):
        return
    beside = ctx.store.places.find(replace(ctx.room, thread=""))
    if beside is not None and is_home(circle, beside.id, ctx) and not _shows(circle, beside.id, ctx):
        ctx.store.places.detach(circle.id, beside.id)
        ctx.planner.circle(ctx.store, circle.id, ctx.now)


def _shows(circle: Circle, place: int, ctx: Context) -> bool:
    """Whether anything of the circle stands in a room, or is on its way there."""
    meetings = {meeting.id for meeting in ctx.store.meetings.of_circle(circle.id)}
    return is_posted(circle, place, ctx) or any(
        one.card.kind in CARDS and one.card.subject in meetings for one in ctx.store.cards.standing_in(place)
    )


def _only_in_the_room(circle: int, place: StoredPlace, ctx: Context) -> Reply:
    """Tell somebody in the private chat how to bring a circle where only those may who look after the room."""
    who = ctx.t(
        "Others have settled in “{room}”: only those who look after it can bring a circle there.", room=place.title
    )
    address = "" if place.room.thread else group_link(circle, ctx)
    if address:
        how = ctx.t("If you do, choose that group with this button.")
        return Say(Message(paragraphs(who, how), rows=((views.add_to_group(address, ctx.t),),)), private=True)
    how = ctx.t("If you do, type {command} there.", command=Typed(f"/start {ROOM}{base36(circle)}"))
    return Say(Message(paragraphs(who, how)), private=True)


def _through_a_link(circle: int, ctx: Context) -> Reply | None:
    """Offer to choose a group, where that is pressed in the private chat; None where there is no such link."""
    address = group_link(circle, ctx) if ctx.room.is_private else ""
    if not address:
        return None
    words = ctx.t("Choose the group with this button: it becomes the circle's room, and I go on there.")
    return Say(Message(words, rows=((views.add_to_group(address, ctx.t),),)), private=True)


def _instead(circle: Circle, there: Context, ctx: Context) -> Reply | None:
    """Return what helps where a room's button is pressed in private and cannot do it; None where it can."""
    if there is ctx:
        return _through_a_link(circle.id, ctx)
    return None if may_use(circle, there) else _only_in_the_room(circle.id, there.here, ctx)


def _in_a_room_of_theirs(circle: Circle, ctx: Context) -> None:
    """Decline where nobody else is, and where the person may not bring a circle."""
    if ctx.room.is_private:
        raise Declined(ctx.t("This is our private chat. Type /circle in the group's room, and press it there."))
    if not may_use(circle, ctx):
        raise Declined(
            ctx.t("Only those who look after this room can bring a circle here. Ask an organizer or an administrator.")
        )


def _settle(circle: Circle, ctx: Context) -> None:
    """Make this room one of the circle's, if the person may."""
    _in_a_room_of_theirs(circle, ctx)
    rooms = [place.id for place in ctx.store.places.of_circle(circle.id)]
    if len(rooms) >= MOST_ROOMS and ctx.here.id not in rooms:
        raise Declined(ctx.t("A circle lives in {n} rooms at most. Let it leave one first.", n=MOST_ROOMS))
    ctx.store.places.attach(circle.id, ctx.here.id)
    if not ctx.space and ctx.store.communities.in_place(ctx.here.id) is None:
        ctx.store.places.join_community(ctx.here.id, circle.community)
    ctx.planner.circle(ctx.store, circle.id, ctx.now)


@circles.handles(UseRoom, allow=facilitators, minds_who_runs=True)
def use_room(intent: UseRoom, ctx: Context) -> Reply:
    """Attach the room; nothing is posted yet."""
    found, there = ctx.circle(intent.circle), in_room(intent.circle, intent.room, ctx)
    if (instead := _instead(found, there, ctx)) is not None:
        return instead
    _settle(found, there)
    here = ctx.t.words("This is the circle's room now.")
    named = ctx.t.words("“{room}” is the circle's room now.", room=there.here.title)
    return panel_reply(intent.circle, ctx, here if there is ctx else named)


@circles.handles(OpenRoomFor, allow=facilitators, minds_who_runs=True)
def open_room(intent: OpenRoomFor, ctx: Context) -> Reply:
    """Open a room beside this one: the bot hears there, as if by a link, whose it is."""
    found = ctx.circle(intent.circle)
    _in_a_room_of_theirs(found, ctx)
    if found.state is CircleState.ENDED or not opens_rooms(ctx):
        raise Declined(ctx.t("I cannot open a room for “{circle}” here.", circle=found.title))
    return Branch(found.title, f"{ROOM}{base36(found.id)}")


@circles.handles(LeaveRoom, allow=facilitators)
def leave_room(intent: LeaveRoom, ctx: Context) -> Reply:
    """Detach the room."""
    ctx.store.places.detach(intent.circle, intent.place or ctx.here.id)
    ctx.planner.circle(ctx.store, intent.circle, ctx.now)
    return panel_reply(intent.circle, ctx, ctx.t.words("I post nothing more of the circle in that room."))


@circles.handles(PostCircle, allow=facilitators, minds_who_runs=True)
def post_circle(intent: PostCircle, ctx: Context) -> Reply:
    """Post the announcement in this room, which becomes one of the circle's."""
    found = ctx.circle(intent.circle)
    if found.state is not CircleState.PUBLISHED:
        raise Declined(ctx.t("Publish the circle first: what is posted here is for everybody."))
    there = in_room(intent.circle, intent.room, ctx)
    if (instead := _instead(found, there, ctx)) is not None:
        return instead
    _settle(found, there)
    speaker = ctx.catalogue.speaker(found.language, ctx.t.language)
    return Say(announced(intent.circle, ctx, speaker), room=None if there is ctx else there.room)


def announced(circle: int, ctx: Context, speaker: Translator) -> Message:
    """Return the announcement as it stands in a room."""
    return views.announcement(shown_circle(circle, ctx), speaker)


def room_to_be(circle: Circle, t: Translator) -> Message:
    """Return the first words in a room that was opened for a circle, before anything else of it stands there."""
    here = t("This is the room of “{circle}”.", circle=Bold(circle.title))
    if circle.state is not CircleState.DRAFT:
        return Message(here)
    soon = t("It is still being prepared. Its facilitators open it for everybody: {command}.", command=Typed("/circle"))
    return Message(lines(here, soon))
