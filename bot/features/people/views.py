"""What people see of the bot itself and of their own settings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from bot.chat.message import Button, Message, Style, gridded
from bot.chat.text import Bold, Text, Typed, joined, lines, paragraphs
from bot.domain.circles import Circle, CircleState
from bot.domain.people import Account, Person, Role
from bot.feature import Route
from bot.features.people.doors import audience, label
from bot.features.people.intents import AllowNudges, AllowTips, ChooseMyLanguage, ChooseMyZone, ChooseQuietHours
from bot.features.people.linking_views import named
from bot.i18n import N_, Translator
from bot.rules import Audience

_GROUPS: Final = {
    Audience.ANYONE: N_("For everybody"),
    Audience.LEARNER: N_("In your circle"),
    Audience.FACILITATOR: N_("For facilitators"),
    Audience.ORGANIZER: N_("For organizers"),
    Audience.OPERATOR: N_("For whoever runs me"),
}
_USUAL: Final = ("next", "circle", "feedback", "circles", "newcircle", "me", "community", "digest")
"""What has a button in the help, in this order; what is seldom wanted, or cannot be taken back, is only told of."""
_FOR_ORGANIZERS: Final = frozenset({"community"})
"""What everybody may do, but few want to."""
_CIRCLES_SHOWN: Final = 15
DOORS_SHOWN: Final = 4
"""How many buttons lead on from one's settings: a message has five rows."""


def greeting(person: Person, standing: Audience, buttons: tuple[Button, ...], t: Translator) -> Message:
    """Return the welcome in a private chat, with what one can do next."""
    hello = t("Hello {name}! I look after learning circles.", name=Bold(person.name))
    match standing:
        case Audience.ANYONE:
            more = t(
                "A learning circle is a small group that meets for about 90 minutes a week to learn something "
                "together. Nobody has to be an expert. Look for one that suits you, or start your own."
            )
        case Audience.LEARNER:
            more = t("I remind you of your meetings, and you tell me here whether you are coming and how it went.")
        case Audience.FACILITATOR:
            more = t(
                "I remind your circle of its meetings, ask who is coming and gather plus and delta, so that you can be "
                "with your people."
            )
        case _:
            more = t("I keep an eye on your circles, and once a week I tell you how they are and which ones need help.")
    return Message(paragraphs(hello, more), rows=gridded(buttons, 2))


def room_greeting(title: str, buttons: tuple[Button, ...], t: Translator) -> Message:
    """Return the hello to a room in which no circle lives yet."""
    hello = t("Hello everybody! I look after learning circles.")
    where = t("A circle can live here in “{room}”.", room=title) if title else t("A circle can live in this room.")
    more = t("I announce its meetings, ask who is coming, remind you, and gather plus and delta afterwards.")
    begin = t("To begin, whoever runs the circle presses “Start a circle” and answers a few questions.")
    privacy = t("I only know those who press a button or write me a command: nobody is signed up by being here.")
    return Message(paragraphs(hello, lines(where, more), begin, privacy), rows=gridded(buttons, 2))


def room_again(circles: Sequence[Circle], buttons: tuple[Button, ...], t: Translator) -> Message:
    """Return the hello to a room in which circles live."""
    living = [circle.title for circle in circles if circle.state is CircleState.PUBLISHED]
    here = t("Here I look after {circles}.", circles=t.listed(living))
    return Message(lines(here, t("Press a button, or write {help}.", help=Typed("/help"))), rows=gridded(buttons, 3))


def help_page(routes: Sequence[Route], t: Translator) -> Message:
    """Return the commands grouped by whom they are for, with a summary and an example each.

    To whoever looks after circles, theirs come first, and of what everybody can do no more than the names are told.
    """
    most = max(map(audience, routes), default=Audience.ANYONE)
    grouped = {whom: tuple(members) for whom, members in groupby(sorted(routes, key=audience), key=audience)}
    runs_some = most >= Audience.FACILITATOR
    in_full = {whom for whom in grouped if not runs_some or whom >= Audience.FACILITATOR}
    groups = [_explained(whom, members, t) for whom, members in grouped.items() if whom in in_full]
    groups += [_names(whom, members, t) for whom, members in grouped.items() if whom not in in_full]
    if runs_some:
        groups.append(t("{help} says more about one of them.", help=Typed("/help next")))
    organizes = any(audience(route) is Audience.ORGANIZER for route in routes)
    known = {route.intent.command: route for route in routes}
    usual = [known[command] for command in _USUAL if command in known and (organizes or command not in _FOR_ORGANIZERS)]
    buttons = tuple(Button(label(route, t), route.intent.about()) for route in usual)
    return Message(
        paragraphs(
            t("Press a button, or write a command:"),
            *groups,
            t(
                "Times and dates in plain words: “Tuesday 6pm”. {cancel} gets you out of any form.",
                cancel=Typed("/cancel"),
            ),
        ),
        title=t.words("What you can do here"),
        rows=gridded(buttons, 2),
    )


