"""Accounts of one person on several platforms: linked by a code that goes from one to the other, and parted again.

Whoever brings a code becomes one person with whoever made it, so it is short-lived, works once, and is worth nothing
once others have read it. Whoever brings it is asked whether they mean it, and all other accounts hear of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final, NoReturn

from bot.chat.inbound import Command, Typed
from bot.chat.message import Message, Reply, Room, RoomKind, Say
from bot.chat.text import Text
from bot.context import Context, Setting
from bot.domain.linking import (
    ALPHABET,
    CODE_LASTS,
    LENGTH,
    TRIES,
    TRIES_WITHIN,
    LinkCode,
    account_number,
    platform_name,
    read_code,
)
from bot.domain.notices import AccountLinked, AccountParted, Dropped, Due, Notice
from bot.domain.people import Account, Person
from bot.domain.tokens import hashed
from bot.errors import BadAnswers, Declined
from bot.feature import Feature
from bot.features.circles.seats import offer_seats
from bot.features.in_place import in_place
from bot.features.people import linking_views as views
from bot.features.people.intents import ConfirmLink, EnterCode, LinkAccount, ShowAccounts, UnlinkAccount
from bot.features.redrawn import redrawn
from bot.i18n import N_
from bot.rules import anyone

LINK: Final = "l-"
"""How the payload of a link begins that brings a code."""


def add_linking(people: Feature) -> None:
    """Add what can be asked of accounts, and what others hear of it."""
    people.handles(LinkAccount, allow=anyone, needs=lambda links: len(links.platforms()) > 1)(_link)
    people.handles(EnterCode, allow=anyone)(_enter)
    people.handles(ConfirmLink, allow=anyone)(_confirm)
    people.handles(ShowAccounts, allow=anyone)(_show)
    people.handles(UnlinkAccount, allow=anyone)(_unlink)
    people.composes(AccountLinked)(compose_linked)
    people.composes(AccountParted)(compose_parted)


def others(ctx: Context) -> list[str]:
    """Return the platforms that are served and on which the person has no account yet."""
    own = {account.platform for account in ctx.store.people.accounts(ctx.person.id)}
    return [platform for platform in ctx.links.platforms() if platform not in own]


# A code is made, and brought


def _link(intent: LinkAccount, ctx: Context) -> Reply:
    return present(intent.code, ctx) if intent.code.strip() else _new_code(ctx)


def _new_code(ctx: Context) -> Reply:
    platforms = others(ctx)
    if not platforms:
        raise Declined(_nowhere_else(ctx))
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    made = ctx.store.linking.make(ctx.person.id, hashed(code), ctx.now + CODE_LASTS, ctx.now)
    addresses = {platform: ctx.links.start(platform, LINK + code) for platform in platforms}
    return Say(views.new_code(code, made.expires_at, addresses, ctx.zone, ctx.t), private=True)


def _nowhere_else(ctx: Context) -> Text:
    own = ctx.store.people.accounts(ctx.person.id)
    if len(own) > 1:
        return ctx.t("Your accounts are linked already: {accounts}.", accounts=views.named(own, ctx.t))
    return ctx.t(
        "I am only on {platform}, so there is no other account to link with this one.",
        platform=platform_name(ctx.act.sender.platform),
    )


def _enter(intent: EnterCode, ctx: Context) -> Reply:
    if read_code(intent.code) is None:
        raise BadAnswers({"code": _no_code(ctx)})
    return present(intent.code, ctx)


def _no_code(ctx: Context) -> Text:
    return ctx.t("A code has twelve letters and digits, such as {code}.", code=views.EXAMPLE)


def present(words: str, ctx: Context) -> Reply:
    """Take a code that somebody brings, typed or by a link, and ask whether they mean it.

    Nothing is raised once something is written: a wrong code is to be counted, a code that others read to be worth
    nothing.
    """
    linking, code = ctx.store.linking, read_code(words)
    if code is None:
        raise Declined(_no_code(ctx))
    found = linking.by_hash(hashed(code))
    if _was_read(ctx):
        if found is not None:
            linking.revoke(found.id, ctx.now)
        return _say(
            ctx.t(
                "Others can read what is written here, so this code is worth nothing any more. Write {command} to me "
                "in our private chat, with both accounts.",
                command=views.COMMAND,
            )
        )
    since = ctx.now - TRIES_WITHIN
    if linking.tries(ctx.person.id, since) >= TRIES:
        return _say(ctx.t("Those were too many wrong codes. Try again in an hour."))
    if found is None:
        linking.tried(ctx.person.id, since, ctx.now)
        return Say(views.again(ctx.t("I do not know this code. Was it copied whole?"), ctx.t), private=True)
    if found.made_by == ctx.person.id and found.used_at is None:
        return _say(ctx.t("This is your own code: bring it to me from your other account."))
    mine, theirs = _sides(found, ctx)
    if not linking.take(found.id, ctx.person.id, ctx.now):
        _over(linking.get(found.id), ctx)
    both = {circle.id for circle, _ in ctx.store.circles.of_person(found.made_by)}
    shared = [circle for circle, _ in ctx.store.circles.of_person(ctx.person.id) if circle.id in both]
    return Say(views.sure(found.id, mine, theirs, shared, ctx.t), private=True)


def _was_read(ctx: Context) -> bool:
    """Whether a code was written where others read it. The fields of a command or a form are nobody else's to read."""
    match ctx.act:
        case Command(words=words):
            return bool(words.strip()) and not ctx.shown_in.is_private
        case Typed():
            return not ctx.shown_in.is_private
        case _:
            return False


