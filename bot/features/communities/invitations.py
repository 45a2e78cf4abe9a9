"""Links that give power: made, taken up, taken back. The token is shown once and stored as a hash."""

from __future__ import annotations

import secrets
from typing import Final

from bot.chat.message import Message, Redraw, Reply, Say
from bot.context import Context
from bot.domain.bounds import MOST_INVITES
from bot.domain.circles import Circle
from bot.domain.communities import INVITE_LASTS, Community, Invite, InviteKind
from bot.domain.people import Role
from bot.domain.tokens import hashed
from bot.errors import Declined
from bot.feature import Feature
from bot.features.circles.seats import offer_seats, settled
from bot.features.communities import views
from bot.features.communities.intents import (
    ChooseCircleToInvite,
    InviteFacilitator,
    InviteOrganizer,
    RevokeInvitation,
    ShowInvitations,
)
from bot.features.communities.settings import the
from bot.features.communities.ways import INVITE, ways
from bot.rules import facilitators, keepers, organizers

_TOKEN_BYTES: Final = 24


def add_invitations(communities: Feature) -> None:
    """Add what can be asked of invitations."""
    communities.handles(InviteOrganizer, allow=organizers)(_invite_organizer)
    communities.handles(InviteFacilitator, allow=facilitators)(_invite_facilitator)
    communities.handles(ChooseCircleToInvite, allow=organizers)(_choose_circle)
    communities.handles(ShowInvitations, allow=organizers)(_standing)
    communities.handles(RevokeInvitation, allow=keepers)(_revoke)


def _made(kind: InviteKind, community: int | None, circle: int | None, ctx: Context) -> tuple[Invite, str]:
    """Return a new invitation, and the payload of the link to it. Raises `Declined` where too many stand."""
    if len(ctx.store.invites.standing(kind, community or circle or 0, ctx.now)) >= MOST_INVITES:
        told = ctx.t("{n} invitations are open already. Take one back first: /community lists them.", n=MOST_INVITES)
        raise Declined(told)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    invite = Invite(0, kind, community, circle, ctx.person.id, ctx.now + INVITE_LASTS)
    return ctx.store.invites.make(invite, hashed(token), ctx.now), INVITE + token


def _invite_organizer(intent: InviteOrganizer, ctx: Context) -> Reply:
    community = the(intent.community, ctx)
    invite, payload = _made(InviteKind.ORGANIZER, community.id, None, ctx)
    link = ctx.links.start(ctx.room.platform, payload)
    return Say(views.invitation(invite, community.name, payload, link, ctx.zone, ctx.t), private=True)


def _invite_facilitator(intent: InviteFacilitator, ctx: Context) -> Reply:
    circle = ctx.circle(intent.circle)
    invite, payload = _made(InviteKind.FACILITATOR, None, circle.id, ctx)
    link = ctx.links.start(ctx.room.platform, payload)
    return Say(views.invitation(invite, circle.title, payload, link, ctx.zone, ctx.t), private=True)


def _choose_circle(intent: ChooseCircleToInvite, ctx: Context) -> Reply:
    circles = views.living(ctx.store.circles.of_community(intent.community))
    if not circles:
        raise Declined(ctx.t("There is no circle yet. /newcircle starts one."))
    return Say(views.circles_to_invite(circles, ctx.t, pick=intent.pick and ways(ctx).picks), private=True)


def _standing_invites(community: int, ctx: Context) -> list[tuple[Invite, str, str]]:
    """Return invitations that can be taken up, with what they are for and who made them."""
    found = [(invite, "") for invite in ctx.store.invites.standing(InviteKind.ORGANIZER, community, ctx.now)]
    for circle in ctx.store.circles.of_community(community):
        standing = ctx.store.invites.standing(InviteKind.FACILITATOR, circle.id, ctx.now)
        found.extend((invite, circle.title) for invite in standing)
    makers = ctx.store.people.many({invite.made_by for invite, _ in found})
    return [(invite, title, makers[invite.made_by].name) for invite, title in found if invite.made_by in makers]


