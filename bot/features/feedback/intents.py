"""What people can ask once a meeting is over: say how it was, who came, what to change, and who sees to it."""

# No annotations as text: see bot.chat.intents.

from typing import Annotated, Final

from bot.chat.intents import Asked, Intent, Kind
from bot.domain.feedback import Mood
from bot.features.circles.intents import IN_NONE
from bot.i18n import N_

LONGEST = 300
"""Characters of a plus, a delta or a decision: a sentence or two, so that a summary of fifteen people can be read."""

MOODS: Final = {
    Mood.ROUGH: N_("1 rough"),
    Mood.SO_SO: N_("2 so-so"),
    Mood.FINE: N_("3 fine"),
    Mood.GOOD: N_("4 good"),
    Mood.GREAT: N_("5 great"),
}

_LOOKED_BACK = Asked(
    N_("Which circle?"),
    kind=Kind.CHOICE,
    choices="circles_looked_back",
    presumed="circle_looked_back",
    lacking=IN_NONE,
)

# Plus/delta


class GiveFeedback(Intent, tag="fg", title=N_("Plus / delta"), discreet=True):
    """Say what went well, what to change, and how it was."""

    meeting: int
    plus: Annotated[
        str,
        Asked(
            N_("Plus: what went well?"),
            hint=N_("Nobody sees who said it. One of the three answers is enough."),
            longest=LONGEST,
        ),
    ] = ""
    delta: Annotated[
        str, Asked(N_("Delta: what should change next time?"), hint=N_("One thing is plenty."), longest=LONGEST)
    ] = ""
    mood: Annotated[Mood | None, Asked(N_("How was the meeting for you?"), kind=Kind.CHOICE, labels=MOODS)] = None
    sign: Annotated[
        bool,
        Asked(
            N_("Sign with my name?"),
            kind=Kind.CHOICE,
            hint=N_("This circle reads signed answers with the name; without it, nobody sees who said it."),
        ),
    ] = False


class ShowFeedback(
    Intent,
    tag="ff",
    command="feedback",
    summary=N_("Say how the last meeting was, or read what was said"),
    title=N_("The last meeting"),
):
    """Plus/delta of the latest meeting that is over."""

    circle: Annotated[int, _LOOKED_BACK]


class ReadSummary(Intent, tag="fd"):
    """Read a closed meeting's plus/delta, some deltas at a time; without `page` as a new message."""

    meeting: int
    page: int | None = None


class Vote(Intent, tag="vo"):
    """Vote for a delta, or take the vote back. `page` is of the summary that is read privately."""

    feedback: int
    page: int | None = None


# Attendance


class IWasThere(Intent, tag="fi"):
    """A member says whether they came."""

    meeting: int
    came: bool


class WhoCame(Intent, tag="fw"):
    """Show the list of who came; without `page` as a new message."""

    meeting: int
    page: int | None = None


class MarkCame(Intent, tag="fm"):
    """A facilitator marks whether somebody came."""

    meeting: int
    person: int
    came: bool
    page: int = 0


class SaveAttendance(Intent, tag="fa"):
    """The list is right as it stands: keep the guesses too."""

    meeting: int
    page: int = 0


# How it went for whoever ran it


class Reflect(Intent, tag="fr"):
    """A facilitator says how it went."""

    meeting: int
    score: Mood


class ReflectInWords(Intent, tag="fx", title=N_("How it went"), discreet=True):
    """A facilitator adds a few words; the prompt changes from meeting to meeting."""

    meeting: int
    words: Annotated[str, Asked(N_("What would you like to remember of this meeting?"), kind=Kind.LONG)]


# Decisions


class ChooseDelta(Intent, tag="vc"):
    """Ask which delta to take up; without `page` as a new message."""

    meeting: int
    page: int | None = None


class TakeUp(Intent, tag="vt", title=N_("Take up a delta")):
    """Make a delta a decision of the circle; the owner 0 is nobody."""

    feedback: int
    words: Annotated[
        str, Asked(N_("What do we do?"), hint=N_("As it will stand on the next meeting's card."), longest=LONGEST)
    ]
    owner: Annotated[int, Asked(N_("Who sees to it?"), kind=Kind.CHOICE, hint=N_("You can leave this open."))] = 0


class DecisionDone(Intent, tag="vd"):
    """Tick a decision off."""

    decision: int


class ReopenDecision(Intent, tag="vr"):
    """It is not done, or not dropped, after all."""

    decision: int


class DropDecision(Intent, tag="vx"):
    """The circle no longer wants to do it."""

    decision: int


class GiveDecision(Intent, tag="vg", title=N_("Who sees to it?")):
    """Give a decision to somebody, or to nobody for now: the owner 0."""

    decision: int
    owner: Annotated[int, Asked(N_("Who sees to it?"), kind=Kind.CHOICE, hint=N_("You can leave this open."))] = 0


class ShowDecisions(
    Intent,
    tag="vl",
    command="decisions",
    summary=N_("See what the circle decided to change"),
    title=N_("Decisions"),
):
    """The open decisions of a circle."""

    circle: Annotated[int, _LOOKED_BACK]


class ManageDecision(Intent, tag="vm"):
    """Everything one may do with a decision."""

    decision: int
