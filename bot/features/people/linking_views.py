"""What people see of their accounts, and of the codes that link them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.chat.message import Button, Message, Style, stacked
from bot.chat.text import Bold, Moment, Shape, Text, Typed, lines, paragraphs
from bot.domain.circles import Circle
from bot.domain.linking import account_number, platform_name, written
from bot.domain.people import Account
from bot.features.people.intents import ConfirmLink, EnterCode, LinkAccount, Me, ShowAccounts, UnlinkAccount
from bot.i18n import Translator

COMMAND: Final = Typed("/link")
EXAMPLE: Final = Typed("ABCD-EFGH-JKMN")
_CIRCLES_NAMED: Final = 5


def named(accounts: Sequence[Account], t: Translator) -> str:
    """Return accounts by name and platform, as a list in words."""
    return t.listed([_named(account, t) for account in accounts])


def _named(account: Account, t: Translator) -> str:
    return t.words("“{name}” on {platform}", name=account.name, platform=platform_name(account.platform))


def new_code(code: str, until: datetime, addresses: Mapping[str, str], zone: str, t: Translator) -> Message:
    """Return a new code: the only time that it is seen. `addresses` lead to other platforms, or are empty."""
    where = t.listed(map(platform_name, addresses))
    opening = [
        Button(t.words("Open {platform}", platform=platform_name(platform)), url=address)
        for platform, address in addresses.items()
        if address
    ]
    return Message(
        paragraphs(
            t(
                "If you are on {platforms} too, you can be one person here and there: one seat, one answer.",
                platforms=where,
            ),
            lines(t("Write this to me there:"), Text.of(Typed(f"/link {written(code)}"))),
            t(
                "It works once, until {when}. Show it to nobody: whoever brings it to me is you from then on.",
                when=Moment(until, zone, Shape.TIME),
            ),
        ),
        title=t.words("Link an account"),
        rows=stacked(*opening, _enter(t)),
    )


def _enter(t: Translator) -> Button:
    return Button(t.words("I have a code"), EnterCode.about())


def again(words: Text, t: Translator) -> Message:
    """Return what is wrong with a code, and a way to bring another."""
    return Message(words, rows=stacked(_enter(t)))


def sure(
    code: int, mine: Sequence[Account], theirs: Sequence[Account], shared: Sequence[Circle], t: Translator
) -> Message:
    """Ask whoever brought a code whether they mean it: what it does cannot be undone as a whole."""
    titles = t.listed([circle.title for circle in shared], _CIRCLES_NAMED)
    return Message(
        paragraphs(
            t(
                "You will be one person: {mine} and {theirs}. Your circles, answers and settings become one; where you "
                "said two different things, the later one counts.",
                mine=named(mine, t),
                theirs=named(theirs, t),
            ),
            t("You are in {circles} with both, and will have one seat there.", circles=titles) if shared else "",
            t(
                "Go on only if {theirs} is you: whoever uses that account will be you here, too. What has become one "
                "cannot be taken apart again.",
                theirs=Bold(named(theirs, t)),
            ),
        ),
        title=t.words("Link an account"),
        rows=(
            (
                Button(t.words("Link"), ConfirmLink(code=code, sure=True), Style.PRIMARY),
                Button(t.words("No"), ConfirmLink(code=code, sure=False)),
            ),
        ),
    )


def linked(accounts: Sequence[Account], t: Translator) -> Message:
    """Return the word that two have become one."""
    return Message(
        paragraphs(
            t("Done, you are one person now: {accounts}.", accounts=named(accounts, t)),
            t("What you do with one of your accounts counts for all. I write to the one that you used last."),
        ),
        rows=stacked(Button(t.words("My settings"), Me())),
    )


def was_linked(joined: Account, t: Translator) -> Message:
    """Return what an account hears when another was linked with it."""
    return Message(
        paragraphs(
            t("{account} is linked with this account now: you are one person.", account=_named(joined, t)),
            t("If that was not you, unlink it at once."),
        ),
        rows=stacked(_part(joined, t)),
    )


def was_parted(platform: str, *, stays: bool, t: Translator) -> Message:
    """Return what an account hears when another was parted from it."""
    told = t("This account and yours on {platform} are not linked any more.", platform=platform_name(platform))
    rest = (
        t("Your circles and all else stay here.")
        if stays
        else t("Your circles and all else stay there. Here we meet for the first time.")
    )
    return Message(paragraphs(told, rest), rows=stacked(Button(t.words("My settings"), Me())))


def _part(account: Account, t: Translator) -> Button:
    words = t.words("Unlink {platform}", platform=platform_name(account.platform))
    return Button(words, UnlinkAccount(account=account_number(account)), Style.DANGER)


def accounts(own: Sequence[Account], acting: int, *, can_link: bool, t: Translator) -> Message:
    """Return a person's accounts, with ways to part one and to link another."""
    several = len(own) > 1
    shown = [
        t("{account} (you are here)", account=Bold(_named(account, t)))
        if account_number(account) == acting
        else Text.of(_named(account, t))
        for account in own
    ]
    buttons = [_part(account, t) for account in own] if several else []
    if can_link:
        buttons.append(Button(t.words("Link an account"), LinkAccount.about()))
    return Message(
        paragraphs(
            lines(*shown),
            t("What you do with one of your accounts counts for all. I write to the one that you used last.")
            if several
            else t("You can be one person here and in another app: one seat, one answer."),
        ),
        title=t.words("Your accounts"),
        rows=stacked(*buttons),
    )


def sure_to_part(account: Account, rest: Sequence[Account], t: Translator) -> Message:
    """Ask whether an account shall go its own way."""
    ask = t(
        "Shall I unlink {account}? Your circles and all else stay with {rest}; with the other account we would meet "
        "for the first time.",
        account=Bold(_named(account, t)),
        rest=named(rest, t),
    )
    yes = Button(t.words("Yes, unlink it"), UnlinkAccount(account=account_number(account), sure=True), Style.DANGER)
    return Message(ask, rows=((yes, Button(t.words("Keep it as it is"), ShowAccounts())),))


def parted(account: Account, rest: Sequence[Account], t: Translator) -> Message:
    """Return the word that an account goes its own way."""
    return Message(
        t(
            "Done: {account} is an account of its own. Everything stays with {rest}.",
            account=_named(account, t),
            rest=named(rest, t),
        )
    )
