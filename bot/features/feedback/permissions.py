"""Rules of this feature's own, each found from the very thing that the intent names."""

from __future__ import annotations

from bot.context import Context
from bot.domain.feedback import Decision, Feedback, is_over, shown, takes_feedback
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.people import Role
from bot.errors import Declined
from bot.features.feedback.intents import (
    DecisionDone,
    GiveDecision,
    GiveFeedback,
    ReopenDecision,
    TakeUp,
    Vote,
)
from bot.rules import Audience, Rule, circle_of, facilitators, insiders, members


def over(meeting: int, ctx: Context) -> Meeting:
    """Return a meeting that is over; declines for one that is not, or that never was."""
    found = ctx.meeting(meeting)
    if found.state is MeetingState.CANCELLED:
        raise Declined(ctx.t("This meeting was cancelled. /meetings shows what is planned."))
    if not is_over(found, ctx.now):
        raise Declined(ctx.t("This meeting is not over yet. I will ask when it is."))
    return found


def may_tick(decision: Decision, ctx: Context) -> bool:
    """Whether the person may tick a decision off or hand it on: its owner while a member, and facilitators."""
    circle = ctx.circle(decision.circle)
    role = ctx.role(circle)
    return role is Role.FACILITATOR or (role is not None and decision.owner == ctx.person.id)


def readable(feedback: int, ctx: Context) -> Feedback:
    """Return a delta that may be read: of a meeting that is closed, and not kept back."""
    found = ctx.store.feedback.get(feedback)
    if found is None:
        raise Declined(ctx.t("That delta is not there any more."))
    meeting = ctx.meeting(found.meeting)
    if meeting.state is MeetingState.CLOSED:
        for one in shown(ctx.store.feedback.of(meeting.id)):
            if one.id == feedback and one.delta:
                return one
    raise Declined(ctx.t("That delta is not there any more."))


def _givers(intent: GiveFeedback, ctx: Context) -> None:
    members(intent, ctx)
    meeting = over(intent.meeting, ctx)
    if ctx.store.feedback.has_given(meeting.id, ctx.person.id):
        raise Declined(
            ctx.t("You have had your say about this meeting already. It is kept apart from you, so I cannot change it.")
        )
    if not takes_feedback(meeting, ctx.now):
        raise Declined(ctx.t("Plus / delta for this meeting is closed. /feedback shows what was said."))


def _voters(intent: Vote, ctx: Context) -> None:
    members(intent, ctx)
    readable(intent.feedback, ctx)


def _takers(intent: TakeUp, ctx: Context) -> None:
    facilitators(intent, ctx)
    delta = readable(intent.feedback, ctx)
    if any(one.feedback == delta.id for one in ctx.store.decisions.of_meeting(delta.meeting)):
        raise Declined(ctx.t("This delta has been taken up already. /decisions shows what is open."))


def _tickers(intent: DecisionDone | ReopenDecision | GiveDecision, ctx: Context) -> None:
    insiders(intent, ctx)
    circle = circle_of(intent, ctx)
    decision = ctx.store.decisions.get(intent.decision)
    if decision is None or not may_tick(decision, ctx):
        raise Declined(
            ctx.t("Only whoever sees to it, or a facilitator of “{circle}”, can do this.", circle=circle.title)
        )


givers = Rule(Audience.LEARNER, _givers)
"""Members who have not had their say about a meeting that still takes plus/delta."""
voters = Rule(Audience.LEARNER, _voters)
"""Members, for a delta that may be read."""
takers = Rule(Audience.FACILITATOR, _takers)
"""Facilitators, for a delta that may be read and that nobody has taken up."""
tickers = Rule(Audience.LEARNER, _tickers)
"""A decision's owner while a member, and facilitators."""
