"""What needs an operator, in words, with what helps. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.chat.message import Message
from bot.chat.text import Text, Typed, paragraphs
from bot.domain.linking import platform_name
from bot.domain.notices import Needed, WellAgain
from bot.domain.operating import Concern
from bot.i18n import N_, Translator


def needed(notice: Needed, given_up: int, t: Translator) -> Message:
    """Return what an operator is told; `given_up` is how much has been by now."""
    title, what, remedy = _told(notice, given_up, t)
    return Message(paragraphs(what, remedy), title=title)


def well(notice: WellAgain, t: Translator) -> Message:
    """Return that something is over."""
    name = platform_name(notice.about)
    match notice.concern:
        case Concern.TOKEN:
            said = t("{platform} knows me by my token again. What waited goes out now.", platform=name)
        case Concern.DISK:
            said = t("There is room on the disk again.")
        case Concern.STUCK:
            said = t("What was due goes out again.")
        case Concern.CLOCK:
            said = t("My clock is right again.")
        case _:
            said = t("That is over.")
    return Message(said, title=t.words("All well again"), silent=True)


_TITLES: Final = {
    Concern.TOKEN: N_("{platform} refuses my token"),
    Concern.ROOM: N_("Rooms that nobody can be told about"),
    Concern.DISK: N_("The disk is nearly full"),
    Concern.GIVEN_UP: N_("Messages were given up"),
    Concern.STUCK: N_("What is due does not go out"),
    Concern.BUSY: N_("The database did not answer"),
    Concern.CLOCK: N_("My clock is wrong"),
    Concern.CRASHES: N_("I start again and again"),
}


def title(concern: Concern, about: str, t: Translator) -> str:
    """Return what needs an operator, in a few words."""
    return t.words(_TITLES[concern], platform=platform_name(about))


def _told(notice: Needed, given_up: int, t: Translator) -> tuple[str, Text, Text]:
    """Return the title, what happened, and what helps."""
    fact, concern = _Facts(notice.facts), Concern(notice.concern)
    what, remedy = Text(), Text()
    match concern:
        case Concern.TOKEN:
            what = t(
                "{platform} does not know me by my token any more, so I hear and say nothing there. Nothing is lost: "
                "what is due waits.",
                platform=platform_name(notice.about),
            )
            remedy = t(
                "Make a new token ({where}), put it into the settings in place of the old one, and restart me. If "
                "you did not revoke the old one yourself, somebody else may have had it.",
                where="@BotFather: /mybots, API Token" if notice.about == "telegram" else "Bot, Reset Token",
            )
        case Concern.ROOM:
            what = t(
                "I cannot write in these rooms, and can tell nobody who looks after them: {rooms}.", rooms=fact.all(t)
            )
            remedy = t(
                "Let me in and let me write there again; or ask somebody of the circle to open a private chat with me, "
                "and to type /circle."
            )
        case Concern.DISK:
            what = t(
                "{free} are left ({percent} %). When it is full, I can save nothing: people are asked to try again, "
                "and nothing goes out.",
                free=sized(int(fact[0] or 0), t),
                percent=fact[1],
            )
            remedy = t("Take old logs and backups away, or give me a larger disk. You need not restart me for that.")
        case Concern.GIVEN_UP:
            what = t.plural(
                "I gave up {n} message, because the platform would not take it.",
                "I gave up {n} messages, because the platform would not take them.",
                max(given_up, 1),
            )
            remedy = t(
                "The log says which and why: look for {words}. If it says that I was refused, it is a mistake of mine: "
                "please report it.",
                words=Typed("failed"),
            )
        case Concern.STUCK:
            what = t("Something has been due for {minutes} minutes, although I am connected.", minutes=fact[0])
            remedy = t("Restart me. If it comes again, the log says more: look for errors of the scheduler.")
        case Concern.BUSY:
            what = t(
                "For {minutes} minutes the database took nothing. People were asked to try again; what was due goes "
                "out now.",
                minutes=fact[0],
            )
            remedy = t("Look whether it was restarted, its disk was full, or something else held it locked.")
        case Concern.CLOCK:
            what = t(
                "My clock differs from the platforms' by {minutes} minutes, so reminders come at a wrong time.",
                minutes=fact[0],
            )
            remedy = t("Switch on time synchronisation (NTP) on the machine I run on.")
        case Concern.CRASHES:
            what = t("I was started {times} times within {minutes} minutes.", times=fact[0], minutes=fact[1])
            remedy = t(
                "The log says what ended me each time. {command} names what is wrong with the settings.",
                command=Typed("circlebot check"),
            )
    return title(concern, notice.about, t), what, remedy


class _Facts:
    """What is known beside the concern; empty where it is not."""

    def __init__(self, facts: Sequence[str]) -> None:
        self._facts = facts

    def __getitem__(self, number: int) -> str:
        return self._facts[number] if number < len(self._facts) else "?"

    def all(self, t: Translator) -> str:
        """Return all of them, as a list."""
        return t.listed(self._facts)


_STEP = 1000.0


def sized(size: int, t: Translator) -> str:
    """Return a number of bytes in the unit that fits."""
    amount, units = float(size), ["kB", "MB", "GB", "TB"]
    unit = "B"
    while amount >= _STEP and units:
        amount, unit = amount / _STEP, units.pop(0)
    return f"{t.number(amount)} {unit}"
