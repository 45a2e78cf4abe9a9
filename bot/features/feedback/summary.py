"""What was said of a meeting, once it is closed: pluses, deltas with votes, mood, what was taken up. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.chat.message import Button, Card, Message
from bot.chat.text import Bold, Text, lines, paragraphs
from bot.domain.feedback import Decision, DecisionState, Feedback
from bot.domain.meetings import Meeting
from bot.features.feedback.intents import LONGEST, ChooseDelta, ReadSummary, TakeUp, Vote
from bot.features.feedback.views import LABEL, clipped
from bot.features.meetings.names import heading
from bot.i18n import Translator
from bot.records import dataclass

KIND = "summary"
"""The card's kind; its subject is the meeting."""
ON_A_PAGE = 4
"""Deltas on a card or a page, a row of buttons each, which leaves a message's fifth row for going on from there."""
ROOM = 3000
"""Characters of people's words on a card, so that the tightest platform shows it whole."""
LISTED = 20
"""How many pluses, and how many deltas, a card lists at most."""


@dataclass(frozen=True, slots=True)
class SummedUp:
    """What may be read of a meeting's plus/delta. `kept_back` counts answers that too few gave for any to be read."""

    meeting: Meeting
    circle: str
    answers: int
    kept_back: int
    pluses: tuple[Feedback, ...]
    deltas: tuple[Feedback, ...]
    mood: float | None
    decisions: tuple[Decision, ...]

    @property
    def pages(self) -> int:
        """How many pages show all of it."""
        return max(1, -(-max(len(self.pluses), len(self.deltas)) // ON_A_PAGE))

    @property
    def still_open(self) -> tuple[Feedback, ...]:
        """The deltas that nobody has taken up, the most wanted first."""
        waiting = (delta for delta in self.deltas if self.decision_of(delta) is None)
        return tuple(sorted(waiting, key=lambda delta: -delta.votes))

    def decision_of(self, delta: Feedback) -> Decision | None:
        """Return the decision that a delta became."""
        return next((one for one in self.decisions if one.feedback == delta.id), None)


def summary(summed: SummedUp, t: Translator) -> Message:
    """Return the room's card: what was said, and buttons for the deltas that most want."""
    wanted = summed.still_open[:ON_A_PAGE]
    rows = _votes([delta for delta in summed.deltas if delta in wanted], None, t)
    pluses, deltas = summed.pluses[:LISTED], summed.deltas[:LISTED]
    longest = max(40, min(LONGEST, ROOM // max(1, len(pluses) + len(deltas) + len(summed.decisions))))
    last = list(_take_up(summed, t))
    if len(summed.still_open) > ON_A_PAGE or max(len(summed.pluses), len(summed.deltas)) > LISTED or longest < LONGEST:
        last.append(Button(t.words("Read all of it"), ReadSummary(meeting=summed.meeting.id)))
    if last:
        rows.append(tuple(last))
    return Message(
        title=heading(summed.meeting, summed.circle, t),
        text=paragraphs(_counts(summed, t), *_said(summed, pluses, deltas, longest, t), _taken_up(summed, longest, t)),
        rows=tuple(rows),
        card=Card(KIND, summed.meeting.id),
    )


def page(summed: SummedUp, number: int, t: Translator, *, may_take_up: bool) -> Message:
    """Return some of it in full, for one reader, who `may_take_up` deltas or not; `number` counts from 0."""
    number = max(0, min(number, summed.pages - 1))
    part = slice(number * ON_A_PAGE, (number + 1) * ON_A_PAGE)
    deltas = summed.deltas[part]
    rows = _votes([delta for delta in deltas if summed.decision_of(delta) is None], number, t)
    turns = tuple(
        Button(label, ReadSummary(meeting=summed.meeting.id, page=to))
        for label, to in ((t.words("Back"), number - 1), (t.words("More"), number + 1))
        if 0 <= to < summed.pages
    )
    if last := (*(_take_up(summed, t) if may_take_up else ()), *turns):
        rows.append(last)
    where = t("Page {page} of {pages}", page=number + 1, pages=summed.pages) if summed.pages > 1 else Text()
    return Message(
        title=heading(summed.meeting, summed.circle, t),
        text=paragraphs(
            _counts(summed, t) if not number else Text(),
            *_said(summed, summed.pluses[part], deltas, LONGEST, t),
            _taken_up(summed, LONGEST // 3, t) if not number else Text(),
            where,
        ),
        rows=tuple(rows),
    )


def to_take_up(summed: SummedUp, number: int, t: Translator) -> Message:
    """Return the deltas that may be taken up, a button each, for one reader; `number` counts from 0."""
    pages = max(1, -(-len(summed.still_open) // ON_A_PAGE))
    number = max(0, min(number, pages - 1))
    deltas = summed.still_open[number * ON_A_PAGE : (number + 1) * ON_A_PAGE]
    rows: list[tuple[Button, ...]] = [
        (Button(t.words("Take up: {delta}", delta=words), TakeUp.about(feedback=delta.id)),)
        for delta, words in _told_apart(deltas)
    ]
    turns = tuple(
        Button(label, ChooseDelta(meeting=summed.meeting.id, page=to))
        for label, to in ((t.words("Back"), number - 1), (t.words("More"), number + 1))
        if 0 <= to < pages
    )
    asked = (
        t("Which of these does the circle take up? It stands on the next meeting's card then.")
        if deltas
        else t("All of it has been taken up already. /decisions shows what is open.")
    )
    return Message(
        title=heading(summed.meeting, summed.circle, t),
        text=paragraphs(asked, lines(*(_wanted(summed, clipped(one.delta, LONGEST), one, t) for one in deltas))),
        rows=(*rows, turns) if turns else tuple(rows),
    )


def _counts(summed: SummedUp, t: Translator) -> Text:
    count = t.plural("{n} person answered.", "{n} people answered.", summed.answers)
    if not summed.answers:
        return t("Plus / delta is closed. Nobody answered this time.")
    if summed.kept_back == summed.answers:
        return lines(
            t("Plus / delta is closed."),
            count,
            t("That is too few to read it out without pointing at somebody, so it stays unread."),
        )
    return lines(
        t("Plus / delta is closed. This is what we said."),
        count,
        _mood(summed.mood, t),
        t.plural(
            "{n} answer without a name is not read out: alone, it would point at somebody.",
            "{n} answers without a name are not read out: so few would point at somebody.",
            summed.kept_back,
        )
        if summed.kept_back
        else Text(),
    )


def _mood(mood: float | None, t: Translator) -> Text:
    if mood is None:
        return Text()
    whole, tenth = divmod(round(mood * 10), 10)
    # The point between the digits is the translator's.
    number = t("{whole}.{tenth}", whole=whole, tenth=tenth)
    return t("How it was, from 1 rough to 5 great: {mood} on average.", mood=number)


def _said(
    summed: SummedUp, pluses: tuple[Feedback, ...], deltas: tuple[Feedback, ...], longest: int, t: Translator
) -> tuple[Text, ...]:
    went_well = [_signed(clipped(one.plus, longest), one, t) for one in pluses]
    to_change = [_wanted(summed, clipped(one.delta, longest), one, t) for one in deltas]
    return (
        lines(Bold(t.words("What went well")), *went_well) if went_well else Text(),
        lines(Bold(t.words("What to change")), *to_change) if to_change else Text(),
    )


def _signed(words: str, said: Feedback, t: Translator) -> Text:
    if said.person is not None and said.name:
        return t("• {words} ({name})", words=words, name=said.name)
    return t("• {words}", words=words)


def _wanted(summed: SummedUp, words: str, delta: Feedback, t: Translator) -> Text:
    signed = _signed(words, delta, t)
    if summed.decision_of(delta) is not None:
        return t("{delta}: taken up", delta=signed)
    if delta.votes:
        return t("{delta}: {votes}", delta=signed, votes=t.plural("{n} vote", "{n} votes", delta.votes))
    return signed


def _taken_up(summed: SummedUp, longest: int, t: Translator) -> Text:
    if not summed.decisions:
        return Text()
    return lines(Bold(t.words("Taken up")), *(_decided(decision, longest, t) for decision in summed.decisions))


def _decided(decision: Decision, longest: int, t: Translator) -> Text:
    words = clipped(decision.words, longest)
    match decision.state:
        case DecisionState.DONE:
            return t("• {decision}: done", decision=words)
        case DecisionState.DROPPED:
            return t("• {decision}: dropped", decision=words)
        case DecisionState.OPEN if decision.owner_name:
            return t("• {decision} ({owner})", decision=words, owner=decision.owner_name)
        case DecisionState.OPEN:
            return t("• {decision} (nobody sees to it yet)", decision=words)


def _told_apart(deltas: Iterable[Feedback]) -> Iterator[tuple[Feedback, str]]:
    """Return deltas with their words on a button, of which no two read the same: the second has a number."""
    taken: Counter[str] = Counter()
    for delta in deltas:
        words = clipped(delta.delta, LABEL)
        taken[words] += 1
        yield delta, words if taken[words] == 1 else f"{words} · {taken[words]}"


def _votes(deltas: Iterable[Feedback], number: int | None, t: Translator) -> list[tuple[Button, ...]]:
    """Return the rows with which deltas are voted for."""
    return [
        (
            Button(
                t.words("Vote: {delta} ({count})", delta=words, count=delta.votes), Vote(feedback=delta.id, page=number)
            ),
        )
        for delta, words in _told_apart(deltas)
    ]


def _take_up(summed: SummedUp, t: Translator) -> tuple[Button, ...]:
    """Return the one button for facilitators, who are asked apart from the others; none where nothing is open."""
    return (Button(t.words("Take up…"), ChooseDelta(meeting=summed.meeting.id)),) if summed.still_open else ()
