"""Looks up what the views show. Reads only."""

from __future__ import annotations

from bot.chat.message import Message
from bot.context import Setting
from bot.domain.feedback import closes_at
from bot.domain.meetings import Meeting
from bot.domain.rsvps import Answer
from bot.features.feedback import views
from bot.i18n import Translator


def after(meeting: Meeting, ctx: Setting) -> views.After:
    """Return what a meeting's card shows once it is over."""
    circle = ctx.circle(meeting.circle)
    names = {member.person.id: member.person.name for member in ctx.store.seats.roster(circle.id)}
    marks = ctx.store.attendance.of(meeting.id)
    gone = ctx.store.people.many([person for person, came in marks.items() if came and person not in names])
    yes = (rsvp.person for rsvp in ctx.store.rsvps.of(meeting.id) if rsvp.answer is Answer.YES and not rsvp.stale)
    return views.After(
        meeting=meeting,
        circle=circle.title,
        came=(
            *(name for person, name in names.items() if marks.get(person)),
            *(person.name for person in gone.values()),
        ),
        guessed=tuple(names[person] for person in yes if person in names and person not in marks),
        answers=ctx.store.feedback.count(meeting.id),
        closes_at=closes_at(meeting),
        named=circle.named_feedback,
    )


def after_meeting(meeting: Meeting, ctx: Setting, t: Translator | None = None) -> Message:
    """Return the card of a meeting that is over, looked up and drawn, in the setting's language unless `t` is given."""
    return views.after_meeting(after(meeting, ctx), t or ctx.t)