def _sides(code: LinkCode, ctx: Context) -> tuple[tuple[Account, ...], tuple[Account, ...]]:
    """Return the person's accounts, and those of whoever made the code; decline where they cannot be one's.

    One has a single account on each platform: else a mention would name one of two, and who is who in a room would be
    anybody's guess.
    """
    mine, theirs = (ctx.store.people.accounts(person) for person in (ctx.person.id, code.made_by))
    twice = {account.platform for account in mine} & {account.platform for account in theirs}
    if code.made_by != ctx.person.id and twice:
        raise Declined(
            ctx.t(
                "I link one account of each app. These would be two on {platform}: use one of them for your circles.",
                platform=ctx.t.listed(sorted(map(platform_name, twice))),
            )
        )
    return mine, theirs


def _over(code: LinkCode | None, ctx: Context) -> NoReturn:
    """Say kindly why a code cannot be used (any more)."""
    if code is not None and code.used_at is not None and code.made_by == ctx.person.id:
        raise Declined(ctx.t("These accounts are linked already."))
    if code is not None and code.used_at is None and code.revoked_at is None and code.expires_at <= ctx.now:
        raise Declined(
            ctx.t(
                "This code has run out: it was good for ten minutes. {command} on the other account shows a new one.",
                command=views.COMMAND,
            )
        )
    raise Declined(
        ctx.t(
            "This code has been used or replaced already. {command} on the other account shows a new one.",
            command=views.COMMAND,
        )
    )


def _say(words: Text) -> Reply:
    return Say(Message(words), private=True)


# Two become one


def _confirm(intent: ConfirmLink, ctx: Context) -> Reply:
    linking, code = ctx.store.linking, ctx.store.linking.get(intent.code)
    if code is None or code.taken_by != ctx.person.id:
        raise Declined(ctx.t("I do not know this code any more. {command} shows a new one.", command=views.COMMAND))
    if not intent.sure:
        if not linking.revoke(code.id, ctx.now):
            _over(linking.get(code.id), ctx)
        return in_place(Message(ctx.t("Nothing was linked, and the code is worth nothing any more.")), ctx)
    linking.hold(code.made_by, ctx.person.id)
    if not linking.use(code, ctx.person.id, ctx.now):
        _over(linking.get(code.id), ctx)
    _sides(code, ctx)
    joining = account_number(_acting(ctx))
    # The one whom the bot has known for longer stays, whichever account made the code: linking the two crosswise and at
    # once comes to the same. Whose settings hold is settled by that, too.
    stays, goes = sorted((code.made_by, ctx.person.id))
    _now_one(stays, goes, ctx)
    accounts = ctx.store.people.accounts(stays)
    _tell(accounts, AccountLinked(joining), ctx)
    return in_place(views.linked(accounts, ctx.t), ctx)


