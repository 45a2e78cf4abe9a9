"""What people can ask of the bot about itself and about themselves."""

# No annotations as text: see bot.chat.intents.

from typing import Annotated

from bot.chat.intents import Asked, Intent, Kind
from bot.i18n import N_

_ANY_LENGTH = 100_000  # a link that is too long is answered like any other that is not ours


class Start(Intent, tag="ps", command="start"):
    """Say hello; `link` is what a link brought along."""

    link: Annotated[str, Asked(N_("What does the link say?"), longest=_ANY_LENGTH, ask=False)] = ""


class Help(
    Intent, tag="ph", command="help", summary=N_("What you can do here"), examples=(N_("/help"), N_("/help next"))
):
    """Say what one may do here; `of` is a command to hear more of."""

    of: Annotated[str, Asked(N_("About which command?"), longest=_ANY_LENGTH, ask=False)] = ""


class Cancel(Intent, tag="pc", command="cancel", summary=N_("Drop the form you are in the middle of")):
    """Drop the open form here."""


class Me(Intent, tag="pm", command="me", summary=N_("Your circles, your language and what I may send you")):
    """Show a person's own settings."""


class ChooseMyLanguage(Intent, tag="pl", title=N_("Your language")):
    """Speak another language."""

    language: Annotated[str, Asked(N_("Which language shall I speak with you?"), kind=Kind.CHOICE, choices="languages")]


class ChooseMyZone(Intent, tag="pz", title=N_("Your time zone")):
    """Show times of another place."""

    zone: Annotated[
        str,
        Asked(
            N_("Where are you?"),
            kind=Kind.SEARCH,
            choices="zones",
            hint=N_("A city in your time zone, for example “Madrid”"),
        ),
    ]


class ChooseQuietHours(Intent, tag="pq", title=N_("Your quiet hours")):
    """Keep messages that can wait out of some hours."""

    quiet_from: Annotated[
        str, Asked(N_("From what time should I be quiet?"), hint=N_("For example “21:00” or “9 pm”"), longest=20)
    ]
    quiet_to: Annotated[str, Asked(N_("Until what time?"), hint=N_("For example “8:00” or “8 am”"), longest=20)]


class AllowNudges(Intent, tag="pn"):
    """Say whether to be asked privately for a missing answer."""

    on: bool


class AllowTips(Intent, tag="pt"):
    """Say whether to be asked privately how a meeting went."""

    on: bool


class LinkAccount(
    Intent,
    tag="pk",
    command="link",
    summary=N_("Be one person here and in another app"),
    examples=(N_("/link"), N_("/link ABCD-EFGH-JKMN")),
    discreet=True,
):
    """Make a code that links another account; with the `code` of another account, link this one to it."""

    code: Annotated[str, Asked(N_("Which code does your other account show?"), longest=_ANY_LENGTH, ask=False)] = ""


class EnterCode(Intent, tag="pe", title=N_("Link an account"), discreet=True):
    """Bring the code of another account."""

    code: Annotated[
        str,
        Asked(
            N_("Which code does your other account show?"),
            hint=N_("Twelve letters and digits; /link shows it there"),
            longest=60,
        ),
    ]


class ConfirmLink(Intent, tag="py"):
    """Say whether to be one person with whoever made a code."""

    code: int
    sure: bool


class ShowAccounts(Intent, tag="pa"):
    """Show a person's accounts."""


class UnlinkAccount(Intent, tag="pu"):
    """Part an account (its number) from the rest; asked once more unless `sure`."""

    account: int
    sure: bool = False


class MyData(Intent, tag="pd", command="mydata", summary=N_("All that I keep about you")):
    """Show all that is kept about a person."""


class ForgetMe(Intent, tag="pf", command="forgetme", summary=N_("Erase what I keep about you")):
    """Erase a person's name and words; asked once more unless `sure`."""

    sure: bool = False
