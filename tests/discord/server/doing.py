"""Something that somebody did with the bot: a command, a button, a form; and how it is answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from tests.discord.server.problems import Json
from tests.discord.server.state import Channel, Message, User

FIRST_S: Final = timedelta(seconds=3)
TOKEN_S: Final = timedelta(minutes=15)


class Did(IntEnum):
    """What sort of thing somebody did."""

    COMMAND = 2
    COMPONENT = 3
    TYPING = 4
    FORM = 5


class Answered(IntEnum):
    """How it was answered first."""

    MESSAGE = 4
    LATER = 5
    LATER_IN_PLACE = 6
    IN_PLACE = 7
    CHOICES = 8
    FORM = 9


@dataclass(eq=False)
class Interaction:
    """Something that somebody did, and what came of it.

    `told` is its JSON. `settled` is set when the person sees an answer (not "thinking…"), or that it has failed.
    `original` is the message that its first answer made or drew; `followups` are the further ones.
    """

    id: int
    token: str
    did: Did
    user: User
    channel: Channel
    at: datetime
    told: Json
    source: Message | None = None
    opened_by: Interaction | None = None
    """What opened the form that was sent."""
    answered: Answered | None = None
    was_ephemeral: bool = False
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    form: Json | None = None
    choices: list[Json] | None = None
    has_failed: bool = False
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    patience: timedelta = FIRST_S
    """For how long its first answer is waited for."""

    def is_overdue(self, now: datetime) -> bool:
        """Say whether its first answer is too late."""
        return self.answered is None and not self.has_failed and now - self.at >= self.patience

    def is_dead(self, now: datetime) -> bool:
        """Say whether nothing can be done with its token any more."""
        return now - self.at >= TOKEN_S

    @property
    def shown(self) -> str:
        """What the person sees for it, as words: the message's, the form's title, or that it failed."""
        if self.has_failed:
            return "This interaction failed"
        if self.form is not None:
            return str(self.form["title"])
        message = self.followups[-1] if self.followups else self.original
        return message.shown if message is not None else ""
