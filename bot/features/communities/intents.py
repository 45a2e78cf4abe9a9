"""What organizers can ask of their community."""

# No annotations as text: see bot.chat.intents.

from enum import StrEnum
from typing import Annotated

from bot.chat.intents import Asked, Intent, Kind
from bot.domain.communities import LONGEST_COMMUNITY_NAME
from bot.i18n import N_

_NAME = Asked(
    N_("What is the community called?"), hint=N_("For example “Library circles”"), longest=LONGEST_COMMUNITY_NAME
)
_LANGUAGE = Asked(N_("Which language does the community speak?"), kind=Kind.CHOICE, choices="languages")
_ZONE = Asked(
    N_("Which city's time does the community keep?"),
    kind=Kind.SEARCH,
    choices="zones",
    hint=N_("A city in your time zone, for example “Madrid”"),
)


class ShowCommunity(
    Intent,
    tag="oc",
    command="community",
    summary=N_("Look after a community of circles, or make one"),
    examples=(N_("/community"),),
):
    """Show the organizers' panel of the community at hand, or offer to make one."""


class Part(StrEnum):
    """A level of the panel."""

    MAIN = "main"
    DIGEST = "digest"
    INVITE = "invite"
    CHANGE = "change"


class OpenCommunity(Intent, tag="oo"):
    """Show the panel of one community, or another level of it."""

    community: int
    part: Part = Part.MAIN


class MakeCommunity(Intent, tag="om", title=N_("A new community")):
    """Make a community, of this room where it is asked for in one."""

    name: Annotated[str, _NAME]
    language: Annotated[str, _LANGUAGE]
    zone: Annotated[str, _ZONE]


class AddRoom(Intent, tag="oa", title=N_("A room of your community"), discreet=True):
    """Make this room one of the community's."""

    community: Annotated[
        int,
        Asked(N_("To which of your communities should the room belong?"), kind=Kind.CHOICE, choices="my_communities"),
    ]


class RenameCommunity(Intent, tag="on", title=N_("The community's name")):
    """Give a community another name."""

    community: int
    name: Annotated[str, _NAME]


class SpeakInCommunity(Intent, tag="ol", title=N_("The community's language")):
    """Choose the language of a community: new circles begin with it."""

    community: int
    language: Annotated[str, _LANGUAGE]


class MoveCommunity(Intent, tag="oz", title=N_("The community's time zone")):
    """Choose the zone of a community: the digest comes at its hour, new circles begin with it."""

    community: int
    zone: Annotated[str, _ZONE]


class DigestHere(Intent, tag="oh"):
    """Have the digest in this room."""

    community: int


class ChooseDigestRoom(Intent, tag="or"):
    """Show the rooms that could get the digest."""

    community: int


class PutDigest(Intent, tag="op"):
    """Have the digest in a room of the community; 0 is none."""

    community: int
    place: int


class TimeDigest(Intent, tag="ot", title=N_("When the digest comes")):
    """Choose weekday and time of the digest."""

    community: int
    weekday: Annotated[int, Asked(N_("On which day?"), kind=Kind.CHOICE, choices="weekdays")]
    at: Annotated[str, Asked(N_("At what time?"), hint=N_("For example “9:00” or “6 pm”"), longest=20)]


class SpeakInDigest(Intent, tag="og", title=N_("The digest's language")):
    """Choose the language of the digest."""

    community: int
    language: Annotated[str, Asked(N_("Which language does the digest speak?"), kind=Kind.CHOICE, choices="languages")]


class InviteOrganizer(Intent, tag="oi"):
    """Make a link that makes an organizer of whoever opens it first."""

    community: int


class InviteFacilitator(Intent, tag="of"):
    """Make a link that makes a facilitator of whoever opens it first."""

    circle: int


_PICKED = Asked(
    N_("Whom?"),
    kind=Kind.PERSON,
    lacking=N_("Nobody can be picked from a list here. Send an invitation instead: “Invite…” in /community makes one."),
)


class AppointOrganizer(Intent, tag="oq", title=N_("A new organizer")):
    """Make somebody of the platform's people an organizer."""

    community: int
    person: Annotated[int, _PICKED]


class AppointFacilitator(Intent, tag="oy", title=N_("A new facilitator")):
    """Make somebody of the platform's people a facilitator."""

    circle: int
    person: Annotated[int, _PICKED]


class ChooseCircleToInvite(Intent, tag="ob"):
    """Show the circles for which a facilitator can be invited, or picked."""

    community: int
    pick: bool = False


class ShowInvitations(Intent, tag="ov"):
    """Show the invitations that can still be taken up."""

    community: int


class RevokeInvitation(Intent, tag="ok"):
    """Take an invitation back."""

    invite: int


class ShowOrganizers(Intent, tag="oe"):
    """Show who organizes the community."""

    community: int


class RemoveOrganizer(Intent, tag="ox"):
    """Let somebody organize the community no longer; asked once more unless `sure`."""

    community: int
    person: int
    sure: bool = False
