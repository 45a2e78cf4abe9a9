"""What we do when facilitators change what is planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.chat.intents import Asked
from bot.chat.message import Message, Reply, Say
from bot.chat.text import Moment
from bot.context import Context
from bot.domain.bounds import MOST_MEETINGS
from bot.domain.circles import Circle, CircleState
from bot.domain.meetings import Meeting, MeetingState, following, instant, step_after
from bot.domain.people import Role
from bot.errors import BadAnswers, Declined, Overtaken
from bot.features.in_place import in_place
from bot.features.meetings import changes, dates, telling
from bot.features.meetings.feature import meetings
from bot.features.meetings.intents import (
    LONGEST_TOPIC,
    AddMeeting,
    CancelBecause,
    CancelMeeting,
    MoveMeeting,
    RestoreMeeting,
    Scope,
    SetTopic,
    SetTopics,
    SkipMeeting,
)
from bot.features.meetings.names import name, when
from bot.features.meetings.views import label, line, nothing_ahead
from bot.features.redrawn import redrawn
from bot.rules import facilitators


@meetings.handles(AddMeeting, allow=facilitators)
def add_meeting(intent: AddMeeting, ctx: Context) -> Reply:
    """Plan one more meeting and tell everyone."""
    circle = _living(ctx.circle(intent.circle), ctx)
    wrong = dates.problem(intent.when, circle.zone, ctx.now, ctx.t)
    if wrong is not None:
        raise BadAnswers({"when": wrong})
    if len(ctx.store.meetings.of_circle(circle.id)) >= MOST_MEETINGS:
        raise Declined(ctx.t("{n} meetings are the most of one circle. Please begin a new one.", n=MOST_MEETINGS))
    new = changes.new_meeting(intent.when, intent.topic, circle)
    clash = changes.clash([new], circle, ctx, ctx.t)
    if clash is not None:
        raise BadAnswers({"when": clash})
    done = changes.add(new, circle, ctx)
    return Say(telling.added(done.meetings[0], ctx.t), private=True)


def _which(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Ask when a meeting should be by naming it and its time, so that nobody moves the wrong one."""
    asked = dict(MoveMeeting.asked)
    if known.get("meeting"):
        meeting = ctx.meeting(int(str(known["meeting"])))
        prompt = ctx.t.words(
            "When shall it be instead of {when}? ({meeting})",
            when=ctx.t.moment(when(meeting), name_zone=False),
            meeting=name(meeting, ctx.t),
        )
        asked["to"] = replace(asked["to"], prompt=prompt, verbatim=True)
        later = following(ctx.store.meetings.of_circle(meeting.circle), meeting)
        if len(later) == 1:
            asked["scope"] = replace(asked["scope"], ask=False)
    return asked


@meetings.handles(MoveMeeting, allow=facilitators, asks=_which)
def move_meeting(intent: MoveMeeting, ctx: Context) -> Reply:
    """Move a meeting, or shift it and all that follow by as much on the clock; tell everyone and ask again."""
    meeting = _still_ahead(intent.meeting, ctx)
    circle = ctx.circle(meeting.circle)
    by = intent.to - meeting.starts_local
    if not by:
        raise BadAnswers({"to": ctx.t("That is when it is already.")})
    shifted = _reached(meeting, intent.scope, ctx)
    wrong = changes.shift_problem(shifted, by, circle, ctx, ctx.t)
    if wrong is not None:
        raise BadAnswers({"to": wrong})
    done = changes.shift(shifted, by, circle, ctx)
    return Say(telling.moved(done.meetings, done.asked_again, ctx.t), private=True)


@meetings.handles(SkipMeeting, allow=facilitators)
def skip_meeting(intent: SkipMeeting, ctx: Context) -> Reply:
    """Leave a date free: this meeting takes the next one's date, and so on."""
    meeting = _still_ahead(intent.meeting, ctx)
    circle = ctx.circle(meeting.circle)
    shifted = _reached(meeting, Scope.FOLLOWING, ctx)
    by = step_after(shifted, meeting)
    wrong = changes.shift_problem(shifted, by, circle, ctx, ctx.t)
    if wrong is not None:
        raise Declined(wrong)
    if not intent.sure:
        first = Moment(instant(meeting.starts_local + by, meeting.zone), meeting.zone)
        return Say(telling.sure_to_skip(meeting, first, len(shifted) - 1, ctx.t), private=True)
    done = changes.shift(shifted, by, circle, ctx)
    return in_place(telling.moved(done.meetings, done.asked_again, ctx.t), ctx)


@meetings.handles(CancelMeeting, allow=facilitators)
def cancel_meeting(intent: CancelMeeting, ctx: Context) -> Reply:
    """Ask whether it is meant, then call meetings off."""
    meeting = _still_ahead(intent.meeting, ctx)
    if intent.sure:
        return _called_off(meeting, intent.scope, "", ctx)
    later = len(_reached(meeting, Scope.FOLLOWING, ctx)) - 1
    return Say(telling.sure_to_cancel(meeting, ctx.store.rsvps.tally(meeting.id).yes, later, ctx.t), private=True)


@meetings.handles(CancelBecause, allow=facilitators)
def cancel_because(intent: CancelBecause, ctx: Context) -> Reply:
    """Call meetings off with a reason for everyone."""
    return _called_off(_still_ahead(intent.meeting, ctx), intent.scope, intent.reason, ctx)


