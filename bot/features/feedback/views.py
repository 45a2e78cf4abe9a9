"""What stands in a room once a meeting is over, and the decisions on the next card. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.message import Button, Card, Message, Style
from bot.chat.text import Bold, Moment, Text, lines, paragraphs
from bot.domain.feedback import Decision
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.rsvps import NAMES_SHOWN
from bot.features.feedback.intents import (
    DecisionDone,
    GiveFeedback,
    IWasThere,
    ManageDecision,
    ReadSummary,
    ShowDecisions,
    WhoCame,
)
from bot.features.meetings.names import heading
from bot.i18n import Translator
from bot.records import dataclass

LABEL = 40
"""Characters of a delta on a button: what a phone shows of one."""
BUTTONS_A_CARD = 3
"""How many decisions can be ticked off on a meeting's card, which has other buttons too."""


@dataclass(frozen=True, slots=True)
class After:
    """A meeting that is over: who came, who had said yes and is not marked, how many have answered (never who).

    `takes_marks` says whether members can still mark themselves.
    """

    meeting: Meeting
    circle: str
    came: tuple[str, ...]
    guessed: tuple[str, ...]
    answers: int
    closes_at: datetime
    named: bool = False
    takes_marks: bool = True


def clipped(words: str, longest: int) -> str:
    """Return the words, cut with an ellipsis where they are too long."""
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def turnout(after: After, t: Translator) -> Text:
    """Return who came, and who had said yes and is not marked yet."""
    came = (
        t.plural(
            "{n} person was there: {names}.",
            "{n} people were there: {names}.",
            len(after.came),
            names=t.listed(after.came),
        )
        if after.came
        else t("Nobody is marked as having been there yet.")
    )
    if not after.guessed:
        return came
    names = t.listed(after.guessed, max(0, NAMES_SHOWN - len(after.came)))  # so many fit on the card together
    return lines(came, t("Had said yes, not marked yet: {names}.", names=names))


def after_meeting(after: After, t: Translator) -> Message:
    """Return a meeting's card once it is over: attendance and plus/delta, or that it is summed up."""
    return _closed(after, t) if after.meeting.state is MeetingState.CLOSED else _open(after, t)


def _closed(after: After, t: Translator) -> Message:
    meeting = after.meeting
    summary = Button(t.words("Read the summary"), ReadSummary(meeting=meeting.id))
    return Message(
        title=heading(meeting, after.circle, t),
        text=paragraphs(
            t("This meeting was on {when}.", when=Moment(meeting.starts_at, meeting.zone)),
            turnout(after, t),
            t.plural("Plus / delta is closed: {n} answer.", "Plus / delta is closed: {n} answers.", after.answers),
        ),
        rows=(
            *(((summary,),) if after.answers else ()),
            *((there(meeting, t),) if after.takes_marks else ()),
        ),
        card=Card("meeting", meeting.id),
    )


def _open(after: After, t: Translator) -> Message:
    meeting = after.meeting.id
    promise = (
        t("You may sign your answer. Without a name, nobody sees who said it, and it is read from three answers on.")
        if after.named
        else t("Nobody sees who said what, and it is read only from three answers on.")
    )
    return Message(
        title=heading(after.meeting, after.circle, t),
        text=paragraphs(
            t("This meeting is over. Thank you for being part of it!"),
            turnout(after, t),
            lines(t("What went well, and what should change next time?"), promise),
            lines(
                t.plural("{n} answer so far.", "{n} answers so far.", after.answers),
                t(
                    "It closes when everybody has answered, at the latest {when}.",
                    when=Moment(after.closes_at, after.meeting.zone),
                ),
            ),
        ),
        rows=(
            (Button(t.words("Plus / delta"), GiveFeedback.about(meeting=meeting), Style.PRIMARY),),
            there(after.meeting, t),
            (Button(t.words("Who came?"), WhoCame(meeting=meeting)),),
        ),
        card=Card("meeting", meeting),
    )


def there(meeting: Meeting, t: Translator) -> tuple[Button, ...]:
    """Return the buttons with which a member marks themselves."""
    return (
        Button(t.words("I was there"), IWasThere(meeting=meeting.id, came=True), Style.SUCCESS),
        Button(t.words("I missed it"), IWasThere(meeting=meeting.id, came=False)),
    )


def decision_line(decision: Decision, t: Translator) -> Text:
    """Return a decision and who sees to it."""
    if decision.owner_name:
        return t("• {decision} ({owner})", decision=decision.words, owner=decision.owner_name)
    return t("• {decision} (nobody sees to it yet)", decision=decision.words)


def decision_lines(decisions: Sequence[Decision], t: Translator) -> Text:
    """Return a heading and the open decisions, for a card or a reminder; empty where there are none."""
    if not decisions:
        return Text()
    return lines(Bold(t.words("We decided")), *(decision_line(decision, t) for decision in decisions))


def decision_buttons(decisions: Sequence[Decision], t: Translator) -> tuple[Button, ...]:
    """Return the buttons that tick the decisions off, for a row or more of a card; the rest is behind one button.

    They are plain: what everybody is asked on that card is whether they come.
    """
    done = tuple(
        Button(
            t.words("Done: {decision}", decision=clipped(decision.words, LABEL)),
            DecisionDone(decision=decision.id),
        )
        for decision in decisions[:BUTTONS_A_CARD]
    )
    if len(decisions) <= BUTTONS_A_CARD:
        return done
    return (*done, Button(t.words("All decisions"), ShowDecisions(circle=decisions[0].circle)))


def decision_taken(decision: Decision, circle: str, t: Translator) -> Message:
    """Return what the owner of a decision is told."""
    return Message(
        text=paragraphs(
            t("“{circle}” took this up, and you see to it:", circle=circle),
            Bold(decision.words),
            t("It stands on the next meeting's card, and under /decisions, until it is done."),
        ),
        rows=(
            (
                Button(t.words("Done"), DecisionDone(decision=decision.id), Style.SUCCESS),
                Button(t.words("Change"), ManageDecision(decision=decision.id)),
            ),
        ),
    )
