"""The second level of the facilitator's panel: what can be changed, and what is seldom done."""

from __future__ import annotations

from bot.chat.message import Button, Message, Style
from bot.chat.text import Bold, Text, lines, paragraphs
from bot.domain.circles import CircleState
from bot.features.circles import views
from bot.features.circles.facts import Facts
from bot.features.circles.intents import (
    EditAbout,
    EditQuestions,
    EditReminders,
    EditSeats,
    EditTongue,
    EditWhere,
    EditZone,
    EndCircle,
    LeaveCircle,
    LeaveRoom,
    NameFeedback,
    ReopenCircle,
    TurnPanel,
    UnpublishCircle,
)
from bot.features.feedback.intents import ShowDecisions, ShowFeedback
from bot.features.meetings.intents import ShowLog, ShowReminders
from bot.i18n import Translator


def back(shown: Facts, t: Translator) -> Button:
    """Return the button that leads to the panel's first level."""
    return Button(t.words("Back"), TurnPanel(circle=shown.circle.id))


def changes(shown: Facts, t: Translator) -> Message:
    """Return everything that can be changed, as it stands."""
    circle = shown.circle
    leads = views.leads_words(circle, t)
    seats = str(circle.seats) if circle.seats is not None else t.words("as many as come")
    text = lines(
        views.course_line(circle, t),
        views.where_line(circle, t, member=True),
        t("Seats: {seats}", seats=seats),
        t("Sign-up: {state}", state=t.words("open") if circle.sign_up else t.words("closed")),
        t("Language: {language}", language=t.language_name(circle.language)),
        t("Time zone: {zone}", zone=t.zone(circle.zone)),
        t("Reminders: {leads} before a meeting", leads=leads) if leads else t("Reminders: none"),
        *(t("Your question: {question}", question=question) for question in circle.questions),
    )
    rows = (
        (
            Button(t.words("What it is about"), EditAbout.about(circle=circle.id)),
            Button(t.words("Where you meet"), EditWhere.about(circle=circle.id)),
        ),
        (
            Button(t.words("Seats and sign-up"), EditSeats.about(circle=circle.id)),
            Button(t.words("Your questions"), EditQuestions.about(circle=circle.id)),
        ),
        (
            Button(t.words("Reminder times"), EditReminders.about(circle=circle.id)),
            Button(t.words("Language"), EditTongue.about(circle=circle.id)),
            Button(t.words("Time zone"), EditZone.about(circle=circle.id)),
        ),
        (back(shown, t),),
    )
    return Message(paragraphs(Bold(t.words("What would you like to change?")), text), rows=rows, title=circle.title)


def more(
    shown: Facts, t: Translator, *, member: bool, room: views.RoomAtHand | None = None, opens: bool = False
) -> Message:
    """Return what is seldom done: what was sent, how plus/delta is signed, the circle's end, leaving its `room`.

    `opens`: a room of its own could be opened beside that one.
    """
    circle = shown.circle
    named = circle.named_feedback
    feedback = (
        t("Plus/delta: people may sign what they write.")
        if named
        else t("Plus/delta: nobody is named; it is shown from three answers on.")
    )
    label = t.words("Plus/delta without names") if named else t.words("Let people sign plus/delta")
    ends: tuple[Button, ...] = ()
    if circle.state is CircleState.PUBLISHED:
        ends = (
            Button(t.words("Unpublish"), UnpublishCircle(circle=circle.id)),
            Button(t.words("End the circle"), EndCircle(circle=circle.id), Style.DANGER),
        )
    elif circle.state is CircleState.DRAFT:
        ends = (Button(t.words("Drop the draft"), EndCircle(circle=circle.id), Style.DANGER),)
    else:
        ends = (Button(t.words("Open it again"), ReopenCircle(circle=circle.id)),)
    leaving = (Button(t.words("Leave"), LeaveCircle(circle=circle.id)),) if member else ()
    off = () if room is None else (_stop(circle.id, room, t),)
    rows = (
        (
            Button(t.words("Plus / delta"), ShowFeedback(circle=circle.id)),
            Button(t.words("Decisions"), ShowDecisions(circle=circle.id)),
            Button(t.words("Reminders"), ShowReminders(circle=circle.id)),
            Button(t.words("What was sent"), ShowLog(circle=circle.id)),
        ),
        (Button(label, NameFeedback(circle=circle.id, named=not named)),),
        (*ends, *leaving),
        (*off, *((views.open_room(circle.id, t),) if opens else ()), back(shown, t)),
    )
    return Message(paragraphs(views.state_line(shown, t), Text.of(feedback)), rows=rows, title=circle.title)


def _stop(circle: int, room: views.RoomAtHand, t: Translator) -> Button:
    here = t.words("Stop posting in this room")
    label = t.words("Stop posting in “{room}”", room=room.short) if room.name else here
    return Button(label, LeaveRoom(circle=circle, place=room.id))