def _standing(intent: ShowInvitations, ctx: Context) -> Reply:
    shown = views.invitations(the(intent.community, ctx), _standing_invites(intent.community, ctx), ctx.zone, ctx.t)
    return Say(shown, private=True)


def _revoke(intent: RevokeInvitation, ctx: Context) -> Reply:
    invite = ctx.store.invites.get(intent.invite)
    if invite is None or not ctx.store.invites.revoke(invite.id, ctx.now):
        raise Declined(ctx.t("That invitation has been taken up or taken back already."))
    told = ctx.t("This invitation has been taken back: its link does nothing any more.")
    community = invite.community or ctx.circle(invite.circle or 0).community
    if not ctx.store.communities.is_organizer(community, ctx.person.id):
        return Redraw(Message(told), toast=str(told))
    left = _standing_invites(community, ctx)
    return Redraw(views.invitations(the(community, ctx), left, ctx.zone, ctx.t), toast=str(told))


# Taken up


def accept(token: str, ctx: Context) -> Reply:
    """Make an organizer or facilitator of whoever brings an invitation's token; declines what is none (any more)."""
    invite = ctx.store.invites.by_token(hashed(token))
    if invite is None:
        raise Declined(
            ctx.t("I do not know this invitation. Was the link copied whole? Ask whoever sent it for a new one.")
        )
    if not _maker_may(invite, ctx):
        raise Declined(ctx.t("This invitation has been taken back. Ask whoever sent it if that was meant."))
    if invite.kind is InviteKind.ORGANIZER:
        return _accept_as_organizer(invite, the(invite.community or 0, ctx), ctx)
    return _accept_as_facilitator(invite, ctx.circle(invite.circle or 0), ctx)


def _maker_may(invite: Invite, ctx: Context) -> bool:
    """Whether whoever made it could still make it: nobody keeps a back door to what they no longer run."""
    community = invite.community
    if community is None:
        circle = ctx.circle(invite.circle or 0)
        member = ctx.store.seats.member(circle.id, invite.made_by)
        if member is not None and member.role is Role.FACILITATOR:
            return True
        community = circle.community
    return ctx.store.communities.is_organizer(community, invite.made_by)


def _taken_up(invite: Invite, ctx: Context) -> None:
    if ctx.store.invites.use(invite.id, ctx.person.id, ctx.now):
        return
    if invite.used_at is not None:
        raise Declined(
            ctx.t("This invitation has been taken up already: each is for one person. Ask for one of your own.")
        )
    if invite.revoked_at is not None:
        raise Declined(ctx.t("This invitation has been taken back. Ask whoever sent it if that was meant."))
    raise Declined(ctx.t("This invitation has run out: it was good for a week. Ask whoever sent it for a new one."))


def _accept_as_organizer(invite: Invite, community: Community, ctx: Context) -> Reply:
    if ctx.store.communities.is_organizer(community.id, ctx.person.id):
        return Say(views.welcome_organizer(community, fresh=False, t=ctx.t), private=True)
    _taken_up(invite, ctx)
    ctx.store.communities.add_organizer(community.id, ctx.person.id)
    return Say(views.welcome_organizer(community, fresh=True, t=ctx.t), private=True)


def _accept_as_facilitator(invite: Invite, circle: Circle, ctx: Context) -> Reply:
    member = ctx.store.seats.member(circle.id, ctx.person.id)
    if member is not None and member.role is Role.FACILITATOR:
        return Say(views.welcome_facilitator(circle, fresh=False, t=ctx.t), private=True)
    _taken_up(invite, ctx)
    ctx.store.seats.join_as(circle.id, ctx.person.id, Role.FACILITATOR, ctx.now)
    ctx.forget()
    ctx.planner.circle(ctx.store, circle.id, ctx.now)
    settled(circle.id, ctx)
    offer_seats(circle.id, ctx)
    return Say(views.welcome_facilitator(circle, fresh=True, t=ctx.t), private=True)
