"""Plus/delta: who says it, who reads it, who votes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.chat.forms import Choice
from bot.chat.intents import Asked
from bot.chat.message import Card, Message, Redraw, Reply, Say, Toast
from bot.context import Context
from bot.domain.circles import Circle, CircleState
from bot.domain.feedback import Feedback
from bot.domain.meetings import MeetingState
from bot.domain.people import Role
from bot.errors import BadAnswers, Declined
from bot.features.circles.choices import offered
from bot.features.feedback import private_views, reading, summary
from bot.features.feedback.feature import feedback
from bot.features.feedback.intents import GiveFeedback, ReadSummary, ShowFeedback, Vote
from bot.features.feedback.permissions import givers, over, voters
from bot.features.feedback.steps import close_if_complete
from bot.i18n import N_
from bot.rules import insiders


def answered(card: Card, drawn: Message, toast: str, ctx: Context) -> Reply:
    """Draw the tapped message anew where it is the card, else only say so: the painter sees to the cards."""
    tapped = getattr(ctx.act, "posted", None)
    if any(stored.posted == tapped for stored in ctx.store.cards.of(card.kind, card.subject)):
        return Redraw(drawn, toast=toast)
    return Toast(toast)


# Saying it


def _questions(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Ask for a name only where the circle chose named feedback."""
    asked = dict(GiveFeedback.asked)
    meeting = known.get("meeting")
    if isinstance(meeting, int) and ctx.circle(ctx.meeting(meeting).circle).named_feedback:
        asked["plus"] = replace(asked["plus"], hint=N_("One of these answers is enough; a name is up to you."))
    else:
        del asked["sign"]
    return asked


@feedback.handles(GiveFeedback, allow=givers, asks=_questions)
def give(intent: GiveFeedback, ctx: Context) -> Reply:
    """Keep what somebody said, apart from who said it."""
    if not (intent.plus or intent.delta or intent.mood):
        raise BadAnswers({"plus": ctx.t("Please answer at least one of the questions; a word is enough.")})
    meeting = over(intent.meeting, ctx)
    signed = intent.sign and ctx.circle(meeting.circle).named_feedback
    said = Feedback(
        id=0,
        meeting=meeting.id,
        plus=intent.plus,
        delta=intent.delta,
        mood=int(intent.mood) if intent.mood else None,
        person=ctx.person.id if signed else None,
    )
    if not ctx.store.feedback.give(said, ctx.person.id):
        raise Declined(ctx.t("You have had your say about this meeting already."))
    ctx.store.cards.touch("meeting", meeting.id, ctx.now)
    reply = private_views.thanks(reading.standing(meeting, ctx), ctx.t, signed=signed)
    close_if_complete(meeting, ctx)
    return Say(reply, private=True)


# Reading it


@feedback.handles(ShowFeedback, allow=insiders)
def show_feedback(intent: ShowFeedback, ctx: Context) -> Reply:
    """Show where plus/delta of the latest meeting stands, and what was said once it is closed."""
    circle = ctx.circle(intent.circle)
    meeting = reading.latest_over(circle.id, ctx)
    if meeting is None:
        raise Declined(
            ctx.t("“{circle}” has not met yet. I will ask for plus / delta after the meeting.", circle=circle.title)
        )
    if meeting.state is MeetingState.CLOSED:
        message = _page(reading.summed_up(meeting, ctx), 0, ctx)
    else:
        message = private_views.your_say(reading.standing(meeting, ctx), ctx.t)
    return Say(message, private=True)


@feedback.handles(ReadSummary, allow=insiders)
def read_summary(intent: ReadSummary, ctx: Context) -> Reply:
    """Show all that may be read of a closed meeting, page by page."""
    meeting = over(intent.meeting, ctx)
    if meeting.state is not MeetingState.CLOSED:
        raise Declined(ctx.t("Plus / delta for this meeting is still open. It is read out when it closes."))
    drawn = _page(reading.summed_up(meeting, ctx), intent.page or 0, ctx)
    return Say(drawn, private=True) if intent.page is None else Redraw(drawn)


def _page(summed: summary.SummedUp, number: int, ctx: Context) -> Message:
    """Return a page of what was said; taking it up is offered to those who may."""
    may_take_up = ctx.role(ctx.circle(summed.meeting.circle)) is Role.FACILITATOR
    return summary.page(summed, number, ctx.t, may_take_up=may_take_up)


@feedback.handles(Vote, allow=voters)
def vote(intent: Vote, ctx: Context) -> Reply:
    """Vote for a delta, or take the vote back."""
    found = ctx.store.feedback.get(intent.feedback)
    if found is None:
        raise Declined(ctx.t("That delta is not there any more."))
    meeting = ctx.meeting(found.meeting)
    before = reading.summed_up(meeting, ctx)
    if before.decision_of(found) is not None:
        toast = ctx.t.words("This delta has been taken up already, so it needs no votes any more.")
    elif ctx.store.feedback.vote(found.id, ctx.person.id):
        toast = ctx.t.words("Your vote counts. Tap again to take it back.")
    else:
        toast = ctx.t.words("Your vote is taken back.")
    ctx.store.cards.touch(summary.KIND, meeting.id, ctx.now)
    now = reading.summed_up(meeting, ctx)
    if intent.page is not None:
        return Redraw(_page(now, intent.page, ctx), toast=toast)
    return answered(Card(summary.KIND, meeting.id), summary.summary(now, ctx.t_room), toast, ctx)


# Which circle


def _looked_back(ctx: Context) -> tuple[Circle, ...]:
    """Return the circles whose past the person may see here: those that have ended too."""
    own = {circle.id: circle for circle, _ in ctx.store.circles.of_person(ctx.person.id)}
    if ctx.room.is_private:
        for community in ctx.store.communities.organized_by(ctx.person.id):
            own |= {circle.id: circle for circle in ctx.store.circles.of_community(community.id)}
        return tuple(own.values())
    return tuple(circle for circle in ctx.circles_here if circle.id in own or ctx.role(circle) is Role.FACILITATOR)


@feedback.chooses("circles_looked_back")
def circles_looked_back(ctx: Context, words: str) -> Sequence[Choice]:  # noqa: ARG001  # what a provider is called with
    """Offer the circles whose meetings the person may look back on."""
    return offered(_looked_back(ctx) or _mine(ctx))


def _mine(ctx: Context) -> tuple[Circle, ...]:
    return tuple(circle for circle, _ in ctx.store.circles.of_person(ctx.person.id))


@feedback.presumes("circle_looked_back")
def circle_looked_back(ctx: Context) -> int | None:
    """Presume the only circle at hand: the one that runs, where others have ended; the room's for a stranger there."""
    found = _looked_back(ctx)
    if not found and not ctx.room.is_private:  # a stranger hears that it is for members
        found = tuple(circle for circle in ctx.circles_here if circle.state is not CircleState.DRAFT)[:1]
    running = tuple(circle for circle in found if circle.state is CircleState.PUBLISHED)
    chosen = running or found
    return chosen[0].id if len(chosen) == 1 else None
