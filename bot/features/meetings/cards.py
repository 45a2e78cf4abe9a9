"""A meeting's card as it is true now, whatever has become of it: the one place that chooses among its faces."""

from __future__ import annotations

from bot.chat.message import Message
from bot.context import Context, Setting
from bot.domain.circles import Circle, CircleState
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.notices import Dropped, MeetingCard
from bot.features.feedback.reading import after_meeting
from bot.features.meetings import views
from bot.features.meetings.feature import meetings
from bot.i18n import N_, Translator


def card(meeting: Meeting, setting: Setting, t: Translator) -> Message:
    """Return a meeting's card in the language of `t`."""
    circle = setting.circle(meeting.circle)
    if meeting.state is MeetingState.CANCELLED:
        return views.cancelled(meeting, circle, t)
    if meeting.state in {MeetingState.ENDED, MeetingState.CLOSED}:
        return after_meeting(meeting, setting, t)
    if meeting.has_ended(setting.now):
        return views.over(meeting, circle, t)
    if circle.state is CircleState.ENDED:
        return views.closed(meeting, circle, t)
    invited = views.Invited(
        meeting, circle, setting.store.rsvps.tally(meeting.id), setting.store.decisions.open_of(circle.id)
    )
    return views.on_now(invited, t) if meeting.has_started(setting.now) else views.invitation(invited, t)


@meetings.composes(MeetingCard)
def compose_card(notice: MeetingCard, setting: Setting) -> Message | Dropped:
    """Post a meeting's card once more, while its circle is open to see."""
    found = setting.meeting(notice.meeting)
    if setting.circle(found.circle).state is not CircleState.PUBLISHED or not found.is_on:
        return Dropped(N_("it does not take place as planned any more"))
    return card(found, setting, setting.t)


def takes_answers(meeting: Meeting, setting: Setting) -> bool:
    """Return whether one can still say whether one comes."""
    running = setting.circle(meeting.circle).state is not CircleState.ENDED
    return running and meeting.is_on and not meeting.has_started(setting.now)


def is_read_here(circle: Circle, ctx: Context) -> bool:
    """Return whether those who read along are the circle's own: its cards name people and open its video call."""
    if ctx.room.is_private:
        return ctx.role(circle) is not None
    return any(one.id == circle.id for one in ctx.circles_here)


@meetings.draws(views.KIND)
def draw(meeting: int, setting: Setting) -> Message:
    """Draw a standing card anew; while its circle is a draft, it says nothing of it."""
    found = setting.meeting(meeting)
    circle = setting.circle(found.circle)
    if circle.state is CircleState.DRAFT and found.is_on:
        return views.closed(found, circle, setting.t)
    return card(found, setting, setting.t)
