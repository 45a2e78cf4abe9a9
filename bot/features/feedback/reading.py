"""Looks up what the views show. Reads only."""

from __future__ import annotations

from bot.chat.message import Message
from bot.context import Context, Setting
from bot.domain.feedback import closes_at, is_over, mood_of, shown, shuffled, was_there
from bot.domain.meetings import Meeting, MeetingState
from bot.domain.people import Role
from bot.domain.rsvps import Answer
from bot.features.feedback import private_views, views
from bot.features.feedback.summary import SummedUp
from bot.i18n import Translator


def closing_key(meeting: Meeting) -> str:
    """Return the key of the step that closes a meeting's plus/delta."""
    return f"feedbackcloses:{meeting.id}"


def after(meeting: Meeting, ctx: Setting) -> views.After:
    """Return what a meeting's card shows once it is over."""
    circle = ctx.circle(meeting.circle)
    names = {member.person.id: member.person.name for member in ctx.store.seats.roster(circle.id)}
    marks = ctx.store.attendance.of(meeting.id)
    gone = ctx.store.people.many([person for person, came in marks.items() if came and person not in names])
    yes = said(meeting, Answer.YES, ctx)
    closing = ctx.store.deliveries.find(closing_key(meeting))
    return views.After(
        meeting=meeting,
        circle=circle.title,
        came=(
            *(name for person, name in names.items() if marks.get(person)),
            *(person.name for person in gone.values()),
        ),
        guessed=tuple(names[person] for person in yes if person in names and person not in marks),
        answers=ctx.store.feedback.count(meeting.id),
        closes_at=closing.due.due_at if closing else closes_at(meeting),
        named=circle.named_feedback,
        takes_marks=takes_marks(meeting, ctx),
    )


def takes_marks(meeting: Meeting, ctx: Setting) -> bool:
    """Whether members can still mark themselves: as long as plus/delta is open at the most, though it closes early."""
    return meeting.state is not MeetingState.CLOSED or ctx.now < closes_at(meeting)


def after_meeting(meeting: Meeting, ctx: Setting, t: Translator | None = None) -> Message:
    """Return the card of a meeting that is over, looked up and drawn, in the setting's language unless `t` is given."""
    return views.after_meeting(after(meeting, ctx), t or ctx.t)


def summed_up(meeting: Meeting, ctx: Setting) -> SummedUp:
    """Return what may be read of a closed meeting's plus/delta."""
    everything = ctx.store.feedback.of(meeting.id)
    readable = shown(everything)
    return SummedUp(
        meeting=meeting,
        circle=ctx.circle(meeting.circle).title,
        answers=len(everything),
        kept_back=len(everything) - len(readable),
        pluses=tuple(one for one in shuffled(readable, "plus") if one.plus),
        deltas=tuple(one for one in shuffled(readable, "delta") if one.delta),
        mood=mood_of(everything),
        decisions=ctx.store.decisions.of_meeting(meeting.id),
    )


def attendance(meeting: Meeting, ctx: Setting) -> private_views.Attendance:
    """Return who came as far as is known; whoever runs the circle is taken to have been there unless they said no."""
    circle = ctx.circle(meeting.circle)
    roster = ctx.store.seats.roster(circle.id)
    people = {member.person.id: member.person.name for member in roster}
    marks = ctx.store.attendance.of(meeting.id)
    running = {member.person.id for member in roster if member.role is Role.FACILITATOR}
    expected = {*said(meeting, Answer.YES, ctx), *(running - set(said(meeting, Answer.NO, ctx)))}
    return private_views.Attendance(
        meeting=meeting,
        circle=circle.title,
        people=people,
        came=was_there(marks, expected, people),
        marked=frozenset(marks),
    )


def said(meeting: Meeting, answer: Answer, ctx: Setting) -> list[int]:
    """Return who had answered so, and not before the meeting was moved."""
    return [rsvp.person for rsvp in ctx.store.rsvps.of(meeting.id) if rsvp.answer is answer and not rsvp.stale]


def standing(meeting: Meeting, ctx: Context) -> private_views.Standing:
    """Return where the person stands with a meeting."""
    return private_views.Standing(
        after=after(meeting, ctx),
        given=ctx.store.feedback.has_given(meeting.id, ctx.person.id),
        came=ctx.store.attendance.of(meeting.id).get(ctx.person.id),
        runs=ctx.role(ctx.circle(meeting.circle)) is Role.FACILITATOR,
    )


def latest_over(circle: int, ctx: Setting) -> Meeting | None:
    """Return the circle's meeting that was over last."""
    over = [meeting for meeting in ctx.store.meetings.of_circle(circle) if is_over(meeting, ctx.now)]
    return over[-1] if over else None


def owners(circle: int, ctx: Setting) -> dict[str, str]:
    """Return who may see to a decision, for a form: nobody, or members' names by id, equal ones told apart."""
    names = {"0": ctx.t.words("Nobody yet")}
    seen: dict[str, int] = {}
    for member in ctx.store.seats.roster(circle):
        name = member.person.name
        seen[name] = number = seen.get(name, 0) + 1
        names[str(member.person.id)] = name if number == 1 else f"{name} ({number})"
    return names
