"""The organizers' panel: a community made, its people, its invitations, its digest's room and hour."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.domain.communities import Community, InviteKind
from bot.domain.people import Role
from bot.features.communities.intents import (
    DigestHere,
    InviteFacilitator,
    InviteOrganizer,
    OpenCommunity,
    PutDigest,
    RemoveOrganizer,
    RenameCommunity,
    RevokeInvitation,
)
from bot.ports import Store
from tests.support.chat import ZONE, ChatSim, Someone
from tests.support.sim import group, private

OFFICE = group("office")
ELSEWHERE = group("elsewhere")


async def the_community(chat: ChatSim) -> Community:
    """Return the community as it stands."""
    found = await chat.store.read(lambda store: store.communities.get(chat.community))
    assert found is not None
    return found


async def organizes(chat: ChatSim, somebody: Someone) -> bool:
    """Say whether somebody is an organizer now."""

    def look(store: Store) -> bool:
        return store.communities.is_organizer(chat.community, somebody.person(store).id)

    return await chat.store.transact(look)


def link_in(heard: str) -> str:
    """Return the payload of the link in an invitation."""
    found = re.search(r"/start (i-\S+)", heard)
    assert found, heard
    return found[1]


async def invited(chat: ChatSim) -> str:
    """Let the organizer invite another; return the link's payload."""
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Invite an organizer")
    return link_in(chat.organizer.heard)


# The panel


async def test_the_panel_shows_circles_and_people(chat: ChatSim) -> None:
    """The organizer sees every circle with its learners and next meeting, and who organizes."""
    await chat.organizer.says("/community")
    for words in (
        "Library circles",
        "Python for beginners: 3 learners, next meeting",
        "Organizers: Olga",
        "no room yet",
    ):
        assert words in chat.organizer.heard


async def test_others_are_told_whom_to_ask(chat: ChatSim) -> None:
    """Who does not organize the room's community hears who does."""
    await chat.ada.says("/community")
    assert "Olga" in chat.ada.heard
    assert "Digest" not in chat.ada.heard


async def test_a_room_becomes_a_community(chat: ChatSim) -> None:
    """In a room that belongs to nobody, anybody can make a community of it, and runs it then."""
    await chat.zoe.says("/community", ELSEWHERE)
    await chat.zoe.presses("Make a community of this room")
    await chat.zoe.fills(name="Neighbours", language="en", zone="Europe/Madrid")
    assert "Neighbours" in chat.zoe.heard
    await chat.zoe.says("/community", ELSEWHERE)
    assert "Organizers: Zoe" in chat.zoe.heard


async def test_a_community_is_never_taken_over(chat: ChatSim) -> None:
    """An old button cannot make another community of a room that has one meanwhile."""
    await chat.zoe.says("/community", ELSEWHERE)
    await chat.yan.says("/community", ELSEWHERE)
    await chat.zoe.presses("Make a community of this room")
    await chat.zoe.fills(name="Neighbours", language="en", zone=ZONE)
    await chat.yan.presses("Make a community of this room")
    await chat.yan.fills(name="Usurpers", language="en", zone=ZONE)
    assert "belongs to “Neighbours”" in chat.yan.heard


async def test_a_room_with_a_circle_belongs_to_its_community(chat: ChatSim) -> None:
    """A room in which a circle lives is no free room, even where it was never added itself."""

    def attach(store: Store) -> None:
        store.places.attach(chat.circle, store.places.note(ELSEWHERE, "", "").id)

    await chat.store.transact(attach)
    await chat.zoe.says("/community", ELSEWHERE)
    assert "Library circles" in chat.zoe.heard
    assert not any(label.startswith("Make") for label in chat.zoe.heard.splitlines())


async def test_a_second_room_is_added(chat: ChatSim) -> None:
    """An organizer adds a room that belongs to nobody; it can hold the digest then."""
    await chat.organizer.says("/community", OFFICE)
    await chat.organizer.presses("Add this room to Library circles")
    await chat.organizer.presses("Digest here")
    assert "Saved." in chat.organizer.heard
    assert (await the_community(chat)).digest_place is not None


async def test_a_community_is_renamed(chat: ChatSim) -> None:
    """Name, language and zone are changed by forms that know the present answer."""
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Rename")
    assert chat.organizer.page is not None
    assert chat.organizer.page.questions[0].value == "Library circles"
    await chat.organizer.fills(name="Learning <b>together</b> @everyone")
    assert (await the_community(chat)).name == "Learning <b>together</b> @everyone"
    await chat.organizer.presses("Time zone")
    await chat.organizer.fills(zone="Asia/Tokyo")
    assert (await the_community(chat)).zone == "Asia/Tokyo"


async def test_a_long_name_is_asked_again(chat: ChatSim) -> None:
    """10,000 characters are no name."""
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Rename")
    await chat.organizer.fills(name="x" * 10_000)
    assert "name" in chat.organizer.errors()
    assert (await the_community(chat)).name == "Library circles"


