"""The digest: asked for, and composed when it is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.chat.message import Message, Reply, Toast
from bot.context import Context, Setting
from bot.domain.digests import QUIET_WEEK
from bot.domain.notices import DigestDue, Dropped, Due
from bot.errors import Declined
from bot.feature import Feature
from bot.features.communities.settings import the
from bot.features.digests import views
from bot.features.digests.facts import gather
from bot.features.digests.intents import AskDigest, SendDigest
from bot.i18n import N_
from bot.rules import organizers

ASKED_LASTS = timedelta(hours=1)
"""How long a digest that somebody asked for is still wanted."""

digests = Feature("digests")


@digests.handles(AskDigest, allow=organizers)
def ask_digest(intent: AskDigest, ctx: Context) -> Reply:
    """Send the digest now."""
    return _send(intent.community, ctx)


@digests.handles(SendDigest, allow=organizers)
def send_digest(intent: SendDigest, ctx: Context) -> Reply:
    """Send the digest now, from the panel."""
    return _send(intent.community, ctx)


def _send(number: int, ctx: Context) -> Reply:
    """Plan the digest for this room if it is the digest's own; elsewhere others read along, so for the person."""
    community = the(number, ctx)
    in_its_room = not ctx.room.is_private and ctx.here.id == community.digest_place
    if not ctx.room.is_private and not in_its_room and ctx.store.people.private_room(ctx.person.id) is None:
        raise Declined(
            ctx.t(
                "The digest is for organizers, and this is not its room. Open a private chat with me and ask there, "
                "or press “Digest here” in /community."
            )
        )
    due = Due(
        f"digest:{community.id}:asked:{ctx.person.id}:{ctx.here.id}",
        DigestDue(community.id, until=int(ctx.now.timestamp()) + 1, asked=True),
        ctx.now,
        expires_at=ctx.now + ASKED_LASTS,
        place=ctx.here.id if in_its_room else None,
        person=None if in_its_room else ctx.person.id,
        community=community.id,
    )
    ctx.store.deliveries.send_again(due)
    if ctx.room.is_private or in_its_room:
        return Toast(ctx.t.words("Here it comes."))
    return Toast(ctx.t.words("I send it to you privately, since not everybody here is an organizer."))


@digests.composes(DigestDue)
def compose(notice: DigestDue, setting: Setting) -> Message | Dropped:
    """Return the week as it is known now; a quiet one only to who asks."""
    community = setting.store.communities.get(notice.community)
    if community is None:
        return Dropped(N_("the community is gone"))
    if setting.reader is not None and not setting.store.communities.is_organizer(community.id, setting.reader.id):
        return Dropped(N_("no longer an organizer"))
    t = setting.t
    if setting.reader is None:
        t = setting.catalogue.speaker(community.digest_language, community.language)
    week = gather(setting.store, community, datetime.fromtimestamp(notice.until, UTC))
    if not week.is_quiet:
        return views.digest(week, t)
    return views.quiet(week, t) if notice.asked else Dropped(QUIET_WEEK)
