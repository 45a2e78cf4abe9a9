"""What we do when people say whether they come, and how those are asked who have not said it yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.chat.inbound import Press
from bot.chat.intents import Asked
from bot.chat.message import Button, Card, Message, Redraw, Reply, Say, Style, Toast
from bot.context import Context, Setting
from bot.domain.meetings import Meeting
from bot.domain.notices import ConfirmAgain, DeliveryState, Dropped, Due, Nudge, NudgeRound
from bot.domain.people import Person, waking
from bot.domain.rsvps import Answer
from bot.errors import Declined
from bot.feature import Feature
from bot.features.circles.intents import JoinCircle
from bot.features.in_place import in_place
from bot.features.meetings import cards
from bot.features.meetings.changes import confirm_key
from bot.features.meetings.names import heading, when
from bot.features.meetings.views import KIND, label, truth, when_and_where
from bot.features.rsvps import views
from bot.features.rsvps.intents import AnswerFor, Rsvp, SayWhy, StopNudges, WhoAnswers
from bot.i18n import N_
from bot.rules import Audience, Rule, anyone, facilitators, members, readers

rsvps = Feature("rsvps")

JUST_ASKED = timedelta(hours=12)
"""For how long nobody is asked privately for an answer who has been asked to confirm the one they gave."""
_ASKS = {DeliveryState.WAITING, DeliveryState.SENT}
"""What becomes of a question that is asked."""


@rsvps.handles(Rsvp, allow=readers)
def rsvp(intent: Rsvp, ctx: Context) -> Reply:
    """Take an answer and draw the card with it; an outdated button changes nothing and gets the truth."""
    meeting = ctx.meeting(intent.meeting)
    if not cards.takes_answers(meeting, ctx):
        return _fresh(meeting, ctx, ctx.t.words(truth(meeting, ctx.now)))
    if not ctx.store.seats.is_in(meeting.circle, ctx.person.id):
        return _stranger(meeting, ctx)
    if intent.starts is not None and intent.starts != int(meeting.starts_at.timestamp()):
        return _fresh(meeting, ctx, _moved(meeting, ctx), alert=True)
    ctx.store.rsvps.answer(meeting.id, ctx.person.id, intent.answer, at=ctx.now)
    if not _touch(meeting, ctx):
        _stand_where_tapped(meeting, ctx)
    return _fresh(
        meeting, ctx, views.thanks(intent.answer, ctx.t, can_say_why=_can_say_why(intent.answer, meeting, ctx))
    )


def _has_answered(intent: SayWhy, ctx: Context) -> None:
    """Let members who have answered: nobody is to write a reason that goes nowhere."""
    members(intent, ctx)
    _given(_open_meeting(intent.meeting, ctx), ctx)


@rsvps.handles(SayWhy, allow=Rule(Audience.LEARNER, _has_answered))
def say_why(intent: SayWhy, ctx: Context) -> Reply:
    """Keep the reason with the answer that was given."""
    meeting = _open_meeting(intent.meeting, ctx)
    answer = _given(meeting, ctx)
    ctx.store.rsvps.answer(meeting.id, ctx.person.id, answer, at=ctx.now, reason=intent.reason)
    return Say(Message(ctx.t("Thanks. Only the facilitators see your reason.")), private=True)


def _given(meeting: Meeting, ctx: Context) -> Answer:
    """Return what the person said to a meeting, which holds still; declines where there is nothing."""
    given = ctx.store.rsvps.of_person(ctx.person.id, [meeting.id]).get(meeting.id)
    if given is None or given.stale:
        raise Declined(ctx.t("First say whether you come: /next shows the buttons. Then tell me why."))
    return given.answer


@rsvps.handles(WhoAnswers, allow=facilitators)
def who_answers(intent: WhoAnswers, ctx: Context) -> Reply:
    """Offer the members to answer for."""
    meeting = _open_meeting(intent.meeting, ctx)
    roster = ctx.store.seats.roster(meeting.circle)
    message = views.for_whom(meeting, roster, intent.page or 0, ctx.t)
    return Say(message, private=True) if intent.page is None else in_place(message, ctx)


def _about_whom(known: Mapping[str, object], ctx: Context) -> Mapping[str, Asked]:
    """Ask for a member's answer by their name, so that nobody answers for the wrong one."""
    asked = dict(AnswerFor.asked)
    if known.get("meeting") and known.get("person"):
        meeting = ctx.meeting(int(str(known["meeting"])))
        member = ctx.store.seats.member(meeting.circle, int(str(known["person"])))
        if member is not None:
            prompt = ctx.t.words(
                "What did {name} say? ({meeting})", name=member.person.name, meeting=label(meeting, ctx.t)
            )
            asked["answer"] = replace(asked["answer"], prompt=prompt, verbatim=True)
    return asked


