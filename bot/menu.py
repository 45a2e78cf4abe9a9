"""The menu: what the commands are called in a language, and what can be said along with each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.answers import fixed_choices, longest
from bot.chat.adapter import CommandHelp, Option
from bot.chat.intents import Asked, Intent, Kind
from bot.domain.words import folded
from bot.feature import Route
from bot.i18n import Catalogue, Translator
from bot.rules import Audience, audience_of

MOST_CHOICES = 25
"""How many choices the tightest of the platforms lists with an option."""


def menu(commands: Mapping[str, Route], t: Translator) -> list[CommandHelp]:
    """Return every command that has a summary, as a menu in `t`'s language shows it."""
    shown = {name: route for name, route in commands.items() if route.intent.summary}
    names = _named("command", shown, t)
    return [
        CommandHelp(
            name,
            t.declared(route.intent.summary),
            route.intent,
            audience_of(route.allow) <= Audience.LEARNER,
            unlisted=audience_of(route.allow) is Audience.OPERATOR,
            named=names[name],
            options=_options(route.intent, t),
        )
        for name, route in shown.items()
    ]


def names(commands: Mapping[str, Route], t: Translator) -> dict[str, str]:
    """Return each command's own name by what people may call it in a language, folded: `ayuda` is /help."""
    return {folded(said): own for own, said in _named("command", commands, t).items()} | {own: own for own in commands}


def names_anywhere(commands: Mapping[str, Route], catalogue: Catalogue) -> dict[str, str]:
    """Return the same for all languages; what means one command here and another one there is no name of any."""
    found: dict[str, str] = {}
    for language in catalogue.languages:
        for said, own in names(commands, catalogue.speaker(language)).items():
            found[said] = own if found.get(said, own) == own else ""
    return {said: own for said, own in found.items() if own} | {own: own for own in commands}


class Called:
    """Finds commands by what people call them. The first name that is not their own has every catalogue read: slow."""

    def __init__(self, commands: Mapping[str, Route], catalogue: Catalogue) -> None:
        self._commands, self._catalogue = commands, catalogue
        self._names: Mapping[str, str] = {}

    def __call__(self, name: str) -> Route | None:
        """Return the command of a name: its own, or what it is called in any language, by whoever types it."""
        route = self._commands.get(name.casefold())
        if route is not None:
            return route
        if not self._names:  # few need them: there is a menu
            self._names = names_anywhere(self._commands, self._catalogue)
        return self._commands.get(self._names.get(folded(name), ""))

    def is_slow(self, name: str) -> bool:
        """Say whether a name has the catalogues read, for which nobody else should wait."""
        return not self._names and name.casefold() not in self._commands


def _options(intent: type[Intent], t: Translator) -> tuple[Option, ...]:
    """Return the options for the questions that are the bot's own, and not a person's."""
    asked = {field: how for field, how in intent.asked.items() if how.prompt and not how.verbatim}
    names = _named("option", asked, t)
    return tuple(_option(intent, field, how, names[field], t) for field, how in asked.items())


def _option(intent: type[Intent], field: str, how: Asked, named: str, t: Translator) -> Option:
    choices = () if how.choices else fixed_choices(intent, field, how, t)
    return Option(
        field,
        named,
        t.declared(how.prompt),
        how.kind,
        choices if len(choices) <= MOST_CHOICES else (),
        is_completed=bool(how.choices) or how.kind is Kind.SEARCH or len(choices) > MOST_CHOICES,
        longest=longest(how),
        least=how.least,
        most=how.most,
    )


def _named(sort: str, names: Iterable[str], t: Translator) -> dict[str, str]:
    """Return what each is called in a language: by its own name where another is called so already.

    An accent alone tells no two apart: people leave it out.
    """
    whose = {folded(name): name for name in names}
    said = {name: t.named(sort, name) for name in whose.values()}
    return {name: called if whose.setdefault(folded(called), name) == name else name for name, called in said.items()}
