"""What people can ask of circles."""

# Long because it is one list to look things up in.

# No annotations as text: see bot.chat.intents.

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from bot.chat.intents import Asked, Intent, Kind
from bot.i18n import N_

LONGEST_TITLE = 100
IN_NONE = N_("You are not in a circle yet. /circles shows the ones you can join.")
RUNS_NONE = N_("You do not look after a circle. /newcircle starts one.")
_MINE = Asked(N_("Which circle?"), kind=Kind.CHOICE, choices="my_circles", presumed="circle_here")
_SEEN = Asked(N_("Which circle?"), kind=Kind.CHOICE, choices="circles_seen", presumed="circle_here")
_OPEN = Asked(
    N_("Which circle would you like to join?"), kind=Kind.CHOICE, choices="open_circles", presumed="circle_here"
)
_TITLE = Asked(N_("What is the circle called?"), hint=N_("For example “Python for beginners”"), longest=LONGEST_TITLE)
_COURSE = Asked(N_("Which course do you work through?"), hint=N_("Its name. Leave it empty if there is none"))
_COURSE_LINK = Asked(N_("Where is the course?"), kind=Kind.LINK, hint=N_("https://…, or leave it empty"), longest=500)
_PLACE = Asked(N_("Where do you meet?"), hint=N_("A street, a room. Leave it empty if you only meet by video"))
_LINK = Asked(N_("Which video link?"), kind=Kind.LINK, hint=N_("https://…, or leave it empty"), longest=500)
_LANGUAGE = Asked(N_("Which language does the circle speak?"), kind=Kind.CHOICE, choices="languages")
_ZONE = Asked(
    N_("Which city's time does the circle keep?"), kind=Kind.SEARCH, choices="zones", hint=N_("For example “Madrid”")
)
FEWEST_WEEKS, MOST_WEEKS = 2, 52


# Made


class NewCircle(
    Intent,
    tag="cn",
    command="newcircle",
    summary=N_("Start a learning circle"),
    examples=(N_("/newcircle Python for beginners"),),
    title=N_("A new circle"),
    confirm=True,
):
    """Make a circle with its weekly meetings: a draft that only facilitators see."""

    name: Annotated[str, _TITLE]
    course: Annotated[str, _COURSE] = ""
    course_link: Annotated[str, _COURSE_LINK] = ""
    zone: Annotated[str, _ZONE]
    first: Annotated[
        datetime,
        Asked(
            N_("When is the first meeting?"),
            kind=Kind.WHEN,
            hint=N_("For example “Tuesday 6pm” or “3 March 18:30”. The others follow weekly"),
        ),
    ]
    weeks: Annotated[
        int,
        Asked(
            N_("How many weeks?"), kind=Kind.NUMBER, least=FEWEST_WEEKS, most=MOST_WEEKS, hint=N_("2 to 52"), value="6"
        ),
    ] = 6
    minutes: Annotated[
        int,
        Asked(
            N_("How many minutes is a meeting?"), kind=Kind.NUMBER, least=15, most=480, hint=N_("15 to 480"), value="90"
        ),
    ] = 90
    place: Annotated[str, _PLACE] = ""
    link: Annotated[str, _LINK] = ""
    language: Annotated[str, _LANGUAGE]
    community: Annotated[int, Asked(N_("In which community?"), kind=Kind.CHOICE, choices="communities_at_hand")] = 0


class PreviewCircle(Intent, tag="cp"):
    """Show the announcement exactly as the room will see it."""

    circle: int


class PublishCircle(Intent, tag="cu"):
    """Open the circle for people to join, and tell its rooms."""

    circle: int


class UnpublishCircle(Intent, tag="cd"):
    """Make it a draft again; without `sure` it is asked first."""

    circle: int
    sure: bool = False


class EndCircle(Intent, tag="cx"):
    """End it for good; without `sure` it is asked first."""

    circle: int
    sure: bool = False


class ReopenCircle(Intent, tag="cr"):
    """Take the end back."""

    circle: int


class UseRoom(Intent, tag="ch"):
    """Make a room one of the circle's: that one, or the one where it is pressed."""

    circle: int
    room: int = 0


class OpenRoomFor(Intent, tag="c6"):
    """Open a room for the circle beside the one where it is pressed."""

    circle: int


class LeaveRoom(Intent, tag="cv"):
    """Post nothing more of the circle in a room: that one, or the one where it is pressed."""

    circle: int
    place: int = 0


class PostCircle(Intent, tag="cb"):
    """Post the circle's announcement in a room: that one, or the one where it is pressed."""

    circle: int
    room: int = 0


# Changed


class EditAbout(Intent, tag="ca", title=N_("What it is about")):
    """Change the title, the course, the description."""

    circle: int
    name: Annotated[str, _TITLE]
    course: Annotated[str, _COURSE] = ""
    course_link: Annotated[str, _COURSE_LINK] = ""
    details: Annotated[
        str, Asked(N_("What should people know?"), kind=Kind.LONG, hint=N_("For whom it is, what to bring"))
    ] = ""


class EditWhere(Intent, tag="cw", title=N_("Where you meet")):
    """Change the place, the link."""

    circle: int
    place: Annotated[str, _PLACE] = ""
    link: Annotated[str, _LINK] = ""