# The digest's room and hour


async def test_the_digest_gets_a_room_and_an_hour(chat: ChatSim) -> None:
    """Digest here, then Friday at half past five."""
    await chat.organizer.says("/community")
    await chat.organizer.presses("Digest here")
    await chat.organizer.presses("Digest day and time")
    await chat.organizer.fills(weekday="4", at="5:30 pm")
    assert "every Friday at 5:30" in chat.organizer.heard
    due = await chat.store.read(lambda store: store.deliveries.waiting(community=chat.community))
    assert any(one.due.notice.kind == "digest" for one in due)


async def test_an_hour_that_is_none_is_asked_again(chat: ChatSim) -> None:
    """A time that cannot be read is asked again, the day is kept."""
    await chat.organizer.says("/community")
    await chat.organizer.presses("Digest day and time")
    await chat.organizer.fills(weekday="4", at="after lunch")
    assert chat.organizer.errors().keys() == {"at"}


async def test_the_room_is_chosen_from_afar(chat: ChatSim) -> None:
    """In the private chat the community's rooms are offered, and none."""
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Digest room")
    await chat.organizer.presses("The room")
    assert (await the_community(chat)).digest_place is not None
    await chat.organizer.presses("Digest room")
    await chat.organizer.presses("No digest")
    assert (await the_community(chat)).digest_place is None
    assert "does not come" in chat.organizer.heard


async def test_the_digest_does_not_go_to_strangers(chat: ChatSim) -> None:
    """A forged button cannot send the digest to a room of somebody else."""
    await chat.zoe.says("/community", ELSEWHERE)
    await chat.zoe.presses("Make a community of this room")
    await chat.zoe.fills(name="Neighbours", language="en", zone=ZONE)
    theirs = await chat.store.transact(lambda store: store.places.note(ELSEWHERE, "", "").id)
    await chat.organizer.presses_payload(PutDigest(community=chat.community, place=theirs).payload())
    assert "not one of the community's" in chat.organizer.heard
    await chat.organizer.says("/community", ELSEWHERE)
    assert "Zoe" in chat.organizer.heard
    assert (await the_community(chat)).digest_place is None


# Permission


async def test_only_organizers(chat: ChatSim) -> None:
    """No forged button gives anybody else power, nor a look inside."""
    number = chat.community
    olga = await chat.store.transact(lambda store: chat.organizer.person(store).id)
    for intent in (
        OpenCommunity(community=number),
        DigestHere(community=number),
        PutDigest(community=number, place=1),
        InviteOrganizer(community=number),
        RemoveOrganizer(community=number, person=olga, sure=True),
        RenameCommunity.about(community=number),
        OpenCommunity(community=999),
    ):
        await chat.facilitator.presses_payload(intent.payload())
        assert "Only an organizer" in chat.facilitator.heard
    await chat.ada.presses_payload(InviteFacilitator(circle=chat.circle).payload())
    assert "Only a facilitator" in chat.ada.heard


# Invitations


async def test_an_invited_organizer(chat: ChatSim) -> None:
    """A link makes an organizer of whoever opens it first, once."""
    link = await invited(chat)
    assert f"https://sim.example/start/{link}" in chat.organizer.heard
    await chat.zoe.opens(link)
    assert "You are an organizer of “Library circles” now" in chat.zoe.heard
    assert await organizes(chat, chat.zoe)
    await chat.zoe.presses("Open the community")
    assert "Organizers: Olga and Zoe" in chat.zoe.heard
    await chat.yan.opens(link)
    assert "taken up already" in chat.yan.heard
    assert not await organizes(chat, chat.yan)


async def test_an_invitation_works_typed(chat: ChatSim) -> None:
    """Where there are no links one writes the command; in a room the answer is seen by oneself alone."""
    link = await invited(chat)
    await chat.zoe.says(f"/start {link}")
    assert await organizes(chat, chat.zoe)
    assert not chat.posts("Welcome! You are an organizer")


async def test_an_organizer_does_not_use_up_an_invitation(chat: ChatSim) -> None:
    """Who is one already leaves it to somebody else."""
    link = await invited(chat)
    await chat.organizer.opens(link)
    assert "still good for somebody else" in chat.organizer.heard
    await chat.zoe.opens(link)
    assert await organizes(chat, chat.zoe)


async def test_an_invitation_runs_out(chat: ChatSim) -> None:
    """After a week it is no good."""
    link = await invited(chat)
    chat.clock.move_to(chat.clock.now() + timedelta(days=7))
    await chat.zoe.opens(link)
    assert "has run out" in chat.zoe.heard
    assert not await organizes(chat, chat.zoe)


