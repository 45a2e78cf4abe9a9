"""Who was picked from a platform's people, as the answer to a question of `Kind.PERSON`."""

from __future__ import annotations

from bot.chat.adapter import Ability
from bot.chat.inbound import Command, Filled
from bot.context import Context
from bot.domain.people import Account, Person, clean_name


def can_pick(ctx: Context) -> bool:
    """Whether somebody can be picked where the person is."""
    return ctx.links.can(ctx.room.platform, Ability.PICK_PEOPLE)


def picked(user: str, ctx: Context) -> Person | None:
    """Return the person behind a user id that was picked in this very act, met on first sight; None for other words.

    Being picked is no sign of life: what is private goes on to the account that they used last themselves.
    """
    if not isinstance(ctx.act, Command | Filled) or user not in ctx.act.people:
        return None
    sender = ctx.act.sender
    account = Account(sender.platform, user, clean_name(ctx.act.people[user]))
    known = ctx.store.people.known(account)
    if known is not None or ctx.looking:
        return known
    return ctx.store.people.meet(account, "", "", ctx.now, is_open=sender.is_open)


def picked_name(answer: str, ctx: Context) -> str:
    """Return the name of whoever a kept answer means, empty where they are gone."""
    person = ctx.store.people.get(int(answer)) if answer.isdecimal() else None
    return person.name if person else ""
