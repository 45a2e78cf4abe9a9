"""The next meeting in the platform's own calendar, where it has one: put there, moved and called off with the meeting.

Everybody around can read such a calendar, the circle's members or not: the link to the video call is not told there.
"""

from __future__ import annotations

from typing import Final

from bot.chat.message import Card, Event, Message
from bot.chat.text import Text, paragraphs
from bot.context import Setting
from bot.domain.circles import CircleState
from bot.domain.meetings import Meeting
from bot.domain.notices import Dropped, EventsBarred, MeetingListed
from bot.features.meetings.feature import meetings
from bot.features.meetings.names import heading
from bot.i18n import N_

KIND: Final = MeetingListed.kind
"""The kind of the card that is an entry in a calendar: that of the notice which puts it there, about a meeting."""


@meetings.composes(MeetingListed)
def compose_listed(notice: MeetingListed, setting: Setting) -> Message | Dropped:
    """Put a meeting into the calendar, while its circle is open to see."""
    found = setting.meeting(notice.meeting)
    if setting.circle(found.circle).state is not CircleState.PUBLISHED or not found.is_on:
        return Dropped(N_("it does not take place as planned any more"))
    if found.has_started(setting.now):
        return Dropped(N_("it has begun"))
    return _entry(found, setting, is_off=False)


@meetings.draws(KIND)
def draw_event(meeting: int, setting: Setting) -> Message | None:
    """Draw an entry anew; what has begun is left to the calendar.

    One that is not the next any more is taken out, and one around a room that the circle has left.
    """
    found = setting.meeting(meeting)
    if found.has_started(setting.now):
        return None
    coming = setting.store.meetings.next_of(found.circle, setting.now)
    is_next = coming is not None and coming.id == meeting
    is_open = setting.circle(found.circle).state is CircleState.PUBLISHED
    return _entry(found, setting, is_off=not (is_next and is_open and _lives_around(found.circle, setting)))


def _lives_around(circle: int, setting: Setting) -> bool:
    """Whether a room of the circle shares the calendar of the room in question: it, or another in its space."""
    here = setting.place
    return here is None or any(
        one.id == here.id or (here.space and (one.room.platform, one.space) == (here.room.platform, here.space))
        for one in setting.store.places.of_circle(circle)
    )


def _entry(meeting: Meeting, setting: Setting, *, is_off: bool) -> Message:
    circle, t = setting.circle(meeting.circle), setting.t
    where = meeting.place or circle.place or t.words("Online: the link is in the circle's room.")
    told = paragraphs(circle.about, t("The circle's room shows who comes."))
    event = Event(heading(meeting, circle.title, t), str(told), where, meeting.starts_at, meeting.ends_at, is_off)
    return Message(Text(), event=event, card=Card(KIND, meeting.id))


@meetings.composes(EventsBarred)
def compose_barred(notice: EventsBarred, setting: Setting) -> Message | Dropped:
    """Say what the bot lacks, and that everything else goes on."""
    place, t = setting.store.places.get(notice.place), setting.t
    if place is None:
        return Dropped(N_("there is no such room"))
    room = place.title or t.words("the room")
    return Message(
        paragraphs(
            t("I am not allowed to put the meetings of “{room}” into the calendar.", room=room),
            t("If you would like them there, give me the permission to create events. All else works without it."),
        )
    )