async def test_an_invitation_is_revoked(chat: ChatSim) -> None:
    """The open invitations are listed, each with a way to take it back."""
    link = await invited(chat)
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Open invitations")
    assert "1. An organizer, by Olga" in chat.organizer.heard
    assert link not in chat.organizer.heard
    await chat.organizer.presses("Revoke 1")
    assert "no open invitation" in chat.organizer.heard
    await chat.zoe.opens(link)
    assert "has been taken back" in chat.zoe.heard


async def test_only_the_hash_is_kept(chat: ChatSim) -> None:
    """The token has at least 128 bits and is nowhere in the database."""
    link = await invited(chat)
    token = link.removeprefix("i-")
    assert len(token) * 6 >= 128
    assert len(link) <= 64
    found = await chat.store.read(
        lambda store: store.invites.standing(InviteKind.ORGANIZER, chat.community, chat.clock.now())
    )
    assert token not in repr(found)
    assert await chat.store.read(lambda store: store.invites.by_token(token)) is None


async def test_an_invited_facilitator(chat: ChatSim) -> None:
    """A facilitator is invited to one circle, also by the circle's own facilitator, who can take it back."""
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Invite a facilitator")
    await chat.organizer.presses("Python for beginners")
    await chat.zoe.opens(link_in(chat.organizer.heard))
    assert "facilitator of “Python for beginners” now" in chat.zoe.heard
    member = await chat.store.transact(lambda store: store.seats.member(chat.circle, chat.zoe.person(store).id))
    assert member is not None
    assert member.role is Role.FACILITATOR
    assert not await organizes(chat, chat.zoe)
    await chat.facilitator.presses_payload(InviteFacilitator(circle=chat.circle).payload())
    link = link_in(chat.facilitator.heard)
    await chat.facilitator.presses("Revoke")
    await chat.yan.opens(link)
    assert "has been taken back" in chat.yan.heard


async def test_a_learner_becomes_a_facilitator(chat: ChatSim) -> None:
    """A member who is invited keeps the seat and gets the role."""
    await chat.facilitator.presses_payload(InviteFacilitator(circle=chat.circle).payload())
    await chat.ada.opens(link_in(chat.facilitator.heard))
    await chat.ada.whispers("/me")
    assert "Python for beginners (you run it)" in chat.ada.heard


async def test_nobody_else_revokes(chat: ChatSim) -> None:
    """An invitation is taken back only by those who could have made it."""
    link = await invited(chat)
    invite = (
        await chat.store.read(lambda s: s.invites.standing(InviteKind.ORGANIZER, chat.community, chat.clock.now()))
    )[0]
    await chat.facilitator.presses_payload(RevokeInvitation(invite=invite.id).payload())
    assert "Only an organizer" in chat.facilitator.heard
    await chat.facilitator.presses_payload(RevokeInvitation(invite=999).payload())
    assert "not there any more" in chat.facilitator.heard
    await chat.zoe.opens(link)
    assert await organizes(chat, chat.zoe)


# Organizers


async def test_an_organizer_is_removed_but_never_the_last(chat: ChatSim) -> None:
    """Removing is asked once more; the last one stays."""
    await chat.zoe.opens(await invited(chat))
    await chat.organizer.whispers("/community")
    await chat.organizer.presses("Organizers")
    await chat.organizer.presses("Remove Zoe")
    assert await organizes(chat, chat.zoe)
    await chat.organizer.presses("Yes, remove")
    assert not await organizes(chat, chat.zoe)
    olga = await chat.store.transact(lambda store: chat.organizer.person(store).id)
    await chat.organizer.presses_payload(RemoveOrganizer(community=chat.community, person=olga, sure=True).payload())
    assert "invite another organizer first" in chat.organizer.heard
    assert await organizes(chat, chat.organizer)


async def test_two_communities(chat: ChatSim) -> None:
    """Who organizes two is asked which."""
    await chat.organizer.says("/community", ELSEWHERE)
    await chat.organizer.presses("Make a community of this room")
    await chat.organizer.fills(name="Neighbours", language="en", zone=ZONE)
    await chat.organizer.says("/community", private(chat.organizer.user))
    assert "Which of your communities?" in chat.organizer.heard
    await chat.organizer.presses("Neighbours")
    assert "There is no circle yet" in chat.organizer.heard
    await chat.organizer.whispers("/digest")
    assert chat.organizer.page is not None
    assert [choice.label for choice in chat.organizer.page.questions[0].choices] == ["Library circles", "Neighbours"]


@pytest.mark.parametrize("size", [1, 5])
async def test_a_community_is_made_in_private(chat: ChatSim, size: int) -> None:
    """Also without a room, on platforms that ask one question at a time."""
    chat.platform.page_size = size
    await chat.zoe.whispers("/community")
    await chat.zoe.presses("Make a community")
    answers = {"name": "عائلة التعلم", "language": "en", "zone": "UTC"}
    while chat.zoe.page is not None:
        await chat.zoe.fills(**{question.field: answers[question.field] for question in chat.zoe.page.questions})
    assert "عائلة التعلم" in chat.zoe.heard