@rsvps.handles(AnswerFor, allow=facilitators, asks=_about_whom)
def answer_for(intent: AnswerFor, ctx: Context) -> Reply:
    """Take an answer from a facilitator; whom it is about must be a member of the meeting's circle."""
    meeting = _open_meeting(intent.meeting, ctx)
    member = ctx.store.seats.member(meeting.circle, intent.person)
    if member is None:
        raise Declined(ctx.t("They are not a member of “{circle}”.", circle=ctx.circle(meeting.circle).title))
    ctx.store.rsvps.answer(meeting.id, member.person.id, intent.answer, at=ctx.now)
    _touch(meeting, ctx)
    return Say(Message(views.noted_for(member.person.name, intent.answer, ctx.t)), private=True)


@rsvps.handles(StopNudges, allow=anyone)
def stop_nudges(intent: StopNudges, ctx: Context) -> Reply:  # noqa: ARG001  # it says all there is to say
    """Leave the person alone from now on."""
    ctx.store.people.save(replace(ctx.person, nudges=False), ctx.person)
    return Toast(ctx.t.words("I will not ask you any more. /me turns it on again."))


# Those who have not answered


@rsvps.acts(NudgeRound)
def nudge_round(notice: NudgeRound, setting: Setting) -> None:
    """Plan a private question to each who has not answered: once for a meeting, in their waking hours."""
    meeting = setting.meeting(notice.meeting)
    if not cards.takes_answers(meeting, setting):
        return
    due = [
        Due(
            key=_nudge_key(meeting, person.id),
            notice=Nudge(meeting.id, person.id),
            due_at=waking(person, setting.now, person.zone or meeting.zone),
            expires_at=meeting.starts_at,
            person=person.id,
            circle=meeting.circle,
            meeting=meeting.id,
        )
        for person in setting.store.rsvps.unanswered(meeting.id)
        if person.nudges
    ]
    setting.store.deliveries.plan([one for one in due if one.due_at < meeting.starts_at])


@rsvps.composes(Nudge)
def nudge(notice: Nudge, setting: Setting) -> Message | Dropped:
    """Ask, unless an answer has come meanwhile or none is wanted any more."""
    meeting = setting.meeting(notice.meeting)
    person = setting.store.people.get(notice.person)
    if person is None or not person.nudges:
        return Dropped(N_("they do not want to be asked"))
    given = setting.store.rsvps.of_person(notice.person, [meeting.id]).get(meeting.id)
    if given is not None and not given.stale:
        return Dropped(N_("they have answered"))
    if given is not None and _is_just_asked(meeting, notice.person, setting):
        return Dropped(N_("they are just being asked to confirm"))
    if why := _pointless(meeting, notice.person, setting):
        return Dropped(why)
    return _question(meeting, person, setting)


@rsvps.composes(ConfirmAgain)
def confirm_again(notice: ConfirmAgain, setting: Setting) -> Message | Dropped:
    """Ask somebody who had said yes to a meeting that has changed since, unless they have said so again."""
    meeting = setting.meeting(notice.meeting)
    person = setting.store.people.get(notice.person)
    given = setting.store.rsvps.of_person(notice.person, [meeting.id]).get(meeting.id)
    if person is None or given is None or not given.stale:
        return Dropped(N_("they have answered"))
    if why := _pointless(meeting, notice.person, setting):
        return Dropped(why)
    return _question(meeting, person, setting)


def _is_just_asked(meeting: Meeting, person: int, setting: Setting) -> bool:
    """Return whether somebody has been asked to confirm a short while ago, or is about to be."""
    asked = setting.store.deliveries.find(confirm_key(meeting, person))
    if asked is None:
        return False
    return asked.state is DeliveryState.WAITING or (
        asked.sent_at is not None and asked.sent_at > setting.now - JUST_ASKED
    )


@rsvps.draws(views.NUDGE)
def draw(meeting: int, setting: Setting) -> Message | None:
    """Draw a private question anew: asked while it is open, else what its reader said, or why nothing is asked."""
    return None if setting.reader is None else _question(setting.meeting(meeting), setting.reader, setting)


def _question(meeting: Meeting, reader: Person, setting: Setting) -> Message:
    """Return the private question as it is true now for whoever reads it: when it is posted, drawn anew or tapped.

    Whatever has it asked, it says the same. So what was just posted is never edited at once.
    """
    circle = setting.circle(meeting.circle)
    t = setting.catalogue.speaker(reader.language, circle.language)
    title = heading(meeting, circle.title, t)
    if not setting.store.seats.is_in(circle.id, reader.id):
        return views.no_question(N_("You are not in this circle any more."), title, meeting, t)
    if not cards.takes_answers(meeting, setting):
        return views.no_question(truth(meeting, setting.now), title, meeting, t)
    given = setting.store.rsvps.of_person(reader.id, [meeting.id]).get(meeting.id)
    facts = when_and_where(meeting, circle, t)
    if given is None:
        return views.nudge(circle, facts, meeting, t)
    if given.stale:
        return views.confirm_again(circle, facts, meeting, t, is_nudge=_is_nudged(meeting, reader, setting))
    return views.answered(given.answer, circle, facts, meeting, t)


