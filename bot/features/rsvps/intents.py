"""What people can ask about who comes."""

# No annotations as text: see bot.chat.intents.

from typing import Annotated

from bot.chat.intents import Asked, Intent, Kind
from bot.domain.rsvps import Answer
from bot.features.circles.intents import RUNS_NONE
from bot.i18n import N_

LABELS = {Answer.YES.value: N_("I'm coming"), Answer.MAYBE.value: N_("Maybe"), Answer.NO.value: N_("Can't make it")}
"""What the answers are called on buttons and in forms."""

_MEETING = Asked(
    N_("Which meeting?"),
    kind=Kind.CHOICE,
    choices="meetings_ahead",
    presumed="next_meeting_here",
    lacking=N_("No meeting is ahead of you. /circles shows the circles you can join."),
)


class Rsvp(Intent, tag="rs"):
    """Say whether you come. `starts` (Unix seconds) is the start that the button promised: an answer to it alone."""

    meeting: int
    answer: Answer
    starts: int | None = None


class SayWhy(
    Intent,
    tag="rw",
    command="reason",
    summary=N_("Say why you cannot come, or may not"),
    examples=(N_("/reason I am travelling that day"),),
    title=N_("Say why"),
    discreet=True,
):
    """Add a few words to the answer given."""

    reason: Annotated[str, Asked(N_("Why?"), hint=N_("Only the facilitators of the circle see it."))]
    meeting: Annotated[int, _MEETING]


class WhoAnswers(Intent, tag="rp"):
    """Ask a facilitator for whom they want to answer; without `page` as a new message."""

    meeting: int
    page: int | None = None


class AnswerFor(
    Intent,
    tag="ra",
    command="answerfor",
    summary=N_("Answer for somebody who told you"),
    examples=(N_("/answerfor Ada"),),
    title=N_("Answer for somebody"),
):
    """A facilitator answers for a member of the circle."""

    person: Annotated[int, Asked(N_("For whom?"), kind=Kind.CHOICE, choices="members", lacking=RUNS_NONE)]
    answer: Annotated[Answer, Asked(N_("What did they say?"), kind=Kind.CHOICE, labels=LABELS)]
    meeting: Annotated[int, _MEETING]


class StopNudges(Intent, tag="rn"):
    """Do not ask me privately any more when my answer is missing."""
