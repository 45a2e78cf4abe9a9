"""The panel: what a circle looks like to whoever asks, and how it is drawn after a change."""

from __future__ import annotations

from bot.chat.adapter import Ability
from bot.chat.inbound import Press
from bot.chat.intents import base36
from bot.chat.message import Button, Message, Redraw, Reply, Say, Style
from bot.chat.text import Typed, paragraphs
from bot.context import Context, Setting
from bot.domain.circles import Circle, CircleState
from bot.domain.notices import CircleAnnounced, DeliveryState
from bot.domain.people import Role
from bot.errors import Declined
from bot.features.circles import joining_views, sections, views
from bot.features.circles.asked import note_asked, room_at_hand
from bot.features.circles.choices import circles_seen
from bot.features.circles.facts import Facts, facts
from bot.features.circles.feature import circles
from bot.features.circles.intents import BrowseCircles, NewCircle, PreviewCircle, Section, ShowCircle, TurnPanel
from bot.features.circles.seats import in_line
from bot.ports import StoredPlace
from bot.rules import Audience, Rule, facilitators, readers

ROOM = "c"
"""How the payload of a link begins that adds the bot to a group for a circle."""


def _readers_of_any(intent: ShowCircle, ctx: Context) -> None:
    """Let readers, and the members of a circle that rests: they know of it."""
    if intent.circle and ctx.store.seats.member(intent.circle, ctx.person.id) is None:
        readers(intent, ctx)


def shown_circle(circle: int, ctx: Context) -> Facts:
    """Return what the views need of a circle as it is now, after whatever has just been changed."""
    ctx.forget()
    return facts(ctx.circle(circle), ctx)


def is_home(circle: Circle, place: int, ctx: Context) -> bool:
    """Whether a room is one of the circle's."""
    return any(one.id == place for one in ctx.store.places.of_circle(circle.id))


def is_posted(circle: Circle, place: int, ctx: Context) -> bool:
    """Whether the announcement stands in a room, or is on its way there."""
    if any(one.place == place and not one.superseded for one in ctx.store.cards.of("circle", circle.id)):
        return True
    coming = ctx.store.deliveries.find(f"{CircleAnnounced.kind}:{circle.id}:{place}")
    return coming is not None and coming.state is DeliveryState.WAITING


def group_link(circle: int, ctx: Context) -> str:
    """Return the address that adds the bot to a group for a circle, empty where the platform has none."""
    return ctx.links.group(ctx.room.platform, f"{ROOM}{base36(circle)}")


def opens_rooms(ctx: Context) -> bool:
    """Whether the bot can open a room beside the one in which the person is."""
    return not ctx.room.is_private and ctx.links.can(ctx.room.platform, Ability.OPEN_ROOMS)


def panel_for(circle: int, ctx: Context, section: Section = Section.MAIN) -> Message:
    """Return the panel as the person may see it."""
    shown = shown_circle(circle, ctx)
    member = ctx.store.seats.member(circle, ctx.person.id)
    if ctx.role(shown.circle) is Role.FACILITATOR:
        return _level(shown, section, ctx, member=member is not None)
    if member is not None:
        return views.member_panel(shown, ctx.t)
    waiting = in_line(circle, ctx.person.id, ctx)
    if waiting is None:
        return views.announcement(shown, ctx.t, live=False)
    if waiting.offered_until is not None and waiting.offered_until > ctx.now:
        return joining_views.offer(shown, waiting.offered_until, ctx.t)
    return joining_views.waiting_panel(shown, waiting.position, ctx.t)


