"""What a meeting is called, wherever one is named."""

from __future__ import annotations

from bot.chat.text import Moment
from bot.domain.meetings import Meeting, MeetingState
from bot.i18n import Translator


def name(meeting: Meeting, t: Translator) -> str:
    """Return what a meeting is called: "Meeting 3: Loops". One that was called off has lost its number to the next."""
    if meeting.state is MeetingState.CANCELLED:
        return meeting.topic or t.words("Meeting")
    if meeting.topic:
        return t.words("Meeting {number}: {topic}", number=meeting.number, topic=meeting.topic)
    return t.words("Meeting {number}", number=meeting.number)


def heading(meeting: Meeting, circle: str, t: Translator) -> str:
    """Return the title of every card of a meeting: its circle and its name."""
    return t.words("{circle} · {meeting}", circle=circle, meeting=name(meeting, t))


def when(meeting: Meeting) -> Moment:
    """Return when it begins."""
    return Moment(meeting.starts_at, meeting.zone)