def _explained(whom: Audience, members: Sequence[Route], t: Translator) -> Text:
    """Return a group of commands with what each of them does."""
    return lines(Bold(t.words(_GROUPS[whom])), *(_help_line(route, t) for route in members))


def _names(whom: Audience, members: Sequence[Route], t: Translator) -> Text:
    """Return a group of commands by their names."""
    named = joined((Typed(f"/{route.intent.command}") for route in members), " ")
    return lines(Bold(t.words(_GROUPS[whom])), named)


def _help_line(route: Route, t: Translator) -> Text:
    intent = route.intent
    line = t("{command}: {summary}", command=Typed(f"/{intent.command}"), summary=t(intent.summary))
    telling = [example for example in map(t.words, intent.examples) if example != f"/{intent.command}"]
    return t("{line} (for example {example})", line=line, example=Typed(telling[0])) if telling else line


def help_about(route: Route, t: Translator) -> Message:
    """Return all about one command."""
    intent = route.intent
    examples = [Text.of(Typed(t.words(example))) for example in intent.examples] or [
        Text.of(Typed(f"/{intent.command}"))
    ]
    return Message(
        paragraphs(t(intent.summary), lines(t("For example:"), *examples)),
        title=f"/{intent.command}",
        rows=((Button(label(route, t), intent.about(), Style.PRIMARY),),),
    )


def settings(
    person: Person,
    circles: Sequence[tuple[Circle, Role]],
    accounts: Sequence[Account],
    doors: Sequence[Button],
    zone: str,
    t: Translator,
) -> Message:
    """Return a person's own settings; `zone` is the one that serves while they have chosen none."""
    mine = [
        t("{circle} (you run it)", circle=Bold(circle.title))
        if role is Role.FACILITATOR
        else Text.of(Bold(circle.title))
        for circle, role in circles[:_CIRCLES_SHOWN]
    ]
    more = len(circles) - _CIRCLES_SHOWN
    rest = t.plural("and {n} more", "and {n} more", more) if more > 0 else ""
    language = t.language_name(person.language) if person.language else t.words("as your app tells me")
    quiet = (
        t("Quiet hours: from {start} to {end}", start=t.clock(person.quiet_from), end=t.clock(person.quiet_to))
        if person.quiet_from != person.quiet_to
        else t("Quiet hours: none")
    )
    return Message(
        paragraphs(
            lines(t("Your circles:"), *mine, rest) if circles else t("You are in no circle yet."),
            lines(
                t("Language: {language}", language=language),
                t("Time zone: {zone}", zone=t.zone(person.zone or zone)),
                quiet,
                t("Accounts: {accounts}", accounts=named(accounts, t)) if len(accounts) > 1 else "",
            ),
            lines(
                t("I ask you privately when your answer for a meeting is missing: yes")
                if person.nudges
                else t("I ask you privately when your answer for a meeting is missing: no"),
                t("I ask you privately how a meeting that you ran went: yes")
                if person.tips
                else t("I ask you privately how a meeting that you ran went: no"),
            ),
        ),
        title=person.name,
        rows=(*_switches(person, t), *gridded(tuple(doors), 2)),
    )


def _switches(person: Person, t: Translator) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons that change a person's settings."""
    return (
        (
            Button(t.words("Language"), ChooseMyLanguage.about()),
            Button(t.words("Time zone"), ChooseMyZone.about()),
            Button(t.words("Quiet hours"), ChooseQuietHours.about()),
        ),
        (
            Button(t.words("Do not ask me for answers"), AllowNudges(on=False))
            if person.nudges
            else Button(t.words("Ask me for answers"), AllowNudges(on=True)),
        ),
        (
            Button(t.words("Do not ask me how it went"), AllowTips(on=False))
            if person.tips
            else Button(t.words("Ask me how it went"), AllowTips(on=True)),
        ),
    )
