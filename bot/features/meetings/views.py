"""What people see of a meeting: its name, when and where, its card in every state. Pure functions."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from bot.chat.message import Button, Card, Message, Style
from bot.chat.text import Bold, Link, Moment, Shape, Text, lines, paragraphs
from bot.domain.circles import Circle
from bot.domain.feedback import Decision
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.rsvps import Tally
from bot.features.circles.intents import JoinCircle
from bot.features.circles.views import where_line as circle_where
from bot.features.feedback.views import decision_buttons, decision_lines
from bot.features.meetings import template
from bot.features.meetings.intents import NextMeeting
from bot.features.meetings.names import heading, name, when
from bot.features.rsvps import views as rsvps
from bot.i18n import N_, Translator
from bot.records import dataclass

KIND = "meeting"
"""The card's kind."""
MOST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Invited:
    """All that an invitation shows: a meeting, its circle, who comes, and what was decided and not done yet."""

    meeting: Meeting
    circle: Circle
    tally: Tally
    decisions: tuple[Decision, ...] = ()


# Pieces, for other features too


def label(meeting: Meeting, t: Translator) -> str:
    """Return a meeting as one picks it from a list: its name and when it is, in plain words."""
    return t.words("{meeting}, {when}", meeting=name(meeting, t), when=t.moment(when(meeting), name_zone=False))


def when_line(meeting: Meeting, t: Translator) -> Text:
    """Return when it is, how far away that is, and how long it takes."""
    return t(
        "{when} ({away}), {length}",
        when=when(meeting),
        away=Moment(meeting.starts_at, meeting.zone, Shape.RELATIVE),
        length=t.plural("{n} minute", "{n} minutes", meeting.minutes),
    )


def where_line(meeting: Meeting, circle: Circle, t: Translator) -> Text:
    """Return the place, the link, or both; the meeting's own come before the circle's."""
    place, link = meeting.place or circle.place, meeting.link or circle.link
    joining = Link(t.words("Join the call"), link) if link else ""
    if place and link:
        return t("{place}, or {link}", place=place, link=joining)
    if place or link:
        return Text.of(place, joining)
    return t("The place is still to be told.")


def when_and_where(meeting: Meeting, circle: Circle, t: Translator) -> Text:
    """Return a meeting in three lines, for private messages."""
    return lines(Bold(name(meeting, t)), when_line(meeting, t), where_line(meeting, circle, t))


def line(meeting: Meeting, t: Translator) -> Text:
    """Return a meeting in a line: its name and when it is."""
    return t("{meeting}, {when}", meeting=Bold(name(meeting, t)), when=when(meeting))


# The card


def invitation(invited: Invited, t: Translator) -> Message:
    """Return the card of a meeting that is ahead: the words, who comes, what was decided, the RSVP buttons."""
    meeting = invited.meeting
    lasting = _lasting(meeting, invited.circle, t)
    rows = [lasting.answers]
    if invited.tally.no:
        rows.append((rsvps.say_why(meeting, t),))
    rows += [(button,) for button in decision_buttons(invited.decisions, t)[: MOST_ROWS - len(rows)]]
    return Message(
        title=lasting.title,
        text=paragraphs(
            lasting.words,
            rsvps.counts(invited.tally, t),
            decision_lines(invited.decisions, t),
            lasting.question,
        ),
        rows=tuple(rows),
        card=Card(KIND, meeting.id),
    )


class _Lasting(NamedTuple):
    """What stays on an invitation whoever comes."""

    title: str
    words: Text
    question: Text
    answers: tuple[Button, ...]


@lru_cache(maxsize=1024)
def _lasting(meeting: Meeting, circle: Circle, t: Translator) -> _Lasting:
    """Return what stays on an invitation from one tap to the next: the card is drawn at every one."""
    title = heading(meeting, circle.title, t)
    return _Lasting(title, words(meeting, circle, t), rsvps.coming(t), rsvps.answers(meeting, t))


def words(meeting: Meeting, circle: Circle, t: Translator) -> Text:
    """Return the invitation's words: the facilitators' own, else ours."""
    course = Link(circle.course or circle.course_link, circle.course_link) if circle.course_link else circle.course
    title = Bold(circle.title)
    return template.filled(
        circle.reminder or template.ours(t),
        {
            "circle": lambda: t("{circle} ({course})", circle=title, course=course) if course else title,
            "course": lambda: t("Course: {course}", course=course) if course else "",
            "meeting": lambda: name(meeting, t),
            "topic": lambda: meeting.topic,
            "when": lambda: when_line(meeting, t),
            "where": lambda: where_line(meeting, circle, t),
        },
    )


def from_outside(meeting: Meeting, circle: Circle, t: Translator) -> Message:
    """Return what somebody sees of a meeting who is not in the circle: neither its people nor the way into the call."""
    return Message(
        title=heading(meeting, circle.title, t),
        text=lines(when_line(meeting, t), circle_where(circle, t, member=False)),
        rows=((Button(t.words("Join this circle"), JoinCircle(circle=circle.id), Style.PRIMARY),),)
        if circle.is_open
        else (),
    )


def on_now(invited: Invited, t: Translator) -> Message:
    """Return the card of a meeting that has begun: answers are no longer taken."""
    meeting = invited.meeting
    return Message(
        title=heading(meeting, invited.circle.title, t),
        text=paragraphs(
            lines(
                t(
                    "{circle} is on now, until {end}.",
                    circle=Bold(invited.circle.title),
                    end=Moment(meeting.ends_at, meeting.zone, Shape.TIME),
                ),
                where_line(meeting, invited.circle, t),
            ),
            rsvps.counts(invited.tally, t),
            decision_lines(invited.decisions, t),
        ),
        card=Card(KIND, meeting.id),
    )


def over(meeting: Meeting, circle: Circle, t: Translator) -> Message:
    """Return the card of a meeting of which there is nothing more to say."""
    return Message(
        title=heading(meeting, circle.title, t),
        text=t("{circle} met on {when}.", circle=Bold(circle.title), when=when(meeting)),
        card=Card(KIND, meeting.id),
    )


def cancelled(meeting: Meeting, circle: Circle, t: Translator) -> Message:
    """Return the card of a meeting that does not take place."""
    return Message(
        title=heading(meeting, circle.title, t),
        text=lines(
            t(
                "{circle} does not meet on {when}: this meeting was called off.",
                circle=Bold(circle.title),
                when=when(meeting),
            )
        ),
        rows=((Button(t.words("Show the next meeting"), NextMeeting(circle=circle.id)),),),
        card=Card(KIND, meeting.id),
    )


def closed(meeting: Meeting, circle: Circle, t: Translator) -> Message:
    """Return the card of a meeting that was ahead when its circle ended or became a draft again."""
    return Message(
        title=heading(meeting, circle.title, t),
        text=t("“{circle}” does not meet any more for now, so there is nothing to answer.", circle=circle.title),
        card=Card(KIND, meeting.id),
    )


def truth(meeting: Meeting, now: datetime) -> str:
    """Return why an answer is not taken, short enough for a toast and still to be translated."""
    if meeting.state is MeetingState.CANCELLED:
        return N_("This meeting was called off, so there is nothing to answer.")
    if not meeting.is_on or meeting.has_ended(now):
        return N_("This meeting is over.")
    if meeting.has_started(now):
        return N_("This meeting has already started.")
    return N_("This circle has ended, so there is nothing to answer.")


def nothing_ahead(circle: Circle, t: Translator) -> Text:
    """Return what there is to say where no meeting is planned."""
    return t("No meeting of “{circle}” is planned just now. /meetings shows the past ones.", circle=circle.title)
