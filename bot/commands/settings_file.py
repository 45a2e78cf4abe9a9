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
# Circlebot's settings, written by `circlebot init`. What stands behind a # keeps its default.
# Every setting can also come from the environment, which wins: `port` below [http] is CIRCLEBOT_HTTP__PORT.
# config.example.toml says more of each; `circlebot check` says what is wrong.
"""


def settings_text(chosen: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a settings file in which the chosen values hold; every other setting is there as a comment."""
    parts = [_HEAD]
    for section, model in sections(Settings).items():
        lines = [f"[{section}]"]
        for key, field in model.model_fields.items():
            takes = next(item.words for item in field.metadata if isinstance(item, Accepts))
            words = f"{field.description} Takes {takes}."
            lines += textwrap.wrap(words, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
            if key in chosen.get(section, {}):
                lines.append(f"{key} = {_toml(chosen[section][key])}")
            else:
                lines.append(f"# {key} = {_toml(field.get_default())}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _toml(value: object) -> str:
    """Return a value as TOML writes it; one that is not there as an empty text, for a comment."""
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
