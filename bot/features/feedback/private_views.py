"""What one person sees: their say, who came, how it went, decisions and what may be done with one. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.message import Button, Message, Style, gridded
from bot.chat.text import Bold, Moment, Text, lines, paragraphs
from bot.domain.feedback import Decision, DecisionState, Mood
from bot.domain.meetings import Meeting
from bot.features.feedback.intents import (
    MOODS,
    ChooseDelta,
    DecisionDone,
    DropDecision,
    GiveDecision,
    GiveFeedback,
    ManageDecision,
    MarkCame,
    Reflect,
    ReflectInWords,
    ReopenDecision,
    SaveAttendance,
    WhoCame,
)
from bot.features.feedback.views import LABEL, After, clipped, decision_line, there, turnout
from bot.features.meetings.names import heading
from bot.i18n import N_, Translator
from bot.records import dataclass

PEOPLE_A_PAGE = 12
"""Members on a page of the attendance list, three in a row, so that a row is left for turning and saving."""
ACROSS = 3
PEOPLE_LABEL = 20
"""Characters of a name on a toggle."""
LISTED = 10
"""Decisions in the list; the oldest come first, and there should not be more."""

PROMPTS = (
    N_("When was the group most alive, and what had made it so?"),
    N_("Who spoke little, and how could there be more room for them?"),
    N_("What took longer than you thought, and was it worth it?"),
    N_("What would you do the same way again?"),
    N_("What did you learn from the group this time?"),
    N_("What could somebody else take over from you next time?"),
)
"""What a facilitator is asked after a meeting, one at a time."""


def prompt(meeting: Meeting) -> str:
    """Return the untranslated prompt for a meeting: the next one each time."""
    return PROMPTS[(meeting.number - 1) % len(PROMPTS)]


# A learner's say


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands with a meeting: whether they have given, whether they are marked, whether they run it."""

    after: After
    given: bool
    came: bool | None
    runs: bool


def your_say(say: Standing, t: Translator) -> Message:
    """Return plus/delta for one person while it is open."""
    after = say.after
    meeting = after.meeting
    when = Moment(after.closes_at, meeting.zone)
    rows: list[tuple[Button, ...]] = []
    if say.given:
        words = t("Thanks, you had your say about this meeting.")
    else:
        words = t("What went well, and what should change next time? It takes a minute.")
        rows.append((Button(t.words("Plus / delta"), GiveFeedback.about(meeting=meeting.id), Style.PRIMARY),))
    rows.append(there(meeting, t))
    if say.runs:
        rows.append((Button(t.words("Who came?"), WhoCame(meeting=meeting.id)),))
    return Message(
        title=heading(meeting, after.circle, t),
        text=paragraphs(
            words,
            lines(
                t.plural("{n} answer so far.", "{n} answers so far.", after.answers),
                t("What was said is read out when all have answered, at the latest {when}.", when=when),
            ),
            turnout(after, t) if say.runs else Text(),
        ),
        rows=tuple(rows),
    )


def thanks(say: Standing, t: Translator, *, signed: bool) -> Message:
    """Return the word to somebody who has just given plus/delta."""
    kept = (
        t("It is kept with your name, as you wished.")
        if signed
        else t("It is kept without your name, so nobody can look it up or change it any more, not even you.")
    )
    unmarked = say.came is None
    return Message(
        text=paragraphs(lines(t("Thank you!"), kept), t("Were you there?") if unmarked else Text()),
        rows=(there(say.after.meeting, t),) if unmarked else (),
    )


# Who came


@dataclass(frozen=True, slots=True)
class Attendance:
    """The members of a circle, whether each came as far as is known, and who is marked rather than guessed."""

    meeting: Meeting
    circle: str
    people: Mapping[int, str]
    came: Mapping[int, bool]
    marked: frozenset[int]


