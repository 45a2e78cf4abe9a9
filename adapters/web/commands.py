"""The commands as the composer completes them, with their options in the reader's language: pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.chat.intents import Asked, Kind

if TYPE_CHECKING:
    from adapters.web.frames import Json
    from bot.chat.adapter import CommandHelp
    from bot.i18n import Translator


def option(field: str, asked: Asked, required: bool, t: Translator) -> Json:  # noqa: FBT001  # read from the field
    """Return one typed option of a command."""
    labels = asked.labels or {}
    return {
        "field": field,
        "prompt": t.words(asked.prompt),
        "kind": asked.kind.value,
        "hint": t.words(asked.hint),
        "required": required,
        "longest": asked.longest,
        "choices": [[value, t.words(label)] for value, label in labels.items()],
        "completes": bool(asked.choices) or asked.kind is Kind.SEARCH,
    }


def menu(commands: Iterable[CommandHelp], t: Translator) -> list[Json]:
    """Return every command with its options, in menu order."""
    return [
        {
            "name": command.name,
            "named": command.named,
            "summary": command.summary,
            "examples": [t.words(example) for example in command.intent.examples],
            "options": [
                option(field, asked, command.intent.model_fields[field].is_required(), t)
                for field, asked in command.intent.asked.items()
            ],
        }
        for command in commands
        if not command.unlisted
    ]
