"""What time does once a meeting is over: ask, close, sum up, say goodbye after the last; and the messages for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat.message import Message
from bot.context import Setting
from bot.domain.circles import Circle, CircleState
from bot.domain.feedback import all_have_answered, closes_at
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.notices import (
    AskFacilitator,
    AskFeedback,
    CircleClosed,
    DecisionTaken,
    Dropped,
    Due,
    FeedbackCloses,
    MeetingEnded,
    Summary,
)
from bot.domain.people import Role, waking
from bot.domain.rsvps import Answer
from bot.features.circles.seats import offer_seats
from bot.features.feedback import private_views, reading, summary, views
from bot.features.feedback.feature import feedback
from bot.features.redrawn import redrawn
from bot.i18n import N_

REFLECT_FOR = timedelta(days=4)
"""How long after a meeting it still makes sense to ask a facilitator how it went."""
AT_LEAST = timedelta(days=1)
"""How long plus/delta is open in any case, also where an outage kept us from asking in time."""
SUMMARY_FOR = timedelta(days=5)
"""How long after plus/delta has closed its summary is still worth sending."""
GOODBYE_AFTER = timedelta(minutes=1)
"""The goodbye comes after the last summary."""


@feedback.acts(MeetingEnded)
def meeting_ended(notice: MeetingEnded, ctx: Setting) -> None:
    """End a meeting: its cards change, the rooms and the facilitators are asked, plus/delta will close."""
    meeting = ctx.meeting(notice.meeting)
    if not meeting.has_ended(ctx.now):
        return  # it was moved meanwhile; its new end is planned
    if not ctx.store.meetings.change_state(meeting.id, MeetingState.PLANNED, MeetingState.ENDED):
        return
    ctx.forget()
    redrawn(meeting.circle, [meeting.id], ctx)
    circle = ctx.circle(meeting.circle)
    closing = _closing(meeting, ctx)
    ctx.store.deliveries.plan([closing])
    if circle.state is not CircleState.DRAFT:
        ctx.store.deliveries.plan(_asking(meeting, circle, closing.due_at, ctx))
    ctx.planner.circle(ctx.store, circle.id, ctx.now)


def _closing(meeting: Meeting, ctx: Setting) -> Due:
    """Return when plus/delta closes: after an outage people still get a day, unless the meeting is long past."""
    is_fresh = ctx.now < meeting.ends_at + REFLECT_FOR
    return Due(
        key=reading.closing_key(meeting),
        notice=FeedbackCloses(meeting.id),
        due_at=max(closes_at(meeting), ctx.now + AT_LEAST) if is_fresh else closes_at(meeting),
        circle=meeting.circle,
        meeting=meeting.id,
    )


def _asking(meeting: Meeting, circle: Circle, closes: datetime, ctx: Setting) -> list[Due]:
    rooms = [
        Due(
            key=f"askfeedback:{meeting.id}:{where}",
            notice=AskFeedback(meeting.id),
            due_at=ctx.now,
            expires_at=closes,
            place=place,
            person=person,
            circle=circle.id,
            meeting=meeting.id,
        )
        for where, place, person in _readers(circle, ctx)
    ]
    asked = [
        Due(
            key=f"askfacilitator:{meeting.id}:{person.id}",
            notice=AskFacilitator(meeting.id, person.id),
            due_at=waking(person, ctx.now, person.zone or circle.zone),
            expires_at=meeting.ends_at + REFLECT_FOR,
            person=person.id,
            circle=circle.id,
            meeting=meeting.id,
        )
        for person in ctx.store.seats.facilitators(circle.id)
        if person.tips
    ]
    return rooms + asked


def _readers(circle: Circle, ctx: Setting) -> list[tuple[str, int | None, int | None]]:
    """Return where a circle reads what is for all, as (part of a key, room, person): its rooms, else its members."""
    rooms = ctx.store.places.of_circle(circle.id)
    if rooms:
        return [(str(place.id), place.id, None) for place in rooms]
    return [(f"p{one.person.id}", None, one.person.id) for one in ctx.store.seats.roster(circle.id)]


@feedback.acts(FeedbackCloses)
def feedback_closes(notice: FeedbackCloses, ctx: Setting) -> None:
    """Close a meeting's plus/delta when its time is over."""
    close(ctx.meeting(notice.meeting), ctx)


def close_if_complete(meeting: Meeting, ctx: Setting) -> None:
    """Close a meeting's plus/delta early where nobody is left to wait for."""
    book = ctx.store.feedback
    learners = [one.person.id for one in ctx.store.seats.roster(meeting.circle) if one.role is Role.LEARNER]
    marks = ctx.store.attendance.of(meeting.id)
    absent = {person for person, came in marks.items() if not came}
    absent |= {person for person in reading.said(meeting, Answer.NO, ctx) if person not in marks}
    answered = [person for person in learners if book.has_given(meeting.id, person)]
    if all_have_answered(answered, learners, absent) and close(meeting, ctx):
        ctx.store.deliveries.drop([reading.closing_key(meeting)], N_("everybody has answered"))