def _level(shown: Facts, section: Section, ctx: Context, *, member: bool) -> Message:
    """Return a level of the facilitator's panel."""
    # What is read in the private chat has no buttons that mean the room in which they are pressed.
    at_hand = room_at_hand(shown.circle.id, ctx)
    is_room = at_hand is not None and is_home(shown.circle, at_hand.id, ctx)
    match section:
        case Section.EDIT:
            return sections.changes(shown, ctx.t)
        case Section.MORE:
            room = _named(at_hand, ctx) if is_room else None
            opens = room is not None and _could_open(shown.circle, at_hand, ctx)
            return sections.more(shown, ctx.t, member=member, room=room, opens=opens)
        case Section.MAIN:
            posted = is_room and at_hand is not None and is_posted(shown.circle, at_hand.id, ctx)
            is_chosen = not ctx.shown_in.is_private or (at_hand is not None and not is_room)
            to_group = "" if is_chosen else group_link(circle=shown.circle.id, ctx=ctx)
            return views.panel(
                shown,
                ctx.t,
                room=_named(at_hand, ctx),
                is_room=is_room,
                posted=posted,
                to_group=to_group,
                opens=not posted and _could_open(shown.circle, at_hand, ctx),
            )


def _could_open(circle: Circle, at_hand: StoredPlace | None, ctx: Context) -> bool:
    """Whether a room of its own could be opened beside this one: it has no other, and this is none by itself."""
    if at_hand is None or ctx.shown_in.is_private or not opens_rooms(ctx) or circle.state is CircleState.ENDED:
        return False
    homes = {one.id for one in ctx.store.places.of_circle(circle.id)}
    return homes <= {at_hand.id} and not (homes and at_hand.room.thread)


def _named(place: StoredPlace | None, ctx: Context) -> views.RoomAtHand | None:
    """Return a room as the panel's buttons mean it, by its name where the panel may be read somewhere else.

    Platforms on which a link adds the bot to a group show what is for one person in the private chat.
    """
    if place is None:
        return None
    is_elsewhere = ctx.shown_in.is_private or ctx.links.group(ctx.room.platform, ROOM)
    return views.RoomAtHand(place.id, (place.title or ctx.t.words("a room without a name")) if is_elsewhere else "")


def panel_reply(circle: int, ctx: Context, toast: str = "", section: Section = Section.MAIN) -> Reply:
    """Return the panel in place of the one that was tapped, or as an answer to a form."""
    message = panel_for(circle, ctx, section)
    if isinstance(ctx.act, Press):
        return Redraw(message, toast)
    if toast:
        message = Message(paragraphs(toast, message.text), rows=message.rows, title=message.title)
    return Say(message, private=True)


@circles.handles(
    ShowCircle,
    allow=Rule(Audience.ANYONE, _readers_of_any),
    asks=lambda known, ctx: ShowCircle.asked if "circle" in known or circles_seen(ctx, "") else {},
)
def show_circle(intent: ShowCircle, ctx: Context) -> Reply:
    """Show the panel, privately; where there is no circle, what one can do about it."""
    if not intent.circle:
        return Say(no_circle(ctx), private=True)
    if ctx.role(ctx.circle(intent.circle)) is Role.FACILITATOR:
        note_asked(intent.circle, ctx)
    return Say(panel_for(intent.circle, ctx, intent.section), private=True)


def no_circle(ctx: Context) -> Message:
    """Return what somebody without a circle reads."""
    t = ctx.t
    return Message(
        t("You are not in a circle yet. {circles} shows the ones you can join.", circles=Typed("/circles")),
        rows=(
            (
                Button(t.words("Browse circles"), BrowseCircles(), Style.PRIMARY),
                Button(t.words("Start a circle"), NewCircle.about()),
            ),
        ),
    )


@circles.handles(TurnPanel, allow=facilitators)
def turn_panel(intent: TurnPanel, ctx: Context) -> Reply:
    """Show another level of the panel."""
    return panel_reply(intent.circle, ctx, section=intent.section)


@circles.handles(PreviewCircle, allow=facilitators)
def preview(intent: PreviewCircle, ctx: Context) -> Reply:
    """Show what the room will see, in the room's language, to nobody else."""
    found = ctx.circle(intent.circle)
    speaker = ctx.catalogue.speaker(found.language, ctx.t.language)
    return Say(views.announcement(facts(found, ctx), speaker, live=False), private=True)


@circles.draws("circle")
def card(circle: int, setting: Setting) -> Message | None:
    """Draw the announcement as it is true now."""
    try:
        found = setting.circle(circle)
    except Declined:
        return None
    t = setting.catalogue.speaker(found.language, setting.t.language)
    return views.announcement(facts(found, setting), t)