def _is_nudged(meeting: Meeting, reader: Person, setting: Setting) -> bool:
    """Return whether it is as a nudge that somebody was, or is about to be, asked last about a meeting."""
    nudged = setting.store.deliveries.find(_nudge_key(meeting, reader.id))
    if nudged is None or nudged.state not in _ASKS or nudged.due.due_at > setting.now:
        return False
    asked = setting.store.deliveries.find(confirm_key(meeting, reader.id))
    return asked is None or asked.due.due_at < nudged.due.due_at


def _nudge_key(meeting: Meeting, person: int) -> str:
    """Return the key of the question to somebody who is silent about a meeting: they are asked once."""
    return f"nudge:{meeting.id}:{person}"


def _pointless(meeting: Meeting, person: int, setting: Setting) -> str:
    """Return why there is no use in asking somebody, empty where there is."""
    if not cards.takes_answers(meeting, setting):
        return N_("the meeting takes no answers any more")
    if not setting.store.seats.is_in(meeting.circle, person):
        return N_("they have left the circle")
    return ""


# What several of them need


def _open_meeting(meeting: int, ctx: Context) -> Meeting:
    """Return a meeting that takes answers; declines with the truth where it does not."""
    found = ctx.meeting(meeting)
    if not cards.takes_answers(found, ctx):
        raise Declined(ctx.t(truth(found, ctx.now)))
    return found


def _touch(meeting: Meeting, ctx: Context) -> bool:
    """Have whatever shows the answers to a meeting drawn anew; return whether its card stands anywhere."""
    ctx.store.cards.touch(views.NUDGE, meeting.id, ctx.now)
    return ctx.store.cards.touch(KIND, meeting.id, ctx.now)


def _stand_where_tapped(meeting: Meeting, ctx: Context) -> None:
    """Take the tapped message for the card, where none is known: a process can die after posting it, before noting it.

    As drawn it is unknown, so that it is drawn anew.
    """
    tapped = ctx.act.posted if isinstance(ctx.act, Press) and not ctx.act.is_aside else None
    if tapped is None or ctx.room.is_private or not cards.is_read_here(ctx.circle(meeting.circle), ctx):
        return
    if ctx.store.cards.at(tapped) is None:
        ctx.store.cards.stand(Card(KIND, meeting.id), tapped, "", ctx.now)
        ctx.store.cards.touch(KIND, meeting.id, ctx.now)


def _can_say_why(answer: Answer, meeting: Meeting, ctx: Context) -> bool:
    """Return whether a button for saying why stands below what was tapped: only whoever cannot come is told of it."""
    if answer is not Answer.NO:
        return False
    return cards.is_read_here(ctx.circle(meeting.circle), ctx) and not _is_question(meeting, ctx)


def _fresh(meeting: Meeting, ctx: Context, words: str, *, alert: bool = False) -> Reply:
    """Return the card as it is true now with a word about the tap; the word alone where others would read the card."""
    drawn_later = isinstance(ctx.act, Press) and ctx.act.card_follows and not ctx.room.is_private
    if drawn_later or not cards.is_read_here(ctx.circle(meeting.circle), ctx):
        return Toast(words, alert=alert)
    if _is_question(meeting, ctx):
        return Redraw(_question(meeting, ctx.person, ctx), toast=words, alert=alert)
    card = cards.card(meeting, ctx, ctx.t_room)
    # In a private chat it is drawn anew only when its reader taps it: everybody's would be too many.
    return Redraw(replace(card, card=None) if ctx.room.is_private else card, toast=words, alert=alert)


def _is_question(meeting: Meeting, ctx: Context) -> bool:
    """Return whether the private question was tapped."""
    tapped = ctx.act.posted if isinstance(ctx.act, Press) and ctx.room.is_private else None
    standing = ctx.store.cards.at(tapped) if tapped is not None else None
    return standing is not None and standing.card == Card(views.NUDGE, meeting.id)


def _moved(meeting: Meeting, ctx: Context) -> str:
    """Return what somebody is told who answered for a time that is no longer the meeting's."""
    now = ctx.t.moment(when(meeting))
    return ctx.t.words("This meeting has moved: it is on {when} now. Please answer again.", when=now)


def _stranger(meeting: Meeting, ctx: Context) -> Reply:
    """Tell somebody who is no member how to become one."""
    circle = ctx.circle(meeting.circle)
    if not circle.is_open:
        raise Declined(ctx.t("This is for members of “{circle}”, and nobody can join just now.", circle=circle.title))
    join = Button(ctx.t.words("Join this circle"), JoinCircle(circle=circle.id), Style.SUCCESS)
    words = ctx.t(
        "This is for members of “{circle}”. Would you like to join? Then say whether you come.", circle=circle.title
    )
    return Say(Message(words, rows=((join,),)), private=True)
