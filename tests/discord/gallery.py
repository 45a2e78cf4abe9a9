"""Every message and form as it goes to Discord, for the golden files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from adapters.discord.forms import between, modal
from adapters.discord.render import drawn
from bot.chat.adapter import Ability
from bot.i18n import Catalogue
from tests.discord.payloads import faults, faults_of_form, payload

if TYPE_CHECKING:
    from adapters.discord.letter import Json, Letter
    from bot.chat.forms import Page
    from bot.chat.message import Message

CATALOGUE: Final = Catalogue()
_WIDE: Final = 100
_BY_CHANCE: Final = re.compile(r'("custom_id": "[a-z0-9]+\.|/start i?)(?:[0-9a-z]{9,13}(?=[.#"])|[A-Za-z0-9_-]{16,})')
"""What differs from life to life."""
_ORDER: Final = ("type", "custom_id", "title", "label", "content", "description", "component", "embeds", "components")


def _told(value: object, depth: int = 0) -> str:
    """Return JSON as it reads well: what is short and has nothing in it stands on one line."""
    inner, outer = "\n" + " " * (depth + 1), "\n" + " " * depth
    within = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    line = json.dumps(_ordered(value), ensure_ascii=False)
    if not any(isinstance(one, dict | list) for one in within) and len(line) <= _WIDE:
        return line
    if isinstance(value, dict):
        told = (f"{json.dumps(name)}: {_told(one, depth + 1)}" for name, one in _ordered(value).items())
        return f"{{{inner}{f',{inner}'.join(told)}{outer}}}"
    if isinstance(value, list):
        return f"[{inner}{f',{inner}'.join(_told(one, depth + 1) for one in value)}{outer}]"
    return line


def _ordered(value: object) -> Any:  # noqa: ANN401  # the same JSON
    """Return an object in an order in which it reads well."""
    if not isinstance(value, dict):
        return value
    names = sorted(value, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    return {name: value[name] for name in names}


def _calm(said: Json) -> Json:
    """Return a message without what each says of who may be notified, where that is nobody."""
    return {name: value for name, value in said.items() if name != "allowed_mentions" or value["users"]}


@dataclass
class DiscordPainter:
    """Pictures messages and forms as what goes to Discord."""

    platform: str = "discord"
    page_size: int = 5
    abilities: frozenset[Ability] = frozenset({Ability.PICK_PEOPLE, Ability.OPEN_ROOMS})
    links: bool = False
    faults: list[str] = field(default_factory=list)
    """What was beyond Discord's limits or its contract."""

    def message(self, message: Message, *, whole: bool = True, toast: str = "") -> str:
        """Return the picture of a message, with a word to whoever acted."""
        return self._letter(drawn(message, CATALOGUE, whole=whole, toast=toast))

    def page(self, page: Page) -> str:
        """Return the picture of a form, and of what stands before it where it follows another."""
        t = CATALOGUE.speaker("en")
        data = modal(page, t)
        self.faults += faults_of_form(data)
        if page.step == 1 and not any(question.error for question in page.questions):
            return _told(data)
        return f"{self._letter(between(page, t))}\n----- then -----\n{_told(data)}"

    def _letter(self, letter: Letter) -> str:
        said = [payload(one) for one in (letter, *letter.more)]
        self.faults += [fault for one in said for fault in faults(one)]
        return _BY_CHANCE.sub(r"\1BY-CHANCE", "\n----- next message -----\n".join(_told(_calm(one)) for one in said))
