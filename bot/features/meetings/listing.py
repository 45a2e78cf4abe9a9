"""What people see of many meetings: the list, and for facilitators what can be done with each. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.chat.message import Button, Message, Style, gridded
from bot.chat.text import Bold, Moment, Shape, Text, lines, paragraphs
from bot.domain.circles import Circle
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.rsvps import Rsvp as Answered
from bot.domain.rsvps import Tally
from bot.features.meetings.intents import (
    AddMeeting,
    CancelMeeting,
    ChooseMeeting,
    ManageMeeting,
    MoveMeeting,
    RestoreMeeting,
    SetTopic,
    SetTopics,
    ShowMeetings,
    ShowReminders,
    SkipMeeting,
)
from bot.features.meetings.names import name
from bot.features.meetings.views import line, when_line, where_line
from bot.features.rsvps import views as rsvps
from bot.features.rsvps.intents import WhoAnswers
from bot.i18n import Translator
from bot.records import dataclass

A_PAGE = 10
"""How many meetings a page of the list shows: two rows of buttons."""
A_BUTTON_EACH = 6
"""How many meetings ahead have a button each; more would be a wall, and are chosen from a list."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a circle's meetings; `number` counts from 0 to `count` - 1."""

    meetings: tuple[Meeting, ...]
    number: int = 0
    count: int = 1


def page_of(meetings: Sequence[Meeting], wanted: int | None, now: datetime) -> Page:
    """Return a page of meetings in order of time; without a wish the one that holds the next meeting."""
    count = max(1, -(-len(meetings) // A_PAGE))
    if wanted is None:
        ahead = [place for place, meeting in enumerate(meetings) if meeting.is_on and not meeting.has_ended(now)]
        wanted = (ahead[0] if ahead else max(0, len(meetings) - 1)) // A_PAGE
    number = min(wanted, count - 1)
    return Page(tuple(meetings[number * A_PAGE : (number + 1) * A_PAGE]), number, count)


@dataclass(frozen=True, slots=True)
class Listed:
    """All that the list shows; `came` counts who came to past ones, `runs` says that the reader may change them."""

    circle: Circle
    page: Page
    tallies: Mapping[int, Tally]
    came: Mapping[int, int]
    runs: bool = False


def all_meetings(listed: Listed, now: datetime, t: Translator) -> Message:
    """Return the list, with buttons for facilitators."""
    page, circle = listed.page, listed.circle
    rows = [_row(meeting, listed, now, t) for meeting in page.meetings]
    return Message(
        title=t.words("Meetings of {circle}", circle=circle.title),
        text=lines(*rows) if rows else t("No meeting is planned yet."),
        rows=_buttons(listed, now, t),
    )


def _row(meeting: Meeting, listed: Listed, now: datetime, t: Translator) -> Text:
    tally = listed.tallies.get(meeting.id, Tally())
    if meeting.state is MeetingState.CANCELLED:
        return t("{meeting}: called off", meeting=line(meeting, t))
    if meeting.has_ended(now):
        return t.plural(
            "{meeting}: {n} came, {yes} had said yes",
            "{meeting}: {n} came, {yes} had said yes",
            listed.came.get(meeting.id, 0),
            meeting=line(meeting, t),
            yes=tally.yes,
        )
    if meeting.has_started(now):
        return t("{meeting}: on now", meeting=line(meeting, t))
    if not tally.answers:
        return line(meeting, t)
    return t(
        "{meeting}: {yes} coming, {maybe} maybe, {no} not",
        meeting=line(meeting, t),
        yes=tally.yes,
        maybe=tally.maybe,
        no=tally.no,
    )


def _buttons(listed: Listed, now: datetime, t: Translator) -> tuple[tuple[Button, ...], ...]:
    page, circle = listed.page, listed.circle
    rows: list[tuple[Button, ...]] = []
    if listed.runs:
        ahead = [one for one in page.meetings if not one.has_started(now)]
        if len(ahead) > A_BUTTON_EACH:
            rows.append((Button(t.words("Change a meeting…"), ChooseMeeting.about(circle=circle.id)),))
        else:
            rows += gridded(tuple(Button(short(one, t), ManageMeeting(meeting=one.id)) for one in ahead), 5)
        rows.append(
            (
                Button(t.words("Add a meeting"), AddMeeting.about(circle=circle.id), Style.PRIMARY),
                Button(t.words("Topics"), SetTopics.about(circle=circle.id)),
                Button(t.words("Reminders"), ShowReminders(circle=circle.id)),
            )
        )
    turns = []
    if page.number:
        turns.append(Button(t.words("Earlier"), ShowMeetings(circle=circle.id, page=page.number - 1)))
    if page.number + 1 < page.count:
        turns.append(Button(t.words("Later"), ShowMeetings(circle=circle.id, page=page.number + 1)))
    return (*rows, tuple(turns)) if turns else tuple(rows)


def short(meeting: Meeting, t: Translator) -> str:
    """Return a label for the button that changes a meeting."""
    day = t.moment(Moment(meeting.starts_at, meeting.zone, Shape.DATE))
    if meeting.state is MeetingState.CANCELLED:
        return t.words("Called off: {day}", day=day)
    return t.words("Change {number}: {day}", number=meeting.number, day=day)


def one_meeting(
    meeting: Meeting,
    circle: Circle,
    answers: tuple[Sequence[Answered], Sequence[str]],
    now: datetime,
    t: Translator,
) -> Message:
    """Return what a facilitator sees of a meeting, and what they can do with it."""
    given, silent = answers
    facts = lines(Bold(circle.title), when_line(meeting, t), where_line(meeting, circle, t))
    if meeting.state is MeetingState.CANCELLED:
        text = paragraphs(facts, t("This meeting is called off."))
    else:
        changes = Text() if meeting.has_started(now) else _ways_to_make_room(t)
        text = paragraphs(facts, rsvps.answers_given(given, silent, t), changes)
    return Message(title=name(meeting, t), text=text, rows=_doings(meeting, now, t))


def _ways_to_make_room(t: Translator) -> Text:
    """Return what becomes of a meeting that is skipped, and of one that is called off: the labels look alike."""
    return lines(
        t("{skip}: it and all that follow come later.", skip=Bold(t.words("Skip this date"))),
        t("{call_off}: it does not take place, the others stay.", call_off=Bold(t.words("Call off"))),
    )


def _doings(meeting: Meeting, now: datetime, t: Translator) -> tuple[tuple[Button, ...], ...]:
    if meeting.has_started(now):
        return ()
    if meeting.state is MeetingState.CANCELLED:
        return ((Button(t.words("Let it take place"), RestoreMeeting(meeting=meeting.id), Style.PRIMARY),),)
    return (
        (
            Button(t.words("Move"), MoveMeeting.about(meeting=meeting.id)),
            Button(t.words("Skip this date"), SkipMeeting(meeting=meeting.id)),
            Button(t.words("Call off"), CancelMeeting(meeting=meeting.id), Style.DANGER),
        ),
        (
            Button(t.words("Topic"), SetTopic.about(meeting=meeting.id)),
            Button(t.words("Answer for somebody"), WhoAnswers(meeting=meeting.id)),
        ),
    )