@meetings.handles(RestoreMeeting, allow=facilitators)
def restore_meeting(intent: RestoreMeeting, ctx: Context) -> Reply:
    """Take a cancellation back, until the meeting would have started."""
    meeting = ctx.meeting(intent.meeting)
    if meeting.state is not MeetingState.CANCELLED:
        raise Declined(ctx.t("{meeting} is not called off.", meeting=line(meeting, ctx.t)))
    if meeting.has_started(ctx.now):
        raise Declined(
            ctx.t("{meeting} would have started already, so it stays called off.", meeting=line(meeting, ctx.t))
        )
    circle = _living(ctx.circle(meeting.circle), ctx)
    back = _reached(meeting, intent.scope, ctx)
    clash = changes.clash(back, circle, ctx, ctx.t)
    if clash is not None:
        raise Declined(clash)
    done = changes.restore(back, circle, ctx)
    return in_place(telling.restored(done.meetings, done.asked_again, ctx.t), ctx)


def _topic_now(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Ask for a meeting's topic by naming the meeting, with the topic that it has."""
    asked = dict(SetTopic.asked)
    if known.get("meeting"):
        meeting = ctx.meeting(int(str(known["meeting"])))
        how = asked["topic"]
        prompt = f"{ctx.t.declared(how.prompt)} ({label(meeting, ctx.t)})"
        asked["topic"] = replace(how, prompt=prompt, verbatim=True, value=meeting.topic)
    return asked


@meetings.handles(SetTopic, allow=facilitators, asks=_topic_now)
def set_topic(intent: SetTopic, ctx: Context) -> Reply:
    """Say what a meeting works through; its cards say it too. Nobody needs to answer again for that."""
    before = ctx.meeting(intent.meeting)
    meeting = replace(before, topic=intent.topic)
    ctx.store.meetings.save(meeting, before)
    _renamed([meeting], meeting.circle, ctx)
    return Say(Message(ctx.t("Noted: {meeting}.", meeting=line(meeting, ctx.t))), private=True)


def _topics_now(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Ask for the topics with those that the meetings ahead have."""
    asked = dict(SetTopics.asked)
    if known.get("circle"):
        circle = ctx.circle(int(str(known["circle"])))
        topics = [one.topic for one in changes.ahead(circle, ctx)]
        if not topics and ctx.role(circle) is Role.FACILITATOR:
            raise Declined(nothing_ahead(circle, ctx.t))
        asked["topics"] = replace(asked["topics"], value="\n".join(topics).rstrip())
    return asked


@meetings.handles(SetTopics, allow=facilitators, asks=_topics_now)
def set_topics(intent: SetTopics, ctx: Context) -> Reply:
    """Give the meetings ahead their topics, in order; those without a line have none."""
    circle = ctx.circle(intent.circle)
    found = changes.ahead(circle, ctx)
    topics = [" ".join(line.split()) for line in intent.topics.rstrip().splitlines()]
    if len(topics) > len(found):
        raise BadAnswers(
            {"topics": ctx.t.plural("Only {n} meeting is ahead.", "Only {n} meetings are ahead.", len(found))}
        )
    for topic in topics:
        if len(topic) > LONGEST_TOPIC:
            raise BadAnswers(
                {"topics": ctx.t("“{start}…” is too long: {longest} fit.", start=topic[:20], longest=LONGEST_TOPIC)}
            )
    for place, meeting in enumerate(found):
        topic = topics[place] if place < len(topics) else ""
        ctx.store.meetings.save(replace(meeting, topic=topic), meeting)
    _renamed(found, circle.id, ctx)
    return Say(Message(ctx.t("Noted. /meetings shows them.")), private=True)


# What several of them need


def _renamed(meetings: Sequence[Meeting], circle: int, ctx: Context) -> None:
    """Have whatever bears the topics of meetings follow them, entries in calendars too."""
    ctx.forget()
    redrawn(circle, [meeting.id for meeting in meetings], ctx)
    ctx.planner.circle(ctx.store, circle, ctx.now)


def _still_ahead(meeting: int, ctx: Context) -> Meeting:
    """Return a meeting that can still be changed; declines with the truth where it cannot."""
    found = ctx.meeting(meeting)
    _living(ctx.circle(found.circle), ctx)
    if found.state is MeetingState.CANCELLED:
        raise Declined(
            ctx.t("{meeting} is called off. /meetings lets it take place again.", meeting=line(found, ctx.t))
        )
    if found.has_started(ctx.now) or not found.is_on:
        raise Declined(ctx.t("{meeting} has begun already, so it stays as it is.", meeting=line(found, ctx.t)))
    return found


def _living(circle: Circle, ctx: Context) -> Circle:
    """Return a circle that has not ended; declines otherwise."""
    if circle.state is CircleState.ENDED:
        raise Declined(ctx.t("“{circle}” has ended, so its meetings stay as they are.", circle=circle.title))
    return circle


def _reached(meeting: Meeting, scope: Scope, ctx: Context) -> Sequence[Meeting]:
    """Return the meetings that a change reaches: of the same state as the first."""
    if scope is Scope.ONE:
        return (meeting,)
    reached = following(ctx.store.meetings.of_circle(meeting.circle), meeting)
    if meeting not in reached:
        raise Overtaken(f"meeting {meeting.id} was changed meanwhile")
    return reached


def _called_off(meeting: Meeting, scope: Scope, why: str, ctx: Context) -> Reply:
    circle = ctx.circle(meeting.circle)
    done = changes.call_off(_reached(meeting, scope, ctx), circle, ctx, why)
    return in_place(telling.called_off(done.meetings, scope, ctx.t), ctx)
