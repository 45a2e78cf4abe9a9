"""RSVPs and attendance: who says they come, who came."""

from __future__ import annotations

from enum import StrEnum

from bot.records import dataclass

NAMES_SHOWN = 20
"""How many names a card shows for each answer."""


class Answer(StrEnum):
    """Whether somebody comes to a meeting."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Rsvp:
    """A member's answer for a meeting; `stale` when it was given before the meeting moved and must be confirmed."""

    person: int
    name: str
    answer: Answer
    reason: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of the answers, and up to `NAMES_SHOWN` names for each, in the order in which they answered.

    Stale answers do not count until confirmed; `stale` says how many there are.
    """

    yes: int = 0
    maybe: int = 0
    no: int = 0
    stale: int = 0
    coming: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def answers(self) -> int:
        """How many have answered."""
        return self.yes + self.maybe + self.no
