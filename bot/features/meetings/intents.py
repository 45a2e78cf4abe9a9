"""What people can ask of meetings and of what reminds of them."""

# No annotations as text: see bot.chat.intents.

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from bot.chat.intents import Asked, Intent, Kind
from bot.features.circles.intents import IN_NONE, RUNS_NONE
from bot.i18n import N_


class Scope(StrEnum):
    """How far a change reaches."""

    ONE = "one"
    FOLLOWING = "all"
    """This meeting and all that follow it."""


_MINE = Asked(
    N_("Which circle?"),
    kind=Kind.CHOICE,
    choices="circles_of_meetings",
    presumed="circle_of_meetings",
    lacking=IN_NONE,
)
_RUN = Asked(
    N_("Which circle?"), kind=Kind.CHOICE, choices="circles_i_run", presumed="circle_i_run_here", lacking=RUNS_NONE
)
_AHEAD = Asked(
    N_("Which meeting?"),
    kind=Kind.CHOICE,
    choices="meetings_ahead",
    presumed="next_meeting_here",
    lacking=N_("No meeting is ahead that you could change."),
)
_WHEN_HINT = N_("For example “Tuesday 6pm” or “3 March 18:30”")
SCOPES = {Scope.ONE.value: N_("Only this one"), Scope.FOLLOWING.value: N_("This and all following")}
LONGEST_TOPIC = 120
_TOPIC = Asked(
    N_("What is its topic, or the unit you work through?"), hint=N_("Leave it empty for none"), longest=LONGEST_TOPIC
)


# Seen


class NextMeeting(
    Intent,
    tag="mn",
    command="next",
    summary=N_("The next meeting, and who comes"),
    examples=(N_("/next"),),
    title=N_("The next meeting"),
):
    """Show the card of the next meeting."""

    circle: Annotated[int, _MINE]


class ShowMeetings(
    Intent,
    tag="ml",
    command="meetings",
    summary=N_("All meetings: past ones with turnout, and what is planned"),
    examples=(N_("/meetings"),),
    title=N_("Meetings"),
):
    """List a circle's meetings; `page` counts from 0 and -1 is the one that holds the next meeting."""

    circle: Annotated[int, _MINE]
    page: int | None = None


class ManageMeeting(Intent, tag="mg"):
    """Show a facilitator everything that can be done with one meeting."""

    meeting: int


class ChooseMeeting(Intent, tag="mx", title=N_("Change a meeting")):
    """Choose one of a circle's many meetings ahead, to see everything that can be done with it."""

    circle: int
    which: Annotated[int, Asked(N_("Which meeting?"), kind=Kind.CHOICE)]


# Changed


class AddMeeting(
    Intent,
    tag="ma",
    command="addmeeting",
    summary=N_("Add a meeting"),
    examples=(N_("/addmeeting Thursday 6pm"),),
    title=N_("Add a meeting"),
    confirm=True,
):
    """Plan one more meeting."""

    when: Annotated[datetime, Asked(N_("When is it?"), kind=Kind.WHEN, hint=_WHEN_HINT)]
    topic: Annotated[str, _TOPIC] = ""
    circle: Annotated[int, _RUN]


class MoveMeeting(
    Intent,
    tag="mm",
    command="move",
    summary=N_("Move a meeting, or it and all that follow"),
    examples=(N_("/move Thursday 6pm"),),
    title=N_("Move a meeting"),
    confirm=True,
):
    """Give a meeting a new time. With `Scope.FOLLOWING` all that follow shift by as much on the clock."""

    to: Annotated[datetime, Asked(N_("When should it be?"), kind=Kind.WHEN, hint=_WHEN_HINT)]
    scope: Annotated[Scope, Asked(N_("Which meetings move?"), kind=Kind.CHOICE, labels=SCOPES)] = Scope.ONE
    meeting: Annotated[int, _AHEAD]


class SkipMeeting(Intent, tag="mk"):
    """Leave a date free: this meeting and all that follow come one step later; without `sure` it is asked first."""

    meeting: int
    sure: bool = False


class CancelMeeting(
    Intent,
    tag="mc",
    command="cancelmeeting",
    summary=N_("Call a meeting off"),
    examples=(N_("/cancelmeeting"),),
    title=N_("Call a meeting off"),
):
    """Call meetings off; without `sure` it is asked first."""

    meeting: Annotated[int, _AHEAD]
    scope: Scope = Scope.ONE
    sure: bool = False


class CancelBecause(Intent, tag="mb", title=N_("Call a meeting off")):
    """Call meetings off and tell the group why."""

    meeting: int
    scope: Annotated[Scope, Asked(N_("Which meetings are called off?"), kind=Kind.CHOICE, labels=SCOPES)] = Scope.ONE
    reason: Annotated[str, Asked(N_("What shall I tell the group?"), hint=N_("For example “The library is closed”"))]


class RestoreMeeting(Intent, tag="mr"):
    """Let cancelled meetings take place after all."""

    meeting: int
    scope: Scope = Scope.ONE


class SetTopic(
    Intent,
    tag="mt",
    command="topic",
    summary=N_("Set a meeting's topic or unit"),
    examples=(N_("/topic Unit 3: loops"),),
    title=N_("Topic"),
):
    """Say what a meeting works through."""

    topic: Annotated[str, _TOPIC] = ""
    meeting: Annotated[int, _AHEAD]


class SetTopics(Intent, tag="mq", title=N_("Topics")):
    """Say what each of the meetings ahead works through, a line each."""

    circle: int
    topics: Annotated[str, Asked(N_("A topic or unit for each meeting ahead, a line each"), kind=Kind.LONG)] = ""


# What is sent


class ShowReminders(
    Intent,
    tag="md",
    command="reminders",
    summary=N_("What I will send, and what I have sent"),
    examples=(N_("/reminders"),),
    title=N_("Reminders"),
):
    """Show a facilitator what will be sent for their circle; with `turn` in place of the page that is tapped."""

    circle: Annotated[int, _RUN]
    turn: bool = False


class ShowLog(Intent, tag="mh"):
    """Show a facilitator what was sent for their circle, and what was not and why; `turn` as above."""

    circle: int
    turn: bool = False


class ShowDelivery(Intent, tag="mv"):
    """Show one message that will be sent."""

    circle: int
    delivery: int


class SkipDelivery(Intent, tag="ms"):
    """Do not send a message that waits."""

    circle: int
    delivery: int


class SendNow(Intent, tag="mw"):
    """Send a message that waits now instead of later."""

    circle: int
    delivery: int


class EditReminder(Intent, tag="me", title=N_("The invitation's words")):
    """Change the words of reminders and cards."""

    circle: int
    template: Annotated[str, Asked(N_("Your words"), kind=Kind.LONG)]


class PreviewReminder(Intent, tag="mp"):
    """Show a facilitator the next reminder as the group will see it."""

    circle: int


class RestoreReminder(Intent, tag="mf"):
    """Go back to our own words."""

    circle: int
