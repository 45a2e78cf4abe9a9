"""What people read when somebody joins, waits, leaves: warm and short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.message import Button, Message, Style
from bot.chat.text import Bold, Moment, Shape, Text, lines, paragraphs
from bot.domain.circles import Member
from bot.domain.feedback import Decision
from bot.domain.people import Person
from bot.features.circles import views
from bot.features.circles.facts import Facts
from bot.features.circles.intents import (
    JoinCircle,
    LeaveCircle,
    LetGo,
    ShowCircle,
    ShowMember,
    ShowRoster,
    TakeSeat,
    TellAbout,
)
from bot.features.meetings.intents import NextMeeting
from bot.i18n import Translator

MISSED_SHOWN = 8


def next_and_where(shown: Facts, t: Translator) -> Text:
    """Return when and where the circle meets next, for a member."""
    meeting = shown.next
    topic = t("Topic: {topic}", topic=meeting.topic) if meeting and meeting.topic else Text()
    return lines(views.next_line(meeting, t), topic, views.where_line(shown.circle, t, member=True))


def joined(shown: Facts, t: Translator) -> Message:
    """Return what somebody reads in the room right after joining; the welcome itself comes privately."""
    text = lines(
        t("You are in. Welcome to “{circle}”!", circle=Bold(shown.circle.title)),
        t("I have told you when and where in our private chat."),
    )
    return Message(text, rows=(_first_steps(shown, t),), title=shown.circle.title)


def welcome(shown: Facts, decisions: Sequence[Decision], t: Translator) -> Message:
    """Return the welcome: the next meeting, and for late joiners what they missed."""
    topics = tuple(meeting for meeting in shown.past if meeting.topic)[-MISSED_SHOWN:]
    missed = Text()
    if shown.past:
        number = len(shown.past)
        missed = lines(
            t.plural(
                "The group has met {n} time. You start with the next meeting, nothing to catch up first.",
                "The group has met {n} times. You start with the next meeting, nothing to catch up first.",
                number,
            ),
            *(t("{date}: {topic}", date=Moment(m.starts_at, m.zone, Shape.DATE), topic=m.topic) for m in topics),
        )
    agreed = lines(
        t("What the group has agreed to try:") if decisions else Text(),
        *(t("- {decision}", decision=decision.words) for decision in decisions),
    )
    text = paragraphs(
        t("You are in. Welcome to “{circle}”!", circle=Bold(shown.circle.title)),
        next_and_where(shown, t),
        missed,
        agreed,
    )
    return Message(text, rows=(_first_steps(shown, t),), title=shown.circle.title)


def _first_steps(shown: Facts, t: Translator) -> tuple[Button, ...]:
    circle = shown.circle.id
    return (
        Button(t.words("Tell us about you"), TellAbout.about(circle=circle), Style.PRIMARY),
        Button(t.words("Next meeting"), NextMeeting(circle=circle)),
    )


def waits(shown: Facts, position: int, t: Translator) -> Message:
    """Return what somebody reads who has to wait for a seat."""
    text = paragraphs(
        t(
            "“{circle}” is full just now. You are number {position} on the waiting list.",
            circle=Bold(shown.circle.title),
            position=position,
        ),
        t("When a seat becomes free I ask you privately, and hold it for you for a day."),
    )
    off = Button(t.words("Leave the waiting list"), LetGo(circle=shown.circle.id))
    return Message(text, rows=((off,),), title=shown.circle.title)


def offer(shown: Facts, until: datetime, t: Translator, *, again: bool = False) -> Message:
    """Return the question whether somebody who waits takes the seat that is held for them.

    `again` where they were asked before, and could not answer.
    """
    circle = shown.circle
    text = paragraphs(
        t("A seat in “{circle}” is free, and it is yours if you want it.", circle=Bold(circle.title)),
        next_and_where(shown, t),
        lines(
            t("I was away when your time to answer ran out, so I ask you again.") if again else Text(),
            t("I hold it until {until}. After that it goes to the next.", until=Moment(until, circle.zone)),
        ),
    )
    take = Button(t.words("Take the seat"), TakeSeat(circle=circle.id), Style.SUCCESS)
    return Message(text, rows=((take, Button(t.words("Let it go"), LetGo(circle=circle.id))),), title=circle.title)


def leaving(shown: Facts, t: Translator) -> Message:
    """Return the question before a seat is given up."""
    rows = (
        (
            Button(t.words("Leave"), LeaveCircle(circle=shown.circle.id, sure=True), Style.DANGER),
            Button(t.words("Stay"), ShowCircle(circle=shown.circle.id)),
        ),
    )
    text = t("Leave “{circle}”? Your answers for the meetings ahead go with you.", circle=Bold(shown.circle.title))
    return Message(text, rows=rows, title=shown.circle.title)


def left(shown: Facts, t: Translator) -> Message:
    """Return the goodbye, with the way back."""
    again = Button(t.words("Join again"), JoinCircle(circle=shown.circle.id))
    return Message(
        t("You have left “{circle}”. It was good to have you.", circle=Bold(shown.circle.title)),
        rows=((again,),) if shown.is_open else (),
        title=shown.circle.title,
    )


def told(member: Member, questions: Sequence[str], t: Translator) -> Text:
    """Return what a member told on joining; empty where they told nothing."""
    own = zip(questions, member.answers, strict=False)
    return lines(
        t("Goal: {goal}", goal=member.goal) if member.goal else Text(),
        t("Support: {support}", support=member.support) if member.support else Text(),
        *(Text.of(question, " ", answer) for question, answer in own if answer),
    )


def member_news(shown: Facts, came: Sequence[Member], went: Sequence[Person], t: Translator) -> Message:
    """Return what a facilitator reads of who came and who went: of one who came, what they told, too."""
    circle, names = shown.circle, [member.person.name for member in came]
    joined = t.plural(
        "{names} has joined “{circle}”.",
        "{names} have joined “{circle}”.",
        len(names),
        names=Bold(t.listed(names)),
        circle=circle.title,
    )
    left = t.plural(
        "{names} has left “{circle}”.",
        "{names} have left “{circle}”.",
        len(went),
        names=Bold(t.listed(person.name for person in went)),
        circle=circle.title,
    )
    alone = came[0] if len(came) == 1 else None
    said = told(alone, circle.questions, t) if alone else Text()
    show = ShowMember(circle=circle.id, person=alone.person.id) if alone else ShowRoster(circle=circle.id)
    news = lines(joined if came else Text(), left if went else Text(), views.seats_line(shown, t))
    return Message(paragraphs(news, said), rows=((Button(t.words("Show"), show),),) if came else (), silent=True)


def waiting_panel(shown: Facts, position: int, t: Translator) -> Message:
    """Return what somebody on the waiting list sees."""
    seen = views.announcement(shown, t, live=False)
    place = t("You are number {position} on the waiting list.", position=position)
    off = Button(t.words("Leave the waiting list"), LetGo(circle=shown.circle.id))
    return Message(paragraphs(seen.text, place), rows=((off,),), title=seen.title)
