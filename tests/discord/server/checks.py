"""What Discord checks of a message, a form and a menu before it takes them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from tests.discord.server.problems import Json, Problem, Wrongs

CONTENT: Final = 2000
EMBEDS: Final = 10
ALL_EMBEDS: Final = 6000
ROWS = ROW = 5
MENU: Final = 100
LARGEST: Final = 8000
"""How many characters a command may have, with all that can be said along with it."""
_NAME: Final = re.compile(r"[-_'\w\u0900-\u097F\u0E00-\u0E7F]{1,32}")
_LINK, _PREMIUM = 5, 6
_TEXT_INPUT, _LABEL, _TEXT = 4, 18, 10
_SELECTS: Final = {3, 5, 6, 7, 8}
_RADIO, _CHECKBOXES = 21, 22


def check_message(body: Json) -> None:
    """Raise 50035 for a message that breaks a limit; what is missing in it is not looked at."""
    wrongs = Wrongs()
    if body.get("content") is not None:
        wrongs.length("content", body["content"], 0, CONTENT)
    if body.get("embeds"):
        _check_embeds(wrongs, body["embeds"])
    if body.get("components"):
        _check_components(wrongs, body["components"])
    if (nonce := body.get("nonce")) is not None:
        wrongs.length("nonce", str(nonce), 0, 25)
    if (mentions := body.get("allowed_mentions")) is not None:
        for kind in ("users", "roles"):
            wrongs.count(f"allowed_mentions.{kind}", mentions.get(kind, []), 0, 100)
            if mentions.get(kind) and kind in mentions.get("parse", []):
                words = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
                wrongs.add("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)
    wrongs.raise_any()


def check_not_empty(content: str, embeds: list[Json], components: list[Json], files: int) -> None:
    """Raise 50006 for a message with nothing in it; buttons alone are nothing."""
    del components
    if not content.strip() and not embeds and not files:
        raise Problem(50006)


def check_form(form: Json) -> None:
    """Raise 50035 for a form that breaks a limit."""
    wrongs = Wrongs()
    wrongs.length("data.title", form.get("title"), 1, 45)
    wrongs.length("data.custom_id", form.get("custom_id"), 1, 100)
    parts = form.get("components", [])
    wrongs.count("data.components", parts, 1, 5)
    seen: set[str] = set()
    for number, part in enumerate(parts):
        where = f"data.components.{number}"
        if part.get("type") == _LABEL:
            wrongs.length(f"{where}.label", part.get("label"), 1, 45)
            if part.get("description") is not None:
                wrongs.length(f"{where}.description", part["description"], 0, 100)
            _check_input(wrongs, f"{where}.component", part.get("component", {}), seen)
        elif part.get("type") != _TEXT:
            wrongs.add(f"{where}.type", "BASE_TYPE_CHOICES", "This field must be one of (10, 18).")
    wrongs.raise_any()


def check_menu(commands: list[Json]) -> None:
    """Raise 50035 (30032 for too many) for commands that break a limit."""
    if len(commands) > MENU:
        raise Problem(30032, words="Maximum number of application commands reached (100).")
    wrongs = Wrongs()
    names: set[str] = set()
    for number, command in enumerate(commands):
        where = str(number)
        _check_named(wrongs, where, command)
        if command.get("name") in names:
            wrongs.add(
                f"{where}.name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
        names.add(command.get("name", ""))
        _check_options(wrongs, f"{where}.options", command.get("options") or [])
        if _size(command) > LARGEST:
            wrongs.add(where, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({LARGEST})")
    wrongs.raise_any()


def _check_embeds(wrongs: Wrongs, embeds: list[Json]) -> None:
    wrongs.count("embeds", embeds, 0, EMBEDS)
    size = 0
    for number, embed in enumerate(embeds):
        where = f"embeds.{number}"
        limits = {"title": 256, "description": 4096}
        for name, most in limits.items():
            if name in embed:
                wrongs.length(f"{where}.{name}", embed[name], 0, most)
        if "footer" in embed:
            wrongs.length(f"{where}.footer.text", embed["footer"].get("text"), 0, 2048)
        if "author" in embed:
            wrongs.length(f"{where}.author.name", embed["author"].get("name"), 0, 256)
        fields = embed.get("fields", [])
        wrongs.count(f"{where}.fields", fields, 0, 25)
        for place, field in enumerate(fields):
            wrongs.length(f"{where}.fields.{place}.name", field.get("name"), 1, 256)
            wrongs.length(f"{where}.fields.{place}.value", field.get("value"), 1, 1024)
        size += sum(len(embed.get(name, "")) for name in limits)
        size += len(embed.get("footer", {}).get("text", "")) + len(embed.get("author", {}).get("name", ""))
        size += sum(len(field.get("name", "")) + len(field.get("value", "")) for field in fields)
    if size > ALL_EMBEDS:
        wrongs.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _check_components(wrongs: Wrongs, rows: list[Json]) -> None:
    wrongs.count("components", rows, 0, ROWS)
    seen: set[str] = set()
    for number, row in enumerate(rows):
        where = f"components.{number}"
        if row.get("type") != 1:
            wrongs.add(f"{where}.type", "BASE_TYPE_CHOICES", "This field must be one of (1).")
            continue
        parts = row.get("components", [])
        wrongs.count(f"{where}.components", parts, 1, ROW)
        for place, part in enumerate(parts):
            if part.get("type") == 2:
                _check_button(wrongs, f"{where}.components.{place}", part, seen)
            elif part.get("type") in _SELECTS:
                if len(parts) > 1:
                    wrongs.add(f"{where}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The row is too wide")
                _check_input(wrongs, f"{where}.components.{place}", part, seen)
            else:
                wrongs.add(f"{where}.components.{place}.type", "BASE_TYPE_CHOICES", "This field must be one of (2, 3).")


def _check_button(wrongs: Wrongs, where: str, button: Json, seen: set[str]) -> None:
    label = button.get("label")
    wrongs.length(f"{where}.label", label, 0, 80)
    if not label and not button.get("emoji"):
        wrongs.add(where, "BUTTON_COMPONENT_CONTENT_REQUIRED", "A button must have a label or an emoji")
    if button.get("style") == _LINK:
        if "custom_id" in button:
            wrongs.add(
                f"{where}.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL", "A custom id and url cannot both be given"
            )
        _check_url(wrongs, f"{where}.url", button.get("url"))
    elif button.get("style") not in {1, 2, 3, 4}:
        wrongs.add(f"{where}.style", "BASE_TYPE_CHOICES", "This field must be one of (1, 2, 3, 4, 5).")
    else:
        _check_custom_id(wrongs, where, button, seen)


def _check_url(wrongs: Wrongs, where: str, url: object) -> None:
    wrongs.length(where, url, 1, 512)
    if isinstance(url, str) and (urlsplit(url).scheme not in {"http", "https", "discord"} or not urlsplit(url).netloc):
        wrongs.add(where, "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'discord').")


def _check_custom_id(wrongs: Wrongs, where: str, part: Json, seen: set[str]) -> None:
    custom_id = part.get("custom_id")
    wrongs.length(f"{where}.custom_id", custom_id, 1, 100)
    if isinstance(custom_id, str):
        if custom_id in seen:
            words = "Component custom id cannot be duplicated"
            wrongs.add(f"{where}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", words)
        seen.add(custom_id)


def _check_input(wrongs: Wrongs, where: str, part: Json, seen: set[str]) -> None:
    _check_custom_id(wrongs, where, part, seen)
    kind = part.get("type")
    if kind == _TEXT_INPUT:
        _check_text_input(wrongs, where, part)
    elif kind in _SELECTS:
        if part.get("placeholder") is not None:
            wrongs.length(f"{where}.placeholder", part["placeholder"], 0, 150)
        if kind == 3:
            _check_choices(wrongs, where, part, 1, 25)
    elif kind == _RADIO:
        _check_choices(wrongs, where, part, 2, 10)
    elif kind == _CHECKBOXES:
        _check_choices(wrongs, where, part, 1, 10)
    elif kind != 23:
        wrongs.add(f"{where}.type", "BASE_TYPE_CHOICES", "This kind of component cannot stand here.")


def _check_text_input(wrongs: Wrongs, where: str, part: Json) -> None:
    least, most = part.get("min_length") or 0, part.get("max_length") or 4000
    if part.get("style") not in {1, 2}:
        wrongs.add(f"{where}.style", "BASE_TYPE_CHOICES", "This field must be one of (1, 2).")
    if not 0 <= least <= most <= 4000:
        wrongs.add(f"{where}.max_length", "NUMBER_TYPE_MAX", "int value should be between 1 and 4000.")
    if part.get("placeholder") is not None:
        wrongs.length(f"{where}.placeholder", part["placeholder"], 0, 100)
    if part.get("value"):
        wrongs.length(f"{where}.value", part["value"], least, most)


def _check_choices(wrongs: Wrongs, where: str, part: Json, least: int, most: int) -> None:
    options = part.get("options", [])
    wrongs.count(f"{where}.options", options, least, most)
    values: set[str] = set()
    for number, option in enumerate(options):
        one = f"{where}.options.{number}"
        wrongs.length(f"{one}.label", option.get("label"), 1, 100)
        wrongs.length(f"{one}.value", option.get("value"), 1, 100)
        if option.get("description") is not None:
            wrongs.length(f"{one}.description", option["description"], 0, 100)
        if option.get("value") in values:
            wrongs.add(
                f"{one}.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
            )
        values.add(str(option.get("value")))
    chosen = sum(bool(option.get("default")) for option in options)
    if chosen > ((part.get("max_values") or 1) if part.get("type") != _CHECKBOXES else most):
        wrongs.add(f"{where}.options", "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "Too many options are chosen")


def _check_named(wrongs: Wrongs, where: str, told: Json) -> None:
    localized = {
        f"{where}.name_localizations.{at}": name for at, name in (told.get("name_localizations") or {}).items()
    }
    for path, name in ({f"{where}.name": told.get("name")} | localized).items():
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name != name.lower():
            wrongs.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    localized = {
        f"{where}.description_localizations.{at}": words
        for at, words in (told.get("description_localizations") or {}).items()
    }
    for path, words in ({f"{where}.description": told.get("description")} | localized).items():
        wrongs.length(path, words, 1, 100)


def _size(told: Json) -> int:
    """Return how many characters a command or a part of it has; of languages, the one with the most counts."""
    size = len(str(told.get("value", "")))
    for name in ("name", "description"):
        words = [told.get(name) or "", *(told.get(f"{name}_localizations") or {}).values()]
        size += max(len(one) for one in words)
    return size + sum(_size(part) for part in [*(told.get("options") or []), *(told.get("choices") or [])])


def _check_options(wrongs: Wrongs, where: str, options: list[Json]) -> None:
    wrongs.count(where, options, 0, 25)
    names: set[str] = set()
    has_optional = False
    for number, option in enumerate(options):
        one = f"{where}.{number}"
        _check_named(wrongs, one, option)
        if option.get("name") in names:
            wrongs.add(f"{one}.name", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
        names.add(option.get("name", ""))
        if option.get("required") and has_optional:
            wrongs.add(one, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must come first")
        has_optional |= not option.get("required")
        choices = option.get("choices") or []
        wrongs.count(f"{one}.choices", choices, 0, 25)
        for place, choice in enumerate(choices):
            wrongs.length(f"{one}.choices.{place}.name", choice.get("name"), 1, 100)
            if option.get("type") == 3:
                wrongs.length(f"{one}.choices.{place}.value", choice.get("value"), 1, 100)
        if choices and option.get("autocomplete"):
            wrongs.add(f"{one}.autocomplete", "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE", "No choices with autocomplete")
