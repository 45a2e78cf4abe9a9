"""A page of a form as a modal, and what comes back from one: pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.discord.letter import Json, Letter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.chat.forms import Page
    from bot.i18n import Translator


@dataclass(frozen=True, slots=True)
class SentForm:
    """What a person sent with a modal, ready for `bot.chat.inbound.Filled`."""

    draft: int
    answers: Mapping[str, str]
    moments: Mapping[str, datetime] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


def modal(page: Page, t: Translator) -> Json:
    """Return a page as the data of a modal."""
    raise NotImplementedError


def between(page: Page, t: Translator) -> Letter:
    """Return what stands between two modals: what was wrong, and a button that opens the next."""
    raise NotImplementedError


def sent_form(data: Json) -> SentForm | None:
    """Return what a modal brought back, None where it is not ours."""
    raise NotImplementedError


def moment(words: str) -> datetime | None:
    """Return the instant that words are, as Discord writes one."""
    raise NotImplementedError
