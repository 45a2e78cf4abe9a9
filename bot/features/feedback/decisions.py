"""Deltas that the circle takes up: made, given to somebody, ticked off, dropped, and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.intents import Asked
from bot.chat.message import Button, Message, Reply, Say
from bot.chat.text import Bold, paragraphs
from bot.context import Context
from bot.domain.feedback import Decision, DecisionState
from bot.domain.meetings import MeetingState, upcoming
from bot.domain.notices import DecisionTaken, Due
from bot.domain.people import Role, waking
from bot.errors import Declined
from bot.features.feedback import private_views, reading, summary
from bot.features.feedback.feature import feedback
from bot.features.feedback.intents import (
    ChooseDelta,
    DecisionDone,
    DropDecision,
    GiveDecision,
    ManageDecision,
    ReopenDecision,
    ShowDecisions,
    TakeUp,
)
from bot.features.feedback.permissions import may_tick, over, readable, takers, tickers
from bot.features.in_place import in_place
from bot.rules import facilitators, insiders


def _found(decision: int, ctx: Context) -> Decision:
    found = ctx.store.decisions.get(decision)
    if found is None:
        raise Declined(ctx.t("That decision is not there any more."))
    return found


def _changed(decision: Decision, ctx: Context) -> None:
    """Have every card drawn anew that shows the decision: the summary, and the meetings ahead."""
    ctx.store.cards.touch(summary.KIND, decision.meeting, ctx.now)
    ahead = upcoming(ctx.store.meetings.of_circle(decision.circle), ctx.now)
    ctx.store.cards.touch_several("meeting", [meeting.id for meeting in ahead], ctx.now)


def _owner(wished: int, circle: int, ctx: Context) -> int | None:
    """Return the wished owner, who must be a member: the answer is input. None for 0, which is nobody."""
    if wished and ctx.store.seats.member(circle, wished) is None:
        raise Declined(ctx.t("They are not in this circle. Please choose a member, or leave it open."))
    return wished or None


def _tell_owner(decision: Decision, ctx: Context) -> None:
    """Tell whoever sees to it now, awake."""
    owner = None if decision.owner is None else ctx.store.people.get(decision.owner)
    if owner is None or owner.id == ctx.person.id:
        return
    ctx.store.deliveries.send_again(
        Due(
            key=f"decided:{decision.id}:{owner.id}",
            notice=DecisionTaken(decision.id),
            due_at=waking(owner, ctx.now, owner.zone or ctx.circle(decision.circle).zone),
            person=owner.id,
            circle=decision.circle,
        )
    )


# Taking up


@feedback.handles(ChooseDelta, allow=facilitators)
def choose_delta(intent: ChooseDelta, ctx: Context) -> Reply:
    """Offer the deltas of a closed meeting that nobody has taken up."""
    meeting = over(intent.meeting, ctx)
    if meeting.state is not MeetingState.CLOSED:
        raise Declined(ctx.t("Plus / delta for this meeting is still open. It is read out when it closes."))
    drawn = summary.to_take_up(reading.summed_up(meeting, ctx), intent.page or 0, ctx.t)
    return Say(drawn, private=True) if intent.page is None else in_place(drawn, ctx)


def _prefilled(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Put the delta's own words before whoever takes it up, and offer the members."""
    asked = dict(TakeUp.asked)
    feedback_id = known.get("feedback")
    delta = ctx.store.feedback.get(feedback_id) if isinstance(feedback_id, int) else None
    if delta is not None:
        circle = ctx.meeting(delta.meeting).circle
        asked["words"] = replace(asked["words"], value=delta.delta)
        asked["owner"] = replace(asked["owner"], options=reading.owners(circle, ctx))
    return asked


@feedback.handles(TakeUp, allow=takers, asks=_prefilled)
def take_up(intent: TakeUp, ctx: Context) -> Reply:
    """Make a delta a decision of the circle."""
    delta = readable(intent.feedback, ctx)
    meeting = ctx.meeting(delta.meeting)
    wanted = Decision(
        id=0,
        circle=meeting.circle,
        meeting=meeting.id,
        words=intent.words,
        owner=_owner(intent.owner, meeting.circle, ctx),
        made_at=ctx.now,
    )
    decision = ctx.store.decisions.take_up(wanted, delta.id)
    if decision is None:
        raise Declined(ctx.t("This delta has been taken up already. /decisions shows what is open."))
    _changed(decision, ctx)
    _tell_owner(decision, ctx)
    told = (
        ctx.t("{owner} sees to it.", owner=decision.owner_name)
        if decision.owner_name
        else ctx.t("Nobody sees to it yet.")
    )
    words = paragraphs(
        ctx.t("Taken up: {decision}", decision=Bold(decision.words)),
        told,
        ctx.t("It stands on the next meeting's card, and under /decisions, until it is done."),
    )
    change = Button(ctx.t.words("Change"), ManageDecision(decision=decision.id))
    return Say(Message(words, rows=((change,),)), private=True)


