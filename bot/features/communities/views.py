"""What organizers see of their community."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.chat.message import Button, Message, Style, gridded, stacked
from bot.chat.text import Bold, Link, Moment, Shape, Text, Typed, lines, paragraphs
from bot.domain.circles import Circle, CircleState, Member
from bot.domain.communities import Community, Invite, InviteKind
from bot.domain.meetings import Meeting
from bot.domain.people import Person, Role
from bot.features.communities.intents import (
    AddRoom,
    AppointFacilitator,
    AppointOrganizer,
    DigestHere,
    InviteFacilitator,
    MakeCommunity,
    OpenCommunity,
    Part,
    PutDigest,
    RemoveOrganizer,
    RevokeInvitation,
    ShowOrganizers,
)
from bot.features.communities.ways import Ways
from bot.i18n import Translator
from bot.ports import StoredPlace

CIRCLES_SHOWN = 20
"""How many circles the panel lists."""
CHOICES_SHOWN = 20
"""How many rooms, people or invitations get a button each."""
_LONGEST_LABEL = 40


@dataclass(frozen=True)
class CircleRow:
    """A circle as the panel shows it."""

    circle: Circle
    learners: int
    facilitators: tuple[str, ...]
    next: Meeting | None


@dataclass(frozen=True)
class Panel:
    """What the panel shows; `can_be_here` says whether this room could get the digest and does not yet.

    `here` is this room, where it is one of the community's already; `here_title` is its name.
    """

    community: Community
    circles: tuple[CircleRow, ...]
    organizers: tuple[Person, ...]
    digest_place: StoredPlace | None
    can_be_here: bool
    ways: Ways
    here: int = 0
    here_title: str = ""


def living(circles: Iterable[Circle]) -> list[Circle]:
    """Return the circles that have not ended."""
    return [circle for circle in circles if circle.state is not CircleState.ENDED]


def circle_row(circle: Circle, roster: Sequence[Member], coming: Meeting | None) -> CircleRow:
    """Return a circle as the panel shows it."""
    facilitators = tuple(member.person.name for member in roster if member.role is Role.FACILITATOR)
    return CircleRow(circle, len(roster) - len(facilitators), facilitators, coming)


def panel(shown: Panel, t: Translator) -> Message:
    """Return the organizers' panel."""
    community = shown.community
    circles = [_circle_line(row, t) for row in shown.circles[:CIRCLES_SHOWN]]
    more = len(shown.circles) - CIRCLES_SHOWN
    people = t("Organizers: {names}", names=t.listed(person.name for person in shown.organizers))
    learners = sum(row.learners for row in shown.circles)
    return Message(
        paragraphs(
            lines(
                t.plural("{n} circle:", "{n} circles:", len(shown.circles)),
                *circles,
                t.plural("and {n} more", "and {n} more", more) if more > 0 else "",
            )
            if circles
            else t("There is no circle yet. /newcircle starts one."),
            lines(people, t.plural("{n} learner in all circles", "{n} learners in all circles", learners)),
            digest_lines(shown, t),
            settings_lines(community, t),
        ),
        title=community.name,
        rows=_panel_rows(shown, t),
    )


def _circle_line(row: CircleRow, t: Translator) -> Text:
    learners = t.plural("{n} learner", "{n} learners", row.learners)
    title = Bold(row.circle.title)
    if row.circle.state is CircleState.DRAFT:
        return t("{circle}: a draft, not published yet", circle=title)
    if row.next is None:
        return t("{circle}: {learners}, no meeting planned", circle=title, learners=learners)
    when = Moment(row.next.starts_at, row.next.zone)
    return t("{circle}: {learners}, next meeting {when}", circle=title, learners=learners, when=when)


def digest_lines(shown: Panel, t: Translator) -> Text:
    """Return where, when and in which language the digest comes."""
    community = shown.community
    # The panel may be read in the private chat, where "here" says little, and a digest is not for every room.
    warning = t("“Digest here” puts it into {room}: everybody there reads it.", room=Bold(shown.here_title))
    here = warning if shown.can_be_here and shown.here_title else ""
    if community.digest_place is None or shown.digest_place is None:
        return lines(t("The weekly digest has no room yet, so it does not come."), here)
    when = t(
        "The digest comes every {weekday} at {time} to {room}.",
        weekday=t.weekday(community.digest_weekday),
        time=t.clock(community.digest_time),
        room=Bold(_room_name(shown.digest_place, t)),
    )
    speaks = t("It speaks {language}.", language=t.language_name(community.digest_language or community.language))
    trouble = t("I cannot reach that room at the moment.") if shown.digest_place.trouble else ""
    return lines(when, speaks, trouble, here)


