"""What we do when people ask about meetings, and which there are to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.chat.forms import Choice
from bot.chat.intents import Asked
from bot.chat.message import Message, Reply, Say
from bot.context import Context
from bot.domain.circles import Circle, CircleState
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.people import Role
from bot.errors import Declined
from bot.features.circles.choices import OFFERED, mine, offered, run_by_me, told_apart
from bot.features.in_place import in_place
from bot.features.meetings import cards, listing
from bot.features.meetings.feature import meetings
from bot.features.meetings.intents import ChooseMeeting, ManageMeeting, NextMeeting, ShowMeetings
from bot.features.meetings.views import from_outside, label, nothing_ahead
from bot.rules import facilitators, readers

NEAREST = 8
"""How many meetings of several circles stand to choose from; words find the others."""
_TOOK_PLACE = {MeetingState.ENDED, MeetingState.CLOSED}


@meetings.handles(NextMeeting, allow=readers)
def next_meeting(intent: NextMeeting, ctx: Context) -> Reply:
    """Post the card of the meeting that is on or comes next; where others read along, to whoever asks alone."""
    circle = ctx.circle(intent.circle)
    meeting = ctx.store.meetings.next_of(circle.id, ctx.now)
    if meeting is None or circle.state is CircleState.ENDED:
        return Say(Message(nothing_ahead(circle, ctx.t)), private=True)
    if ctx.role(circle) is None and not cards.is_read_here(circle, ctx):
        return Say(from_outside(meeting, circle, ctx.t), private=True)
    if ctx.room.is_private or circle.state is CircleState.DRAFT or not cards.is_read_here(circle, ctx):
        return Say(replace(cards.card(meeting, ctx, ctx.t), card=None), private=True)
    return Say(cards.card(meeting, ctx, ctx.t_room))


@meetings.handles(ShowMeetings, allow=readers)
def show_meetings(intent: ShowMeetings, ctx: Context) -> Reply:
    """List all meetings to whoever asks; facilitators get buttons to change them."""
    circle = ctx.circle(intent.circle)
    found = ctx.store.meetings.of_circle(circle.id)
    page = listing.page_of(found, intent.page, ctx.now)
    came = {}
    for meeting in page.meetings:
        if meeting.has_ended(ctx.now):
            came[meeting.id] = sum(ctx.store.attendance.of(meeting.id).values())
    listed = listing.Listed(
        circle,
        page,
        ctx.store.rsvps.tallies([meeting.id for meeting in page.meetings]),
        came,
        runs=ctx.role(circle) is Role.FACILITATOR,
    )
    message = listing.all_meetings(listed, ctx.now, ctx.t)
    return Say(message, private=True) if intent.page is None else in_place(message, ctx)


@meetings.handles(ManageMeeting, allow=facilitators)
def manage_meeting(intent: ManageMeeting, ctx: Context) -> Reply:
    """Show a facilitator who answered what, and all that can be done with a meeting."""
    meeting = ctx.meeting(intent.meeting)
    given = ctx.store.rsvps.of(meeting.id)
    silent = [person.name for person in ctx.store.rsvps.unanswered(meeting.id)]
    return Say(listing.one_meeting(meeting, ctx.circle(meeting.circle), (given, silent), ctx.now, ctx.t), private=True)


def _to_change(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Offer the meetings ahead of the circle that is known, those that were called off too."""
    asked, circle = dict(ChooseMeeting.asked), known.get("circle")
    if isinstance(circle, int):
        ahead = [one for one in ctx.store.meetings.of_circle(circle) if not one.has_started(ctx.now)]
        options = {str(one.id): listing.short(one, ctx.t) for one in ahead[:OFFERED]}
        asked["which"] = replace(asked["which"], options=options)
    return asked


@meetings.handles(ChooseMeeting, allow=facilitators, asks=_to_change)
def choose_meeting(intent: ChooseMeeting, ctx: Context) -> Reply:
    """Show the chosen meeting, which must be the circle's: its facilitators are let in, and no others."""
    if ctx.meeting(intent.which).circle != intent.circle:
        raise Declined(ctx.t("That meeting is not there any more. /meetings shows what is planned."))
    return manage_meeting(ManageMeeting(meeting=intent.which), ctx)


# What can be chosen


def at_hand(ctx: Context) -> tuple[Circle, ...]:
    """Return the circles whose meetings somebody may mean: this room's that they may see, else their own."""
    if not ctx.room.is_private and ctx.circles_here:
        return tuple(
            circle
            for circle in ctx.circles_here
            if circle.state is CircleState.PUBLISHED
            or (circle.state is CircleState.DRAFT and ctx.role(circle) is Role.FACILITATOR)
        )
    return tuple({circle.id: circle for circle in (*mine(ctx), *run_by_me(ctx))}.values())


@meetings.chooses("meetings_ahead")
def meetings_ahead(ctx: Context, words: str) -> Sequence[Choice]:
    """Offer the planned meetings that are not over, soonest first; of several circles the nearest, unless in words."""
    circles = at_hand(ctx)
    ahead = [one for one in _of(circles, ctx) if one.is_on and not one.has_ended(ctx.now)]
    return _offered(ahead if words or len(circles) == 1 else ahead[:NEAREST], ctx)


@meetings.chooses("meetings_past")
def meetings_past(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001  # what a provider is called with
    """Offer the meetings that took place, latest first."""
    return _offered([one for one in reversed(_of(at_hand(ctx), ctx)) if one.state in _TOOK_PLACE], ctx)


@meetings.chooses("circles_of_meetings")
def circles_of_meetings(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001
    """Offer the circles at hand."""
    return offered(at_hand(ctx))


@meetings.presumes("next_meeting_here")
def next_meeting_here(ctx: Context) -> int | None:
    """Presume the next meeting of the one circle at hand."""
    found = at_hand(ctx)
    meeting = ctx.store.meetings.next_of(found[0].id, ctx.now) if len(found) == 1 else None
    return meeting.id if meeting else None


@meetings.presumes("circle_of_meetings")
def circle_of_meetings(ctx: Context) -> int | None:
    """Presume the one circle at hand; where none is running any more, the last that ended: one may look back."""
    running = at_hand(ctx)
    if running:
        return running[0].id if len(running) == 1 else None
    ended = ctx.circles_here or tuple(circle for circle, _ in ctx.store.circles.of_person(ctx.person.id))
    return next((circle.id for circle in ended if circle.state is CircleState.ENDED), None)


def _of(found: Iterable[Circle], ctx: Context) -> list[Meeting]:
    all_of_them = [meeting for circle in found for meeting in ctx.store.meetings.of_circle(circle.id)]
    return sorted(all_of_them, key=lambda meeting: meeting.starts_at)


def _offered(found: Sequence[Meeting], ctx: Context) -> Sequence[Choice]:
    circles = told_apart((str(circle.id), circle.title) for circle in at_hand(ctx))
    named = {int(circle.value): circle.label for circle in circles}
    several = len({meeting.circle for meeting in found}) > 1
    return [
        Choice(
            str(meeting.id),
            f"{named[meeting.circle]} · {label(meeting, ctx.t)}" if several else label(meeting, ctx.t),
        )
        for meeting in found[:OFFERED]
    ]