# What becomes of it


@feedback.handles(DecisionDone, allow=tickers)
def done(intent: DecisionDone, ctx: Context) -> Reply:
    """Tick a decision off."""
    return _close(intent.decision, DecisionState.DONE, ctx)


@feedback.handles(DropDecision, allow=facilitators)
def drop(intent: DropDecision, ctx: Context) -> Reply:
    """Drop a decision."""
    return _close(intent.decision, DecisionState.DROPPED, ctx)


def _close(decision: int, state: DecisionState, ctx: Context) -> Reply:
    if ctx.store.decisions.close(decision, state, ctx.now):
        _changed(_found(decision, ctx), ctx)
    return _shown(decision, ctx)


@feedback.handles(ReopenDecision, allow=tickers)
def reopen(intent: ReopenDecision, ctx: Context) -> Reply:
    """Open a decision again that was ticked off or dropped."""
    if ctx.store.decisions.reopen(intent.decision):
        _changed(_found(intent.decision, ctx), ctx)
    return _shown(intent.decision, ctx)


def _offers(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    asked = dict(GiveDecision.asked)
    decision_id = known.get("decision")
    decision = ctx.store.decisions.get(decision_id) if isinstance(decision_id, int) else None
    if decision is not None:
        owner = str(decision.owner or 0)
        options = reading.owners(decision.circle, ctx)
        asked["owner"] = replace(asked["owner"], options=options, value=owner if owner in options else "0")
    return asked


@feedback.handles(GiveDecision, allow=tickers, asks=_offers)
def give_decision(intent: GiveDecision, ctx: Context) -> Reply:
    """Give a decision to a member, or to nobody for now."""
    decision = _found(intent.decision, ctx)
    if decision.state is not DecisionState.OPEN:
        return _shown(decision.id, ctx)
    owner = _owner(intent.owner, decision.circle, ctx)
    if owner != decision.owner:
        ctx.store.decisions.own(decision.id, owner)
        decision = _found(decision.id, ctx)
        _changed(decision, ctx)
        _tell_owner(decision, ctx)
    return _shown(decision.id, ctx)


# Looking at them


def _shown(decision: int, ctx: Context) -> Reply:
    """Return the decision as it is now, to this person alone: the cards are drawn anew by themselves."""
    found = _found(decision, ctx)
    circle = ctx.circle(found.circle)
    runs = ctx.role(circle) is Role.FACILITATOR
    return Say(
        private_views.one_decision(found, circle.title, ctx.t, may=may_tick(found, ctx), runs=runs), private=True
    )


@feedback.handles(ManageDecision, allow=insiders)
def manage_decision(intent: ManageDecision, ctx: Context) -> Reply:
    """Show a decision with what the person may do."""
    return _shown(intent.decision, ctx)


@feedback.handles(ShowDecisions, allow=insiders)
def show_decisions(intent: ShowDecisions, ctx: Context) -> Reply:
    """List a circle's open decisions."""
    circle, still_open = ctx.circle(intent.circle), ctx.store.decisions.open_of(intent.circle)
    runs = ctx.role(circle) is Role.FACILITATOR
    to_take_up = _to_take_up(circle.id, ctx) if runs and not still_open else None
    shown = private_views.decisions_of(circle.title, still_open, ctx.t, runs=runs, to_take_up=to_take_up)
    return Say(shown, private=True)


def _to_take_up(circle: int, ctx: Context) -> int | None:
    """Return the circle's latest closed meeting, where a delta of it can still be taken up."""
    closed = [one for one in ctx.store.meetings.of_circle(circle) if one.state is MeetingState.CLOSED]
    if not closed or not reading.summed_up(closed[-1], ctx).still_open:
        return None
    return closed[-1].id