def close(meeting: Meeting, ctx: Setting) -> bool:
    """Close a meeting's plus/delta and plan its summary; False where it was closed, or is not over yet."""
    if not ctx.store.meetings.change_state(meeting.id, MeetingState.ENDED, MeetingState.CLOSED):
        return False
    ctx.forget()
    ctx.store.cards.touch("meeting", meeting.id, ctx.now)
    circle = ctx.circle(meeting.circle)
    if circle.state is not CircleState.DRAFT:
        ctx.store.deliveries.plan(
            [
                Due(
                    key=f"summary:{meeting.id}:{where}",
                    notice=Summary(meeting.id),
                    due_at=ctx.now,
                    expires_at=ctx.now + SUMMARY_FOR,
                    place=place,
                    person=person,
                    circle=circle.id,
                    meeting=meeting.id,
                )
                for where, place, person in _readers(circle, ctx)
            ]
        )
    _end_circle(circle, ctx)
    ctx.planner.circle(ctx.store, circle.id, ctx.now)
    return True


def _end_circle(circle: Circle, ctx: Setting) -> None:
    """End a circle whose last meeting is closed. One that has met once only may still be planned as it goes."""
    states = [meeting.state for meeting in ctx.store.meetings.of_circle(circle.id)]
    if MeetingState.PLANNED in states or MeetingState.ENDED in states or states.count(MeetingState.CLOSED) <= 1:
        return
    if not ctx.store.circles.change_state(circle.id, CircleState.PUBLISHED, CircleState.ENDED):
        return
    ctx.forget()
    ctx.store.cards.touch("circle", circle.id, ctx.now)
    offer_seats(circle.id, ctx)  # which withdraws what is held
    for where, place, person in _readers(circle, ctx):
        ctx.store.deliveries.send_again(
            Due(
                key=f"{CircleClosed.kind}:{circle.id}:{where}",
                notice=CircleClosed(circle.id, ended=True),
                due_at=ctx.now + GOODBYE_AFTER,
                expires_at=ctx.now + SUMMARY_FOR,
                place=place,
                person=person,
                circle=circle.id,
            )
        )


# The messages


@feedback.composes(AskFeedback)
def ask_feedback(notice: AskFeedback, ctx: Setting) -> Message | Dropped:
    """Ask the room who came, and for plus/delta."""
    meeting = ctx.meeting(notice.meeting)
    if meeting.state is not MeetingState.ENDED:
        return Dropped(N_("this is not the time for plus/delta"))
    return _standing(reading.after_meeting(meeting, ctx), ctx)


def _standing(message: Message, ctx: Setting) -> Message:
    """Return a message as a card in a room; one that is read privately is told once and not drawn anew."""
    return message if ctx.place is not None else replace(message, card=None)


@feedback.composes(AskFacilitator)
def ask_facilitator(notice: AskFacilitator, ctx: Setting) -> Message | Dropped:
    """Ask a facilitator how it went."""
    meeting = ctx.meeting(notice.meeting)
    circle = ctx.circle(meeting.circle)
    person = ctx.store.people.get(notice.person)
    member = ctx.store.seats.member(circle.id, notice.person)
    if person is None or not person.tips:
        return Dropped(N_("they do not want to be asked"))
    if member is None or member.role is not Role.FACILITATOR:
        return Dropped(N_("they do not run the circle any more"))
    return private_views.how_was_it(meeting, circle.title, ctx.t)


@feedback.composes(Summary)
def sum_up(notice: Summary, ctx: Setting) -> Message | Dropped:
    """Let the room read what was said, and vote."""
    meeting = ctx.meeting(notice.meeting)
    summed = reading.summed_up(meeting, ctx)
    if not summed.answers:
        return Dropped(N_("nobody answered"))
    return _standing(summary.summary(summed, ctx.t), ctx)


@feedback.draws(summary.KIND)
def summary_card(subject: int, ctx: Setting) -> Message | None:
    """Draw a meeting's summary as it is now."""
    return summary.summary(reading.summed_up(ctx.meeting(subject), ctx), ctx.t)


@feedback.composes(DecisionTaken)
def decision_taken(notice: DecisionTaken, ctx: Setting) -> Message | Dropped:
    """Tell a decision's owner that it is theirs."""
    decision = ctx.store.decisions.get(notice.decision)
    if decision is None or (ctx.reader is not None and decision.owner != ctx.reader.id):
        return Dropped(N_("it is somebody else's by now"))
    return views.decision_taken(decision, ctx.circle(decision.circle).title, ctx.t)