class EditTongue(Intent, tag="cg", title=N_("Language")):
    """Change the language in which the bot speaks in the circle's rooms."""

    circle: int
    language: Annotated[str, _LANGUAGE]


class EditZone(Intent, tag="cz", title=N_("Time zone"), confirm=True):
    """Change the zone: meetings ahead keep their hour on the clock, in the new zone."""

    circle: int
    zone: Annotated[
        str,
        Asked(
            _ZONE.prompt,
            kind=Kind.SEARCH,
            choices="zones",
            hint=N_("Meetings ahead keep their hour on the clock, in the new zone, and everyone is told"),
        ),
    ]


class EditSeats(Intent, tag="cs", title=N_("Seats and sign-up")):
    """Change how many learners fit (0: any number), and whether one may sign up."""

    circle: int
    seats: Annotated[
        int,
        Asked(
            N_("How many learners fit?"), kind=Kind.NUMBER, most=500, hint=N_("4 to 15 is usual. 0 is as many as come")
        ),
    ] = 0
    sign_up: Annotated[bool, Asked(N_("May people sign up now?"), kind=Kind.CHOICE)] = True


class EditReminders(Intent, tag="cl", title=N_("Reminders")):
    """Change when reminders go out before each meeting."""

    circle: int
    leads: Annotated[
        str,
        Asked(
            N_("How long before a meeting should I remind the group?"),
            hint=N_("For example “2 days, 2 hours”. Leave it empty for no reminders"),
        ),
    ] = ""


class EditQuestions(Intent, tag="cq", title=N_("Your questions")):
    """Change what people are asked when they have joined."""

    circle: int
    first: Annotated[str, Asked(N_("First question"), hint=N_("People may leave it open"), longest=150)] = ""
    second: Annotated[str, Asked(N_("Second question"), longest=150)] = ""
    third: Annotated[str, Asked(N_("Third question"), longest=150)] = ""


class NameFeedback(Intent, tag="cf"):
    """Choose whether people may sign their plus/delta."""

    circle: int
    named: bool


# Seen


class Section(StrEnum):
    """A level of the panel."""

    MAIN = "main"
    MORE = "more"
    EDIT = "edit"


class ShowCircle(
    Intent,
    tag="cc",
    command="circle",
    summary=N_("A circle at a glance, and everything you can do with it"),
    examples=(N_("/circle"),),
    title=N_("A circle"),
    discreet=True,  # whoever runs circles chooses among drafts, too
):
    """Show the panel."""

    circle: Annotated[int, _SEEN] = 0
    section: Section = Section.MAIN


class TurnPanel(Intent, tag="ct"):
    """Show another level of the panel in place of the one that is tapped."""

    circle: int
    section: Section = Section.MAIN


class BrowseCircles(
    Intent,
    tag="ci",
    command="circles",
    summary=N_("Find a circle to join"),
    examples=(N_("/circles"), N_("/circles python Tuesday"), N_("/circles online")),
):
    """Browse and search the open circles."""

    words: Annotated[str, Asked(N_("Which words?"), ask=False)] = ""


class ShowRoster(Intent, tag="cm"):
    """Show the members with what they told; `page` counts from 0."""

    circle: int
    page: int = 0


class ShowMember(Intent, tag="co"):
    """Show one member, and what a facilitator may do."""

    circle: int
    person: int


class MakeFacilitator(Intent, tag="cy"):
    """Let a member run the circle (`on`), or no longer."""

    circle: int
    person: int
    on: bool = True


class RemoveMember(Intent, tag="ck"):
    """Take a member out; without `sure` it is asked first."""

    circle: int
    person: int
    sure: bool = False


class TakeBack(Intent, tag="c2"):
    """Put a member who was removed by mistake back in."""

    circle: int
    person: int


# Joined and left


class JoinCircle(
    Intent, tag="cj", command="join", summary=N_("Join a circle"), examples=(N_("/join"),), title=N_("Join a circle")
):
    """Take a seat, or a place on the waiting list."""

    circle: Annotated[int, _OPEN] = 0


class TellAbout(Intent, tag="c1", title=N_("Tell us about you")):
    """Answer the questions that may be answered on joining."""

    circle: int
    goal: Annotated[str, Asked(N_("What would you like to learn or be able to do?"), kind=Kind.LONG)] = ""
    support: Annotated[str, Asked(N_("How will you support the others?"), kind=Kind.LONG)] = ""
    first: Annotated[str, Asked("", kind=Kind.LONG, verbatim=True)] = ""
    second: Annotated[str, Asked("", kind=Kind.LONG, verbatim=True)] = ""
    third: Annotated[str, Asked("", kind=Kind.LONG, verbatim=True)] = ""


class ShowAnswers(Intent, tag="c3"):
    """Show the person what they told on joining."""

    circle: int


class TakeSeat(Intent, tag="c4"):
    """Take the seat that is held for the person."""

    circle: int


class LetGo(Intent, tag="c5"):
    """Let the seat that is held go to the next, or leave the waiting list."""

    circle: int


class LeaveCircle(
    Intent,
    tag="ce",
    command="leave",
    summary=N_("Leave a circle"),
    examples=(N_("/leave"),),
    title=N_("Leave a circle"),
):
    """Give up the seat; without `sure` it is asked first."""

    circle: Annotated[int, _MINE] = 0
    sure: bool = False
