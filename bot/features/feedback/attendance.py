"""Who came, and how it went for whoever ran it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.intents import Asked
from bot.chat.message import Card, Redraw, Reply, Say
from bot.context import Context
from bot.domain.feedback import Mood, Reflection
from bot.errors import Declined
from bot.features.feedback import private_views, reading
from bot.features.feedback.feature import feedback
from bot.features.feedback.giving import answered
from bot.features.feedback.intents import IWasThere, MarkCame, Reflect, ReflectInWords, SaveAttendance, WhoCame
from bot.features.feedback.permissions import over
from bot.features.feedback.steps import close_if_complete
from bot.rules import facilitators, members


@feedback.handles(IWasThere, allow=members)
def i_was_there(intent: IWasThere, ctx: Context) -> Reply:
    """Mark one's own attendance."""
    meeting = over(intent.meeting, ctx)
    if not reading.takes_marks(meeting, ctx):
        raise Declined(ctx.t("This meeting is closed. A facilitator can still correct who came."))
    ctx.store.attendance.mark(meeting.id, ctx.person.id, came=intent.came)
    ctx.store.cards.touch("meeting", meeting.id, ctx.now)
    close_if_complete(meeting, ctx)
    toast = ctx.t.words("Noted: you were there.") if intent.came else ctx.t.words("Noted: you missed it.")
    drawn = reading.after_meeting(ctx.meeting(meeting.id), ctx, ctx.t_room)
    return answered(Card("meeting", meeting.id), drawn, toast, ctx)


@feedback.handles(WhoCame, allow=facilitators)
def show_who_came(intent: WhoCame, ctx: Context) -> Reply:
    """Show a facilitator the attendance list."""
    meeting = over(intent.meeting, ctx)
    drawn = private_views.who_came(reading.attendance(meeting, ctx), intent.page or 0, ctx.t)
    return Say(drawn, private=True) if intent.page is None else Redraw(drawn)


@feedback.handles(MarkCame, allow=facilitators)
def mark_came(intent: MarkCame, ctx: Context) -> Reply:
    """Mark whether a member came."""
    meeting = over(intent.meeting, ctx)
    if ctx.store.seats.member(meeting.circle, intent.person) is None:
        raise Declined(ctx.t("They are not in this circle any more, so there is nothing to mark."))
    ctx.store.attendance.mark(meeting.id, intent.person, came=intent.came)
    ctx.store.cards.touch("meeting", meeting.id, ctx.now)
    close_if_complete(meeting, ctx)
    return Redraw(private_views.who_came(reading.attendance(meeting, ctx), intent.page, ctx.t))


@feedback.handles(SaveAttendance, allow=facilitators)
def save_attendance(intent: SaveAttendance, ctx: Context) -> Reply:
    """Keep the attendance list as it stands, the guesses too."""
    meeting = over(intent.meeting, ctx)
    listed = reading.attendance(meeting, ctx)
    for person, came in listed.came.items():
        if person not in listed.marked:
            ctx.store.attendance.mark(meeting.id, person, came=came)
    ctx.store.cards.touch("meeting", meeting.id, ctx.now)
    close_if_complete(meeting, ctx)
    saved = replace(listed, marked=frozenset(listed.came))
    toast = ctx.t.words("Kept: {count} of {members} came.", count=sum(saved.came.values()), members=len(saved.came))
    return Redraw(private_views.who_came(saved, intent.page, ctx.t), toast=toast)


@feedback.handles(Reflect, allow=facilitators)
def reflect(intent: Reflect, ctx: Context) -> Reply:
    """Keep how a meeting went for a facilitator."""
    meeting = over(intent.meeting, ctx)
    words = _own(meeting.id, ctx).words
    ctx.store.feedback.reflect(Reflection(meeting.id, ctx.person.id, int(intent.score), words))
    circle = ctx.circle(meeting.circle)
    return Redraw(
        private_views.it_was(meeting, circle.title, intent.score, words, ctx.t), toast=ctx.t.words("Thank you!")
    )


def _prompt(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Ask with the meeting's own prompt, and show what was said before."""
    meeting, how = known.get("meeting"), ReflectInWords.asked["words"]
    if not isinstance(meeting, int):
        return {"words": how}
    prompt = private_views.prompt(ctx.meeting(meeting))
    return {"words": replace(how, prompt=prompt, value=_own(meeting, ctx).words)}


@feedback.handles(ReflectInWords, allow=facilitators, asks=_prompt)
def reflect_in_words(intent: ReflectInWords, ctx: Context) -> Reply:
    """Keep a facilitator's words beside their score."""
    meeting = over(intent.meeting, ctx)
    own = _own(meeting.id, ctx)
    if not own.score:
        raise Declined(ctx.t("Tap first how it went, from 1 to 5; then add your words."))
    ctx.store.feedback.reflect(replace(own, words=intent.words))
    title = ctx.circle(meeting.circle).title
    return Say(private_views.it_was(meeting, title, Mood(str(own.score)), intent.words, ctx.t), private=True)


def _own(meeting: int, ctx: Context) -> Reflection:
    """Return what the person has said of a meeting, with the score 0 where they have not."""
    for one in ctx.store.feedback.reflections(meeting):
        if one.person == ctx.person.id:
            return one
    return Reflection(meeting, ctx.person.id, 0)
