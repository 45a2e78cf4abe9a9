"""The menu that Discord shows when somebody types `/`: each command with what can be said along, in each language."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import chain
from typing import Final, TypeVar

import discord

from adapters.discord.fitting import label
from adapters.discord.letter import Json
from adapters.discord.markup import SNOWFLAKE
from bot.chat.adapter import CommandHelp, Inbox, Option
from bot.chat.forms import Choice
from bot.chat.intents import Kind
from bot.chat.words import units
from bot.i18n import Catalogue

log = logging.getLogger(__name__)

LOCALES: Final = (*map(str, discord.Locale), "ar", "he")
"""The languages of Discord's own app; it knows two more than the library does."""
_OTHERWISE_CALLED: Final = {"no": "nb", "zh-CN": "zh-Hans", "zh-TW": "zh-Hant"}
"""What Discord calls by a country, or vaguely, as the language that is written there."""
COMMANDS: Final = 100
OPTIONS: Final = 25
CHOICES: Final = 25
LONGEST_NAME: Final = 32
LONGEST_DESCRIPTION: Final = 100
LONGEST_CHOICE: Final = 100
LONGEST_WORDS: Final = 6000
LARGEST: Final = 8000
"""How many characters a command may have in all its names, descriptions and values, the longest language of each."""

_SLASH_COMMAND: Final = 1
_WORDS, _WHOLE_NUMBER, _USER = 3, 4, 6
_IN_SERVERS, _WITH_THE_BOT = 0, 1
_ON_SERVERS: Final = 0
_SCRIPTS_WITH_SIGNS: Final = (range(0x0900, 0x0980), range(0x0E00, 0x0E80))
"""Devanagari and Thai, whose vowel signs are no letters and yet are taken in names."""

_T = TypeVar("_T")
Wording = Mapping[str, str]
"""A text in each of our languages that has it; the first is what everybody else reads."""


async def tell(client: discord.Client, inbox: Inbox, catalogue: Catalogue) -> Mapping[str, str]:
    """Tell Discord the commands if they are others than it was told last, or somebody else has told it others since.

    Returns the ids that it has given them, by their names. Raises `discord.HTTPException`.
    """
    if client.application_id is None:
        raise RuntimeError("commands are told after the login")
    tags = dict.fromkeys((catalogue.default, *catalogue.languages))
    commands = payload({tag: await inbox.commands(tag) for tag in tags})
    told = blake2b(json.dumps(commands, sort_keys=True).encode(), digest_size=16).hexdigest()
    key = f"discord:commands:{client.application_id}"
    before, _, kept = (await inbox.recall(key)).partition(" ")
    if before == told:
        if kept == _noted(await client.http.get_global_commands(client.application_id)):
            return _ids(kept)
        log.info("Discord has another menu of commands than we told it; telling it again")
    kept = _noted(await client.http.bulk_upsert_global_commands(client.application_id, commands))
    await inbox.keep(key, f"{told} {kept}")
    log.info("Discord knows %d commands, in: %s", len(commands), ", ".join(tags))
    return _ids(kept)


def _noted(answer: Iterable[Mapping[str, object]]) -> str:
    """Return commands as Discord answers them in a word each: its name, its id, and which version of it that is."""
    told = ((str(one.get("name", "")), str(one.get("id", "")), str(one.get("version", ""))) for one in answer)
    return " ".join(
        sorted(
            f"{name}:{id_}:{version}"
            for name, id_, version in told
            if _is_name(name) and id_.isdecimal() and len(id_) <= SNOWFLAKE and (version.isdecimal() or not version)
        )
    )


def _ids(noted: str) -> dict[str, str]:
    """Return the ids of commands that were noted so, by their names."""
    return {name: id_ for name, id_, _ in (one.split(":") for one in noted.split())}


def payload(help_by_language: Mapping[str, Sequence[CommandHelp]]) -> list[Json]:
    """Return the commands in Discord's words; the first language speaks for all that have no words of their own.

    An option is called by its field's name, whatever it is shown as: that is what comes back. Discord's limits:
    https://docs.discord.com/developers/interactions/application-commands#registering-a-command.
    """
    locales = locales_of(tuple(help_by_language))
    by_name: dict[str, dict[str, CommandHelp]] = {}
    for tag, commands in help_by_language.items():
        for command in commands:
            by_name.setdefault(command.name, {})[tag] = command
    shown = {name: told for name, told in by_name.items() if _is_name(name)}
    names = _names({name: _wording(told, lambda one: one.named) for name, told in shown.items()}, locales)
    return [_command(name, told, names[name], locales) for name, told in list(shown.items())[:COMMANDS]]


def locales_of(tags: Sequence[str]) -> Mapping[str, str]:
    """Return which of our languages speaks for each of Discord's: the very one, else one of the same language."""
    found = {}
    for locale in LOCALES:
        exact = dict.fromkeys((_OTHERWISE_CALLED.get(locale, locale), locale))
        general = dict.fromkeys(tag.partition("-")[0] for tag in exact)
        near = [tag for tag in tags if tag.partition("-")[0] in general]
        if near:
            found[locale] = min(near, key=lambda tag: (tag not in exact, tag not in general))
    return found


