"""Every error that crosses a boundary of ours.

* CircleBotError
  + Declined      a person asked for what cannot be done; carries the kind, specific answer
  + BadAnswers    some answers of a form will not do; carries what is wrong with each
  + Unparsable    a button's payload that means nothing (any more)
  + ConfigError   the configuration cannot be used; lists every problem
  + GaveUp        what ran has ended by itself
  + CalledOff     whoever was asked said no, and nothing was done: no error to them
  + TokenRejected a platform does not know the bot by its token
  + StorageBusy   the database could not take the work now; trying again may help
    + Overtaken   somebody else has changed what the work had read: it is run again by the storage itself
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.text import Text


class CircleBotError(Exception):
    """The root of our own errors."""


class Declined(CircleBotError):
    """What a person asked for is not done, and nothing has changed; `answer` says why in their language."""

    def __init__(self, answer: Text) -> None:
        super().__init__(str(answer))
        self.answer = answer


class BadAnswers(CircleBotError):
    """Some answers will not do: those that `errors` names are asked again, the others kept; nothing has changed."""

    def __init__(self, errors: Mapping[str, Text]) -> None:
        super().__init__("; ".join(f"{field}: {error}" for field, error in errors.items()))
        self.errors = dict(errors)


class Unparsable(CircleBotError):
    """A payload is not one of ours, or of a shape that no longer exists."""


class ConfigError(CircleBotError):
    """The configuration cannot be used.

    `problems` holds one sentence per problem, each naming the key and what to do.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class GaveUp(CircleBotError):
    """What ran has ended by itself, for a reason that whoever runs it can mend."""


class CalledOff(CircleBotError):
    """Whoever typed a command was asked and said no, or broke off: nothing was done, as the message says."""


class TokenRejected(CircleBotError):
    """A platform does not know the bot by its token; the message says where to get another."""


class StorageBusy(CircleBotError):
    """The database is locked, full or out of reach: nothing was changed, a later try may succeed."""


class Overtaken(StorageBusy):
    """What a work has read was changed by another before it could write: nothing was changed, and it is run again."""