def _now_one(stays: int, goes: int, ctx: Context) -> None:
    """Merge two people; counts and names are drawn anew, and a seat that one of them had is offered to the next.

    What is planned for circles hangs on their meetings and rooms, not on people: that stands as it is.
    """
    store = ctx.store
    circles = store.linking.merge(stays, goes)
    ctx.person = store.people.get(stays) or ctx.person
    ctx.reader = ctx.person
    ctx.forget()
    for circle in circles:
        redrawn(circle, [meeting.id for meeting in store.meetings.of_circle(circle)], ctx)
        offer_seats(circle, ctx)


def _acting(ctx: Context) -> Account:
    return Account(ctx.act.sender.platform, ctx.act.sender.user, ctx.act.sender.name)


def _tell(accounts: Iterable[Account], notice: Notice, ctx: Context) -> None:
    """Tell of it in the private chat of each account but the one that did it."""
    for account in accounts:
        chat = ctx.store.places.find(Room(account.platform, account.user, kind=RoomKind.PRIVATE))
        if chat is not None and account_number(account) != account_number(_acting(ctx)):
            ctx.store.deliveries.send_again(Due(f"{notice.kind}:{chat.id}", notice, ctx.now, place=chat.id))


# Shown, and parted


def _show(_: ShowAccounts, ctx: Context) -> Reply:
    shown = views.accounts(
        ctx.store.people.accounts(ctx.person.id), account_number(_acting(ctx)), can_link=bool(others(ctx)), t=ctx.t
    )
    return in_place(shown, ctx)


def _unlink(intent: UnlinkAccount, ctx: Context) -> Reply:
    accounts = ctx.store.people.accounts(ctx.person.id)
    account = next((one for one in accounts if account_number(one) == intent.account), None)
    if account is None:
        raise Declined(ctx.t("That account is not linked with this one any more."))
    rest = [one for one in accounts if one != account]
    if not rest:
        raise Declined(ctx.t("This is your only account. /forgetme erases what I keep about you."))
    if not intent.sure:
        return in_place(views.sure_to_part(account, rest, ctx.t), ctx)
    if ctx.store.linking.unlink(ctx.person.id, account, ctx.now) is None:
        raise Declined(ctx.t("That account is not linked with this one any more."))
    _tell(rest, AccountParted(account.platform, stays=True), ctx)
    _tell([account], AccountParted(rest[0].platform, stays=False), ctx)
    return in_place(views.parted(account, rest, ctx.t), ctx)


# What the other accounts hear


def _in_chat(setting: Setting) -> Person | None:
    """Return whose private chat it is in which something is said."""
    room = setting.place.room if setting.place else None
    return setting.store.people.known(Account(room.platform, room.chat, "")) if room else None


def compose_linked(notice: AccountLinked, setting: Setting) -> Message | Dropped:
    """Tell an account which one was linked with it, and how to undo it."""
    found = _in_chat(setting)
    if found is None:
        return Dropped(N_("they are not linked any more"))
    accounts, t = setting.store.people.accounts(found.id), setting.catalogue.speaker(found.language)
    joined = next((one for one in accounts if account_number(one) == notice.account), None)
    return Dropped(N_("they are not linked any more")) if joined is None else views.was_linked(joined, t)


def compose_parted(notice: AccountParted, setting: Setting) -> Message | Dropped:
    """Tell an account which one was parted from it, and with which of them everything stays."""
    found = _in_chat(setting)
    t = setting.catalogue.speaker(found.language if found else "")
    return views.was_parted(notice.platform, stays=notice.stays, t=t)
