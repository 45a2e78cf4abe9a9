"""What operators can ask."""

# No annotations as text: see bot.chat.intents.

from typing import Annotated, Final

from bot.chat.intents import Asked, Intent, Kind
from bot.domain.operating import Addressees
from bot.i18n import N_

LONGEST: Final = 1500
"""Characters of an announcement: with what stands around it, they fit one message on every platform."""


class ShowStatus(
    Intent,
    tag="sy",
    command="status",
    summary=N_("How I am, for whoever runs me"),
    examples=(N_("/status"),),
    title=N_("How I am"),
):
    """Show how the bot is, and what needs somebody."""


class Announce(
    Intent,
    tag="an",
    command="announce",
    summary=N_("Say something to everybody, for whoever runs me"),
    examples=(N_("/announce"),),
    title=N_("Say something to everybody"),
    discreet=True,
):
    """Write an announcement; it is shown as it will look before anything is sent."""

    words: Annotated[
        str,
        Asked(
            N_("What do you want to say?"),
            kind=Kind.LONG,
            hint=N_("For example: “On Sunday from 10 to 12 I am being repaired, and cannot answer.”"),
            longest=LONGEST,
        ),
    ]
    readers: Annotated[
        Addressees,
        Asked(
            N_("Who is to read it?"),
            kind=Kind.CHOICE,
            labels={
                Addressees.ROOMS: N_("The rooms of all circles"),
                Addressees.ORGANIZERS: N_("All organizers, privately"),
            },
        ),
    ]


class SendAnnouncement(Intent, tag="as"):
    """Send an announcement that was looked at."""

    number: int


class ShowAnnouncement(Intent, tag="aw"):
    """Show how an announcement went."""

    number: int
