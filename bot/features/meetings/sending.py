"""What is said of meetings when its time has come: reminders, changes, and that a meeting has begun."""

from __future__ import annotations

from bot.chat.message import Message
from bot.context import Setting
from bot.domain.circles import CircleState
from bot.domain.meetings import MeetingState
from bot.domain.notices import ChangeKind, ClocksChanged, Dropped, MeetingBegan, MeetingsChanged, Reminder
from bot.features.meetings import cards, changes, telling
from bot.features.meetings.feature import meetings
from bot.features.redrawn import redrawn
from bot.i18n import N_


@meetings.composes(Reminder)
def reminder(notice: Reminder, setting: Setting) -> Message | Dropped:
    """Remind a room of a meeting that is ahead: its card, as it is true in this moment."""
    meeting = setting.meeting(notice.meeting)
    if setting.circle(meeting.circle).state is not CircleState.PUBLISHED:
        return Dropped(N_("the circle is not running"))
    if meeting.state is MeetingState.CANCELLED:
        return Dropped(N_("the meeting was called off"))
    if not cards.takes_answers(meeting, setting):
        return Dropped(N_("the meeting has begun already"))
    return cards.card(meeting, setting, setting.t)


@meetings.composes(MeetingsChanged)
def meetings_changed(notice: MeetingsChanged, setting: Setting) -> Message | Dropped:
    """Tell a room what changed; of meetings that are gone since nothing is said."""
    circle = setting.circle(notice.circle)
    if circle.state is not CircleState.PUBLISHED:
        return Dropped(N_("the circle is not running"))
    found = [setting.store.meetings.get(meeting) for meeting in notice.meetings]
    if not all(found):
        return Dropped(N_("the meeting is not there any more"))
    change = telling.Change(
        ChangeKind(notice.change),
        tuple(meeting for meeting in found if meeting is not None),
        notice.before,
        notice.words,
        asked=notice.change in changes.ASK_AGAIN
        and any(tally.stale for tally in setting.store.rsvps.tallies(notice.meetings).values()),
    )
    return telling.changed(change, circle, setting.t)


@meetings.acts(MeetingBegan)
def meeting_began(notice: MeetingBegan, setting: Setting) -> None:
    """Let the meeting's cards say that it is on, and ask nobody any more."""
    redrawn(setting.meeting(notice.meeting).circle, [notice.meeting], setting)


@meetings.acts(ClocksChanged)
def clocks_changed(notice: ClocksChanged, setting: Setting) -> None:
    """Let the meetings ahead be when their wall clocks mean now, and tell everyone."""
    changes.follow_clocks(setting.circle(notice.circle), setting)
