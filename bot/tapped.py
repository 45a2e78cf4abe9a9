"""What a tap draws on the message that was tapped: a card that lives there, or where to look for it."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.inbound import Press
from bot.chat.message import Message, Posted, Redraw, Reply, Say
from bot.context import Context
from bot.narrator import newer_below


def on_its_card(reply: Reply, inbound: Press, ctx: Context) -> Reply:
    """Mark what draws the tapped card anew, where the platform does it itself, as the painter would know it.

    A payload that was put on a message by hand is kept from drawing over what stands there for everybody.
    """
    if not isinstance(reply, Redraw) or inbound.posted is None:
        return reply
    if ctx.room.is_private and (inbound.card_follows or reply.message.card is None):
        return reply
    standing = ctx.store.cards.at(inbound.posted)
    if standing is not None and standing.card != reply.message.card and not ctx.room.is_private:
        return Say(replace(reply.message, card=None), private=True)
    if not (inbound.card_follows or inbound.is_aside) and _has_newer(reply.message, inbound.posted, ctx):
        older = newer_below(reply.message.title, ctx.t_room)
        return replace(reply, message=older, alert=bool(reply.toast))
    is_its_card = standing is not None and standing.card == reply.message.card
    return replace(reply, marked=standing.touched) if standing and is_its_card and not inbound.card_follows else reply


def _has_newer(message: Message, posted: Posted, ctx: Context) -> bool:
    """Whether another message of the same room shows the card: the tapped one must not take over from it."""
    card = message.card
    if card is None or ctx.room.is_private:
        return False
    living = [one.posted for one in ctx.store.cards.of(card.kind, card.subject) if not one.superseded]
    return posted not in living and any(one.room == posted.room for one in living)
