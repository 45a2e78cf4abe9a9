"""A settings file with a word on every setting, made from what the settings say of themselves."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from bot.config import Settings
from bot.settings_form import Accepts, sections

Chosen = dict[str, dict[str, Any]]
"""Values by section and key."""
_WIDTH = 118
_HEAD = """\
# Circlebot's settings, written by `circlebot init`. What stands behind a # is not set: its default holds.
# Every setting can also come from the environment, which wins: `port` below [http] is CIRCLEBOT_HTTP__PORT.
# config.example.toml says more of each; `circlebot check` says what is wrong.
"""


def settings_text(chosen: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a settings file in which the chosen values hold.

    Every other setting is there as a comment, each of which will do without its #: as the default, or as an example.
    """
    parts = [_HEAD]
    for section, model in sections(Settings).items():
        lines = [f"[{section}]"]
        for key, field in model.model_fields.items():
            takes = next(item.words for item in field.metadata if isinstance(item, Accepts))
            words, is_chosen = f"{field.description} Takes {takes}.", key in chosen.get(section, {})
            value = chosen[section][key] if is_chosen else field.get_default()
            # A secret has no example: where somebody took it as it stands, everybody would know it.
            if value is None and field.examples:
                words, value = f"{words} Not set; an example:", field.examples[0]
            lines += textwrap.wrap(words, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
            lines.append(f"{'' if is_chosen else '# '}{key} = {_toml(value)}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _toml(value: object) -> str:
    """Return a value as TOML writes it; a secret that is not there as an empty text, which is none."""
    match value:
        case None:
            return '""'
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case SecretStr():
            return _toml(value.get_secret_value())
        case list() | tuple():
            return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
