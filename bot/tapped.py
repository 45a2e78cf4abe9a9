"""What a tap draws on the message that was tapped: a card that lives there, or where to look for it."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.inbound import Press
from bot.chat.message import Card, Posted, Redraw, Reply, Say
from bot.context import Context
from bot.narrator import newer_below
from bot.ports import StoredCard


def on_its_card(reply: Reply, inbound: Press, ctx: Context) -> Reply:
    """Mark what draws the tapped card anew, where the platform does it itself, as the painter would know it.

    A payload that was put on a message by hand is kept from drawing over what stands there for everybody.
    """
    if not isinstance(reply, Redraw) or inbound.posted is None:
        return reply
    message, is_private = reply.message, ctx.room.is_private
    if is_private and (inbound.card_follows or message.card is None):
        return reply
    standing = ctx.store.cards.at(inbound.posted)
    if standing is not None and standing.card != message.card:
        return reply if is_private else Say(replace(message, card=None), private=True)
    if inbound.card_follows:
        return reply
    if not (is_private or inbound.is_aside) and _has_newer(message.card, standing, inbound.posted, ctx):
        return replace(reply, message=newer_below(message.title, ctx.t_room), alert=bool(reply.toast))
    return replace(reply, marked=standing.touched) if standing else reply


def _has_newer(card: Card | None, standing: StoredCard | None, posted: Posted, ctx: Context) -> bool:
    """Whether another message of the same room shows the card: the tapped one must not take over from it."""
    if card is None or standing is not None:
        return standing is not None and standing.superseded
    everywhere = ctx.store.cards.of(card.kind, card.subject)
    return any(one.posted.room == posted.room and not one.superseded for one in everywhere)
