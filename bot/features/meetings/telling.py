"""What people are asked before meetings change, and told afterwards. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.chat.message import Button, Message, Style
from bot.chat.text import Bold, Moment, Text, lines, paragraphs
from bot.domain.circles import Circle
from bot.domain.meetings import Meeting
from bot.domain.notices import ChangeKind
from bot.features.meetings.intents import (
    CancelBecause,
    CancelMeeting,
    ManageMeeting,
    NextMeeting,
    RestoreMeeting,
    Scope,
    SkipMeeting,
)
from bot.features.meetings.names import name, when
from bot.features.meetings.views import line, where_line
from bot.i18n import N_, Translator
from bot.records import dataclass

LINES_TOLD = 8
"""How many meetings a notice of changes names."""

# Before


def sure_to_cancel(meeting: Meeting, yes: int, later: int, t: Translator) -> Message:
    """Return the question before meetings are called off; `yes` said they come, `later` is how many meetings follow."""
    rows = [
        (
            Button(
                t.words("Call off only this one"),
                CancelMeeting(meeting=meeting.id, scope=Scope.ONE, sure=True),
                Style.DANGER,
            ),
        )
    ]
    if later:
        every = CancelMeeting(meeting=meeting.id, scope=Scope.FOLLOWING, sure=True)
        rows.append((Button(t.words("Call off this and all following"), every, Style.DANGER),))
    rows.append((Button(t.words("Say why, then call off"), CancelBecause.about(meeting=meeting.id)),))
    rows.append((Button(t.words("Keep it"), ManageMeeting(meeting=meeting.id)),))
    return Message(
        title=t.words("Call a meeting off"),
        text=lines(
            t("Call off {meeting}?", meeting=line(meeting, t)),
            t.plural("{n} person has said yes.", "{n} people have said yes.", yes) if yes else Text(),
            t("Everyone will be told. You can take it back until it would have started."),
        ),
        rows=tuple(rows),
    )


def sure_to_skip(meeting: Meeting, first: Moment, later: int, t: Translator) -> Message:
    """Return the question before a date is left free; it will be at `first` instead, and `later` meetings follow."""
    return Message(
        title=t.words("Skip this date"),
        text=lines(
            t("{meeting} would be on {new} instead.", meeting=line(meeting, t), new=first),
            t.plural(
                "{n} meeting after it comes later by as much.", "{n} meetings after it come later by as much.", later
            )
            if later
            else Text(),
            t("Everyone will be told, and those who said yes are asked again."),
        ),
        rows=(
            (
                Button(t.words("Skip this date"), SkipMeeting(meeting=meeting.id, sure=True), Style.PRIMARY),
                Button(t.words("Keep it"), ManageMeeting(meeting=meeting.id)),
            ),
        ),
    )


# Afterwards, to whoever changed it


def moved(meetings: Sequence[Meeting], asked_again: int, t: Translator) -> Message:
    """Return the answer to who moved meetings."""
    first = meetings[0]
    text = (
        t("Moved: {meeting}.", meeting=line(first, t))
        if len(meetings) == 1
        else t.plural(
            "{n} meeting moved; the first is {meeting}.",
            "{n} meetings moved; the first is {meeting}.",
            len(meetings),
            meeting=line(first, t),
        )
    )
    return Message(lines(text, _asked(asked_again, t)))


def called_off(meetings: Sequence[Meeting], scope: Scope, t: Translator) -> Message:
    """Return the answer to who called meetings off, with the way back."""
    first = meetings[0]
    undo = RestoreMeeting(meeting=first.id, scope=scope)
    return Message(
        t("Called off: {meeting}.", meeting=line(first, t))
        if len(meetings) == 1
        else t.plural(
            "{n} meeting is called off; the first is {meeting}.",
            "{n} meetings are called off; the first is {meeting}.",
            len(meetings),
            meeting=line(first, t),
        ),
        rows=((Button(t.words("Undo"), undo),),),
    )


def restored(meetings: Sequence[Meeting], asked_again: int, t: Translator) -> Message:
    """Return the answer to who let meetings take place after all."""
    return Message(
        lines(
            t.plural(
                "It takes place after all: {meeting}.",
                "{n} meetings take place after all; the first is {meeting}.",
                len(meetings),
                meeting=line(meetings[0], t),
            ),
            _asked(asked_again, t),
        )
    )


def added(meeting: Meeting, t: Translator) -> Message:
    """Return the answer to who planned one more meeting."""
    return Message(
        t("Added: {meeting}.", meeting=line(meeting, t)),
        rows=((Button(t.words("Change it"), ManageMeeting(meeting=meeting.id)),),),
    )


def _asked(people: int, t: Translator) -> Text:
    if not people:
        return Text()
    return t.plural(
        "{n} person who had said yes is asked again.", "{n} people who had said yes are asked again.", people
    )


# Afterwards, to everyone

_HEADINGS = {
    ChangeKind.MOVED: (N_("A meeting has moved"), N_("Meetings have moved")),
    ChangeKind.CANCELLED: (N_("A meeting is called off"), N_("Meetings are called off")),
    ChangeKind.ADDED: (N_("One more meeting"), N_("More meetings")),
    ChangeKind.RESTORED: (N_("It takes place after all"), N_("They take place after all")),
    ChangeKind.PLACE: (N_("We meet elsewhere"), N_("We meet elsewhere")),
    ChangeKind.CLOCKS: (N_("The clocks will change differently"), N_("The clocks will change differently")),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What happened: `before` holds the old instants as Unix seconds, `asked` says that some must answer again."""

    kind: ChangeKind
    meetings: tuple[Meeting, ...]
    before: tuple[int, ...] = ()
    why: str = ""
    asked: bool = False


def changed(change: Change, circle: Circle, t: Translator) -> Message:
    """Return what everyone in the room reads of a change."""
    meetings, before = change.meetings, change.before
    rows = [
        _line(change.kind, meeting, before[place] if place < len(before) else None, t)
        for place, meeting in enumerate(meetings[:LINES_TOLD])
    ]
    more = len(meetings) - len(rows)
    if more > 0:
        rows.append(t.plural("and {n} more", "and {n} more", more))
    follows = Text()
    if change.kind is ChangeKind.PLACE:
        rows = [where_line(meetings[0], circle, t)]
    if change.asked:
        follows = t("If you had said yes, please answer again.")
    return Message(
        title=t.words(_HEADINGS[change.kind][len(meetings) > 1]),
        text=paragraphs(Bold(circle.title), lines(*rows), change.why, follows),
        rows=((Button(t.words("Show the next meeting"), NextMeeting(circle=circle.id)),),),
    )


def _line(kind: ChangeKind, meeting: Meeting, before: int | None, t: Translator) -> Text:
    if kind is ChangeKind.MOVED and before is not None:
        return t(
            "{meeting}: now {new} (it was {old})",
            meeting=Bold(name(meeting, t)),
            new=when(meeting),
            old=Moment(datetime.fromtimestamp(before, UTC), meeting.zone),
        )
    if kind is ChangeKind.CLOCKS:
        return t(
            "{meeting}: still {new}, as the clocks in {zone} show it; elsewhere it is at another hour now",
            meeting=Bold(name(meeting, t)),
            new=when(meeting),
            zone=t.zone(meeting.zone),
        )
    return line(meeting, t)
