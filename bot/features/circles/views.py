"""How a circle looks: its announcement, its panel, and the lines that both are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.chat.message import Button, Card, Message, Style
from bot.chat.text import Bold, Link, Moment, Text, Typed, lines, paragraphs
from bot.domain.circles import Circle, CircleState, Member
from bot.domain.meetings import Meeting
from bot.features.circles.facts import Facts
from bot.features.circles.intents import (
    JoinCircle,
    LeaveCircle,
    OpenRoomFor,
    PostCircle,
    PreviewCircle,
    PublishCircle,
    Section,
    ShowAnswers,
    ShowRoster,
    TurnPanel,
    UseRoom,
)
from bot.features.feedback.intents import ShowDecisions, ShowFeedback
from bot.features.meetings.intents import NextMeeting, ShowMeetings
from bot.i18n import Translator
from bot.records import dataclass

LONGEST_LABEL = 40
"""How many characters of a circle's title fit on a button."""
FEW = 4
"""With fewer learners than this a circle is at risk of drying up (a learning circle is 4 to 15 people)."""


# Lines


def shortened(words: str, longest: int = LONGEST_LABEL) -> str:
    """Return words cut to a button's length."""
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def lead_words(lead: timedelta, t: Translator) -> str:
    """Return a lead time exactly, as `read_leads` reads it: "1 day 12 hours"."""
    hours, minutes = divmod(lead.seconds // 60, 60)
    parts = [
        str(t.plural("{n} day", "{n} days", lead.days)) if lead.days else "",
        str(t.plural("{n} hour", "{n} hours", hours)) if hours else "",
        str(t.plural("{n} minute", "{n} minutes", minutes)) if minutes else "",
    ]
    return " ".join(filter(None, parts))


def leads_words(circle: Circle, t: Translator) -> str:
    """Return the lead times of the circle's reminders: "2 days, 2 hours"; empty where there are none."""
    return ", ".join(lead_words(lead, t) for lead in circle.leads)


def course_line(circle: Circle, t: Translator) -> Text:
    """Return what the circle works through; empty where that was never said."""
    if circle.course_link:
        return t("Course: {course}", course=Link(circle.course or circle.course_link, circle.course_link))
    return t("Course: {course}", course=circle.course) if circle.course else Text()


def where_line(circle: Circle, t: Translator, *, member: bool) -> Text:
    """Return where the circle meets. The video link itself is for members: whoever has it can walk in."""
    video = Link(t.words("video call"), circle.link) if member else t.words("video call")
    if circle.place and circle.link:
        return t("Where: {place}, or by {video}", place=circle.place, video=video)
    if circle.place:
        return t("Where: {place}", place=circle.place)
    return t("Where: by {video}", video=video) if circle.link else Text()


def next_line(meeting: Meeting | None, t: Translator) -> Text:
    """Return when the circle meets next."""
    if meeting is None:
        return t("No meeting is planned.")
    return t("Next meeting: {when}", when=Moment(meeting.starts_at, meeting.zone))


def rhythm_line(shown: Facts, t: Translator) -> Text:
    """Return how many meetings are ahead and how long one takes."""
    number = len(shown.ahead)
    if not number:
        return Text()
    return t.plural(
        "{n} meeting of {minutes} minutes", "{n} meetings of {minutes} minutes", number, minutes=shown.circle.minutes
    )


def seats_line(shown: Facts, t: Translator) -> Text:
    """Return how many sit in the circle, and how many more fit."""
    taken, seats = len(shown.learners), shown.circle.seats
    if not taken and not shown.waiting and seats is None:
        return t("Nobody has joined so far.")
    if seats is None:
        return t.plural("{n} learner so far", "{n} learners so far", taken)
    line = t.plural("{taken} of {n} seat taken", "{taken} of {n} seats taken", seats, taken=taken)
    if shown.waiting:
        line = Text.of(line, " · ", t.plural("{n} person waits", "{n} people wait", shown.waiting))
    return line


def names_line(shown: Facts, t: Translator) -> Text:
    """Return who runs it and who is in it."""
    return lines(
        _named(t("Facilitators: {names}", names=_listed(shown.facilitators, t)), shown.facilitators),
        _named(t("Learners: {names}", names=_listed(shown.learners, t)), shown.learners),
    )


def _named(line: Text, people: Sequence[Member]) -> Text:
    return line if people else Text()


def _listed(people: Sequence[Member], t: Translator) -> str:
    return t.listed(member.person.name for member in people)


def state_line(shown: Facts, t: Translator) -> Text:
    """Return where the circle is in its life, for those who run it."""
    match shown.circle.state:
        case CircleState.DRAFT:
            return t("{state}: only facilitators see it.", state=Bold(t.words("Draft")))
        case CircleState.ENDED:
            return t("{state}: nobody can join any more.", state=Bold(t.words("Ended")))
        case _ if shown.circle.sign_up:
            return t("{state}: people can join.", state=Bold(t.words("Published")))
        case _:
            return t("{state}: sign-up is closed.", state=Bold(t.words("Published")))


# The announcement


def announcement(shown: Facts, t: Translator, *, live: bool = True) -> Message:
    """Return what the room sees: a card with live counts (`live`), or the same as a preview."""
    circle, card = shown.circle, Card("circle", shown.circle.id) if live else None
    if circle.state is CircleState.ENDED:
        return Message(t("This circle has ended."), title=circle.title, card=card)
    if circle.state is CircleState.DRAFT and live:
        return Message(t("This circle is not open at the moment."), title=circle.title, card=card)
    text = paragraphs(
        course_line(circle, t),
        circle.about,
        lines(
            next_line(shown.next, t),
            rhythm_line(shown, t),
            where_line(circle, t, member=False),
            _named(t("Facilitators: {names}", names=_listed(shown.facilitators, t)), shown.facilitators),
        ),
        lines(_company(shown, t), Text() if circle.sign_up else t("Sign-up is closed for now.")),
    )
    rows = ((join_button(shown, t),),) if circle.sign_up else ()
    return Message(text, rows=rows, title=circle.title, card=card)


def _company(shown: Facts, t: Translator) -> Text:
    """Return how many have joined, warmly where nobody has."""
    if shown.learners or shown.waiting or not shown.circle.sign_up:
        return seats_line(shown, t)
    if shown.circle.seats is None:
        return t("Be the first to join.")
    return t.plural("{n} seat. Be the first to join.", "{n} seats. Be the first to join.", shown.circle.seats)


def join_button(shown: Facts, t: Translator) -> Button:
    """Return the button that joins, or waits."""
    label = t.words("Join the waiting list") if shown.is_full else t.words("Join this circle")
    return Button(label, JoinCircle(circle=shown.circle.id), Style.PRIMARY)


# The panel


@dataclass(frozen=True, slots=True)
class RoomAtHand:
    """A room that buttons mean; its `name` is empty where they stand in it for certain, and say "here"."""

    id: int
    name: str = ""

    @property
    def short(self) -> str:
        """The name as it fits on a button."""
        return shortened(self.name, LONGEST_LABEL - 10)


def panel(
    shown: Facts,
    t: Translator,
    *,
    room: RoomAtHand | None,
    is_room: bool,
    posted: bool = False,
    to_group: str = "",
    opens: bool = False,
) -> Message:
    """Return the facilitator's panel.

    `room` is what its buttons mean; `is_room`: which is one of the circle's; `posted`: and shows the announcement.
    `to_group` is the address that adds the bot to a group for the circle, where there is one; `opens` says that a room
    of its own could be opened for it here.
    """
    circle = shown.circle
    text = paragraphs(
        lines(state_line(shown, t), seats_line(shown, t)),
        lines(
            course_line(circle, t),
            next_line(shown.next, t),
            rhythm_line(shown, t),
            where_line(circle, t, member=True),
            _rooms_line(shown, t),
        ),
        names_line(shown, t),
        Text.of(
            Bold(t.words("Next step:")), " ", next_step(shown, t, here=None if is_room else room, link=bool(to_group))
        ),
    )
    first: tuple[Button, ...] = ()
    if circle.state is CircleState.DRAFT:
        first = (Button(t.words("Publish"), PublishCircle(circle=circle.id), Style.SUCCESS),)
        if room is not None and not is_room:
            label = t.words("Use “{room}”", room=room.short) if room.name else t.words("Use this room")
            first += (Button(label, UseRoom(circle=circle.id, room=room.id)),)
    elif circle.state is CircleState.PUBLISHED and room is not None and not posted:
        style = Style.PLAIN if is_room else Style.PRIMARY
        label = t.words("Post it in “{room}”", room=room.short) if room.name else t.words("Post it here")
        first = (Button(label, PostCircle(circle=circle.id, room=room.id), style),)
    adding = (
        ()
        if len(shown.rooms) > len(shown.lost) or not to_group or circle.state is CircleState.ENDED
        else (add_to_group(to_group, t),)
    )
    rows = (
        *((button,) for button in adding),
        (*first, Button(t.words("Preview"), PreviewCircle(circle=circle.id))),
        *(((open_room(circle.id, t),),) if opens else ()),
        (
            Button(t.words("Next meeting"), NextMeeting(circle=circle.id)),
            Button(t.words("All meetings"), ShowMeetings.about(circle=circle.id)),
            Button(t.words("Members"), ShowRoster(circle=circle.id)),
        ),
        (
            Button(t.words("Change…"), TurnPanel(circle=circle.id, section=Section.EDIT)),
            Button(t.words("More…"), TurnPanel(circle=circle.id, section=Section.MORE)),
        ),
    )
    return Message(text, rows=rows, title=circle.title)


def add_to_group(address: str, t: Translator) -> Button:
    """Return the button that adds the bot to a group, which becomes the circle's room."""
    return Button(t.words("Add me to your group"), style=Style.PRIMARY, url=address)


def open_room(circle: int, t: Translator) -> Button:
    """Return the button that opens a room of its own for a circle."""
    return Button(t.words("Open a thread for it"), OpenRoomFor(circle=circle))


def next_step(shown: Facts, t: Translator, *, here: RoomAtHand | None, link: bool = False) -> Text:
    """Return what a facilitator would do next, in words.

    `here`: a room that the panel's buttons mean and that could be the circle's; `link`: a button leads to such a one.
    """
    if shown.circle.state is CircleState.ENDED:
        return t("Rest. {command} starts another circle.", command=Typed("/newcircle"))
    if not shown.ahead:
        return t("Every meeting is over. Plan another with {command}, or end the circle.", command=Typed("/addmeeting"))
    if link and not shown.rooms:
        return t("Press “Add me to your group” and choose it: that group becomes the circle's room.")
    if shown.circle.state is CircleState.DRAFT:
        return t("Publish it so that people can join.")
    if not shown.rooms:
        return _to_a_room(t, here=here)
    return _to_more_people(shown, t)


def _to_a_room(t: Translator, *, here: RoomAtHand | None) -> Text:
    if here is not None and here.name:
        return t("Press “Post it in …” so that everybody in {room} sees it.", room=Bold(here.name))
    if here is not None:
        return t("Press “Post it here” so that this group sees it.")
    return t(
        "Show it to your group: type {command} in the group's room and press “Post it here”.",
        command=Typed("/circle"),
    )


def _to_more_people(shown: Facts, t: Translator) -> Text:
    if not shown.learners:
        return t("Invite people. Whoever presses “Join this circle” is in.")
    if len(shown.learners) < FEW and shown.circle.is_open:
        return t("Invite a few more: circles go best with four learners or more.")
    return t("Nothing. I remind the group before the next meeting.")


def _rooms_line(shown: Facts, t: Translator) -> Text:
    if not shown.rooms:
        return t("Room: none yet")
    rooms = t.plural("Room: {names}", "Rooms: {names}", len(shown.rooms), names=_titles(shown.rooms, t))
    lost = t("I cannot write in {names} at the moment.", names=_titles(shown.lost, t)) if shown.lost else Text()
    return lines(rooms, lost)


def _titles(rooms: Sequence[str], t: Translator) -> str:
    return t.listed(title or t.words("a room without a name") for title in rooms)


def member_panel(shown: Facts, t: Translator) -> Message:
    """Return what a learner sees of their circle."""
    circle = shown.circle
    leave = Button(t.words("Leave"), LeaveCircle(circle=circle.id))
    if circle.state is CircleState.DRAFT:
        resting = t("This circle is resting. Its facilitators are changing something; you are still a member.")
        return Message(resting, rows=((leave,),), title=circle.title)
    ended = t("This circle has ended.") if circle.state is CircleState.ENDED else Text()
    text = paragraphs(
        ended,
        lines(course_line(circle, t), next_line(shown.next, t), where_line(circle, t, member=True)),
        circle.about,
        names_line(shown, t),
    )
    rows = (
        (
            Button(t.words("Next meeting"), NextMeeting(circle=circle.id), Style.PRIMARY),
            Button(t.words("All meetings"), ShowMeetings.about(circle=circle.id)),
        ),
        (
            Button(t.words("Plus / delta"), ShowFeedback(circle=circle.id)),
            Button(t.words("Decisions"), ShowDecisions(circle=circle.id)),
        ),
        (
            Button(t.words("My answers"), ShowAnswers(circle=circle.id)),
            leave,
        ),
    )
    return Message(text, rows=rows, title=circle.title)