def settings_lines(community: Community, t: Translator) -> Text:
    """Return the language and the time zone."""
    return lines(
        t("Language: {language}", language=t.language_name(community.language)),
        t("Time zone: {zone}", zone=t.zone(community.zone)),
    )


def _room_name(place: StoredPlace, t: Translator) -> str:
    return place.title or t.words("a room without a name")


def _panel_rows(shown: Panel, t: Translator) -> tuple[tuple[Button, ...], ...]:
    number = shown.community.id
    # A room that is known is named: the panel may be read in the private chat.
    chosen = PutDigest(community=number, place=shown.here) if shown.here else DigestHere(community=number)
    here = ((Button(t.words("Digest here"), chosen, Style.PRIMARY),),) if shown.can_be_here else ()
    return (
        *here,
        (
            Button(t.words("Digest…"), OpenCommunity(community=number, part=Part.DIGEST)),
            Button(t.words("Invite…"), OpenCommunity(community=number, part=Part.INVITE)),
            Button(t.words("Change…"), OpenCommunity(community=number, part=Part.CHANGE)),
        ),
    )


def choice_of_communities(own: Sequence[Community], t: Translator) -> Message:
    """Return the communities that a person organizes."""
    opening = tuple(Button(_label(one.name), OpenCommunity(community=one.id)) for one in own[:CHOICES_SHOWN])
    return Message(t("Which of your communities?"), rows=(*gridded(opening, 2), (_make(t, in_room=False),)))


def free_room(own: Sequence[Community], t: Translator) -> Message:
    """Return what can be made of a room without a community, said in the room; several are named between us alone."""
    adding = (
        Button(_label(t.words("Add this room to {community}", community=own[0].name)), AddRoom(community=own[0].id))
        if len(own) == 1
        else Button(t.words("Add this room to one of mine"), AddRoom.about())
    )
    # A question, as it stays there: "belongs to none" would soon be untrue.
    return Message(
        t("To which community should this room belong?"),
        rows=stacked(replace(adding, style=Style.PRIMARY), replace(_make(t, in_room=True), style=Style.PLAIN)),
    )


def no_community(*, in_room: bool, t: Translator) -> Message:
    """Return the offer to make a community."""
    why = t("A community holds your learning circles together, and once a week its organizers read how they are.")
    return Message(paragraphs(t("There is no community here yet."), why), rows=stacked(_make(t, in_room=in_room)))


def _make(t: Translator, *, in_room: bool) -> Button:
    words = t.words("Make a community of this room") if in_room else t.words("Make a community")
    return Button(words, MakeCommunity.about(), Style.PRIMARY)


def rooms_to_choose(community: Community, rooms: Sequence[StoredPlace], t: Translator) -> Message:
    """Return the rooms that could get the digest."""
    buttons = [
        Button(
            _label(_room_name(room, t)),
            PutDigest(community=community.id, place=room.id),
            Style.PRIMARY if room.id == community.digest_place else Style.PLAIN,
        )
        for room in rooms[:CHOICES_SHOWN]
    ]
    none = Button(t.words("No digest"), PutDigest(community=community.id, place=0))
    return Message(
        paragraphs(
            t("Which room should get the digest? Everybody in it will read it."),
            t("Is it not here? Write /community in that room and press “Digest here”."),
        ),
        rows=(*_in_four_rows(tuple(buttons)), (none,)),
    )


# Invitations


def invitation(invite: Invite, target: str, payload: str, link: str, zone: str, t: Translator) -> Message:
    """Return a new invitation: the only time that its link is seen."""
    what = (
        t("Whoever opens this first becomes an organizer of “{community}”:", community=target)
        if invite.kind is InviteKind.ORGANIZER
        else t("Whoever opens this first becomes a facilitator of “{circle}”:", circle=target)
    )
    command = Typed(f"/start {payload}")
    way = lines(Link(link, link), t("or they write {command} to me", command=command)) if link else Text.of(command)
    how = "" if link else t("They write it to me in a private chat.")
    until = t(
        "It works once, until {when}. I show it only now, so send it on at once, and to nobody else.",
        when=Moment(invite.expires_at, zone),
    )
    return Message(
        paragraphs(what, lines(way, how), until),
        rows=stacked(Button(t.words("Revoke"), RevokeInvitation(invite=invite.id), Style.DANGER)),
    )


