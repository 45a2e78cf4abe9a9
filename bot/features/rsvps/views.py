"""What people see of who comes: the counts, the buttons, a word of thanks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.message import Button, Card, Message, Style, gridded
from bot.chat.text import Bold, Text, lines, paragraphs
from bot.domain.circles import Circle, Member
from bot.domain.meetings import Meeting
from bot.domain.rsvps import NAMES_SHOWN, Answer, Tally
from bot.domain.rsvps import Rsvp as Answered
from bot.features.rsvps.intents import LABELS, AnswerFor, Rsvp, SayWhy, StopNudges, WhoAnswers
from bot.i18n import Translator

NUDGE = "nudge"
"""The kind of the card with which somebody is asked privately; its subject is the meeting."""
_STYLES = {Answer.YES: Style.SUCCESS}
PEOPLE_A_PAGE = 20
"""How many names are offered at once; a message has room for 25 buttons, the last row turns the page."""


def answers(meeting: Meeting, t: Translator) -> tuple[Button, ...]:
    """Return the three RSVP buttons. They carry the start that they promise: a tap on outdated words is noticed."""
    return tuple(
        Button(
            t.words(LABELS[answer]),
            Rsvp(meeting=meeting.id, answer=answer, starts=int(meeting.starts_at.timestamp())),
            _STYLES.get(answer, Style.PLAIN),
        )
        for answer in Answer
    )


def say_why(meeting: Meeting, t: Translator) -> Button:
    """Return the button that asks for a reason."""
    return Button(t.words("Say why"), SayWhy.about(meeting=meeting.id))


def counts(tally: Tally, t: Translator) -> Text:
    """Return how many come, may come and do not, a line each, with up to `NAMES_SHOWN` names in all."""
    if not tally.answers and not tally.stale:
        return t("Nobody has answered yet.")
    coming = tally.coming[:NAMES_SHOWN]
    perhaps = tally.perhaps[: NAMES_SHOWN - len(coming)]
    absent = tally.absent[: NAMES_SHOWN - len(coming) - len(perhaps)]
    return lines(
        _counted(t.plural("{n} coming", "{n} coming", tally.yes), tally.yes, coming, t),
        _counted(t.plural("{n} maybe", "{n} maybe", tally.maybe), tally.maybe, perhaps, t) if tally.maybe else "",
        _counted(t.plural("{n} can't make it", "{n} can't make it", tally.no), tally.no, absent, t) if tally.no else "",
        t.plural("{n} has yet to confirm the new time", "{n} have yet to confirm the new time", tally.stale)
        if tally.stale
        else "",
    )


def _counted(count: Text, number: int, names: Sequence[str], t: Translator) -> Text:
    head = Text.of(Bold(str(count)))
    if not names:
        return head
    more = number - len(names)
    if more > 0:
        return t.plural(
            "{count}: {names} and {n} more", "{count}: {names} and {n} more", more, count=head, names=", ".join(names)
        )
    return t("{count}: {names}", count=head, names=t.listed(names))


def coming(t: Translator) -> Text:
    """Return the question that stands above the buttons."""
    return t("Are you coming?")


def thanks(answer: Answer, t: Translator, *, can_say_why: bool) -> str:
    """Return the short word to whoever answered; `can_say_why` tells that a button for it stands below."""
    match answer:
        case Answer.YES:
            return t.words("See you there!")
        case Answer.MAYBE:
            return t.words("Noted: maybe. You can change it until the meeting starts.")
        case Answer.NO:
            if can_say_why:
                return t.words("Thanks for saying so. Say why, if you like, with the button below.")
            return t.words("Thanks for saying so. If you like, say why: /reason")


def noted_for(name: str, answer: Answer, t: Translator) -> Text:
    """Return what a facilitator reads who answered for somebody."""
    match answer:
        case Answer.YES:
            return t("Noted: {name} is coming.", name=name)
        case Answer.MAYBE:
            return t("Noted: {name} may come.", name=name)
        case Answer.NO:
            return t("Noted: {name} cannot make it.", name=name)


def for_whom(meeting: Meeting, roster: Sequence[Member], page: int, t: Translator) -> Message:
    """Return the members to choose from, a button each."""
    start = page * PEOPLE_A_PAGE
    shown = roster[start : start + PEOPLE_A_PAGE]
    names = tuple(
        Button(member.person.name, AnswerFor.about(meeting=meeting.id, person=member.person.id)) for member in shown
    )
    turns = []
    if page:
        turns.append(Button(t.words("Back"), WhoAnswers(meeting=meeting.id, page=page - 1)))
    if start + PEOPLE_A_PAGE < len(roster):
        turns.append(Button(t.words("More"), WhoAnswers(meeting=meeting.id, page=page + 1)))
    rows = gridded(names, 5)
    return Message(t("For whom do you want to answer?"), rows=(*rows, tuple(turns)) if turns else rows)


def answers_given(given: Sequence[Answered], silent: Sequence[str], t: Translator) -> Text:
    """Return everybody's answer with its reason: for facilitators."""
    words = {
        Answer.YES: t("coming"),
        Answer.MAYBE: t("maybe"),
        Answer.NO: t("can't make it"),
    }
    rows = [
        t("{name}: {answer} ({reason})", name=Bold(one.name), answer=words[one.answer], reason=one.reason)
        if one.reason
        else t("{name}: {answer}", name=Bold(one.name), answer=words[one.answer])
        for one in given
        if not one.stale
    ]
    if silent:
        rows.append(t("Not answered yet: {names}", names=t.listed(silent)))
    return lines(*rows)


def nudge(circle: Circle, when_and_where: Text, meeting: Meeting, t: Translator) -> Message:
    """Return the private question to a member who has not answered."""
    return Message(
        paragraphs(
            t("Will you come to “{circle}”? A tap is enough, and you can change it later.", circle=circle.title),
            when_and_where,
        ),
        rows=(answers(meeting, t), (_stop(t),)),
        card=Card(NUDGE, meeting.id),
    )


def confirm_again(
    circle: Circle, when_and_where: Text, meeting: Meeting, t: Translator, *, is_nudge: bool = False
) -> Message:
    """Return the private question to a member who had said yes before the meeting changed.

    As a nudge, which they get if they do not say it again, it can be turned off; that it has changed is always asked.
    """
    return Message(
        paragraphs(
            t(
                "A meeting of “{circle}” that you wanted to come to has changed. Can you still come?",
                circle=circle.title,
            ),
            when_and_where,
        ),
        rows=(answers(meeting, t), (_stop(t),)) if is_nudge else (answers(meeting, t),),
        card=Card(NUDGE, meeting.id),
    )


def _stop(t: Translator) -> Button:
    return Button(t.words("Do not ask me again"), StopNudges())


def answered(answer: Answer, circle: Circle, when_and_where: Text, meeting: Meeting, t: Translator) -> Message:
    """Return what becomes of the private question once it is answered, here or elsewhere."""
    return Message(
        paragraphs(
            t("You said: {answer}", answer=Bold(t.declared(LABELS[answer]))),
            lines(Bold(circle.title), when_and_where),
            t("/next shows the buttons again, should you change your mind."),
        ),
        card=Card(NUDGE, meeting.id),
    )


def no_question(why: str, title: str, meeting: Meeting, t: Translator) -> Message:
    """Return what becomes of the private question once there is nothing to answer; `why` is still to be translated."""
    return Message(t(why), title=title, card=Card(NUDGE, meeting.id))