def _command(name: str, told: Mapping[str, CommandHelp], names: Json, locales: Mapping[str, str]) -> Json:
    command: Json = {
        "type": _SLASH_COMMAND,
        "name": name,
        **names,
        **_described(_wording(told, lambda one: one.summary), name, locales),
        "options": _options(told, locales),
        # A hint that hides from nobody, unless a server's managers say otherwise: organizers and facilitators need have
        # no rights on the server, and would look in vain for what is theirs. Who may do what is for the core to say.
        "default_member_permissions": None,
        "contexts": [_IN_SERVERS, _WITH_THE_BOT],
        "integration_types": [_ON_SERVERS],
    }
    return _within_its_size(command)


def _options(told: Mapping[str, CommandHelp], locales: Mapping[str, str]) -> list[Json]:
    by_field: dict[str, dict[str, Option]] = {}
    for tag, command in told.items():
        for option in command.options:
            by_field.setdefault(option.field, {})[tag] = option
    shown = {field: options for field, options in by_field.items() if _is_name(field)}
    names = _names({field: _wording(options, lambda one: one.named) for field, options in shown.items()}, locales)
    return [
        {
            "name": field,
            **names[field],
            **_described(_wording(options, lambda one: one.prompt), field, locales),
            **_typed(options, locales),
        }
        for field, options in list(shown.items())[:OPTIONS]
    ]


def _typed(told: Mapping[str, Option], locales: Mapping[str, str]) -> Json:
    """Return of what sort an option's values are, and which ones there are. None is needed: forms ask for the rest."""
    option = next(iter(told.values()))
    if option.kind is Kind.PERSON:
        return {"type": _USER}
    if option.kind is Kind.NUMBER:
        return {"type": _WHOLE_NUMBER, "min_value": option.least, "max_value": option.most}
    if choices := _choices(told, locales):
        return {"type": _WORDS, "choices": choices}
    words: Json = {"type": _WORDS, "max_length": min(max(option.longest, 1), LONGEST_WORDS)}
    return words | {"autocomplete": True} if option.is_completed else words


def _choices(told: Mapping[str, Option], locales: Mapping[str, str]) -> list[Json]:
    """Return what there is to choose from; nothing where there is more of it than Discord shows, or too long."""
    first = next(iter(told.values())).choices
    if len(first) > CHOICES or any(units(choice.value) > LONGEST_CHOICE for choice in first):
        return []
    labels = {tag: {choice.value: choice for choice in option.choices} for tag, option in told.items()}
    return [{"value": choice.value, **_labelled(choice, labels, locales)} for choice in first]


def _labelled(choice: Choice, labels: Mapping[str, Mapping[str, Choice]], locales: Mapping[str, str]) -> Json:
    there = {tag: known[choice.value] for tag, known in labels.items() if choice.value in known}
    wording = {tag: chosen(found.value, found.label) for tag, found in there.items()}
    usual = next(iter(wording.values()))
    return _in_all("name", usual, wording, locales)


def _described(wording: Wording, otherwise: str, locales: Mapping[str, str]) -> Json:
    fitting = {tag: said for tag, words in wording.items() if (said := label(words, LONGEST_DESCRIPTION))}
    return _in_all("description", next(iter(fitting.values()), otherwise), fitting, locales)


def chosen(value: str, words: str) -> str:
    """Return what a choice is called: in words, or as its value where nothing would be seen of them."""
    return label(words, LONGEST_CHOICE) or value


def _in_all(key: str, usual: str, wording: Wording, locales: Mapping[str, str]) -> Json:
    """Return a text as everybody reads it, and as those do whose language has another."""
    others = {locale: wording[tag] for locale, tag in locales.items() if wording.get(tag, usual) != usual}
    return {key: usual, f"{key}_localizations": others} if others else {key: usual}


def _names(wordings: Mapping[str, Wording], locales: Mapping[str, str]) -> Mapping[str, Json]:
    """Return what commands or options are called in each language, by their own names, which never double."""
    found: dict[str, dict[str, str]] = {name: {} for name in wordings}
    for locale, tag in locales.items():
        taken = set(wordings)
        for name, wording in wordings.items():
            named = wording.get(tag, "")
            if _is_name(named) and named not in taken:
                found[name][locale] = named
                taken.add(named)
    return {name: {"name_localizations": others} if others else {} for name, others in found.items()}


def _wording(told: Mapping[str, _T], words: Callable[[_T], str]) -> Wording:
    return {tag: said for tag, one in told.items() if (said := words(one))}


def _is_name(word: str) -> bool:
    """Say whether Discord takes a word as the name of a command or an option."""
    return 0 < len(word) <= LONGEST_NAME and word == word.lower() and all(map(_is_of_names, word))


def _is_of_names(letter: str) -> bool:
    return letter in "-_'" or letter.isalnum() or any(ord(letter) in script for script in _SCRIPTS_WITH_SIGNS)


def _within_its_size(command: Json) -> Json:
    """Leave out what makes a command larger than Discord takes it: long lists of choices first, then last options."""
    options = command["options"]
    while size(command) > LARGEST:
        lists = [option for option in options if "choices" in option]
        if lists:
            del max(lists, key=size)["choices"]
        else:
            options.pop()
    return command


def size(part: Json) -> int:
    """Return how many characters count of a command, an option or a choice."""
    own = sum(_longest(part, key) for key in ("name", "description", "value"))
    inner: Iterable[Json] = chain(part.get("options", ()), part.get("choices", ()))
    return own + sum(map(size, inner))


def _longest(part: Json, key: str) -> int:
    return max(map(units, (str(part.get(key, "")), *part.get(f"{key}_localizations", {}).values())))
