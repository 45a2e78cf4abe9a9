"""The second level of the organizers' panel: the digest, who is invited, what can be changed."""

from __future__ import annotations

from bot.chat.message import Button, Message, gridded
from bot.features.communities import views
from bot.features.communities.intents import (
    AppointOrganizer,
    ChooseCircleToInvite,
    ChooseDigestRoom,
    InviteOrganizer,
    MoveCommunity,
    OpenCommunity,
    Part,
    RenameCommunity,
    ShowInvitations,
    ShowOrganizers,
    SpeakInCommunity,
    SpeakInDigest,
    TimeDigest,
)
from bot.features.digests.intents import SendDigest
from bot.i18n import Translator


def _picking(shown: views.Panel, t: Translator) -> tuple[Button, ...]:
    if not shown.ways.picks:
        return ()
    number = shown.community.id
    return (
        Button(t.words("Choose an organizer"), AppointOrganizer.about(community=number)),
        Button(t.words("Choose a facilitator"), ChooseCircleToInvite(community=number, pick=True)),
    )


def _inviting(shown: views.Panel, t: Translator) -> tuple[Button, ...]:
    number = shown.community.id
    organizers = Button(t.words("Organizers"), ShowOrganizers(community=number))
    if not shown.ways.links:
        return (organizers,)
    return (
        Button(t.words("Invite an organizer"), InviteOrganizer(community=number)),
        Button(t.words("Invite a facilitator"), ChooseCircleToInvite(community=number)),
        organizers,
        Button(t.words("Open invitations"), ShowInvitations(community=number)),
    )


def part_of_panel(shown: views.Panel, part: Part, t: Translator) -> Message:
    """Return a level of the organizers' panel."""
    community, number = shown.community, shown.community.id
    if part is Part.MAIN:
        return views.panel(shown, t)
    buttons: tuple[Button, ...]
    match part:
        case Part.DIGEST:
            text = views.digest_lines(shown, t)
            buttons = (
                Button(t.words("Digest room"), ChooseDigestRoom(community=number)),
                Button(t.words("Digest day and time"), TimeDigest.about(community=number)),
                Button(t.words("Digest language"), SpeakInDigest.about(community=number)),
                Button(t.words("Digest now"), SendDigest(community=number)),
            )
        case Part.INVITE:
            text = t("Organizers: {names}", names=t.listed(person.name for person in shown.organizers))
            buttons = (*_picking(shown, t), *_inviting(shown, t))
        case _:
            text = views.settings_lines(community, t)
            buttons = (
                Button(t.words("Rename"), RenameCommunity.about(community=number)),
                Button(t.words("Language"), SpeakInCommunity.about(community=number)),
                Button(t.words("Time zone"), MoveCommunity.about(community=number)),
            )
    back = Button(t.words("Back"), OpenCommunity(community=number))
    return Message(text, title=community.name, rows=(*gridded(buttons, 2), (back,)))
