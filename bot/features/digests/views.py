"""What the digest says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from bot.chat.message import Chart, Message, Series
from bot.chat.text import Bold, Moment, Shape, Text, joined, lines, paragraphs
from bot.domain.digests import Ahead, Digest, Held, Helpless, Need, Newcomer, Said
from bot.i18n import N_, Translator

SHOWN: Final = 6
"""How many entries a part of the digest shows."""
_LONGEST_QUOTE: Final = 80
_LONGEST_TITLE: Final = 40
_LONGEST_LABEL: Final = 15

_ADVICE: Final = {
    Need.SILENT: N_("the facilitators have not said how the last meeting went. Ask them how they are doing."),
    Need.NO_ANSWERS: N_("nobody says whether they are coming. A personal word helps more than a reminder."),
    Need.FALLING: N_("fewer people come each time. Look at the deltas with the facilitators."),
    Need.FEW: N_("there are fewer than four learners. Spread the word, or bring two circles together."),
}


def digest(week: Digest, t: Translator) -> Message:
    """Return a community's week in one message."""
    period = t(
        "From {start} to {end}.",
        start=Moment(week.start, week.zone, Shape.DATE),
        end=Moment(week.end, week.zone, Shape.DATE),
    )
    quiet = t.plural(
        "The week before was quiet, so I sent no digest.",
        "The {n} weeks before were quiet, so I sent no digest.",
        week.quiet_before,
    )
    return Message(
        paragraphs(
            lines(period, quiet if week.quiet_before else ""),
            _part(t.words("Meetings held"), [_held(one, t) for one in week.held], t),
            _part(t.words("Plus / delta"), [_said(one, t) for one in week.said], t),
            _part(
                t.words("Decisions taken"),
                [_about(one.title, Text.of(_quoted(one.words, t))) for one in week.decided],
                t,
            ),
            _part(t.words("New members"), [_newcomer(one, t) for one in week.newcomers], t),
            _part(t.words("This week"), [_ahead(one, t) for one in week.ahead], t),
            _part(t.words("Circles that need help"), _helpless(week.helpless, t), t)
            or t("No circle needs help: all is well."),
        ),
        title=t.words("{community}: the week", community=week.name),
        picture=chart(week, t),
    )


def quiet(week: Digest, t: Translator) -> Message:
    """Return the answer to who asks in a quiet week."""
    return Message(
        t("A quiet week: no meetings, nobody new, and nothing planned for the next seven days."),
        title=t.words("{community}: the week", community=week.name),
    )


def _part(heading: str, entries: Sequence[Text], t: Translator) -> Text:
    if not entries:
        return Text()
    more = len(entries) - SHOWN
    rest = t.plural("and {n} more", "and {n} more", more) if more > 0 else ""
    return lines(Bold(heading), *(Text.of("• ", entry) for entry in entries[:SHOWN]), rest)


def _about(title: str, *said: Text) -> Text:
    return Text.of(Bold(_cut(title, _LONGEST_TITLE)), ": ", joined(said, " "))


def _held(one: Held, t: Translator) -> Text:
    number = t("meeting {number},", number=one.number)
    yes = t.plural("{n} had said yes,", "{n} had said yes,", one.yes)
    if one.came is None:
        return _about(one.title, number, yes, t("nobody has marked who came."))
    return _about(one.title, number, yes, t.plural("{n} came.", "{n} came.", one.came))


def _said(one: Said, t: Translator) -> Text:
    parts = [t("meeting {number}.", number=one.number)]
    if one.mood is not None:
        parts.append(t("Mood {mood} of 5.", mood=t.number(one.mood)))
    if one.pluses:
        parts.append(t("Plus: {words}.", words=_several(one.pluses, t)))
    if one.deltas:
        parts.append(t("Delta: {words}.", words=_several(one.deltas, t)))
    return _about(one.title, *parts)


def _newcomer(one: Newcomer, t: Translator) -> Text:
    goal = t("wants: {words}", words=_quoted(one.goal, t)) if one.goal else ""
    return Text.of(
        t("{name} in {circle}", name=one.name, circle=Bold(_cut(one.title, _LONGEST_TITLE))), ", " if goal else "", goal
    )


def _ahead(one: Ahead, t: Translator) -> Text:
    when = t("meeting {number}, {when},", number=one.number, when=Moment(one.at, one.zone))
    if not one.answers:
        return _about(one.title, when, t("nobody has answered yet."))
    coming = t.plural("{n} is coming;", "{n} are coming;", one.yes) if one.yes else t("nobody is coming so far;")
    return _about(
        one.title, when, coming, t("{answers} of {learners} have answered.", answers=one.answers, learners=one.learners)
    )


def _helpless(circles: Iterable[Helpless], t: Translator) -> list[Text]:
    return [_about(one.title, _advice(need, one, t)) for one in circles for need in one.why]


def _advice(need: Need, one: Helpless, t: Translator) -> Text:
    if need is Need.UNDELIVERED:
        return t.plural(
            "{n} message could not be delivered. Look whether I am still in its room and may write there.",
            "{n} messages could not be delivered. Look whether I am still in its room and may write there.",
            one.undelivered,
        )
    return t(_ADVICE[need])


def _several(quotes: Iterable[str], t: Translator) -> str:
    return t.listed(_quoted(words, t) for words in quotes)


def _quoted(words: str, t: Translator) -> str:
    return t.words("“{words}”", words=_cut(" ".join(words.split()), _LONGEST_QUOTE))


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def chart(week: Digest, t: Translator) -> Chart | None:
    """Return how many had said yes and how many came, meeting by meeting; None where there is nothing to see."""
    if not any(one.yes or one.came for one in week.shown):
        return None
    told = [
        t.words(
            "{circle}, meeting {number}: {yes} said yes, {came} came",
            circle=one.title,
            number=one.number,
            yes=one.yes,
            came=one.came,
        )
        if one.came is not None
        else t.words("{circle}, meeting {number}: {yes} said yes", circle=one.title, number=one.number, yes=one.yes)
        for one in week.shown
    ]
    title = t.words("How many had said yes, and how many came")
    return Chart(
        title,
        tuple(f"{_cut(one.title, _LONGEST_LABEL)} · {one.number}" for one in week.shown),
        (
            Series(t.words("had said yes"), tuple(one.yes for one in week.shown)),
            Series(t.words("came"), tuple(one.came for one in week.shown)),
        ),
        alt=f"{title}. " + "; ".join(told),
        name="digest.png",
    )