def who_came(list_: Attendance, page: int, t: Translator) -> Message:
    """Return the attendance list with a toggle for each member; a guess comes from the RSVPs."""
    people = tuple(list_.people)
    pages = max(1, -(-len(people) // PEOPLE_A_PAGE))
    page = max(0, min(page, pages - 1))
    here = people[page * PEOPLE_A_PAGE : (page + 1) * PEOPLE_A_PAGE]
    meeting = list_.meeting.id
    toggles = tuple(
        Button(
            _label(list_, person, t),
            MarkCame(meeting=meeting, person=person, came=not list_.came[person], page=page),
            Style.SUCCESS if list_.came[person] else Style.PLAIN,
        )
        for person in here
    )
    turns = tuple(
        Button(label, WhoCame(meeting=meeting, page=to))
        for label, to in ((t.words("Back"), page - 1), (t.words("More"), page + 1))
        if 0 <= to < pages
    )
    guesses = [person for person in people if person not in list_.marked]
    save = Button(t.words("That is right"), SaveAttendance(meeting=meeting, page=page), Style.PRIMARY)
    count = sum(list_.came[person] for person in people)
    return Message(
        title=heading(list_.meeting, list_.circle, t),
        text=paragraphs(
            lines(
                Bold(t.words("Who came?")),
                t("{count} of {members}. Tap a name to change it.", count=count, members=len(people)),
            ),
            t.plural(
                "{n} of them is guessed from their answers until you tap “That is right”.",
                "{n} of them are guessed from their answers until you tap “That is right”.",
                len(guesses),
            )
            if guesses
            else t("Everybody is marked."),
            t("Page {page} of {pages}", page=page + 1, pages=pages) if pages > 1 else Text(),
        ),
        rows=(*gridded(toggles, ACROSS), *(((*turns, *((save,) if guesses else ())),) if turns or guesses else ())),
    )


def _label(list_: Attendance, person: int, t: Translator) -> str:
    name = clipped(list_.people[person], PEOPLE_LABEL)
    if person not in list_.marked:
        return t.words("{name}: there?", name=name) if list_.came[person] else t.words("{name}: not there?", name=name)
    return t.words("{name}: there", name=name) if list_.came[person] else t.words("{name}: not there", name=name)


# How it went for whoever ran it


def how_was_it(meeting: Meeting, circle: str, t: Translator) -> Message:
    """Return the question to a facilitator after a meeting."""
    return Message(
        title=heading(meeting, circle, t),
        text=paragraphs(
            t("How did it go for you? The circle's facilitators and organizers see your answer."),
            t("Something to think about: {prompt}", prompt=t(prompt(meeting))),
        ),
        rows=(
            tuple(Button(t.words(label), Reflect(meeting=meeting.id, score=mood)) for mood, label in MOODS.items()),
            (Button(t.words("Who came?"), WhoCame(meeting=meeting.id)),),
        ),
    )


def it_was(meeting: Meeting, circle: str, score: Mood, words: str, t: Translator) -> Message:
    """Return the same once it is answered."""
    asked = t.words("Change my words") if words else t.words("Add a few words")
    return Message(
        title=heading(meeting, circle, t),
        text=paragraphs(
            t("You said: {score}. Thank you! You can still change it.", score=Bold(t.words(MOODS[score]))),
            t("“{words}”", words=words)
            if words
            else t("Something to think about: {prompt}", prompt=t(prompt(meeting))),
        ),
        rows=(
            tuple(
                Button(
                    t.words(label),
                    Reflect(meeting=meeting.id, score=mood),
                    Style.SUCCESS if mood is score else Style.PLAIN,
                )
                for mood, label in MOODS.items()
            ),
            (Button(asked, ReflectInWords.about(meeting=meeting.id)),),
            (Button(t.words("Who came?"), WhoCame(meeting=meeting.id)),),
        ),
    )


# Decisions


def decisions_of(
    circle: str, decisions: Sequence[Decision], t: Translator, *, runs: bool, to_take_up: int | None = None
) -> Message:
    """Return a circle's open decisions, each with a button to everything one may do with it.

    Where none is open, who `runs` the circle is led to the deltas of the meeting `to_take_up`, if there is one.
    """
    if not decisions:
        how = t("After a meeting, the facilitators make decisions of what should change.")
        if runs:
            how = t("Deltas become decisions with “Take up…” on a meeting's summary.")
        rows = ((Button(t.words("Take up…"), ChooseDelta(meeting=to_take_up)),),) if to_take_up else ()
        return Message(
            title=t.words("Decisions of {circle}", circle=circle),
            text=paragraphs(t("Nothing is open."), how),
            rows=rows,
        )
    shown = decisions[:LISTED]
    more = len(decisions) - len(shown)
    return Message(
        title=t.words("Decisions of {circle}", circle=circle),
        text=lines(
            *(decision_line(decision, t) for decision in shown),
            t.plural("and {n} more", "and {n} more", more) if more else Text(),
        ),
        rows=gridded(
            tuple(Button(clipped(decision.words, LABEL), ManageDecision(decision=decision.id)) for decision in shown),
            2,
        ),
    )


def one_decision(decision: Decision, circle: str, t: Translator, *, may: bool, runs: bool) -> Message:
    """Return a decision with what this person may do: `may` tick it off and hand it on, `runs` drop it."""
    rows: list[tuple[Button, ...]] = []
    if decision.state is not DecisionState.OPEN:
        state = t("It is done.") if decision.state is DecisionState.DONE else t("It was dropped.")
        if may:
            rows.append((Button(t.words("Not done after all"), ReopenDecision(decision=decision.id)),))
    else:
        state = (
            t("{owner} sees to it.", owner=decision.owner_name) if decision.owner_name else t("Nobody sees to it yet.")
        )
        if may:
            rows.append(
                (
                    Button(t.words("Done"), DecisionDone(decision=decision.id), Style.SUCCESS),
                    Button(t.words("Give it to…"), GiveDecision.about(decision=decision.id)),
                )
            )
        if runs:
            rows.append((Button(t.words("Drop it"), DropDecision(decision=decision.id), Style.DANGER),))
    return Message(
        title=t.words("A decision of {circle}", circle=circle),
        text=paragraphs(Bold(decision.words), state),
        rows=tuple(rows),
    )
