"""Links that give power: each for one person and a week, taken back at will, never stored as they are."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.communities import InviteKind
from bot.domain.people import Role
from bot.features.communities.intents import InviteFacilitator, RevokeInvitation
from tests.features.invitations import invited, link_in, organizes
from tests.features.seated import a_seat_is_held, learners, posted, seats
from tests.support.chat import ChatSim


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
    await chat.organizer.presses("Invite…")
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
    await chat.organizer.presses("Invite…")
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
    """A member who is invited stays one and gets the role."""
    await chat.facilitator.presses_payload(InviteFacilitator(circle=chat.circle).payload())
    await chat.ada.opens(link_in(chat.facilitator.heard))
    await chat.ada.whispers("/me")
    assert "Python for beginners (you run it)" in chat.ada.heard


async def test_an_invited_learner_leaves_the_seat(chat: ChatSim) -> None:
    """Facilitators take none: who waited for one is offered it, and the announcement says so."""
    await seats(chat, 3)
    await posted(chat)
    await chat.walter.opens()
    await chat.walter.says("/join")
    await chat.facilitator.presses_payload(InviteFacilitator(circle=chat.circle).payload())
    await chat.ada.opens(link_in(chat.facilitator.heard))
    assert "facilitator of “Python for beginners” now" in chat.ada.heard
    await chat.passes(minutes=1)
    assert "is free, and it is yours" in chat.walter.inbox()[-1]
    await chat.walter.presses("Take the seat")
    assert await learners(chat) == ["Grace", "Linus", "Walter"]


async def test_an_invited_one_who_waited_leaves_the_held_seat(chat: ChatSim) -> None:
    """It is offered to the next at once."""
    await a_seat_is_held(chat, chat.walter, chat.nina)
    await chat.facilitator.presses_payload(InviteFacilitator(circle=chat.circle).payload())
    await chat.walter.opens(link_in(chat.facilitator.heard))
    await chat.passes(minutes=1)
    assert "is free, and it is yours" in chat.nina.inbox()[-1]


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