def circles_to_invite(circles: Sequence[Circle], t: Translator, *, pick: bool = False) -> Message:
    """Return the circles for which a facilitator can be invited, or picked."""
    way = AppointFacilitator if pick else InviteFacilitator
    buttons = tuple(Button(_label(circle.title), way.about(circle=circle.id)) for circle in circles)
    return Message(t("A facilitator for which circle?"), rows=_in_four_rows(buttons[:CHOICES_SHOWN]))


def invitations(community: Community, standing: Sequence[tuple[Invite, str, str]], zone: str, t: Translator) -> Message:
    """Return the invitations that can still be taken up, each with who made it, until when, and a way to revoke it."""
    shown = []
    buttons = []
    for number, (invite, circle, maker) in enumerate(standing[:CHOICES_SHOWN], start=1):
        until = Moment(invite.expires_at, zone, Shape.DATE)
        shown.append(
            t(
                "{number}. A facilitator for “{circle}”, by {name}, until {when}",
                number=number,
                circle=circle,
                name=maker,
                when=until,
            )
            if invite.kind is InviteKind.FACILITATOR
            else t("{number}. An organizer, by {name}, until {when}", number=number, name=maker, when=until)
        )
        buttons.append(
            Button(t.words("Revoke {number}", number=number), RevokeInvitation(invite=invite.id), Style.DANGER)
        )
    return Message(
        lines(*shown) if shown else t("There is no open invitation."),
        title=t.words("Open invitations of {community}", community=community.name),
        rows=(*_in_four_rows(tuple(buttons)), (_back(community, t),)),
    )


def welcome_organizer(community: Community, *, fresh: bool, t: Translator) -> Message:
    """Return the welcome to a new organizer."""
    return Message(
        t("Welcome! You are an organizer of “{community}” now.", community=community.name)
        if fresh
        else t(
            "You are an organizer of “{community}” already. The invitation is still good for somebody else.",
            community=community.name,
        ),
        rows=stacked(Button(t.words("Open the community"), OpenCommunity(community=community.id), Style.PRIMARY)),
    )


def welcome_facilitator(circle: Circle, *, fresh: bool, t: Translator) -> Message:
    """Return the welcome to a new facilitator."""
    return Message(
        t(
            "Welcome! You are a facilitator of “{circle}” now. /circle shows all that you can do with it.",
            circle=circle.title,
        )
        if fresh
        else t(
            "You are a facilitator of “{circle}” already. The invitation is still good for somebody else.",
            circle=circle.title,
        )
    )


# Organizers


def organizers_page(community: Community, people: Sequence[Person], t: Translator, *, pick: bool = False) -> Message:
    """Return who organizes a community, with a way to remove each but the last, and (`pick`) to choose another."""
    buttons = tuple(
        Button(
            _label(t.words("Remove {name}", name=person.name)),
            RemoveOrganizer(community=community.id, person=person.id),
        )
        for person in people[:CHOICES_SHOWN]
    )
    choose = Button(t.words("Choose an organizer"), AppointOrganizer.about(community=community.id))
    another = (choose,) if pick else ()
    return Message(
        lines(*(Text.of(Bold(person.name)) for person in people)),
        title=t.words("Organizers of {community}", community=community.name),
        rows=(*(_in_four_rows(buttons) if len(people) > 1 else ()), (*another, _back(community, t))),
    )


def remove_organizer(community: Community, person: Person, t: Translator) -> Message:
    """Return the question whether somebody should be removed."""
    return Message(
        t("Should {name} no longer organize “{community}”?", name=Bold(person.name), community=community.name),
        rows=(
            (
                Button(
                    t.words("Yes, remove"),
                    RemoveOrganizer(community=community.id, person=person.id, sure=True),
                    Style.DANGER,
                ),
                Button(t.words("No, keep"), ShowOrganizers(community=community.id)),
            ),
        ),
    )


def _back(community: Community, t: Translator) -> Button:
    return Button(t.words("Back to the community"), OpenCommunity(community=community.id))


def _in_four_rows(buttons: tuple[Button, ...]) -> tuple[tuple[Button, ...], ...]:
    """Return up to `CHOICES_SHOWN` buttons in four rows at most, so that one is left for the way back."""
    return gridded(buttons, max(2, -(-len(buttons) // 4)))


def _label(words: str) -> str:
    """Return words that fit a button."""
    return words if len(words) <= _LONGEST_LABEL else words[: _LONGEST_LABEL - 1].rstrip() + "…"
